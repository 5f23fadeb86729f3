"""How far an excerpt reaches: whole sentences, with the heading and the neighbours that there is room for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.index import Index
from assistant.numbering import BY_NAME
from assistant.records import Document, Passage, Section, Span
from assistant.text import sentences, trimmed

#: A heading longer than this is not repeated before its text.
_HEADING = 60
#: What can't be understood without the sentence before.
_POINTS_BACK = re.compile(
    r"这(?!里|次)|其(?!他|它|中|次|实|余)|该|此|他们|它们|它|因此|所以|因而|否则|但|然而|不过|而且|并且|同时|另外|反之|相反|也就是说|换句话说|于是"
)


def grown(index: Index, passage: Passage, limit: int, taken: Iterable[Span]) -> Span:
    """A passage with those neighbours in its section that fit `limit` and are not taken yet."""
    span, number, taken = passage.span, index.number(passage), tuple(taken)
    for step in (1, -1):
        neighbour = number + step
        while 0 <= neighbour < len(index):
            other = index.passages[neighbour]
            joined = _joined(span, passage, other)
            if joined is None or len(joined) > limit or any(other.span in each for each in taken):
                break
            span, neighbour = joined, neighbour + step
    return span


def _joined(span: Span, passage: Passage, neighbour: Passage) -> Span | None:
    """`span` grown by a neighbouring passage, if only blanks stand between and both are of one section or one list."""
    if neighbour.document.id != passage.document.id or not _belongs(neighbour.section, passage.section):
        return None
    before, after = sorted((span, neighbour.span))
    if passage.document.source.text[before.end : after.start].strip():
        return None
    return Span(before.start, after.end)


def _belongs(section: Section, home: Section) -> bool:
    """Whether a section is inside another, or beside it in a list of sentences (一是…; 二是…), or leads into that list.

    The articles of a regulation are sentences too, but each stands for itself.
    """
    if section.span in home.span:
        return True
    if not _is_sentence_item(home):
        return False
    return section == home.parent or (_is_sentence_item(section) and section.parent == home.parent)


def _is_sentence_item(section: Section) -> bool:
    return bool(section.number) and not len(section.heading) and not BY_NAME["条"].pattern.match(section.number)


def with_antecedent(index: Index, passage: Passage, span: Span, budget: int, taken: Iterable[Span]) -> Span:
    """`span`, from the sentence before it on if it begins with a word that points back there, and there is room and
    that sentence isn't taken yet."""
    text, number = passage.document.source.text, index.number(passage)
    while number and index.passages[number].span.start > span.start:
        number -= 1
    before = index.passages[number - 1] if number else None
    if before is None or not _POINTS_BACK.match(text, span.start) or _joined(span, passage, before) is None:
        return span
    last = sentences(text, before.span)[-1]
    free = not any(last.start < each.end and each.start < span.start for each in taken)
    return Span(last.start, span.end) if free and span.end - last.start <= budget else span


def with_heading(text: str, heading: Span, span: Span, budget: int) -> Span:
    """`span` from its section's heading on, if the heading stands right before it and there is room."""
    near = 0 < len(heading) <= _HEADING and heading.end <= span.start and not text[heading.end : span.start].strip()
    return Span(heading.start, span.end) if near and span.end - heading.start <= budget else span


def fitting(text: str, span: Span, budget: int) -> Span:
    """The whole sentences at the head of `span` that fit; of one that doesn't, as much as does."""
    if len(span) <= budget:
        return span
    end = span.start
    for sentence in sentences(text, span):
        if sentence.end - span.start > budget:
            break
        end = sentence.end
    return Span(span.start, end if end > span.start else span.start + budget)


def whole(
    document: Document, section: Section, outline: Sequence[Section], passages: Iterable[Passage], budget: int
) -> tuple[Span, ...]:
    """A section's headings and text without boilerplate, in order, as far as they fit."""
    text = document.source.text
    pieces = [each.heading for each in outline if len(each.heading) and each.heading in section.span]
    for passage in passages:
        start, end = max(passage.span.start, section.span.start), min(passage.span.end, section.span.end)
        if passage.document.id == document.id and start < end:
            pieces.append(trimmed(text, Span(start, end)))
    spans: list[Span] = []
    for piece in sorted(filter(len, pieces)):
        if spans and not text[spans[-1].end : piece.start].strip():
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, piece.end))
        else:
            spans.append(piece)
    shown: list[Span] = []
    for span in spans:
        left = budget - sum(map(len, shown))
        if left <= 0:
            break
        shown.append(fitting(text, span, left))
    return tuple(shown)
