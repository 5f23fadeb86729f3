"""Exact search with FAISS (Douze et al., 2024): all inner products, no training, the same answer every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assistant.engines import Matrix, Numbers


class FlatEngine:
    """`IndexFlatIP`: the inner product of unit vectors is their cosine."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._dimension = dimension
        self._index: Any = faiss.IndexFlatIP(dimension)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Matrix) -> None:
        if vectors.ndim != 2 or vectors.shape[1] != self._dimension:
            raise ValueError(f"vectors of shape {vectors.shape} do not fit width {self._dimension}")
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def search(self, query: Matrix, k: int) -> tuple[Numbers, Matrix]:
        if query.shape != (self._dimension,):
            raise ValueError(f"a query of shape {query.shape} does not fit width {self._dimension}")
        k = min(k, len(self))  # FAISS fills up with -1
        if k <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        scores, numbers = self._index.search(np.ascontiguousarray(query[None], dtype=np.float32), k)  # (1, k) each
        order = np.lexsort((numbers[0], -scores[0]))
        return numbers[0][order], scores[0][order]

    def save(self, path: Path) -> None:
        import faiss

        # FAISS opens files by the C library, which can't reach a Chinese path on Windows; Python can.
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    def load(self, path: Path) -> None:
        import faiss

        try:
            index = faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
        except RuntimeError as error:
            raise ValueError(f"{path.name} holds no index") from error
        if not isinstance(index, faiss.IndexFlat) or index.d != self._dimension:
            raise ValueError(f"{path.name} holds another kind of index")
        self._index = index
