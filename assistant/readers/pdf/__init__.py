"""PDF files by pdfium: the characters and where they are printed → lines; `pdf_text` makes the text of them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.errors import UnreadableFile
from assistant.readers.pdf.glyphs import HYPHEN, LINE_END, Frame, Glyph, rows_of
from assistant.readers.pdf.text import Sheet, compose
from assistant.records import Extract
from assistant.settings import Limits

if TYPE_CHECKING:
    import pypdfium2

#: pdfium keeps global state and must not be entered by two threads.
_PDFIUM = Lock()
#: More characters than this share without a meaning, and what is left is no text that could be quoted.
_UNMAPPED = 0.3
#: What earlier versions of pdfium give for a hyphen at the end of a line; the present one gives `HYPHEN` itself.
_OLD_HYPHEN = "\ufffe"
_LINE_ENDS = "\r\n\x0b\x0c\u2028\u2029"
_GENERATED = " \r\n"
_LAST_CODE = 0x10FFFF
#: Categories of Unicode: controls and surrogates are no text; private and unassigned places have no agreed meaning.
_NO_TEXT = ("Cc", "Cs")
_NO_MEANING = ("Cc", "Cs", "Co", "Cn")
_OCR = "请先做文字识别（OCR）再收录"


@dataclass(slots=True)
class _Counts:
    """What was met on all pages: characters that are no blanks, those without a meaning, pages without text."""

    characters: int = 0
    unmapped: int = 0
    blank: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    def count(self, character: str, unmapped: bool) -> str:
        """Count one character; "" for one that may not stand in a text."""
        category = unicodedata.category(character)
        if character == "\t" or (character.isspace() and category not in _NO_TEXT):
            return character
        self.characters += 1
        self.unmapped += unmapped or character == "\ufffd" or category in _NO_MEANING
        return "" if category in _NO_TEXT else character


def read_pdf(content: bytes, name: str, limits: Limits) -> Extract:
    """The text of a PDF file, its paragraphs put together again from the lines they were broken into."""
    counts = _Counts()
    with _PDFIUM:
        sheets = _sheets(content, name, limits, counts)
    if counts.characters and counts.unmapped > _UNMAPPED * counts.characters:
        raise UnreadableFile(f"文件“{name}”里的字体没有文字编码，读出来是乱码，{_OCR}。")
    if not any(sheet.rows for sheet in sheets):
        raise UnreadableFile(f"文件“{name}”的各页都没有文字，可能是扫描件，{_OCR}。")
    extract = compose(sheets)
    if len(extract.text) > limits.characters:
        raise _too_long(name, limits)
    return replace(extract, warnings=tuple(_warnings(counts)))


def _warnings(counts: _Counts) -> Iterator[str]:
    if counts.blank:
        yield f"第 {_numbers(counts.blank)} 页没有文字，可能是扫描件，这些页没有收录，{_OCR}。"
    if counts.broken:
        yield f"第 {_numbers(counts.broken)} 页已损坏，读不出来，这些页没有收录，请重新取得这个文件再试。"
    if counts.unmapped:
        yield f"有 {counts.unmapped} 个字符读不出是什么字，引用前请对照原文件。"


def _numbers(pages: list[int]) -> str:
    """Page numbers from 1, runs of three and more as first–last: 3、5–7."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return "、".join(
        f"{run[0] + 1}–{run[-1] + 1}" if len(run) > 2 else "、".join(str(page + 1) for page in run) for run in runs
    )


def _sheets(content: bytes, name: str, limits: Limits, counts: _Counts) -> list[Sheet]:
    """All pages; `UnreadableFile` for a file that is damaged, locked or too long."""
    with closing(_opened(content, name)) as document:
        pages = len(document)
        if not pages:
            raise _damaged(name)
        if pages > limits.pages:
            raise UnreadableFile(f"文件“{name}”有 {pages} 页，超过了 {limits.pages} 页的上限，请拆成几个文件再收录。")
        sheets = []
        for page in range(pages):
            sheets.append(_sheet(document, page, counts, limits.characters - counts.characters))
            if counts.characters > limits.characters:
                raise _too_long(name, limits)
        if len(counts.broken) == pages:
            raise _damaged(name)
    return sheets


def _opened(content: bytes, name: str) -> pypdfium2.PdfDocument:
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise UnreadableFile(f"文件“{name}”设有打开密码，请去掉密码后再试。") from error
        raise _damaged(name) from error


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"文件“{name}”已损坏、不完整或不是 PDF，请重新取得这个文件，或用 PDF 软件打开后另存一份再试。"
    )


def _too_long(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(f"文件“{name}”超过了 {limits.characters / 1e4:g} 万字的上限，请拆成几个文件再收录。")


def _sheet(document: pypdfium2.PdfDocument, number: int, counts: _Counts, most: int) -> Sheet:
    """One page; of one that holds more than `most` characters, no more than the first too many."""
    import pypdfium2

    try:
        with closing(document[number]) as page, closing(page.get_textpage()) as text:
            frame = Frame.of(page.get_bbox())
            rows = tuple(rows_of(_glyphs(text, frame, counts, most), number))
    except pypdfium2.PdfiumError:
        counts.broken.append(number)
        return Sheet()
    if not rows:
        counts.blank.append(number)
        return Sheet()
    turn = Counter(row[0].turn for row in rows).most_common(1)[0][0]
    return Sheet(rows, *frame.size(turn))


def _glyphs(text: pypdfium2.PdfTextPage, frame: Frame, counts: _Counts, most: int) -> Iterator[Glyph]:
    """The characters of a page in the order of the file; "\n" stands for an end of line."""
    from pypdfium2 import raw

    page, box, matrix = text.raw, raw.FS_RECTF(), raw.FS_MATRIX()
    last = counts.characters + most
    for at, character, generated in _characters(page):
        if character in _LINE_ENDS:
            yield LINE_END
            continue
        if character == _OLD_HYPHEN or (character == HYPHEN and raw.FPDFText_IsHyphen(page, at) == 1):
            character = HYPHEN
        elif not generated:
            character = counts.count(character, raw.FPDFText_HasUnicodeMapError(page, at) == 1)
        if not character:
            continue
        raw.FPDFText_GetLooseCharBox(page, at, box)
        raw.FPDFText_GetMatrix(page, at, matrix)
        yield frame.glyph(character, box, matrix, raw.FPDFText_GetFontSize(page, at), generated)
        if counts.characters > last:
            return


def _characters(page: Any) -> Iterator[tuple[int, str, bool]]:
    """Place and value of each character, and whether pdfium made it up; the two halves of a surrogate pair are one."""
    from pypdfium2 import raw

    high = ""
    for at in range(raw.FPDFText_CountChars(page)):
        code = raw.FPDFText_GetUnicode(page, at)
        character = chr(code) if code <= _LAST_CODE else "\ufffd"
        if high and "\udc00" <= character <= "\udfff":
            yield at, (high + character).encode("utf-16", "surrogatepass").decode("utf-16"), False
            high = ""
            continue
        if high:
            yield at - 1, high, False
        high = character if "\ud800" <= character <= "\udbff" else ""
        if not high:
            yield at, character, character in _GENERATED and raw.FPDFText_IsGenerated(page, at) == 1
    if high:
        yield at, high, False
