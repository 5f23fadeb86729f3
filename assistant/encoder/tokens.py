"""From the states of all tokens to what an `Encoding` holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from assistant.encoder import Matrix


def unit(vectors: Matrix) -> Matrix:
    """The vectors (…, D) at length 1; a vector of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)


def encodable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which has no UTF-8; its length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")


def own_tokens(full: str, prompt: int, offsets: Sequence[tuple[int, int]], special: Iterable[int]) -> list[int]:
    """The places of the tokens that hold something of the text itself, which begins at `prompt` in `full`.

    Left out are special tokens, the prompt's tokens, and a lone mark of a word's start. `offsets` are in characters.
    """
    return [
        place
        for place, ((start, end), is_special) in enumerate(zip(offsets, special, strict=True))
        if not is_special and full[max(start, prompt) : end].strip()
    ]
