from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from assistant.encoder import Matrix
from assistant.lists import Listed, asks_for_list, items, listed_section, named_count
from assistant.reading import read_text
from assistant.records import Hit, Query, Ranking, Reading
from assistant.settings import IndexSettings
from tests.fakes import make_source

TOOLS = """工具手册

一、铁锹的保养
保养铁锹要做到下面几点。
1、擦干净
用完以后用布擦掉泥土。
2、涂上油
刃口涂上一层防锈油。
3、挂起来
挂在干燥通风的地方。
二、锄头的选择
1、看木柄
看木柄是不是结实。
"""
READING = read_text(make_source(TOOLS), IndexSettings())


def ranking(reading: Reading = READING, *words: str) -> Ranking:
    """The passages that hold each of the words in turn; without words all, in order."""
    found = [each for word in words or ("",) for each in reading.passages if word in each.text]
    return tuple(Hit(passage, 1.0) for passage in found)


def fits(scores: Mapping[str, float]) -> Callable[[Sequence[str]], Matrix]:
    return lambda titles: np.array([scores.get(title, 0.0) for title in titles], dtype=np.float32)


def listed(question: str, found: Ranking, **scores: float) -> Listed | None:
    outlines = {hit.passage.document.id: READING.sections[0] for hit in found}
    return listed_section(Query(question, ()), found, outlines, fits(scores))


@pytest.mark.parametrize(
    "question",
    [
        "书记要有哪些能力",
        "要树立哪几种意识?",
        "从哪三个方面入手",
        "要注意哪两点",
        "提高哪五种能力",
        "练好哪五大本领",
        "落实哪3项制度",
        "哪十二条规定",
        "党课有几种形式",
        "三会一课包括什么",
        "三个步骤分别是什么",
        "请列举书记的职责",
        "逐条说明要求",
        "十种能力是什么",
        "书记的三个必须指什么",
        "三个善于",
        "什么是四种意识",
    ],
)
def test_these_ask_for_a_list(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "班子不团结怎么办",
        "为什么要抓班子建设",
        "谈心谈话在哪里进行",
        "谁是第一责任人",
        "哪个部门负责",
        "哪一年召开的",
        "什么是光荣感",
        "如何当好书记",
        "几点开会",
        "三会一课",
        "三个月没交党费怎么办",
    ],
)
def test_these_ask_for_no_list(question: str) -> None:
    assert not asks_for_list(question)


def test_items_are_the_headed_sections_right_below() -> None:
    (outline,) = READING.sections
    root, spade, *_ = outline
    assert [each.title for each in items(spade, outline)] == ["擦干净", "涂上油", "挂起来"]
    assert [each.title for each in items(root, outline)] == ["铁锹的保养", "锄头的选择"]


def test_the_section_that_fits_best_is_listed_with_its_items() -> None:
    found = listed("保养铁锹有哪些要点", ranking(READING, "木柄", "几点"), 铁锹的保养=0.9, 锄头的选择=0.3)
    assert found is not None
    assert found.section.title == "铁锹的保养"
    assert [span.of(TOOLS) for span in found.heads] == ["1、擦干净", "2、涂上油", "3、挂起来"]
    assert found.lead.of(TOOLS) == "保养铁锹要做到下面几点。"


def test_a_section_is_found_from_inside_its_items() -> None:
    found = listed("保养铁锹有哪些要点", ranking(READING, "防锈油", "几点"), 铁锹的保养=0.9)
    assert found is not None and found.section.title == "铁锹的保养"
    assert "防锈油" in found.hit.passage.text  # the best of its passages


def test_the_hit_is_of_the_sections_own_document() -> None:
    other = read_text(make_source(TOOLS.replace("铁锹", "钢锯"), "b.txt"), IndexSettings())
    found = listed_section(
        Query("保养铁锹有哪些要点", ()),
        (*ranking(other, "几点"), *ranking(READING, "几点")),
        {reading.documents[0].id: reading.sections[0] for reading in (other, READING)},
        fits({"铁锹的保养": 0.9}),
    )
    assert found is not None and found.hit.passage.document == READING.documents[0]


def test_nothing_is_listed_unless_a_list_is_asked_for() -> None:
    assert listed("怎样保养铁锹", ranking(), 铁锹的保养=0.9) is None


