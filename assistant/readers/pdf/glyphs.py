"""The printed characters of a PDF page → its rows: the pieces of each line, in the order of the file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from assistant.readers.pdf.columns import Row
from assistant.readers.pdf.lines import Line, first_word, is_wide, mark_end

#: What stands for a hyphen at which a word is parted, and for the end of a line.
HYPHEN, END = "\x02", "\n"
#: A blank this many characters wide parts pieces of a line, which may belong to different cells or columns.
_PIECE_GAP = 1.2
#: pdfium takes every gap for a blank; in a line spaced out, only one this much wider than the others is a blank.
_BLANK = 0.15
#: Gaps of a line below which none is the usual one.
_FEWEST_GAPS = 3
#: Coordinates beyond this are those of a damaged file: a page is at most 14,400 points wide.
_FURTHEST = 1e5
#: A size that differs more than this from the height of its box is in units of the font's own (Type 3).
_ODD_SIZE = 2.5
_SMALLEST = 0.1


class Glyph(NamedTuple):
    """A printed character with its place, as if the page had been turned to read it."""

    text: str
    left: float
    right: float
    base: float
    size: float
    turn: int
    generated: bool = False  # a blank that pdfium reads out of a gap


LINE_END = Glyph(END, 0.0, 0.0, 0.0, 0.0, 0)


def _bounded(coordinate: float) -> float:
    return coordinate if -_FURTHEST < coordinate < _FURTHEST else 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of a page, in its own coordinates: turns what is printed so that it is read from left to right."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of(cls, box: Iterable[float]) -> Frame:
        """The frame of a page box: left, bottom, right, top."""
        return cls(*map(_bounded, box))

    def size(self, turn: int) -> tuple[float, float]:
        """Width and height of the page, turned."""
        sides = self.right - self.left, self.top - self.bottom
        return sides if turn % 2 == 0 else (sides[1], sides[0])

    def glyph(self, character: str, box: Any, matrix: Any, size: float, generated: bool) -> Glyph:
        """A character by its box and matrix in the coordinates of the page, and the size of its font before scaling."""
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        turn = (0 if a >= 0 else 2) if abs(a) >= abs(b) else (1 if b > 0 else 3)
        left, bottom, right, top, x, y = box.left, box.bottom, box.right, box.top, matrix.e, matrix.f
        if not abs(left) + abs(bottom) + abs(right) + abs(top) + abs(x) + abs(y) < _FURTHEST:  # not a number, either
            left, bottom, right, top, x, y = map(_bounded, (left, bottom, right, top, x, y))
        size = abs(size) * math.hypot(c, d)
        height = top - bottom if turn % 2 == 0 else right - left
        if not height / _ODD_SIZE < size < height * _ODD_SIZE:
            size = height
        if turn == 0:
            left, right, base = left - self.left, right - self.left, y - self.bottom
        elif turn == 1:
            left, right, base = bottom - self.bottom, top - self.bottom, self.right - x
        elif turn == 2:
            left, right, base = self.right - right, self.right - left, self.top - y
        else:
            left, right, base = self.top - top, self.top - bottom, x - self.left
        return Glyph(character, left, right, base, max(round(size, 1), _SMALLEST), turn, generated)


def rows_of(glyphs: Iterable[Glyph], page: int) -> Iterator[Row]:
    """The lines of a page, each as the pieces that wide blanks divide."""
    row: list[Glyph] = []
    for glyph in glyphs:
        ends = glyph.text == END or (row and _breaks(row[-1], glyph))
        if ends:
            yield from _row(row, page)
            row = []
        if glyph.text != END:
            row.append(glyph)
        if glyph.text == HYPHEN:
            yield from _row(row, page)
            row = []
    yield from _row(row, page)


def _breaks(before: Glyph, glyph: Glyph) -> bool:
    """Whether a new line begins where pdfium saw none: turned text, or one that starts over further down."""
    if glyph.generated:
        return False
    down = before.base - glyph.base
    return before.turn != glyph.turn or (down > before.size and glyph.left < before.left - before.size)


def _row(row: list[Glyph], page: int) -> Iterator[Row]:
    pieces: list[list[Glyph]] = []
    blanks: list[Glyph] = []
    spacing = _spacing(row)
    for glyph in row:
        if glyph.text.isspace():
            blanks.append(glyph)
            continue
        if not pieces:
            pieces.append([])
        elif blanks:
            before = pieces[-1][-1]
            gap = _gap(before, glyph)
            if gap > _PIECE_GAP and all(blank.text == " " for blank in blanks):
                pieces.append([])
            elif gap - spacing > _BLANK or not blanks[0].generated or not _any_wide(before, glyph):
                pieces[-1] += blanks
        pieces[-1].append(glyph)
        blanks = []
    if pieces:
        yield [_line(piece, page) for piece in pieces]


def _spacing(row: list[Glyph]) -> float:
    """The usual gap between the Chinese characters of a line, in characters."""
    printed = [glyph for glyph in row if not glyph.text.isspace()]
    gaps = [_gap(*pair) for pair in pairwise(printed) if is_wide(pair[0].text) and is_wide(pair[1].text)]
    return max(0.0, median(gaps)) if len(gaps) >= _FEWEST_GAPS else 0.0


def _gap(glyph: Glyph, following: Glyph) -> float:
    return (following.left - glyph.right) / max(glyph.size, following.size)


def _any_wide(glyph: Glyph, following: Glyph) -> bool:
    return is_wide(glyph.text) or is_wide(following.text)


def _line(glyphs: list[Glyph], page: int) -> Line:
    hyphenated = len(glyphs) > 1 and glyphs[-1].text == HYPHEN
    # A hyphen alone on its line parts no word.
    text = "".join("-" if glyph.text == HYPHEN else glyph.text for glyph in glyphs[: len(glyphs) - hyphenated])
    size = Counter(glyph.size for glyph in glyphs).most_common(1)[0][0]
    mark = mark_end(text)
    return Line(
        text=text,
        left=glyphs[0].left,
        right=max(glyph.right for glyph in glyphs),
        base=Counter(glyph.base for glyph in glyphs if glyph.size == size).most_common(1)[0][0],
        size=size,
        turn=glyphs[0].turn,
        hyphenated=hyphenated,
        word=glyphs[first_word(text) - 1].right - glyphs[0].left,
        words=glyphs[mark].left if mark < len(glyphs) else glyphs[-1].right,
        page=page,
    )
