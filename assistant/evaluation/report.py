"""Figures for each group of questions, and the table they are read in."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by the names they are printed under, for each group of questions (`""` is all of them)."""

    groups: Mapping[str, Figures]

    @classmethod
    def of(cls, scored: Iterable[tuple[str, Figures]], names: Sequence[str]) -> Report:
        """The means over all (group, figures) and over each group; a question without a figure has no part in it."""
        rows: dict[str, list[Figures]] = defaultdict(list, {"": []})
        for group, figures in scored:
            rows[""].append(figures)
            rows[group].append(figures)
        return cls({group: _means(some, names) for group, some in rows.items()})

    def as_dict(self) -> dict[str, float]:
        """The figures over all questions."""
        return {name: round(value, 4) for name, value in self.groups[""].items()}

    def table(self, before: Report | None = None) -> str:
        """A table to read, a line a group; "-" where a figure does not apply.

        A figure that is not what it was `before` has the change beside it.
        """
        names = list(dict.fromkeys(name for figures in self.groups.values() for name in figures))
        lines = [["", *names]]
        for group, figures in self.groups.items():
            old = before.groups.get(group, {}) if before else {}
            lines.append([group or "全部", *(_cell(figures.get(name), old.get(name)) for name in names)])
        widths = [max(_width(line[column]) for line in lines) for column in range(len(lines[0]))]
        return "\n".join(_line(line, widths) for line in lines)


def _means(rows: Sequence[Figures], names: Sequence[str]) -> Figures:
    means: dict[str, float] = {"questions": len(rows)}
    for name in names:
        values = [row[name] for row in rows if name in row]
        if values:
            means[name] = sum(values) / len(values)
    return means


def _cell(value: float | None, before: float | None) -> str:
    """A count as it is, a share or a time to what can be told apart, and a change to the same."""
    if value is None:
        return "-"
    places = 0 if isinstance(value, int) else 3 if value <= 1 else 1
    change = "" if before is None else f"{value - before:+.{places}f}"
    return f"{value:.{places}f} {change}" if change and float(change) else f"{value:.{places}f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padding = [" " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
    group, *figures = (cell if column else cell + padding[0] for column, cell in enumerate(cells))
    return "  ".join([group, *(blank + figure for blank, figure in zip(padding[1:], figures, strict=True))])


def _width(text: str) -> int:
    """The columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
