"""Tables: a CSV file is its own text, a workbook is written out sheet by sheet."""

from __future__ import annotations

import csv
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

from assistant.errors import UnreadableFile
from assistant.readers.cell_values import shown
from assistant.readers.columns import name_columns
from assistant.readers.package import BROKEN, damaged, open_package
from assistant.readers.plain import decode, refuse_longer
from assistant.records import Boilerplate, Extract, Heading, Layout, Span, Table
from assistant.settings import Limits
from assistant.text import trimmed

_DELIMITERS = ",;\t|"
#: As many records show what separates the columns.
_SAMPLE = 50
#: Prose has commas too; a table has as many in nearly every line.
_CONSISTENT = 0.6
#: No cell of a table runs over so many lines: it is a quotation mark that nobody closed.
_RECORD_LINES = 200
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_AS_LINES = "有的单元格引号不成对或者太长，已按普通的行收录，请用 Excel 或 WPS 打开核对，另存为 xlsx 再收录一次。"

#: What a record holds around its only cell: the delimiters of empty ones, and quotation marks.
_EMPTY_CELLS = "空单元格"
#: A longer line above a table is a remark.
_TITLE_CHARACTERS = 50

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
#: What openpyxl lets through on parts that are no XML, or another XML than they should be.
_BROKEN = (*BROKEN, TypeError, AttributeError, NameError, ArithmeticError, AssertionError, StopIteration)


def read_csv(content: bytes, name: str, limits: Limits) -> Extract:
    """A CSV file as it is, each record a row."""
    text, encoding = decode(content, name)
    refuse_longer(text, name, limits)
    header, found = False, _lines(text)
    above: list[tuple[Span, Span]] = []
    notes: tuple[str, ...] = ()
    delimiter = _delimiter(text)
    if delimiter:
        try:
            records = list(_records(text, delimiter))
        except csv.Error:
            notes = (_AS_LINES,)
        else:
            first = _first_row(records)
            header = len(records) - first > 1 and name_columns(records[first][1])
            above = [(span, _only_cell(text, span, cells)) for span, cells in records[: first * header]]
            found = [span for span, _ in records[first * header :]]
    table = Table(Span(found[0].start, found[-1].end), found[0] if header else None, tuple(found[header:]))
    title = above[0][1] if above and len(above[0][1]) <= _TITLE_CHARACTERS else None
    layout = Layout(
        title=title,
        headings=(Heading(title, 1),) if title else (),
        tables=(table,),
        boilerplate=tuple(piece for span, cell in above for piece in _around(text, span, cell)),
    )
    return Extract(text, encoding, layout, warnings=notes, plain=True)


def _first_row(records: Sequence[tuple[Span, list[str]]]) -> int:
    """The number of the first record with more than one cell; those before it are what stands above the table."""
    return next((at for at, (_, cells) in enumerate(records) if sum(map(bool, map(str.strip, cells))) > 1), 0)


def _only_cell(text: str, record: Span, cells: Sequence[str]) -> Span:
    """The place of the one cell that a record holds; the whole record where quotation marks in it are doubled."""
    words = next(cell.strip() for cell in cells if cell.strip())
    at = text.find(words, record.start, record.end)
    return Span(at, at + len(words)) if at >= 0 else record


def _around(text: str, record: Span, cell: Span) -> Iterator[Boilerplate]:
    for span in (Span(record.start, cell.start), Span(cell.end, record.end)):
        if piece := trimmed(text, span):
            yield Boilerplate(_EMPTY_CELLS, piece)


