"""How high the right passage of each question stands among all passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoding, Matrix


@dataclass(frozen=True, slots=True)
class Ranked:
    """For each of Q questions the rank of its passage, from 1, and the score of the best one."""

    ranks: npt.NDArray[np.int64]
    best: Matrix


def ranked(questions: Sequence[Encoding], passages: Sequence[Encoding], right: Sequence[int]) -> dict[str, Ranked]:
    """By each signal of an encoder alone; `right` holds the number of each question's passage."""
    pooled = np.stack([each.pooled for each in passages])
    tokens = np.concatenate([each.tokens for each in passages])  # once, and not for each question
    starts = np.cumsum([0, *(len(each.tokens) for each in passages[:-1])])
    signals: dict[str, Callable[[Encoding], Matrix]] = {
        "one vector": lambda question: pooled @ question.pooled,
        "late interaction": lambda question: np.maximum.reduceat(tokens @ question.tokens.T, starts).mean(axis=1),
    }
    return {name: _ranked([scores(question) for question in questions], right) for name, scores in signals.items()}


def _ranked(scores: Sequence[Matrix], right: Sequence[int]) -> Ranked:
    ranks = [1 + int(np.sum(row > row[number])) for row, number in zip(scores, right, strict=True)]
    return Ranked(np.array(ranks), np.array([row.max() for row in scores]))
