"""The vectors of all passages, one each and one for each of their tokens, in segments that never change.

A segment is written as soon as some texts are encoded, so that a build that is killed goes on where it was, and an
added document costs no copy of what is there. When there are many segments the smallest are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from assistant.encoder import Encoder, Encoding, Matrix, Role, Starts
from assistant.errors import EncoderError
from assistant.index.builds import Builds

#: Texts given to the encoder at once: enough for it to batch by length, few enough that progress is seen to move.
_CHUNK = 64
#: Texts of a new segment: what is lost when a build is killed takes some seconds to encode again.
_SEGMENT = 4 * _CHUNK
#: More segments than this make a start slower, since each has files to open and to look over.
_MOST = 8
#: Half precision halves the largest file, and moves a cosine by less than .001.
_STORED = np.dtype("<f2")

Key = bytes  # the SHA-256 of an encoded text
Progress = Callable[[int, int], None]
Row = tuple[Key, Matrix, npt.NDArray[np.floating], Starts]  # of one text: key, pooled (D,), tokens (T, D), starts (T,)


@dataclass(frozen=True, slots=True)
class Segment:
    """`pooled` (n, D); `tokens` (total, D) of all texts one after another, those of text i from `offsets[i]` (n + 1,).

    `starts` (total,) is where each token begins in its text. `keys` (n, 32) are the SHA-256 of the texts.
    """

    folder: Path
    keys: npt.NDArray[np.uint8]
    pooled: Matrix
    tokens: npt.NDArray[np.float16]
    starts: Starts
    offsets: npt.NDArray[np.int64]

    FILES: ClassVar = ("keys.npy", "pooled.npy", "tokens.npy", "starts.npy", "offsets.npy")

    @classmethod
    def load(cls, folder: Path, mapped: bool = True) -> Segment:
        """What `write_segment` wrote, the tokens memory-mapped if asked; files that don't fit each other are a
        ValueError."""
        modes: list[Literal["r"] | None] = ["r" if mapped and name == "tokens.npy" else None for name in cls.FILES]
        paths = [folder / name for name in cls.FILES]
        arrays = [np.load(path, mmap_mode=mode, allow_pickle=False) for path, mode in zip(paths, modes, strict=True)]
        found = cls(folder, *arrays)
        texts = len(found.keys) == len(found.pooled) == len(found.offsets) - 1
        if not texts or not found.offsets[-1] == len(found.tokens) == len(found.starts):
            raise ValueError("the files of vectors don't belong together")
        return found

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self) -> Iterator[Row]:
        for place in range(len(self)):
            yield self.keys[place].tobytes(), self.pooled[place], self.stored_tokens(place), self.stored_starts(place)

    def stored_tokens(self, place: int) -> npt.NDArray[np.float16]:
        return self.tokens[self.offsets[place] : self.offsets[place + 1]]

    def stored_starts(self, place: int) -> Starts:
        return self.starts[self.offsets[place] : self.offsets[place + 1]]


class Encodings:
    """The encodings of N texts, each at a place of one of the segments; `pooled` is (N, D)."""

    def __init__(self, segments: Sequence[Segment], places: npt.NDArray[np.int64], dimension: int) -> None:
        """`places` (N, 2): the number of the segment, and the place in it."""
        self._segments = segments
        self._places = places
        self.pooled: Matrix = np.empty((len(places), dimension), dtype=np.float32)
        for number, segment in enumerate(segments):
            held = places[:, 0] == number
            self.pooled[held] = segment.pooled[places[held, 1]]

    @classmethod
    def find(cls, keys: Sequence[Key], segments: Sequence[Segment], dimension: int) -> Encodings | None:
        """The encodings of the texts with these keys; None if one is in no segment."""
        known = _places(segments)
        if any(key not in known for key in keys):
            return None
        return cls(segments, np.array([known[key] for key in keys], dtype=np.int64).reshape(-1, 2), dimension)

    def stored_tokens(self, number: int) -> npt.NDArray[np.float16]:
        segment, place = self._place(number)
        return segment.stored_tokens(place)

    def stored_starts(self, number: int) -> Starts:
        segment, place = self._place(number)
        return segment.stored_starts(place)

    def _place(self, number: int) -> tuple[Segment, int]:
        return self._segments[int(self._places[number, 0])], int(self._places[number, 1])


def key_of(text: str) -> Key:
    """What an encoding is found again by."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def encode_missing(
    texts: Sequence[str],
    encoder: Encoder,
    known: Sequence[Segment],
    builds: Builds,
    origin: str,
    progress: Progress | None,
) -> list[Segment]:
    """The segments that, with the known ones, hold all of the texts: what they lack is encoded and written."""
    held = _places(known)
    missing = {key: text for text in texts if (key := key_of(text)) not in held}
    keys = list(missing)
    written = []
    for start in range(0, len(keys), _SEGMENT):
        some = keys[start : start + _SEGMENT]
        rows: list[Row] = []
        for first in range(0, len(some), _CHUNK):
            chunk = some[first : first + _CHUNK]
            encodings = _encode(encoder, [missing[key] for key in chunk])
            rows += [(key, each.pooled, each.tokens, each.starts) for key, each in zip(chunk, encodings, strict=True)]
            if progress:
                progress(start + first + len(chunk), len(keys))
        written.append(_add(builds, origin, rows, len(rows), encoder.dimension))
    return written


