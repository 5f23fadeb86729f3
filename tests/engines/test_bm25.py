from collections.abc import Sequence
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engines.bm25 import Bm25

K1, B = 1.2, 0.75
TEXTS = [["支部", "书记", "支部"], ["学习"], [], ["书记", "学习", "党员", "大会"]]


def lucene(texts: Sequence[Sequence[str]], words: Sequence[str], k1: float, b: float) -> list[float]:
    """Kamphuis et al. (ECIR 2020), "Lucene (accurate)", word by word and text by text."""
    mean = sum(map(len, texts)) / len(texts)

    def score(text: Sequence[str], word: str) -> float:
        df = sum(word in other for other in texts)
        tf = text.count(word)
        return log(1 + (len(texts) - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * len(text) / mean))

    return [sum(score(text, word) for word in words if word in text) for text in texts]


def test_a_score_is_the_formula() -> None:
    # 4 texts of mean length 2; "支部" stands twice in one text, of length 3.
    expected = log(1 + (4 - 1 + 0.5) / (1 + 0.5)) * 2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 3 / 2))
    np.testing.assert_allclose(Bm25.build(TEXTS, K1, B).scores(["支部"]), [expected, 0, 0, 0], rtol=1e-6)


words = st.sampled_from(["支部", "书记", "党员", "学习", "大会", ""])


@given(st.lists(st.lists(words, max_size=9), min_size=1, max_size=9), st.lists(words, max_size=9), st.floats(0, 1))
def test_scores_are_those_of_brute_force(texts: list[list[str]], asked: list[str], b: float) -> None:
    if any(texts):
        np.testing.assert_allclose(
            Bm25.build(texts, K1, b).scores(asked), lucene(texts, asked, K1, b), rtol=1e-4, atol=1e-6
        )


def test_a_word_asked_twice_counts_twice() -> None:
    engine = Bm25.build(TEXTS, K1, B)
    np.testing.assert_allclose(engine.scores(["书记", "书记"]), 2 * engine.scores(["书记"]), rtol=1e-6)


def test_unknown_words_count_nothing() -> None:
    engine = Bm25.build(TEXTS, K1, B)
    assert np.array_equal(engine.scores(["书记", "火星"]), engine.scores(["书记"]))
    assert engine.scores(["火星"]).tolist() == engine.scores([]).tolist() == [0, 0, 0, 0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("texts", [[], [[]], [[], [], []]], ids=["no texts", "an empty text", "empty texts"])
def test_texts_without_words_score_nothing(texts: list[list[str]], tmp_path: Path) -> None:
    engine = Bm25.build(texts, K1, B)
    assert engine.scores(["书记"]).tolist() == [0] * len(texts)
    engine.save(tmp_path / "words.npz")
    assert Bm25.load(tmp_path / "words.npz").scores(["书记"]).tolist() == [0] * len(texts)


def test_it_comes_back_from_a_file(tmp_path: Path) -> None:
    engine = Bm25.build(TEXTS, K1, B)
    engine.save(tmp_path / "词.npz")
    for word in ("支部", "书记", "学习", "火星"):
        assert np.array_equal(Bm25.load(tmp_path / "词.npz").scores([word]), engine.scores([word]))


def test_the_same_texts_make_the_same_file(tmp_path: Path) -> None:
    for name in ("one.npz", "other.npz"):
        Bm25.build(TEXTS, K1, B).save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
