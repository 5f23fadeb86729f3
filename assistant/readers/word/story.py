"""Paragraphs and tables of a Word file as text."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.readers.word.numbering import Element, Numbering, W, below, integer, switch, value
from assistant.readers.word.parts import Parts
from assistant.readers.word.styles import Style, Styles

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
PARAGRAPH, TABLE, CONTROL, _TR, _TC, _RUN = (W + name for name in ("p", "tbl", "sdt", "tr", "tc", "r"))
_WORDS = (W + "t", _MATH + "t")
_ALTERNATIVES = _COMPATIBILITY + "AlternateContent"
#: What stands around paragraphs, rows and cells without being one.
_WRAPPERS = frozenset(W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
#: Signs that a run gives by name.
_SIGNS = {
    **{W + name: "\t" for name in ("tab", "ptab")},
    **{W + name: "\n" for name in ("br", "cr")},
    W + "noBreakHyphen": "-",
}
#: No words, or words that stand elsewhere: properties, what was moved away, the small characters above ruby.
_SKIPPED = frozenset(W + name for name in ("pPr", "rPr", "sdtPr", "moveFrom", "rt"))
#: Line ends and tabs inside w:t are those of the XML, and shown as spaces.
_XML_SPACE = str.maketrans("\t\r\n", "   ")


class Unread(StrEnum):
    """What is not in the text, as sentences for the person who adds the file."""

    DELETED = "有 {} 处修订中删除的文字没有收录，如需收录，请在 Word 里拒绝这些修订后再试。"
    HIDDEN = "有 {} 处隐藏文字没有收录，如需收录，请在 Word 里取消隐藏后再试。"
    COMMENTS = "有 {} 条批注没有收录。"
    PICTURES = "有 {} 张图片，图片里的文字没有收录。"
    EMBEDDED = "有 {} 个嵌入的文件没有收录，请另存出来再收录。"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its text with the number, and the boxes and notes that hang on it."""

    text: str
    worded: bool  # whether it holds more than its number
    bold: bool
    size: int  # of most of its characters, in half-points
    centred: bool
    style: Style
    apart: Sequence[Element]


@dataclass(frozen=True, slots=True)
class Row:
    node: Element
    cells: tuple[Element | None, ...]  # None: the cell goes on from the row above


class Story:
    """Reads paragraphs and tables in order, counting numbers and what is left unread."""

    def __init__(self, parts: Parts) -> None:
        self.styles = Styles(parts.first("styles"))
        self.unread: Counter[Unread] = Counter()
        self.notes = {
            (f"{W}{kind}Reference", note.get(W + "id")): note
            for kind in ("footnote", "endnote")
            for root in parts.all(kind + "s")
            for note in root
            if note.get(W + "type") in (None, "normal")
        }
        self._numbering = Numbering(parts.first("numbering"), self.styles.lists)

    def line(self, paragraph: Element) -> Line:
        style = self.styles.of(value(paragraph, "pPr", "pStyle"))
        runs = _Runs(self, style)
        runs.walk(paragraph)
        # A page break before a heading is a line end in front of it.
        words = "".join(runs.pieces).strip("\n")
        number = "" if not words and _is_gone(paragraph) else self._number(paragraph, style)
        worded = bool(words.strip())
        side = value(paragraph, "pPr", "jc")
        return Line(
            text=number + words if worded else number.rstrip() + words,
            worded=worded,
            bold=runs.bold,
            size=_most(runs.sizes),
            centred=side == "center" if side else style.centred,
            style=style,
            apart=runs.apart,
        )

    def usual_size(self, body: Element) -> int:
        """The size of most characters, in half-points."""
        sizes: Counter[int] = Counter()
        for paragraph in body.iter(PARAGRAPH):
            style = self.styles.of(value(paragraph, "pPr", "pStyle"))
            for run in paragraph.iter(_RUN):
                length = sum(len(words.text or "") for words in run.iter(*_WORDS))
                sizes[self.styles.size(below(run, "rPr"), style)] += length
        return _most(sizes)

    def _number(self, paragraph: Element, style: Style) -> str:
        key = value(paragraph, "pPr", "numPr", "numId") or style.list_key
        if key is None or key == "0":
            return ""
        own = value(paragraph, "pPr", "numPr", "ilvl")
        level = self._numbering.level_of(key, style.keys) if own is None else integer(own, -1)
        return self._numbering.next(key, integer(style.list_level) if level is None else level)

    def lines(self, container: Element, apart: list[Element]) -> Iterator[str]:
        """Paragraphs and rows of tables as lines; what stands apart from them is added to `apart`."""
        for block in inside(container, (PARAGRAPH, TABLE)):
            if block.tag == PARAGRAPH:
                line = self.line(block)
                apart.extend(line.apart)
                yield line.text
            else:
                for row in self.rows(block):
                    yield "\t".join([self.cell(cell, apart) for cell in row.cells])

    def cell(self, cell: Element | None, apart: list[Element]) -> str:
        return "" if cell is None else "\n".join(self.lines(cell, apart)).strip("\n")

    def rows(self, table: Element) -> list[Row]:
        rows = []
        for node in inside(table, (_TR,)):
            if below(node, "trPr", "del") is not None:
                self.unread[Unread.DELETED] += 1
                continue
            cells = [cell for cell in inside(node, (_TC,)) if not _continues(cell, "hMerge")]
            rows.append(Row(node, tuple(None if _continues(cell, "vMerge") else cell for cell in cells)))
        return rows

    def pieces(self, containers: Sequence[Element]) -> Iterator[str]:
        """The text of each container, and of each that is found inside, without empty lines."""
        queue = deque(containers)
        while queue:
            inner: list[Element] = []
            lines = [line for line in self.lines(queue.popleft(), inner) if line.strip()]
            if lines:
                yield "\n".join(lines)
            queue.extendleft(reversed(inner))


