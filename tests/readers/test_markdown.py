"""Markdown: its marks say of places in the text what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.markdown import markdown_layout, read_markdown
from assistant.settings import Limits


def headings(text: str) -> list[tuple[int, str]]:
    return [(each.level, each.span.of(text)[each.marker :]) for each in markdown_layout(text).headings]


def test_headings_of_both_kinds_are_found() -> None:
    text = "# 甲\n\n乙\n===\n\n丙\n---\n\n### 丁 ###\n#戊\n"
    assert headings(text) == [
        (1, "甲"),
        (1, "乙"),
        (2, "丙"),
        (3, "丁 ###"),
    ]


def test_bold_lines_are_headings_where_no_signs_are() -> None:
    text = "# 甲\n\n**一、乙**\n\n文**字**。\n\n**丙。**\n\n**丁：**\n\n**戊** 己\n\n```\n**庚**\n```\n\n  **辛**\n"
    assert headings(text) == [(1, "甲"), (9, "一、乙**"), (9, "辛**")]
    assert headings(text + "\n## 壬\n") == [(1, "甲"), (2, "壬")]


def test_a_bold_line_above_a_row_of_signs_is_one_heading() -> None:
    assert headings("\u3000**甲**\n===\n\n文。") == [(1, "**甲**")]


@pytest.mark.parametrize("text", ["```\n# 注释\n```\n", "~~~\n# 注释\n", "---\ntitle: 甲\n# 注释\n---\n"])
def test_code_and_front_matter_hold_no_headings(text: str) -> None:
    assert headings(text + "正文。") == []


def test_a_line_with_code_in_it_opens_no_fence() -> None:
    assert headings("```x = 1```\n\n# 甲\n\n正文。") == [(1, "甲")]


def test_front_matter_and_rows_of_dashes_are_boilerplate() -> None:
    text = "---\ntitle: 甲\n---\n乙\n---\n| a | b |\n|---|:-:|\n| 1 | 2 |\n"
    found = [(piece.name, piece.span.of(text)) for piece in markdown_layout(text).boilerplate]
    assert found == [("文件头", "---\ntitle: 甲\n---"), ("分隔线", "---"), ("分隔线", "|---|:-:|")]


def test_a_table_has_a_header_and_rows() -> None:
    text = "前。\n\n| 姓名 | 职务 |\n|---|---|\n| 张三 | 书记 |\n| 李四 | 委员 |\n\n后。"
    (table,) = markdown_layout(text).tables
    assert table.header is not None and table.header.of(text) == "| 姓名 | 职务 |"
    assert [row.of(text) for row in table.rows] == ["| 张三 | 书记 |", "| 李四 | 委员 |"]


def test_the_text_is_the_file_itself() -> None:
    content = "# 甲\r\n\r\n乙。".encode("gbk")
    found = read_markdown(content, "a.md", Limits())
    assert (found.text, found.encoding) == ("# 甲\r\n\r\n乙。", "gb18030")


@given(st.text(alphabet="#-=|:`~* \n\r\t甲乙.1", max_size=300))
def test_any_heap_of_marks_has_a_sound_layout(text: str) -> None:
    layout = markdown_layout(text)
    for heading in layout.headings:
        assert heading.span.of(text).strip() == heading.span.of(text) != ""
    for table in layout.tables:
        assert all(row in table.span and row.of(text).strip() for row in table.rows)
