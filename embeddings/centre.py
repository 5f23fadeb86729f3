"""Measures the mean vectors that `assistant.encoder.centred` takes away, and the background that questions are held to.

    python -m embeddings.centre [--write]

The texts are the pairs of `embeddings/data`: every question, and every passage with its title and headings, the way the
index encodes it. Prints what centring does to the rank of the right passage on half of the files, the means taken from
the other half; `--write` then takes them from all files and writes `centres.npy` and, with the vectors of the passages
and of the lines of `everyday.txt`, `background.npz` (see `assistant.background`) to `embeddings/model/`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from assistant.background import FILE as BACKGROUND
from assistant.encoder import Encoder, Encoding, Matrix, Role
from assistant.encoder.centred import CENTRES, CentredEncoder
from assistant.encoder.onnx import OnnxEncoder

HERE = Path(__file__).parent
_EVERY = 7  # one question in seven is ranked: enough for a table, and all styles in turn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    files = sorted((HERE / "data").glob("*.jsonl"))
    encoder = OnnxEncoder()
    reported = _texts(files[1::2])
    print(f"{'':28}R@1   R@3   R@50")
    _report("as they are", encoder, *reported)
    _report("centred", CentredEncoder(encoder, measure(encoder, *_texts(files[::2])[:2])), *reported)
    if options.write:
        questions, passages, _ = _texts(files)
        centred = CentredEncoder(encoder, measure(encoder, questions, passages))
        everyday = (HERE / "data" / "everyday.txt").read_text(encoding="utf-8").splitlines()
        vectors = np.stack([each.pooled for each in centred.encode(passages + everyday, Role.PASSAGE)])
        np.save(HERE / "model" / CENTRES, centred.centres, allow_pickle=False)
        np.savez(HERE / "model" / BACKGROUND, vectors=vectors.astype(np.float16), encoder=np.array(centred.fingerprint))


def measure(encoder: Encoder, questions: Sequence[str], passages: Sequence[str]) -> Matrix:
    """(2, 2, D): the means of questions and of passages, each of the texts and of their tokens."""
    return np.stack(
        [_means(encoder.encode(questions, Role.QUERY)), _means(encoder.encode(passages, Role.PASSAGE))]
    ).astype(np.float32)


def _means(encodings: Iterable[Encoding]) -> Matrix:
    encodings = list(encodings)
    tokens = np.concatenate([each.tokens for each in encodings])
    return np.stack([np.mean([each.pooled for each in encodings], axis=0), tokens.mean(axis=0)])


def _texts(files: Iterable[Path]) -> tuple[list[str], list[str], list[int]]:
    """The questions, the passages, and for each question the number of its passage."""
    questions: list[str] = []
    passages: list[str] = []
    right: list[int] = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            questions.extend(question["q"] for question in row["questions"])
            right.extend([len(passages)] * len(row["questions"]))
            passages.append("\n".join((row["title"], *row["heading"].split(" › "), row["passage"])))
    return questions, passages, right


def _report(
    name: str, encoder: Encoder, questions: Sequence[str], passages: Sequence[str], right: Sequence[int]
) -> None:
    found = encoder.encode(passages, Role.PASSAGE)
    asked = encoder.encode(questions[::_EVERY], Role.QUERY)
    pooled = np.stack([each.pooled for each in found])
    tokens = np.concatenate([each.tokens for each in found])
    starts = np.cumsum([0, *(len(each.tokens) for each in found[:-1])])
    for signal in ("one vector", "late interaction"):
        ranks = []
        for each, number in zip(asked, right[::_EVERY], strict=True):
            late = signal == "late interaction"
            scores = (
                np.maximum.reduceat(tokens @ each.tokens.T, starts, axis=0).mean(axis=1)
                if late
                else pooled @ each.pooled
            )
            ranks.append(1 + int(np.sum(scores > scores[number])))
        shares = "  ".join(f"{np.mean(np.array(ranks) <= k):.3f}" for k in (1, 3, 50))
        print(f"{signal}, {name}".ljust(28) + shares)


if __name__ == "__main__":
    main()
