"""Question → ranking: candidates from words and vectors, ordered by late interaction and the rest, fused.

Each signal is a named function over the candidates; `Retriever.retrieve` is the order they are used in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoder, Encoding, Matrix, Role
from assistant.index import Index
from assistant.records import Hit, Query, Ranking
from assistant.settings import Settings
from assistant.text import words

Numbers = npt.NDArray[np.int64]


def parse_query(question: str) -> Query:
    """The question as it is looked up."""
    return Query(question, tuple(words(question)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The numbers (n,) of some passages, ascending, and their scores (n,) by the name of the signal, at most 1.0."""

    numbers: Numbers
    signals: Mapping[str, Matrix]


class Retriever:
    """Ranks the passages of an index for a query."""

    def __init__(self, index: Index, encoder: Encoder, settings: Settings) -> None:
        self._index = index
        self._encoder = encoder
        self._settings = settings

    def encode(self, query: Query) -> Encoding:
        return encode_questions(self._encoder, [query.text])[0]

    def similarity(self, encoding: Encoding, texts: Sequence[str]) -> Matrix:
        """How well each text fits the question by late interaction: for what is no passage, such as headings."""
        encoded = self._encoder.encode(texts, Role.PASSAGE)
        return late_interaction(encoding.tokens, [each.tokens for each in encoded])

    def retrieve(self, query: Query, encoding: Encoding) -> Ranking:
        """The candidates, best first; equal scores in document order. Nothing to search gives an empty ranking."""
        found = self.candidates(query, encoding)
        fused = weighted_sum(found.signals, self._settings.weights.by_signal())
        order = np.argsort(-fused, kind="stable")
        return tuple(
            Hit(
                self._index.passages[int(found.numbers[place])],
                float(fused[place]),
                {name: float(scores[place]) for name, scores in found.signals.items()},
            )
            for place in order
        )

    def candidates(self, query: Query, encoding: Encoding) -> Candidates:
        """The passages worth a closer look: the best by words, by headings and by vectors."""
        k = self._settings.candidates
        body, heading = self._index.body_scores(query.words), self._index.heading_scores(query.words)
        of_body, of_heading = self._index.bounds(query.words)
        nearest, _ = self._index.nearest(encoding.pooled, k)
        numbers = np.unique(np.concatenate([nearest, top(body, k), top(heading, k)]))
        signals = {
            "body": share_of_bound(body[numbers], of_body),
            "heading": share_of_bound(heading[numbers], of_heading),
            "dense": self._index.vectors(numbers) @ encoding.pooled,
            "late": late_interaction(encoding.tokens, [self._index.tokens(int(number)) for number in numbers]),
        }
        return Candidates(numbers, signals)


def encode_questions(encoder: Encoder, questions: Sequence[str]) -> list[Encoding]:
    """The questions' vectors, without the tokens of punctuation: a question mark finds nothing."""
    found = []
    for question, encoding in zip(questions, encoder.encode(questions, Role.QUERY), strict=True):
        keep = np.array([is_spoken(question, start) for start in encoding.starts], dtype=bool)
        found.append(replace(encoding, tokens=encoding.tokens[keep], starts=encoding.starts[keep]))
    return found


def is_spoken(question: str, start: int) -> bool:
    """Whether the token at `start` says something. It may begin with the blank before its word."""
    return question[start:].lstrip()[:1].isalnum()


def top(scores: Matrix, k: int) -> Numbers:
    """The numbers of the k best passages with a score above zero."""
    k = min(k, len(scores))
    best = np.argpartition(-scores, k - 1)[:k] if k else np.empty(0, dtype=np.int64)
    return best[scores[best] > 0].astype(np.int64)


def late_interaction(query: Matrix, passages: Sequence[Matrix]) -> Matrix:
    """MaxSim of Khattab & Zaharia (ColBERT, SIGIR 2020) as a mean: for each token of the query (Q, D) its best match
    among the tokens (T, D) of a passage, averaged over the query; one score a passage, 0 where either has no tokens.
    """
    scores = np.zeros(len(passages), dtype=np.float32)
    filled = [number for number, tokens in enumerate(passages) if len(tokens)]
    if not len(query) or not filled:
        return scores
    starts = np.cumsum([0, *(len(passages[number]) for number in filled[:-1])])
    similar = np.concatenate([passages[number] for number in filled]) @ query.T  # (sum of T, Q)
    scores[filled] = np.maximum.reduceat(similar, starts, axis=0).mean(axis=1)
    return scores


def share_of_bound(scores: Matrix, bound: float) -> Matrix:
    """Scores as shares of the highest the question could give, the theoretical bound of Bruch et al. (TOIS 2023).

    Unlike z-scores they keep a match of one common word as weak as it is.
    """
    return scores / np.float32(bound) if bound > 0 else np.zeros_like(scores)


def weighted_sum(signals: Mapping[str, Matrix], weights: Mapping[str, float]) -> Matrix:
    """Signals weighted and added: the linear fusion that Bruch et al. (TOIS 2023) find above rank fusion."""
    return np.asarray(np.sum([weights[name] * scores for name, scores in signals.items()], axis=0), dtype=np.float32)
