"""Questions for a part by its number (第十二条讲什么, 手册二、（一）2.怎么说), answered from the outline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.numbering import RANK, STYLES, Kind
from assistant.records import Document, Section, Span
from assistant.text import looked_up, matching_form, words

#: The name of a numbering style and the number in it.
Number = tuple[str, int]
#: What a part is asked for with. Anything else in the question names the document or the subject.
_ASKING = re.compile(
    r"讲了?|说了?|写了?|规定了?|要求|内容|意思|具体|原文|全文|正文|里面|里|中|的|是|有|关于|看看?|查看?|打开|显示|那|请|"
    r"什么|啥|哪些|怎么|怎样|如何|吗|呢|么|who|what|does|say"
)
#: A heading between two numbers may be this long.
_BETWEEN = 30
#: 一、二、四、六制度 is a name.
_ENUMERATED = re.compile(r"[零〇一二两三四五六七八九十百\d]\s*[、,，.．]?$")


@dataclass(frozen=True, slots=True)
class NumberedPart:
    """A section that a question names by its number."""

    document: Document
    section: Section


def numbers_in(question: str) -> tuple[tuple[Number, ...], str]:
    """The first run of numbers of different styles in a question, from the outermost, and the question without it."""
    text = looked_up(question)
    for start in range(len(text)):
        found, places = _run(text, start)
        if found and not _ENUMERATED.search(text, 0, start):
            for place in reversed(places):
                text = text[: place.start] + " " + text[place.end :]
            return found, text
    return (), text


def number_of(section: Section) -> Number | None:
    """The style and number that open a section; None for one without."""
    found = next(_at(looked_up(section.number), 0), None)
    return found[0] if found else None


def numbered_parts(
    question: str, outlines: Mapping[str, Sequence[Section]], documents: Sequence[Document]
) -> tuple[NumberedPart, ...]:
    """The sections that a question names by number; of several documents those first that the question names best.

    A question that speaks of something the section, its headings and its title don't mention is about another text.
    """
    numbers, rest = numbers_in(question)
    if not numbers:
        return ()
    subject = set(words(_ASKING.sub(" ", rest)))
    found = []
    for document in documents:
        for section in outlines[document.id]:
            if _path_ends_with(section, numbers):
                named = _held(subject, " ".join((document.title, *section.path())))
                told = _held(subject, document.text(section.span))
                if len(named | told) == len(subject):
                    found.append((len(named), NumberedPart(document, section)))
    best = max((named for named, _ in found), default=0)
    return tuple(part for named, part in found if named == best)


def _held(subject: set[str], text: str) -> set[str]:
    form = matching_form(text)
    return {word for word in subject if word in form}


def _path_ends_with(section: Section, numbers: Sequence[Number]) -> bool:
    """Whether the section has the last number, and sections above it the ones before, in order."""
    if number_of(section) != numbers[-1]:
        return False
    above, left = section.parent, list(numbers[:-1])
    while above is not None and left:
        if number_of(above) == left[-1]:
            left.pop()
        above = above.parent
    return not left


def _run(text: str, start: int) -> tuple[tuple[Number, ...], list[Span]]:
    """The number at a place with those of inner styles after it, and where they stand. The heading of the outer one may
    stand between (二、素质要求（一）).
    """
    numbers: list[Number] = []
    places: list[Span] = []
    place = start
    while place < len(text):
        number = next(_at(text, place), None)
        if number and (not numbers or RANK[number[0][0]] > RANK[numbers[-1][0]]):
            numbers.append(number[0])
            places.append(Span(place, number[1]))
            place = number[1]
        elif not numbers or place - places[-1].end >= _BETWEEN:
            break
        else:
            place += 1
    return tuple(numbers), places


def _at(text: str, place: int) -> Iterator[tuple[Number, int]]:
    """The number that stands at a place, and where it ends."""
    for style in STYLES:
        if style.kind in (Kind.HEADING, Kind.ARTICLE):
            match = style.pattern.match(text, place)
            if match and match["n"]:
                yield (style.name, style.value(match["n"])), match.end()
