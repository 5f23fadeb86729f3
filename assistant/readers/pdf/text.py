"""The lines of a PDF → its canonical text, the pages in it, and its title, headings and running lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.readers.pdf.columns import Row, in_columns
from assistant.readers.pdf.lines import Line, merged
from assistant.readers.pdf.paragraphs import SAME_SIZE, Pitches, apart, centred, goes_on, joined, usual_pitches
from assistant.readers.pdf.running import running_lines
from assistant.records import Boilerplate, Extract, Heading, Layout, Span

#: A heading is printed at least this much larger than the text.
_LARGER = 1.15
#: A longer paragraph in large print is an opening or a pull quote, not a heading.
_LONGEST_HEADING = 40
_HEADING_LINES = 2
#: Lines that may stand above the title: of one page the running head can't be told from text, and papers have numbers.
_ABOVE_TITLE = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it is printed: its rows in the order of the file, and its size in points."""

    rows: tuple[Row, ...] = ()
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What stands as one line of the text; `name` is that of a running line, else ""."""

    lines: tuple[Line, ...]
    name: str = ""
    gap: bool = False  # before it


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of a page, its running lines by themselves."""

    lines: list[Line]
    heads: list[_Paragraph] = field(default_factory=list)
    feet: list[_Paragraph] = field(default_factory=list)


def compose(sheets: Sequence[Sheet]) -> Extract:
    """The text of all pages, with their places in it and the layout; without warnings."""
    whole = [[merged(row) for row in sheet.rows] for sheet in sheets]
    running = running_lines(whole, [sheet.height for sheet in sheets])
    pages = []
    for number, (sheet, lines) in enumerate(zip(sheets, whole, strict=True)):
        names = [running.get((number, at)) for at in range(len(lines))]
        # The margins are those of the text: a running line may stand outside them.
        rows = [row for row, name in zip(sheet.rows, names, strict=True) if not name]
        page = _Page(in_columns(rows, sheet.width) if rows else [])
        for line, name in sorted(zip(lines, names, strict=True), key=lambda pair: -pair[0].base):
            if name:
                (page.heads if name.head else page.feet).append(_Paragraph((line,), name.name))
        pages.append(page)
    paragraphs = _paragraphs(pages)
    text, spans, begins = _written(paragraphs, len(sheets))
    return Extract(text, "", _layout(paragraphs, spans), begins)


def _paragraphs(pages: Sequence[_Page]) -> list[_Paragraph]:
    """The text, and behind all of it the running lines, which between two paragraphs would part what is one."""
    body = [line for page in pages for line in page.lines]
    pitches = usual_pitches(body)
    size = _usual_size(body)
    paragraphs: list[_Paragraph] = []
    open_lines: list[Line] = []
    gap = False
    for number, (line, upcoming) in enumerate(zip(body, [*body[1:], None], strict=False)):
        if not open_lines:
            gap = number > 0 and apart(body[number - 1], line, pitches)
        open_lines.append(line)
        title = number == len(paragraphs) <= _ABOVE_TITLE and upcoming and _one_title(line, upcoming, size, pitches)
        if upcoming is None or not (title or goes_on(open_lines, upcoming, pitches)):
            paragraphs.append(_Paragraph(tuple(open_lines), "", gap))
            open_lines = []
    return paragraphs + [running for page in pages for running in (*page.heads, *page.feet)]


def _one_title(line: Line, following: Line, size: float, pitches: Pitches) -> bool:
    """Whether two lines at the head of the file are a title that was broken by hand: both large and in the middle."""
    large = min(line.size, following.size) >= _LARGER * size and _same(line.size, following.size)
    return large and not apart(line, following, pitches) and line.page == following.page and centred(line, following)


def _usual_size(lines: Iterable[Line]) -> float:
    """The size of most characters."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _written(paragraphs: Sequence[_Paragraph], pages: int) -> tuple[str, list[Span], tuple[int, ...]]:
    """The text, the place of each paragraph in it, and where each page begins."""
    pieces: list[str] = []
    spans: list[Span] = []
    begins: dict[int, int] = {}
    at = 0
    for paragraph in paragraphs:
        if pieces:
            pieces.append("\n\n" if paragraph.gap else "\n")
            at += len(pieces[-1])
        start = at
        words = joined(paragraph.lines)
        for line, piece in zip(paragraph.lines, words, strict=False):
            begins.setdefault(line.page, at + len(piece) - len(line.text))
            at += len(piece)
        at += sum(len(piece) for piece in words[len(paragraph.lines) :])
        pieces += words
        spans.append(Span(start, at))
    return "".join(pieces), spans, _ascending(begins, pages, at)


def _ascending(begins: dict[int, int], pages: int, end: int) -> tuple[int, ...]:
    """A page without text begins where the next one does, as does one that holds running lines alone."""
    found: list[int] = []
    for page in reversed(range(pages)):
        end = min(end, begins.get(page, end))
        found.append(end)
    return tuple(reversed(found))


def _layout(paragraphs: Sequence[_Paragraph], spans: Sequence[Span]) -> Layout:
    content = [(paragraph, span) for paragraph, span in zip(paragraphs, spans, strict=True) if not paragraph.name]
    usual = _usual_size(line for paragraph, _ in content for line in paragraph.lines)
    found = [(paragraph, span) for paragraph, span in content if _is_heading(paragraph, len(span), usual)]
    title = None
    if found and _stands_out(found[0][0], [paragraph for paragraph, _ in content]):
        title = found.pop(0)[1]
    sizes = _ranks(_size(paragraph) for paragraph, _ in found)
    running = [Boilerplate(each.name, span) for each, span in zip(paragraphs, spans, strict=True) if each.name]
    headings = tuple(Heading(span, sizes[_size(paragraph)]) for paragraph, span in found)
    return Layout(title=title, headings=headings, boilerplate=tuple(running))


def _is_heading(paragraph: _Paragraph, length: int, usual: float) -> bool:
    short = len(paragraph.lines) <= _HEADING_LINES and length <= _LONGEST_HEADING
    return short and not paragraph.lines[-1].closed and _size(paragraph) >= _LARGER * usual


def _stands_out(first: _Paragraph, paragraphs: Sequence[_Paragraph]) -> bool:
    """Whether a heading is larger than all else, and nothing but single lines above it."""
    above = paragraphs[: paragraphs.index(first)]
    others = (each for each in paragraphs if each is not first)
    return (
        len(above) <= _ABOVE_TITLE
        and all(len(each.lines) == 1 for each in above)
        and all(_size(each) < _size(first) * (1 - SAME_SIZE) for each in others)
    )


def _size(paragraph: _Paragraph) -> float:
    return max(line.size for line in paragraph.lines)


def _ranks(sizes: Iterable[float]) -> dict[float, int]:
    """The level of each size, the largest first; sizes that are nearly the same share one."""
    levels: dict[float, int] = {}
    level, largest = 0, 0.0
    for size in sorted(set(sizes), reverse=True):
        if not _same(size, largest):
            level, largest = level + 1, size
        levels[size] = level
    return levels


def _same(size: float, other: float) -> bool:
    return abs(size - other) <= SAME_SIZE * max(size, other)
