from __future__ import annotations

import json

import pytest
from tokenizers import Tokenizer

from embeddings.vocabulary import COMMON, is_kept, kept_pieces, trimmed
from tests.embeddings.tiny import PIECES, tiny_tokenizer

KEPT = [
    "支部",
    "▁支部",
    "二〇",
    "々",
    "㐀",
    "2024年",
    "A股",
    ",",
    "。",
    "▁",
    "★",
    "😊",
    "▁the",
    "é",
    "Я",
    "の",
    "7",
]
DROPPED = ["書き", "です", "당", "ها", "ы́й", "été", "২০১৭", "्"]


@pytest.mark.parametrize("piece", KEPT)
def test_text_in_chinese_or_english_keeps(piece: str) -> None:
    assert is_kept(piece, 0)


@pytest.mark.parametrize("piece", DROPPED)
def test_text_in_chinese_or_english_does_not_need(piece: str) -> None:
    assert not is_kept(piece, 0)


@pytest.mark.parametrize(
    ("piece", "kept"), [("NBA", True), ("▁GDP", True), ("q", True), ("2024", True), ("ment", False)]
)
def test_a_rare_ascii_piece_is_kept_only_as_a_number_a_letter_or_an_acronym(piece: str, kept: bool) -> None:
    assert is_kept(piece, COMMON) == kept


def test_pieces_keep_their_scores_and_order_and_get_new_numbers() -> None:
    full = tiny_tokenizer()
    small = trimmed(full, kept_pieces(full))
    left = [list(piece) for piece in PIECES if piece[0] not in ("です", "書き")]
    assert small["model"]["vocab"] == left
    assert small["added_tokens"][-1] == {**full["added_tokens"][-1], "id": len(left) - 1}


@pytest.mark.parametrize("text", ["支部", "部支 部,the", "the 支部", "", "稣"])
def test_text_of_kept_pieces_is_cut_as_before(text: str) -> None:
    full = tiny_tokenizer()
    small = trimmed(full, kept_pieces(full))
    before, after = (Tokenizer.from_str(json.dumps(one)).encode(text) for one in (full, small))
    assert before.tokens == after.tokens and before.offsets == after.offsets


def test_the_piece_of_the_lowest_score_must_stay() -> None:
    full = tiny_tokenizer()
    with pytest.raises(ValueError, match="lowest score"):
        trimmed(full, [place for place in kept_pieces(full) if PIECES[place][0] != "稣"])
