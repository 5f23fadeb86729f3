from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.encoder import Encoding, Role
from assistant.errors import EvaluationError
from assistant.evaluation import beir_passages, beir_queries, evaluate_beir, judgements
from tests.evaluation.sets import Rows, write_lines
from tests.fakes import HashEncoder

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
