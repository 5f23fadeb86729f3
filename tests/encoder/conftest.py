from __future__ import annotations

from pathlib import Path

import pytest

from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from embeddings.unpack import unpack


@pytest.fixture(scope="session")
def bundled() -> OnnxEncoder:
    return OnnxEncoder()


@pytest.fixture(scope="session")
def unpacked_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled encoder with torch weights."""
    folder = tmp_path_factory.mktemp("unpacked")
    unpack(folder)
    return folder


@pytest.fixture(scope="session")
def unpacked(unpacked_folder: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(unpacked_folder)
