from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Encoding, Matrix, Role
from assistant.index import Index
from assistant.records import Change, Passage, Query, Ranking
from assistant.retrieval import (
    Retriever,
    exact_matches,
    late_interaction,
    parse_query,
    share_of_bound,
    top,
    weighted_sum,
)
from assistant.settings import Settings, Weights
from assistant.synonyms import Synonyms
from tests.fakes import HashEncoder, make_passage

X, Y = [1.0, 0.0], [0.0, 1.0]
BETWEEN = [0.6, 0.8]
SPADE = make_passage("铁锹擦干净。", "工具", ("一、保养",), "a.txt")
HOE = make_passage("锄头磨锋利。", "工具", ("二、锄头",), "b.txt")
WATER = make_passage("果树浇透水。", "果树", ("一、灌溉",), "c.txt")


def matrix(*rows: Sequence[float]) -> Matrix:
    return np.array(rows, dtype=np.float32).reshape(len(rows), 2)


def retriever(folder: Path, passages: Sequence[Passage], **settings: object) -> Retriever:
    encoder = HashEncoder(4096)
    chosen = replace(Settings(), **settings)  # type: ignore[arg-type]
    return Retriever(Index.open(folder, passages, encoder), encoder, chosen)


def ranked(retriever: Retriever, question: str) -> Ranking:
    return retriever.search(question).ranking


# Late interaction


def test_late_interaction_is_the_mean_over_the_question_of_the_best_match() -> None:
    scores = late_interaction(matrix(X, Y), [matrix(X, BETWEEN)])
    np.testing.assert_allclose(scores, [(1.0 + 0.8) / 2], rtol=1e-6)


def test_late_interaction_keeps_passages_of_different_lengths_apart() -> None:
    passages = [matrix(X), matrix(Y, BETWEEN, Y), matrix(BETWEEN, X)]
    expected = [(1 + 0) / 2, (0.6 + 1) / 2, (1 + 0.8) / 2]
    np.testing.assert_allclose(late_interaction(matrix(X, Y), passages), expected, rtol=1e-6)


def test_a_passage_without_tokens_scores_nothing_and_moves_no_other() -> None:
    passages = [matrix(), matrix(X), matrix(), matrix(Y), matrix()]
    assert late_interaction(matrix(X), passages).tolist() == [0, 1, 0, 0, 0]


def test_a_question_without_tokens_scores_nothing() -> None:
    assert late_interaction(matrix(), [matrix(X), matrix(Y)]).tolist() == [0, 0]


def test_late_interaction_without_passages_is_empty() -> None:
    assert late_interaction(matrix(X), []).shape == (0,)
    assert late_interaction(matrix(X), [matrix()]).tolist() == [0]


def test_the_best_match_may_be_below_zero() -> None:
    np.testing.assert_allclose(late_interaction(matrix(X), [matrix([-0.6, 0.8])]), [-0.6], rtol=1e-6)


# The other signals


def test_top_takes_the_best() -> None:
    assert sorted(top(np.array([3, 1, 4, 2], dtype=np.float32), 2)) == [0, 2]


def test_top_leaves_out_what_scores_nothing() -> None:
    assert sorted(top(np.array([0, 1, 0, 2], dtype=np.float32), 3)) == [1, 3]


@pytest.mark.parametrize("k", [0, 2, 9])
def test_top_of_fewer_than_k_is_all_of_them(k: int) -> None:
    assert len(top(np.array([2, 1], dtype=np.float32), k)) == min(k, 2)
    assert len(top(np.empty(0, dtype=np.float32), k)) == 0


def test_a_share_of_the_bound_is_a_share() -> None:
    np.testing.assert_allclose(share_of_bound(np.array([0, 1, 3], dtype=np.float32), 4.0), [0 / 4, 1 / 4, 3 / 4])


def test_a_bound_of_nothing_gives_nothing() -> None:
    assert share_of_bound(np.zeros(2, dtype=np.float32), 0.0).tolist() == [0, 0]


def test_a_weighted_sum_adds_each_signal_by_its_weight() -> None:
    signals = {"body": np.array([1, 0.5], dtype=np.float32), "late": np.array([0, 0.25], dtype=np.float32)}
    fused = weighted_sum(signals, {"late": 2.0, "body": 0.1, "dense": 7.0})
    np.testing.assert_allclose(fused, [0.1 * 1 + 2 * 0, 0.1 * 0.5 + 2 * 0.25], rtol=1e-6)
    assert fused.dtype == np.float32


# Retrieval


def test_candidates_come_from_words_headings_and_vectors(tmp_path: Path) -> None:
    searching = retriever(tmp_path, [SPADE, HOE, WATER], candidates=1)
    by_words, by_heading = parse_query("擦干净"), parse_query("灌溉")
    words = Query("", (*by_words.words, *by_heading.words))
    (near_the_hoe,) = HashEncoder(4096).encode(["工具 锄头 锋利"], Role.PASSAGE)
    assert searching.candidates(words, near_the_hoe).numbers.tolist() == [0, 1, 2]
    assert searching.candidates(by_words, near_the_hoe).numbers.tolist() == [0, 1]
    assert searching.candidates(by_heading, near_the_hoe).numbers.tolist() == [1, 2]
    assert searching.candidates(Query("", ()), near_the_hoe).numbers.tolist() == [1]


