"""How much of one text says the same as another: containment of character shingles (Broder, 1997)."""

from __future__ import annotations

import re

from assistant.text import matching_form

#: Three characters: long enough that common words don't count, short enough that a changed word breaks only a few.
_SHINGLE = 3
#: From this share of shared shingles two passages say the same with small changes of wording.
SAME = 0.6
_MARKS = re.compile(r"[\W_]+")


def shingles(text: str) -> frozenset[str]:
    """The distinct runs of three letters of a text, punctuation and blanks aside."""
    letters = _MARKS.sub("", matching_form(text))
    return frozenset(letters[at : at + _SHINGLE] for at in range(max(1, len(letters) - _SHINGLE + 1)))


def containment(inner: frozenset[str], outer: frozenset[str]) -> float:
    """The share of the inner text's shingles that the outer text holds too, 0.0 to 1.0."""
    return len(inner & outer) / len(inner) if inner else 0.0
