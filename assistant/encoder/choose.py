"""Which encoder a name stands for."""

from __future__ import annotations

from assistant.encoder import Encoder
from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder


def load_encoder(name: str | None = None) -> Encoder:
    """The bundled encoder, or any sentence-transformers model by its folder or hub name; loaded at its first use."""
    return OnnxEncoder() if name is None else SentenceTransformerEncoder(name)
