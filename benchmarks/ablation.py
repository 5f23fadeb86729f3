"""What each signal is worth, and which weights serve best, on pairs and on a BEIR set.

    python -m benchmarks.ablation PAIRS [--beir DIR] [--search]

Prints R@1, R@3 and MRR@10 for each signal alone and for the fusion with the settings' weights, of the questions on one
part of the held-out topics among all passages. `--search` tries other weights on the other part.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.encoder import Matrix
from assistant.encoder.choose import load_encoder
from assistant.evaluation import beir_passages, beir_queries, judgements
from assistant.index import Index
from assistant.records import Passage
from assistant.retrieval import Retriever, weighted_sum
from assistant.settings import Settings, Weights
from embeddings.pairs import Part, load_pairs, parts

_CACHE = Path.home() / ".cache" / "zhiyin-benchmarks"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's candidates: the place of the right passage among them (-1: missed) and their signals."""

    group: str
    right: int
    signals: Mapping[str, Matrix]


def ask(passages: Sequence[Passage], questions: Sequence[tuple[str, str, str]], name: str) -> list[Asked]:
    """Collect the signals for (group, question, id of the right passage)."""
    settings, encoder = Settings(), load_encoder(None)
    index = Index.open(_CACHE / name, passages, encoder, settings.index)
    retriever = Retriever(index, encoder, settings)
    places = {passage.id: number for number, passage in enumerate(index.passages)}
    asked = []
    for group, question, right in questions:
        search = retriever.search(question)
        candidates = retriever.candidates(search.query, search.encoding)
        found = np.flatnonzero(candidates.numbers == places[right])
        asked.append(Asked(group, int(found[0]) if len(found) else -1, candidates.signals))
    return asked


def ranks(asked: Sequence[Asked], weights: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """The rank of the right passage for each question, from 1, the middle one of equals; a missed one far behind."""
    found = []
    for one in asked:
        scores = weighted_sum(one.signals, weights)
        right = scores[one.right]
        found.append(10_000.0 if one.right < 0 else 1 + np.sum(scores > right) + (np.sum(scores == right) - 1) / 2)
    return np.array(found)


def line(name: str, asked: Sequence[Asked], weights: Mapping[str, float]) -> str:
    found = ranks(asked, weights)
    mrr = np.where(found <= 10, 1 / found, 0).mean()
    return f"{name:42} R@1 {np.mean(found <= 1):.3f}  R@3 {np.mean(found <= 3):.3f}  MRR@10 {mrr:.3f}"


def search(asked: Sequence[Asked]) -> dict[str, float]:
    """The weights of the highest MRR@10 on a coarse grid; `late` is the unit."""
    best, best_score = Weights().by_signal(), -1.0
    names = [name for name in asked[0].signals if name not in ("late", "exact")]
    for values in itertools.product((0.0, 0.05, 0.1, 0.2, 0.4), repeat=len(names)):
        weights = {**Weights().by_signal(), **dict(zip(names, values, strict=True))}
        score = float((1 / ranks(asked, weights)).mean())
        if score > best_score:
            best, best_score = weights, score
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--beir", type=Path)
    parser.add_argument("--search", action="store_true")
    options = parser.parse_args()
    pairs = load_pairs(options.pairs)
    questions = {
        part: [(style, question, pair.passage.id) for pair in held for style, question in pair.questions]
        for part, held in parts(pairs).items()
        if part is not Part.TRAIN
    }
    passages = [pair.passage for pair in pairs]
    reported = ask(passages, questions[Part.REPORT], "pairs")
    sets = {"pairs": reported}
    if options.beir:
        judged = judgements(options.beir)
        queries = [("", text, next(iter(judged[identity]))) for identity, text in beir_queries(options.beir)]
        sets["beir"] = ask(beir_passages(options.beir), queries, "beir")
    weights = Settings().weights.by_signal()
    if options.search:
        weights = search(ask(passages, questions[Part.CHOOSE], "pairs"))
    print("weights", weights)
    for name, some in sets.items():
        for signal in some[0].signals:
            print(line(f"{name}: {signal} alone", some, dict.fromkeys(some[0].signals, 0.0) | {signal: 1.0}))
        print(line(f"{name}: fused", some, weights))
    for style in sorted({one.group for one in reported}):
        print(line(f"pairs, {style}", [one for one in reported if one.group == style], weights))


if __name__ == "__main__":
    main()
