from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assistant.answering import Answerer
from assistant.assistant import Assistant
from assistant.errors import NotVerbatim
from assistant.index import Index
from assistant.reading import read_text
from assistant.records import Answer, Excerpt, NotFound, Span, Status
from assistant.retrieval import Retriever
from assistant.settings import IndexSettings, Settings
from tests.fakes import HashEncoder, make_source

D = 4096
#: A passage for each sentence.
SINGLE = IndexSettings(passage_target=1)

Ask = Callable[..., Answer | NotFound]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks texts, each a file; `settings` are the ones to change."""

    def asked(
        question: str,
        *texts: str,
        stored: Callable[[str, Span], str] | None = None,
        **settings: object,
    ) -> Answer | NotFound:
        chosen = replace(Settings(), **settings)  # type: ignore[arg-type]
        sources = [make_source(text, f"{number}.txt") for number, text in enumerate(texts)]
        readings = [read_text(source, chosen.index) for source in sources]
        originals = {source.id: source.text for source in sources}
        encoder = HashEncoder(D)
        index = Index.open(tmp_path, [each for reading in readings for each in reading.passages], encoder)
        retriever = Retriever(index, encoder, chosen)
        outlines = {
            document.id: outline
            for reading in readings
            for document, outline in zip(reading.documents, reading.sections, strict=True)
        }
        original = stored or (lambda source_id, span: span.of(originals[source_id]))
        answerer = Answerer(index, True, outlines, retriever.similarity, original, chosen)
        return answerer.answer(question, retriever.search(question))

    return asked


def excerpts(answer: Answer | NotFound) -> tuple[Excerpt, ...]:
    assert isinstance(answer, Answer)
    return answer.excerpts


def shown(answer: Answer | NotFound) -> list[str]:
    """The text of each excerpt, which is of one part."""
    return [part.text for excerpt in excerpts(answer) for (part,) in [excerpt.parts]]


def marked(text: str, excerpt: Excerpt) -> list[str]:
    return [mark.of(text) for mark in excerpt.highlights]


def long(word: str, length: int) -> str:
    """A sentence of this length that begins with a word and goes on unlike any other."""
    return word + "".join(map(chr, Random(word).sample(range(0x5000, 0x9000), length - len(word) - 1))) + "。"


# The budget


def test_an_answer_is_three_excerpts_of_800_characters_at_the_most(ask: Ask) -> None:
    texts = [f"手册{name}\n\n{long('铁锹' + name, 180)}{long(name, 190)}{long(name * 2, 170)}" for name in "甲乙丙丁戊"]
    answer = shown(ask("铁锹", *texts))
    assert len(answer) == 3
    assert 800 - 190 < sum(map(len, answer)) <= 800


def test_the_budget_is_a_setting(ask: Ask) -> None:
    texts = [f"手册{name}\n\n{long('铁锹' + name, 180)}" for name in "甲乙丙丁戊"]
    assert [len(text) for text in shown(ask("铁锹", *texts, max_characters=450))] == [180, 180, 450 - 2 * 180]
    assert [len(text) for text in shown(ask("铁锹", *texts, max_excerpts=1))] == [180]


def test_with_next_to_no_room_left_no_further_excerpt_is_begun(ask: Ask) -> None:
    texts = [f"手册{name}\n\n{long('铁锹' + name, 180)}" for name in "甲乙丙丁戊"]
    assert len(shown(ask("铁锹", *texts, max_characters=180 + 60))) == 2
    assert len(shown(ask("铁锹", *texts, max_characters=180 + 59))) == 1


def test_an_over_long_passage_is_cut_at_the_last_sentence_end_that_fits(ask: Ask) -> None:
    first, second, third = long("铁锹", 40), long("锄头", 40), long("镰刀", 110)
    text = f"手册\n\n{first}{second}{third}"
    assert shown(ask("铁锹", text, max_characters=100)) == [first + second]
    assert shown(ask("铁锹", text, max_characters=79)) == [first]


def test_a_sentence_longer_than_the_budget_is_shown_as_far_as_it_fits(ask: Ask) -> None:
    sentence = long("铁锹", 300)
    assert shown(ask("铁锹", f"手册\n\n{sentence}", max_characters=100)) == [sentence[:100]]


# What surrounds a passage


def test_an_excerpt_begins_with_the_heading_right_before_it(ask: Ask) -> None:
    assert shown(ask("铁锹", "手册\n\n一、保养\n铁锹要擦干净。")) == ["一、保养\n铁锹要擦干净。"]


def test_a_heading_that_is_not_right_before_is_left_out(ask: Ask) -> None:
    text = f"手册\n\n一、保养\n{long('镰刀', 198)}铁锹要擦干净。"
    assert shown(ask("铁锹", text, max_characters=3 * 200))[0] == "铁锹要擦干净。"


def test_a_heading_without_room_is_left_out(ask: Ask) -> None:
    text, sentence = "手册\n\n一、保养\n" + long("铁锹", 90), long("铁锹", 90)
    assert shown(ask("铁锹", text, max_characters=len("一、保养\n") + 90)) == [f"一、保养\n{sentence}"]
    assert shown(ask("铁锹", text, max_characters=len("一、保养\n") + 89)) == [sentence]


def test_neighbours_are_added_up_to_the_fair_share(ask: Ask) -> None:
    before, hit, after, last = (long(word, 40) for word in ("镰刀", "铁锹", "锄头", "水桶"))
    text = f"手册\n\n{before}{hit}{after}{last}"
    for share, expected in (
        (160, before + hit + after + last),
        (159, hit + after + last),
        (119, hit + after),
        (79, hit),
    ):
        assert shown(ask("铁锹", text, index=SINGLE, max_excerpts=3, max_characters=3 * share))[0] == expected


def test_neighbours_are_never_taken_from_another_section(ask: Ask) -> None:
    text = "手册\n\n一、镰刀\n镰刀要磨快。\n二、铁锹\n铁锹要擦干净。\n三、水桶\n水桶要倒空。\n"
    assert shown(ask("铁锹", text, max_excerpts=1)) == ["二、铁锹\n铁锹要擦干净。"]


def test_the_articles_of_a_regulation_stay_apart(ask: Ask) -> None:
    text = "规定\n\n第一条 镰刀要磨快。\n第二条 铁锹要擦干净。\n第三条 水桶要倒空。\n"
    assert shown(ask("铁锹", text, max_excerpts=1)) == ["第二条 铁锹要擦干净。"]


def test_an_item_of_a_list_of_sentences_is_shown_with_the_others_and_their_lead_in(ask: Ask) -> None:
    first, second, third = (
        f"{number}是{long(word, 40)}" for number, word in zip("一二三", ("镰刀", "铁锹", "水桶"), strict=True)
    )
    text = f"手册\n\n一、保养\n要做到三点。{first}{second}{third}\n二、存放\n木梯要放平。\n"
    whole = text[len("手册\n\n") : text.index("\n二、")]
    answer = ask("铁锹", text, index=SINGLE, max_excerpts=1)
    assert shown(answer) == [whole]
    assert excerpts(answer)[0].citation.section == ("一、保养",)
    assert shown(ask("铁锹", text, index=SINGLE, max_excerpts=1, max_characters=90)) == [second + third]


def test_neighbours_are_never_taken_from_another_article(ask: Ask) -> None:
    assert shown(ask("铁锹", "铁锹要擦干净。", "水桶要倒空。", max_excerpts=1)) == ["铁锹要擦干净。"]


@pytest.mark.parametrize("pointer", ["这", "其", "因此", "它"])
def test_what_points_back_is_shown_with_the_sentence_before(ask: Ask, pointer: str) -> None:
    far, before = long("水桶", 150), long("镰刀", 60)
    text = f"手册\n\n{far}{before}{pointer}铁锹要擦干净。"
    cut = IndexSettings(passage_target=1, passage_limit=220)
    assert shown(ask("铁锹", text, index=cut, max_characters=3 * 50))[0] == f"{before}{pointer}铁锹要擦干净。"
    plain = text.replace(pointer + "铁锹", "铁锹")
    assert shown(ask("铁锹", plain, index=cut, max_characters=3 * 50))[0] == "铁锹要擦干净。"


def test_the_sentence_before_is_not_taken_without_room(ask: Ask) -> None:
    text = f"手册\n\n{long('镰刀', 60)}这铁锹要擦干净。"
    assert shown(ask("铁锹", text, index=SINGLE, max_characters=65))[0] == "这铁锹要擦干净。"


def test_no_character_is_shown_twice(ask: Ask) -> None:
    text = "手册\n\n" + "".join(long(word, 50) for word in ("铁锹锄头", "镰刀", "水桶", "木梯", "锄头"))
    first, second = (
        excerpt.citation.span for excerpt in excerpts(ask("铁锹锄头", text, index=SINGLE, max_characters=450))
    )
    assert (len(first), len(second)) == (3 * 50, 2 * 50)
    assert first.end == second.start


# The same elsewhere

CARE = "铁锹用完以后要擦干净,涂上防锈油,挂在干燥的地方。"
NEARLY = CARE.replace("干燥", "通风")


def test_what_says_the_same_is_cited_beside_and_not_shown(ask: Ask) -> None:
    (excerpt,) = excerpts(ask(CARE, f"甲手册\n\n一、保养\n{CARE}", f"乙手册\n\n二、工具\n{NEARLY}"))
    assert excerpt.citation.locator == "《甲手册》一、保养"
    assert [other.locator for other in excerpt.also] == ["《乙手册》二、工具"]
    assert excerpt.also[0].file == "1.txt"


def test_a_section_is_cited_beside_once(ask: Ask) -> None:
    twice = f"乙手册\n\n二、工具\n{NEARLY}{NEARLY.replace('涂上', '抹上')}"
    (excerpt,) = excerpts(ask(CARE, f"甲手册\n\n一、保养\n{CARE}", twice, index=SINGLE))
    assert [other.locator for other in excerpt.also] == ["《乙手册》二、工具"]


def test_an_excerpt_is_not_cited_beside_itself(ask: Ask) -> None:
    text = f"甲手册\n\n一、保养\n{CARE}{long('水桶', 190)}{NEARLY}"
    answer = excerpts(ask(CARE, text, index=SINGLE, max_characters=300))
    assert [excerpt.also for excerpt in answer] == [()] * len(answer)


def test_an_article_of_the_same_title_in_another_file_is_cited_beside(ask: Ask) -> None:
    (excerpt,) = excerpts(ask(CARE, f"手册\n\n一、保养\n{CARE}", f"手册\n\n一、保养\n{NEARLY}"))
    assert [(excerpt.citation.file, other.file) for other in excerpt.also] == [("0.txt", "1.txt")]


# Marks


def test_the_sentence_that_holds_the_answer_is_marked(ask: Ask) -> None:
    text = "手册\n\n一、工具\n工具要爱护。铁锹用完以后要擦干净。镰刀每年磨一次。"
    (excerpt,) = excerpts(ask("铁锹用完以后怎么办", text))
    assert marked(text, excerpt) == ["铁锹用完以后要擦干净。"]


def test_sentences_that_answer_alike_are_marked_together_as_long_as_they_fit(ask: Ask) -> None:
    text = "手册\n\n一、工具\n铁锹要擦。镰刀要磨快。锄头要挂。"
    (excerpt,) = excerpts(ask("铁锹 锄头", text))
    assert marked(text, excerpt) == ["铁锹要擦。", "锄头要挂。"]
    (excerpt,) = excerpts(ask("铁锹 锄头", text, highlight_characters=9))
    assert marked(text, excerpt) == ["铁锹要擦。"]


def test_of_a_long_sentence_the_clause_that_holds_the_answer_is_marked(ask: Ask) -> None:
    text = f"手册\n\n{long('镰刀', 100)[:-1]}；铁锹用完以后要擦干净；{long('水桶', 100)}"
    (excerpt,) = excerpts(ask("铁锹擦干净", text))
    assert marked(text, excerpt) == ["铁锹用完以后要擦干净；"]


def test_of_a_long_clause_the_beginning_is_marked(ask: Ask) -> None:
    text = "手册\n\n" + long("铁锹", 200)
    (excerpt,) = excerpts(ask("铁锹", text))
    assert marked(text, excerpt) == [long("铁锹", 200)[:160]]


def test_a_mark_lies_in_what_was_left_of_a_cut_passage(ask: Ask) -> None:
    text = f"手册\n\n{long('镰刀', 60)}{long('铁锹', 60)}"
    (excerpt,) = excerpts(ask("铁锹", text, max_characters=100))
    assert marked(text, excerpt) == [long("镰刀", 60)]
    assert excerpt.highlights[0] in excerpt.parts[0].span


def test_neighbours_and_headings_are_not_marked(ask: Ask) -> None:
    text = "手册\n\n一、铁锹\n镰刀要磨快。铁锹要擦干净,铁锹要上油。水桶要倒空。"
    (excerpt,) = excerpts(ask("铁锹上油", text, index=SINGLE))
    assert shown(ask("铁锹上油", text, index=SINGLE)) == [text[4:]]
    assert marked(text, excerpt) == ["铁锹要擦干净,铁锹要上油。"]


# Lists

ITEMS = ("1、擦干净", "2、涂上油", "3、挂起来")
LISTED = "手册\n\n一、铁锹保养要点\n{}\n用布擦掉泥土。\n{}\n刃口要防锈。\n{}\n库房要通风。\n".format(*ITEMS)


BRIEF = len("一、铁锹保养要点\n") + sum(map(len, ITEMS))


def test_a_short_list_is_shown_whole(ask: Ask) -> None:
    first = excerpts(ask("铁锹保养有哪些要点", LISTED))[0]
    assert [part.text for part in first.parts] == [LISTED[len("手册\n\n") :].rstrip()]
    assert first.citation.section == ("一、铁锹保养要点",)
    assert marked(LISTED, first) == list(ITEMS)


def test_of_a_longer_list_the_heading_and_what_names_each_item_are_shown_in_order(ask: Ask) -> None:
    first = excerpts(ask("铁锹保养有哪些要点", LISTED, list_characters=BRIEF))[0]
    assert [part.text for part in first.parts] == ["一、铁锹保养要点", *ITEMS]
    assert first.citation.section == ("一、铁锹保养要点",)
    assert marked(LISTED, first) == list(ITEMS)


def test_what_names_an_item_unfolds_to_the_rest_of_it(ask: Ask) -> None:
    first = excerpts(ask("铁锹保养有哪些要点", LISTED, list_characters=BRIEF))[0]
    assert [[part.text for part in rest] for rest in first.unfolded] == [
        ["用布擦掉泥土。"],
        ["刃口要防锈。"],
        ["库房要通风。"],
    ]
    assert excerpts(ask("铁锹保养有哪些要点", LISTED))[0].unfolded == ()


def test_a_list_says_how_many_items_it_has(ask: Ask) -> None:
    listed, *others = excerpts(ask("铁锹保养有哪些要点,泥土怎么办", LISTED, list_characters=BRIEF))
    assert listed.listed == 3
    assert others and [other.listed for other in others] == [0] * len(others)


def test_a_list_begins_with_its_lead_in(ask: Ask) -> None:
    lead = "要做到下面几点:"
    text = LISTED.replace("要点\n1", f"要点\n工具不便宜。{lead}\n1")
    first = excerpts(ask("铁锹保养有哪些要点", text, list_characters=BRIEF + len(lead)))[0]
    assert [part.text for part in first.parts] == ["一、铁锹保养要点", lead, *ITEMS]
    assert marked(text, first) == list(ITEMS)


def test_a_list_is_followed_by_the_passages(ask: Ask) -> None:
    _, *others = excerpts(ask("铁锹保养有哪些要点,泥土怎么办", LISTED, list_characters=BRIEF))
    assert others[0].parts[0].text == "1、擦干净\n用布擦掉泥土。"


def test_a_list_is_taken_from_its_own_file(ask: Ask) -> None:
    other = f"须知\n\n{long('水桶', 90)}铁锹保养有哪些要点,看手册。"  # at the same place in its file
    first = excerpts(ask("铁锹保养有哪些要点", other, LISTED))[0]
    assert first.listed == 3
    assert first.citation.file == "1.txt"


def test_a_sentence_that_enumerates_by_itself_comes_before_the_list(ask: Ask) -> None:
    text = LISTED + "二、问答\n铁锹保养要点是刃口和木柄。\n"
    first, second = excerpts(ask("铁锹保养有哪些要点,刃口和木柄", text))[:2]
    assert first.parts[0].text == "二、问答\n铁锹保养要点是刃口和木柄。"
    assert (first.listed, second.listed) == (0, 3)


def test_only_as_many_items_are_marked_as_fit(ask: Ask) -> None:
    first = excerpts(ask("铁锹保养有哪些要点", LISTED, highlight_characters=11))[0]
    assert marked(LISTED, first) == list(ITEMS[:2])  # of 5 characters each


def test_a_list_too_long_for_a_glance_is_not_shown(ask: Ask) -> None:
    length = len("一、铁锹保养要点") + sum(map(len, ITEMS))
    assert len(excerpts(ask("铁锹保养有哪些要点", LISTED, list_characters=length))[0].parts) == 4
    assert excerpts(ask("铁锹保养有哪些要点", LISTED, list_characters=length - 1))[0].listed == 0


# Not found, and the verbatim check


def test_not_found_names_three_distinct_headings(ask: Ask) -> None:
    text = "手册\n\n" + "".join(f"{number}、工具{number}\n擦干净。\n要上油。\n" for number in "一二三四五")
    answer = ask("量子力学", text, index=SINGLE)
    assert isinstance(answer, NotFound)
    assert answer.status is Status.NOT_FOUND
    assert len({citation.locator for citation in answer.nearest}) == len(answer.nearest) == 3
    assert all(citation.span.of(text) == citation.section[-1] for citation in answer.nearest)


def test_without_headings_the_article_is_named(ask: Ask) -> None:
    answer = ask("量子力学", "手册\n\n铁锹要擦干净。镰刀要磨快。", index=SINGLE)
    assert isinstance(answer, NotFound)
    assert [citation.locator for citation in answer.nearest] == ["《手册》"]


def test_an_empty_index_answers_not_found(ask: Ask) -> None:
    answer = ask("铁锹")
    assert isinstance(answer, NotFound)
    assert (answer.confidence, answer.nearest) == (0.0, ())


@pytest.mark.parametrize("question", ["铁锹", "铁锹保养有哪些要点", "一、讲什么"])
def test_what_differs_from_the_stored_original_is_never_shown(ask: Ask, question: str) -> None:
    with pytest.raises(NotVerbatim, match=r"0\.txt.*zhiyin check"):
        ask(question, LISTED, stored=lambda _, span: "钢" * len(span))


# The seed, by the bundled encoder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with closing(Assistant.open(tmp_path_factory.mktemp("library"))) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("支部书记的思想觉悟为什么要比别人高", "说话、办事才能有说服力"),
        ("落实一、二、四、六决策制度谁是第一责任人", "书记是第一责任人"),
        ("支部书记的服务意识体现在哪里", "不要把自己摆在“领导”的位置上"),
        ("书记跟普通职工比,做出的奉献该是多还是少", "做出的牺牲和奉献应比别人多一些"),
    ],
)
def test_the_answer_is_in_the_first_excerpt(assistant: Assistant, question: str, words: str) -> None:
    first = excerpts(assistant.ask(question))[0]
    assert any(words in part.text for part in first.parts)


def test_a_question_for_a_list_is_answered_with_the_items(assistant: Assistant) -> None:
    first = excerpts(assistant.ask("在新形势下党支部书记从哪三个方面开展工作"))[0]
    assert first.listed == 3
    assert first.citation.section == ("三、在新形势下党支部书记如何开展工作",)


@pytest.mark.parametrize("question", ["红烧肉要炖多长时间", "汽车发动机漏油怎么修", "猫不吃东西是什么病"])
def test_a_foreign_question_is_not_answered(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status is not Status.ANSWERED


# By number, and of the document itself

ARTICLES = """印章管理办法

