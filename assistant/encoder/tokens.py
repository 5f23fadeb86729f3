"""From the states of all tokens to what an `Encoding` holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.encoder import Matrix, Starts

# SentencePiece's and byte-level BPE's. A mark may be given the place of the character after it.
_WORD_STARTS = frozenset("▁Ġ")


def unit(vectors: Matrix) -> Matrix:
    """The vectors (…, D) at length 1; a vector of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)


def encodable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which has no UTF-8; its length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")


def own_tokens(
    full: str, prompt: int, pieces: Sequence[str], offsets: Sequence[tuple[int, int]], special: Sequence[int]
) -> tuple[list[int], Starts]:
    """Which tokens hold something of the text itself, which begins at `prompt` in `full`, and where in it they begin.

    Left out are special tokens, the prompt's tokens, and lone marks of a word's start. `offsets` are in characters.
    """
    places, starts = [], []
    for place, (piece, (start, end), is_special) in enumerate(zip(pieces, offsets, special, strict=True)):
        start = max(start, prompt)  # a token may begin with the prompt's last space
        if not is_special and piece not in _WORD_STARTS and full[start:end].strip():
            places.append(place)
            starts.append(start - prompt)
    return places, np.array(starts, dtype=np.int32)
