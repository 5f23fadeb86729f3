"""Turns the bundled encoder into an ordinary sentence-transformers folder: python -m embeddings.unpack DIR

The int8 weights are written as fp32 `model.safetensors`; every other file is copied. What comes out can be loaded by
`SentenceTransformer(DIR)`, trained further, or taken elsewhere.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import onnx

from embeddings.build import MODEL
from embeddings.folder import GRAPH, write_torch_weights
from embeddings.graph import weights_of


def unpack(out: Path, model: Path = MODEL) -> None:
    """The encoder in `model` with torch weights, at `out`."""
    shutil.copytree(model, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx", "README.md"))
    write_torch_weights(out, weights_of(onnx.load(model / GRAPH)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embeddings.unpack", description="Writes torch weights.")
    parser.add_argument("out", type=Path, help="folder to write")
    unpack(parser.parse_args().out)


if __name__ == "__main__":
    main()
