"""What trimming the vocabulary and int8 cost: python -m benchmarks.vocabulary BEIR [--wheels DIR]

Prints how many texts of a judged set are cut into other tokens by the trimmed tokenizer, and the dense MRR@10 of the
model that training starts from: before trimming (fp32), after it (fp32), and in int8. Texts cut alike have the same
fp32 vectors, so the untrimmed model encodes only the others.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from embeddings.build import WORDS, wheels
from embeddings.folder import PROMPTS
from embeddings.graph import fp32_graph, int8_graph
from embeddings.source import read_source
from embeddings.vocabulary import kept_pieces, trimmed

Matrix = npt.NDArray[np.float32]


class Model:
    """A graph and a tokenizer; one text a run."""

    def __init__(self, graph: bytes, tokenizer: Tokenizer) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(os.cpu_count() or 1, 4)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> Matrix:
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> Matrix:
        ids = np.array([self.tokenizer.encode(text).ids])
        (states,) = self.session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        mean: Matrix = states[0].mean(axis=0)
        return mean / np.linalg.norm(mean)


def mean_reciprocal_rank(scores: Matrix, gold: Sequence[set[int]], depth: int = 10) -> float:
    """The mean over the queries of 1 / rank of the first relevant passage among the first `depth`, else 0."""
    total = 0.0
    for row, relevant in zip(scores, gold, strict=True):
        first = np.argsort(-row, kind="stable")[:depth]
        total += next((1 / rank for rank, passage in enumerate(first, 1) if int(passage) in relevant), 0.0)
    return total / len(gold)


def read_beir(folder: Path) -> tuple[list[str], list[str], list[set[int]]]:
    """Passages, queries, and for each query the places of its relevant passages."""
    rows = {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("corpus", "queries")
    }
    place = {row["_id"]: number for number, row in enumerate(rows["corpus"])}
    gold: dict[str, set[int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for query, passage, grade in list(csv.reader(file, delimiter="\t"))[1:]:
            if int(grade) > 0:
                gold.setdefault(query, set()).add(place[passage])
    asked = [row for row in rows["queries"] if row["_id"] in gold]
    passages = [f"{row.get('title', '')} {row['text']}".strip() for row in rows["corpus"]]
    return passages, [row["text"] for row in asked], [gold[row["_id"]] for row in asked]


def limited(tokenizer: str, limit: int) -> Tokenizer:
    made = Tokenizer.from_str(tokenizer)
    made.enable_truncation(limit)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vocabulary")
    parser.add_argument("beir", type=Path)
    parser.add_argument("--wheels", type=Path)
    arguments = parser.parse_args()
    passages, queries, gold = read_beir(arguments.beir)
    texts = [PROMPTS["passage"] + text for text in passages] + [PROMPTS["query"] + text for text in queries]
    with wheels(arguments.wheels) as folder:
        source = read_source(folder)

    kept = kept_pieces(source.tokenizer)
    full = limited(json.dumps(source.tokenizer), source.shape.positions)
    small = limited(json.dumps(trimmed(source.tokenizer, kept)), source.shape.positions)
    before, after = full.encode_batch(texts), small.encode_batch(texts)
    changed = [place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a.tokens != b.tokens]
    unknown = [sum(tokens.ids.count(3) for tokens in cut) for cut in (before, after)]
    print(f"pieces {len(kept):,} of {source.shape.pieces:,}")
    print(f"texts cut otherwise {len(changed):,} of {len(texts):,}; unknown tokens {unknown[0]:,} → {unknown[1]:,}")

    weights = {**source.weights, WORDS: source.weights[WORDS][kept]}
    shape = replace(source.shape, pieces=len(kept))
    small_graph = fp32_graph(weights, shape)
    vectors = Model(small_graph.SerializeToString(), small).encode(texts)
    untrimmed = vectors.copy()
    if changed:
        model = Model(fp32_graph(source.weights, source.shape).SerializeToString(), full)
        untrimmed[changed] = model.encode([texts[place] for place in changed])
    quantised = Model(int8_graph(small_graph).SerializeToString(), small).encode(texts)

    print("dense MRR@10")
    for name, matrix in (("untrimmed fp32", untrimmed), ("trimmed fp32", vectors), ("trimmed int8", quantised)):
        scores = matrix[len(passages) :] @ matrix[: len(passages)].T
        cosine = (matrix * untrimmed).sum(axis=1)
        rank = mean_reciprocal_rank(scores, gold)
        print(f"  {name:<15} {rank:.4f}   cosine with the first: mean {cosine.mean():.4f}, least {cosine.min():.4f}")


if __name__ == "__main__":
    main()
