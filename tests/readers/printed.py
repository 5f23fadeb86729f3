"""Small PDF files for tests, printed by reportlab: text at given places, or text broken into lines and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SONG = "STSong-Light"  # Chinese without a font file
VERA = "Vera"  # embedded by reportlab, with a table of its own from glyphs to characters
WIDTH, HEIGHT = 360, 560
LEFT, TOP, SIZE, PITCH = 60, 500, 12, 20
#: Characters of a line and lines of a page.
LINE, LINES = 20, 22

pdfmetrics.registerFont(UnicodeCIDFont(SONG))
pdfmetrics.registerFont(TTFont(VERA, "Vera.ttf"))


@dataclass(frozen=True)
class Put:
    """A line of text at a place; `turned` are degrees."""

    text: str
    x: float = LEFT
    y: float = TOP
    size: float = SIZE
    font: str = SONG
    turned: int = 0
    spacing: float = 0


def printed(*pages: Sequence[Put], rotate: int = 0, **options: Any) -> bytes:
    """A file with these pages; `rotate` is that of the sheets, the options are those of reportlab's `Canvas`."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1, **options)
    for page in pages:
        canvas.setPageRotation(rotate)
        for put in page:
            canvas.saveState()
            canvas.translate(put.x, put.y)
            canvas.rotate(put.turned)
            canvas.setFont(put.font, put.size)
            canvas.drawString(0, 0, put.text, charSpace=put.spacing)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def below(*lines: str, x: float = LEFT, y: float = TOP, pitch: float = PITCH, size: float = SIZE) -> list[Put]:
    """Lines one below the other; a leading blank as wide as a character is an indent."""
    puts = []
    for row, line in enumerate(lines):
        words = line.lstrip("\u3000")
        puts.append(Put(words, x + size * (len(line) - len(words)), y - row * pitch, size))
    return puts


def flowed(*paragraphs: str, indent: int = 2, gap: float = 0) -> list[list[Put]]:
    """Paragraphs broken into lines of 20 characters and pages of 22 lines, with an indent and a gap between them."""
    pages: list[list[Put]] = [[]]
    y = float(TOP)
    for paragraph in paragraphs:
        words = "\u3000" * indent + paragraph
        for at in range(0, len(words), LINE):
            if y <= TOP - LINES * PITCH:
                pages.append([])
                y = TOP
            pages[-1] += below(words[at : at + LINE], y=y)
            y -= PITCH
        y -= gap
    return pages


def mapped(text: str, codes: dict[str, str]) -> bytes:
    """A file whose font says of some of its ASCII letters that they are other characters, given as four hex digits."""
    content = printed([Put(text, font=VERA)], pageCompression=0)
    for letter, code in codes.items():
        content = content.replace(
            b"<%02X> <%04X>" % (ord(letter), ord(letter)), b"<%02X> <%s>" % (ord(letter), code.encode())
        )
    return content
