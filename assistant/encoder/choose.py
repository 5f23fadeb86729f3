"""Which encoder a name stands for."""

from __future__ import annotations

from pathlib import Path

from assistant.bundled import model_folder
from assistant.encoder import Encoder
from assistant.encoder.centred import centred
from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder


def load_encoder(name: str | None = None) -> Encoder:
    """The bundled encoder, or any sentence-transformers model by its folder or hub name; loaded at its first use."""
    if name is None:
        return centred(OnnxEncoder(), model_folder())
    return centred(SentenceTransformerEncoder(name), Path(name).expanduser())
