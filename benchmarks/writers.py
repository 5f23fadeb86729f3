"""Documents made of blocks, and the files that people would save them as: one writer a format.

A block knows its number as a reader sees it; a Word file gets it as an automatic one, every other file as text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum, auto
from functools import partial
from html import escape
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from tests.readers import word
from tests.readers.printed import SONG

Rows = tuple[tuple[str, ...], ...]


class Kind(Enum):
    """What a block is."""

    TITLE = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    ITEM = auto()
    TABLE = auto()
    NOTE = auto()  # at the foot of the page
    BOX = auto()  # beside the text


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document; `level` is that of a heading or item in its numbering, 1 for the outermost."""

    kind: Kind
    text: str = ""
    number: str = ""
    level: int = 0
    rows: Rows = ()

    @property
    def line(self) -> str:
        """The block as it is read."""
        return self.number + self.text

    def words(self) -> Iterator[str]:
        """Every piece of text that must be found in what is read, in order."""
        yield from (cell for row in self.rows for cell in row) if self.rows else (self.line,)


Document = Sequence[Block]


def title(text: str) -> Block:
    return Block(Kind.TITLE, text)


def heading(level: int, number: str, text: str) -> Block:
    return Block(Kind.HEADING, text, number, level)


def item(level: int, number: str, text: str) -> Block:
    return Block(Kind.ITEM, text, number, level)


def paragraph(text: str) -> Block:
    return Block(Kind.PARAGRAPH, text)


def table(*rows: tuple[str, ...]) -> Block:
    return Block(Kind.TABLE, rows=rows)


def note(text: str) -> Block:
    return Block(Kind.NOTE, text)


def box(text: str) -> Block:
    return Block(Kind.BOX, text)


# Text


def as_text(document: Document) -> str:
    """Lines, as typed in an editor: an empty line below the title and around a heading without a number."""
    lines: list[str] = []
    for block in document:
        apart = block.kind is Kind.TITLE or (block.kind is Kind.HEADING and not block.number)
        rows = ["\t".join(row) for row in block.rows]
        lines += ["", block.line, ""] if apart else rows or [block.line]
    return "\n".join(lines).lstrip("\n") + "\n"


def as_markdown(document: Document) -> str:
    """Paragraphs divided by empty lines, headings with a row of #, tables of pipes."""
    return "\n\n".join(map(_in_markdown, document)) + "\n"


def _in_markdown(block: Block) -> str:
    if block.rows:
        rule = "|" + " --- |" * len(block.rows[0])
        first, *others = (f"| {' | '.join(row)} |" for row in block.rows)
        return "\n".join([first, rule, *others])
    depth = {Kind.TITLE: 1, Kind.HEADING: block.level + 1}.get(block.kind, 0)
    return f"{'#' * depth} {block.line}" if depth else block.line


# Pages


def as_html(document: Document, charset: str = "utf-8", around: bool = True) -> bytes:
    """A page of a site; `around`: with its navigation and footer, which are boilerplate."""
    name = next((block.text for block in document if block.kind is Kind.TITLE), "文件")
    head = f'<meta charset="{charset}"><title>{escape(name)}</title>'
    body = "\n".join(map(_in_html, document))
    if around:
        links = "".join(f'<a href="/{number}">{words}</a>' for number, words in enumerate(("首页", "公告", "办事")))
        body = f"<nav>{links}</nav>\n<div class='content'>\n{body}\n</div>\n<footer>主办单位：街道办事处</footer>"
    return f"<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{body}\n</body></html>\n".encode(charset)


def _in_html(block: Block) -> str:
    if block.rows:
        first, *others = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
        rows = [first.replace("td>", "th>"), *others]
        return f"<table border='1'>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    tag = {Kind.TITLE: "h1", Kind.HEADING: f"h{block.level + 1}"}.get(block.kind, "p")
    return f"<{tag}>{escape(block.line)}</{tag}>"


def as_mhtml(document: Document) -> bytes:
    """A page saved as one file with a picture, as browsers do."""
    archive = EmailMessage()
    archive["Subject"] = "saved page"
    archive.set_content(as_html(document).decode(), subtype="html", cte="quoted-printable")
    archive.add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<picture>")
    return archive.as_bytes()


# Word

