"""Running heads, feet and page numbers of a PDF: lines that stand at the edge of many of its pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.readers.pdf.lines import Line

HEAD, FOOT, NUMBER = "页眉", "页脚", "页码"
#: Heights looked at from either edge of a page: a running head may be two lines, or a line and a number.
_DEPTH = 2
#: Points by which the same line may stand higher or lower on another page.
_SAME_HEIGHT = 3.0
#: A line on one side of the sheet only (left pages name the book, right ones the chapter) recurs on this share.
_ONE_SIDE = 1 / 3
_BOTH_SIDES = 1 / 2
#: Characters of the longest page number: Page 1,024 of 1,024 between dashes.
_LONGEST_NUMBER = 30
_NUMBER = re.compile(
    r"[-–—·.~\[(（【\s]*(?:第\s*|Page\s*|P\.?\s*)?(?P<n>\d{1,5})\s*页?"
    r"(?:\s*[/／,，、of]*\s*(?:共\s*)?\d{1,5}\s*页?)?[-–—·.~\])）】\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Running:
    """A running line: what it is, and whether it stands at the head of its page."""

    name: str
    head: bool


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at the edge of its page, the `at`-th there; whether at the head, and how far from that edge, in points."""

    page: int
    at: int
    head: bool
    height: float
    text: str


def running_lines(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> dict[tuple[int, int], Running]:
    """The running lines by page and by place among its lines; `heights` are those of the pages.

    Where nothing else would be left, they are the text itself, and at the most their numbers are not.
    """
    edges = [edge for page, lines in enumerate(pages) for edge in _edges(page, lines, heights[page])]
    written = sum(1 for lines in pages if lines)
    whole = sum(len(lines) for lines in pages)
    found = {(edge.page, edge.at): Running(NUMBER, edge.head) for edge in _numbers(edges)}
    for group in _recurring(edge for edge in edges if (edge.page, edge.at) not in found):
        on = {edge.page for edge in group}
        one_side = len({page % 2 for page in on}) == 1
        if len(on) >= max(2, written * (_ONE_SIDE if one_side else _BOTH_SIDES)):
            found |= {(edge.page, edge.at): Running(HEAD if edge.head else FOOT, edge.head) for edge in group}
    if len(found) == whole:
        found = {place: running for place, running in found.items() if running.name == NUMBER}
    return found if len(found) < whole else {}


def _edges(page: int, lines: Sequence[Line], height: float) -> Iterator[_Edge]:
    """The lines at the edges of a page; a line of turned text is at none."""
    turns = Counter(line.turn for line in lines).most_common(1)
    bases = sorted({round(line.base) for line in lines if line.turn == turns[0][0]})
    feet, heads = _outer(bases), _outer(bases[::-1])
    for at, line in enumerate(lines):
        base = round(line.base)
        if line.turn == turns[0][0] and (base in heads or base in feet):
            # On a page of few lines one may be both; the nearer edge says which.
            head = base in heads and (base not in feet or line.base * 2 > height)
            yield _Edge(page, at, head, height - line.base if head else line.base, line.text)


def _outer(bases: Sequence[int]) -> set[int]:
    """The outermost heights; what stands within the same line counts as one height."""
    outer: set[int] = set()
    rank, before = 0, None
    for base in bases:
        rank += before is None or abs(base - before) > _SAME_HEIGHT
        if rank > _DEPTH:
            break
        outer.add(base)
        before = base
    return outer


def _numbers(edges: Iterable[_Edge]) -> list[_Edge]:
    """The lines that are only a page number, and count up with the pages."""
    short = (edge for edge in edges if len(edge.text) <= _LONGEST_NUMBER)
    found = [(edge, match) for edge in short if (match := _NUMBER.fullmatch(edge.text))]
    counts: dict[int, set[int]] = defaultdict(set)
    for edge, match in found:
        counts[int(match["n"]) - edge.page].add(edge.page)
    return [edge for edge, match in found if len(counts[int(match["n"]) - edge.page]) > 1]


def _recurring(edges: Iterable[_Edge]) -> list[list[_Edge]]:
    """The lines of one wording, digits aside, at one height."""
    by_wording: dict[tuple[bool, str], list[_Edge]] = defaultdict(list)
    for edge in edges:
        by_wording[edge.head, re.sub(r"\d+", "#", "".join(edge.text.split()))].append(edge)
    groups: list[list[_Edge]] = []
    for alike in by_wording.values():
        alike.sort(key=lambda edge: edge.height)
        group = [alike[0]]
        for edge in alike[1:]:
            if edge.height - group[-1].height > _SAME_HEIGHT:
                groups.append(group)
                group = []
            group.append(edge)
        groups.append(group)
    return groups
