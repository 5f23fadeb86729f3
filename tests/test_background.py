from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant import background
from assistant.background import FILE, lead, load_background
from assistant.encoder import Matrix
from assistant.encoder.choose import load_encoder
from assistant.encoder.onnx import OnnxEncoder
from assistant.errors import EncoderError
from tests.fakes import HashEncoder


def passages(*cosines: float) -> Matrix:
    """Background passages with these cosines to the question (1, 0)."""
    return np.array([(cosine, (1 - cosine**2) ** 0.5) for cosine in cosines], dtype=np.float32)


QUESTION = np.array([1, 0], dtype=np.float32)


def test_the_lead_is_the_distance_to_the_mean_of_the_five_nearest() -> None:
    near = passages(0.1, 0.5, 0.2, 0.4, -0.9, 0.3, 0.6)
    assert lead(near, QUESTION, 0.7) == pytest.approx(0.7 - (0.6 + 0.5 + 0.4 + 0.3 + 0.2) / 5)


def test_a_question_nearer_to_the_background_is_behind() -> None:
    assert lead(passages(*[0.6] * 5), QUESTION, 0.5) == pytest.approx(0.5 - 0.6)


def test_fewer_passages_than_five_are_no_background() -> None:
    assert lead(passages(*[0.6] * 4), QUESTION, 0.5) is None
    assert lead(np.empty((0, 2), dtype=np.float32), QUESTION, 0.5) is None


def test_the_bundled_background_is_the_bundled_encoders() -> None:
    encoder = load_encoder()
    found = load_background(encoder)
    assert found.shape[0] > 100 and found.shape[1] == encoder.dimension
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)  # kept in half precision


def test_another_encoder_has_no_background() -> None:
    assert load_background(HashEncoder(64)).shape == (0, 64)
    assert load_background(OnnxEncoder()).shape == (0, OnnxEncoder().dimension)  # the same one, not centred


def test_without_a_file_there_is_no_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "model_folder", lambda: tmp_path)
    assert load_background(HashEncoder(64)).shape == (0, 64)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "no archive": lambda file: file.write_bytes(b"background"),
    "half an archive": lambda file: file.write_bytes(b"PK\x03\x04"),
    "without vectors": lambda file: np.savez(file, encoder=np.array(HashEncoder().fingerprint)),
    "of words": lambda file: np.savez(
        file, encoder=np.array(HashEncoder().fingerprint), vectors=np.array(["支部", "学习"])
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_an_error_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], object]
) -> None:
    monkeypatch.setattr(background, "model_folder", lambda: tmp_path)
    damage(tmp_path / FILE)
    with pytest.raises(EncoderError, match="已损坏，请重新安装"):
        load_background(HashEncoder())
