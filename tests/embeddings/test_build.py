from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.encoder import Role
from assistant.encoder.onnx import OnnxEncoder
from assistant.encoder.sentence_transformer import SentenceTransformerEncoder
from embeddings.build import LIMIT, MODEL, build, wheels
from embeddings.unpack import unpack
from tests.embeddings.tiny import tiny_source


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(tiny_source(), folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_has_the_files_of_the_bundled_model(built: Path) -> None:
    assert files(built).keys() == files(MODEL).keys()


def test_two_builds_have_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(tiny_source(), tmp_path)
    assert files(tmp_path) == files(built)


def test_a_build_is_an_encoder(built: Path) -> None:
    (encoding,) = OnnxEncoder(built).encode(["支部,the"], Role.PASSAGE)
    assert encoding.pooled.shape == (32,)


def test_a_build_is_unpacked_into_a_sentence_transformer(built: Path, tmp_path: Path) -> None:
    unpack(tmp_path, built)
    one, two = (
        encoder.encode(["支部"], Role.QUERY)[0]
        for encoder in (OnnxEncoder(built), SentenceTransformerEncoder(tmp_path))
    )
    assert one.pooled @ two.pooled > 0.99 and one.tokens.shape == two.tokens.shape


def test_a_given_folder_of_wheels_is_taken_as_it_is(tmp_path: Path) -> None:
    with wheels(tmp_path) as folder:
        assert folder == tmp_path


def test_the_bundled_model_stays_below_its_limit() -> None:
    assert sum(map(len, files(MODEL).values())) <= LIMIT


def test_the_graph_is_the_only_weights_of_the_bundled_model() -> None:
    assert [name for name, content in files(MODEL).items() if len(content) > 2_000_000] == ["onnx/model_qint8.onnx"]


def test_the_bundled_files_agree_on_the_number_of_pieces() -> None:
    tokenizer = json.loads((MODEL / "tokenizer.json").read_text(encoding="utf-8"))
    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    assert len(tokenizer["model"]["vocab"]) == config["vocab_size"]


def test_the_card_names_source_licence_and_commands() -> None:
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    for words in ("intfloat/multilingual-e5-small", "MIT", "python -m embeddings.build", "python -m embeddings.unpack",
                  "python -m benchmarks.vocabulary"):  # fmt: skip
        assert words in card
