"""Question → ranking: candidates from words and vectors, ordered by late interaction and the rest, fused.

Each signal is a named function over the candidates; `Retriever.retrieve` is the order they are used in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoder, Encoding, Matrix, Role
from assistant.index import Index
from assistant.records import Change, Hit, Passage, Query, Ranking
from assistant.settings import Settings
from assistant.synonyms import Synonyms
from assistant.text import looked_up, matching_form, words
from assistant.wording import bare

Numbers = npt.NDArray[np.int64]
#: Each takes the time of a question.
_SYNONYMS = 5
_KEYWORD = re.compile(r"[\u4e00-\u9fff]{2,5}|[a-z0-9]{2,12}")
_ASKS = re.compile(r"[怎谁哪几吗呢么啥多为何咋]")


def parse_query(question: str, *changes: Change) -> Query:
    """The question as it is looked up, with the words that were meant for those that were typed.

    A change that another one has left no place for is none.
    """
    made = []
    for change in changes:
        pieces = re.split(f"({re.escape(change.typed)})", question, maxsplit=1, flags=re.IGNORECASE)
        if len(pieces) > 1:
            question = pieces[0] + change.meant + pieces[2]
            made.append(change)
    return Query(question, tuple(words(question)), tuple(made))


@dataclass(frozen=True, slots=True)
class Found:
    """A question in the wording that fits the library best, its vectors, and the passages by rank."""

    query: Query
    encoding: Encoding
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Candidates:
    """The numbers (n,) of some passages, ascending, and their scores (n,) by the name of the signal, at most 1.0."""

    numbers: Numbers
    signals: Mapping[str, Matrix]


class Retriever:
    """Ranks the passages of an index for a query."""

    def __init__(self, index: Index, encoder: Encoder, settings: Settings, synonyms: Synonyms | None = None) -> None:
        self._index = index
        self._encoder = encoder
        self._settings = settings
        self._synonyms = synonyms or Synonyms()
        self._encoded: dict[str, Matrix] = {}

    def search(self, question: str) -> Found:
        """Ask in every wording; the one whose best passage scores highest counts, of equals the first."""
        found = []
        for query in self.wordings(question):
            encoding = self.encode(query)
            found.append(Found(query, encoding, self.retrieve(query, encoding)))
        return max(found, key=lambda each: each.ranking[0].score if each.ranking else 0.0)

    def wordings(self, question: str) -> tuple[Query, ...]:
        """The question without politeness, in the script of the index: as it was typed, with its slips put right, and
        with each of its synonyms."""
        asked = looked_up(bare(question))
        slips = self._index.homophones.slips(asked)
        meant = parse_query(asked, *slips)
        synonyms = [
            parse_query(asked, *slips, change) for change in islice(self._synonyms.changes(meant.text), _SYNONYMS)
        ]
        return (parse_query(asked), *([meant] if slips else []), *synonyms)

    def encode(self, query: Query) -> Encoding:
        return encode_questions(self._encoder, [query.text])[0]

    def similarity(self, encoding: Encoding, texts: Sequence[str]) -> Matrix:
        """How well each text fits the question by late interaction: for what is no passage, such as headings.

        They are kept: the same headings come up with every question on their subject.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._encoded]
        found = self._encoder.encode(new, Role.PASSAGE)
        self._encoded.update((text, each.tokens) for text, each in zip(new, found, strict=True))
        return late_interaction(encoding.tokens, [self._encoded[text] for text in texts])

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
            "exact": exact_matches(query.text, [self._index.passages[int(number)] for number in numbers]),
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


def exact_matches(question: str, passages: Sequence[Passage]) -> Matrix:
    """For a keyword alone (党课): 1 for each passage under a heading that holds it, 0.5 for one that holds it itself.

    Whoever types one word looks it up as in a book's index. A question gets nothing of this.
    """
    keyword = matching_form(question).strip()
    scores = np.zeros(len(passages), dtype=np.float32)
    if _KEYWORD.fullmatch(keyword) and not _ASKS.search(keyword):
        for place, passage in enumerate(passages):
            in_heading = keyword in matching_form(passage.section.title)
            scores[place] = 1.0 if in_heading else 0.5 * (keyword in matching_form(passage.text))
    return scores


def share_of_bound(scores: Matrix, bound: float) -> Matrix:
    """Scores as shares of the highest the question could give, the theoretical bound of Bruch et al. (TOIS 2023).

    Unlike z-scores they keep a match of one common word as weak as it is.
    """
    return scores / np.float32(bound) if bound > 0 else np.zeros_like(scores)


def weighted_sum(signals: Mapping[str, Matrix], weights: Mapping[str, float]) -> Matrix:
    """Signals weighted and added: the linear fusion that Bruch et al. (TOIS 2023) find above rank fusion."""
    return np.asarray(np.sum([weights[name] * scores for name, scores in signals.items()], axis=0), dtype=np.float32)
