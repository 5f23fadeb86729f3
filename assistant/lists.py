"""Questions that ask for an enumeration, and the section whose items answer them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.encoder import Matrix
from assistant.numbered import number_of
from assistant.numbering import chinese_number
from assistant.records import Document, Hit, Query, Ranking, Section, Span
from assistant.text import clauses, sentences, trimmed

#: The sections of each document, by its id.
Outlines = Mapping[str, Sequence[Section]]
#: How well each of some texts fits the question, higher is better.
Similarity = Callable[[Sequence[str]], Matrix]

_NUMBER = r"(?P<number>[二两三四五六七八九十]{1,3}|\d{1,2})"
_UNIT = r"(?:个|种|点|条|项|类|步|大)?(?:方面|种类|要求|条件|步骤|环节|原则|内容|措施|[个种点条项类步大])"
_ASKS = re.compile(
    rf"哪些|哪几|哪{_NUMBER}{_UNIT}|有几{_UNIT}|包括什么|分别是|逐[条一]|列出|列举|步骤|流程"
    rf"|{_NUMBER.replace('number', 'named')}{_UNIT}[^,，。?？]{{0,8}}(?:是什么|是啥|指什么|指的是)"
)
#: A counted name alone (三个善于) asks for what it counts.
_NAMED_ALONE = re.compile(rf"(?:什么(?:是|叫)|何谓)?{_NUMBER}{_UNIT}\S{{1,6}}")
_COUNTED = re.compile(rf"{_NUMBER}{_UNIT}")
#: The sections above this many of the best passages may be the one that is asked about.
_LOOKED_AT = 5
_LEAST_ITEMS = 2
#: A name that fits less well by no more than this fits as well.
_CLOSE = 0.03
#: A lead-in longer than this is text of its own, and so is an item's first clause.
_LEAD, _HEAD = 100, 80


@dataclass(frozen=True, slots=True)
class Listed:
    """A section with the items it enumerates, and the best hit inside it.

    `lead` is the sentence that leads into the items (empty if there is none), `heads` what names each item: its
    heading, or the first clause of an item that is a sentence. `fit` is how well its name fits the question.
    """

    hit: Hit
    section: Section
    lead: Span
    items: tuple[Section, ...]
    heads: tuple[Span, ...]
    fit: float

    @property
    def spans(self) -> tuple[Span, ...]:
        """All of it in order: the section's heading, the lead-in, the items."""
        return tuple(span for span in (self.section.heading, self.lead, *self.heads) if len(span))


def asks_for_list(question: str) -> bool:
    """Whether a question asks for the items of an enumeration (哪些, 哪几种, 哪三个方面)."""
    return _ASKS.search(question) is not None or _NAMED_ALONE.fullmatch(question.strip()) is not None


def named_count(question: str) -> int | None:
    """How many items a question asks for (哪三个方面: 3), if it says so."""
    match = _ASKS.search(question) or _NAMED_ALONE.fullmatch(question.strip())
    count = next(filter(None, match.groups()), None) if match else None
    return chinese_number(count) if count else None


def announced_count(document: Document, section: Section, lead: Span) -> int | None:
    """How many items a section says that it has, in its heading or its lead-in (十种能力: 10)."""
    for span in (section.heading, lead):
        counts = _COUNTED.findall(document.text(span))
        if counts:
            return chinese_number(counts[-1])
    return None


def items(section: Section, outline: Sequence[Section]) -> tuple[Section, ...]:
    """The sections right below a section, in order, that belong together: those with a heading and those numbered like
    them, or else all."""
    below = [each for each in outline if each.parent is section and not each.columns]
    headed = [each for each in below if len(each.heading)]
    styles = {_style(each) for each in headed} - {""}
    alike = [each for each in below if len(each.heading) or _style(each) in styles]
    return tuple(alike if headed else below)


def _style(section: Section) -> str:
    """The style of a section's number; "" for one without."""
    number = number_of(section)
    return number[0] if number else ""


def listed_section(
    query: Query, ranking: Ranking, outlines: Outlines, similarity: Similarity, always: bool = False
) -> Listed | None:
    """The section that the question asks to enumerate: of those above the best passages the one whose name fits the
    question best, if it has items, and as many as the question names or the section announces.

    If a section without items fits better, the question asks for something inside a text, and the answer is None.
    """
    if not (always or asks_for_list(query.text)):
        return None
    above: dict[tuple[str, Span], tuple[Section, Hit]] = {}  # those of better passages first, inner ones before outer
    for hit in ranking[:_LOOKED_AT]:
        section = hit.passage.section
        while section.parent is not None:
            above.setdefault((hit.passage.document.id, section.span), (section, hit))
            section = section.parent
    if not above:
        return None
    scores = similarity([section.title for section, _ in above.values()])
    place = int(np.argmax(scores >= scores.max() - _CLOSE))
    fitting, hit = list(above.values())[place]
    document, outline = hit.passage.document, outlines[hit.passage.document.id]
    # A passage's section and the outline's are equal, not the same.
    best = next(section for section in outline if section == fitting)
    found = items(best, outline)
    if len(found) < _LEAST_ITEMS:
        return None
    lead = _lead(document, best, found[0])
    named = named_count(query.text)
    if named not in (None, len(found), announced_count(document, best, lead)):
        return None
    return Listed(hit, best, lead, found, tuple(_head(document, item) for item in found), float(scores[place]))


def _lead(document: Document, section: Section, first: Section) -> Span:
    """The last sentence before the first item, if it stands between the heading and the items and is short."""
    text = document.source.text
    start = max(section.heading.end, section.span.start)
    between = trimmed(text, Span(start, max(first.span.start, start)))
    pieces = sentences(text, between)
    none = Span(between.start, between.start)
    return pieces[-1] if pieces and len(pieces[-1]) <= _LEAD else none


def _head(document: Document, item: Section) -> Span:
    """What names an item: its heading, or its first clause; of a longer one what stands before its first comma."""
    if len(item.heading):
        return item.heading
    text = document.source.text
    first = clauses(text, item.span)[0]
    if len(first) > _HEAD:
        comma = re.compile("[,，、]").search(text, first.start + 4, first.start + _HEAD)
        first = Span(first.start, comma.start() if comma else first.start + _HEAD)
    return first
