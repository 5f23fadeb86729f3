"""Where marks open a section, and where the same characters are running text."""

from collections.abc import Sequence

import pytest

from assistant.marks import marks
from assistant.records import Heading, Span


def found(text: str, headings: Sequence[Heading] = ()) -> list[str]:
    places = marks(text, Span(0, len(text)), (), headings)
    return [mark.span.of(text).strip() or text[mark.span.start :].split("\n")[0] for mark in places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一编 总论\n第一章 总则\n第一节 目的\n第一条 为此。", ["第一编", "第一章", "第一节", "第一条"]),
        ("第一章\n总则\n第一条 为此。", ["第一章", "第一条"]),
        ("一、学习\n二、纪律", ["一、", "二、"]),
        ("我认为:一、学习。甲。二、纪律。乙。", ["一、", "二、"]),
        ("二、素质要求1、政治素质。甲。2、文化素质。乙。", ["二、", "1、", "2、"]),
        ("一、学习。（一）政治。（二）业务。(三)法律。", ["一、", "（一）", "（二）", "(三)"]),
        ("1、甲。2. 乙。３．丙。", ["1、", "2.", "３．"]),
        ("1 总则\n1.1 目的\n1.1.1 范围。\n2 职责\n甲。", ["1", "1.1", "1.1.1", "2"]),
        ("(1)甲。（2）、乙。", ["(1)", "（2）、"]),
        ("1)甲;2)乙。", ["1)", "2)"]),
        ("①甲;②乙。", ["①", "②"]),
        ("要求:第一,学。第二,做。", ["第一,", "第二,"]),
        ("首先,学。其次,做。最后,查。", ["首先,", "其次,", "最后,"]),
        ("首先,学。其次,做。第三,查。", ["首先,", "其次,", "第三,"]),
        ("做到:一是学;二是做,三是查。", ["一是", "二是", "三是"]),
        ("一要学。二要做。", ["一要", "二要"]),
        ("其一,学。其二,做。", ["其一,", "其二,"]),
        ("摘要:甲。\n关键词:乙\n前言:丙。", ["摘要:", "关键词:", "前言:"]),
        ("问:交多少?\n答:不多。\nQ2:何时?", ["问:", "Q2:"]),
        ("【适用范围】甲。", ["【适用范围】"]),
        ("标题\n\n工作时间\n\n每天八小时,中午休息。", ["工作时间"]),
        ("一、甲\r\n正文。\r\n二、乙\r\n正文。", ["一、", "二、"]),
        ("\u3000\u3000一、甲\n\u3000\u3000二、乙", ["一、", "二、"]),
    ],
)
def test_every_style_opens_a_section_where_a_heading_can_begin(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "载《当代工人》2020年第03期。",
        "增长3.5倍。\n1.5小时后结束。",
        "落实一、二、四、六决策制度,书记是第一责任人。",
        "见第(三)项的规定。",
        "2024.3.1开会。\n2024年3月1日开会。",
        "发展第三产业。第一时间报告。",
        "做人要一是一,二是二。",
        "十分重要。万一要是忘了,一是忙一是懒。",
        "电话13800000000。\n010-12345678",
        "地址\n10.0.0.1是网关。\n192.168.1.1是路由。",
        "版本\n2.0版本发布。v1.2.3。",
        "见https://a.cn/1.2/(1)/b?x=1。",
        "时间\n9:00-18:30上班。",
        "金额\n1,000元以上。",
        "依照第十二条规定办理。\n第十二条规定的除外。",
        "他在前言里写道,本书的前言:很长。",
        "结尾是1.",
        "结尾是\n一、",
        "\n1.\n",
        "说一是好的。",
        "他考了第一,很高兴。",
    ],
)
def test_a_number_in_running_text_opens_nothing(text: str) -> None:
    assert found(text) == []


def test_a_reference_to_an_item_is_not_that_item() -> None:
    text = "(一)甲。(二)按照(三)办理。(三)丙。"
    assert [mark.span.start for mark in marks(text, Span(0, len(text)), ())] == [0, 5, text.index("(三)丙")]


def test_the_end_of_a_longer_number_is_not_the_next_one() -> None:
    assert found("一、学。占比百分之三十二、实。") == ["一、"]


def test_a_new_heading_ends_an_enumeration() -> None:
    assert found("一、学。首先,甲。其次,乙。二、做。第三,丙。") == ["一、", "首先,", "其次,", "二、"]


def test_the_headings_that_a_format_gives_open_sections_whatever_they_look_like() -> None:
    text = "甲\n一、乙\n丙。\n丁"
    headings = [Heading(Span(0, 1), 1), Heading(Span(2, 5), 2), Heading(Span(9, 10), 1)]
    assert found(text, headings) == ["甲", "一、乙", "丁"]
    assert found(text) == ["一、"]


@pytest.mark.parametrize("line", ["甲" * 61, "这是一句话。", "也是一句；"])
def test_a_sentence_that_a_format_calls_a_heading_is_none(line: str) -> None:
    assert found(f"{line}\n乙", [Heading(Span(0, len(line)), 1)]) == []


def test_where_a_format_gives_headings_a_line_set_off_by_blanks_is_none() -> None:
    text = "标题\n\n甲甲甲\n\n这里写的是甲甲甲的正文。"
    assert found(text) == ["甲甲甲"]
    assert found(text, [Heading(Span(0, 2), 1)]) == ["标题"]


def test_holes_and_the_rest_of_the_source_hold_no_marks() -> None:
    text = "一、甲。二、乙。三、丙。"
    assert [mark.span.start for mark in marks(text, Span(0, 8), (Span(4, 8),))] == [0]
    assert [mark.span.start for mark in marks(text, Span(0, 8), ())] == [0, 4]
