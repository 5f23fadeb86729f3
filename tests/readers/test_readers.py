"""A file is decoded strictly, as a whole, or refused in a sentence that says what to do."""

import os
from pathlib import Path

import pytest

from assistant.errors import UnreadableFile
from assistant.readers import READERS, read_bytes, read_source

SIMPLIFIED = "基层党支部书记要带头学习,落实各项任务。镕、玥、堃等生僻字也在。"
TRADITIONAL = "基層黨支部書記要帶頭學習,落實各項任務。這是一份說明文件。"
WAY_OUT = ["请", "另存为"]


def refusal(content: bytes, name: str = "a.txt") -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_source(Path(name), content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (TRADITIONAL, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "utf-8", "utf-8"),
        ("plain ASCII", "ascii", "utf-8"),
    ],
)
def test_the_encodings_of_chinese_files_are_told_apart(text: str, encoding: str, named: str) -> None:
    source, _ = read_source(Path("a.txt"), text.encode(encoding))
    assert (source.text, source.encoding) == (text, named)


def test_utf_16_of_both_byte_orders_is_read_by_its_mark() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert read_source(Path("a.txt"), mark + SIMPLIFIED.encode(encoding))[0].text == SIMPLIFIED


def test_line_ends_stay_as_they_are() -> None:
    assert read_source(Path("a.txt"), "甲\r\n乙\n丙\r".encode())[0].text == "甲\r\n乙\n丙\r"


def test_a_source_is_named_by_its_bytes() -> None:
    one, other = (read_source(Path("a.txt"), SIMPLIFIED.encode(encoding))[0] for encoding in ("utf-8", "gbk"))
    assert one.id != other.id
    assert (len(one.id), one.name) == (64, "a.txt")


@pytest.mark.parametrize(
    "content", [b"", b" \r\n\t", "\ufeff".encode(), "\u3000\n".encode(), "\ufeff \n".encode("utf-16-le")]
)
def test_an_empty_file_is_refused_as_empty(content: bytes) -> None:
    assert "是空的" in refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
        "有\x00零".encode(),
        "café déjà vu, où êtes-vous né".encode("latin-1"),
        "これはテキストです。日本語の文章。".encode("shift-jis"),
        "基层党支部".encode() + b"\xff",
        b"\xff\xfe" + "基层".encode("utf-16-le") + b"\x00",
        bytes(range(256)) * 4,
    ],
)
def test_what_is_no_text_in_a_known_encoding_is_refused_with_the_way_out(content: bytes) -> None:
    assert all(words in refusal(content) for words in ["编码无法识别", *WAY_OUT])


def test_an_unknown_ending_is_refused_and_the_known_ones_are_named() -> None:
    message = refusal(b"x", "表.xyz")
    assert all(ending in message for ending in READERS)
    assert all(words in message for words in ["表.xyz", *WAY_OUT])


def test_the_ending_may_be_in_capitals() -> None:
    assert read_source(Path("A.TXT"), b"x")[0].name == "A.TXT"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"找不到文件.*没有\.txt.*请检查路径"):
        read_bytes(tmp_path / "没有.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="是文件夹"):
        read_bytes(tmp_path)


def test_a_forbidden_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    (tmp_path / "a.txt").write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(UnreadableFile, match="没有权限.*请修改权限后重试"):
        read_bytes(tmp_path / "a.txt")


def test_a_path_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="无法读取.*请检查"):
        read_bytes(Path("a\0.txt"))


def test_a_file_of_another_format_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "片.mp4").write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    with pytest.raises(UnreadableFile, match=r"“片\.mp4”的格式暂不支持"):
        read_bytes(tmp_path / "片.mp4")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管.txt")
    with pytest.raises(UnreadableFile, match=r"管\.txt”是管道或设备"):
        read_bytes(tmp_path / "管.txt")


def test_the_bytes_come_back_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\r\n\xff")
    assert read_bytes(tmp_path / "a.txt") == b"\r\n\xff"
