"""Sections → passages: whole sentences of one section, grown to a length that one vector can hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from assistant.boilerplate import in_order, outside, touching
from assistant.outline import holes_of
from assistant.records import Boilerplate, Document, Layout, Passage, Section, Span
from assistant.settings import IndexSettings
from assistant.text import sentences


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence and the innermost section that holds it."""

    span: Span
    section: Section


def cut(
    document: Document,
    sections: Sequence[Section],
    boilerplate: Sequence[Boilerplate],
    settings: IndexSettings,
    layout: Layout = Layout(),
) -> tuple[Passage, ...]:
    """The passages of a document in order of place; they hold all of its text but headings and boilerplate.

    A passage never reaches across a heading, nor out of a row of a table or a piece that stands apart. The items of a
    list have no heading: short ones share a passage with their lead sentence and with each other, which then belongs to
    the section around the list.
    """
    passages = []
    for piece in _pieces(document, sections, boilerplate, layout):
        for units in _grown(piece, settings):
            span = Span(units[0].span.start, units[-1].span.end)
            passages.append(Passage(_identity(document, span), document, _around(units), span))
    return tuple(passages)


def _pieces(
    document: Document, sections: Sequence[Section], boilerplate: Sequence[Boilerplate], layout: Layout
) -> Iterator[list[_Unit]]:
    """Runs of sentences that may share a passage: no heading, no boilerplate, no other section's text between them."""
    headings = (section.heading for section in sections if section.heading)
    holes = in_order([*holes_of(document, boilerplate), *headings])
    tables = touching(document.span, layout.tables, lambda table: table.span)
    apart = touching(document.span, layout.apart, lambda span: span)
    alone = [*apart, *(row for table in tables for row in (*table.rows, table.span))]
    edges = sorted({edge for span in alone for edge in (span.start, span.end)})
    run: list[_Unit] = []
    last_end = document.span.start
    for span, section in _innermost(sections, edges):
        for piece in outside(span, holes):
            if run and not (_joins(run[-1].section, section) and last_end == piece.start and not _among(edges, piece)):
                yield run
                run = []
            run.extend(_Unit(span, section) for span in sentences(document.source.text, piece))
            last_end = piece.end
    if run:
        yield run


def _among(edges: Sequence[int], piece: Span) -> bool:
    at = bisect_left(edges, piece.start)
    return at < len(edges) and edges[at] == piece.start


def _innermost(sections: Sequence[Section], edges: Sequence[int]) -> Iterator[tuple[Span, Section]]:
    """The document from edge to edge, each piece with the innermost section that holds it; sections end where they
    begin and end, and at `edges`."""
    root = sections[0]
    starts = [section.span.start for section in sections]
    cuts = sorted({*starts, *(section.span.end for section in sections), *edges})
    for start, end in pairwise(cut for cut in cuts if root.span.start <= cut <= root.span.end):
        section = sections[bisect_right(starts, start) - 1]
        while end > section.span.end and section.parent:
            section = section.parent
        yield Span(start, end), section


def _joins(one: Section, other: Section) -> bool:
    """Whether text of two neighbouring sections may share a passage: the same one, or a list and its items."""
    if one is other:
        return True
    if not _is_item(other):
        return False
    return other.parent is one or (_is_item(one) and other.parent is one.parent)


def _is_item(section: Section) -> bool:
    """An item of a list has a number but no heading. The articles of a regulation (第十二条) are cited one by one."""
    return section.level > 0 and not len(section.heading) and not section.number.startswith("第")


def _around(units: Sequence[_Unit]) -> Section:
    """The innermost section that holds all of the units."""
    around = units[0].section
    for unit in units:
        while unit.section.span not in around.span and around.parent:
            around = around.parent
    return around


def _grown(units: Sequence[_Unit], settings: IndexSettings) -> Iterator[list[_Unit]]:
    """Sentences joined until the target length is reached, and never beyond the limit.

    The blanks between them don't count: one format indents paragraphs, another divides them by empty lines.
    """
    current: list[_Unit] = []
    length = 0
    for unit in units:
        far = bool(current) and unit.span.end - current[0].span.start > 2 * settings.passage_limit
        full = length >= settings.passage_target or length + len(unit.span) > settings.passage_limit
        if current and (full or far):
            yield current
            current, length = [], 0
        current.append(unit)
        length += len(unit.span)
    if current:
        yield current


def _identity(document: Document, span: Span) -> str:
    return sha256(f"{document.id}:{span.start}:{span.end}".encode()).hexdigest()[:16]
