"""Sections → passages: whole sentences of one section, grown to a length that one vector can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from assistant.boilerplate import outside
from assistant.outline import holes_of
from assistant.records import Boilerplate, Document, Passage, Section, Span
from assistant.settings import IndexSettings
from assistant.text import sentences


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence and the innermost section that holds it."""

    span: Span
    section: Section


def cut(
    document: Document, sections: Sequence[Section], boilerplate: Sequence[Boilerplate], settings: IndexSettings
) -> tuple[Passage, ...]:
    """The passages of a document in order of place; they hold all of its text but headings and boilerplate.

    A passage never reaches across a heading. The items of a list have none: short ones share a passage with their lead
    sentence and with each other, which then belongs to the section around the list.
    """
    passages = []
    for piece in _pieces(document, sections, boilerplate):
        for units in _grown(piece, settings):
            span = Span(units[0].span.start, units[-1].span.end)
            passages.append(Passage(_identity(document, span), document, _around(units), span))
    return tuple(passages)


def _pieces(
    document: Document, sections: Sequence[Section], boilerplate: Sequence[Boilerplate]
) -> Iterator[list[_Unit]]:
    """Runs of sentences that may share a passage: no heading, no boilerplate, no other section's text between them."""
    headings = (section.heading for section in sections if section.heading)
    holes = sorted([*holes_of(document, boilerplate), *headings])
    run: list[_Unit] = []
    last_end = document.span.start
    for number, section in enumerate(sections):
        # The text of a section stands before its first subsection, which is the next section in order of place.
        end = sections[number + 1].span.start if number + 1 < len(sections) else document.span.end
        for piece in outside(Span(section.span.start, end), holes):
            if run and not (_joins(run[-1].section, section) and last_end == piece.start):
                yield run
                run = []
            run.extend(_Unit(span, section) for span in sentences(document.source.text, piece))
            last_end = piece.end
    if run:
        yield run


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
    """Sentences joined until the target length is reached, and never beyond the limit."""
    current: list[_Unit] = []
    for unit in units:
        if current:
            start = current[0].span.start
            full = current[-1].span.end - start >= settings.passage_target
            if full or unit.span.end - start > settings.passage_limit:
                yield current
                current = []
        current.append(unit)
    if current:
        yield current


def _identity(document: Document, span: Span) -> str:
    return sha256(f"{document.id}:{span.start}:{span.end}".encode()).hexdigest()[:16]
