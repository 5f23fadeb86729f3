"""Fits `assistant.confidence` on labelled questions, and prints how far its probabilities can be believed.

    python -m benchmarks.calibrate PAIRS [--sample N]

Each file of pairs makes two small libraries of half its topics. Questions on those topics have an answer there;
questions on the other half (near) and on other fields (far) have none. Only questions on held-out topics are asked: the
encoder wasn't trained on them. Half of the files fit, the other half report.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant import confidence
from assistant.encoder import Encoder
from assistant.encoder.choose import load_encoder
from assistant.index import Index
from assistant.retrieval import Retriever
from assistant.settings import Settings
from embeddings.pairs import Pair, Part, load_pairs, parts, topics

Row = tuple[str, str, bool, float]  # file, kind of question, answerable, evidence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--sample", type=int, default=120, help="questions of each kind for each library")
    options = parser.parse_args()
    pairs = load_pairs(options.pairs)
    files = sorted({pair.file for pair in pairs})
    encoder = load_encoder(None)
    rows = [row for file in files for half in (0, 1) for row in _library(pairs, encoder, file, half, options.sample)]
    fitting = set(files[::2])
    fit = [row for row in rows if row[0] in fitting]
    report = [row for row in rows if row[0] not in fitting]
    model = LogisticRegression(C=100.0, class_weight="balanced").fit(_features(fit), _labels(fit))
    print(f"bias {model.intercept_[0]:.3f}  weight {model.coef_[0][0]:.3f}")
    _print_report(report, model.predict_proba(_features(report))[:, 1])


def _library(pairs: Sequence[Pair], encoder: Encoder, file: str, half: int, sample: int) -> Iterator[Row]:
    """The evidence for questions to a library that holds half of a file's topics."""
    own = [pair for pair in pairs if pair.file == file]
    held = set(topics(own)[half::2])
    inside = [pair for pair in own if f"{pair.file}/{pair.topic}" in held]
    outside = [pair for pair in own if pair not in inside]
    chance = random.Random(f"{file}{half}")
    held_out = {pair.passage.id for part in (Part.CHOOSE, Part.REPORT) for pair in parts(pairs)[part]}
    asked = [pair for pair in pairs if pair.passage.id in held_out]
    kinds = {
        "answerable": [question for pair in asked if pair in inside for question in pair.questions],
        "near": [question for pair in asked if pair in outside for question in pair.questions],
        "far": [question for pair in asked if pair.field != own[0].field for question in pair.questions],
        "not_answered": [("miss", question) for pair in asked if pair in inside for question in pair.not_answered],
    }
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), [pair.passage for pair in inside], encoder, settings.index)
        retriever = Retriever(index, encoder, settings)
        for kind, questions in kinds.items():
            for style, question in chance.sample(questions, min(sample, len(questions))):
                found = confidence.evidence(retriever.search(question).ranking)
                yield file, f"{kind}:{style}" if kind == "answerable" else kind, kind == "answerable", found


def _features(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    return np.array([[row[3]] for row in rows])


def _labels(rows: Sequence[Row]) -> npt.NDArray[np.bool_]:
    return np.array([row[2] for row in rows])


def _print_report(rows: Sequence[Row], sure: npt.NDArray[np.float64]) -> None:
    kinds, labels = np.array([row[1].split(":")[0] for row in rows]), _labels(rows)
    for kind in ("near", "far", "not_answered"):
        some = labels | (kinds == kind)
        print(f"AUROC answerable against {kind:13}{roc_auc_score(labels[some], sure[some]):.3f}")
    print("\nthreshold: share of each kind below it")
    for threshold in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7):
        shares = "  ".join(f"{kind} {np.mean(sure[kinds == kind] < threshold):.3f}" for kind in dict.fromkeys(kinds))
        print(f"{threshold:.2f}  {shares}")
    print("\nreliability (answerable against near and far, weighted to equal halves)")
    keep = kinds != "not_answered"
    weight = np.where(labels, 1 / labels[keep].sum(), 1 / (~labels)[keep].sum())
    for low in np.arange(0.0, 1.0, 0.1):
        bucket = keep & (sure >= low) & (sure < low + 0.1)
        if bucket.any():
            share = weight[bucket & labels].sum() / weight[bucket].sum()
            print(f"{low:.1f}–{low + 0.1:.1f}  n {bucket.sum():5}  answerable {share:.2f}")
    print(f"\nfalse rejects by style below {confidence.RELATED}")
    styles = np.array([row[1] for row in rows])
    for style in sorted({style for style in styles if style.startswith("answerable")}):
        print(f"{style:25} {np.mean(sure[styles == style] < confidence.RELATED):.3f}")


if __name__ == "__main__":
    main()
