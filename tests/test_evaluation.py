from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from math import log2
from pathlib import Path
from typing import cast

import pytest

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.encoder import Encoding, Role
from assistant.errors import BadQuestion, EvaluationError
from assistant.evaluation import (
    Report,
    beir_passages,
    beir_queries,
    evaluate_beir,
    evaluate_questions,
    judged_questions,
    judgements,
)
from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Source, Span, Status
from tests.fakes import HashEncoder, make_source

Rows = Sequence[Mapping[str, object]]


def write_lines(file: Path, rows: Rows) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


# A BEIR set


#: Ranked for "铁锹保养方法": a, which says just that, b, which shares words, and c with nothing in common.
CORPUS = [
    {"_id": "c", "title": "", "text": "今天阴转多云"},
    {"_id": "b", "title": "", "text": "铁锹要挂在干燥处"},
    {"_id": "a", "title": "", "text": "铁锹保养方法"},
]
#: Twelve that nothing tells apart: they stay in their own order.
SAME = [{"_id": f"s{number:02}", "text": "集体学习"} for number in range(1, 13)]


def beir(folder: Path, corpus: Rows, queries: Mapping[str, str], judged: Sequence[tuple[str, str, int]]) -> Path:
    write_lines(folder / "corpus.jsonl", corpus)
    write_lines(folder / "queries.jsonl", [{"_id": name, "text": text} for name, text in queries.items()])
    (folder / "qrels").mkdir()
    lines = ["query-id\tcorpus-id\tscore", *(f"{query}\t{passage}\t{score}" for query, passage, score in judged)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def figures(folder: Path, encoder: HashEncoder | None = None) -> dict[str, float]:
    return evaluate_beir(folder, folder / "kept", encoder or HashEncoder()).as_dict()


def test_the_figures_of_a_beir_set_are_those_of_the_textbook(tmp_path: Path) -> None:
    queries = {"first": "铁锹保养方法", "second": "铁锹保养方法", "both": "铁锹保养方法", "last": "集体学习"}
    judged = [("first", "a", 1), ("second", "b", 1), ("both", "a", 1), ("both", "b", 1), ("last", "s12", 1)]
    found = figures(beir(tmp_path / "set", [*CORPUS, *SAME], queries, judged))
    assert found["MRR@10"] == round((1 + 1 / 2 + 1 + 0) / 4, 4)
    assert found["nDCG@10"] == round((1 + 1 / log2(3) + 1 + 0) / 4, 4)
    assert found["R@1"] == round((1 + 0 + 1 / 2 + 0) / 4, 4)
    assert found["R@5"] == found["R@10"] == round((1 + 1 + 1 + 0) / 4, 4)
    assert found["R@100"] == 1
    assert (found["queries"], found["passages"]) == (4, 3 + 12)
    assert found["ms_per_query"] > 0


@pytest.mark.parametrize(("rank", "mrr", "r5"), [(5, 1 / 5, 1), (6, 1 / 6, 0), (10, 1 / 10, 0), (11, 0, 0)])
def test_a_passage_counts_at_the_rank_it_is_shown_at(tmp_path: Path, rank: int, mrr: float, r5: float) -> None:
    found = figures(beir(tmp_path / "set", SAME, {"q": "集体学习"}, [("q", f"s{rank:02}", 1)]))
    assert (found["MRR@10"], found["R@5"], found["R@10"]) == (round(mrr, 4), r5, float(rank <= 10))


def test_grades_count_in_ndcg_and_a_zero_is_no_hit(tmp_path: Path) -> None:
    judged = [("q", "a", 0), ("q", "b", 2)]
    found = figures(beir(tmp_path / "set", CORPUS, {"q": "铁锹保养方法"}, judged))
    assert (found["MRR@10"], found["R@1"]) == (1 / 2, 0)
    assert found["nDCG@10"] == round((2 / log2(3)) / 2, 4)


def test_only_queries_that_are_both_asked_and_judged_count(tmp_path: Path) -> None:
    queries = {"q": "铁锹保养方法", "unjudged": "今天"}
    found = figures(beir(tmp_path / "set", CORPUS, queries, [("q", "a", 1), ("unasked", "b", 1)]))
    assert (found["queries"], found["R@1"]) == (1, 1)


def test_the_json_has_exactly_the_keys_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = beir(tmp_path / "set", CORPUS, {"q": "铁锹保养方法"}, [("q", "a", 1)])
    assert main(["evaluate", "--beir", str(folder), "--json", "--library", str(tmp_path / "library")]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(found) == ["MRR@10", "nDCG@10", "R@1", "R@5", "R@10", "R@100", "queries", "passages", "ms_per_query"]
    assert found["R@1"] == 1
    assert not (tmp_path / "library" / "library.sqlite").exists()  # the user's own documents have no part in it


def test_a_second_run_encodes_the_queries_only(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", CORPUS, {"q": "铁锹保养方法"}, [("q", "a", 1)])
    first, encoder = figures(folder), HashEncoder()
    second = figures(folder, encoder)
    assert not {"今天阴转多云", "铁锹要挂在干燥处"} & set(encoder.encoded)
    assert {**first, "ms_per_query": 0} == {**second, "ms_per_query": 0}


class RoleEncoder(HashEncoder):
    """Notes on which side of the search each text was."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, Role] = {}

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        self.roles.update(dict.fromkeys(texts, role))
        return super().encode(texts, role)


def test_queries_are_encoded_as_questions_are(tmp_path: Path) -> None:
    encoder = RoleEncoder()
    figures(beir(tmp_path / "set", CORPUS, {"q": "铁锹怎么保养"}, [("q", "a", 1)]), encoder)
    assert (encoder.roles["铁锹怎么保养"], encoder.roles["今天阴转多云"]) == (Role.QUERY, Role.PASSAGE)


def test_passages_are_taken_as_they_are(tmp_path: Path) -> None:
    text = "一、不切开。\n二、也不改写 \u3000"
    write_lines(tmp_path / "corpus.jsonl", [{"_id": "x", "title": "标题", "text": text, "metadata": {}}])
    (passage,) = beir_passages(tmp_path)
    assert (passage.id, passage.text, passage.document.title) == ("x", text, "标题")


def test_quotation_marks_and_a_byte_order_mark_in_qrels_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text('\ufeffquery-id\tcorpus-id\tscore\n"q\td"\t1\n', encoding="utf-8")
    assert judgements(tmp_path) == {'"q': {'d"': 1}}


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[1]\n", b'{"_id": 1, "text": "x"}\n', b'{"_id": "x"}\n'])
def test_a_bad_file_of_a_beir_set_is_an_evaluation_error(tmp_path: Path, name: str, content: bytes | None) -> None:
    folder = beir(tmp_path / "set", CORPUS, {"q": "铁锹"}, [("q", "a", 1)])
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(EvaluationError):
        figures(folder)


def test_a_score_that_is_no_number_and_ids_that_do_not_meet_are_evaluation_errors(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError):
        figures(beir(tmp_path / "other ids", CORPUS, {"q": "铁锹"}, [("p", "a", 1)]))
    folder = beir(tmp_path / "no number", CORPUS, {"q": "铁锹"}, [("q", "a", 1)])
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t很好\n", encoding="utf-8")
    with pytest.raises(EvaluationError):
        figures(folder)


def test_every_message_names_the_file_and_the_line(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "queries.jsonl", [{"_id": "a", "text": "x"}, {"_id": "b"}])
    with pytest.raises(EvaluationError, match=f"{file}”第 2 行的 text"):
        beir_queries(tmp_path)


# Judged questions


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
        return evaluate_questions(cast(Assistant, assistant), file).as_dict()

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
    groups = evaluate_questions(cast(Assistant, canned), write_lines(tmp_path / "q.jsonl", rows)).groups
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
        evaluate_questions(cast(Assistant, Canned(TEXT)), file)


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


# The table


def test_the_table_fits_100_columns_and_its_columns_stand_under_each_other() -> None:
    names = ("hit@1", "hit@3", "pin", "title", "rejected", "false_reject", "verbatim", "ms")
    kinds = ("", "direct", "unanswerable", "中文类别")
    number = count(10)
    report = Report({kind: {"questions": 180, **{name: next(number) / 100 for name in names}} for kind in kinds})
    lines = report.table().splitlines()
    widths = {sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in lines}
    assert len(widths) == 1
    assert max(widths) <= 100
    assert lines[0].split() == ["questions", *names]
    assert lines[1].split()[:3] == ["全部", "180", "0.100"]


def test_a_figure_that_does_not_apply_is_a_dash() -> None:
    report = Report({"": {"questions": 2, "ms": 12.34}, "list": {"questions": 1}})
    assert [line.split() for line in report.table().splitlines()[1:]] == [["全部", "2", "12.3"], ["list", "1", "-"]]
