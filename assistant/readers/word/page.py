"""The text of a Word file as it grows, with the places of its parts."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.numbering import starts_with_number
from assistant.readers.columns import is_value, name_columns
from assistant.readers.word.numbering import Element, switch, value
from assistant.readers.word.parts import Parts
from assistant.readers.word.story import CONTROL, PARAGRAPH, TABLE, Line, Story, inside
from assistant.readers.word.styles import level_of
from assistant.records import PRINTED, Boilerplate, Heading, Layout, Span, Table

_CONTENTS = "Table of Contents"
#: A longer or closed paragraph is a sentence that someone styled as a heading to make it large.
_LONGEST_HEADING = 60
_CLOSED = "。；;！，"
#: Bold alone says less, so that only a short line counts, and none that leads into what follows.
_LONGEST_BOLD = 40
_BOLD_CLOSED = _CLOSED + "？!?,.:：、…"
#: Behind so many paragraphs no title of the whole file stands.
_TITLE_WITHIN = 20
#: A title without a style is at least this much larger than the text, and at the most so many lines stand above it.
_LARGER = 1.15
_ABOVE_TITLE = 3
#: The head of an official paper (某某市人民政府文件), larger than the title below it.
_LETTERHEAD = "文件"


class Page:
    """The text as it grows line by line, with the places of its parts."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._lines: list[str] = []
        self._end = -1
        self._title: Span | None = None
        self._title_size = 0  # of one without a style
        self._usual_size = 0
        self._headings: list[Heading] = []
        self._bold: list[Heading] = []
        self._tables: list[Table] = []
        self._apart: list[Span] = []
        self._boilerplate: list[Boilerplate] = []
        #: Lines that hold more than blanks.
        self.filled = 0

    def text(self) -> str:
        return "\n".join(self._lines)

    def layout(self) -> Layout:
        headings = self._headings or self._bold
        return Layout(self._title, tuple(headings), tuple(self._tables), tuple(self._apart), tuple(self._boilerplate))

    def measure(self, body: Element) -> None:
        """Look over the whole body, before its blocks are read: what is large depends on the rest."""
        styles = {value(paragraph, "pPr", "pStyle") for paragraph in body.iter(PARAGRAPH)}
        if not any(self._story.styles.of(key).title for key in styles):
            self._usual_size = self._story.usual_size(body)

    def body(self, container: Element, contents: bool = False, in_table: bool = False) -> None:
        """All blocks of a container; `contents`: they are a table of contents."""
        for block in inside(container, (PARAGRAPH, TABLE, CONTROL)):
            if block.tag == PARAGRAPH:
                self._paragraph(block, contents, in_table)
            elif block.tag == TABLE:
                self._table(block, contents)
            else:
                self.body(block, contents or _is_contents(block), in_table)

    def running_titles(self, parts: Parts) -> None:
        """Headers and footers, each text once. They are numbered and counted for themselves."""
        story, seen = Story(parts), set()
        for kind, root in parts.running():
            text = "\n".join(story.pieces([root]))
            if text and (kind, text) not in seen:
                seen.add((kind, text))
                self._boilerplate.append(Boilerplate("页眉" if kind == "header" else "页脚", self._add(text)))

    def _paragraph(self, paragraph: Element, contents: bool, in_table: bool) -> None:
        line = self._story.line(paragraph)
        contents = contents or line.style.contents
        named = line.worded and not contents
        is_title = named and line.style.title and self._title is None and self.filled < _TITLE_WITHIN
        level = _heading_level(paragraph, line) if named and not is_title else 0
        if named and not level and not in_table and self._is_printed_title(line):
            is_title, self._title_size = True, line.size
        elif self._goes_on_title(line) and not level:
            self._extend_title(line.text)
            self._add_apart(line.apart)
            return
        span = self._add(line.text.replace("\n", " ") if is_title or level else line.text)
        if is_title:
            self._title = span
            self._bold.clear()  # what stands above the title is the head of the paper
        elif level:
            self._headings.append(Heading(span, level))
        elif named and not in_table and _looks_like_heading(line):
            self._bold.append(Heading(span, PRINTED))
        if contents:
            self._add_contents(span)
        self._add_apart(line.apart)

    def _is_printed_title(self, line: Line) -> bool:
        """Whether only its print makes a line the title: large and in the middle, at the head of the file."""
        text = line.text.strip()
        return (
            self._title is None
            and self.filled <= _ABOVE_TITLE
            and self._is_large(line)
            and not text.endswith((_LETTERHEAD, *_BOLD_CLOSED))
            and not starts_with_number(text)
        )

    def _is_large(self, line: Line) -> bool:
        large = self._usual_size > 0 and line.size >= _LARGER * self._usual_size
        return large and line.centred and len(line.text) <= _LONGEST_HEADING and not is_value(line.text)

    def _goes_on_title(self, line: Line) -> bool:
        """Whether a title that was broken by hand goes on in this line, in the same print directly below."""
        if self._title is None or self._title.end != self._end or line.size != self._title_size or not line.worded:
            return False
        whole = len(self._title) + len(line.text) <= _LONGEST_HEADING
        return whole and self._is_large(line) and not starts_with_number(line.text.strip())

    def _extend_title(self, text: str) -> None:
        """A title of two lines is one line, as it is where a page breaks it by itself."""
        words = text.replace("\n", " ").strip()
        between = " " if (self._lines[-1][-1:] + words[:1]).isascii() else ""
        self._lines[-1] += between + words
        self._end += len(between + words)
        self._title = Span(self._title.start if self._title else 0, self._end)

    def _table(self, table: Element, contents: bool) -> None:
        rows = self._story.rows(table)
        if len(rows) < 2 or max(len(row.cells) for row in rows) < 2:
            for cell in (cell for row in rows for cell in row.cells if cell is not None):
                self.body(cell, contents, in_table=True)
            return
        apart: list[Element] = []
        spans: list[Span] = []
        header: Span | None = None
        for place, row in enumerate(rows):
            cells = [self._story.cell(cell, apart) for cell in row.cells]
            span = self._add("\t".join(cells))
            if place == 0 and len(span) and (switch(row.node, "trPr", "tblHeader") or name_columns(cells)):
                header = span
            elif len(span):
                spans.append(span)
        places = [header, *spans] if header else spans
        if places and contents:
            self._add_contents(Span(places[0].start, places[-1].end))
        elif places:
            self._tables.append(Table(Span(places[0].start, places[-1].end), header, tuple(spans)))
        self._add_apart(apart)

    def _add_apart(self, found: Sequence[Element]) -> None:
        self._apart.extend(self._add(text) for text in self._story.pieces(found))

    def _add_contents(self, span: Span) -> None:
        if not len(span):
            return
        last = self._boilerplate[-1].span if self._boilerplate else None
        if last and last.end + 1 == span.start:
            span = Span(self._boilerplate.pop().span.start, span.end)
        self._boilerplate.append(Boilerplate("目录", span))

    def _add(self, text: str) -> Span:
        """Adds a line and returns the place of what is not blank in it."""
        words = text.strip()
        start = self._end + 1 + text.find(words)
        self._lines.append(text)
        self._end += 1 + len(text)
        self.filled += bool(words)
        return Span(start, start + len(words))


def _heading_level(paragraph: Element, line: Line) -> int:
    own = level_of(paragraph)
    text = line.text.strip()
    if len(text) > _LONGEST_HEADING or text.endswith(tuple(_CLOSED)):
        return 0
    return line.style.level if own is None else own


def _looks_like_heading(line: Line) -> bool:
    text = line.text.strip()
    return line.bold and len(text) <= _LONGEST_BOLD and "\n" not in text and not text.endswith(tuple(_BOLD_CLOSED))


def _is_contents(control: Element) -> bool:
    return value(control, "sdtPr", "docPartObj", "docPartGallery") == _CONTENTS
