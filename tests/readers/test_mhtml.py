from __future__ import annotations

from base64 import encodebytes
from contextlib import suppress
from quopri import encodestring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.readers.mhtml import read_mhtml
from assistant.settings import Limits
from tests.readers.layouts import assert_sound

PAGE = "<html><head><title>通知</title></head><body><h1>补贴</h1><p>申报截止五月。</p></body></html>"


def part(kind: str, body: bytes, transfer: str = "8bit", more: str = "") -> bytes:
    encoded = {"base64": encodebytes, "quoted-printable": encodestring}.get(transfer, bytes)(body)
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {transfer}\r\n{more}\r\n"
    return b"--seam\r\n" + head.encode() + encoded + b"\r\n"


def archive(*parts: bytes, more: str = "") -> bytes:
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="seam"{more}\r\n\r\n'
    return head.encode() + b"".join(parts) + b"--seam--\r\n"


def text(content: bytes) -> str:
    extract = read_mhtml(content, "页.mht", Limits())
    assert_sound(extract)
    return extract.text


@pytest.mark.parametrize("transfer", ["8bit", "binary", "base64", "quoted-printable"])
@pytest.mark.parametrize(("charset", "codec"), [("gb2312", "gbk"), ("utf-8", "utf-8")])
def test_the_page_is_read_in_any_transfer_encoding(transfer: str, charset: str, codec: str) -> None:
    page = part(f'text/html; charset="{charset}"', PAGE.encode(codec), transfer)
    assert text(archive(page, part("image/png", b"\x89PNG", "base64"))) == "通知\n\n补贴\n\n申报截止五月。"


def test_the_charset_of_the_part_goes_before_that_of_the_page() -> None:
    body = ("<meta charset=big5>" + PAGE).encode("gbk")
    assert "申报截止五月。" in text(archive(part("text/html; charset=gbk", body)))


def test_the_first_page_is_read() -> None:
    assert text(archive(part("text/css", b"p {}"), part("text/html", b"<p>one"), part("text/html", b"<p>two"))) == "one"


def test_the_page_that_the_start_names_is_read() -> None:
    parts = [
        part("text/html", body, more=f"Content-ID: <{number}>\r\n") for number, body in enumerate((b"one", b"two"))
    ]
    assert text(archive(*parts, more='; start="<1>"')) == "two"


@pytest.mark.parametrize("header", ["Content-Location", "Snapshot-Content-Location"])
def test_the_page_of_the_location_is_read(header: str) -> None:
    parts = [
        part("text/html", body, more=f"Content-Location: http://{body.decode()}/\r\n") for body in (b"one", b"two")
    ]
    assert text(archive(*parts, more=f"\r\n{header}: http://two/")) == "two"


def test_an_archive_without_parts_is_a_page_itself() -> None:
    assert text(b"Content-Type: text/html\r\n\r\n<p>one") == "one"


def test_plain_text_stands_in_for_a_page() -> None:
    assert (
        text(archive(part("text/plain; charset=gbk", "申报\n截止".encode("gbk"), "base64"))) == "申报\n截止\n".rstrip()
    )


@pytest.mark.parametrize(
    "content",
    [
        b"not an archive",
        archive(part("image/png", b"x", "base64")),
        archive(part("text/html", b"<p>one two three"))[:-16],
        archive(part("text/html", b"PHA+b25lIHR3b", more="").replace(b"8bit", b"base64")),
        archive(part("text/html", b"")),
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(2000)),
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"Content-Type: ;;;=\xff\n\n",
    ],
)
def test_a_broken_archive_is_refused_with_the_way_out(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="另存为|是空的"):
        read_mhtml(content, "页.mht", Limits())


def test_an_archive_of_thousands_of_parts_is_read() -> None:
    assert text(archive(part("text/html", b"one"), part("image/png", b"x", "base64") * 2000)) == "one"


@given(st.integers(0, 500), st.binary(max_size=3))
def test_a_damaged_archive_gives_an_extract_or_a_refusal(at: int, bytes_there: bytes) -> None:
    whole = archive(part("text/html; charset=utf-8", PAGE.encode(), "base64", "Content-ID: <1>\r\n"), more="; start=1")
    for content in (whole[:at] + bytes_there + whole[at + 1 :], whole[:at]):
        with suppress(UnreadableFile):
            text(content)


@given(st.binary(max_size=100))
def test_any_headers_give_an_extract_or_a_refusal(junk: bytes) -> None:
    for content in (junk, b"Content-Type: " + junk, b"Content-Type: text/html; charset=" + junk + b"\n\n<p>one"):
        with suppress(UnreadableFile):
            text(content)
