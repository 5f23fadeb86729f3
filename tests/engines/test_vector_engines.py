"""One contract for every vector engine, with brute force as the oracle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.engines import VectorEngine
from assistant.engines.faiss import FlatEngine

D = 8


class BruteForce:
    """All inner products, sorted: the contract in the fewest words."""

    def __init__(self, dimension: int) -> None:
        self._vectors = np.empty((0, dimension), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._vectors)

    def add(self, vectors: np.ndarray) -> None:
        if vectors.shape[1:] != self._vectors.shape[1:]:
            raise ValueError
        self._vectors = np.concatenate([self._vectors, vectors])

    def search(self, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        if query.shape != self._vectors.shape[1:]:
            raise ValueError
        scores = self._vectors @ query
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        return order, scores[order]

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, self._vectors)

    def load(self, path: Path) -> None:
        vectors = np.load(path, allow_pickle=False)
        if vectors.shape[1:] != self._vectors.shape[1:]:
            raise ValueError
        self._vectors = vectors


Engine = Callable[[int], VectorEngine]
each_engine = pytest.mark.parametrize("engine", [FlatEngine, BruteForce])


def some_vectors(count: int, dimension: int = D) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@each_engine
def test_it_finds_what_brute_force_finds(engine: Engine) -> None:
    vectors, query = some_vectors(100), some_vectors(101)[-1]
    one, oracle = engine(D), BruteForce(D)
    one.add(vectors)
    oracle.add(vectors)
    assert one.search(query, 10)[0].tolist() == oracle.search(query, 10)[0].tolist()
    np.testing.assert_allclose(one.search(query, 10)[1], oracle.search(query, 10)[1], rtol=1e-5)


@each_engine
def test_scores_are_inner_products_and_higher_is_better(engine: Engine) -> None:
    one = engine(2)
    one.add(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    numbers, scores = one.search(np.array([0, 1], dtype=np.float32), 3)
    assert numbers.tolist() == [1, 2, 0]
    np.testing.assert_allclose(scores, [1, 0.8, 0])


@each_engine
def test_what_is_added_later_has_later_numbers(engine: Engine) -> None:
    one = engine(D)
    one.add(some_vectors(5)[:3])
    one.add(some_vectors(5)[3:])
    assert len(one) == 5
    assert [one.search(vector, 1)[0][0] for vector in some_vectors(5)] == [0, 1, 2, 3, 4]


@each_engine
def test_equal_scores_go_by_number(engine: Engine) -> None:
    one = engine(D)
    one.add(np.repeat(some_vectors(2), 3, axis=0))
    assert one.search(some_vectors(2)[0], 6)[0].tolist()[:3] == [0, 1, 2]


@each_engine
def test_it_gives_no_more_than_it_holds(engine: Engine) -> None:
    one = engine(D)
    assert [part.tolist() for part in one.search(some_vectors(1)[0], 5)] == [[], []]
    one.add(some_vectors(3))
    assert len(one.search(some_vectors(1)[0], 5)[0]) == 3
    assert len(one.search(some_vectors(1)[0], 0)[0]) == 0


@each_engine
def test_it_comes_back_from_a_file_in_a_chinese_folder(engine: Engine, tmp_path: Path) -> None:
    one, other = engine(D), engine(D)
    one.add(some_vectors(20))
    (tmp_path / "支部 资料").mkdir()
    one.save(tmp_path / "支部 资料" / "向量")
    other.load(tmp_path / "支部 资料" / "向量")
    for before, after in zip(one.search(some_vectors(3)[2], 20), other.search(some_vectors(3)[2], 20), strict=True):
        assert np.array_equal(before, after)


@each_engine
def test_an_empty_engine_comes_back_and_can_be_filled(engine: Engine, tmp_path: Path) -> None:
    engine(D).save(tmp_path / "empty")
    one = engine(D)
    one.load(tmp_path / "empty")
    one.add(some_vectors(1))
    assert len(one) == 1


@each_engine
def test_vectors_of_another_width_are_refused(engine: Engine, tmp_path: Path) -> None:
    one, wider = engine(D), engine(D + 1)
    wider.add(some_vectors(1, D + 1))
    wider.save(tmp_path / "wider")
    with pytest.raises(ValueError):
        one.add(some_vectors(1, D + 1))
    with pytest.raises(ValueError):
        one.search(some_vectors(1, D + 1)[0], 1)
    with pytest.raises(ValueError):
        one.load(tmp_path / "wider")


@each_engine
@pytest.mark.parametrize("content", [b"", b"nothing of the kind" * 9], ids=["empty", "other"])
def test_a_file_of_something_else_is_refused(engine: Engine, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises((ValueError, EOFError)):
        engine(D).load(tmp_path / "file")


@each_engine
def test_a_file_cut_short_is_refused(engine: Engine, tmp_path: Path) -> None:
    one = engine(D)
    one.add(some_vectors(20))
    one.save(tmp_path / "file")
    (tmp_path / "file").write_bytes((tmp_path / "file").read_bytes()[:-40])
    with pytest.raises(ValueError):
        engine(D).load(tmp_path / "file")