作者:甲小明

第一条 印章由办公室保管。
第二条 用印要登记。登记要写明用途。
第三条 印章作废要销毁。
"""


def test_a_part_asked_for_by_its_number_is_shown_whole(ask: Ask) -> None:
    answer = ask("管理办法第二条怎么规定", ARTICLES)
    assert answer.status is Status.ANSWERED
    assert shown(answer) == ["第二条 用印要登记。登记要写明用途。"]
    assert excerpts(answer)[0].citation.section == ("第二条用印要登记",)


def test_a_part_with_items_is_shown_with_them(ask: Ask) -> None:
    (excerpt,) = excerpts(ask("一、讲什么", LISTED))
    assert excerpt.parts[0].text == LISTED[len("手册\n\n") :].rstrip()


def test_of_a_part_without_room_the_headings_are_shown(ask: Ask) -> None:
    (excerpt,) = excerpts(ask("一、讲什么", LISTED, max_characters=30))
    assert [part.text for part in excerpt.parts] == ["一、铁锹保养要点", *ITEMS]


def test_of_a_part_without_items_and_room_the_first_sentences_are_shown(ask: Ask) -> None:
    assert shown(ask("第二条讲什么", ARTICLES, max_characters=12)) == ["第二条 用印要登记。"]


def test_the_byline_answers_who_wrote_it(ask: Ask) -> None:
    answer = ask("印章管理办法是谁写的", ARTICLES)
    (excerpt,) = excerpts(answer)
    assert shown(answer) == ["作者:甲小明"]
    assert marked(ARTICLES, excerpt) == ["甲小明"]


# Why


def test_an_excerpt_tells_the_words_that_it_shares_with_the_question(ask: Ask) -> None:
    (excerpt,) = excerpts(ask("铁锹保养的泥土", "手册\n\n一、保养\n铁锹要擦干净。"))
    assert excerpt.reason is not None
    assert (excerpt.reason.words, excerpt.reason.heading_words) == (("铁锹", "保养"), ())
    (excerpt,) = excerpts(ask("保养铁锹", "保养手册\n\n铁锹要擦干净。"))
    assert excerpt.reason is not None
    assert (excerpt.reason.words, excerpt.reason.heading_words) == (("铁锹",), ("保养",))


def test_a_word_inside_another_is_not_told_twice(ask: Ask) -> None:
    (excerpt,) = excerpts(ask("党支部开会", "手册\n\n一、会议\n党支部每月开会。"))
    assert excerpt.reason is not None
    assert "党支部" in excerpt.reason.words and "支部" not in excerpt.reason.words


def test_what_says_the_same_more_completely_is_shown(ask: Ask) -> None:
    longer = f"{CARE}锄头也是这样。"
    (excerpt,) = excerpts(ask(CARE, f"甲手册\n\n一、保养\n{CARE}", f"乙手册\n\n二、工具\n{longer}"))
    assert excerpt.citation.locator == "《乙手册》二、工具"
    assert [other.locator for other in excerpt.also] == ["《甲手册》一、保养"]
