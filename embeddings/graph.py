"""Weights → ONNX graph, in fp32 and in int8, and back.

The graph is BERT written out in standard operators: `input_ids` and `attention_mask` (B, S) int64 →
`last_hidden_state` (B, S, D) fp32. Initialisers bear BertModel's names, so that the way back needs no table.
Query, key and value are one matrix (D, 3D): one large product is faster than three small ones.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from embeddings.source import Shape, Weights

OPSET = 20  # the first with Gelu
IR_VERSION = 10  # what onnxruntime 1.20 reads

_WORDS = "embeddings.word_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
_QUANTISED = "_quantized"  # the name that onnxruntime gives
_QKV = ("query", "key", "value")
_MASKED = -10_000.0  # added to the score of a padded token: e to the power of it is 0


class _Graph:
    """Collects nodes and initialisers; each call returns the name of the node's output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def tensor(self, name: str, values: npt.ArrayLike, kind: type[np.generic] = np.float32) -> str:
        self.initializers.append(numpy_helper.from_array(np.array(values, dtype=kind, order="C"), name))
        return name

    def integers(self, name: str, values: npt.ArrayLike) -> str:
        return self.tensor(name, values, np.int64)

    def add(self, operator: str, name: str, inputs: list[str], **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def dense(self, name: str, x: str, weights: Weights) -> str:
        matrix = self.tensor(f"{name}.weight", weights[f"{name}.weight"].T)  # torch keeps (out, in)
        product = self.add("MatMul", f"{name}.product", [x, matrix])
        return self.add("Add", name, [product, self.tensor(f"{name}.bias", weights[f"{name}.bias"])])

    def dense_by_row(self, name: str, x: str, weights: Weights) -> str:
        """The same function as `dense`, with each token's vector brought to a largest value of 1 and back.

        A few tokens have values many times those of the others. Int8 has one scale for a whole tensor, so they would
        cost the others their precision: with this, the cosine of int8 with fp32 rises from .9965 to .9991.
        """
        largest = self.add("ReduceMax", f"{name}.largest", [self.add("Abs", f"{name}.abs", [x]), "last"], keepdims=1)
        matrix = self.tensor(f"{name}.weight", weights[f"{name}.weight"].T)
        product = self.add("MatMul", f"{name}.product", [self.add("Div", f"{name}.unit", [x, largest]), matrix])
        product = self.add("Mul", f"{name}.rows", [product, largest])
        return self.add("Add", name, [product, self.tensor(f"{name}.bias", weights[f"{name}.bias"])])

    def norm(self, name: str, x: str, weights: Weights, epsilon: float) -> str:
        scale = self.tensor(f"{name}.weight", weights[f"{name}.weight"])
        bias = self.tensor(f"{name}.bias", weights[f"{name}.bias"])
        return self.add("LayerNormalization", name, [x, scale, bias], axis=-1, epsilon=epsilon)


def fp32_graph(weights: Weights, shape: Shape) -> onnx.ModelProto:
    """The encoder in full precision, but for the table of pieces: int8 with a scale a row, in both graphs."""
    graph = _Graph()
    graph.integers("last", [-1])
    mask = _mask(graph)
    x = _embedded(graph, weights, shape)
    for layer in range(shape.layers):
        x = _layer(graph, f"encoder.layer.{layer}", x, mask, weights, shape)
    graph.add("Identity", "last_hidden_state", [x])
    axes = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*axes, shape.width])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "multilingual-e5-small", inputs, [output], graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="zhiyin",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _mask(graph: _Graph) -> str:
    """(B, S) of 1 and 0 → (B, 1, 1, S) of 0 and a large negative number."""
    present = graph.add("Cast", "mask.float", ["attention_mask"], to=TensorProto.FLOAT)
    absent = graph.add("Sub", "mask.absent", [graph.tensor("mask.one", [1]), present])
    added = graph.add("Mul", "mask.flat", [absent, graph.tensor("mask.value", [_MASKED])])
    return graph.add("Unsqueeze", "mask", [added, graph.integers("mask.axes", [1, 2])])


def _embedded(graph: _Graph, weights: Weights, shape: Shape) -> str:
    table, scales = quantised_rows(weights[_WORDS])
    rows = graph.add("Gather", "words.int8", [graph.tensor(f"{_WORDS}.int8", table, np.int8), "input_ids"])
    scale = graph.add("Gather", "words.scale", [graph.tensor(f"{_WORDS}.scale", scales), "input_ids"])
    words = graph.add("Mul", "words", [graph.add("Cast", "words.float", [rows], to=TensorProto.FLOAT), scale])

    zero, one = graph.integers("zero", [0]), graph.integers("one", [1])
    sizes = graph.add("Shape", "sizes", ["input_ids"])
    length = graph.add("Slice", "length", [sizes, one, graph.integers("two", [2])])
    table_of_places = graph.tensor(_POSITIONS, weights[_POSITIONS])
    places = graph.add("Slice", "places", [table_of_places, zero, length, zero])  # (S, D)
    kind = graph.add("Gather", "kind", [graph.tensor(_TYPES, weights[_TYPES]), zero])  # (1, D): every text is of type 0
    summed = graph.add("Add", "summed", [words, graph.add("Add", "places.kind", [places, kind])])
    return graph.norm("embeddings.LayerNorm", summed, weights, shape.epsilon)


