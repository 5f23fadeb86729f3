from __future__ import annotations

import random
from collections import Counter
from itertools import islice

from embeddings.batches import Example, Mixture, batches
from embeddings.pairs import Line, Pair, load_pairs, topic_of

PAIRS = load_pairs()[:48]
BY_TEXT = {pair.passage.text: pair for pair in PAIRS}


def drawn(count: int, mixture: Mixture, seed: int = 1) -> list[list[Example]]:
    return list(islice(batches(PAIRS, (), mixture, random.Random(seed)), count))


def pairs_in(example: Example) -> list[Pair]:
    return [pair for text, pair in BY_TEXT.items() if text in example.text]


def test_a_batch_has_as_many_passages_as_asked_for_each_with_its_own_questions() -> None:
    for batch in drawn(5, Mixture(passages=12, questions=3)):
        assert len(batch) == 12
        for example in batch:
            known = {question for pair in pairs_in(example) for _, question in pair.questions}
            assert len(set(example.questions)) == 3 and known.issuperset(example.questions)


def test_each_passage_comes_once_before_any_comes_again() -> None:
    first_round = [pair.passage.id for batch in drawn(4, Mixture(passages=12, joined=0)) for pair in map(one, batch)]
    assert sorted(first_round) == sorted(pair.passage.id for pair in PAIRS)


def one(example: Example) -> Pair:
    (pair,) = pairs_in(example)
    return pair


def test_neighbours_on_one_topic_share_a_batch() -> None:
    (batch,) = drawn(1, Mixture(passages=16, joined=0))
    shared = Counter(topic_of(one(example)) for example in batch)
    assert max(shared.values()) >= 3


def test_context_stands_above_the_share_of_passages_asked_for() -> None:
    for share in (0.0, 1.0):
        (batch,) = drawn(1, Mixture(with_context=share, joined=0))
        assert all((example.text != one(example).passage.text) == bool(share) for example in batch)


def test_joined_neighbours_share_their_questions_and_leave_none_unanswered() -> None:
    (batch,) = drawn(1, Mixture(passages=8, questions=12, joined=1.0))
    joined = [example for example in batch if len(pairs_in(example)) == 2]
    assert joined
    for example in joined:
        assert len({topic_of(pair) for pair in pairs_in(example)}) == 1
        assert len(example.questions) == 12 and example.not_answered == ()


def test_questions_in_other_words_come_up_more_often() -> None:
    styles = {question: style for pair in PAIRS for style, question in pair.questions}
    seen = Counter(
        styles[question]
        for batch in drawn(200, Mixture(questions=1))
        for example in batch
        for question in example.questions
    )
    assert seen["colloquial"] > 1.5 * seen["direct"]


def test_a_seed_gives_the_same_batches() -> None:
    assert drawn(3, Mixture()) == drawn(3, Mixture()) != drawn(3, Mixture(), seed=2)


def test_lines_stand_beside_the_passages_each_once_before_any_comes_again() -> None:
    lines = [Line(f"第{number}句", (f"{number}?",)) for number in range(6)]
    found = list(islice(batches(PAIRS, lines, Mixture(passages=4, lines=3), random.Random(1)), 2))
    assert [len(batch) for batch in found] == [7, 7]
    statements = [example.text for batch in found for example in batch[4:]]
    assert sorted(statements) == [line.statement for line in lines]
    assert all(example.questions == (f"{example.text[1]}?",) for batch in found for example in batch[4:])
