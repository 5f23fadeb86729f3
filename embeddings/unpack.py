"""Turns the bundled encoder into an ordinary sentence-transformers folder: python -m embeddings.unpack DIR

The int8 weights are written as fp32 `model.safetensors`; every other file is copied. What comes out can be loaded by
`SentenceTransformer(DIR)`, trained further, or taken elsewhere.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import save_file

from embeddings.build import MODEL
from embeddings.folder import GRAPH
from embeddings.graph import weights_of


def unpack(out: Path, model: Path = MODEL) -> None:
    """The encoder in `model` with torch weights, at `out`."""
    shutil.copytree(model, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx", "README.md"))
    weights = weights_of(onnx.load(model / GRAPH))
    width = json.loads((model / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    # BertModel has a pooler that mean pooling never uses; without weights for it, loading would warn and invent some.
    weights["pooler.dense.weight"] = np.zeros((width, width), np.float32)
    weights["pooler.dense.bias"] = np.zeros(width, np.float32)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embeddings.unpack", description="Writes torch weights.")
    parser.add_argument("out", type=Path, help="folder to write")
    unpack(parser.parse_args().out)


if __name__ == "__main__":
    main()
