"""The index: words, vectors and token vectors of all passages, made from the library and made again when it changes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from filelock import FileLock, Timeout

from assistant.encoder import Encoder, Starts
from assistant.engines import Matrix, Numbers, VectorEngine
from assistant.engines.bm25 import Bm25
from assistant.engines.faiss import FlatEngine
from assistant.errors import LibraryBusy, LibraryError
from assistant.homophones import Homophones
from assistant.index.builds import Builds
from assistant.index.fields import CutWords, encoded_text, heading_words, revision
from assistant.index.segments import Encodings, Progress, Segment, encode_missing, key_of, put_together
from assistant.records import Passage
from assistant.settings import IndexSettings

__all__ = ["Index", "encoded_text"]

_ENGINE, _BODY, _HEADING, _WORDS = "vectors.faiss", "body.npz", "heading.npz", "words.txt"
_FILES = (_ENGINE, _BODY, _HEADING)
#: What reading a file that is not what it should be may raise.
_UNREADABLE = (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile)
#: Seconds to wait for another process that builds; a large library takes some minutes.
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a build holds of all passages."""

    encodings: Encodings
    engine: VectorEngine
    body: Bm25
    heading: Bm25


class Index:
    """What the passages are looked up by; a number is a position in `passages`. 「索引」"""

    def __init__(self, passages: Sequence[Passage], parts: _Parts, chosen: Numbers | None = None) -> None:
        """Use `Index.open`. `chosen` are the numbers of these passages among all that the parts hold; None for all."""
        self.passages = tuple(passages)
        self._parts = parts
        self._chosen = np.arange(len(self.passages)) if chosen is None else chosen
        self._numbers = {passage.id: number for number, passage in enumerate(self.passages)}

    @classmethod
    def open(
        cls,
        folder: Path,
        passages: Sequence[Passage],
        encoder: Encoder,
        settings: IndexSettings | None = None,
        progress: Progress | None = None,
    ) -> Index:
        """The index of these passages, loaded from `folder` if it stands there, else built there and loaded.

        A build encodes only texts that no index in `folder` holds; `progress(done, total)` counts those. Where
        `folder` can't be written, the index is kept in memory.
        """
        build = _Build(folder, passages, encoder, settings or IndexSettings(), progress)
        found = build.load()
        if found:
            return found
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder):
                return build.load() or build.on_disk()  # another process may have built it while we waited
        except (OSError, NotImplementedError):  # read-only, full, or a file system without locks
            return build.in_memory()

    @staticmethod
    def mend(folder: Path) -> bool:
        """Read every byte of an index, and take away what is damaged, to be built again; whether anything was."""
        if not folder.is_dir():
            return False
        try:
            with _alone(folder):  # a build that another process is at looks damaged until its manifest is there
                found = [path for builds in (Builds(folder), Builds(folder / "vectors")) for path in builds.damaged()]
                for path in found:
                    shutil.rmtree(path, ignore_errors=True)
        except (OSError, NotImplementedError):  # read-only, or a file system without locks: it can't be mended here
            return False
        return bool(found)

    def within(self, sources: Collection[str]) -> Index:
        """The part of the index that holds the passages of some sources, by their ids; it shares all that is loaded."""
        chosen = [number for number, passage in enumerate(self.passages) if passage.document.source.id in sources]
        return Index([self.passages[number] for number in chosen], self._parts, self._chosen[chosen])

    def __len__(self) -> int:
        return len(self.passages)

    def body_scores(self, words: Sequence[str]) -> Matrix:
        """(N,): BM25 of each passage's text for the words of a question."""
        return self._parts.body.scores(words)[self._chosen]

    def heading_scores(self, words: Sequence[str]) -> Matrix:
        """(N,): BM25 of the title and headings above each passage, a field with its own frequencies and lengths."""
        return self._parts.heading.scores(words)[self._chosen]

    def bounds(self, words: Sequence[str]) -> tuple[float, float]:
        """What the two scores stay below for these words."""
        return self._parts.body.bound(words), self._parts.heading.bound(words)

    def nearest(self, vector: Matrix, k: int) -> tuple[Numbers, Matrix]:
        """The numbers (k,) and cosines (k,) of the passages nearest to a vector (D,), best first."""
        if len(self._chosen) == len(self._parts.engine):
            return self._parts.engine.search(vector, k)
        cosines = self._parts.encodings.pooled[self._chosen] @ vector
        best = np.argsort(-cosines, kind="stable")[:k]
        return best, cosines[best]

    def vectors(self, numbers: Numbers) -> Matrix:
        """(n, D): the vectors of some passages."""
        return np.asarray(self._parts.encodings.pooled[self._chosen[numbers]], dtype=np.float32)

    def tokens(self, number: int) -> Matrix:
        """(T, D): the vectors of a passage's tokens, in order."""
        return self._parts.encodings.stored_tokens(int(self._chosen[number])).astype(np.float32)

    def starts(self, number: int) -> Starts:
        """(T,): where in its source each of those tokens begins; the title's and headings' lie before the passage."""
        passage = self.passages[number]
        context = len(encoded_text(passage)) - len(passage.span)
        return self._parts.encodings.stored_starts(int(self._chosen[number])) - context + passage.span.start

    def number(self, passage: Passage) -> int:
        """The position of a passage of this index."""
        return self._numbers[passage.id]

    @cached_property
    def homophones(self) -> Homophones:
        """What finds the index's words behind those typed by their sound."""
        return Homophones(self._parts.body.uses())

    def share(self, words: Sequence[str], found: Iterable[str]) -> float:
        """The share of the words that are among those found, 0.0 to 1.0; a word counts by how rare it is here."""
        weights = {word: self._parts.body.rarity(word) for word in words}
        held = set(found)
        total = sum(weights.values())
        return sum(weight for word, weight in weights.items() if word in held) / total if total else 0.0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The one process that may change an index; `LibraryBusy` if another one stays at it."""
    lock = FileLock(folder / "lock", timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusy(f"另一个程序正在“{folder}”建立索引，请等它完成后重试。") from error
    try:
        yield
    finally:
        lock.release()


class _Build:
    """One opening of an index: what it is to be made from, and the ways to get it."""

    def __init__(
        self,
        folder: Path,
        passages: Sequence[Passage],
        encoder: Encoder,
        settings: IndexSettings,
        progress: Progress | None,
    ) -> None:
        self._builds = Builds(folder)
        self._vectors = Builds(folder / "vectors")
        self._passages = passages
        self._texts = [encoded_text(passage) for passage in passages]
        self._keys = [key_of(text) for text in self._texts]
        self._encoder = encoder
        self._settings = settings
        self._progress = progress
        self._fingerprint = f"{settings.fingerprint(encoder.fingerprint)}-{revision(passages, self._texts)}"
        # The version stands for the code that keeps the vectors and cuts the words, too.
        self._origin = f"{encoder.fingerprint} v{settings.version}"

    def load(self) -> Index | None:
        """The index as it stands in the folder; None if it is missing, damaged, or of something else."""
        builds = self._builds.intact(_FILES, lambda one: one.fingerprint == self._fingerprint)
        for build in builds:
            encodings = Encodings.find(self._keys, self._segments(), self._encoder.dimension)
            if encodings is None:
                return None
            with suppress(*_UNREADABLE):
                return self._read(build, encodings)
        return None

    def on_disk(self) -> Index:
        segments = self._encoded(self._segments(), self._vectors)
        together = put_together(segments, self._keys, self._vectors, self._origin, self._encoder.dimension)
        self._vectors.keep(segment.folder for segment in together)
        encodings = self._found(together)
        build = self._builds.add(self._fingerprint, self._origin, lambda folder: self._write(folder, encodings))
        self._builds.keep([build])
        return self._read(build, encodings)

    def in_memory(self) -> Index:
        try:
            with TemporaryDirectory(prefix="zhiyin-", ignore_cleanup_errors=True) as name:
                segments = self._encoded(self._segments(), Builds(Path(name)))
                unmapped = [Segment.load(each.folder, each.folder.parent != Path(name)) for each in segments]
                del segments  # a mapped file could not be deleted on Windows
                encodings = self._found(unmapped)
                (Path(name) / "words").mkdir()
                self._write(Path(name) / "words", encodings)
                return self._read(Path(name) / "words", encodings)
        except OSError as error:
            raise LibraryError(f"索引无处可写，连临时文件夹也不行（{error}），请检查权限和磁盘空间。") from error

    def _segments(self) -> list[Segment]:
        """The sound segments of this encoder."""
        found = []
        for folder in self._vectors.intact(Segment.FILES, lambda one: one.encoder == self._origin):
            with suppress(*_UNREADABLE):
                segment = Segment.load(folder)
                if segment.pooled.shape[1] == self._encoder.dimension:
                    found.append(segment)
        return found

    def _encoded(self, known: list[Segment], builds: Builds) -> list[Segment]:
        new = encode_missing(self._texts, self._encoder, known, builds, self._origin, self._progress)
        return [*known, *new]

    def _found(self, segments: Sequence[Segment]) -> Encodings:
        encodings = Encodings.find(self._keys, segments, self._encoder.dimension)
        if encodings is None:
            raise AssertionError("a text that was just encoded is in no segment")
        return encodings

    def _write(self, folder: Path, encodings: Encodings) -> None:
        engine = FlatEngine(self._encoder.dimension)
        engine.add(encodings.pooled)
        engine.save(folder / _ENGINE)
        k1, b = self._settings.bm25_k1, self._settings.bm25_b
        cut = self._cut_words()
        Bm25.build(list(cut.body_words(self._passages)), k1, b).save(folder / _BODY)
        Bm25.build(list(heading_words(self._passages)), k1, b).save(folder / _HEADING)
        cut.save(folder / _WORDS, self._passages)

    def _cut_words(self) -> CutWords:
        """The words that were cut for the last build: cutting all of them again takes longest of all."""
        for build in self._builds.intact([_WORDS], lambda one: one.encoder == self._origin):
            with suppress(*_UNREADABLE):
                return CutWords.load(build / _WORDS)
        return CutWords()

    def _read(self, folder: Path, encodings: Encodings) -> Index:
        engine = FlatEngine(self._encoder.dimension)
        engine.load(folder / _ENGINE)
        if not len(encodings.pooled) == len(engine) == len(self._passages):
            raise ValueError("the index holds other passages")
        return Index(self._passages, _Parts(encodings, engine, Bm25.load(folder / _BODY), Bm25.load(folder / _HEADING)))
