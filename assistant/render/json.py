"""JSON: the contract of `ask --json`."""

from __future__ import annotations

from assistant.records import Answer, Citation, Excerpt, NotFound
from assistant.render.phrases import heading


def to_json(answer: Answer | NotFound) -> dict[str, object]:
    """The contract of `ask --json`: positions are character offsets into the text of the cited file."""
    found = answer.excerpts if isinstance(answer, Answer) else ()
    nearest = answer.nearest if isinstance(answer, NotFound) else ()
    return {
        "question": answer.question,
        "status": answer.status.value,
        "confidence": round(answer.confidence, 4),
        "elapsed_ms": round(answer.elapsed_ms, 2),
        "excerpts": [_excerpt(excerpt) for excerpt in found],
        "nearest": [heading(citation) for citation in nearest],
    }


def _excerpt(excerpt: Excerpt) -> dict[str, object]:
    return {
        "parts": [{"start": part.span.start, "end": part.span.end, "text": part.text} for part in excerpt.parts],
        "highlights": [{"start": span.start, "end": span.end} for span in excerpt.highlights],
        "score": round(excerpt.score, 6),
        "citation": _citation(excerpt.citation),
        "also": [_citation(citation) for citation in excerpt.also],
    }


def _citation(citation: Citation) -> dict[str, object]:
    return {
        "document": citation.document,
        "section": list(citation.section),
        "file": citation.file,
        "start": citation.span.start,
        "end": citation.span.end,
        "page": citation.page,
        "locator": citation.locator,
    }
