"""A service for the page that needs no model: pairs of characters decide, so that its answers can be seen by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.errors import BadQuestion
from assistant.ingest.report import Account, account
from assistant.records import (
    Answer,
    Citation,
    Document,
    Excerpt,
    NotFound,
    Part,
    Passage,
    Reading,
    Section,
    Source,
    Span,
    Status,
    Topic,
)


class PairService:
    """The passages that hold the most two-character pieces of the question: half of them answer it, fewer are related.

    The pieces that were found are highlighted; none found is `NotFound`, with the first headings.
    """

    def __init__(self, readings: Sequence[Reading], examples: Sequence[str] = ()) -> None:
        self._readings = tuple(readings)
        self._examples = tuple(examples)

    def documents(self) -> tuple[Document, ...]:
        return tuple(document for reading in self._readings for document in reading.documents)

    def source(self, source_id: str) -> Source:
        for reading in self._readings:
            if reading.source.id == source_id:
                return reading.source
        raise BadQuestion("资料库里没有这个文件。")

    def content(self, source_id: str) -> bytes:
        return self.source(source_id).text.encode()

    def collections(self) -> dict[str, frozenset[str]]:
        """Each file is a collection of its own."""
        return {reading.source.name: frozenset([reading.source.id]) for reading in self._readings}

    def accounts(self) -> dict[str, Account]:
        return {reading.source.id: account(reading) for reading in self._readings}

    def examples(self) -> tuple[str, ...]:
        return self._examples

    def ask(self, question: str, topic: Topic | None = None, collection: str = "") -> Answer | NotFound:
        """Every question that ends in 吗 goes on from the topic."""
        if topic and question.endswith("吗"):
            answer = self._answer(topic.question, collection)
            return replace(answer, question=question, carried=topic.question, topic=topic)
        return replace(self._answer(question, collection), topic=Topic(question))

    def _answer(self, question: str, collection: str) -> Answer | NotFound:
        if not question.strip():
            raise BadQuestion("问题是空的，请输入想问的内容。")
        if len(question) > 2000:
            raise BadQuestion(f"问题太长（{len(question)} 字），请缩短到 2000 字以内。")
        pairs = {question[i : i + 2] for i in range(len(question) - 1)}
        chosen = [each for each in self._readings if collection in ("", each.source.name)]
        passages = [passage for reading in chosen for passage in reading.passages]
        scored = [(sum(pair in passage.text for pair in pairs) / max(len(pairs), 1), passage) for passage in passages]
        best = sorted((each for each in scored if each[0] > 0.2), key=lambda each: -each[0])[:3]
        if not best:
            return NotFound(question, 0.0, self._headings())
        status = Status.ANSWERED if best[0][0] >= 0.5 else Status.RELATED
        return Answer(question, status, best[0][0], tuple(_excerpt(p, score, pairs) for score, p in best), 1.5)

    def _headings(self) -> tuple[Citation, ...]:
        sections = [
            (document, section)
            for reading in self._readings
            for document, outline in zip(reading.documents, reading.sections, strict=True)
            for section in outline
            if len(section.heading)
        ]
        return tuple(cite(document, section, section.heading) for document, section in sections[:3])


def cite(document: Document, section: Section, span: Span) -> Citation:
    source = document.source
    return Citation(document.title, document.id, section.path(), source.name, source.id, span, source.page(span.start))


def _excerpt(passage: Passage, score: float, pairs: set[str]) -> Excerpt:
    text, start = passage.text, passage.span.start
    found = sorted(Span(start + text.index(pair), start + text.index(pair) + 2) for pair in pairs if pair in text)
    also = (cite(passage.document, passage.section, passage.section.heading),) if len(passage.section.heading) else ()
    part = Part(passage.span, text)
    return Excerpt((part,), tuple(found), score, cite(passage.document, passage.section, passage.span), also)
