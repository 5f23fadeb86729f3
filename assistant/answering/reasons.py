"""Why an excerpt was found, for readers who wonder: the words it shares with the question, and what else speaks."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Document, Hit, Query, Reason, Section, Span
from assistant.text import matching_form

#: From this cosine on two texts of the bundled encoder mean nearly the same.
_NEAR = 0.5


def reason(query: Query, hit: Hit, document: Document, section: Section, spans: Iterable[Span]) -> Reason:
    """What the question and an excerpt have in common."""
    shown = matching_form("\n".join(document.text(span) for span in spans))
    above = matching_form("\n".join((document.title, *section.path())))
    words = tuple(dict.fromkeys(word for word in query.words if not _inside_another(word, query.words)))
    in_text = tuple(word for word in words if word in shown)
    return Reason(
        in_text,
        tuple(word for word in words if word in above and word not in in_text),
        hit.why.get("dense", 0.0) >= _NEAR,
        query.changes,
    )


def _inside_another(word: str, words: Iterable[str]) -> bool:
    """The search mode cuts 党支部 into 支部 and 党支部; the longer one says it."""
    return any(word != other and word in other for other in words)
