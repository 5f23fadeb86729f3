"""Sentences and clauses as spans, words for BM25."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Span
from assistant.text import clauses, sentences, trimmed, words


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙!丙?丁", ["甲。", "乙!", "丙?", "丁"]),
        ("他说:“好。”我走了。", ["他说:“好。”", "我走了。"]),
        ("“好不好?”,他问。", ["“好不好?”,他问。"]),
        ("(真的吗!)。乙。", ["(真的吗!)。", "乙。"]),
        ("真的?!好……再说。", ["真的?!", "好……", "再说。"]),
        ("甲行\r\n乙行\r\n\r\n丙行", ["甲行", "乙行", "丙行"]),
        ("甲行\r乙行", ["甲行", "乙行"]),
        ("It ends. It starts.", ["It ends.", "It starts."]),
        ('He said "go." Then left.', ['He said "go."', "Then left."]),
        ("增长3.5倍。", ["增长3.5倍。"]),
        ("1. 填表。\n2. 签字。", ["1. 填表。", "2. 签字。"]),
        ("A. 甲\nB. 乙", ["A. 甲", "B. 乙"]),
        ("见http://a.cn/b?p=1!c。", ["见http://a.cn/b?p=1!c。"]),
        ("怎么办呢?1、先学。", ["怎么办呢?", "1、先学。"]),
        ("  甲。  \n\u3000\u3000乙。\n", ["甲。", "乙。"]),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_clause_also_ends_at_a_semicolon() -> None:
    text = "一是学习;二是纪律;三是作风。好。"
    assert [span.of(text) for span in clauses(text, Span(0, len(text)))] == [
        "一是学习;",
        "二是纪律;",
        "三是作风。",
        "好。",
    ]
    assert cut(text) == ["一是学习;二是纪律;三是作风。", "好。"]


FULL_LINE = "各支部要坚持每月集中学习不少于一次做到有计划有记录有考核"  # 28 characters, 56 columns


def test_a_line_break_inside_a_hard_wrapped_paragraph_ends_no_sentence() -> None:
    paragraph = f"{FULL_LINE}\n" * 5 + "不能流于形式。"
    assert cut(f"{paragraph}\n\n{paragraph}") == [paragraph, paragraph]


@pytest.mark.parametrize(
    "below", ["\n新的一段", "　　新的一段", "(二)新的一项", "2、新的一项", "第二条 新的一条", "- 新的一项"]
)
def test_what_opens_anew_is_not_joined_to_a_full_line(below: str) -> None:
    wrapped = f"{FULL_LINE}\n" * 6
    assert cut(wrapped + below) == [wrapped.strip(), below.strip()]


def test_lines_of_all_lengths_without_marks_are_a_list_and_not_hard_wrapped() -> None:
    lines = [FULL_LINE[:length] for length in (8, 28, 24, 12, 28, 25, 9, 26)]
    assert cut("\n".join(lines)) == lines


def test_short_lines_of_one_length_are_verse_and_not_hard_wrapped() -> None:
    lines = ["两个黄鹂鸣翠柳", "一行白鹭上青天", "窗含西岭千秋雪", "门泊东吴万里船"] * 3
    assert cut("\n".join(lines)) == lines


@given(st.text(alphabet="甲乙。!?;”),. \n\r\u30001A"))
def test_sentences_hold_every_character_that_is_not_blank(text: str) -> None:
    found = sentences(text, Span(0, len(text)))
    assert "".join("".join(span.of(text) for span in found).split()) == "".join(text.split())
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
    assert all(span == trimmed(text, span) and span for span in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("党支部书记的职责是什么?", ["支部", "党支部", "书记", "职责"]),
        ("Ｖ２.０ 版", ["v2.0", "版"]),
        ("Read the report.", ["read", "report"]),
        ("增长3.5%", ["增长", "3.5%"]),
        ("二〇二四年", ["二", "〇", "二", "四年"]),
        ("Café", ["café"]),
        ("的了吗?!", []),
    ],
)
def test_words_are_in_matching_form_and_carry_a_subject(text: str, expected: list[str]) -> None:
    assert words(text) == expected
