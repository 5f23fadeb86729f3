"""Hostile and broken files, the whole way from bytes to passages: each is read whole, or refused in one sentence."""

from __future__ import annotations

import io
import os
import random
import struct
import time
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from assistant.records import Reading
from assistant.settings import Limits
from assistant.text import sentences
from tests.readers.hostile import ENDINGS, PACKAGES, SETTINGS, outcome, reading, refusal, repacked, sound, whole_way
from tests.readers.printed import Put, printed
from tests.readers.word import paragraph, word_file

MIB = 1 << 20
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
packages = pytest.mark.parametrize("ending", PACKAGES)
every_format = pytest.mark.parametrize("ending", ENDINGS)
texts = pytest.mark.parametrize("ending", ["txt", "md", "html", "csv"])


# Packages that unpack to more than they should


def bomb(size: int) -> bytes:
    """A ZIP file with one part of zeros."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package, package.open("zeros.xml", "w") as part:
        for _ in range(size // MIB):
            part.write(bytes(MIB))
    return stream.getvalue()


@pytest.mark.parametrize("name", ["word/media/image1.png", "word/document2.xml"])
@packages
def test_a_part_that_unpacks_to_far_more_is_refused(ending: str, name: str) -> None:
    assert "大得不正常" in refusal(repacked(sound(ending), more={name: bytes(64 * MIB)}), f"弹.{ending}")


@packages
def test_a_package_inside_a_package_is_not_unpacked(ending: str) -> None:
    content = repacked(sound(ending), more={"xl/embeddings/inner.zip": repacked(bomb(64 * MIB))}, packing=ZIP_STORED)
    assert isinstance(outcome(content, f"套.{ending}"), Reading)


def told(content: bytes, part: str, size: int) -> bytes:
    """The package with another size written where the directory tells that of a part."""
    entry = content.rindex(part.encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    return content[: entry + 24] + struct.pack("<I", size) + content[entry + 28 :]


@pytest.mark.parametrize("size", [1, 4_000_000_000])
@packages
def test_a_package_that_lies_about_a_size_is_refused(ending: str, size: int) -> None:
    part = PACKAGES[ending]
    content = repacked(sound(ending), {part: lambda xml: xml + b" " * 100_000})
    assert refusal(told(content, part, size), f"谎.{ending}")


@pytest.mark.parametrize("packing", [ZIP_BZIP2, ZIP_LZMA])
@packages
def test_a_package_packed_as_office_never_does_is_refused(ending: str, packing: int) -> None:
    assert "损坏" in refusal(repacked(sound(ending), packing=packing), f"包.{ending}")


@packages
def test_a_hundred_thousand_parts_are_refused(ending: str) -> None:
    more = {f"a/{number}.xml": b"" for number in range(100_000)}
    assert "大得不正常" in refusal(repacked(sound(ending), more=more), f"多.{ending}")


# XML that does more than it should


def declared(xml: bytes, declaration: str, encoding: str) -> bytes:
    words = xml.decode().split("?>", 1)[-1] if xml.startswith(b"<?xml") else xml.decode()
    return (declaration + words).encode(encoding)


DECLARATIONS = {
    "plain": "<!DOCTYPE x>",
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "http": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "laughs": '<!DOCTYPE x [<!ENTITY a "哈哈"><!ENTITY b "' + "&a;" * 10 + '"><!ENTITY c "' + "&b;" * 10 + '">]>',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
@packages
def test_a_document_type_is_refused_in_any_part_and_encoding(ending: str, declaration: str, encoding: str) -> None:
    with ZipFile(io.BytesIO(sound(ending))) as package:
        parts = package.namelist()
    for part in parts:
        content = repacked(sound(ending), {part: lambda xml: declared(xml, declaration, encoding)})
        assert "不安全的 XML" in refusal(content, f"外.{ending}"), part


def test_a_document_type_is_refused_where_two_blocks_meet() -> None:
    filler = random.Random(0).randbytes(MIB).hex().encode()
    xml = b"<!--" + filler[: MIB - 8] + b"--><!DOCTYPE x><x/>"
    assert "不安全的 XML" in refusal(repacked(sound("docx"), more={"word/x.xml": xml}), "接.docx")


def test_the_sheets_of_a_workbook_are_looked_over_whatever_their_name() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    with ZipFile(io.BytesIO(sound("xlsx"))) as package:
        renamed = {"xl/media/a.png": declared(package.read(sheet), DECLARATIONS["laughs"], "utf-8")}

    def point_there(xml: bytes) -> bytes:
        return xml.replace(b"xl/worksheets/sheet1.xml", b"xl/media/a.png")

    changes = {sheet: lambda _: None, "[Content_Types].xml": point_there, "xl/_rels/workbook.xml.rels": point_there}
    assert "不安全的 XML" in refusal(repacked(sound("xlsx"), changes, renamed), "图.xlsx")


@pytest.mark.parametrize("depth", [255, 1000, 100_000])
@packages
def test_xml_of_any_depth_is_read_or_refused(ending: str, depth: int) -> None:
    opening, inner = (b"<w:body>", b"w:tbl") if ending == "docx" else (b"<sheetData>", b"row")
    nest = b"<%s>" % inner * depth + b"</%s>" % inner * depth
    assert outcome(
        repacked(sound(ending), {PACKAGES[ending]: lambda xml: xml.replace(opening, opening + nest)}), f"深.{ending}"
    )


# Packages whose parts are not what they should be


@packages
def test_names_inside_a_package_lead_nowhere(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    names = ("../../evil.xml", f"{tmp_path}/evil.xml", "..\\..\\evil.xml", "C:\\evil.xml", "word/../../../evil.xml")
    (folder / f"径.{ending}").write_bytes(repacked(sound(ending), more=dict.fromkeys(names, b"<x/>")))
    assert isinstance(whole_way(folder / f"径.{ending}"), Reading)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / f"径.{ending}"]


def test_a_relation_that_leads_out_of_the_package_is_passed_over() -> None:
    part = "word/_rels/document.xml.rels"
    content = repacked(sound("docx"), {part: lambda xml: xml.replace(b'"styles.xml"', b'"../../../../etc/passwd.xml"')})
    assert "正文在此。" in reading(content, "径.docx").source.text


@packages
def test_two_different_parts_of_one_name_are_refused(ending: str) -> None:
    part = PACKAGES[ending]
    for name in (part, part.upper()):
        assert "损坏" in refusal(repacked(sound(ending), more={name: b"<x/>"}), f"重.{ending}")


@packages
def test_the_same_part_twice_is_read_once(ending: str) -> None:
    with ZipFile(io.BytesIO(sound(ending))) as package:
        again = {PACKAGES[ending]: package.read(PACKAGES[ending])}
    twice = reading(repacked(sound(ending), more=again), f"重.{ending}")
    assert twice.source.text == reading(sound(ending), f"重.{ending}").source.text


def test_a_package_without_its_main_part_is_refused() -> None:
    assert "损坏" in refusal(repacked(sound("docx"), {"word/document.xml": lambda _: None}), "缺.docx")
    assert "损坏" in refusal(repacked(sound("xlsx"), {"xl/workbook.xml": lambda _: None}), "缺.xlsx")
    assert "损坏" in refusal(sound("xlsx"), "改名.docx")


@packages
def test_old_and_encrypted_files_of_office_are_told_apart(ending: str) -> None:
    assert "旧版 Office" in refusal(COMPOUND, f"旧.{ending}")
    assert "打开密码" in refusal(COMPOUND + "EncryptedPackage".encode("utf-16-le"), f"密.{ending}")


def test_an_encrypted_pdf_is_refused() -> None:
    locked = printed([Put("正文。")], encrypt=StandardEncryption("口令".encode().hex(), canPrint=0))
    assert "打开密码" in refusal(locked, "密.pdf")


# Broken files


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_package_cut_short_anywhere_is_refused(ending: str) -> None:
    content = sound(ending)
    for length in range(1, len(content), len(content) // 60):
        assert "损坏" in refusal(content[:length], f"断.{ending}")


@pytest.mark.parametrize("ending", ["pdf", "mhtml", "html", "csv", "md", "txt"])
def test_a_file_cut_short_anywhere_is_read_or_refused(ending: str) -> None:
    content = sound(ending)
    for length in range(1, len(content), max(1, len(content) // 60)):
        assert outcome(content[:length], f"断.{ending}")


@every_format
def test_a_file_without_a_byte_is_refused_as_empty(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"空.{ending}").touch()
    found = whole_way(tmp_path / f"空.{ending}")
    assert isinstance(found, str) and "是空的" in found


@pytest.mark.parametrize("blanks", [" \n\t\r\n", "\u3000\n\xa0", "\ufeff", "\f\v"])
@every_format
def test_a_file_of_blanks_is_refused(ending: str, blanks: str) -> None:
    assert refusal(blanks.encode(), f"空白.{ending}")


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert isinstance(whole_way(tmp_path / "a.txt"), str)


@every_format
def test_a_file_beyond_the_limit_is_refused_unread(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / f"大.{ending}"
    file.touch()
    os.truncate(file, 500 * MIB)
    for opener in ("read_bytes", "read_text", "open"):
        monkeypatch.setattr(Path, opener, lambda *_: pytest.fail("read"))
    found = whole_way(file)
    assert isinstance(found, str) and "500 MB" in found and "请拆成几个文件" in found


# Characters


@pytest.mark.parametrize("ending", ["txt", "md", "csv"])
def test_nuls_in_the_middle_are_no_text(ending: str) -> None:
    assert "不是文本文件" in refusal("甲\0乙。".encode(), f"零.{ending}")


def test_nuls_in_a_page_are_passed_over_as_browsers_do() -> None:
    assert reading("<p>甲\0乙。".encode(), "零.html").source.text == "甲乙。"


@pytest.mark.parametrize("half", [b"\x00\xd8", b"\x00\xdc"])
@texts
def test_half_a_pair_of_utf_16_is_refused(ending: str, half: bytes) -> None:
    # Without its NULs this page would happen to decode as other characters.
    head, tail = "<html><body><p>中文字的通知</p><p>", "<b>后</b></p></body></html>"
    content = head.encode("utf-16") + half + tail.encode("utf-16-le")
    assert "编码无法识别" in refusal(content, f"半.{ending}")


@pytest.mark.parametrize("ending", ["txt", "md", "csv", "html", "mhtml"])
def test_surrogates_in_utf_8_are_refused(ending: str) -> None:
    head = b"Content-Type: text/html; charset=utf-8\r\n\r\n" if ending == "mhtml" else b""
    pair = "\ud83d\ude00".encode("utf-8", "surrogatepass")  # CESU-8
    assert "编码无法识别" in refusal(head + "甲乙丙".encode() + pair + "。".encode(), f"半.{ending}")


DIRECTED = "\u202e甲\u200f乙\u200b丙\u2067丁\u2069"
WRITTEN = {
    "txt": f"一、{DIRECTED}\n正文{DIRECTED}在此。".encode(),
    "md": f"# {DIRECTED}\n\n正文{DIRECTED}在此。".encode(),
    "csv": f"名,值\n{DIRECTED},5\n".encode(),
    "html": f"<h2>{DIRECTED}</h2><p>正文{DIRECTED}在此。".encode(),
    "docx": word_file(paragraph(DIRECTED) + paragraph(f"正文{DIRECTED}在此。")),
}


@pytest.mark.parametrize("ending", WRITTEN)
def test_marks_of_direction_and_width_stay_as_they_are(ending: str) -> None:
    found = reading(WRITTEN[ending], f"向.{ending}")
    assert found.source.text.count(DIRECTED) == (1 if ending == "csv" else 2)


@pytest.mark.parametrize(
    "stem", ["a\nb", "a\r\u2028b", "“引”'\"`", "👨‍👩‍👧🎉", "\u202egnp", "$(rm -rf)", "%s{0}", " ", "长" * 80]
)
@every_format
def test_a_message_is_one_sentence_whatever_the_name_of_its_file(ending: str, stem: str) -> None:
    assert "\u202e" not in refusal(b"", f"{stem}.{ending}")
    assert isinstance(outcome(sound(ending), f"{stem}.{ending}"), Reading)


def test_a_name_that_is_no_utf_8_is_refused_with_the_way_out(tmp_path: Path) -> None:
    found = whole_way(Path(os.fsdecode(bytes(tmp_path) + b"/\xff.txt")))
    assert isinstance(found, str)
    assert "请改名" in refusal(b"x", "\udcff.txt")


# Large files. But for the lines they are a tenth as large as what a quadratic rule would never come to an end with.

SECONDS = 15
LINE = 5_000_000


def timely(content: bytes, name: str, seconds: float = SECONDS) -> Reading:
    start = time.process_time()
    found = reading(content, name)
    assert time.process_time() - start < seconds
    return found


@pytest.mark.parametrize("piece", ["各支部要认真学习，落实制度。", "各支部要认真学习落实制度"])
@texts
def test_a_line_of_five_million_characters_is_read_whole(ending: str, piece: str) -> None:
    found = timely((piece * (LINE // len(piece))).encode(), f"长.{ending}", 4 * SECONDS)
    for passage in found.passages:
        short = len(passage.span) <= SETTINGS.passage_limit
        assert short or sentences(found.source.text, passage.span) == (passage.span,)


def page(body: str) -> str:
    return f"<html><body>{body}</body></html>"


GRID = "| 名 | 值 |\n|---|---|\n| 甲 | 5 |\n\n"
CELLS = "<table><tr><th>名<th>值<tr><td>甲<td>5</table>"
MANY = {
    "headings.md": "# 标题\n\n正文。\n\n" * 10_000,
    "headings.txt": "".join(f"第{number % 999 + 1}章 标题\n正文。\n" for number in range(10_000)),
    "lines.txt": "关于标题\n\n正文内容在此。\n\n" * 10_000,
    "headings.html": page("<h2>标题</h2><p>正文。" * 10_000),
    "articles.txt": "".join(f"关于第{at}项的通知\n\n关于第{at}项的通知内容在此。\n\n" for at in range(10_000)),
    "articles.md": "".join(f"关于第{at}项的通知\n\n关于第{at}项的通知内容在此。\n\n{GRID}" for at in range(10_000)),
    "tables.md": ("# 标题\n\n" + GRID) * 10_000,
    "tables.html": page(f"<h2>标题</h2>{CELLS}" * 10_000),
    "rows.csv": "名,值\n" + "甲,5\n" * 50_000,
    "brackets.txt": "（" * 100_000 + "中" + "）" * 100_000 + "，",
    "quotes.txt": "“中。" * 100_000 + "”" * 100_000 + "，",
    "marks.txt": "。" * 200_000 + "，",
    "square.md": "[" * 100_000 + "中" + "](" * 100_000,
    "rules.md": "---\n" * 100_000 + "中",
    "digits.txt": "1" * MIB,
    "numbers.txt": "1. " * 300_000 + "中",
    "blanks.txt": "甲" + " \n" * 200_000 + "乙",
    "nested.html": page("<ul><li><div><b>" * 30_000 + "甲"),
    "grids.html": page("<table><tr><td>" * 30_000 + "甲"),
    **{f"{at}.md": piece * (5 * MIB // len(piece)) + "中" for at, piece in enumerate(("#", "|", "`", "|-"))},
}


@pytest.mark.parametrize("name", MANY)
def test_many_of_anything_are_read_in_linear_time(name: str) -> None:
    assert timely(MANY[name].encode(), name).passages


def test_a_word_file_of_many_headings_and_tables_is_read_in_linear_time() -> None:
    body = (paragraph("标题", '<w:outlineLvl w:val="0"/>') + paragraph("正文。")) * 10_000
    assert len(timely(repacked(word_file(body), packing=ZIP_STORED), "多.docx").passages) == 10_000


def test_limits_are_settings() -> None:
    content = sound("docx")
    for limits in (Limits(packed_files=1), Limits(unpacked_bytes=10), Limits(characters=1)):
        assert refusal(content, "限.docx", limits)
    assert isinstance(outcome(content, "限.docx"), Reading)