def _lines(text: str) -> list[Span]:
    spans = (trimmed(text, Span(*line.span())) for line in _LINE.finditer(text))
    return [span for span in spans if span]


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the most even columns; "" if none makes columns."""
    evenness = {delimiter: _evenness(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: evenness[delimiter])
    return best if evenness[best][0] >= _CONSISTENT else ""


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """(share of the records with the usual number of columns, that number); (0, 0) for a single column."""
    widths: Counter[int] = Counter()
    try:
        for _, cells in islice(_records(text, delimiter), _SAMPLE):
            widths[len(cells)] += 1
    except csv.Error:
        # The records before the one that breaks the rules show the columns, too.
        pass
    usual, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return (count / widths.total(), usual) if usual > 1 else (0.0, 0)


def _records(text: str, delimiter: str) -> Iterator[tuple[Span, list[str]]]:
    """The non-blank records with their places; `csv.Error` where a quotation mark swallows what follows."""
    at = lines = 0

    def feed() -> Iterator[str]:
        nonlocal at, lines
        for line in _LINE.finditer(text):
            at, lines = line.end(), lines + 1
            if lines > _RECORD_LINES:
                raise csv.Error("a record without an end")
            yield line[0]

    start = 0
    for cells in csv.reader(feed(), delimiter=delimiter):
        if at == len(text) and lines > 1 and text.count('"', start) % 2:
            raise csv.Error("a quotation mark without its pair")
        span = trimmed(text, Span(start, at))
        start, lines = at, 0
        if span:
            yield span, cells


def read_xlsx(content: bytes, name: str, limits: Limits) -> Extract:
    """A workbook, sheet by sheet, with the values as people see them."""
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    try:
        package = open_package(content, name, "xl/workbook.xml", limits)
        sheet_parts = (part for part in package.namelist() if part.startswith("xl/worksheets/"))
        formulas = any(_FORMULA.search(package.read(part)) for part in sheet_parts)
        with warnings.catch_warnings():
            # What openpyxl leaves out (validations, pictures) is no text.
            warnings.simplefilter("ignore")
            sheets, unsaved = _sheets(content, name, limits, formulas)
    except (*_BROKEN, CellCoordinatesException, InvalidFileException) as error:
        raise damaged(name) from error
    if not sheets:
        raise UnreadableFile(f"文件“{name}”里没有文字，请确认是不是选错了文件；图片里的文字请另存为 txt 再收录。")
    written = _Written()
    for title, rows in sheets:
        written.sheet(title if len(sheets) > 1 else "", rows)
    text = refuse_longer("\n".join(written.lines), name, limits)
    layout = Layout(headings=tuple(written.headings), tables=tuple(written.tables), titled=len(sheets) == 1)
    notes = (f"有 {unsaved} 个公式没有保存结果，请用 Excel 或 WPS 打开保存一次再收录。",) if unsaved else ()
    return Extract(text, layout=layout, warnings=notes)


@dataclass(slots=True)
class _Written:
    """The lines of a workbook so far, and the places in them."""

    lines: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def sheet(self, title: str, rows: list[list[str]]) -> None:
        """The sheet's name, if it is given, the lines that stand above its table, and the table."""
        if title:
            self.headings.append(Heading(self._line(title), 1))
        first = next((at for at, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
        for row in rows[:first]:
            self._line("\t".join(row))
        places = [self._line("\t".join(row)) for row in rows[first:]]
        left = min(next(at for at, cell in enumerate(row) if cell) for row in rows[first:])
        named = len(places) > 1 and name_columns(rows[first][left:])
        table = Span(places[0].start, places[-1].end)
        self.tables.append(Table(table, places[0] if named else None, tuple(places[named:])))

    def _line(self, line: str) -> Span:
        start = self.length + len(line) - len(line.lstrip())
        self.lines.append(line)
        self.length += len(line) + 1
        return Span(start, self.length - 1)


def _sheets(content: bytes, name: str, limits: Limits, formulas: bool) -> tuple[list[tuple[str, list[list[str]]]], int]:
    """(the sheets that have cells: name and rows, how many formulas have no stored result)."""
    from openpyxl import load_workbook

    values = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets: list[tuple[str, list[list[str]]]] = []
    unsaved = length = 0
    for sheet in values.worksheets:
        rows: list[list[str]] = []
        for cells in _cells(sheet):
            row = _row(cells)
            length += sum(map(len, row)) + len(row)
            if length > limits.characters:
                refuse_longer(" " * length, name, limits)
            if row:
                rows.append(row)
        if rows:
            sheets.append((" ".join(sheet.title.split()), rows))
    if formulas:
        written = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        for with_values, with_formulas in zip(values.worksheets, written.worksheets, strict=True):
            unsaved += _unsaved(with_values, with_formulas)
    return sheets, unsaved


def _cells(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a sheet, without the empty cells it is filled up with.

    What a sheet says of its own size may be a million empty rows; without it only rows that are there are gone over.
    """
    from openpyxl.cell.read_only import EMPTY_CELL

    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        if row:
            yield [cell for cell in row if cell is not EMPTY_CELL]


def _row(cells: Sequence[Any]) -> list[str]:
    """The texts of a row's cells up to the last that has one."""
    row: list[str] = []
    for cell in cells:
        words = "" if cell.value is None else shown(cell.value, cell.number_format)
        if words:
            row += [""] * (cell.column - 1 - len(row))
            row.append(words)
    return row


def _unsaved(values: Any, formulas: Any) -> int:
    """How many formulas of a sheet have no stored result; a result that is an empty text has the type of a text."""
    return sum(
        formula.data_type == "f" and value.value is None and value.data_type == "n"
        for with_values, with_formulas in zip(_cells(values), _cells(formulas), strict=True)
        for value, formula in zip(with_values, with_formulas, strict=True)
    )
