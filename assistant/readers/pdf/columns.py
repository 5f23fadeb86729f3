"""The columns of a PDF page: which margins each line stands between, and the order in which columns are read."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.readers.pdf.lines import SLACK, Column, Line, merged

#: A line of text runs over at least this share of a page that has one column; shorter ones are lists and labels.
_NARROWEST_TEXT = 0.5
#: The narrowest column of several, in characters.
_NARROWEST_COLUMN = 10.0
#: Lines that stand side by side before two columns are taken for such, and the share of the lines that may cross both.
_FEWEST_BESIDE = 4
_CROSSING = 0.4
#: Places tried for a gutter, so that a page of any length takes no longer.
_TRIED = 100
_TRIED_CLOSELY = 5
#: A page is divided this often at the most: no print has more columns that hold running text.
_DEEPEST = 4

Row = Sequence[Line]  # the pieces of one line of print, from left to right


def in_columns(rows: Sequence[Row], width: float) -> list[Line]:
    """The lines of one page in reading order, with their margins; `width` is that of the page.

    Rotated text that differs from most of the page gets none: it is read, but never joined.
    """
    turns = Counter(row[0].turn for row in rows).most_common(1)
    lines = _in_order(rows)
    columns = _columns([line for line in lines if line.turn == turns[0][0]], width, _DEEPEST)
    return [replace(line, column=columns.get(line)) for line in lines]


def _in_order(rows: Sequence[Row]) -> list[Line]:
    """Whole lines; but where a file gives two columns line by line across the page, one column after the other."""
    pieces = [piece for row in rows for piece in row]
    gutter = _gutter(pieces) if len(pieces) > len(rows) else None
    if gutter is None or not _is_text(rows, gutter):
        return [merged(row) for row in rows]
    lines: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        before = [piece for piece in row if piece.right <= gutter]
        after = [piece for piece in row if piece.left >= gutter]
        if len(before) + len(after) < len(row):
            lines += [*left, *right, merged(row)]
            left, right = [], []
        else:
            left += [merged(before)] if before else []
            right += [merged(after)] if after else []
    return [*lines, *left, *right]


def _is_text(rows: Sequence[Row], gutter: float) -> bool:
    """Whether the rows that a gutter divides are lines of text, which fill their column; cells of a table do not."""
    before = [[piece for piece in row if piece.right <= gutter] for row in rows]
    divided = [left[-1] for left, row in zip(before, rows, strict=True) if left and row[-1].left >= gutter]
    if len(divided) < _FEWEST_BESIDE:
        return False
    right = max(line.right for line in divided)
    left = min(pieces[0].left for pieces in before if pieces)
    full = sum(right - line.right <= SLACK * line.size for line in divided)
    return full * 2 >= len(divided) and right - left >= _NARROWEST_COLUMN * divided[0].size


def _columns(lines: Sequence[Line], width: float, depth: int) -> dict[Line, Column]:
    """The margins of each line; `width` is that of the page, or 0 inside a column."""
    if not lines:
        return {}
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        size = Counter(line.size for line in lines).most_common(1)[0][0]
        narrowest = width * _NARROWEST_TEXT or size * _NARROWEST_COLUMN
        return dict.fromkeys(lines, Column(left, max(left + narrowest, right)))
    found = dict.fromkeys(lines, Column(left, right))
    found |= _columns([line for line in lines if line.right <= gutter], 0.0, depth - 1)
    return found | _columns([line for line in lines if line.left >= gutter], 0.0, depth - 1)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where a page is divided into columns: the place that fewest lines cross and that has lines side by side."""
    rights, lefts = sorted(line.right for line in lines), sorted(line.left for line in lines)
    edges = sorted(set(rights))
    found: list[tuple[int, float]] = []
    for at in edges[:: len(edges) // _TRIED + 1]:
        before, after = bisect_left(rights, at + 0.1), len(lines) - bisect_left(lefts, at + 0.1)
        crossing = len(lines) - before - after
        if min(before, after) >= _FEWEST_BESIDE and crossing <= _CROSSING * len(lines):
            found.append((crossing, at + 0.1))
    return next((at for _, at in sorted(found)[:_TRIED_CLOSELY] if _beside(lines, at)), None)


def _beside(lines: Iterable[Line], at: float) -> bool:
    """Whether most lines before and after a place stand side by side."""
    before = sorted(line.base for line in lines if line.right <= at)
    after = [line for line in lines if line.left >= at]
    beside = 0
    for line in after:
        nearest = bisect_left(before, line.base - line.size)
        beside += nearest < len(before) and before[nearest] <= line.base + line.size
    return beside >= max(_FEWEST_BESIDE, min(len(before), len(after)) / 2)