def put_together(
    segments: Sequence[Segment], keys: Iterable[Key], builds: Builds, origin: str, dimension: int
) -> list[Segment]:
    """At most `_MOST` segments that hold these keys: the smallest in one, with those of which most is not needed."""
    wanted = set(keys)
    by_size = sorted(segments, key=len, reverse=True)
    needed = _needed(by_size, wanted)
    used = [segment for segment in by_size if needed[segment.folder]]
    kept = [segment for segment in used[: _MOST - 1] if 2 * needed[segment.folder] >= len(segment)]
    rest = [segment for segment in used if segment not in kept]
    if len(used) > _MOST or any(2 * needed[segment.folder] < len(segment) for segment in rest):
        rows = {row[0]: row for segment in rest for row in segment.rows() if row[0] in wanted}
        rest = [_add(builds, origin, rows.values(), len(rows), dimension)]
    return [*kept, *rest]


def _needed(segments: Sequence[Segment], wanted: Set[Key]) -> dict[Path, int]:
    """How many of the wanted keys each segment holds that none before it does: a build that was killed after it put
    segments together has left their texts twice."""
    rest = set(wanted)
    found = {}
    for segment in segments:
        held = rest & {row.tobytes() for row in segment.keys}
        found[segment.folder] = len(held)
        rest -= held
    return found


def _add(builds: Builds, origin: str, rows: Iterable[Row], count: int, dimension: int) -> Segment:
    return Segment.load(builds.add("", origin, lambda folder: write_segment(folder, rows, count, dimension)))


def write_segment(folder: Path, rows: Iterable[Row], count: int, dimension: int) -> None:
    """Write the encodings of `count` texts; the tokens while they come, because all of them may not fit into memory."""
    keys: list[Key] = []
    pooled = np.empty((count, dimension), dtype=np.float32)
    offsets = np.zeros(count + 1, dtype=np.int64)
    starts: list[Starts] = [np.empty(0, dtype=np.int32)]
    with (folder / "tokens.npy").open("wb") as sink:
        begin = _write_head(sink, 0, dimension)
        for number, (key, vector, tokens, places) in enumerate(rows):
            keys.append(key)
            pooled[number] = vector
            offsets[number + 1] = offsets[number] + len(tokens)
            starts.append(places)
            sink.write(np.ascontiguousarray(tokens, dtype=_STORED).tobytes())
        sink.seek(0)
        if _write_head(sink, int(offsets[-1]), dimension) != begin:
            raise AssertionError("numpy leaves room in the head of an .npy file for the first axis to grow")
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "keys.npy": np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 32),
        "pooled.npy": pooled,
        "offsets.npy": offsets,
        "starts.npy": np.concatenate(starts),
    }
    for name, array in arrays.items():
        np.save(folder / name, array, allow_pickle=False)


def _places(segments: Sequence[Segment]) -> dict[Key, tuple[int, int]]:
    """Key → number of the segment and place in it."""
    return {
        row.tobytes(): (number, place)
        for number, segment in enumerate(segments)
        for place, row in enumerate(segment.keys)
    }


def _encode(encoder: Encoder, texts: Sequence[str]) -> list[Encoding]:
    encodings = encoder.encode(texts, Role.PASSAGE) if texts else []
    width = encoder.dimension
    if len(encodings) != len(texts) or any(
        each.pooled.shape != (width,) or each.tokens.shape != (len(each.tokens), width) for each in encodings
    ):
        raise EncoderError(f"编码模型给出的向量与它声明的维数 {width} 不符，请换一个模型。")
    return encodings


def _write_head(sink: BinaryIO, total: int, dimension: int) -> int:
    """The head of an .npy file of shape (total, dimension), and where the data begins."""
    head = {"descr": _STORED.str, "fortran_order": False, "shape": (total, dimension)}
    np.lib.format.write_array_header_1_0(sink, head)
    return sink.tell()
