"""Ranking → answer: excerpts of whole sentences with the answering ones marked, or an honest "not found".

The last step before anything is shown is the verbatim check: every part is sliced again from the stored original.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.confidence import confidence, status_of
from assistant.duplicates import SAME, containment, shingles
from assistant.encoder import Encoding, Matrix
from assistant.errors import NotVerbatim
from assistant.index import Index
from assistant.lists import Outlines, listed_section
from assistant.records import (
    Answer,
    Citation,
    Excerpt,
    Hit,
    NotFound,
    Part,
    Passage,
    Query,
    Ranking,
    Section,
    Span,
    Status,
)
from assistant.retrieval import late_interaction
from assistant.settings import Settings
from assistant.text import clauses, sentences, words

#: A heading longer than this is not repeated before its text.
_HEADING = 60
#: With less room than this no further excerpt is begun.
_LEAST = 60
#: Weight of the question's words beside late interaction when the sentence to mark is chosen.
_WORDS = 0.2
#: How many of the best passages are looked at for an answer's excerpts; the rest would repeat or stray.
_LOOKED_AT = 12
_NEAREST = 3


@dataclass(slots=True)
class _Draft:
    """An excerpt being made: the passage that was hit, the section and spans shown, what says the same elsewhere."""

    hit: Hit
    section: Section
    spans: tuple[Span, ...]
    marks: tuple[Span, ...]
    shown: frozenset[str]
    also: list[Citation] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, self.spans))

    def holds(self, passage: Passage) -> bool:
        """Whether the passage is already shown here, as a neighbour of the one that was hit."""
        return self.hit.passage.document.id == passage.document.id and any(passage.span in span for span in self.spans)

    def cite(self, citation: Citation) -> None:
        """Note a place that says the same, each section once."""
        if _place(citation) not in map(_place, self.also):
            self.also.append(citation)


#: The characters of a stored source at a place: what the verbatim check compares with.
Stored = Callable[[str, Span], str]
#: How well texts fit a question.
TextSimilarity = Callable[[Encoding, Sequence[str]], Matrix]


class Answerer:
    """Makes answers from rankings over one index."""

    def __init__(
        self,
        index: Index,
        background: Matrix,
        outlines: Outlines,
        similarity: TextSimilarity,
        stored: Stored,
        settings: Settings,
    ) -> None:
        self._index = index
        self._background = background
        self._outlines = outlines
        self._similarity = similarity
        self._stored = stored
        self._settings = settings

    def answer(self, query: Query, encoding: Encoding, ranking: Ranking) -> Answer | NotFound:
        """The excerpts that answer a query with their status, or `NotFound` with the nearest headings."""
        sure = confidence(self._index, self._background, query, encoding, ranking)
        status = status_of(sure)
        if status is Status.NOT_FOUND:
            return NotFound(query.text, sure, nearest_headings(ranking))
        excerpts = tuple(_excerpt(draft) for draft in self._drafts(query, encoding, ranking))
        for excerpt in excerpts:
            self._check(excerpt)
        return Answer(query.text, status, sure, excerpts)

    def _check(self, excerpt: Excerpt) -> None:
        """The verbatim check: each part is what the stored original says at that place."""
        for part in excerpt.parts:
            if self._stored(excerpt.citation.source_id, part.span) != part.text:
                name = excerpt.citation.file
                raise NotVerbatim(f"摘录与原文“{name}”不符，已停止显示，请运行 zhiyin check 检查资料库。")

    def _drafts(self, query: Query, encoding: Encoding, ranking: Ranking) -> list[_Draft]:
        """The excerpts to show: different in content and within the budget; what says the same is cited beside it."""
        listed = self._list(query, encoding, ranking)
        drafts = [listed] if listed else []
        for hit in ranking[:_LOOKED_AT]:
            passage = hit.passage
            if any(draft.holds(passage) for draft in drafts):
                continue
            content = shingles(passage.text)
            same = next((draft for draft in drafts if containment(content, draft.shown) >= SAME), None)
            left = self._settings.max_characters - sum(map(len, drafts))
            if same:
                same.cite(_citation(passage, passage.section, passage.span))
            elif len(drafts) < self._settings.max_excerpts and left >= _LEAST:
                span = self._grown(passage, drafts, left)
                mark = self._highlight(passage, span, query, encoding)
                shown = shingles(passage.document.text(span))
                drafts.append(_Draft(hit, passage.section, (span,), (mark,), shown))
        return drafts

    def _list(self, query: Query, encoding: Encoding, ranking: Ranking) -> _Draft | None:
        """The heading of the section that the question asks to enumerate, with the headings of all its items."""
        listed = listed_section(query, ranking, self._outlines, lambda texts: self._similarity(encoding, texts))
        if listed is None:
            return None
        spans = tuple(each.heading for each in (listed.section, *listed.items))
        if sum(map(len, spans)) > self._settings.list_characters:
            return None
        return _Draft(listed.hit, listed.section, spans, self._markable(spans[1:]), frozenset())

    def _markable(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """As many of the spans as may be marked together."""
        lengths = np.cumsum([len(span) for span in spans])
        return tuple(
            span for span, upto in zip(spans, lengths, strict=True) if upto <= self._settings.highlight_characters
        )

    def _grown(self, passage: Passage, drafts: Sequence[_Draft], budget: int) -> Span:
        """The passage with its heading, and with those neighbours in the section that are not shown yet and that fit
        its fair share of the budget.
        """
        text, limit = passage.document.source.text, budget // (self._settings.max_excerpts - len(drafts))
        if len(passage.span) > budget:
            return _fitting(text, passage.span, budget)
        span, number = passage.span, self._index.number(passage)
        for step in (1, -1):
            neighbour = number + step
            while 0 <= neighbour < len(self._index):
                other = self._index.passages[neighbour]
                joined = _joined(span, passage, other)
                if joined is None or len(joined) > limit or any(draft.holds(other) for draft in drafts):
                    break
                span, neighbour = joined, neighbour + step
        return _with_heading(text, passage.section.heading, span, budget)

    def _highlight(self, passage: Passage, span: Span, query: Query, encoding: Encoding) -> Span:
        """The sentence of the passage that answers best; of an over-long one its best clause."""
        text, limit = passage.document.source.text, self._settings.highlight_characters
        inside = Span(max(span.start, passage.span.start), min(span.end, passage.span.end))
        best = self._best(passage, sentences(text, inside) or (inside,), query, encoding)
        if len(best) > limit:
            best = self._best(passage, clauses(text, best), query, encoding)
        return best if len(best) <= limit else Span(best.start, best.start + limit)

    def _best(self, passage: Passage, spans: Sequence[Span], query: Query, encoding: Encoding) -> Span:
        """The span whose tokens and words match the question best: late interaction plus the share of its words."""
        number = self._index.number(passage)
        tokens, starts = self._index.tokens(number), self._index.starts(number)
        groups = [tokens[(starts >= span.start) & (starts < span.end)] for span in spans]
        late = late_interaction(encoding.tokens, groups)
        found = [words(passage.document.text(span)) for span in spans]
        shares = np.array([self._index.share(query.words, each) for each in found], dtype=np.float32)
        return spans[int(np.argmax(late + _WORDS * shares))]


def _excerpt(draft: _Draft) -> Excerpt:
    text = draft.hit.passage.document.text
    parts = tuple(Part(span, text(span)) for span in draft.spans)
    whole = Span(draft.spans[0].start, draft.spans[-1].end)
    citation = _citation(draft.hit.passage, draft.section, whole)
    # Another place of the same section is no other place.
    also = tuple(other for other in draft.also if _place(other) != _place(citation))
    return Excerpt(parts, draft.marks, draft.hit.score, citation, also)


def _place(citation: Citation) -> tuple[str, tuple[str, ...]]:
    """What tells two places apart; articles of one title, in one file or several, are different ones."""
    return citation.document_id, citation.section


def nearest_headings(ranking: Ranking) -> tuple[Citation, ...]:
    """The headings above the best passages, each once; a document's title where there is no heading."""
    found: dict[str, Citation] = {}
    for hit in ranking[:_LOOKED_AT]:
        section = hit.passage.section
        while section.parent is not None and not len(section.heading):
            section = section.parent
        place = section.heading if len(section.heading) else hit.passage.span
        citation = _citation(hit.passage, section, place)
        found.setdefault(citation.locator, citation)
    return tuple(found.values())[:_NEAREST]


