"""What does one more document cost in a library that is large already, apart from encoding it?

    python -m benchmarks.adding

The library holds some 5,000 passages made of the seeds' sentences in new orders. The encoder takes no time: it gives
each character a vector as wide as the bundled encoder's, so that all files are as large as real ones.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.bundled import seeds_folder
from assistant.encoder import Encoding, Role
from assistant.library import Library
from assistant.records import Span
from assistant.settings import Settings
from assistant.text import sentences

_FILES = 100
#: Lines of so many sentences make some 50 passages a file.
_LINES, _SENTENCES = 42, 4
_RUNS = 5
_WIDTH = 384


class _InstantEncoder:
    """A vector for each character, looked up; a text is the normalised sum."""

    dimension = _WIDTH
    fingerprint = "instant"

    def __init__(self) -> None:
        self._vectors = np.random.default_rng(0).standard_normal((4096, _WIDTH)).astype(np.float32)
        self._vectors /= np.linalg.norm(self._vectors, axis=1, keepdims=True)

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        return [self._encoding(text) for text in texts]

    def _encoding(self, text: str) -> Encoding:
        tokens = self._vectors[[ord(character) % len(self._vectors) for character in text]]
        pooled = tokens.sum(axis=0)
        return Encoding(pooled / np.linalg.norm(pooled), tokens, np.arange(len(text), dtype=np.int32))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="zhiyin-adding-") as name:
        folder = Path(name)
        _write_documents(folder / "documents", _FILES)
        library = Library.open(folder / "library")
        with closing(Assistant(library, Settings(), _InstantEncoder(), None)) as assistant:
            began = time.perf_counter()
            assistant.add([folder / "documents"])
            assistant.warm_up()
            passages = len(library.passages())
            print(f"{passages} passages in {len(library.sources())} files: {time.perf_counter() - began:.1f} s\n")
            _write_documents(folder / "more", _RUNS, seed=1)
            print(f"{'one more document':20}{'read, stored':>14}{'index':>10}{'together':>10}")
            for number, path in enumerate(sorted((folder / "more").iterdir()), start=1):
                times = [time.perf_counter()]
                assistant.add([path])
                times.append(time.perf_counter())
                assistant.warm_up()
                times.append(time.perf_counter())
                stored, indexed = np.diff(times)
                print(f"{number:<20}{stored:>12.2f} s{indexed:>8.2f} s{stored + indexed:>8.2f} s")


def _write_documents(folder: Path, count: int, seed: int = 0) -> None:
    folder.mkdir()
    known = [piece for path in sorted(seeds_folder().glob("*.txt")) for piece in _sentences(path)]
    chance = random.Random(seed)
    for number in range(count):
        lines = ["".join(chance.sample(known, _SENTENCES)) for _ in range(_LINES)]
        text = f"第{number}号资料汇编{seed}\n\n" + "\n".join(lines)
        (folder / f"{number:03d}.txt").write_text(text, encoding="utf-8")


def _sentences(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    pieces = (span.of(text) for span in sentences(text, Span(0, len(text))))
    return [piece for piece in pieces if 10 <= len(piece) <= 60 and piece.endswith("。") and "\n" not in piece]


if __name__ == "__main__":
    main()
