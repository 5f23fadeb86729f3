import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.confidence import ANSWERED, BIAS, RELATED, WEIGHT, confidence, evidence, probability, status_of
from assistant.encoder import Encoding, Matrix
from assistant.index import Index
from assistant.records import Hit, Ranking, Status
from assistant.retrieval import parse_query
from tests.fakes import HashEncoder, make_passage

D = 8
QUESTION = np.eye(D, dtype=np.float32)[0]
ENCODING = Encoding(QUESTION, QUESTION[None], np.zeros(1, dtype=np.int32))
NO_BACKGROUND: Matrix = np.empty((0, D), dtype=np.float32)
PASSAGES = (
    make_passage("铁锹擦干净。", "工具", ("一、保养",), "a.txt"),
    make_passage("锄头磨锋利。", "工具", (), "b.txt"),
    make_passage("果树浇透水。", "果树", (), "c.txt"),
    make_passage("仓库锁好门。", "仓库", (), "d.txt"),
)


def background(cosine: float) -> Matrix:
    """Five passages of this cosine to the question."""
    return np.tile(np.array([cosine, (1 - cosine**2) ** 0.5, *[0] * (D - 2)], dtype=np.float32), (5, 1))


def ranking(*dense: float) -> Ranking:
    return tuple(Hit(passage, 1.0, {"dense": score}) for passage, score in zip(PASSAGES, dense, strict=False))


def test_the_evidence_is_the_lead_of_the_nearest_passage_wherever_it_ranks() -> None:
    assert evidence(background(0.25), ENCODING, ranking(0.3, 0.75, 0.5)) == pytest.approx(0.75 - 0.25)


def test_without_a_background_there_is_no_evidence() -> None:
    assert evidence(NO_BACKGROUND, ENCODING, ranking(0.75)) is None


def test_the_probability_is_the_logistic_function() -> None:
    assert probability(0.1) == pytest.approx(1 / (1 + math.exp(-(BIAS + WEIGHT * 0.1))))
    assert probability(-BIAS / WEIGHT) == pytest.approx(0.5)


def test_a_greater_lead_is_a_greater_probability() -> None:
    leads = [step / 20 for step in range(-40, 41)]  # a lead of cosines lies between -2 and 2
    assert all(0 <= probability(less) < probability(more) <= 1 for less, more in pairwise(leads) if abs(more) < 1)
    assert all(0 <= probability(leading) <= 1 for leading in leads)


def test_each_state_begins_at_its_threshold() -> None:
    assert status_of(1.0) is status_of(ANSWERED) is Status.ANSWERED
    assert status_of(math.nextafter(ANSWERED, 0)) is status_of(RELATED) is Status.RELATED
    assert status_of(math.nextafter(RELATED, 0)) is status_of(0.0) is Status.NOT_FOUND


def test_the_confidence_is_the_probability_of_the_evidence(tmp_path: Path) -> None:
    index = Index.open(tmp_path, PASSAGES, HashEncoder(D))
    sure = confidence(index, background(0.25), parse_query("仓库"), ENCODING, ranking(0.375))
    assert sure == pytest.approx(probability(0.375 - 0.25))


def test_a_passage_that_holds_all_words_is_an_answer_whatever_else_is_like_it(tmp_path: Path) -> None:
    index = Index.open(tmp_path, PASSAGES, HashEncoder(D))
    assert confidence(index, background(1.0), parse_query("铁锹 保养"), ENCODING, ranking(0.0)) == ANSWERED
    assert confidence(index, background(1.0), parse_query("铁锹 锄头"), ENCODING, ranking(0.0)) < RELATED


def test_nothing_found_is_no_confidence(tmp_path: Path) -> None:
    index = Index.open(tmp_path, (), HashEncoder(D))
    assert confidence(index, background(0.0), parse_query("铁锹"), ENCODING, ()) == 0.0


@pytest.mark.parametrize(
    ("question", "share"),
    [("铁锹", 1 / 1), ("铁锹 保养", 2 / 2), ("铁锹 锄头", 1 / 2), ("火星", 0 / 1), ("仓库", 0 / 1), ("怎么", 0)],
)
def test_without_a_background_the_share_of_the_words_in_one_of_the_best_three_speaks(
    tmp_path: Path, question: str, share: float
) -> None:
    index = Index.open(tmp_path, PASSAGES, HashEncoder(D))  # each body word is in one passage: all are as rare
    sure = confidence(index, NO_BACKGROUND, parse_query(question), ENCODING, ranking(*[0.5] * 4))
    assert sure == pytest.approx(share)
