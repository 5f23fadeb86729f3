"""The vectors of all passages: one each, and one for each of their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoder, Encoding, Matrix, Role, Starts
from assistant.errors import EncoderError

#: Texts given to the encoder at once: enough for it to batch by length, few enough that progress is seen to move.
_CHUNK = 64
#: Half precision halves the largest file, and moves a cosine by less than .001.
_STORED = np.dtype("<f2")

Key = bytes  # the SHA-256 of an encoded text
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Encodings:
    """`pooled` (N, D); `tokens` (total, D) of all texts one after another, those of text n from `offsets[n]` (N + 1,).

    `starts` (total,) is where each token begins in its text. `keys` (N, 32) are the SHA-256 of the texts, by which an
    encoding is found again when the index is rebuilt.
    """

    keys: npt.NDArray[np.uint8]
    pooled: Matrix
    tokens: npt.NDArray[np.float16]
    starts: Starts
    offsets: npt.NDArray[np.int64]

    FILES: ClassVar = ("keys.npy", "pooled.npy", "tokens.npy", "starts.npy", "offsets.npy")

    @classmethod
    def load(cls, folder: Path, mapped: bool = True) -> Encodings:
        """What `encode` wrote, the vectors memory-mapped if asked; files that don't fit each other are a ValueError."""
        large = ("pooled.npy", "tokens.npy")
        modes: list[Literal["r"] | None] = ["r" if mapped and name in large else None for name in cls.FILES]
        paths = [folder / name for name in cls.FILES]
        arrays = [np.load(path, mmap_mode=mode, allow_pickle=False) for path, mode in zip(paths, modes, strict=True)]
        found = cls(*arrays)
        texts = len(found.keys) == len(found.pooled) == len(found.offsets) - 1
        if not texts or not found.offsets[-1] == len(found.tokens) == len(found.starts):
            raise ValueError("the files of vectors don't belong together")
        return found

    def numbers(self) -> dict[Key, int]:
        """Key → number, to look encodings up."""
        return {row.tobytes(): number for number, row in enumerate(self.keys)}

    def stored_tokens(self, number: int) -> npt.NDArray[np.float16]:
        return self.tokens[self.offsets[number] : self.offsets[number + 1]]

    def stored_starts(self, number: int) -> Starts:
        return self.starts[self.offsets[number] : self.offsets[number + 1]]


def encode(
    texts: Sequence[str], encoder: Encoder, known: Encodings | None, folder: Path, progress: Progress | None
) -> Matrix:
    """Encode what `known` does not hold yet, take the rest from there, and write all of it to `folder`.

    The tokens are written while they come, because all of them may not fit into memory. Returns the pooled (N, D).
    """
    keys = [_key(text) for text in texts]
    pooled = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    starts: list[Starts] = [np.empty(0, dtype=np.int32)]
    with (folder / "tokens.npy").open("wb") as sink:
        begin = _write_head(sink, 0, encoder.dimension)
        for number, (vector, tokens, places) in enumerate(_in_order(texts, keys, encoder, known, progress)):
            pooled[number] = vector
            offsets[number + 1] = offsets[number] + len(tokens)
            starts.append(places)
            sink.write(np.ascontiguousarray(tokens, dtype=_STORED).tobytes())
        sink.seek(0)
        if _write_head(sink, int(offsets[-1]), encoder.dimension) != begin:
            raise AssertionError("numpy leaves room in the head of an .npy file for the first axis to grow")
    named = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 32)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "keys.npy": named,
        "pooled.npy": pooled,
        "offsets.npy": offsets,
        "starts.npy": np.concatenate(starts),
    }
    for name, array in arrays.items():
        np.save(folder / name, array, allow_pickle=False)
    return pooled


def _in_order(
    texts: Sequence[str], keys: Sequence[Key], encoder: Encoder, known: Encodings | None, progress: Progress | None
) -> Iterator[tuple[Matrix, npt.NDArray[np.floating], Starts]]:
    """The pooled vector, the tokens and their starts of each text, in order."""
    numbers = known.numbers() if known else {}
    total = sum(key not in numbers for key in keys)
    done = 0
    for start in range(0, len(texts), _CHUNK):
        chunk = range(start, min(start + _CHUNK, len(texts)))
        missing = [number for number in chunk if keys[number] not in numbers]
        fresh = dict(zip(missing, _encode(encoder, [texts[number] for number in missing]), strict=True))
        for number in chunk:
            if number in fresh:
                yield fresh[number].pooled, fresh[number].tokens, fresh[number].starts
            elif known:
                at = numbers[keys[number]]
                yield known.pooled[at], known.stored_tokens(at), known.stored_starts(at)
        done += len(missing)
        if progress and missing:
            progress(done, total)


def _encode(encoder: Encoder, texts: Sequence[str]) -> list[Encoding]:
    encodings = encoder.encode(texts, Role.PASSAGE) if texts else []
    width = encoder.dimension
    if len(encodings) != len(texts) or any(
        each.pooled.shape != (width,) or each.tokens.shape != (len(each.tokens), width) for each in encodings
    ):
        raise EncoderError(f"编码模型给出的向量与它声明的维数 {width} 不符，请换一个模型。")
    return encodings


def _key(text: str) -> Key:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _write_head(sink: BinaryIO, total: int, dimension: int) -> int:
    """The head of an .npy file of shape (total, dimension), and where the data begins."""
    head = {"descr": _STORED.str, "fortran_order": False, "shape": (total, dimension)}
    np.lib.format.write_array_header_1_0(sink, head)
    return sink.tell()
