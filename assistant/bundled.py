"""Where the files that ship with the program lie: the encoder and the seeds.

An installed wheel carries them inside the package; a checkout has them at its top level.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(packaged: str, checkout: str) -> Path:
    inside = _PACKAGE / "data" / packaged
    return inside if inside.is_dir() else _PACKAGE.parent / checkout


def model_folder() -> Path:
    """The bundled encoder, a sentence-transformers folder whose only weights are an ONNX graph."""
    return _folder("model", "embeddings/model")


def seeds_folder() -> Path:
    """The documents that a new library starts with."""
    return _folder("seeds", "seeds")
