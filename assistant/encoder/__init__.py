"""Texts → vectors, behind one method: `Encoder.encode`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Starts = npt.NDArray[np.int32]


class Role(StrEnum):
    """Which side of the search a text is on; encoders of the E5 family prefix the two differently."""

    QUERY = "query"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Encoding:
    """One text as vectors, all of unit length.

    `pooled` (D,) is the whole text; `tokens` (T, D) its tokens without prefix and special tokens, for late interaction;
    `starts` (T,) where each of them begins, in characters of the text. A text of no tokens has T = 0.
    """

    pooled: Matrix
    tokens: Matrix
    starts: Starts


class Encoder(Protocol):
    """Turns texts into vectors. Same texts, same vectors."""

    @property
    def dimension(self) -> int:
        """D, the width of every vector."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would."""

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        """One `Encoding` a text, in order; over-long texts are cut at the model's limit."""
