from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.errors import BadQuestion, EvaluationError
from assistant.evaluation import Outcome, ask_all, judged_questions, summary
from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Source, Span, Status
from tests.evaluation.sets import write_lines
from tests.fakes import make_source


class Canned:
    """An assistant whose answers are excerpts of one text, each given by the places of its parts and its marks."""

    def __init__(self, text: str, **answers: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._source = make_source(text)
        self._answers = answers

    def warm_up(self) -> None:
        pass

    def source(self, source_id: str) -> Source:
        assert source_id == self._source.id
        return self._source

    def ask(self, question: str) -> Answer | NotFound:
        if not question:
            raise BadQuestion("问题是空的。")
        found = self._answers[question]
        if not found:
            return NotFound(question, 0.1, (), 2.0)
        return Answer(question, Status.ANSWERED, 0.9, tuple(self._excerpt(*each) for each in found), 4.0)

    def _excerpt(self, parts: Sequence[str], marks: Sequence[str]) -> Excerpt:
        spans = [self._place(part) for part in parts]
        whole = Span(spans[0].start, spans[-1].end)
        citation = Citation("甲文", "甲", (), "a.txt", self._source.id, whole)
        shown = tuple(Part(span, span.of(self._source.text)) for span in spans)
        return Excerpt(shown, tuple(map(self._place, marks)), 1.0, citation)

    def _place(self, words: str) -> Span:
        start = self._source.text.index(words)
        return Span(start, start + len(words))


def asked(canned: Canned, file: Path) -> tuple[Outcome, ...]:
    return ask_all(cast(Assistant, canned), judged_questions(file))


TEXT = "党课要常讲。支部要常建。队伍要常带。制度要常新。"
PARTS = ("党课要常讲。", "支部要常建。", "队伍要常带。")
Judge = Callable[..., dict[str, float]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """The figures of questions, each (its answer, its row); or of one."""

    def judge(answer: object, text: str = TEXT, **row: object) -> dict[str, float]:
        whole = {"question": "q", "type": "direct", "gold": [], "gold_mode": "any", "titles": ["甲文"], **row}
        file = write_lines(tmp_path / "questions.jsonl", [whole])
        assistant = Canned(text, q=cast(Sequence[tuple[Sequence[str], Sequence[str]]], answer))
        return summary(asked(assistant, file)).as_dict()

    return judge


def one_each(*parts: str) -> list[tuple[list[str], list[str]]]:
    return [([part], []) for part in parts]


@pytest.mark.parametrize(
    ("gold", "mode", "hit1", "hit3"),
    [
        (["党课要常讲"], "any", 1, 1),
        (["支部要常建"], "any", 0, 1),
        (["制度要常新"], "any", 0, 0),
        (["制度要常新", "队伍要常带"], "any", 0, 1),
        (["党课要常讲", "支部要常建"], "all", 1 / 2, 1),
        (["党课要常讲", "支部要常建", "制度要常新"], "all", 1 / 3, 2 / 3),
        (["党课要常讲。支部要常建"], "any", 0, 0),  # a quote that no single part holds
        (["党课要常 讲"], "any", 0, 0),  # word for word
    ],
)
def test_quotes_count_inside_the_parts_of_the_first_excerpts(
    judge: Judge, gold: list[str], mode: str, hit1: float, hit3: float
) -> None:
    found = judge(one_each(*PARTS), gold=gold, gold_mode=mode)
    assert (found["hit@1"], found["hit@3"]) == (round(hit1, 4), round(hit3, 4))


def test_what_stands_behind_800_characters_does_not_count(judge: Judge) -> None:
    fill, gold = "长" * 790, "短短的引文要十字以内"
    assert len(gold) == 10
    assert judge(one_each(fill, gold), fill + gold, gold=[gold])["hit@3"] == 1
    assert judge(one_each(fill + "长", gold), fill + "长" + gold, gold=[gold])["hit@3"] == 0
    assert judge(one_each("长" * 800, gold), "长" * 800 + gold, gold=[gold])["hit@3"] == 0


def test_a_fourth_excerpt_does_not_count(judge: Judge) -> None:
    assert judge(one_each(*PARTS, "制度要常新。"), gold=["制度要常新"])["hit@3"] == 0


@pytest.mark.parametrize(
    ("marks", "gold", "pin"),
    [
        (["党课要常讲。"], "党课要常讲", 1),  # the mark holds the quote
        (["要常"], "党课要常讲", 1),  # the mark lies inside the quote
        (["课要常讲。"], "党课要常讲", 0),
        (["党课", "常讲。"], "党课要常讲", 1),
        ([], "党课要常讲", 0),
        (["制度要常新。"], "制度要常新", 0),  # a mark outside the parts
    ],
)
def test_a_pin_holds_a_quote_or_lies_inside_one(judge: Judge, marks: list[str], gold: str, pin: float) -> None:
    assert judge([(["党课要常讲。"], marks)], gold=[gold])["pin"] == pin


@pytest.mark.parametrize(("length", "pin"), [(160, 1), (161, 0)])
def test_a_pin_is_at_most_160_characters_in_all(judge: Judge, length: int, pin: float) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(200))
    halves = [text[:80], text[80:length]]
    assert judge([([text], halves)], text, gold=[text[:20]])["pin"] == pin
    assert judge([([text], [text[:length]])], text, gold=[text[:20]])["pin"] == pin


def test_a_pin_of_the_second_excerpt_does_not_count(judge: Judge) -> None:
    answer = [(["党课要常讲。"], []), (["支部要常建。"], ["支部要常建。"])]
    assert judge(answer, gold=["支部要常建"])["pin"] == 0


def test_a_mark_in_one_part_says_nothing_of_the_next(judge: Judge) -> None:
    assert judge([(["党课要常讲。", "支部要常建。"], ["党课要常"])], gold=["支部要常建"])["pin"] == 0


def test_the_title_counts_where_a_quote_is_shown(judge: Judge) -> None:
    assert judge(one_each(*PARTS), gold=["支部要常建"])["title"] == 1
    assert judge(one_each(*PARTS), gold=["支部要常建"], titles=["乙文"])["title"] == 0
    assert "title" not in judge(one_each(*PARTS), gold=["制度要常新"])


def test_not_answering_is_right_where_there_is_no_answer_and_wrong_where_there_is_one(judge: Judge) -> None:
    assert judge([], gold=[])["rejected"] == 1
    assert judge(one_each(*PARTS), gold=[])["rejected"] == 0
    assert judge([], gold=["党课要常讲"])["false_reject"] == 1
    assert judge(one_each(*PARTS), gold=["党课要常讲"])["false_reject"] == 0
    assert judge([], gold=["党课要常讲"])["hit@3"] == judge([], gold=["党课要常讲"])["pin"] == 0
    assert "hit@3" not in judge([], gold=[])
    assert "rejected" not in judge([], gold=["党课要常讲"])


def test_groups_are_means_of_their_own_questions(tmp_path: Path) -> None:
    rows = [
        {"question": "a", "type": "direct", "gold": ["党课要常讲"], "titles": []},
        {"question": "b", "type": "direct", "gold": ["制度要常新"], "titles": []},
        {"question": "c", "type": "list", "gold": ["支部要常建"], "titles": []},
        {"question": "d", "type": "unanswerable", "gold": [], "titles": []},
    ]
    shown = one_each(*PARTS)
    canned = Canned(TEXT, a=shown, b=shown, c=shown, d=[])
    groups = summary(asked(canned, write_lines(tmp_path / "q.jsonl", rows))).groups
    assert list(groups) == ["", "direct", "list", "unanswerable"]
    assert [group["questions"] for group in groups.values()] == [4, 2, 1, 1]
    assert (groups[""]["hit@3"], groups["direct"]["hit@3"], groups["list"]["hit@3"]) == (2 / 3, 1 / 2, 1)
    assert (groups[""]["hit@1"], groups[""]["rejected"]) == (1 / 3, 1)
    assert groups[""]["ms"] == (4 + 4 + 4 + 2) / 4


GOOD = {"question": "q", "gold": ["x"]}


@pytest.mark.parametrize(
    "row",
    [
        {"gold": ["x"]},
        {"question": "q"},
        {**GOOD, "question": 1},
        {**GOOD, "gold": "党课"},
        {**GOOD, "gold": [""]},
        {**GOOD, "gold": [1]},
        {**GOOD, "titles": "甲文"},
        {**GOOD, "type": None},
        ["q"],
    ],
)
def test_an_odd_row_is_an_evaluation_error_with_its_line(tmp_path: Path, row: object) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f"\n{json.dumps(GOOD)}\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="第 3 行"):
        judged_questions(file)


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"\xff\xfe", b"{", b"[" * 100_000])
def test_an_odd_file_is_an_evaluation_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "q.jsonl").write_bytes(content)
    with pytest.raises(EvaluationError, match=r"q\.jsonl"):
        judged_questions(tmp_path / "q.jsonl")
    with pytest.raises(EvaluationError):
        judged_questions(tmp_path)  # a folder


