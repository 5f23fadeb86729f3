"""A BERT small enough to look at, with weights from a fixed seed, and a tokenizer of a few pieces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.batches import Mixture
from embeddings.pairs import Pair, load_pairs
from embeddings.source import Shape, Source, Weights
from embeddings.train import Recipe

PIECES = [
    ("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0),
    (",", -2.0), ("▁", -2.5), ("支", -3.0), ("部", -3.5), ("支部", -4.0), ("▁the", -4.5), ("です", -5.0),
    ("書き", -5.5), ("稣", -9.0), ("<mask>", 0.0),
]  # fmt: skip
SHAPE = Shape(width=32, layers=2, heads=4, inner=64, pieces=len(PIECES), positions=16, types=2, epsilon=1e-12)


def tiny_tokenizer() -> dict[str, Any]:
    """tokenizer.json of a Unigram model over `PIECES`."""
    numbers = {piece: number for number, (piece, _) in enumerate(PIECES)}
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    options = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": numbers[token], "content": token, **options} for token in special],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {
                token: {"id": token, "ids": [numbers[token]], "tokens": [token]} for token in ("<s>", "</s>")
            },
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [list(piece) for piece in PIECES]},
    }


def tiny_weights(shape: Shape = SHAPE) -> Weights:
    """Random weights under BertModel's names."""
    dense = {
        "attention.self.query": (shape.width, shape.width),
        "attention.self.key": (shape.width, shape.width),
        "attention.self.value": (shape.width, shape.width),
        "attention.output.dense": (shape.width, shape.width),
        "intermediate.dense": (shape.inner, shape.width),
        "output.dense": (shape.width, shape.inner),
    }
    sizes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (shape.pieces, shape.width),
        "embeddings.position_embeddings.weight": (shape.positions, shape.width),
        "embeddings.token_type_embeddings.weight": (shape.types, shape.width),
        "embeddings.LayerNorm.weight": (shape.width,),
        "embeddings.LayerNorm.bias": (shape.width,),
    }
    for layer in range(shape.layers):
        for name, size in dense.items():
            sizes[f"encoder.layer.{layer}.{name}.weight"] = size
            sizes[f"encoder.layer.{layer}.{name}.bias"] = size[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            sizes[f"encoder.layer.{layer}.{name}.weight"] = (shape.width,)
            sizes[f"encoder.layer.{layer}.{name}.bias"] = (shape.width,)
    random = np.random.default_rng(7)
    return {name: random.normal(0, 0.3, size).astype(np.float32) for name, size in sizes.items()}


def tiny_source() -> Source:
    return Source(SHAPE, tiny_weights(), tiny_tokenizer())


TEXTS = ("支", "部", "支部", "the", "支 the", "部 the", "支部 支部", "the the")  # of pieces that the tiny encoder knows
RECIPE = Recipe(
    steps=60, frozen=1, learning_rate=3e-3, mixture=Mixture(len(TEXTS), questions=1, with_context=0, joined=0)
)


def tiny_pairs(folder: Path) -> list[Pair]:
    """A topic for each of the texts, which answers itself with a comma."""
    rows = [
        {
            "id": text,
            "domain": text,
            "title": "",
            "heading": "",
            "passage": text,
            "questions": [{"q": f"{text},", "style": "direct"}],
            "not_answered": [],
        }
        for text in TEXTS
    ]
    file = folder / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return load_pairs(file)
