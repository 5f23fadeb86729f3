"""How sure can we be that a ranking answers its question: several signals, one calibrated probability."""

from __future__ import annotations

import math

from assistant.background import lead
from assistant.encoder import Encoding, Matrix
from assistant.index import Index
from assistant.records import Passage, Query, Ranking, Status
from assistant.text import words

#: From here on excerpts are shown as an answer: it is likelier than not that they are one.
ANSWERED = 0.5
#: From here on they are shown as possibly related; below, nothing is shown. Of the questions that have an answer, asked
#: in words unlike it as often as not, one in a thousand falls below (`benchmarks.calibrate`).
RELATED = 0.2
#: A passage that holds this share of a question's words is an answer in any case: a keyword was looked up.
ALL_WORDS = 0.95
#: The logistic model of the evidence: its weight and the constant. Fitted by `benchmarks.calibrate`.
WEIGHT = 5.9
BIAS = -0.07
#: As many of the best passages are looked at for the question's words.
_LOOKED_AT = 3


def confidence(index: Index, background: Matrix, query: Query, encoding: Encoding, ranking: Ranking) -> float:
    """The probability, 0.0 to 1.0, that a ranking holds the answer.

    Without a background for the encoder nothing is calibrated, and only the words speak.
    """
    if not ranking:
        return 0.0
    leading, share = evidence(background, encoding, ranking), _share(index, query, ranking)
    if leading is None:
        return share
    return max(probability(leading), ANSWERED if share >= ALL_WORDS else 0.0)


def evidence(background: Matrix, encoding: Encoding, ranking: Ranking) -> float | None:
    """How far the best passage is ahead of the background; None without one.

    Late interaction's distance to the other candidates and the share of the question's words were tried beside it:
    the fit gave them no weight (`benchmarks.calibrate`, by their own AUROC of .67 and .61).
    """
    return lead(background, encoding.pooled, max(hit.why["dense"] for hit in ranking))


def probability(leading: float) -> float:
    """The logistic model."""
    return 1.0 / (1.0 + math.exp(-BIAS - WEIGHT * leading))


def status_of(sure: float) -> Status:
    """The state that a confidence stands for."""
    return Status.ANSWERED if sure >= ANSWERED else Status.RELATED if sure >= RELATED else Status.NOT_FOUND


def _share(index: Index, query: Query, ranking: Ranking) -> float:
    best = ranking[:_LOOKED_AT]
    return max((index.share(query.words, _words(hit.passage)) for hit in best), default=0.0)


def _words(passage: Passage) -> list[str]:
    return words("\n".join((*passage.section.path(), passage.text)))
