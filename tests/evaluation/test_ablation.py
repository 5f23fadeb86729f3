from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Encoding, Role
from assistant.evaluation import Judgement, ablate
from assistant.index import Index
from assistant.retrieval import Retriever
from assistant.settings import Settings, Weights
from tests.fakes import HashEncoder, make_passage


class TwoMinds(HashEncoder):
    """Its one vector a text sees only 铁锹, its one token only 木柄, so that the signals want different passages; to a
    question both are 1.0 of what they see and .6 of the rest.
    """

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        return [self._seen("铁锹木柄" if role is Role.QUERY else text) for text in texts]

    def _seen(self, text: str) -> Encoding:
        pooled, token = (np.array([1, 0] if word in text else [0.6, 0.8], np.float32) for word in ("铁锹", "木柄"))
        return Encoding(pooled, token[None], np.zeros(1, np.int32))


TEXTS = ("今天集体学习", "铁锹擦干净", "木柄刷油漆", "油漆放阴凉处")


def opened(folder: Path) -> Index:
    return Index.open(folder, [make_passage(text) for text in TEXTS], TwoMinds(dimension=2))


def judged(question: str, *gold: str, kind: str = "direct", all_needed: bool = False) -> Judgement:
    return Judgement(question, kind, gold, all_needed, ())


def first_of(index: Index, gold: str, weights: Weights) -> set[str]:
    """The rankings that have the text first, for a question that asks in words for 阴凉处."""
    figures = ablate([judged("阴凉处", gold)], index, TwoMinds(dimension=2), Settings(weights=weights)).as_dict()
    return {name.removesuffix("@1") for name, value in figures.items() if name.endswith("@1") and value}


@pytest.mark.parametrize(
    ("weights", "fused"),
    [(Weights(1, 1, 0.1, 0.1), "words"), (Weights(0.1, 0.1, 1, 0.1), "dense"), (Weights(0.1, 0.1, 0.1, 1), "late")],
)
def test_each_ranking_goes_by_its_own_signals_and_the_fused_one_by_their_weights(
    tmp_path: Path, weights: Weights, fused: str
) -> None:
    index = opened(tmp_path)
    assert first_of(index, TEXTS[3], weights) == {"BM25"} | ({"fused"} if fused == "words" else set())
    assert first_of(index, TEXTS[1], weights) == {"dense"} | ({"fused"} if fused == "dense" else set())
    assert first_of(index, TEXTS[2], weights) == {"late"} | ({"fused"} if fused == "late" else set())


def test_fused_is_the_ranking_of_ask(tmp_path: Path) -> None:
    passages = [make_passage(text, title=f"第{number}篇铁锹") for number, text in enumerate(TEXTS)]
    index, encoder = Index.open(tmp_path, passages, HashEncoder()), HashEncoder()
    retriever = Retriever(index, encoder, Settings())
    for question in ("铁锹怎么擦干净", "油漆放哪里", "今天学习"):
        for place, hit in enumerate(hit for hit in retriever.search(question).ranking if hit.score > 0):
            figures = ablate([judged(question, hit.passage.text)], index, encoder).as_dict()
            assert (figures["fused@1"], figures["fused@3"]) == (float(place < 1), float(place < 3))


def test_what_has_no_score_is_not_found(tmp_path: Path) -> None:
    figures = ablate([judged("毛巾", TEXTS[0])], opened(tmp_path), TwoMinds(dimension=2)).as_dict()
    assert (figures["BM25@1"], figures["BM25@3"]) == (0, 0)  # though it is the first of the documents


def test_quotes_that_are_all_needed_count_by_their_share_and_questions_without_an_answer_not_at_all(
    tmp_path: Path,
) -> None:
    asked = [
        judged("铁锹 木柄", TEXTS[1], TEXTS[2], kind="list", all_needed=True),
        judged("铁锹", TEXTS[1]),
        judged("北极熊", kind="unanswerable"),
    ]
    found = ablate(asked, opened(tmp_path), TwoMinds(dimension=2))
    assert list(found.groups) == ["", "list", "direct"]
    assert (found.groups["list"]["BM25@1"], found.groups["list"]["BM25@3"]) == (1 / 2, 1)
    assert found.groups[""]["questions"] == 2
    assert found.groups[""]["BM25@1"] == (1 / 2 + 1) / 2
    assert list(found.groups[""]) == [
        "questions",
        *(f"{n}@{k}" for n in ("BM25", "dense", "late", "fused") for k in (1, 3)),
    ]
