"""BM25 with bm25s (Lù, 2024): each word's score in each text is computed once, a question only adds them up."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.engines import Matrix


@dataclass(frozen=True, slots=True)
class _Postings:
    """The scores of V words in the texts that hold them, a column a word: the CSC form of a matrix (texts, V)."""

    data: Matrix
    indices: npt.NDArray[np.int32]  # the number of the text of each score
    indptr: npt.NDArray[np.int64]  # (V + 1,): where each word's scores begin


class Bm25:
    """Scores of N texts for words, by the variant of Lucene (Kamphuis et al., ECIR 2020):

    the sum over the words of ln(1 + (N - df + 0.5) / (df + 0.5)) · tf / (tf + k1 · (1 - b + b · length / mean length)).
    A word that is asked twice counts twice; a word that no text holds counts nothing.
    """

    def __init__(self, vocabulary: Sequence[str], postings: _Postings, count: int) -> None:
        """Use `Bm25.build` or `Bm25.load`."""
        self._vocabulary = {word: number for number, word in enumerate(vocabulary)}
        self._postings = postings
        self._count = count
        self._scorer: Any = None

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], k1: float, b: float) -> Bm25:
        """Index N texts, each a list of words; texts without words score 0 for everything."""
        vocabulary: dict[str, int] = {}
        numbered = [[vocabulary.setdefault(word, len(vocabulary)) for word in text] for text in texts]
        if not vocabulary:  # bm25s divides by the mean length
            nothing = _Postings(np.empty(0, np.float32), np.empty(0, np.int32), np.zeros(1, np.int64))
            return cls([], nothing, len(texts))
        scorer = _bm25s(k1=k1, b=b)
        scorer.index((numbered, dict(vocabulary)), create_empty_token=False, show_progress=False)
        parts = (np.asarray(scorer.scores[name]) for name in ("data", "indices", "indptr"))
        return cls(list(vocabulary), _Postings(*parts), len(texts))

    def scores(self, words: Sequence[str]) -> Matrix:
        """(N,): the score of every text, 0 where it holds none of the words."""
        known = [self._vocabulary[word] for word in words if word in self._vocabulary]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        if self._scorer is None:
            self._scorer = _bm25s()
            postings = {name: getattr(self._postings, name) for name in ("data", "indices", "indptr")}
            self._scorer.scores = {**postings, "num_docs": self._count}
            self._scorer.nonoccurrence_array = None  # only BM25L and BM25+ have one
        return np.asarray(self._scorer.get_scores_from_ids(known), dtype=np.float32)

    def bound(self, words: Sequence[str]) -> float:
        """What the score of a text for these words stays below, however often it holds them all."""
        return sum(map(self.rarity, words))

    def rarity(self, word: str) -> float:
        """Lucene's inverse document frequency: highest for a word that no text holds."""
        number = self._vocabulary.get(word)
        held = 0 if number is None else int(self._postings.indptr[number + 1] - self._postings.indptr[number])
        return math.log(1 + (self._count - held + 0.5) / (held + 0.5))

    def uses(self) -> dict[str, int]:
        """How many texts hold each word."""
        return dict(zip(self._vocabulary, np.diff(self._postings.indptr).tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write everything to one .npz file; the words as JSON, because numpy would pad them to the longest."""
        words = np.frombuffer(json.dumps(list(self._vocabulary)).encode(), dtype=np.uint8)
        with path.open("wb") as file:
            np.savez(
                file,
                words=words,
                data=self._postings.data,
                indices=self._postings.indices,
                indptr=self._postings.indptr,
                count=np.int64(self._count),
            )

    @classmethod
    def load(cls, path: Path) -> Bm25:
        with np.load(path, allow_pickle=False) as arrays:
            vocabulary = json.loads(arrays["words"].tobytes())
            postings = _Postings(arrays["data"], arrays["indices"], arrays["indptr"])
            return cls(vocabulary, postings, int(arrays["count"]))


def _bm25s(**constants: float) -> Any:
    import bm25s

    return bm25s.BM25(method="lucene", backend="numpy", csc_backend="numpy", **constants)
