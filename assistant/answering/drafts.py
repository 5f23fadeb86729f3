"""An excerpt while it is being made, and the citations it gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.records import Citation, Document, Excerpt, Part, Passage, Reason, Section, Span


@dataclass(slots=True)
class Draft:
    """What is to be shown of a section: spans in order, the marks in them, and what says the same elsewhere."""

    document: Document
    section: Section
    spans: tuple[Span, ...]
    marks: tuple[Span, ...]
    score: float
    #: The shingles of what is shown; none where other excerpts may say the same at length.
    shown: frozenset[str] = frozenset()
    also: list[Citation] = field(default_factory=list)
    listed: int = 0
    reason: Reason | None = None
    unfolded: tuple[tuple[Span, ...], ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.spans))

    def holds(self, passage: Passage) -> bool:
        """Whether the passage is already shown here."""
        return self.document.id == passage.document.id and any(passage.span in span for span in self.spans)

    def cite(self, citation: Citation) -> None:
        """Note a place that says the same, each section once."""
        if _place(citation) not in map(_place, self.also):
            self.also.append(citation)

    def excerpt(self) -> Excerpt:
        parts = self._parts(self.spans)
        found = citation(self.document, self.section, Span(self.spans[0].start, self.spans[-1].end))
        # Another place of the same section is no other place.
        also = tuple(other for other in self.also if _place(other) != _place(found))
        return Excerpt(
            parts, self.marks, self.score, found, also, self.listed, self.reason, tuple(map(self._parts, self.unfolded))
        )

    def _parts(self, spans: Iterable[Span]) -> tuple[Part, ...]:
        return tuple(Part(span, self.document.text(span)) for span in spans)


def citation(document: Document, section: Section, span: Span) -> Citation:
    source = document.source
    return Citation(document.title, document.id, section.path(), source.name, source.id, span, source.page(span.start))


def _place(cited: Citation) -> tuple[str, tuple[str, ...]]:
    """What tells two places apart; articles of one title, in one file or several, are different ones."""
    return cited.document_id, cited.section