def test_nothing_is_listed_when_a_section_without_items_fits_better() -> None:
    assert listed("涂上油有哪些好处", ranking(), 铁锹的保养=0.5, 涂上油=0.9) is None


def test_nothing_is_listed_of_a_single_item() -> None:
    assert listed("选择锄头看哪些地方", ranking(READING, "木柄"), 锄头的选择=0.9) is None


@pytest.mark.parametrize(
    ("number", "is_listed"), [("三个方面", True), ("3点", True), ("两点", False), ("四项", False), ("几点", True)]
)
def test_the_number_that_is_asked_for_has_to_be_the_number_of_items(number: str, is_listed: bool) -> None:
    assert (listed(f"保养铁锹有哪{number}", ranking(), 铁锹的保养=0.9) is not None) is is_listed


def test_a_number_beside_the_question_does_not_count() -> None:
    assert named_count("三个月内要做到哪些要点") is None
    assert [named_count(question) for question in ("哪三个方面", "十种能力是什么", "四种意识")] == [3, 10, 4]


def test_a_section_that_announces_more_than_it_holds_is_listed_for_what_it_holds() -> None:
    text = "手册\n\n一、锄头的十种毛病\n1、木柄松\n要换。\n2、锄刃钝\n要磨。\n"
    reading = read_text(make_source(text), IndexSettings())
    outlines = {reading.documents[0].id: reading.sections[0]}
    scores = fits({"锄头的十种毛病": 1})
    found = listed_section(Query("锄头有哪十种毛病", ()), ranking(reading), outlines, scores)
    assert found is not None and len(found.heads) == 2
    assert listed_section(Query("锄头有哪九种毛病", ()), ranking(reading), outlines, scores) is None


def test_items_that_are_sentences_are_named_by_their_first_clause() -> None:
    text = "手册\n\n一、铁锹的保养\n要做到两点。一是擦干净;泥土要用布擦。二是涂上油。油要防锈。\n"
    reading = read_text(make_source(text), IndexSettings())
    outlines = {reading.documents[0].id: reading.sections[0]}
    found = listed_section(Query("保养铁锹有哪些要点", ()), ranking(reading), outlines, fits({"铁锹的保养": 1}))
    assert found is not None
    assert [span.of(text) for span in found.heads] == ["一是擦干净;", "二是涂上油。"]
    assert found.lead.of(text) == "要做到两点。"


def test_a_long_clause_is_cut_at_its_first_comma_and_a_long_lead_in_is_left_out() -> None:
    long = "涂上一层" + "又一层" * 35 + "油"
    text = f"手册\n\n一、铁锹的保养\n{long}。\n一是擦干净,{long}。二是{long}。\n"
    reading = read_text(make_source(text), IndexSettings())
    outlines = {reading.documents[0].id: reading.sections[0]}
    found = listed_section(Query("保养铁锹有哪些要点", ()), ranking(reading), outlines, fits({"铁锹的保养": 1}))
    assert found is not None
    assert [span.of(text) for span in found.heads] == ["一是擦干净", f"二是{long}"[:80]]
    assert not len(found.lead)


def test_two_is_said_in_two_ways() -> None:
    text = "手册\n\n一、锄头\n1、看木柄\n木柄要结实。\n2、看锄刃\n锄刃要锋利。\n"
    reading = read_text(make_source(text), IndexSettings())
    outlines = {reading.documents[0].id: reading.sections[0]}
    for number in ("两", "二", "2"):
        assert listed_section(Query(f"哪{number}点", ()), ranking(reading), outlines, fits({"锄头": 1}))


def test_only_the_sections_above_the_best_five_passages_are_looked_at() -> None:
    hoe, spade = ranking(READING, "木柄"), ranking(READING, "几点")
    assert listed("有哪些", hoe * 4 + spade, 铁锹的保养=0.9)
    assert listed("有哪些", hoe * 5 + spade, 铁锹的保养=0.9) is None


def test_a_text_without_headings_lists_nothing() -> None:
    reading = read_text(make_source("没有标题的一段话。"), IndexSettings())
    assert listed("有哪些", ranking(reading)) is None
    assert listed("有哪些", ()) is None
