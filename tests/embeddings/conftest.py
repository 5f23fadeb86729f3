from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.folder import write_folder, write_torch_weights
from tests.embeddings.tiny import tiny_source


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """A sentence-transformers folder of a tiny encoder."""
    source = tiny_source()
    write_folder(tmp_path, source.shape, source.tokenizer)
    write_torch_weights(tmp_path, source.weights)
    return tmp_path