class _Runs:
    """Collects what the runs of one paragraph hold."""

    def __init__(self, story: Story, style: Style) -> None:
        self.pieces: list[str] = []
        self.apart: list[Element] = []
        self.sizes: Counter[int] = Counter()
        self._story = story
        self._style = style
        self._bold_run = False
        self._size_run = 0
        self._shades: set[bool] = set()

    @property
    def bold(self) -> bool:
        """Whether all words are bold."""
        return self._shades == {True}

    def walk(self, element: Element) -> None:
        for child in element:
            if child.tag in _SIGNS:
                self.pieces.append(_SIGNS[child.tag])
            elif child.tag in _HANDLERS:
                _HANDLERS[child.tag](self, child)
            elif child.tag not in _SKIPPED:
                self.walk(child)

    def run(self, run: Element) -> None:
        marks = below(run, "rPr")
        if switch(marks, "vanish"):
            self._count(Unread.HIDDEN, below(run, "t"))
            return
        bold = switch(marks, "b")
        if bold is None:
            bold = self._style.bold or self._story.styles.bold(value(marks, "rStyle"))
        outer = self._bold_run, self._size_run
        self._bold_run, self._size_run = bold, self._story.styles.size(marks, self._style)
        self.walk(run)
        self._bold_run, self._size_run = outer

    def words(self, element: Element) -> None:
        # A comment of the XML may cut the words in two.
        text = "".join([element.text or "", *(child.tail or "" for child in element)]).translate(_XML_SPACE)
        self.pieces.append(text)
        if text.strip():
            self._shades.add(self._bold_run)
            self.sizes[self._size_run] += len(text)

    def symbol(self, element: Element) -> None:
        code = integer(element.get(W + "char"), base=16)
        # The private use of a font is a picture, not a character.
        self.pieces.append(chr(code) if 0 < code < 0x110000 and chr(code).isprintable() else "")

    def alternatives(self, element: Element) -> None:
        chosen = _chosen(element)
        if chosen is not None:
            self.walk(chosen)

    def box(self, element: Element) -> None:
        self.apart.append(element)

    def note(self, element: Element) -> None:
        # Taken, so that notes that refer to each other come to an end.
        note = self._story.notes.pop((element.tag, element.get(W + "id")), None)
        if note is not None:
            self.apart.append(note)

    def picture(self, element: Element) -> None:
        self._count(Unread.PICTURES, element)

    def deleted(self, element: Element) -> None:
        self._count(Unread.DELETED, next(element.iter(W + "delText"), None))

    def _count(self, kind: Unread, what: Element | None) -> None:
        if what is not None:
            self._story.unread[kind] += 1


_HANDLERS: Mapping[str, Callable[[_Runs, Element], None]] = {
    _RUN: _Runs.run,
    **dict.fromkeys(_WORDS, _Runs.words),
    W + "sym": _Runs.symbol,
    W + "del": _Runs.deleted,
    W + "txbxContent": _Runs.box,
    W + "footnoteReference": _Runs.note,
    W + "endnoteReference": _Runs.note,
    _ALTERNATIVES: _Runs.alternatives,
    # Charts and diagrams are drawn from parts of their own; an embedded object shows a picture of itself.
    **{_DRAWING + name: _Runs.picture for name in ("picture}pic", "chart}chart", "diagram}relIds")},
    "{urn:schemas-microsoft-com:vml}imagedata": _Runs.picture,
}


def _most(sizes: Counter[int]) -> int:
    return max(sizes, key=lambda size: sizes[size], default=0)


def inside(container: Element, wanted: Sequence[str]) -> Iterator[Element]:
    """The children of these kinds, also those in wrappers."""
    for child in container:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from inside(child, wanted)
        elif child.tag == _ALTERNATIVES and (chosen := _chosen(child)) is not None:
            yield from inside(chosen, wanted)


def _chosen(alternatives: Element) -> Element | None:
    """The same content for new programs, or for old ones if only that holds words."""
    new, old = (alternatives.find(_COMPATIBILITY + name) for name in ("Choice", "Fallback"))
    if old is not None and (new is None or (_is_worded(old) and not _is_worded(new))):
        return old
    return new


def _is_worded(element: Element) -> bool:
    return any((words.text or "").strip() for words in element.iter(*_WORDS))


def _continues(cell: Element, merge: str) -> bool:
    return below(cell, "tcPr", merge) is not None and value(cell, "tcPr", merge) != "restart"


def _is_gone(paragraph: Element) -> bool:
    """Whether a revision took the end of a paragraph away, so that nothing of it is left but its words."""
    return any(below(paragraph, "pPr", "rPr", name) is not None for name in ("del", "moveFrom"))
