from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import Encoder, Matrix, Role
from assistant.encoder.centred import CENTRES, CentredEncoder, centred
from assistant.encoder.tokens import unit
from assistant.errors import EncoderError
from tests.fakes import HashEncoder

D = 64
TEXT = "支部 学习"


def centres(scale: float = 0.5) -> Matrix:
    """Each of the four means is an axis of its own: question, its tokens, passage, its tokens."""
    return scale * np.eye(4, D, dtype=np.float32).reshape(2, 2, D)


@pytest.mark.parametrize(("role", "text_axis"), [(Role.QUERY, 0), (Role.PASSAGE, 2)])
def test_the_means_of_a_role_are_taken_away(role: Role, text_axis: int) -> None:
    (plain,) = HashEncoder(D).encode([TEXT], role)
    (found,) = CentredEncoder(HashEncoder(D), centres()).encode([TEXT], role)
    axes = 0.5 * np.eye(D, dtype=np.float32)
    np.testing.assert_allclose(found.pooled, unit(plain.pooled - axes[text_axis]), rtol=1e-6)
    np.testing.assert_allclose(found.tokens, unit(plain.tokens - axes[text_axis + 1]), rtol=1e-6)


def test_a_centred_token_by_hand() -> None:
    word = HashEncoder(D).encode(["支部"], Role.QUERY)[0].tokens[0]
    means = np.zeros((2, 2, D), dtype=np.float32)
    means[0, 1, (HashEncoder(D).axis("支部") + 1) % D] = 0.75
    (found,) = CentredEncoder(HashEncoder(D), means).encode(["支部"], Role.QUERY)
    # (1, -.75) is 5/4 long
    np.testing.assert_allclose(sorted(found.tokens[0][found.tokens[0] != 0]), [-0.75 / 1.25, 1 / 1.25], rtol=1e-6)
    np.testing.assert_allclose(found.tokens[0] @ word, 1 / 1.25, rtol=1e-6)


def test_vectors_stay_of_unit_length_and_starts_are_kept() -> None:
    (plain,) = HashEncoder(D).encode([TEXT], Role.PASSAGE)
    (found,) = CentredEncoder(HashEncoder(D), centres()).encode([TEXT], Role.PASSAGE)
    np.testing.assert_allclose(np.linalg.norm(found.tokens, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found.pooled), 1, rtol=1e-6)
    assert found.starts.tolist() == plain.starts.tolist()


def test_a_text_without_tokens_still_has_none() -> None:
    (found,) = CentredEncoder(HashEncoder(D), centres()).encode(["……"], Role.QUERY)
    assert found.tokens.shape == (0, D)


def test_the_fingerprint_tells_the_centres_and_the_encoder() -> None:
    encoders: list[Encoder] = [
        HashEncoder(D),
        CentredEncoder(HashEncoder(D), centres()),
        CentredEncoder(HashEncoder(D), centres(0.25)),
        CentredEncoder(HashEncoder(D, "another"), centres()),
    ]
    assert len({encoder.fingerprint for encoder in encoders}) == len(encoders)
    assert CentredEncoder(HashEncoder(D), centres()).fingerprint == encoders[1].fingerprint


@pytest.mark.parametrize("shape", [(2, 2, D + 1), (1, 2, D), (2, D), (4, D)])
def test_centres_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(EncoderError, match="重新安装"):
        CentredEncoder(HashEncoder(D), np.zeros(shape, dtype=np.float32))


def test_a_folder_without_centres_gives_the_encoder_itself(tmp_path: Path) -> None:
    encoder = HashEncoder(D)
    assert centred(encoder, tmp_path) is encoder
    assert centred(encoder, tmp_path / "没有") is encoder


def test_a_folder_with_centres_gives_the_encoder_centred(tmp_path: Path) -> None:
    np.save(tmp_path / CENTRES, centres())
    found = centred(HashEncoder(D), tmp_path)
    assert found.dimension == D
    assert found.fingerprint == CentredEncoder(HashEncoder(D), centres()).fingerprint


def cut_off(file: Path) -> None:
    np.save(file, centres())
    file.write_bytes(file.read_bytes()[:200])


def archive(file: Path) -> None:
    with file.open("wb") as stream:
        np.savez(stream, centres=centres())


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "no array": lambda file: file.write_bytes(b"centres"),
    "cut off": cut_off,
    "half an archive": lambda file: file.write_bytes(b"PK\x03\x04"),
    "an archive": archive,
    "words": lambda file: np.save(file, np.array(["支部"])),
    "objects": lambda file: np.save(file, np.array([None]), allow_pickle=True),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_an_error_with_the_way_out(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    damage(tmp_path / CENTRES)
    with pytest.raises(EncoderError, match=r"已损坏，请重新安装"):
        centred(HashEncoder(D), tmp_path)