def test_the_best_comes_first(tmp_path: Path) -> None:
    found = ranked(retriever(tmp_path, [SPADE, HOE, WATER]), "果树浇水")
    assert found[0].passage == WATER
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_equal_scores_stay_in_document_order(tmp_path: Path) -> None:
    passages = [make_passage("铁锹擦干净。", "工具", name=f"{name}.txt") for name in "dbca"]
    passages = [replace(passage, id=str(number)) for number, passage in enumerate(passages)]
    found = ranked(retriever(tmp_path, [WATER, *passages]), "铁锹")
    assert [hit.passage.id for hit in found] == ["0", "1", "2", "3", WATER.id]


def test_an_empty_index_gives_an_empty_ranking(tmp_path: Path) -> None:
    assert ranked(retriever(tmp_path, []), "铁锹") == ()


def test_a_hit_tells_the_score_of_every_signal(tmp_path: Path) -> None:
    weights = Weights()
    for hit in ranked(retriever(tmp_path, [SPADE, HOE, WATER]), "铁锹保养"):
        assert hit.why.keys() == weights.by_signal().keys() == {"body", "heading", "dense", "late", "exact"}
        assert hit.score == pytest.approx(sum(weights.by_signal()[name] * hit.why[name] for name in hit.why))


def test_every_signal_is_one_at_the_most(tmp_path: Path) -> None:
    for hit in ranked(retriever(tmp_path, [SPADE, HOE, WATER]), "工具 一、保养 铁锹擦干净"):
        assert all(0 <= score <= 1 + 1e-6 for score in hit.why.values())


def test_similarity_is_late_interaction_with_texts_at_hand(tmp_path: Path) -> None:
    searching = retriever(tmp_path, [])
    encoding = searching.encode(parse_query("铁锹 保养"))
    np.testing.assert_allclose(searching.similarity(encoding, ["保养", "铁锹 保养", "灌溉"]), [1 / 2, 2 / 2, 0])


class Letters(HashEncoder):
    """Every character but a blank is a token, and a blank belongs to the token after it, as SentencePiece has it."""

    def _encoding(self, text: str) -> Encoding:
        places = [place for place, character in enumerate(text) if not character.isspace()]
        tokens = np.eye(self.dimension, dtype=np.float32)[[self.axis(text[place]) for place in places]]
        starts = [place - 1 if place and text[place - 1].isspace() else place for place in places]
        return Encoding(np.eye(1, self.dimension, dtype=np.float32)[0], tokens, np.array(starts, dtype=np.int32))


def spoken(question: str) -> int:
    return len(Retriever(None, Letters(), Settings()).encode(parse_query(question)).tokens)  # type: ignore[arg-type]


@pytest.mark.parametrize("question", ["铁锹怎么擦", "铁锹怎么擦?", "铁锹,怎么擦。", "“铁锹”怎么擦……", "(铁锹)怎么擦 ?"])
def test_punctuation_of_a_question_does_not_count(question: str) -> None:
    assert spoken(question) == len("铁锹怎么擦")


def test_a_word_after_a_blank_counts() -> None:
    assert spoken("用 3 把 A 型\u3000铁锹") == len("用3把A型铁锹")


@pytest.mark.parametrize("ending", ["?", "。", "……", " ！"])
def test_a_question_ranks_the_same_with_and_without_its_mark(tmp_path: Path, ending: str) -> None:
    searching = retriever(tmp_path, [SPADE, HOE, WATER])
    assert ranked(searching, f"铁锹怎么保养{ending}") == ranked(searching, "铁锹怎么保养")


def test_a_question_of_marks_has_no_tokens() -> None:
    assert spoken("?!。") == 0


# Keywords and wordings


def test_a_keyword_counts_in_a_heading_and_half_in_a_text() -> None:
    assert exact_matches("锄头", [SPADE, HOE, make_passage("锄头用完要擦。")]).tolist() == [0, 1, 0.5]
    assert exact_matches(" ＫＰＩ ", [make_passage("考核kpi。")]).tolist() == [0.5]


@pytest.mark.parametrize("question", ["锄头吗", "哪把锄头", "锄", "锄头怎么磨锋利", "锄头。磨"])
def test_a_question_is_no_keyword(question: str) -> None:
    assert not exact_matches(question, [SPADE, HOE]).any()


def test_a_keyword_comes_first_where_it_stands(tmp_path: Path) -> None:
    passages = [SPADE, make_passage("工具用完以后擦干净。", "铁锹 铁锹"), WATER]
    assert ranked(retriever(tmp_path, passages), "擦干净")[0].passage == passages[0]


def test_a_question_is_asked_in_every_wording_and_the_best_counts(tmp_path: Path) -> None:
    encoder = HashEncoder(4096)
    searching = Retriever(
        Index.open(tmp_path, [SPADE, HOE, WATER], encoder), encoder, Settings(), Synonyms([("板锄", "锄头")])
    )
    found = searching.search("请问板锄怎么磨锋利？谢谢")
    assert (found.query.text, found.query.changes) == ("锄头怎么磨锋利?", (Change("板锄", "锄头"),))
    assert found.ranking[0].passage == HOE
    assert searching.search("鋤頭怎麼磨鋒利").query.text == "锄头怎么磨锋利"
    assert searching.search("铁锹").query.changes == ()


def test_a_word_is_changed_where_it_stands_in_any_case() -> None:
    query = parse_query("KPI和kpi", Change("kpi", r"考核\1"))
    assert query.text == r"考核\1和kpi"


def test_a_change_that_finds_no_place_is_none() -> None:
    query = parse_query("书纪要来", Change("书纪", "书记"), Change("纪要", "机要"))
    assert (query.text, query.changes) == ("书记要来", (Change("书纪", "书记"),))
