from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from embeddings import average
from embeddings.folder import TORCH_WEIGHTS, write_torch_weights
from tests.embeddings.tiny import tiny_weights


def test_weights_are_averaged_by_their_shares(
    tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, out = tmp_path_factory.mktemp("other"), tmp_path_factory.mktemp("out")
    write_torch_weights(other, {name: weight + 4 for name, weight in tiny_weights().items()})
    monkeypatch.setattr(sys, "argv", ["average", str(out), str(tiny_folder), f"{other}=3"])
    average.main()
    found = load_file(out / TORCH_WEIGHTS)
    for name, weight in tiny_weights().items():
        np.testing.assert_allclose(found[name], weight + 3, atol=1e-5)
    assert (out / "tokenizer.json").exists()
