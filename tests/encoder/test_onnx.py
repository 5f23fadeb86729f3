from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.bundled import model_folder
from assistant.encoder import Role
from assistant.encoder.onnx import CONFIG, GRAPH, LIMITS, PROMPTS, TOKENIZER, OnnxEncoder
from assistant.errors import EncoderError
from tests.encoder.sentences import WRITTEN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled model that a test may damage."""
    return Path(shutil.copytree(model_folder(), tmp_path / "model"))


def test_vectors_have_the_dimension_and_length_one(bundled: OnnxEncoder) -> None:
    (encoding,) = bundled.encode([WRITTEN[0]], Role.QUERY)
    assert encoding.pooled.shape == (384,) == (bundled.dimension,)
    assert encoding.pooled.dtype == encoding.tokens.dtype == np.float32
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1)
    assert np.linalg.norm(encoding.tokens, axis=1) == pytest.approx(1)


def test_no_texts_give_no_encodings(bundled: OnnxEncoder) -> None:
    assert bundled.encode([], Role.PASSAGE) == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("text", ["", " ", "\n\t", "  "])
def test_a_blank_text_has_a_finite_vector_and_no_tokens(bundled: OnnxEncoder, text: str, role: Role) -> None:
    (encoding,) = bundled.encode([text], role)
    assert encoding.tokens.shape == (0, 384) and encoding.starts.shape == (0,)
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1)


@pytest.mark.parametrize(("text", "count"), [("支部", 1), ("支部书记", 2), (" 支部  书记\n", 2), ("。", 1)])
def test_tokens_are_those_of_the_text_alone(bundled: OnnxEncoder, text: str, count: int) -> None:
    for encoding in (*bundled.encode([text], Role.QUERY), *bundled.encode([text], Role.PASSAGE)):
        assert len(encoding.tokens) == count


@pytest.mark.parametrize("role", Role)
def test_each_token_knows_where_in_the_text_it_begins(bundled: OnnxEncoder, role: Role) -> None:
    text = "支部书记,支部 大会"
    (encoding,) = bundled.encode([text], role)
    assert [text[start : start + 2] for start in encoding.starts] == ["支部", "书记", ",支", "支部", "大会"]


def test_the_words_of_a_prompt_count_as_text_where_the_text_has_them(bundled: OnnxEncoder) -> None:
    (encoding,) = bundled.encode(["query: 支部"], Role.QUERY)
    assert len(encoding.tokens) == len(["▁que", "ry", ":", "支部"])


def test_a_question_and_a_passage_of_the_same_words_differ(bundled: OnnxEncoder) -> None:
    (asked,), (stated,) = (bundled.encode([WRITTEN[0]], role) for role in Role)
    assert 0.8 < asked.pooled @ stated.pooled < 0.999


def test_a_long_text_is_cut_at_512_tokens(bundled: OnnxEncoder) -> None:
    long, longer = bundled.encode(["会" * 5000, "会" * 9000], Role.PASSAGE)
    assert len(long.tokens) < 512
    assert np.array_equal(long.pooled, longer.pooled)


def test_half_a_surrogate_pair_is_encoded_as_a_question_mark(bundled: OnnxEncoder) -> None:
    broken, marked = bundled.encode(["支部\ud83d", "支部?"], Role.QUERY)
    assert np.array_equal(broken.tokens, marked.tokens)


def test_a_text_has_the_same_vectors_beside_any_others(bundled: OnnxEncoder) -> None:
    together = bundled.encode(WRITTEN, Role.PASSAGE)
    turned = bundled.encode(WRITTEN[::-1], Role.PASSAGE)[::-1]
    alone = [bundled.encode([text], Role.PASSAGE)[0] for text in WRITTEN]
    for one, two, three in zip(together, turned, alone, strict=True):
        assert np.array_equal(one.pooled, two.pooled) and np.array_equal(one.pooled, three.pooled)
        assert np.array_equal(one.tokens, two.tokens) and np.array_equal(one.tokens, three.tokens)


def test_a_question_is_nearest_to_the_passage_that_answers_it(bundled: OnnxEncoder) -> None:
    passages = np.stack([encoding.pooled for encoding in bundled.encode(WRITTEN, Role.PASSAGE)])
    (question,) = bundled.encode(["外出务工的党员怎么办关系"], Role.QUERY)
    assert WRITTEN[int(np.argmax(passages @ question.pooled))].startswith("流动党员")


def test_encoding_imports_no_torch_and_naming_the_encoder_imports_no_runtime() -> None:
    code = """
import sys
from assistant.encoder import Role
from assistant.encoder.onnx import OnnxEncoder
heavy = {"torch", "transformers", "sentence_transformers", "onnxruntime", "tokenizers"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
assert OnnxEncoder().encode(["支部"], Role.QUERY)[0].tokens.shape == (1, 384)
assert not {"torch", "transformers", "sentence_transformers"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_fingerprint_is_of_the_content(bundled: OnnxEncoder, folder: Path) -> None:
    assert OnnxEncoder(folder).fingerprint == bundled.fingerprint
    (folder / "README.md").write_text("另一份说明", encoding="utf-8")
    assert OnnxEncoder(folder).fingerprint == bundled.fingerprint


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, PROMPTS, LIMITS, CONFIG])
def test_the_fingerprint_changes_with_each_file_that_makes_the_vectors(
    bundled: OnnxEncoder, folder: Path, name: str
) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    assert OnnxEncoder(folder).fingerprint != bundled.fingerprint


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    encoder = OnnxEncoder(tmp_path / "没有")
    for use in (lambda: encoder.dimension, lambda: encoder.fingerprint, lambda: encoder.encode(["好"], Role.QUERY)):
        with pytest.raises(EncoderError, match=r"找不到.*没有.*请重新安装"):
            use()


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, PROMPTS, LIMITS])
@pytest.mark.parametrize("content", [b"", b"version 1\noid sha256:0\nsize 41726646\n", b"[]", b"\xff\xfe\x00"])
def test_a_damaged_file_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match=f"{name} 已损坏，请重新安装"):
        OnnxEncoder(folder).encode(["好"], Role.QUERY)


def test_half_a_graph_is_named(folder: Path) -> None:
    graph = (folder / GRAPH).read_bytes()
    (folder / GRAPH).write_bytes(graph[: len(graph) // 2])
    with pytest.raises(EncoderError, match=f"{GRAPH} 已损坏"):
        OnnxEncoder(folder).encode(["好"], Role.QUERY)


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, PROMPTS, LIMITS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=f"找不到.*{name}"):
        OnnxEncoder(folder).encode(["好"], Role.QUERY)
