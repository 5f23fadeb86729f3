"""The text of a page, written line by line as a browser would show it, with the places of what it is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.readers.columns import name_columns
from assistant.readers.html.lists import Numbers, numbered_by_hand
from assistant.readers.html.rules import Grid, Page, names_content
from assistant.readers.html.tree import BLOCKS, HEADINGS, PREFORMATTED
from assistant.records import Boilerplate, Heading, Layout, Span, Table
from assistant.text import trimmed

_TITLE_ASIDE, _AROUND = "网页标题", "导航"
#: A heading that holds more is a page whose writer forgot to end it.
_HEADING_CHARACTERS = 300

_BLANKS = " \t\n\r\f\v\xa0"
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
#: Marks of both scripts; next to a Chinese character they are Chinese.
_SHARED = "“”‘’…—·"
_SOURCE_BREAK = r"[ \t\f\v]*+[\r\n][ \t\r\n\f\v]*+"
_NO_BLANK = re.compile(
    rf"(?<=[{_CHINESE}]){_SOURCE_BREAK}(?=[{_CHINESE}{_SHARED}])|(?<=[{_SHARED}]){_SOURCE_BREAK}(?=[{_CHINESE}])"
)
_FOLDED = re.compile(rf"[{_BLANKS}]+")
#: What stands between two pieces of a line: nothing, a line break of the source, a blank.
_NOTHING, _BREAK, _BLANK = 0, 1, 2


def page_text(page: Page, aside: Sequence[bool], title: str) -> tuple[str, Layout]:
    """The text of a page and its layout; its title, which a browser shows elsewhere, goes on a first line."""
    writer = _Writer()
    if title:
        writer.words(title, _TITLE_ASIDE)
        writer.boundary(1)
    _Walk(page, aside, writer).over(1, len(page.nodes))
    return writer.finished(title)


@dataclass(slots=True)
class _Writer:
    """Appends words; what lies between two of them is decided when the second comes."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    tables: list[tuple[tuple[int, int] | None, list[tuple[int, int]]]] = field(default_factory=list)
    aside: list[tuple[str, int, int]] = field(default_factory=list)
    last: str = ""
    breaks: int = 0
    blank: int = _NOTHING
    kept: str = ""  # blanks that are seen as they are: indentation, tabs between cells

    def boundary(self, breaks: int) -> None:
        """What follows stands on a new line, or behind an empty one."""
        self.breaks, self.kept = max(self.breaks, breaks), ""

    def text(self, text: str, aside: str) -> None:
        """A run of text, blanks folded."""
        core = text.strip(_BLANKS)
        self.gap(text[: text.find(core[0])] if core else text)
        if core.isspace():
            self.kept += core
        elif core:
            self.words(_FOLDED.sub(" ", _NO_BLANK.sub("", core)), aside)
            self.gap(text[len(text.rstrip(_BLANKS)) :])

    def preformatted(self, text: str, aside: str) -> None:
        """A run of text, blanks kept."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        core = text.strip()
        if not core:
            self.kept += text
            return
        start = text.index(core)
        self.kept += text[:start]
        self.words(core, aside)
        self.kept = text[start + len(core) :]

    def gap(self, blanks: str) -> None:
        if blanks:
            soft = ("\n" in blanks or "\r" in blanks) and "\xa0" not in blanks
            self.blank = max(self.blank, _BREAK if soft else _BLANK)

    def words(self, words: str, aside: str) -> None:
        before = self.length
        for part in (self._separator(words[0]), words):
            self.parts.append(part)
            self.length += len(part)
        self.last = words[-1]
        self.breaks, self.blank, self.kept = 0, _NOTHING, ""
        if aside and self.aside and self.aside[-1][::2] == (aside, before):
            self.aside[-1] = (aside, self.aside[-1][1], self.length)
        elif aside:
            self.aside.append((aside, before, self.length))

    def finished(self, title: str) -> tuple[str, Layout]:
        text = "".join(self.parts)

        def place(start: int, end: int) -> Span:
            return trimmed(text, Span(start, end))

        headings = tuple(Heading(place(start, end), level) for level, start, end in self.headings)
        first = [heading.span for heading in headings if heading.level == 1]
        content = next((heading.span for heading in headings if names_content(heading.span.of(text), title)), None)
        tables = [
            (place(*header) if header else None, tuple(place(*row) for row in rows)) for header, rows in self.tables
        ]
        return text, Layout(
            title=content or (first[0] if len(first) == 1 else None),
            headings=headings,
            tables=tuple(Table(Span((header or rows[0]).start, rows[-1].end), header, rows) for header, rows in tables),
            boilerplate=tuple(Boilerplate(name, place(start, end)) for name, start, end in self.aside),
        )

    def _separator(self, following: str) -> str:
        if self.breaks or not self.length:
            return "\n" * (self.breaks if self.length else 0) + self.kept.rpartition("\n")[2]
        if self.kept or self.blank == _NOTHING:
            return self.kept
        return "" if self.blank == _BREAK and _NO_BLANK.search(f"{self.last}\n{following}") else " "


class _Walk:
    """Goes over the nodes of a page in their order and hands a writer what is seen."""

    def __init__(self, page: Page, aside: Sequence[bool], writer: _Writer) -> None:
        self._page, self._aside, self._writer = page, aside, writer
        self._join = _NOTHING  # what a line break becomes inside a heading or cell, which are one line
        self._preformatted = 0
        self._marker = ""  # the number of a list item whose words are still to come
        self._numbers = Numbers(page.nodes)

    def over(self, start: int, end: int) -> None:
        """Write the nodes from `start` up to `end`."""
        nodes = self._page.nodes
        open_nodes: list[tuple[int, int]] = []  # (number, where in the text it began)
        number = start
        while number < end or open_nodes:
            if open_nodes and nodes[open_nodes[-1][0]].end <= number:
                self._close(*open_nodes.pop())
            elif not self._page.seen[number]:
                number = nodes[number].end
            elif number in self._page.tables and not self._aside[number] and not self._join:
                self._table(number, self._page.tables[number])
                number = nodes[number].end
            else:
                if self._open(number):
                    open_nodes.append((number, self._writer.length))
                number += 1

    def _open(self, number: int) -> bool:
        """Write what a node begins with; whether its end is to be noticed."""
        node = self._page.nodes[number]
        if not node.tag:
            self._text(node.text, _AROUND if self._aside[number] else "")
        elif node.tag == "br":
            self._boundary(min(self._writer.breaks + 1, 2))
        if node.tag not in BLOCKS:
            return False
        self._boundary(2 if node.tag in HEADINGS else 1)
        if node.tag == "li":
            self._marker += self._numbers.before(number)
        self._preformatted += node.tag in PREFORMATTED
        if self._is_heading(number):
            self._join = _BREAK
        return True

    def _close(self, number: int, began: int) -> None:
        node = self._page.nodes[number]
        if self._join == _BREAK and self._is_heading(number, inside=True):
            self._join = _NOTHING
            if self._writer.length > began and not self._aside[number]:
                self._writer.headings.append((int(node.tag[1]), began, self._writer.length))
        self._boundary(2 if node.tag in HEADINGS else 1)
        self._preformatted -= node.tag in PREFORMATTED
        if node.tag == "li":
            self._marker = ""

    def _is_heading(self, number: int, inside: bool = False) -> bool:
        tag, characters = self._page.nodes[number].tag, self._page.characters[number]
        return tag in HEADINGS and 0 < characters <= _HEADING_CHARACTERS and (inside or not self._join)

    def _boundary(self, breaks: int) -> None:
        if self._join:
            self._writer.blank = max(self._writer.blank, self._join)
        else:
            self._writer.boundary(breaks)

    def _text(self, text: str, aside: str) -> None:
        if self._marker and text.strip():
            if not numbered_by_hand(text):
                self._writer.words(self._marker.rstrip(), aside)
                self._writer.blank = _BLANK
            self._marker = ""
        if self._preformatted and not self._join:
            self._writer.preformatted(text, aside)
        else:
            self._writer.text(text, aside)

    def _table(self, number: int, grid: Grid) -> None:
        for caption in grid.captions:
            self.over(caption, self._page.nodes[caption].end)
        filled = [[cell for cell in row if self._page.characters[cell]] for row in grid.rows]
        titles = next(at for at, row in enumerate(filled) if len(row) > 1)
        if len(grid.rows) - titles == 1:
            titles = 0
        places = [self._row(row) for row in grid.rows]
        named = grid.named[titles] or name_columns([self._words(cell) for cell in grid.rows[titles]])
        rows = places[titles:]
        self._writer.tables.append((rows[0], rows[1:]) if named else (None, rows))
        self._writer.boundary(1)

    def _row(self, cells: Sequence[int]) -> tuple[int, int]:
        writer, began = self._writer, self._writer.length
        writer.boundary(1)
        self._join, tabs = _BLANK, 0
        for cell in cells:
            if self._page.characters[cell]:
                writer.kept = "\t" * tabs
                self.over(cell, self._page.nodes[cell].end)
                tabs = 0
            tabs += 1
        self._join = _NOTHING
        return began, writer.length

    def _words(self, cell: int) -> str:
        nodes, seen = self._page.nodes, self._page.seen
        return "".join(nodes[at].text for at in range(cell, nodes[cell].end) if seen[at]).strip()
