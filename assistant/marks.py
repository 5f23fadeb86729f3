"""Where in a text the marks of the numbering grammar open a section.

A mark opens a section when it stands where a heading can begin: at the start of a line, after a closing mark, or glued
to what stands before, if its number is the one that has to come next. A number in running text (2020年第03期, 3.5倍,
落实一、二、四、六决策制度) meets none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.boilerplate import in_order, lies_in, outside, touching
from assistant.numbering import BY_NAME, STYLES, Kind, Style, starts_with_number
from assistant.records import Heading, Span

#: Longest heading, in characters; what is longer is a sentence.
MAX_HEADING = 40
_LINE_HEADING = 30
#: 摘要, 前言 and their like stand among the first marks of an article, glued to the byline.
_LABELS_AT_HEAD = 4
_CLOSERS = "。！？!?；;：:”’」』》)）】]…"
_NUMERALS = "零〇一二两三四五六七八九十百0123456789０１２３４５６７８９"
#: After these a number is named, not given: 见(三), 第(二)项, 一、二.
_REFERS = "、,，第见按照依据和及与或至到在于的读写(（"
#: Marks that are unmistakable even without a closing mark before them.
_STRONG = frozenset({"一、", "(一)", "1、", "(1)", "①"})
_FIRST = re.compile(r"[第(（【\[①-⑳0-9０-９零〇一二两三四五六七八九十百首其再最问Q摘前引导结关]")
_ISOLATED = re.compile(
    rf"(?:\A|(?<=\n)[ \t\u3000]*\r?\n)[ \t\u3000]*(?P<line>[^\r\n。！？!?；;，,、：:]{{2,{_LINE_HEADING}}})"
    r"(?=\r?\n[ \t\u3000]*\r?\n\s*(?P<below>[^\r\n]+))"
)
#: What a format calls a heading and is longer than this, or ends like a sentence, is a paragraph that was made to look
#: like one.
_LONGEST_GIVEN = 60
_SENTENCE_CLOSERS = "。；;！!，,"
_DATE = re.compile(r"[\d二〇零一三四五六七八九十]{2,4}\s*[年.\-/]")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a text: its style, value (0: unnumbered) and place.

    `level` is the one that the format itself gives to the line, whose heading it then is; 0 if it says nothing.
    """

    style: Style
    value: int
    span: Span
    at_line_start: bool
    level: int = 0


@dataclass(slots=True)
class _Accepted:
    """The marks accepted so far, with the last of each style."""

    marks: list[Mark] = field(default_factory=list)
    _last: dict[str, Mark] = field(default_factory=dict)
    _items: dict[str, Mark] = field(default_factory=dict)  # since the last heading: a new one begins new enumerations

    def append(self, mark: Mark) -> None:
        self.marks.append(mark)
        self._last[mark.style.name] = mark
        if mark.style.kind is Kind.ITEM:
            self._items[mark.style.name] = mark
        else:
            self._items.clear()

    def leads_to(self, mark: Mark) -> bool:
        """Whether a mark's number is the one that can stand next: a first, or one more than the last of its style."""
        earlier = (self._items if mark.style.kind is Kind.ITEM else self._last).get(mark.style.name)
        if earlier is None:
            return mark.value == 1
        return mark.value in (0, 1, earlier.value + 1) if earlier.value else mark.value != 1


def marks(text: str, span: Span, holes: Sequence[Span], headings: Sequence[Heading] = ()) -> tuple[Mark, ...]:
    """The marks that open a section inside `span` and outside the holes, in order of place.

    `headings` are those that the format gives. Where it gives some, a line set off by blanks is none.
    """
    near = touching(span, headings, lambda heading: heading.span)
    given = [heading for heading in near if heading.span in span and _is_plausible(text, heading)]
    closed = in_order({*holes, *(heading.span for heading in given)})
    candidates = [(_given(text, heading), "") for heading in given if not lies_in(heading.span, holes)]
    candidates += _candidates(text, span, closed, lines=not headings)
    accepted = _Accepted()
    end = span.start
    for candidate, before in sorted(candidates, key=lambda pair: pair[0].span):
        if candidate.span.start >= end and _opens_section(text, candidate, before, accepted):
            accepted.append(candidate)
            end = candidate.span.end
    return _without_lone_items(accepted.marks)


def _is_plausible(text: str, heading: Heading) -> bool:
    words = heading.span.of(text)[heading.marker :]
    return 0 < len(words) <= _LONGEST_GIVEN and words[-1] not in _SENTENCE_CLOSERS


