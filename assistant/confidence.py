"""How sure can we be that a ranking answers its question: a calibrated probability."""

from __future__ import annotations

import math

from assistant.index import Index
from assistant.records import Passage, Query, Ranking, Status
from assistant.retrieval import Found
from assistant.text import words

#: From here on excerpts are shown as an answer: it is likelier than not that they are one.
ANSWERED = 0.5
#: From here on they are shown as possibly related; below, nothing is shown. Of the questions that have an answer, asked
#: in words unlike it as often as not, one in a hundred falls below (`benchmarks.calibrate`).
RELATED = 0.15
#: A passage that holds this share of a question's words is an answer in any case: a keyword was looked up.
ALL_WORDS = 0.95
#: The logistic model of the best late interaction: its weight and the constant. Fitted by `benchmarks.calibrate`.
WEIGHT = 18.8
BIAS = -9.9
#: The fingerprint of the encoder that the model was fitted on; the scores of others mean something else.
FITTED_ON = "ec74cdda9193deae"
#: As many of the best passages are looked at for the question's words.
_LOOKED_AT = 3


def confidence(index: Index, found: Found, fitted: bool) -> float:
    """The probability, 0.0 to 1.0, that a ranking holds the answer.

    With an encoder that nothing was `fitted` on, only the words speak.
    """
    if not found.ranking:
        return 0.0
    share = _share(index, found.query, found.ranking)
    if not fitted:
        return share
    return max(probability(evidence(found.ranking)), ANSWERED if share >= ALL_WORDS else 0.0)


def evidence(ranking: Ranking) -> float:
    """The best late interaction, wherever it ranks.

    Other signals were tried beside it, and told answerable questions no better: docs/confidence.md.
    """
    return max(hit.why["late"] for hit in ranking)


def probability(late: float) -> float:
    """The logistic model."""
    return 1.0 / (1.0 + math.exp(-BIAS - WEIGHT * late))


def is_fitted_on(fingerprint: str) -> bool:
    """Whether the model is that of the encoder with this fingerprint."""
    return fingerprint.startswith(FITTED_ON)


def status_of(sure: float) -> Status:
    """The state that a confidence stands for."""
    return Status.ANSWERED if sure >= ANSWERED else Status.RELATED if sure >= RELATED else Status.NOT_FOUND


def _share(index: Index, query: Query, ranking: Ranking) -> float:
    best = ranking[:_LOOKED_AT]
    return max((index.share(query.words, _words(hit.passage)) for hit in best), default=0.0)


def _words(passage: Passage) -> list[str]:
    return words("\n".join((*passage.section.path(), passage.text)))
