"""Ranking → answer: excerpts of whole sentences with the answering ones marked, or an honest "not found".

The last step before anything is shown is the verbatim check: every part is sliced again from the stored original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from assistant.answering.drafts import Draft, citation
from assistant.answering.marks import Marker
from assistant.answering.reasons import reason
from assistant.answering.spans import fitting, grown, whole, with_antecedent, with_heading
from assistant.confidence import confidence, status_of
from assistant.duplicates import SAME, containment, folds, shingles
from assistant.encoder import Encoding, Matrix
from assistant.errors import NotVerbatim
from assistant.facts import asked_facts
from assistant.index import Index
from assistant.lists import Listed, Outlines, items, listed_section
from assistant.numbered import NumberedPart, numbered_parts
from assistant.records import (
    Answer,
    Citation,
    Document,
    Excerpt,
    Hit,
    NotFound,
    Passage,
    Ranking,
    Section,
    Span,
    Status,
)
from assistant.retrieval import Found
from assistant.settings import Settings
from assistant.text import sentences, trimmed

__all__ = ["Answerer"]

#: With less room than this no further excerpt is begun.
_LEAST = 60
#: How many of the best passages are looked at for an answer's excerpts; the rest would repeat or stray.
_LOOKED_AT = 12
_NEAREST = 3
#: As much of an item is unfolded; who wants more opens the original.
_UNFOLDED = 2_000
#: By so much late interaction a sentence fits better than a heading.
_CLEARLY = 0.1
#: How sure an answer is that was looked up by a number or in a byline: nothing was guessed but what is asked for.
_LOOKED_UP = 0.99

#: The characters of a stored source at a place: what the verbatim check compares with.
Stored = Callable[[str, Span], str]
#: How well texts fit a question.
TextSimilarity = Callable[[Encoding, Sequence[str]], Matrix]


class Answerer:
    """Makes answers from rankings over one index; `fitted` says whether the confidence is that of its encoder."""

    def __init__(
        self,
        index: Index,
        fitted: bool,
        outlines: Outlines,
        similarity: TextSimilarity,
        stored: Stored,
        settings: Settings,
    ) -> None:
        self._index = index
        self._fitted = fitted
        self._outlines = outlines
        self._documents = tuple({each.document.id: each.document for each in index.passages}.values())
        self._similarity = similarity
        self._stored = stored
        self._settings = settings
        self._marker = Marker(index, settings.highlight_characters)

    def answer(self, question: str, found: Found, rounds: int = 1) -> Answer | NotFound:
        """The excerpts that answer a question with their status, or `NotFound` with the nearest headings.

        From the second round on, the excerpts that come after those of the rounds before; they may only touch on it.
        """
        looked_up = self._facts(found.query.text) or self._numbered(found.query.text)
        if looked_up and rounds == 1:
            return self._answer(question, Status.ANSWERED, _LOOKED_UP, looked_up)
        sure = confidence(self._index, found, self._fitted)
        status = status_of(sure)
        if status is Status.NOT_FOUND:
            return NotFound(question, sure, nearest_headings(found.ranking))
        seen: list[Draft] = []
        for _ in range(rounds - 1):
            seen += self._round(found, seen)
        return self._answer(question, Status.RELATED if seen else status, sure, self._round(found, seen))

    def item(self, question: str, found: Found, number: int) -> Answer | NotFound:
        """One item, counted from 1, of the enumeration that a question is about."""
        for document, section in self._enumerations(found):
            listed = items(section, self._outline(document))
            if number <= len(listed):
                draft = self._part(NumberedPart(document, listed[number - 1]), self._settings.max_characters)
                return self._answer(question, Status.ANSWERED, _LOOKED_UP, [draft])
        return NotFound(question, 0.0, nearest_headings(found.ranking))

    def _enumerations(self, found: Found) -> Iterator[tuple[Document, Section]]:
        """The section that the question asks to enumerate, then the ones above the best passages, inner ones first."""
        listed = self._listed(found, always=True)
        if listed:
            yield listed.hit.passage.document, listed.section
        for hit in found.ranking[: self._settings.max_excerpts]:
            outline = self._outline(hit.passage.document)
            section: Section | None = hit.passage.section
            while section is not None:
                # A passage's section and the outline's are equal, not the same.
                yield hit.passage.document, next(each for each in outline if each == section)
                section = section.parent

    def _answer(self, question: str, status: Status, sure: float, drafts: Iterable[Draft]) -> Answer:
        excerpts = tuple(draft.excerpt() for draft in drafts)
        for excerpt in excerpts:
            self._check(excerpt)
        return Answer(question, status, sure, excerpts)

    def _check(self, excerpt: Excerpt) -> None:
        """The verbatim check: each part is what the stored original says at that place."""
        for part in chain(excerpt.parts, *excerpt.unfolded):
            if self._stored(excerpt.citation.source_id, part.span) != part.text:
                name = excerpt.citation.file
                raise NotVerbatim(f"摘录与原文“{name}”不符，已停止显示，请运行 zhiyin check 检查资料库。")

    def _facts(self, question: str) -> list[Draft]:
        """What the bylines say that a question asks for."""
        return [
            Draft(fact.document, self._outline(fact.document)[0], (fact.span,), (fact.value,), 1.0)
            for fact in asked_facts(question, self._documents)[: self._settings.max_excerpts]
        ]

    def _numbered(self, question: str) -> list[Draft]:
        """The parts that a question names by their numbers."""
        parts = numbered_parts(question, self._outlines, self._documents)[: self._settings.max_excerpts]
        return [self._part(part, self._settings.max_characters // len(parts)) for part in parts]

    def _part(self, part: NumberedPart, budget: int) -> Draft:
        """A whole section; of one that is too long, its heading and the headings of its items, if it has any."""
        document, section, outline = part.document, part.section, self._outline(part.document)
        spans = whole(document, section, outline, self._index.passages, budget)
        heads = tuple(each.heading for each in (section, *items(section, outline)) if len(each.heading))
        if len(section.span) > budget and len(heads) > 2 and sum(map(len, heads)) <= budget:
            spans = heads
        text = document.source.text
        marked = spans if sum(map(len, spans)) <= self._settings.highlight_characters else sentences(text, spans[0])[:1]
        return Draft(document, section, spans, self._marker.first(marked), 1.0)

    def _round(self, found: Found, seen: Sequence[Draft]) -> list[Draft]:
        """The excerpts to show: different in content and within the budget; what says the same is cited beside it."""
        drafts = [] if seen else self._lists(found)
        for fold in folds(found.ranking[: _LOOKED_AT * (1 + len(seen))]):
            holder = next((draft for draft in (*seen, *drafts) if _repeats(draft, fold.kept.passage)), None)
            left = self._settings.max_characters - sum(map(len, drafts))
            if holder is None and len(drafts) < self._settings.max_excerpts and left >= _LEAST:
                holder = self._excerpt(fold.kept, found, [*seen, *drafts], left, len(drafts))
                drafts.append(holder)
            for hit in (fold.kept, *fold.copies):
                if holder and not holder.holds(hit.passage):
                    holder.cite(citation(hit.passage.document, hit.passage.section, hit.passage.span))
        return drafts

    def _excerpt(self, hit: Hit, found: Found, drafts: Sequence[Draft], left: int, number: int) -> Draft:
        """The excerpt around a passage, the one of this number from 0, after some drafts and with so much room left."""
        passage, document = hit.passage, hit.passage.document
        span = self._reach(passage, drafts, left, self._settings.max_excerpts - number)
        section = _around(passage.section, span)
        return Draft(
            document,
            section,
            (span,),
            self._marker.mark(passage, span, found),
            hit.score,
            shingles(document.text(span)),
            reason=reason(found.query, hit, document, section, (span,)),
        )

    def _listed(self, found: Found, always: bool = False) -> Listed | None:
        def similarity(texts: Sequence[str]) -> Matrix:
            return self._similarity(found.encoding, texts)

        return listed_section(found.query, found.ranking, self._outlines, similarity, always)

    def _lists(self, found: Found) -> list[Draft]:
        """The list that the question asks for, if there is one; after the best passage if a sentence of that fits the
        question clearly better than what the list is called: then the passage enumerates by itself."""
        listed = self._listed(found)
        draft = self._list(found, listed) if listed else None
        if listed is None or draft is None:
            return []
        best = found.ranking[0]
        if draft.holds(best.passage) or self._marker.fit(best.passage, found) < listed.fit + _CLEARLY:
            return [draft]
        left = self._settings.max_characters - len(draft)
        return [self._excerpt(best, found, [draft], left, 1), draft]

    def _list(self, found: Found, listed: Listed) -> Draft | None:
        """A list whole if it is short, else what names each item; None if even that is too long."""
        hit, document, limit = listed.hit, listed.hit.passage.document, self._settings.list_characters
        outline = self._outline(document)
        spans = whole(document, listed.section, outline, self._index.passages, len(listed.section.span))
        unfolded: tuple[tuple[Span, ...], ...] = ()
        if sum(map(len, spans)) > limit:
            spans = listed.spans
            unfolded = tuple(self._rest(document, *each) for each in zip(listed.items, listed.heads, strict=True))
        if sum(map(len, spans)) > limit:
            return None
        marks, why = self._marker.first(listed.heads), reason(found.query, hit, document, listed.section, spans)
        count = len(listed.heads)
        return Draft(document, listed.section, spans, marks, hit.score, listed=count, reason=why, unfolded=unfolded)

    def _rest(self, document: Document, item: Section, head: Span) -> tuple[Span, ...]:
        """The text of an item below what names it."""
        spans = whole(document, item, self._outline(document), self._index.passages, _UNFOLDED)
        clipped = (Span(max(span.start, head.end), span.end) for span in spans if span.end > head.end)
        return tuple(filter(len, (trimmed(document.source.text, span) for span in clipped)))

    def _reach(self, passage: Passage, drafts: Sequence[Draft], budget: int, sharing: int) -> Span:
        """The passage with its heading, and with as many neighbours as fit its fair share of the budget."""
        text = passage.document.source.text
        if len(passage.span) > budget:
            return fitting(text, passage.span, budget)
        taken = [span for draft in drafts if draft.document.id == passage.document.id for span in draft.spans]
        span = grown(self._index, passage, budget // sharing, taken)
        span = with_antecedent(self._index, passage, span, budget, taken)
        return with_heading(text, _headed(passage.section).heading, span, budget)

    def _outline(self, document: Document) -> Sequence[Section]:
        return self._outlines[document.id]


def _repeats(draft: Draft, passage: Passage) -> bool:
    """Whether a passage is shown in a draft, or says the same as what is."""
    return draft.holds(passage) or containment(shingles(passage.text), draft.shown) >= SAME


def nearest_headings(ranking: Ranking) -> tuple[Citation, ...]:
    """The headings above the best passages, each once; a document's title where there is no heading."""
    found: dict[str, Citation] = {}
    for hit in ranking[:_LOOKED_AT]:
        section = _headed(hit.passage.section)
        place = section.heading if len(section.heading) else hit.passage.span
        cited = citation(hit.passage.document, section, place)
        found.setdefault(cited.locator, cited)
    return tuple(found.values())[:_NEAREST]


def _headed(section: Section) -> Section:
    """The innermost section around this one that has a heading; the document itself where none has."""
    while section.parent is not None and not len(section.heading):
        section = section.parent
    return section


def _around(section: Section, span: Span) -> Section:
    """The innermost section, from this one outwards, that holds all of a span: that of a list for all its items."""
    while section.parent is not None and span not in section.span:
        section = section.parent
    return section
