"""What is set aside by name, and what comes close and stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.boilerplate import boilerplate, outside
from assistant.records import Boilerplate, Layout, Span


def found(text: str) -> list[tuple[str, str]]:
    return [(piece.name, piece.span.of(text)) for piece in boilerplate(text)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("图片", "甲。\n![图[一]](https://a.cn/b.png)\n乙。", "![图[一]](https://a.cn/b.png)"),
        ("翻页", "甲。[NextPage]乙。", "[NextPage]"),
        ("翻页", "甲。本文章共2页,当前在第2页上一页[1][2]乙。", "本文章共2页,当前在第2页上一页[1][2]"),
        ("页码", "甲。\n第 3 页\n乙。", "第 3 页"),
        ("页码", "甲。\n- 12 -\n乙。", "- 12 -"),
        ("页码", "甲。\r\n3/12\r\n乙。", "3/12"),
        ("导航", "甲。\n上一篇 | 下一篇 | 首页\n乙。", "上一篇 | 下一篇 | 首页"),
        ("导航", "甲。\n返回顶部\n乙。", "返回顶部"),
        ("导航", "甲。\n您的位置：首页>办事指南\n乙。", "您的位置：首页>办事指南"),
        ("导航", "甲。\n当前位置：首页 > 通知\n乙。", "当前位置：首页 > 通知"),
        ("导航", "甲。\n上一篇：关于放假的通知\n乙。", "上一篇：关于放假的通知"),
        ("导航", "来源：办公室 字号：大 中 小\n乙。", "字号：大 中 小"),
        ("目录", "目  录\n一、范围\t1\n二、保管\t12\n\n一、范围\n甲。", "目  录\n一、范围\t1\n二、保管\t12"),
        ("目录", "第一章 考勤 ....... 2\n甲。", "第一章 考勤 ....... 2"),
        ("关键词", "关键词:党建;支部 前言:甲。", "关键词:党建;支部 "),
        ("关键词", "甲。关键词:党建 支部\n乙。", "关键词:党建 支部"),
        ("分隔线", "甲。\n----------\n乙。", "----------"),
        ("网站声明", "本站内容来自网络,仅供参考学习。\n甲。", "本站内容来自网络,仅供参考学习。"),
        ("网站声明", "内容来自网络,如有侵权请联系删除\n甲。", "内容来自网络,如有侵权请联系删除"),
    ],
)
def test_each_rule_sets_its_own_aside(name: str, text: str, expected: str) -> None:
    assert found(text) == [(name, expected.strip())]


@pytest.mark.parametrize(
    "text",
    [
        "甲。\n---\ntitle".replace("---", "--"),
        "如图![1]所示(略)。",
        "点击[下一步]按钮。",
        "本文共三个部分,第2页有附表。",
        "第3页内容有误,请更正。",
        "- 12 - 24岁可以申请。",
        "比例为3/12。",
        "分享",
        "首页\n进入首页后点击登录。",
        "请点击下一页继续填写。",
        "今年工作的关键词:狠抓落实",
        "-- 备注",
        "如有问题,请联系客服。",
        "如需申请退款,请联系客服,工作时间9:00-18:30。",
        "文件无法在线预览时,请联系客服。",
        "系统地址:\nhttps://oa.example.com",
    ],
)
def test_what_only_comes_close_stays_content(text: str) -> None:
    assert found(text) == []


def test_a_notice_in_a_file_of_one_line_takes_only_its_own_sentence() -> None:
    notice = "本站内容来自网络,仅供参考学习。"
    assert found("甲乙丙丁。" * 100 + notice + "甲乙丙丁。" * 100) == [("网站声明", notice)]


@given(st.text(alphabet="-\n 第页12[]NextPage关键词:。下载文档"))
def test_boilerplate_is_in_order_trimmed_and_free_of_overlap(text: str) -> None:
    spans = [piece.span for piece in boilerplate(text)]
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))
    assert all(span.of(text).strip() == span.of(text) != "" for span in spans)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 20), [Span(0, 5), Span(8, 10), Span(12, 20)]),
        (Span(6, 11), [Span(8, 10)]),
        (Span(5, 8), []),
        (Span(13, 15), [Span(13, 15)]),
        (Span(8, 8), []),
    ],
)
def test_outside_is_what_no_hole_covers(span: Span, expected: list[Span]) -> None:
    assert list(outside(span, (Span(5, 8), Span(10, 12)))) == expected


def test_what_the_format_names_counts_before_the_rules() -> None:
    text = "甲。\n第 3 页\n乙。"
    assert boilerplate(text, Layout(boilerplate=(Boilerplate("页脚", Span(3, 8)),))) == (
        Boilerplate("页脚", Span(3, 8)),
    )
