from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Role
from assistant.encoder.choose import load_encoder
from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from assistant.errors import EncoderError


def with_prompts(folder: Path, target: Path, prompts: dict[str, str], default: str | None = None) -> Path:
    """A copy of a model whose prompts are these."""
    shutil.copytree(folder, target)
    content = {"prompts": prompts, "default_prompt_name": default}
    (target / "config_sentence_transformers.json").write_text(json.dumps(content), encoding="utf-8")
    return target


def test_no_name_is_the_bundled_encoder_and_a_name_any_other() -> None:
    assert isinstance(load_encoder(None), OnnxEncoder)
    assert isinstance(load_encoder("org/name"), SentenceTransformerEncoder)


def test_a_blank_text_has_a_finite_vector_and_no_tokens(unpacked: SentenceTransformerEncoder) -> None:
    for encoding in unpacked.encode(["", " \n", "支部"], Role.QUERY)[:2]:
        assert encoding.tokens.shape == (0, 384)
        assert np.linalg.norm(encoding.pooled) == pytest.approx(1, abs=1e-5)


def test_a_long_text_is_cut(unpacked: SentenceTransformerEncoder) -> None:
    (encoding,) = unpacked.encode(["会" * 5000], Role.PASSAGE)
    assert 0 < len(encoding.tokens) < 512


def test_a_text_has_nearly_the_same_vectors_beside_others(unpacked: SentenceTransformerEncoder) -> None:
    text = "支部书记主持会议。"
    (alone,), (beside, _) = unpacked.encode([text], Role.PASSAGE), unpacked.encode([text, "会" * 400], Role.PASSAGE)
    assert np.abs(alone.pooled - beside.pooled).max() < 1e-5
    assert np.abs(alone.tokens - beside.tokens).max() < 1e-4


def test_a_prompt_for_documents_is_used_for_passages(
    unpacked: SentenceTransformerEncoder, unpacked_folder: Path, tmp_path: Path
) -> None:
    folder = with_prompts(unpacked_folder, tmp_path / "model", {"document": "passage: "})
    (renamed,), (original,) = (
        encoder.encode(["支部"], Role.PASSAGE) for encoder in (SentenceTransformerEncoder(str(folder)), unpacked)
    )
    assert np.array_equal(renamed.pooled, original.pooled) and len(renamed.tokens) == 1


def test_a_model_without_prompts_sees_the_text_alone(unpacked_folder: Path, tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder(with_prompts(unpacked_folder, tmp_path / "model", {}))
    (asked,), (stated,) = (encoder.encode(["支部书记"], role) for role in Role)
    assert np.array_equal(asked.pooled, stated.pooled) and len(asked.tokens) == 2


def test_the_fingerprint_is_of_the_content(
    unpacked: SentenceTransformerEncoder, unpacked_folder: Path, tmp_path: Path
) -> None:
    same = SentenceTransformerEncoder(Path(shutil.copytree(unpacked_folder, tmp_path / "same")))
    other = SentenceTransformerEncoder(with_prompts(unpacked_folder, tmp_path / "other", {"query": "问:"}))
    assert same.fingerprint == unpacked.fingerprint != other.fingerprint


@pytest.mark.parametrize("name", ["/没有/模型", "./没有", "~/没有"])
def test_a_missing_folder_is_named(name: str) -> None:
    with pytest.raises(EncoderError, match=f"找不到模型文件夹 {name}，请"):
        SentenceTransformerEncoder(name).encode(["好"], Role.QUERY)


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("不是模型", encoding="utf-8")
    with pytest.raises(EncoderError, match=f"无法加载模型 {tmp_path}"):
        SentenceTransformerEncoder(tmp_path).encode(["好"], Role.QUERY)


def test_weights_cut_short_are_an_error_of_ours(unpacked_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(unpacked_folder, tmp_path / "model"))
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(EncoderError, match="无法加载模型"):
        SentenceTransformerEncoder(folder).encode(["好"], Role.QUERY)


def test_neither_a_folder_nor_a_name_reaches_the_network(unpacked_folder: Path) -> None:
    code = f"""
import socket
asked = []
def refuse(*arguments, **options):
    asked.append(arguments)
    raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
import huggingface_hub  # as gradio does, before the encoder can set anything
from assistant.encoder import Role
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from assistant.errors import EncoderError
SentenceTransformerEncoder({str(unpacked_folder)!r}).encode(["好"], Role.QUERY)
try:
    SentenceTransformerEncoder("no-such/model").encode(["好"], Role.QUERY)
except EncoderError as error:
    assert "hf download no-such/model" in str(error)
else:
    raise AssertionError("a model that isn't there was loaded")
assert not asked, asked
"""
    subprocess.run([sys.executable, "-c", code], check=True)
