"""The sentences of a passage that answer a question: late interaction of each, and the question's words in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.encoder import Matrix
from assistant.index import Index
from assistant.records import Passage, Span
from assistant.retrieval import Found, late_interaction
from assistant.text import clauses, sentences, words

#: Weight of the question's words beside late interaction.
_WORDS = 0.2
#: A sentence that is behind the best by no more than this answers as well.
_CLOSE = 0.03


class Marker:
    """Marks sentences in passages of one index, `limit` characters at the most."""

    def __init__(self, index: Index, limit: int) -> None:
        self._index = index
        self._limit = limit

    def mark(self, passage: Passage, span: Span, found: Found) -> tuple[Span, ...]:
        """The sentences of a passage inside `span` that answer: the best, and those that answer nearly as well as long
        as they fit; of an over-long one its best clause."""
        text = passage.document.source.text
        inside = Span(max(span.start, passage.span.start), min(span.end, passage.span.end))
        pieces = sentences(text, inside) or (inside,)
        scores = self._scores(passage, pieces, found)
        first, *others = np.argsort(-scores, kind="stable")
        best = pieces[first]
        if len(best) > self._limit:
            return (self._clause(passage, best, found),)
        marked, left = [best], self._limit - len(best)
        for place in others:
            if scores[place] < scores[first] - _CLOSE:
                break
            if len(pieces[place]) <= left:
                marked.append(pieces[place])
                left -= len(pieces[place])
        return tuple(sorted(marked))

    def fit(self, passage: Passage, found: Found) -> float:
        """How well the best sentence of a passage fits the question by late interaction."""
        pieces = sentences(passage.document.source.text, passage.span)
        return float(max(self._late(passage, pieces, found), default=0.0))

    def _clause(self, passage: Passage, sentence: Span, found: Found) -> Span:
        pieces = clauses(passage.document.source.text, sentence)
        best = pieces[int(np.argmax(self._scores(passage, pieces, found)))]
        return best if len(best) <= self._limit else Span(best.start, best.start + self._limit)

    def first(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """As many of the spans as may be marked together."""
        lengths = np.cumsum([len(span) for span in spans])
        return tuple(span for span, upto in zip(spans, lengths, strict=True) if upto <= self._limit)

    def _scores(self, passage: Passage, spans: Sequence[Span], found: Found) -> Matrix:
        """(n,): how well the tokens and words of each span match the question."""
        late = self._late(passage, spans, found)
        held = [words(passage.document.text(span)) for span in spans]
        shares = np.array([self._index.share(found.query.words, each) for each in held], dtype=np.float32)
        return np.asarray(late + _WORDS * shares, dtype=np.float32)

    def _late(self, passage: Passage, spans: Sequence[Span], found: Found) -> Matrix:
        number = self._index.number(passage)
        tokens, starts = self._index.tokens(number), self._index.starts(number)
        groups = [tokens[(starts >= span.start) & (starts < span.end)] for span in spans]
        return late_interaction(found.encoding.tokens, groups)
