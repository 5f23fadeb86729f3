"""Questions that ask for an enumeration, and the section whose headings answer them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.encoder import Matrix
from assistant.numbering import chinese_number
from assistant.records import Hit, Query, Ranking, Section

#: The sections of each document, by its id.
Outlines = Mapping[str, Sequence[Section]]
#: How well each of some texts fits the question, higher is better.
Similarity = Callable[[Sequence[str]], Matrix]

_NUMBER = r"(?P<number>[二两三四五六七八九十]{1,3}|\d{1,2})"
_UNIT = r"(?:个|种|点|条|项|类|步|大)?(?:方面|种类|要求|条件|步骤|环节|原则|内容|措施|[个种点条项类步大])"
_ASKS = re.compile(rf"哪些|哪几|哪{_NUMBER}{_UNIT}|有几{_UNIT}|包括什么|分别是|逐条|列出|列举")
#: The sections above this many of the best passages may be the one that is asked about.
_LOOKED_AT = 5
_LEAST_ITEMS = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A section with the items it enumerates, and the best hit inside it."""

    hit: Hit
    section: Section
    items: tuple[Section, ...]


def asks_for_list(question: str) -> bool:
    """Whether a question asks for the items of an enumeration (哪些, 哪几种, 哪三个方面)."""
    return _ASKS.search(question) is not None


def named_count(question: str) -> int | None:
    """How many items a question asks for (哪三个方面: 3), if it says so."""
    match = _ASKS.search(question)
    return chinese_number(match["number"]) if match and match["number"] else None


def items(section: Section, outline: Sequence[Section]) -> tuple[Section, ...]:
    """The headed sections right below a section, in order."""
    return tuple(each for each in outline if each.parent is section and len(each.heading))


def listed_section(query: Query, ranking: Ranking, outlines: Outlines, similarity: Similarity) -> Listed | None:
    """The section that the question asks to enumerate: of those above the best passages the one whose heading fits the
    question best, if it has items, and as many as the question names.

    If a section without items fits better, the question asks for something inside a text, and the answer is None.
    """
    if not asks_for_list(query.text):
        return None
    above: dict[tuple[str, int], tuple[Section, Hit]] = {}
    for hit in ranking[:_LOOKED_AT]:
        section: Section | None = hit.passage.section
        while section is not None:
            if len(section.heading):
                above.setdefault((hit.passage.document.id, section.heading.start), (section, hit))
            section = section.parent
    if not above:
        return None
    scores = similarity([section.title for section, _ in above.values()])
    fitting, hit = list(above.values())[int(scores.argmax())]
    outline = outlines[hit.passage.document.id]
    # A passage's section and the outline's are equal, not the same.
    best = next(section for section in outline if section == fitting)
    found = items(best, outline)
    fits = len(found) >= _LEAST_ITEMS and named_count(query.text) in (None, len(found))
    return Listed(hit, best, found) if fits else None
