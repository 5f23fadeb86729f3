"""The lines of a PDF page: what is known of one, and what its text says of its beginning and end.

Coordinates are points, y grows upwards; rotated text is given as if the page had been turned to read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.numbering import split_number, starts_with_number

#: A line that ends this many characters before the margin is full: the next character may be too wide to fit.
SLACK = 1.5
#: A blank wider than this many characters divides cells of a table or a title from its page number.
_WIDE_GAP = 2.0
#: Characters looked at for how a line ends, so that a line of any length takes no longer.
ENDING = 40
#: Characters of the longest mark that may stand alone before its words: （十二）、.
_LONGEST_MARK = 6

_CLOSED = re.compile(r"[。！？；：…!?;:.][”’\"'）)】》」』\]]*\Z")
_BULLET = re.compile(r"[•●■◆▪◦○▶➢►★☆◇□√✓※\uE000-\uF8FF]")
#: Signs that are bullets at the start of a paragraph, and words' own in the middle of one.
_DASH = re.compile(r"[-–*·][ \t\u3000]")
#: What can't be parted: signs that open, one character or a word, signs that close.
_FIRST_WORD = re.compile(r"[（《“‘「『【〈(\[]*(?:[!-~]+|.)[，。、；：！？）》”’」』】〉%％]*")


@dataclass(frozen=True, slots=True)
class Column:
    """The margins between which a line stands, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print; `text` neither begins nor ends with a blank, edges are those of its characters.

    `turn` is how often the text is rotated by 90°. `hyphenated` says that a hyphen parts a word at its end; `word` is
    the width of its first word, `words` where the text after its mark begins, `tabular` that wide blanks divide it.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    turn: int = 0
    hyphenated: bool = False
    word: float = 0.0
    words: float = 0.0
    tabular: bool = False
    page: int = 0
    column: Column | None = None

    @property
    def closed(self) -> bool:
        """Whether a sentence ends here."""
        return bool(_CLOSED.search(self.text[-ENDING:]))

    @property
    def marked(self) -> bool:
        """Whether a numbering mark or a bullet opens the line."""
        return self.bullet or bool(_DASH.match(self.text)) or starts_with_number(self.text)

    @property
    def bullet(self) -> bool:
        """Whether a sign opens the line that is never part of a sentence."""
        return bool(_BULLET.match(self.text))


def merged(row: Sequence[Line]) -> Line:
    """The pieces of a line that wide blanks divide as one line, with one blank for each of them."""
    first, last = row[0], row[-1]
    if len(row) == 1:
        return first
    gaps = [right.left - left.right for left, right in zip(row, row[1:], strict=False)]
    if first.marked and len(first.text) <= _LONGEST_MARK:
        first = replace(first, words=row[1].left)
        gaps = gaps[1:]
    return replace(
        first,
        text=" ".join([*(piece.text + "-" * piece.hyphenated for piece in row[:-1]), last.text]),
        right=max(piece.right for piece in row),
        size=max(row, key=lambda piece: len(piece.text)).size,
        hyphenated=last.hyphenated,
        tabular=any(gap > _WIDE_GAP * first.size for gap in gaps),
    )


def first_word(text: str) -> int:
    """The length of what a line break can't part at the start of a text."""
    match = _FIRST_WORD.match(text)
    return match.end() if match else 0


def mark_end(text: str) -> int:
    """Where the words after a mark or a bullet begin, 0 without one."""
    match = _BULLET.match(text) or _DASH.match(text)
    rest = text[match.end() :].lstrip() if match else split_number(text)[1]
    return len(text) - len(rest)


def is_wide(character: str) -> bool:
    """Whether a character belongs to a script that sets no blanks between words."""
    return character >= "\u2000"
