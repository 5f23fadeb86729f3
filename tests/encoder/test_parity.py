"""The int8 graph beside the same weights in torch: two implementations, one model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Encoding, Role
from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from tests.encoder.sentences import sentences

Pairs = list[tuple[Encoding, Encoding]]


@pytest.fixture(scope="module", params=Role)
def pairs(request: pytest.FixtureRequest, bundled: OnnxEncoder, unpacked: SentenceTransformerEncoder) -> Pairs:
    texts = sentences(200)
    assert len(texts) == 200
    return list(zip(bundled.encode(texts, request.param), unpacked.encode(texts, request.param), strict=True))


def test_the_vectors_of_texts_agree(pairs: Pairs) -> None:
    cosines = np.array([one.pooled @ two.pooled for one, two in pairs])
    assert cosines.mean() > 0.998
    assert cosines.min() > 0.995


def test_the_vectors_of_tokens_agree_one_by_one(pairs: Pairs) -> None:
    cosines = np.concatenate([(one.tokens * two.tokens).sum(axis=1) for one, two in pairs])
    assert cosines.mean() > 0.998
    assert cosines.min() > 0.97


def test_tokens_begin_at_the_same_places(pairs: Pairs) -> None:
    assert all(np.array_equal(one.starts, two.starts) for one, two in pairs)


def test_both_have_one_dimension(bundled: OnnxEncoder, unpacked: SentenceTransformerEncoder) -> None:
    assert bundled.dimension == unpacked.dimension


def test_the_unpacked_folder_is_loaded_by_sentence_transformers_alone(
    bundled: OnnxEncoder, unpacked_folder: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(unpacked_folder), local_files_only=True)
    vector = model.encode("组织生活会怎么开?", prompt_name="query")
    assert vector @ bundled.encode(["组织生活会怎么开?"], Role.QUERY)[0].pooled > 0.995
