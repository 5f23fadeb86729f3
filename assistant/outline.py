"""Marks → section tree: how far each heading reaches, what each section spans, and the tables in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.articles import bare_title
from assistant.boilerplate import in_order, touching
from assistant.marks import MAX_HEADING, Mark, marks
from assistant.nesting import depths_of, siblings
from assistant.numbering import Kind, split_number
from assistant.records import Boilerplate, Document, Layout, Section, Span, Table
from assistant.text import columns, trimmed

_SENTENCE_END = re.compile(r"[。！？!?]|\.(?=\s)|[\r\n]|$")
_COLON = re.compile(r"[:：](?!(?<=\d.)\d)|[ \u3000]{1,}(?=\S{12})")  # and not that of a time: 8:30
#: Up to this length a piece before a colon or blank is a title (1、学习制度:每月…).
_SHORT_TITLE = 20
#: Words that open a sentence, by which a title glued to its text can be told from it (…的素质要求所谓素质就是…).
_OPENERS = re.compile(
    r"在[^,，。在]{2,12}(?:下|中|上|里|时|过程中)[,，]|作为[^,，。]{2,20}[,，]|所谓|随着|当前[,，]|目前[,，]|近年来|"
    r"首先[,，]|为了|由于|众所周知|通过(?:学习|开展|对)|面对|根据(?:上级|中央|有关)|按照(?:上级|中央|有关)"
)
#: A title's own subject again is the subject of the sentence glued to it (…的首要条件党支部书记首先要…), with the
#: attributes it may have, unless a word before it makes it an object.
_SUBJECT_AGAIN = re.compile(
    r"(?=(?P<subject>[\u4e00-\u9fff]{5}).*?(?P<again>(?:(?:[\u4e00-\u9fff]{2}的)?(?:基层|全体|广大|各级))?(?P=subject)))"
)
_OBJECT_OF = re.compile(
    r"(?:[的和与及、对是为在以由向把被让使给到从用了]|[做当作]好|作为|一名|成为|加强|提高|落实|履行)$"
)
_BLANK_BELOW = re.compile(r"[ \t\u3000]*\r?\n[ \t\u3000]*\r?\n")
_WORD = re.compile(r"\S")
#: No more than this stands below a list to close it (以上规定自发布之日起执行。); more is the text of its last heading.
_CLOSING_REMARK = 60
#: A line of so many characters that nothing follows is a rule of its own, and no name of a text that is missing.
_LEAST_SAID = 10
#: A line that ends so is the first of a sentence.
_GOES_ON = "，,、"
_MIN_TITLE = 4
#: The columns of a wider table are no name for its rows.
_LONGEST_HEADER = 200
#: A clause of a sentence that serves as the name of a section that has no title of its own.
_NAME_LENGTH = 20


@dataclass(frozen=True, slots=True)
class _Heading:
    """A mark with its title: `title` is what names the section, `span` what belongs to no passage."""

    mark: Mark
    title: Span
    span: Span


def outline(document: Document, boilerplate: Sequence[Boilerplate], layout: Layout = Layout()) -> tuple[Section, ...]:
    """The sections of a document in order of place, the root first; one without numbering is only the root."""
    text = document.source.text
    holes = holes_of(document, boilerplate)
    tables = touching(document.span, layout.tables, lambda table: table.span)
    apart = [*(table.span for table in tables), *touching(document.span, layout.apart, lambda span: span)]
    found = marks(text, document.span, in_order({*holes, *apart}), layout.headings)
    ends = [*(mark.span.start for mark in found[1:]), document.span.end]
    known = bare_title(document.title)
    headings = [
        # Without any mark there is one end too many.
        _heading(text, mark, _limit(mark, end, holes), known)
        for mark, end in zip(found, ends, strict=False)
    ]
    root = Section("", document.title, 0, Span(document.span.start, document.span.start), document.span)
    depths = depths_of([heading.mark for heading in headings])
    starts = [table.span.start for table in tables]
    headings = _keep_lists_as_text(text, headings, depths, document.span.end, holes, starts)
    return _with_tables(text, _tree(text, root, headings, depths), tables)


def holes_of(document: Document, boilerplate: Sequence[Boilerplate]) -> tuple[Span, ...]:
    """The places inside a document that are no body: its titles and the boilerplate, in order."""
    noise = (piece.span for piece in touching(document.span, boilerplate, lambda piece: piece.span))
    return tuple(in_order([*(title for title in document.headings if title in document.span), *noise]))


def _limit(mark: Mark, end: int, holes: Sequence[Span]) -> int:
    """How far the mark's own text reaches: to the next mark or the next hole."""
    following = bisect_left(holes, mark.span.end, key=lambda hole: hole.start)
    return min(end, holes[following].start) if following < len(holes) else end


