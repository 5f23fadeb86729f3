"""What each part of the ranking is worth: the same candidates ranked by some signals only."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from assistant.encoder import Encoder
from assistant.evaluation.questions import Judgement
from assistant.evaluation.report import Figures, Report
from assistant.index import Index
from assistant.retrieval import Retriever, weighted_sum
from assistant.settings import Settings

#: The rankings by the name of their columns: the signals that keep their weight. `fused` is the one of `ask`.
_KEPT = {"BM25": ("body", "heading"), "dense": ("dense",), "late": ("late",)}
_FUSED = "fused"
_CUTOFFS = (1, 3)


def ablate(asked: Iterable[Judgement], index: Index, encoder: Encoder, settings: Settings | None = None) -> Report:
    """hit@1 and hit@3 of each ranking by its passages alone, for the questions that have an answer.

    A quote counts where it stands in one of the first k passages; nothing is added to them or folded away.
    """
    settings = settings or Settings()
    retriever = Retriever(index, encoder, settings)
    weights = settings.weights.by_signal()
    names = [f"{name}@{k}" for name in (*_KEPT, _FUSED) for k in _CUTOFFS]
    scored = [(judged.kind, _score(judged, index, retriever, weights)) for judged in asked if judged.gold]
    return Report.of(scored, names)


def _score(judged: Judgement, index: Index, retriever: Retriever, weights: dict[str, float]) -> Figures:
    found = retriever.search(judged.question.strip())
    candidates = retriever.candidates(found.query, found.encoding)
    figures = {}
    for name, kept in {**_KEPT, _FUSED: tuple(weights)}.items():
        scores = weighted_sum(candidates.signals, {each: weights[each] * (each in kept) for each in weights})
        # What scores nothing was not found by these signals; it would come in the order of the documents.
        best = [place for place in np.argsort(-scores, kind="stable")[: max(_CUTOFFS)] if scores[place] > 0]
        texts = [index.passages[int(candidates.numbers[place])].text for place in best]
        figures.update({f"{name}@{k}": judged.share(texts[:k]) for k in _CUTOFFS})
    return figures