def _layer(graph: _Graph, name: str, x: str, mask: str, weights: Weights, shape: Shape) -> str:
    attention = _attention(graph, f"{name}.attention", x, mask, weights, shape)
    x = graph.add("Add", f"{name}.attention.sum", [x, attention])
    x = graph.norm(f"{name}.attention.output.LayerNorm", x, weights, shape.epsilon)
    inner = graph.dense_by_row(f"{name}.intermediate.dense", x, weights)
    inner = graph.add("Gelu", f"{name}.intermediate.gelu", [inner], approximate="none")
    outer = graph.dense_by_row(f"{name}.output.dense", inner, weights)
    return graph.norm(
        f"{name}.output.LayerNorm", graph.add("Add", f"{name}.output.sum", [x, outer]), weights, shape.epsilon
    )


def _attention(graph: _Graph, name: str, x: str, mask: str, weights: Weights, shape: Shape) -> str:
    size = shape.width // shape.heads
    joined = {
        f"{name}.self.qkv.{kind}": np.concatenate([weights[f"{name}.self.{part}.{kind}"] for part in _QKV])
        for kind in ("weight", "bias")
    }
    qkv = graph.dense(f"{name}.self.qkv", x, joined)  # (B, S, 3D)
    split = graph.integers(f"{name}.split", [0, 0, 3, shape.heads, size])
    heads = graph.add("Reshape", f"{name}.heads", [qkv, split])
    heads = graph.add("Transpose", f"{name}.turned", [heads], perm=[2, 0, 3, 1, 4])  # (3, B, H, S, d)
    query, key, value = (
        graph.add("Gather", f"{name}.{part}", [heads, graph.integers(f"{name}.{part}.place", place)], axis=0)
        for place, part in enumerate(_QKV)
    )
    key = graph.add("Transpose", f"{name}.key.turned", [key], perm=[0, 1, 3, 2])
    query = graph.add("Mul", f"{name}.scaled", [query, graph.tensor(f"{name}.scale", size**-0.5)])
    scores = graph.add("Add", f"{name}.masked", [graph.add("MatMul", f"{name}.scores", [query, key]), mask])
    mixed = graph.add("MatMul", f"{name}.mixed", [graph.add("Softmax", f"{name}.shares", [scores], axis=-1), value])
    mixed = graph.add("Transpose", f"{name}.back", [mixed], perm=[0, 2, 1, 3])
    flat = graph.integers(f"{name}.flat.shape", [0, 0, shape.width])
    mixed = graph.add("Reshape", f"{name}.flat", [mixed, flat])
    return graph.dense(f"{name}.output.dense", mixed, weights)


def quantised_rows(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """(V, D) fp32 → (V, D) int8 and (V, 1) scales, the largest weight of a row at ±127."""
    scales = (np.abs(table).max(axis=1, keepdims=True) / 127).astype(np.float32)
    scales[scales == 0] = 1
    return np.rint(table / scales).astype(np.int8), scales


def int8_graph(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights in int8 with a scale a column; activations are quantised as they come, a scale a tensor.

    Weights keep 7 of the 8 bits: processors without VNNI add two products in 16 bits, which full 8-bit weights
    overflow, and the vectors would depend on the machine.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        plain, quantised = Path(folder, "model.onnx"), Path(folder, "model_qint8.onnx")
        onnx.save(model, plain)
        quantize_dynamic(
            plain, quantised, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        return onnx.load(quantised)


def weights_of(model: onnx.ModelProto) -> dict[str, npt.NDArray[np.float32]]:
    """The weights in an int8 graph as fp32, under BertModel's names and in its shapes."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    weights: dict[str, npt.NDArray[np.float32]] = {}
    for name, values in stored.items():
        if name == f"{_WORDS}.int8":
            weights[_WORDS] = values * stored[f"{_WORDS}.scale"]
        elif name.endswith(_QUANTISED):
            plain = name.removesuffix(_QUANTISED)
            weights[plain] = (values * stored[f"{plain}_scale"]).T  # symmetric: the zero points are 0
        elif name.endswith((".weight", ".bias")):
            weights[name] = values
    for name in [name for name in weights if ".qkv." in name]:
        thirds = np.split(weights.pop(name), len(_QKV))
        weights.update({name.replace(".qkv.", f".{part}."): third for part, third in zip(_QKV, thirds, strict=True)})
    return {name: np.ascontiguousarray(weights[name], dtype=np.float32) for name in sorted(weights)}