def _heading(text: str, mark: Mark, limit: int, known: str) -> _Heading:
    """Where the title after a mark ends, by its kind and by what stands there; `known` is the document's title."""
    kind, start = mark.style.kind, mark.span.end
    end = min(_SENTENCE_END.search(text, start, limit).end(), limit)  # type: ignore[union-attr]  # `$` always matches
    if kind is Kind.LABEL and not mark.level:
        return _Heading(mark, trimmed(text, mark.span), mark.span)
    if kind is Kind.LINE or mark.level:
        line = re.compile(r"[^\r\n]*").match(text, start, limit)
        return _named(text, mark, Span(start, line.end() if line else limit))
    if kind is Kind.ARTICLE:
        bracket = re.compile(r"[【\[(（][^】\])）\r\n]{2,30}[】\])）]").match(text, start, end)
        short_line = end - start <= _SHORT_TITLE and re.search(r"[^。；;：:，,\s][ \t]*[\r\n]+$", text[start:end])
        title = Span(start, bracket.end()) if bracket else Span(start, end) if short_line else None
        return _named(text, mark, title) if title else _unnamed(text, mark, end)
    if kind is Kind.ITEM:
        return _unnamed(text, mark, end)
    colon = _COLON.search(text, start + 2, min(end, start + _SHORT_TITLE + 1))
    if colon and colon.end() < end and not re.search(r"[,，;；。]", text[start : colon.start()]):
        return _named(text, mark, Span(start, colon.end()))
    on_its_line = text[end - 1] in "\r\n" or (end == len(text) and text[end - 1] not in "。！？!?")
    glue = None if on_its_line else _glue(text, Span(start, end), known)
    if glue is not None:
        return _named(text, mark, Span(start, glue))
    if on_its_line and text[start:end].rstrip()[-1:] in _GOES_ON:
        return _unnamed(text, mark, end)
    # A line of its own may be as wide as a Chinese heading, whatever its script.
    if end - start <= MAX_HEADING or (on_its_line and columns(text[start:end]) <= 2 * MAX_HEADING):
        return _named(text, mark, Span(start, end))
    return _unnamed(text, mark, end)


def _glue(text: str, span: Span, known: str) -> int | None:
    """Where a sentence begins in a run-on heading: after a known title, at an opener, or at the subject's return."""
    words = span.of(text)[: 2 * MAX_HEADING]
    if words.startswith(known) and len(words) > len(known) + 1:
        return span.start + len(known)
    clause = re.search(r"[,，;；。]", words)
    first = words[: clause.start()] if clause else words
    if len(first) < _MIN_TITLE * 2:
        return None
    opener = _OPENERS.search(words, _MIN_TITLE, len(first) + 1)
    places = [opener.start()] if opener else []
    for again in _SUBJECT_AGAIN.finditer(first):
        place = again.start("again")
        if place >= _MIN_TITLE * 2 and not _OBJECT_OF.search(first[:place]):
            places.append(place)
    return span.start + min(places) if places and min(places) <= MAX_HEADING else None


def _named(text: str, mark: Mark, title: Span) -> _Heading:
    return _Heading(mark, trimmed(text, title), trimmed(text, Span(mark.span.start, title.end)))


def _unnamed(text: str, mark: Mark, end: int) -> _Heading:
    """A mark whose sentence is text, mark included: the section has no heading, only a name, its first clauses."""
    name = Span(mark.span.end, min(end, mark.span.end + _NAME_LENGTH))
    breaks = [match.start() for match in re.finditer(r"[,，;；:：。！？!?\r\n]", name.of(text))]
    if breaks and (end - mark.span.end > _NAME_LENGTH or breaks[-1] == len(name) - 1):
        name = Span(name.start, name.start + breaks[-1]) if breaks[-1] else name
    elif text[name.end - 1 : name.end + 1].isascii() and text[name.end - 1 : name.end + 1].isalpha():
        word = text.rfind(" ", name.start, name.end)  # no half words
        name = Span(name.start, word) if word > name.start else name
    return _Heading(mark, trimmed(text, name), Span(mark.span.start, mark.span.start))