#: (pattern, format) of each level, and whether it counts on through the levels above it.
_GUIDE = (("%1、", "chineseCounting"), ("（%2）", "chineseCounting"), ("%3. ", "decimal"), ("（%4）", "decimal"))
_RULES = (("第%1章 ", "chineseCountingThousand"), ("第%2条 ", "chineseCountingThousand"), ("（%3）", "chineseCounting"))
_ON_AND_ON = '<w:lvlRestart w:val="0"/>'


def as_word(document: Document) -> bytes:
    """A Word file: styles for title and headings, numbers by numbering.xml, notes and boxes where they belong."""
    rules = any(block.number.startswith("第") for block in document)
    levels = [
        word.level(at, pattern, form, f'{_ON_AND_ON if rules and at == 1 else ""}<w:suff w:val="nothing"/>')
        for at, (pattern, form) in enumerate(_RULES if rules else _GUIDE)
    ]
    styles = word.style("t", "Title") + "".join(word.style(f"h{level}", f"heading {level}") for level in range(1, 5))
    notes = [block for block in document if block.kind is Kind.NOTE]
    footnotes = "".join(
        f'<w:footnote w:id="{number}">{word.paragraph(block.text)}</w:footnote>'
        for number, block in enumerate(notes, start=1)
    )
    numbers = iter(range(1, len(notes) + 1))
    body = "".join(_in_word(block, numbers) for block in document)
    return word.word_file(body, styles=styles, numbering=word.numbering(*levels), footnotes=footnotes)


def _in_word(block: Block, notes: Iterator[int]) -> str:
    if block.rows:
        return word.table(*block.rows)
    if block.kind is Kind.NOTE:
        reference = f'<w:r><w:footnoteReference w:id="{next(notes)}"/></w:r>'
        return f"<w:p>{word.run('注')}{reference}</w:p>"
    if block.kind is Kind.BOX:
        return f"<w:p><w:r>{word.box(word.paragraph(block.text))}</w:r></w:p>"
    style = {Kind.TITLE: "t", Kind.HEADING: f"h{block.level}"}.get(block.kind, "")
    if block.number:
        return word.numbered(block.text, block.level - 1, style=style)
    return word.paragraph(block.text, style=style)


# PDF

_TEXT_SIZE, _SIZES = 11, (20, 16, 14, 13)  # of the title and the headings below it


def _style(size: float, indent: float = 0, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{indent}", fontName=SONG, fontSize=size, leading=size * 1.6, firstLineIndent=indent, wordWrap="CJK",
        **more,
    )  # fmt: skip


def as_pdf(document: Document) -> bytes:
    """A printed file: larger headings, indented paragraphs, a running head and page numbers."""
    file = BytesIO()
    head = next((block.text for block in document if block.kind is Kind.TITLE), "文件")
    template = SimpleDocTemplate(file, pagesize=A4, leftMargin=80, rightMargin=80, topMargin=90, bottomMargin=80)
    draw = partial(_running, head=f"{head} 内部资料")
    template.build(list(map(_in_print, document)), onFirstPage=draw, onLaterPages=draw)
    return file.getvalue()


def _running(canvas: Canvas, template: SimpleDocTemplate, head: str) -> None:
    canvas.setFont(SONG, 9)
    canvas.drawString(80, A4[1] - 50, head)
    canvas.drawCentredString(A4[0] / 2, 40, f"- {template.page} -")


def _in_print(block: Block) -> Flowable:
    if block.rows:
        grid = [("FONT", (0, 0), (-1, -1), SONG, 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        return Table([list(row) for row in block.rows], style=grid)
    if block.kind is Kind.TITLE:
        return Paragraph(escape(block.line), _style(_SIZES[0], alignment=1, spaceAfter=14))
    if block.kind is Kind.HEADING:
        size = _SIZES[min(block.level, len(_SIZES) - 1)]
        return Paragraph(escape(block.line), _style(size, spaceBefore=8, spaceAfter=4))
    return Paragraph(escape(block.line), _style(_TEXT_SIZE, 2 * _TEXT_SIZE))


# Tables


def as_csv(rows: Rows, delimiter: str = ",") -> str:
    file = StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


def as_workbook(*sheets: tuple[str, Rows]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()
