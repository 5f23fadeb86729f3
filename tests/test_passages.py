"""Passages: whole sentences of one section, nothing lost, whatever the document looks like."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading import uncovered
from assistant.records import Passage, Reading
from assistant.settings import IndexSettings
from tests.fakes import read

SETTINGS = IndexSettings()


def texts(text: str) -> list[str]:
    return [passage.text for passage in read(text).passages]


SENTENCE = st.builds(
    lambda words, count, end: words * count + end,
    st.sampled_from(
        ["各支部要认真学习", "落实一、二、四决策", "见第(三)项,按1.5倍计", "他说:“好。”再说", "See No. 5 for it"]
    ),
    st.integers(1, 12),
    st.sampled_from(["。", "!", "?", "……", "。”", ";", ". ", ""]),
)
NUMBER = st.sampled_from(
    [
        "第一章 ",
        "第二条 ",
        "一、",
        "二、",
        "（一）",
        "(二)",
        "1、",
        "2. ",
        "1.1 ",
        "(1)",
        "2)",
        "①",
        "第一,",
        "首先,",
        "一是",
        "二是",
    ]
    + ["摘要:", "【要求】", "问:", "# ", "## "]
)
HEADING = st.builds(
    lambda number, title: number + title, NUMBER, st.sampled_from(["总则", "要加强学习。", "学习制度:每月一次", ""])
)
BOILERPLATE = st.sampled_from(
    ["[NextPage]", "\n第 3 页\n", "\n----------\n", "\n![图](a.png)\n", "\n关键词:党建;支部\n", "\n上一页 下一页\n"]
)
TITLE = st.sampled_from(
    ["如何当好生产班组长\n\n如何当好生产班组长", "\n怎样开好班前会\n\n作者:张三\n", "\n工作时间\n\n", "\n办法\n\n"]
)
BREAK = st.sampled_from(["", "", "\n", "\r\n", "\n\n", "\n\u3000\u3000", " \r\n\r\n", " "])
DOCUMENT = st.lists(
    st.one_of(SENTENCE, SENTENCE, HEADING, HEADING, BOILERPLATE, TITLE, BREAK, BREAK, st.text(max_size=9))
).map("".join)
NAME = st.sampled_from(["a.txt", "a.md"])


@given(DOCUMENT, NAME)
def test_every_character_is_in_a_passage_a_heading_or_boilerplate(text: str, name: str) -> None:
    assert uncovered(read(text, name)) == ()


@given(DOCUMENT, NAME)
def test_passages_overlap_nothing_and_stand_in_order(text: str, name: str) -> None:
    reading = read(text, name)
    spans = [passage.span for passage in reading.passages]
    assert spans == sorted(spans)
    places = sorted([*spans, *reading.headings(), *(piece.span for piece in reading.boilerplate)])
    assert all(one.end <= other.start for one, other in zip(places, places[1:], strict=False))


@given(DOCUMENT, NAME)
def test_a_passage_lies_inside_its_section_and_its_document(text: str, name: str) -> None:
    for passage in read(text, name).passages:
        assert passage.span in passage.section.span
        assert passage.section.span in passage.document.span
        assert passage.text == text[passage.span.start : passage.span.end] == passage.text.strip() != ""


#: Where a sentence may end, said in another way than `text` does.
ENDS = re.compile(r"[。！？!?…][。！？!?…”’」』》〉）】)\]\"']*$|\.[”’」』》〉）】)\]\"']*$")


def begins_or_ends_well(reading: Reading, passage: Passage) -> bool:
    text, span = reading.source.text, passage.span
    other = {span.start for span in reading.headings()} | {piece.span.start for piece in reading.boilerplate}
    starts = other | {section.span.start for outline in reading.sections for section in outline}
    starts |= {document.span.end for document in reading.documents}
    rest = text[span.end :]
    gap = len(rest) - len(rest.lstrip())
    return (
        bool(ENDS.search(passage.text))
        or any(mark in rest[:gap] for mark in "\r\n")
        or span.end + gap in starts | {len(text)}
    )


@given(DOCUMENT, NAME)
def test_a_passage_ends_where_a_sentence_ends(text: str, name: str) -> None:
    reading = read(text, name)
    assert all(begins_or_ends_well(reading, passage) for passage in reading.passages)


@given(DOCUMENT, NAME)
def test_a_passage_is_longer_than_the_limit_only_as_one_sentence(text: str, name: str) -> None:
    for passage in read(text, name).passages:
        if len("".join(passage.text.split())) > SETTINGS.passage_limit:
            inside = re.split(r"[\r\n]+|(?<=[。!?])(?![。!?…”)\],;、:：，；])", passage.text)
            assert len([piece for piece in inside if piece.strip()]) == 1


@given(DOCUMENT)
def test_passages_of_a_document_have_names_of_their_own(text: str) -> None:
    passages = read(text).passages
    assert len({passage.id for passage in passages}) == len(passages)
    assert passages == read(text).passages


def test_sentences_are_joined_to_the_target_and_not_beyond_the_limit() -> None:
    sentence = "甲" * 59 + "。"
    assert [len(text) for text in texts(sentence * 5)] == [120, 120, 60]
    assert [len(text) for text in texts("甲" * 89 + "。" + "乙" * 149 + "。")] == [90, 150]


@pytest.mark.parametrize("gap", ["", "\n", "\n\n", "\n\u3000\u3000"])
def test_blanks_between_sentences_do_not_count(gap: str) -> None:
    found = read(gap.join("这是一句正好十个字。" for _ in range(15)))
    assert [len("".join(passage.text.split())) for passage in found.passages] == [100, 50]


def test_sentences_far_apart_share_no_passage() -> None:
    far = "\n" * 2 * SETTINGS.passage_limit
    assert [passage.text for passage in read(f"甲句。{far}乙句。").passages] == ["甲句。", "乙句。"]


def test_an_over_long_sentence_stays_whole() -> None:
    long = "甲" * 500 + "。"
    assert texts("短句。" + long + "短句。") == ["短句。", long, "短句。"]


def test_no_passage_is_only_a_heading() -> None:
    assert texts("一、学习\n二、纪律\n遵守纪律。") == ["遵守纪律。"]
    assert [
        heading.of("一、学习\n二、纪律\n遵守纪律。") for heading in read("一、学习\n二、纪律\n遵守纪律。").headings()
    ] == [
        "一、学习",
        "二、纪律",
    ]


def test_short_items_share_a_passage_with_their_lead_sentence() -> None:
    text = "一、纪律\n党员应当:\n1、按时交费。\n2、按时开会。\n3、按时汇报。"
    (passage,) = read(text).passages
    assert passage.text == text[len("一、纪律\n") :]
    assert passage.section.path() == ("一、纪律",)


def test_the_innermost_section_around_lead_and_items_names_the_passage() -> None:
    (passage, _) = read("首先,抓学习:一是读书,二是讨论。\n其次,抓作风。").passages
    assert passage.section.path() == ("首先,抓学习",)
    nested = "一、学习\n首先,抓学习。" + "要坚持经常。" * 16 + "一是读书;二是讨论。其次,抓作风。"
    assert read(nested).passages[1].section.path()[-1] == "首先,抓学习"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_article_of_a_regulation_is_a_passage_of_its_own(line_end: str) -> None:
    articles = ["第一条 为规范管理。", "第二条 适用于全体。", "第三条 自发布起施行。"]
    assert texts("管理办法\n\n".replace("\n", line_end) + line_end.join(articles)) == articles


def test_a_page_break_inside_a_section_parts_its_passages() -> None:
    assert texts("甲句。[NextPage]乙句。") == ["甲句。", "乙句。"]


def test_the_lengths_are_the_settings() -> None:
    narrow = read("甲句。乙句。丙句。", settings=IndexSettings(passage_target=3, passage_limit=6))
    assert [passage.text for passage in narrow.passages] == ["甲句。", "乙句。", "丙句。"]
