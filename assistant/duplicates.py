"""How much of one text says the same as another: containment of character shingles (Broder, 1997)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.records import Hit
from assistant.text import matching_form

#: Three characters: long enough that common words don't count, short enough that a changed word breaks only a few.
SHINGLE = 3
#: From this share of shared shingles two passages say the same with small changes of wording.
SAME = 0.6
_MARKS = re.compile(r"[\W_]+")


def shingles(text: str) -> frozenset[str]:
    """The distinct runs of three letters of a text, punctuation and blanks aside."""
    found = letters(text)
    return frozenset(found[at : at + SHINGLE] for at in range(max(1, len(found) - SHINGLE + 1)))


def letters(text: str) -> str:
    """A text as it is compared: in matching form, without punctuation and blanks."""
    return _MARKS.sub("", matching_form(text))


def containment(inner: frozenset[str], outer: frozenset[str]) -> float:
    """The share of the inner text's shingles that the outer text holds too, 0.0 to 1.0."""
    return len(inner & outer) / len(inner) if inner else 0.0


@dataclass(frozen=True, slots=True)
class Fold:
    """Passages that say the same: the most complete one, and the others by rank. 「相同表述」"""

    kept: Hit
    copies: tuple[Hit, ...]


def folds(hits: Sequence[Hit]) -> list[Fold]:
    """Hits that say the same put together, each group in the place of its best.

    A group is known by its best hit: what is like another copy only would draw in things less and less alike.
    """
    groups: list[list[tuple[Hit, frozenset[str]]]] = []
    for hit in hits:
        content = shingles(hit.passage.text)
        same = next((group for group in groups if _alike(content, group[0][1])), None)
        if same is None:
            groups.append([(hit, content)])
        else:
            same.append((hit, content))
    return [_fold(group) for group in groups]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return max(containment(one, other), containment(other, one)) >= SAME


def _fold(group: Sequence[tuple[Hit, frozenset[str]]]) -> Fold:
    kept, _ = max(group, key=lambda each: len(each[1]))
    return Fold(kept, tuple(hit for hit, _ in group if hit is not kept))
