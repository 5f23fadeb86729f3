from __future__ import annotations

import numpy as np
import pytest

from assistant.encoder.tokens import encodable, own_tokens, unit

# full text, length of its prompt, tokens as (piece, start, end, special), places and starts of the text's own.
CUTS = {
    "prompt and specials are left out": (
        "q: 支部",
        3,
        [("<s>", 0, 0, 1), ("▁q", 0, 1, 0), (":", 1, 2, 0), ("▁", 2, 3, 0), ("支部", 3, 5, 0), ("</s>", 0, 0, 1)],
        [4],
        [0],
    ),
    "a token that begins with the prompt's last space is the text's": (
        "q: ab",
        3,
        [("▁q", 0, 1, 0), (":", 1, 2, 0), ("▁ab", 2, 5, 0)],
        [2],
        [0],
    ),
    "a mark of a word's start is no token, whatever place it was given": (
        "支 部",
        0,
        [("▁", 0, 1, 0), ("支", 0, 1, 0), ("▁", 1, 2, 0), ("部", 2, 3, 0)],
        [1, 3],
        [0, 2],
    ),
    "the bytes of one character are each a token": (
        "鲷",
        0,
        [("é", 0, 1, 0), ("±", 0, 1, 0), ("·", 0, 1, 0)],
        [0, 1, 2],
        [0, 0, 0],
    ),
    "a blank text has none": ("q:   ", 3, [("▁q", 0, 1, 0), (":", 1, 2, 0), ("▁", 2, 5, 0)], [], []),
}


@pytest.mark.parametrize(("full", "prompt", "tokens", "places", "starts"), CUTS.values(), ids=CUTS.keys())
def test_own_tokens(
    full: str, prompt: int, tokens: list[tuple[str, int, int, int]], places: list[int], starts: list[int]
) -> None:
    pieces, offsets = [token[0] for token in tokens], [token[1:3] for token in tokens]
    found = own_tokens(full, prompt, pieces, offsets, [token[3] for token in tokens])
    assert (found[0], found[1].tolist()) == (places, starts)


def test_unit_vectors_have_length_one_and_zeros_stay() -> None:
    assert unit(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0]]
    assert unit(np.empty((0, 2), np.float32)).shape == (0, 2)


def test_half_a_surrogate_pair_keeps_its_place() -> None:
    assert encodable("支\ud83d部") == "支?部"
    assert encodable("支😊部") == "支😊部"
