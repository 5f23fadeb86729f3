"""Keeps the pieces of the tokenizer that Chinese and English text needs.

A Unigram tokenizer picks the segmentation whose pieces have the highest sum of scores. Taking pieces away leaves that
winner in place as long as its own pieces stay: a text that uses only kept pieces is cut exactly as before, and gets
exactly the vectors it had. Scores, order and special pieces are kept; only the numbers change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

# The pieces stand in the order of their scores. This many, with the rest of the model, stay below 45 MB; an English
# word that comes later is cut into smaller pieces.
COMMON = 60_000
# Chinese text is full of short capitals (GDP, NBA, DNA), however late they stand.
ACRONYM = 4

WORD_START = "▁"
_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_LETTER_OF_OURS = re.compile(r"LATIN|GREEK|CYRILLIC|KATAKANA|HIRAGANA|BOPOMOFO")


def is_kept(piece: str, place: int) -> bool:
    """Whether text in Chinese or English may use a piece that stands at `place` in the order of scores."""
    bare = piece.replace(WORD_START, "")
    if _HAN.search(bare):
        return not _KANA.search(bare)
    if bare.isascii():
        acronym = bare.isupper() and len(bare) <= ACRONYM
        return place < COMMON or acronym or len(bare) == 1 or not any(map(str.isalpha, bare))
    if len(bare) == 1 and unicodedata.category(bare)[0] in "LN":
        return bool(_LETTER_OF_OURS.match(unicodedata.name(bare, "")))
    return all(map(_is_sign, bare))


def _is_sign(character: str) -> bool:
    """ASCII digits, and every mark and symbol that is not of another script's alphabet."""
    return character in "0123456789" or unicodedata.category(character)[0] in "PSZ"


def kept_pieces(tokenizer: Mapping[str, Any]) -> list[int]:
    """The numbers of the pieces that stay, in order."""
    special = {token["id"] for token in tokenizer["added_tokens"]}
    pieces = tokenizer["model"]["vocab"]
    return [place for place, (piece, _) in enumerate(pieces) if place in special or is_kept(piece, place)]


def trimmed(tokenizer: Mapping[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The same tokenizer with the kept pieces only, numbered anew in the same order."""
    number = {old: new for new, old in enumerate(kept)}
    model = tokenizer["model"]
    pieces = [model["vocab"][place] for place in kept]
    # The penalty of an unknown character hangs on the lowest score, so that has to stay too.
    if min(score for _, score in pieces) != min(score for _, score in model["vocab"]):
        raise ValueError("the piece of the lowest score is not among the kept ones")
    return {
        **tokenizer,
        "added_tokens": [{**token, "id": number[token["id"]]} for token in tokenizer["added_tokens"]],
        "post_processor": _renumbered(tokenizer["post_processor"], number),
        "model": {**model, "unk_id": number[model["unk_id"]], "vocab": pieces},
    }


def _renumbered(template: Mapping[str, Any], number: Mapping[int, int]) -> dict[str, Any]:
    tokens = {
        name: {**token, "ids": [number[old] for old in token["ids"]]}
        for name, token in template["special_tokens"].items()
    }
    return {**template, "special_tokens": tokens}
