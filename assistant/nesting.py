"""How deep each mark of a document stands: which style of numbering opens inside which, by a vote of all its marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.marks import Mark
from assistant.numbering import RANK, Kind
from assistant.records import PRINTED


def depths_of(found: Sequence[Mark]) -> list[int]:
    """The level of each mark from 1, by which style opens inside which in this document, as a vote of all its marks."""
    names = _nesting_names(found)
    votes = _votes(found, names)

    def above(one: _Name, other: _Name) -> bool:
        if one.level != other.level and one.level and other.level:
            return one.level < other.level
        for_one, against = votes[one, other], votes[other, one]
        return for_one > against if for_one != against else one.rank < other.rank

    depths, stack = [], list[_Name]()
    for mark, name in zip(found, names, strict=True):
        if mark.style.kind is Kind.LABEL and not mark.level:
            stack = [name]
        else:
            while stack and not (above(stack[-1], name) and stack[-1].style not in _LABELS):
                stack.pop()
            stack.append(name)
        depths.append(len(stack))
    return depths


_LABELS = frozenset({"标签"})


@dataclass(frozen=True, slots=True)
class _Name:
    """What a mark is nested by: the level that the format gives (0: none), and its style, "" for a given line without
    a number. Lines of one level are siblings, unless their numbers say otherwise: many make (一) as large as 一、."""

    level: int
    style: str

    @property
    def rank(self) -> tuple[int, int]:
        """The order by which a style opens inside another, if a document does not tell: first what has a level, then
        the numbers, then what is only printed like a heading."""
        if 0 < self.level < PRINTED:
            return 0, self.level
        return (1, RANK[self.style]) if self.style else (2, 0)


def _nesting_names(found: Sequence[Mark]) -> list[_Name]:
    """A number that some lines were given a level for is of that level everywhere: people forget to style a heading."""
    levels: dict[str, set[int]] = defaultdict(set)
    for mark in found:
        if mark.level and mark.value:
            levels[mark.style.name].add(mark.level)
    return [_nesting_name(mark, levels[mark.style.name]) for mark in found]


def _nesting_name(mark: Mark, levels: AbstractSet[int]) -> _Name:
    if mark.level:
        return _Name(mark.level, mark.style.name if mark.value else "")
    return _Name(min(levels) if len(levels) == 1 and mark.at_line_start else 0, mark.style.name)


def _votes(found: Sequence[Mark], names: Sequence[_Name]) -> Counter[tuple[_Name, _Name]]:
    """How often each style was seen to open (outer, inner), by the plainest rule: a known style closes to itself."""
    votes: Counter[tuple[_Name, _Name]] = Counter()
    between: Counter[tuple[_Name, _Name]] = Counter()
    stack: list[tuple[_Name, Mark]] = []
    for mark, name in zip(found, names, strict=True):
        if mark.style.kind is Kind.LABEL and not mark.level:
            stack = []
            continue
        known = next((at for at, (each, _) in enumerate(stack) if each == name), None)
        if known is not None:
            # 四、 after 三、: the lines without a number between them stand inside 三、.
            if mark.value == stack[known][1].value + 1 and mark.value:
                between.update((name, inner) for inner, each in stack[known + 1 :] if not each.value)
            del stack[known:]
        # A list that goes on (二、 after 一、(一)) says nothing; one that begins says what it begins inside.
        elif mark.value == 1:
            numbered = {outer for outer, each in stack if each.value and outer.level == name.level}
            votes.update((outer, name) for outer, _ in stack if not mark.level or outer in numbered)
        stack.append((name, mark))
    # What a format says of a level counts, but where it gives several styles of numbering the same one.
    shared = {inner.level for outer, inner in votes if inner.level == outer.level}
    return votes + Counter({pair: count for pair, count in between.items() if pair[1].level in shared | {0}})


def siblings(depths: Sequence[int]) -> list[list[int]]:
    """The marks of one level under one parent, as lists of their numbers."""
    groups: list[list[int]] = []
    open_groups: list[list[int]] = []
    for number, depth in enumerate(depths):
        del open_groups[depth:]
        while len(open_groups) < depth:
            open_groups.append([])
            groups.append(open_groups[-1])
        open_groups[depth - 1].append(number)
    return [group for group in groups if group]
