"""What one step of training sees: passages of a few topics and some lines, each with questions on it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.index import encoded_text
from embeddings.pairs import Line, Pair, topic_of

#: Questions in words unlike the passage's are what training is for: they come up so many times as often as others.
_WEIGHTS = {"colloquial": 2.0, "paraphrase": 2.0, "situation": 2.0}


@dataclass(frozen=True, slots=True)
class Example:
    """A text as a passage may come, questions that it answers, and those like them that it doesn't."""

    text: str
    questions: tuple[str, ...]
    not_answered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mixture:
    """How examples are drawn. Shares are of the passages."""

    passages: int = 20  # a step
    lines: int = 30  # a step
    questions: int = 3  # a passage
    with_context: float = 0.7  # title and headings above the text, as the index gives them to the encoder
    joined: float = 0.1  # two neighbours of one topic in one text, as in a long passage


def batches(
    pairs: Sequence[Pair], lines: Sequence[Line], mixture: Mixture, chance: random.Random
) -> Iterator[list[Example]]:
    """Without end, passages and lines in a new order each time round."""
    passages, statements = _passages(pairs, mixture, chance), _statements(lines, chance)
    count = mixture.lines if lines else 0
    while True:
        yield [*islice(passages, mixture.passages), *islice(statements, count)]


def _passages(pairs: Sequence[Pair], mixture: Mixture, chance: random.Random) -> Iterator[Example]:
    """Whole topics one after another, so that neighbours are negatives for each other."""
    topics: dict[str, list[Pair]] = {}
    for pair in pairs:
        topics.setdefault(topic_of(pair), []).append(pair)
    while True:
        for topic in chance.sample(sorted(topics), len(topics)):
            yield from _examples(topics[topic], mixture, chance)


def _statements(lines: Sequence[Line], chance: random.Random) -> Iterator[Example]:
    while True:
        for line in chance.sample(lines, len(lines)):
            yield Example(line.statement, line.questions, ())


def _examples(topic: Sequence[Pair], mixture: Mixture, chance: random.Random) -> Iterator[Example]:
    waiting = list(topic)
    while waiting:
        pair = waiting.pop(0)
        if waiting and chance.random() < mixture.joined:
            other = waiting.pop(0)
            text = f"{encoded_text(pair.passage)}\n{other.passage.text}"
            # What one of the two leaves unanswered may stand in the other.
            yield Example(text, _draw((*pair.questions, *other.questions), mixture.questions, chance), ())
        else:
            text = encoded_text(pair.passage) if chance.random() < mixture.with_context else pair.passage.text
            yield Example(text, _draw(pair.questions, mixture.questions, chance), pair.not_answered)


def _draw(questions: Sequence[tuple[str, str]], count: int, chance: random.Random) -> tuple[str, ...]:
    """`count` different questions, by the weights of their styles (Efraimidis & Spirakis, 2006)."""
    order = sorted(questions, key=lambda each: chance.random() ** (1 / _WEIGHTS.get(each[0], 1.0)), reverse=True)
    return tuple(question for _, question in order[:count])
