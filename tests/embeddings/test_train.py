from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest
import torch

from embeddings.batches import batches
from embeddings.halves import Halves
from embeddings.pairs import Pair
from embeddings.train import loss_of, share_of_rate, train
from tests.embeddings.tiny import RECIPE, tiny_pairs


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    return tiny_pairs(tmp_path)


@pytest.fixture
def halves(tiny_folder: Path) -> Halves:
    return Halves(tiny_folder, RECIPE.frozen)


def loss_on(pairs: list[Pair], halves: Halves) -> float:
    (batch,) = islice(batches(pairs, (), RECIPE.mixture, random.Random(5)), 1)
    with torch.no_grad():
        return loss_of(halves, batch, RECIPE).item()


def test_training_lowers_the_loss_and_leaves_the_lower_half_alone(halves: Halves, pairs: list[Pair]) -> None:
    before, weights = loss_on(pairs, halves), {n: w.clone() for n, w in halves.bert.named_parameters()}
    train(halves, pairs, (), RECIPE)
    assert loss_on(pairs, halves) < 0.8 * before
    changed = {name for name, weight in halves.bert.named_parameters() if not torch.equal(weight, weights[name])}
    assert changed and all(name.startswith("encoder.layer.1.") for name in changed)


def test_training_again_gives_the_same_weights(tiny_folder: Path, pairs: list[Pair]) -> None:
    one, two = Halves(tiny_folder, 1), Halves(tiny_folder, 1)
    train(one, pairs, (), RECIPE)
    train(two, pairs, (), RECIPE)
    for weight, again in zip(one.trained(), two.trained(), strict=True):
        torch.testing.assert_close(weight, again)


def test_training_says_how_far_it_is(halves: Halves, pairs: list[Pair], capsys: pytest.CaptureFixture[str]) -> None:
    train(halves, pairs, (), RECIPE)
    assert capsys.readouterr().out.startswith("step 20/60  ")


def test_the_rate_rises_and_falls() -> None:
    rates = [share_of_rate(done / 100) for done in range(101)]
    assert rates[0] < 0.1 and max(rates) == pytest.approx(1.0) and rates[-1] == pytest.approx(0.05)
    top = rates.index(max(rates))
    assert rates[:top] == sorted(rates[:top]) and rates[top:] == sorted(rates[top:], reverse=True)
