from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest

from embeddings.graph import fp32_graph, int8_graph, quantised_rows, weights_of
from tests.embeddings.tiny import SHAPE, tiny_weights

WORDS = "embeddings.word_embeddings.weight"
IDS = np.array([[0, 8, 4, 9, 2], [0, 6, 2, 1, 1]])
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def states(model: onnx.ModelProto, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})
    return np.asarray(found)


@pytest.fixture(scope="module")
def fp32() -> onnx.ModelProto:
    return fp32_graph(tiny_weights(), SHAPE)


@pytest.fixture(scope="module")
def int8(fp32: onnx.ModelProto) -> onnx.ModelProto:
    return int8_graph(fp32)


def test_the_graph_computes_what_bert_does(fp32: onnx.ModelProto) -> None:
    torch = pytest.importorskip("torch")
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=SHAPE.pieces, hidden_size=SHAPE.width, num_hidden_layers=SHAPE.layers,
        num_attention_heads=SHAPE.heads, intermediate_size=SHAPE.inner, max_position_embeddings=SHAPE.positions,
        type_vocab_size=SHAPE.types, layer_norm_eps=SHAPE.epsilon,
    )  # fmt: skip
    rows, scales = quantised_rows(tiny_weights()[WORDS])
    weights = {**tiny_weights(), WORDS: rows * scales}
    bert = BertModel(config, add_pooling_layer=False).train(False)
    bert.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()})
    with torch.no_grad():
        expected = bert(torch.from_numpy(IDS), attention_mask=torch.from_numpy(MASK)).last_hidden_state.numpy()
    assert states(fp32, IDS, MASK)[MASK == 1] == pytest.approx(expected[MASK == 1], abs=1e-5)


def test_padding_changes_nothing(fp32: onnx.ModelProto) -> None:
    alone = states(fp32, IDS[1:, :3], MASK[1:, :3])
    assert states(fp32, IDS, MASK)[1, :3] == pytest.approx(alone[0], abs=1e-5)


def test_int8_is_close_to_fp32(fp32: onnx.ModelProto, int8: onnx.ModelProto) -> None:
    one, two = (states(model, IDS[:1], MASK[:1])[0] for model in (fp32, int8))
    cosines = (one * two).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)
    assert cosines.min() > 0.99


def test_int8_keeps_no_matrix_in_fp32(int8: onnx.ModelProto) -> None:
    large = [tensor.name for tensor in int8.graph.initializer if tensor.data_type == 1 and np.prod(tensor.dims) > 600]
    assert large == []


def test_the_same_weights_give_the_same_bytes(fp32: onnx.ModelProto, int8: onnx.ModelProto) -> None:
    again = int8_graph(fp32_graph(tiny_weights(), SHAPE))
    assert again.SerializeToString(deterministic=True) == int8.SerializeToString(deterministic=True)


def test_weights_come_back_within_a_step_of_their_scale(int8: onnx.ModelProto) -> None:
    original, read = tiny_weights(), weights_of(int8)
    assert read.keys() == original.keys()
    for name, values in original.items():
        assert read[name].shape == values.shape
        # 7 bits: 63 steps to the largest weight of a column, and half a step to the nearest.
        assert np.abs(read[name] - values).max() <= np.abs(values).max() / 63 / 2 + 1e-6


def test_a_row_of_zeros_stays_zeros() -> None:
    rows, scales = quantised_rows(np.array([[0, 0], [1, -2]], np.float32))
    assert rows.tolist() == [[0, 0], [64, -127]]
    assert scales[:, 0] == pytest.approx([1, 2 / 127])