def test_a_question_that_cannot_be_asked_is_named(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "q.jsonl", [{**GOOD, "question": ""}])
    with pytest.raises(EvaluationError, match="不能提问"):
        asked(Canned(TEXT), file)


@pytest.mark.parametrize(
    ("gold", "mode", "missing"),
    [
        (["制度要常新", "党课要常讲"], "any", ()),
        (["制度要常新", "作风要常抓"], "any", ("制度要常新", "作风要常抓")),
        (["制度要常新", "党课要常讲"], "all", ("制度要常新",)),
        ([], "all", ()),
    ],
)
def test_an_outcome_names_the_quotes_that_were_needed_and_not_shown(
    tmp_path: Path, gold: list[str], mode: str, missing: tuple[str, ...]
) -> None:
    file = write_lines(tmp_path / "q.jsonl", [{"question": "q", "type": "list", "gold": gold, "gold_mode": mode}])
    (outcome,) = asked(Canned(TEXT, q=one_each(*PARTS)), file)
    assert (outcome.missing, outcome.first, outcome.status, outcome.kind) == (missing, "《甲文》", "answered", "list")


def test_the_seed_is_judged_by_the_same_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = "要有较高的思想境界和道德情操"
    rows = [
        {"id": "1", "question": gold, "type": "direct", "gold": [gold], "gold_mode": "any", "titles": [], "note": ""}
    ]
    file = write_lines(tmp_path / "q.jsonl", rows)
    assert main(["evaluate", "--questions", str(file), "--json", "--library", str(tmp_path / "library")]) == 0
    *table, last = capsys.readouterr().out.splitlines()
    found = json.loads(last)
    assert (found["questions"], found["hit@3"], found["verbatim"]) == (1, 1, 1)
    assert [line.split()[0] for line in table[1:]] == ["全部", "direct"]
