from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.encoder import Role
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from assistant.retrieval import encode_questions
from embeddings.halves import Halves, Text

TEXTS: list[Text] = [(Role.PASSAGE, "支部,the"), (Role.PASSAGE, "支"), (Role.PASSAGE, "部支部支部")]


@pytest.mark.parametrize("frozen", [0, 1])
def test_the_two_halves_are_the_whole_encoder(tiny_folder: Path, frozen: int) -> None:
    found = Halves(tiny_folder, frozen)(TEXTS)
    encodings = SentenceTransformerEncoder(str(tiny_folder)).encode([text for _, text in TEXTS], Role.PASSAGE)
    for place, each in enumerate(encodings):
        # States of the lower half are kept in half precision.
        np.testing.assert_allclose(found.pooled[place].detach(), each.pooled, atol=5e-3)
        np.testing.assert_allclose(found.tokens[place][found.own[place]].detach(), each.tokens, atol=5e-3)


def test_only_what_a_question_says_counts(tiny_folder: Path) -> None:
    found = Halves(tiny_folder, 1)([(Role.QUERY, "支部,the")])
    (encoding,) = encode_questions(SentenceTransformerEncoder(str(tiny_folder)), ["支部,the"])
    assert int(found.own.sum()) == len(encoding.tokens) == 2


def test_a_text_has_the_same_vectors_beside_others_and_twice_in_one_call(tiny_folder: Path) -> None:
    halves = Halves(tiny_folder, 1)
    together, alone = halves([*TEXTS, TEXTS[1]]), halves([TEXTS[1]])
    for place in (1, 3):
        torch.testing.assert_close(together.pooled[place], alone.pooled[0])


def test_gradients_reach_the_upper_half_alone(tiny_folder: Path) -> None:
    halves = Halves(tiny_folder, 1)
    halves(TEXTS).pooled.sum().backward()
    moved = {name for name, weight in halves.bert.named_parameters() if weight.grad is not None}
    assert moved and all(name.startswith("encoder.layer.1.") for name in moved)
    assert len(moved) == len(halves.trained())


def test_hidden_tokens_do_not_count_and_change_the_others(tiny_folder: Path) -> None:
    halves, whole = Halves(tiny_folder, 1), Halves(tiny_folder, 1)(TEXTS)
    torch.manual_seed(0)
    found = halves(TEXTS, hidden=0.5)
    assert 0 < int(found.own.sum()) < int(whole.own.sum())
    assert not torch.allclose(found.pooled, whole.pooled)
