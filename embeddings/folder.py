"""The files of a sentence-transformers folder that stand around its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from embeddings.source import Shape, Weights

GRAPH = "onnx/model_qint8.onnx"
TORCH_WEIGHTS = "model.safetensors"
PROMPTS = {"query": "query: ", "passage": "passage: "}
SPECIAL = {"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "sep_token": "</s>",
           "unk_token": "<unk>", "mask_token": "<mask>"}  # fmt: skip


def write_folder(folder: Path, shape: Shape, tokenizer: Mapping[str, Any]) -> None:
    """Everything but the weights, the card and the licence."""
    files: dict[str, object] = {
        "config.json": _config(shape, tokenizer),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": shape.positions,
            "clean_up_tokenization_spaces": False,
            **SPECIAL,
        },
        "modules.json": _MODULES,
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.width,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
            "include_prompt": True,
        },
    }
    for name, content in files.items():
        _write(folder / name, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    # One line, because indented it would be twice as large.
    _write(folder / "tokenizer.json", json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")))


def write_torch_weights(folder: Path, weights: Weights) -> None:
    """Weights as torch loads them.

    BertModel has a pooler that mean pooling never uses; without weights for it, loading would warn and invent some.
    """
    width = len(weights["embeddings.LayerNorm.bias"])
    pooler = {
        "pooler.dense.weight": np.zeros((width, width), np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    whole = {name: np.ascontiguousarray(weight, np.float32) for name, weight in {**weights, **pooler}.items()}
    save_file(whole, folder / TORCH_WEIGHTS, metadata={"format": "pt"})


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _config(shape: Shape, tokenizer: Mapping[str, Any]) -> dict[str, object]:
    number = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": shape.width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "hidden_act": "gelu",
        "vocab_size": shape.pieces,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": number["<pad>"],
        "bos_token_id": number["<s>"],
        "eos_token_id": number["</s>"],
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
    }


_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]
