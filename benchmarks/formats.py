"""Is every document read whole or refused by name? Two hundred generated ones, over all formats and encodings.

    python -m benchmarks.formats

`found` is the share of the words written that stand in the text read, blanks aside; `coverage` is the share of that
text which is in a passage, a heading or boilerplate.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UnreadableFile
from assistant.ingest.report import account
from assistant.reading import read_file
from assistant.settings import IndexSettings
from benchmarks.documents import Case, cases

#: The columns of the table, and how wide they are.
_COLUMNS = {
    "documents": 11, "read": 6, "refused": 9, "as due": 8, "characters": 12, "found": 9, "coverage": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file; characters are those that are no blanks."""

    group: str
    read: bool
    refused: bool = False  # by name, in a sentence
    expected: bool = False  # whether it was read or refused as it has to be, by the right encoding
    written: int = 0
    found: int = 0
    characters: int = 0
    covered: int = 0


def outcome(case: Case) -> Outcome:
    """Read one file."""
    try:
        reading = read_file(Path(case.name), case.content, IndexSettings())
    except UnreadableFile as error:
        named = case.name in str(error)
        return Outcome(case.group, read=False, refused=named, expected=named and not case.words)
    text, words = _bare(reading.source.text), list(map(_bare, case.words))
    counts = account(reading)
    return Outcome(
        case.group,
        read=True,
        expected=bool(case.words) and reading.source.encoding == case.encoding,
        written=sum(map(len, words)),
        found=sum(len(each) for each in words if each in text),
        characters=counts.characters,
        covered=counts.in_passages + counts.in_headings + counts.in_boilerplate,
    )


def _bare(text: str) -> str:
    return "".join(text.split())


def main() -> None:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for case in cases():
        groups[case.group].append(outcome(case))
    print(f"{'format':<20}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS.items()))
    for group, outcomes in groups.items():
        print(_row(group, outcomes))
    everything = [each for outcomes in groups.values() for each in outcomes]
    print(_row("all", everything))
    sys.exit(not all(each.expected and each.found == each.written for each in everything))


def _row(name: str, outcomes: list[Outcome]) -> str:
    read, refused, due = (sum(getattr(each, name) for each in outcomes) for name in ("read", "refused", "expected"))
    written = sum(each.written for each in outcomes)
    found = _share(sum(each.found for each in outcomes), written)
    coverage = _share(sum(each.covered for each in outcomes), sum(each.characters for each in outcomes))
    cells = (len(outcomes), read, refused, due, written, found, coverage)
    return f"{name:<20}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, _COLUMNS.values(), strict=True))


def _share(part: int, whole: int) -> str:
    """Rounded down, so that only all is 100 %."""
    return f"{part * 10_000 // whole / 100:.2f}%" if whole else "-"


if __name__ == "__main__":
    main()