def _citation(passage: Passage, section: Section, span: Span) -> Citation:
    document = passage.document
    return Citation(document.title, document.id, section.path(), document.source.name, document.source.id, span)


def _joined(span: Span, passage: Passage, neighbour: Passage) -> Span | None:
    """`span` grown by a neighbouring passage, if only blanks stand between and both are of one section."""
    if neighbour.document.id != passage.document.id or neighbour.section.span not in passage.section.span:
        return None
    before, after = sorted((span, neighbour.span))
    if passage.document.source.text[before.end : after.start].strip():
        return None
    return Span(before.start, after.end)


def _with_heading(text: str, heading: Span, span: Span, budget: int) -> Span:
    """`span` from its section's heading on, if the heading stands right before it and there is room."""
    near = 0 < len(heading) <= _HEADING and heading.end <= span.start and not text[heading.end : span.start].strip()
    return Span(heading.start, span.end) if near and span.end - heading.start <= budget else span


def _fitting(text: str, span: Span, budget: int) -> Span:
    """The whole sentences at the head of `span` that fit; of one that doesn't, as much as does."""
    end = span.start
    for sentence in sentences(text, span):
        if sentence.end - span.start > budget:
            break
        end = sentence.end
    return Span(span.start, end if end > span.start else span.start + budget)