def _keep_lists_as_text(
    text: str,
    headings: Sequence[_Heading],
    depths: Sequence[int],
    end: int,
    holes: Sequence[Span],
    tables: Collection[int],
) -> list[_Heading]:
    """Items that are all heading and no text (1、按时交费。2、…) are the text of a list: their words stay in passages.

    What stands below the last item of such a list is the text that goes on after it.
    """
    starts = [heading.mark.span.start for heading in headings] + [end]
    empty, short = [], []
    for number, heading in enumerate(headings):
        following = depths[number + 1] if number + 1 < len(headings) else 0
        body = Span(heading.span.end, _limit(heading.mark, starts[number + 1], holes))
        titled = len(heading.span) > len(trimmed(text, heading.mark.span))
        named = titled and (heading.mark.level > 0 or heading.mark.style.kind in (Kind.HEADING, Kind.ARTICLE))
        leaf = named and following <= depths[number]
        empty.append(leaf and not trimmed(text, body))
        short.append(leaf and len(trimmed(text, body)) <= _CLOSING_REMARK)
    kept = list(headings)
    for group in siblings(depths):
        *others, last = group
        bare = [number for number in group if empty[number]]
        spans = [headings[number].span for number in group]
        ends = short[last] and len(others) > 1
        if (
            others
            and bare == others
            and (ends or _closes_list(text, spans) or _next_word(text, spans[-1].end) in tables)
        ):
            bare = group
        # Among others that have a text, or where the format says so, a heading may be one whose text is missing.
        doubtful = {number for number in bare if headings[number].mark.level or len(bare) * 2 <= len(group)}
        bare = [each for each in bare if each not in doubtful or _says_something(text, headings[each])]
        for number in bare:
            kept[number] = _unnamed(text, headings[number].mark, headings[number].span.end)
    return kept


def _says_something(text: str, heading: _Heading) -> bool:
    words = heading.title.of(text)
    return (
        heading.mark.style.kind is Kind.ARTICLE
        or len(words) >= _LEAST_SAID
        or re.search("[,，;；。]", words) is not None
    )


def _next_word(text: str, at: int) -> int:
    found = _WORD.search(text, at)
    return found.start() if found else len(text)


def _closes_list(text: str, items: Sequence[Span]) -> bool:
    """Whether what stands below the last item is no item: semicolons join them, or a blank line follows it."""
    if all(text[item.end - 1] in ";；" for item in items[:-1]):
        return True
    blank_below = [_BLANK_BELOW.match(text, item.end) is not None for item in items]
    return blank_below[-1] and not any(blank_below[:-1])


def _tree(text: str, root: Section, headings: Sequence[_Heading], depths: Sequence[int]) -> tuple[Section, ...]:
    sections, stack = [root], [root]
    for number, (heading, depth) in enumerate(zip(headings, depths, strict=True)):
        del stack[depth:]
        later = (headings[k].mark.span.start for k in range(number + 1, len(headings)) if depths[k] <= depth)
        span = Span(heading.mark.span.start, next(later, root.span.end))
        label, title = _label(text, heading)
        section = Section(label, title, depth, heading.span, span, stack[-1])
        sections.append(section)
        stack.append(section)
    return tuple(sections)


def _with_tables(text: str, sections: tuple[Section, ...], tables: Sequence[Table]) -> tuple[Section, ...]:
    """The sections with one more for each table whose columns are named: what they are called stands above each row."""
    found = list(sections)
    for table in tables:
        # A table below a list stands beside it, not in its last item.
        around = _holding(sections, table.span)
        if around and table.header and len(table.header) <= _LONGEST_HEADER:
            title = re.sub(r"\s*[\t\r\n|]\s*", " ", table.header.of(text).strip("| "))
            found.append(Section("", title, around.level + 1, table.header, table.span, around, columns=True))
    return tuple(sorted(found, key=lambda section: (section.span.start, section.level)))


def _holding(sections: Sequence[Section], place: Span) -> Section | None:
    """The innermost section but for items that holds a place; None if it lies in another document."""
    before = bisect_right(sections, place.start, key=lambda section: section.span.start)
    around = sections[before - 1] if before else None
    while around and (place not in around.span or _is_unheaded(around)):
        around = around.parent
    return around


def _is_unheaded(section: Section) -> bool:
    return section.level > 0 and not len(section.heading)


def _label(text: str, heading: _Heading) -> tuple[str, str]:
    """Number and title of a heading; a headed line may hold a number of its own (## 一、考勤)."""
    title = heading.title.of(text).strip("#*:： \t\r\n").rstrip("。;；,，")
    if heading.mark.level:
        return split_number(title)
    if heading.mark.style.kind is Kind.LABEL:
        return "", title
    if heading.mark.style.kind is Kind.LINE and not heading.mark.value:
        return split_number(title)
    return heading.mark.span.of(text).rstrip(), title