def _given(text: str, heading: Heading) -> Mark:
    """The mark of a heading that the format gives; its style is that of the number that the line may begin with."""
    start = heading.span.start + heading.marker
    found = _mark_at(text, start, heading.span.end, STYLES, at_line_start=True)
    style, value = (found.style, found.value) if found else (BY_NAME["行"], 0)
    return Mark(style, value, Span(heading.span.start, start), at_line_start=True, level=heading.level)


def _candidates(text: str, span: Span, holes: Sequence[Span], lines: bool) -> list[tuple[Mark, str]]:
    """All places that look like a mark, with the character before each ("" at the start of a line)."""
    found: list[tuple[Mark, str]] = []
    for piece in outside(span, holes):
        for first in _FIRST.finditer(text, piece.start, piece.end):
            before = _before(text, first.start(), piece.start)
            if before and before in _NUMERALS and first[0] in _NUMERALS:
                continue  # the middle of a number, of which a line may be full
            mark = _mark_at(text, first.start(), piece.end, STYLES, at_line_start=not before)
            if mark:
                found.append((mark, before))
        if lines:
            found.extend((mark, "") for mark in _line_headings(text, piece))
    return found


def _mark_at(text: str, start: int, end: int, styles: Sequence[Style], at_line_start: bool) -> Mark | None:
    for style in styles:
        match = style.pattern.match(text, start, end)
        if match and (style.kind is Kind.LABEL or (match.end() < end and text[match.end()] not in "\r\n")):
            number = match["n"]
            return Mark(style, style.value(number) if number else 0, Span(start, match.end()), at_line_start)
    return None


def _before(text: str, at: int, floor: int) -> str:
    """The character before a place, blanks skipped; "" at the start of a line or of the piece."""
    while at > floor and text[at - 1] in " \t\u3000":
        at -= 1
    return "" if at == floor or text[at - 1] in "\r\n" else text[at - 1]


def _opens_section(text: str, mark: Mark, before: str, accepted: _Accepted) -> bool:
    kind = mark.style.kind
    if mark.level:
        return True
    if kind is Kind.LINE or mark.style.line_only:
        return mark.at_line_start
    if kind is Kind.LABEL:
        at_head = len(accepted.marks) < _LABELS_AT_HEAD and before not in _REFERS
        return mark.at_line_start or before in _CLOSERS or at_head
    follows = accepted.leads_to(mark)
    if mark.at_line_start:
        spaced = text[mark.span.end - 1].isspace()
        return kind is Kind.HEADING or follows or (kind is Kind.ARTICLE and spaced)
    if not follows or before in _NUMERALS:
        return False
    if before in _CLOSERS or (kind is Kind.ITEM and before in ",，、"):
        return True
    if before in _REFERS:
        return False
    return _glued(text, mark, accepted.marks)


def _glued(text: str, mark: Mark, accepted: Sequence[Mark]) -> bool:
    """Whether a mark that no closing mark precedes still opens a section: glued to a heading, or next in its list."""
    if not accepted:
        return False
    last = accepted[-1]
    heading = text[last.span.end : min(mark.span.start, last.span.end + MAX_HEADING + 1)]
    in_heading = (
        last.style.kind is Kind.HEADING and len(heading) <= MAX_HEADING and not re.search(r"[。！？!?\n]", heading)
    )
    if mark.value == 1:
        return in_heading and last.style.name != mark.style.name and len(heading) >= 4
    return mark.style.kind is Kind.HEADING and mark.style.name in _STRONG


def _without_lone_items(found: Sequence[Mark]) -> tuple[Mark, ...]:
    """An enumeration of one is a figure of speech: drop a first item that no second follows."""
    kept: list[Mark] = []
    seconds: set[str] = set()
    for mark in reversed(found):
        if mark.style.kind is not Kind.ITEM or mark.level:
            kept.append(mark)
        elif mark.value != 1:
            seconds.add(mark.style.name)
            kept.append(mark)
        elif mark.style.name in seconds:
            seconds.discard(mark.style.name)
            kept.append(mark)
    return tuple(reversed(kept))


def _line_headings(text: str, piece: Span) -> Iterator[Mark]:
    """Short lines without number or closing mark, blank lines around them and a text below: unnumbered headings."""
    for match in _ISOLATED.finditer(text, piece.start, piece.end):
        line, below = match["line"].strip(), match["below"]
        if starts_with_number(line) or not re.search(r"[\u4e00-\u9fffA-Za-z]{2}", line) or _DATE.match(line):
            continue
        if len(below.strip()) > _LINE_HEADING or below.rstrip()[-1:] in _CLOSERS or starts_with_number(below):
            start = match.start("line")
            yield Mark(BY_NAME["行"], 0, Span(start, start), at_line_start=True)
