"""Any file at all, the whole way: a sound reading that loses nothing, or one sentence with the way out.

Short in CI; for longer: `pytest --hypothesis-profile=long tests/test_fuzz.py`.
"""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.hostile import ENDINGS, PACKAGES, outcome, repacked, sound
from tests.readers.word import paragraph, table, word_file

every_format = pytest.mark.parametrize("ending", ENDINGS)
#: What the rules look for, each able to stand beside any other.
MARKS = (
    *(
        "第一章",
        "第二条 ",
        "一、",
        "二、",
        "（一）",
        "(1)",
        "1、",
        "2.",
        "1.1 ",
        "①",
        "首先，",
        "其次，",
        "一是",
        "摘要：",
        "问：",
    ),
    *("。", "，", "；", "：", "！", "…", ".", "”", "“", "）", "（", "]", "[", "!["),
    *("# ", "## ", "---", "===", "```", "|", "|-|-|", "a|b", ",", '"', "\t", "- ", "> ", "*", "_"),
    *(
        "甲",
        "乙丙",
        "关于做好补贴工作的通知",
        "正文内容在此",
        "abc",
        "2024年",
        "作者：",
        "来源：",
        "关键词：",
        "下载文档",
    ),
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "\u3000",
        "\xa0",
        "\x0b",
        "\f",
        "\x1c",
        "\x85",
        "\u2028",
        "\u200b",
        "\u202e",
        "😀",
        "é",
    ),
    *(
        "<p>",
        "</p>",
        "<h1>",
        "</h1>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<li>",
        "<ol>",
        "&lt;",
        "&#0;",
        "<!--",
        "-->",
    ),
)
words = st.lists(st.sampled_from(MARKS), max_size=60).map("".join)
lines = st.lists(words, max_size=8).map("\n".join)


@st.composite
def spoiled(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes with some cut out, changed, put in, moved or repeated."""
    content = whole
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        piece = content[start:end]
        other = draw(st.integers(0, len(content)))
        new = draw(st.sampled_from([b"", piece * 2, piece[::-1], content[other : other + 20], None]))
        content = content[:start] + (draw(st.binary(max_size=4)) if new is None else new) + content[end:]
    return content


@every_format
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(ending: str, content: bytes) -> None:
    assert outcome(content, f"字节.{ending}")


@every_format
@given(data=st.data())
def test_a_spoiled_file_is_read_or_refused(ending: str, data: st.DataObject) -> None:
    assert outcome(data.draw(spoiled(sound(ending))), f"坏.{ending}")


@pytest.mark.parametrize("ending", PACKAGES)
@given(data=st.data())
def test_a_package_with_a_spoiled_part_is_read_or_refused(ending: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(parts_of(ending)))
    assert outcome(repacked(sound(ending), {part: lambda xml: data.draw(spoiled(xml))}), f"坏.{ending}")


@pytest.mark.parametrize("ending", PACKAGES)
@given(data=st.data())
def test_a_package_with_shuffled_xml_is_read_or_refused(ending: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(parts_of(ending)))
    assert outcome(repacked(sound(ending), {part: lambda xml: data.draw(shuffled(xml))}), f"乱.{ending}")


@st.composite
def shuffled(draw: st.DrawFn, xml: bytes) -> bytes:
    """XML of which elements without children, tags, or values of attributes have changed places."""
    pattern = draw(
        st.sampled_from(
            [rb"<(\w[\w:]*)[^<>]*>[^<>]*</\1>|<[^<>]*/>", rb"<[^<>]+>", rb'(?<==)"[^"<>]*"', rb"(?<=>)[^<>]+"]
        )
    )
    pieces = [match.span() for match in re.finditer(pattern, xml)]
    if len(pieces) < 2:
        return xml
    (one, other) = (draw(st.sampled_from(pieces)) for _ in range(2))
    if draw(st.booleans()):
        return xml[: one[0]] + xml[slice(*other)] + xml[one[1] :]
    return xml[: one[1]] + xml[slice(*other)] * draw(st.integers(1, 3)) + xml[one[1] :]


def parts_of(ending: str) -> list[str]:
    with ZipFile(io.BytesIO(sound(ending))) as package:
        return package.namelist()


@pytest.mark.parametrize("ending", ["txt", "md", "csv", "html"])
@given(text=lines)
def test_any_heap_of_marks_is_read_or_refused(ending: str, text: str) -> None:
    assert outcome(text.encode(), f"字.{ending}")


@pytest.mark.parametrize("codec", ["gb18030", "utf-16", "utf-8-sig", "big5hkscs"])
@given(text=lines, ending=st.sampled_from(["txt", "md", "csv", "html", "mhtml"]))
def test_marks_in_any_encoding_are_read_or_refused(codec: str, text: str, ending: str) -> None:
    head = b"Content-Type: text/html\r\n\r\n" if ending == "mhtml" else b""
    assert outcome(head + text.encode(codec, "ignore"), f"码.{ending}")


_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
blocks: st.SearchStrategy[list[str]] = st.lists(
    st.one_of(words.map(paragraph), st.lists(st.lists(words, max_size=3), max_size=3).map(lambda rows: table(*rows))),
    max_size=6,
)


@given(body=blocks)
def test_marks_in_a_word_file_are_read_or_refused(body: list[str]) -> None:
    assert outcome(word_file(_INVALID.sub("", "".join(body))), "字.docx")
