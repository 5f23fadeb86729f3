import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.confidence import (
    ANSWERED,
    BIAS,
    RELATED,
    WEIGHT,
    confidence,
    evidence,
    is_fitted_on,
    probability,
    status_of,
)
from assistant.encoder import Encoding
from assistant.encoder.onnx import OnnxEncoder
from assistant.index import Index
from assistant.records import Hit, Ranking, Status
from assistant.retrieval import Found, parse_query
from tests.fakes import HashEncoder, make_passage

D = 8
QUESTION = np.eye(D, dtype=np.float32)[0]
ENCODING = Encoding(QUESTION, QUESTION[None], np.zeros(1, dtype=np.int32))
PASSAGES = (
    make_passage("铁锹擦干净。", "工具", ("一、保养",), "a.txt"),
    make_passage("锄头磨锋利。", "工具", (), "b.txt"),
    make_passage("果树浇透水。", "果树", (), "c.txt"),
    make_passage("仓库锁好门。", "仓库", (), "d.txt"),
)


def ranking(*late: float) -> Ranking:
    return tuple(Hit(passage, 1.0, {"late": score}) for passage, score in zip(PASSAGES, late, strict=False))


def found(question: str, *late: float) -> Found:
    return Found(parse_query(question), ENCODING, ranking(*late))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.open(tmp_path, PASSAGES, HashEncoder(D))


def test_the_evidence_is_the_best_late_interaction_wherever_it_ranks() -> None:
    assert evidence(ranking(0.3, 0.75, 0.5)) == 0.75


def test_the_probability_is_the_logistic_function() -> None:
    assert probability(0.1) == pytest.approx(1 / (1 + math.exp(-(BIAS + WEIGHT * 0.1))))
    assert probability(-BIAS / WEIGHT) == pytest.approx(0.5)


def test_a_better_match_is_a_greater_probability() -> None:
    scores = [step / 20 for step in range(-20, 21)]  # a mean of cosines lies between -1 and 1
    assert all(0 <= probability(less) < probability(more) <= 1 for less, more in pairwise(scores))


def test_each_state_begins_at_its_threshold() -> None:
    assert status_of(1.0) is status_of(ANSWERED) is Status.ANSWERED
    assert status_of(math.nextafter(ANSWERED, 0)) is status_of(RELATED) is Status.RELATED
    assert status_of(math.nextafter(RELATED, 0)) is status_of(0.0) is Status.NOT_FOUND


def test_the_model_was_fitted_on_the_bundled_encoder() -> None:
    assert is_fitted_on(OnnxEncoder().fingerprint)  # else run benchmarks.calibrate again
    assert not is_fitted_on(HashEncoder(D).fingerprint)


def test_the_confidence_is_the_probability_of_the_evidence(index: Index) -> None:
    assert confidence(index, found("仓库", 0.375), fitted=True) == pytest.approx(probability(0.375))


def test_a_passage_that_holds_all_words_is_an_answer_whatever_else_is_like_it(index: Index) -> None:
    assert confidence(index, found("铁锹 保养", 0.0), fitted=True) == ANSWERED
    assert confidence(index, found("铁锹 锄头", 0.0), fitted=True) < RELATED


def test_nothing_found_is_no_confidence(tmp_path: Path) -> None:
    empty = Index.open(tmp_path, (), HashEncoder(D))
    assert confidence(empty, found("铁锹"), fitted=True) == 0.0


@pytest.mark.parametrize(
    ("question", "share"),
    [("铁锹", 1 / 1), ("铁锹 保养", 2 / 2), ("铁锹 锄头", 1 / 2), ("火星", 0 / 1), ("仓库", 0 / 1), ("怎么", 0)],
)
def test_with_another_encoder_the_share_of_the_words_in_one_of_the_best_three_speaks(
    index: Index, question: str, share: float
) -> None:
    # Each body word is in one passage: all are as rare.
    assert confidence(index, found(question, *[0.5] * 4), fitted=False) == pytest.approx(share)
