"""The numbering grammar, style by style."""

import pytest

from assistant.numbering import STYLES, chinese_number, split_number, starts_with_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百零三", 103),
        ("百二十", 120),
    ]
    + [("两", 2), ("〇", 0), ("12", 12), ("１２", 12)],
)
def test_chinese_and_arabic_numbers(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("第一编 总论", "第一编", "总论"),
        ("第2篇:如何", "第2篇:", "如何"),
        ("第三章 附则", "第三章", "附则"),
        ("第三部分 附则", "第三部分", "附则"),
        ("第十节　罚则", "第十节", "罚则"),
        ("第一百零二条 本法", "第一百零二条", "本法"),
        ("第十条之一 本法", "第十条之一", "本法"),
        ("第 3 条 本法", "第 3 条", "本法"),
        ("第 二 章　附则", "第 二 章", "附则"),
        ("一、考勤", "一、", "考勤"),
        ("十二：考勤", "十二：", "考勤"),
        ("（二）考勤", "（二）", "考勤"),
        ("(二)、考勤", "(二)、", "考勤"),
        ("1、考勤", "1、", "考勤"),
        ("1. 考勤", "1.", "考勤"),
        ("１．考勤", "１．", "考勤"),
        ("3 考勤", "3", "考勤"),
        ("三　考勤", "三", "考勤"),
        ("1.1 考勤", "1.1", "考勤"),
        ("1.2.3考勤", "1.2.3", "考勤"),
        ("（1）考勤", "（1）", "考勤"),
        ("(12)、考勤", "(12)、", "考勤"),
        ("1）考勤", "1）", "考勤"),
        ("③考勤", "③", "考勤"),
        ("第一,要学", "第一,", "要学"),
        ("第二步,要学", "第二步,", "要学"),
        ("首先，要学", "首先，", "要学"),
        ("二是学", "二是", "学"),
        ("三要学", "三要", "学"),
        ("其一，学", "其一，", "学"),
    ],
)
def test_a_number_is_split_from_its_line(line: str, number: str, rest: str) -> None:
    assert split_number(line) == (number, rest)


@pytest.mark.parametrize(
    "line",
    [
        "2020年第03期",
        "3.5倍",
        "第一责任人",
        "第三产业",
        "第一时间",
        "第二章程",
        "第一节课",
        "第 3 名",
        "第   3 条",
        "十分重要",
        "万一出错",
        "一是一,二是二",
    ]
    + [
        "1.5小时",
        "2024.3.1",
        "2024年3月1日",
        "3.5%的增长",
        "1.8米高",
        "9:00-18:30",
        "1,000元",
        "13800000000",
        "010-123",
    ]
    + ["10.0.0.1", "192.168.1.1", "2.0版本", "1.2.0", "v1.2", "一、二、四、六决策", "工作要求", "1", "一"],
)
def test_a_quantity_or_a_figure_of_speech_is_no_number(line: str) -> None:
    assert split_number(line) == ("", line)
    assert not starts_with_number(line)


def test_every_pattern_has_its_number() -> None:
    assert all("n" in style.pattern.groupindex for style in STYLES)
