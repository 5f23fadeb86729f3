"""Lines → the paragraphs they were broken out of: by their margins, indents, pitch and marks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.readers.pdf.lines import ENDING, SLACK, Line, is_wide

#: Left edges that differ by less than this share of a character are the same; an indent is one character at least.
_SAME_LEFT = 0.6
#: The deepest first-line indent, in characters; what starts further right is set apart (a date, a signature).
_DEEPEST_INDENT = 6.0
#: Lines whose baselines are further apart than this many usual pitches are no lines of one paragraph.
_SAME_PITCH = 1.2
#: Sizes that differ by less than this share are one size: some programs round them differently from line to line.
SAME_SIZE = 0.08
#: A word longer than this many characters is broken anywhere (an address of the web), so its length says nothing.
_LONGEST_WORD = 12.0
#: Share of the text that a distance needs to count as the usual one, and by how much distances of one kind vary.
_USUAL_SHARE = 0.25
_SAME_RATIO = 1.05
#: Lines of one paragraph are never set further apart than this, in sizes; without any pair, they are set about so.
_FURTHEST_PITCH = 4.0
_PLAIN_PITCH = 1.5
#: Pairs of lines from which on those of one page, or of one size, have a pitch of their own.
_ENOUGH_PAIRS = 6
_LEADER = re.compile(r"(?:[.．·…]\s*){3,}\d+\Z")


@dataclass(frozen=True, slots=True)
class Pitches:
    """The usual distance between the baselines of two lines, as a multiple of their size.

    It is found for the lines of one size on one page, where these are many, else for those of the whole file.
    """

    pages: dict[tuple[int, int], float]
    sizes: dict[int, float]
    whole: float

    def usual(self, line: Line) -> float:
        size = round(line.size)
        return self.pages.get((line.page, size), self.sizes.get(size, self.whole)) * line.size


def usual_pitches(lines: Sequence[Line]) -> Pitches:
    """The pitch of running text: the smallest distance that many lines stand apart, as paragraphs are no closer."""
    pages: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    sizes: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for line, following in pairwise(lines):
        distance = _below(line, following)
        if distance is not None and _alike(line, following) and distance < _FURTHEST_PITCH * line.size:
            # Counted by characters, so that the short lines of cells and lists don't outweigh the text.
            found = distance / line.size, len(line.text)
            pages[line.page, round(line.size)].append(found)
            sizes[round(line.size)].append(found)
    return Pitches(
        {place: _smallest_common(found) for place, found in pages.items() if len(found) >= _ENOUGH_PAIRS},
        {size: _smallest_common(found) for size, found in sizes.items() if len(found) >= _ENOUGH_PAIRS},
        _smallest_common([each for found in sizes.values() for each in found]),
    )


def _smallest_common(weighted: Sequence[tuple[float, int]]) -> float:
    ordered = sorted(weighted)
    enough = _USUAL_SHARE * sum(weight for _, weight in ordered)
    within, end = 0, 0
    for ratio, weight in ordered:
        while end < len(ordered) and ordered[end][0] <= ratio * _SAME_RATIO:
            within += ordered[end][1]
            end += 1
        if within >= enough:
            return ordered[end - 1][0]
        within -= weight
    return _PLAIN_PITCH


def _below(line: Line, following: Line) -> float | None:
    """How far the second line stands below the first, None where it does not stand there."""
    if line.page != following.page or line.turn != following.turn:
        return None
    beside = max(following.left - line.right, line.left - following.right)
    if beside > SLACK * line.size:  # a last line of one character may end before the indented first line begins
        return None
    distance = line.base - following.base
    return distance if distance > 0 else None


def _alike(line: Line, following: Line) -> bool:
    return abs(line.size - following.size) <= SAME_SIZE * max(line.size, following.size)


def apart(line: Line, following: Line, pitches: Pitches) -> bool:
    """Whether a clear gap stands between two lines."""
    distance = _below(line, following)
    return distance is not None and distance > 2 * max(pitches.usual(line), pitches.usual(following))


def goes_on(paragraph: Sequence[Line], following: Line, pitches: Pitches) -> bool:
    """Whether a paragraph, given as its lines so far, goes on in the following line."""
    last = paragraph[-1]
    if last.column is None or following.column is None or last.turn != following.turn or not _alike(last, following):
        return False
    if last.tabular or following.tabular or _LEADER.search(last.text[-ENDING:]) or not _full(paragraph, following):
        return False
    if _opens(paragraph, following):
        return False
    distance = _below(last, following)
    if distance is None:
        return _next_place(last, following) and _goes_on_elsewhere(paragraph, following)
    return distance <= _SAME_PITCH * _pitch(paragraph, pitches) and (
        _aligned(paragraph, following) or centred(last, following)
    )


def _opens(paragraph: Sequence[Line], following: Line) -> bool:
    """Whether a mark at the start of the line opens an item, and is not a number that the sentence goes on with."""
    last = paragraph[-1]
    if following.bullet:
        return True
    below_words = len(paragraph) > 1 and abs(following.left - last.left) <= _SAME_LEFT * last.size
    return following.marked and (last.closed or (_indent(following) > _SAME_LEFT and not below_words))


def _pitch(paragraph: Sequence[Line], pitches: Pitches) -> float:
    own = _below(paragraph[-2], paragraph[-1]) if len(paragraph) > 1 else None
    return own or pitches.usual(paragraph[-1])


def _full(paragraph: Sequence[Line], following: Line) -> bool:
    """Whether the first word of the next line would not have fitted into the last one."""
    line = paragraph[-1]
    if line.column is None:
        return False
    if line.hyphenated and following.text[0].islower():
        return True
    word = min(following.word, _LONGEST_WORD * line.size) + line.size / 2
    room = max(SLACK * line.size, word)
    left = line.column.right - line.right
    # A block quotation is set in by as much on the right as on the left; so is a title, but line by line.
    inset = min(each.left for each in (paragraph[0], line, following)) - line.column.left
    quoted = inset >= line.size and following.left <= line.left + _SAME_LEFT * line.size and not line.closed
    return left <= room or (quoted and abs(left - inset) <= room)


def _indent(line: Line) -> float:
    """How far a line starts from its left margin, in characters."""
    return (line.left - line.column.left) / line.size if line.column else 0.0


def _next_place(line: Line, following: Line) -> bool:
    """Whether the second line is where reading goes on: on the next page, or higher up in a column further right."""
    if line.page != following.page:
        return following.page > line.page
    return following.base > line.base and following.left > line.left


def _goes_on_elsewhere(paragraph: Sequence[Line], following: Line) -> bool:
    """The same as `_aligned`, seen from the margins of either column; no gap tells paragraphs apart there."""
    column = paragraph[-1].column
    moved = replace(following, left=column.left + _indent(following) * following.size) if column else following
    indented = len(paragraph) > 1 and _indent(paragraph[0]) - _indent(paragraph[-1]) > _SAME_LEFT
    if paragraph[-1].closed and not indented:
        return False
    return _aligned(paragraph, moved) or _aligned(paragraph, following)


def _aligned(paragraph: Sequence[Line], following: Line) -> bool:
    """Whether a line starts where the paragraph's next line has to, be it indented, hanging or neither."""
    first, last = paragraph[0], paragraph[-1]
    size = last.size
    step = (following.left - last.left) / size
    at_margin = abs(_indent(following)) <= _SAME_LEFT
    if len(paragraph) > 1 and abs(first.left - last.left) > _SAME_LEFT * size:
        return abs(step) <= _SAME_LEFT
    if abs(step) <= _SAME_LEFT:
        return at_margin or not last.closed
    if step < 0:
        return len(paragraph) == 1 and step >= -_DEEPEST_INDENT and (at_margin or not last.closed)
    hanging = abs(following.left - first.words) <= _SAME_LEFT * size
    return len(paragraph) == 1 and first.marked and hanging and not last.closed


def centred(line: Line, following: Line) -> bool:
    """Whether two lines are those of one title, the second shorter and both in the middle of the column."""
    if line.column is None or line.closed or following.left <= line.left:
        return False
    middle = (line.column.left + line.column.right) / 2
    return all(abs((each.left + each.right) / 2 - middle) <= each.size for each in (line, following))


def joined(paragraph: Iterable[Line]) -> list[str]:
    """What each line of a paragraph adds to its text: the blank or hyphen that belongs before it, and its words."""
    pieces: list[str] = []
    before: Line | None = None
    for line in paragraph:
        pieces.append((_between(before, line) if before else "") + line.text)
        before = line
    if before and before.hyphenated:
        pieces.append("-")
    return pieces


def _between(line: Line, following: Line) -> str:
    if line.hyphenated:
        # Only within a word written small is the hyphen one of the layout; in 2024-25 and ISO-A4 it is text.
        return "" if line.text[-1:].islower() and following.text[:1].islower() else "-"
    wide = is_wide(line.text[-1]) or is_wide(following.text[0])
    return " " if not wide and line.text[-1] not in "-/(" else ""
