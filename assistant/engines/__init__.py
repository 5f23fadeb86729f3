"""What scores passages: engines for vectors, one a file behind one protocol, and one for words.

Their numbers are positions in the sequence they were built from. Scores are higher for better.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


class VectorEngine(Protocol):
    """Finds the vectors nearest to a vector. An engine is made for vectors of one width D."""

    def __len__(self) -> int:
        """How many vectors it holds."""

    def add(self, vectors: Matrix) -> None:
        """Append vectors (N, D); the first one added to an empty engine is number 0. Another width is a ValueError."""

    def search(self, query: Matrix, k: int) -> tuple[Numbers, Matrix]:
        """The min(k, N) best for a query (D,): numbers (k,) and their inner products (k,), best first.

        Equal scores go by number.
        """

    def save(self, path: Path) -> None:
        """Write all vectors to one file."""

    def load(self, path: Path) -> None:
        """Hold what was saved, in place of what it holds; a file that `save` did not write is a ValueError."""
