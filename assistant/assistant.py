"""The one place where the parts are put together: `Assistant.open(...).ask(question)`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock

from assistant.answering import Answerer
from assistant.bundled import seeds_folder
from assistant.confidence import is_fitted_on
from assistant.conversation import follow_up
from assistant.encoder import Encoder
from assistant.encoder.choose import load_encoder
from assistant.errors import BadQuestion, LibraryError, NotVerbatim, UnreadableFile
from assistant.index import Index
from assistant.library import Library
from assistant.readers import READERS, read_bytes
from assistant.reading import read_file
from assistant.records import Answer, Document, NotFound, Reading, Section, Source, Span, Topic
from assistant.retrieval import Retriever
from assistant.settings import Settings
from assistant.synonyms import FILE as SYNONYMS
from assistant.synonyms import TEMPLATE, Synonyms

#: Called with (done, total) while passages are encoded.
Progress = Callable[[int, int], None]
_SEEDED = "seeded"
#: How names begin that systems and programs keep for themselves, such as .git and the ~$ of an open Word file.
_PRIVATE = (".", "~$")
_EXAMPLES = 6
_EXAMPLE_LENGTH = range(8, 25)
_QUESTION = re.compile(r"如何|怎样|怎么|为什么|什么")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of each file that was to be added."""

    readings: tuple[Reading, ...]
    unchanged: tuple[str, ...]
    refused: tuple[str, ...]  # one sentence a file
    skipped: tuple[str, ...] = ()  # in a folder, of a format without a reader


@dataclass(frozen=True, slots=True)
class _Engine:
    """What one state of the library is searched with."""

    version: tuple[float, ...]
    retriever: Retriever
    answerer: Answerer


class Assistant:
    """Answers questions from one library. It may be used from several threads."""

    def __init__(self, library: Library, settings: Settings, encoder: Encoder, progress: Progress | None) -> None:
        """Use `Assistant.open`."""
        self.library = library
        self._settings = settings
        self._encoder = encoder
        self._progress = progress
        self._engine: _Engine | None = None
        self._lock = RLock()

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        *,
        settings: Settings | None = None,
        model: str | None = None,
        encoder: Encoder | None = None,
        progress: Progress | None = None,
    ) -> Assistant:
        """The assistant over the library in `folder`; a new library starts with the seeds.

        `model` names another encoder than the bundled one; `encoder` is one at hand, and comes before any name.
        Nothing is loaded or encoded before the first question.
        """
        library = Library.open(folder or default_folder())
        assistant = cls(library, settings or Settings(), encoder or load_encoder(model), progress)
        if library.get(_SEEDED) is None:
            assistant.add([seeds_folder()])
            if not assistant._synonyms.exists():
                assistant._synonyms.write_text(TEMPLATE, encoding="utf-8")
            library.put(_SEEDED, "1")
        return assistant

    def close(self) -> None:
        """Let go of the library's file."""
        self.library.close()

    def ask(self, question: str, topic: Topic | None = None) -> Answer | NotFound:
        """The verbatim excerpts that answer a question, or `NotFound`; one that can't be asked is `BadQuestion`.

        `topic` is the one of the answer before: a question that can't be understood alone (那第二点呢) goes on from it.
        """
        began = time.perf_counter()
        text = self._checked(question)
        follow = follow_up(text, topic.question) if topic else None
        if topic and follow:
            rounds = topic.rounds + 1 if follow.more else 1
            answer = self._answer(question, self._checked(follow.question), follow.item, rounds)
            answer = replace(answer, carried=topic.question, topic=Topic(follow.topic, rounds))
        else:
            answer = replace(self._answer(question, text), topic=Topic(text))
        return replace(answer, elapsed_ms=(time.perf_counter() - began) * 1000)

    def _answer(self, question: str, text: str, item: int = 0, rounds: int = 1) -> Answer | NotFound:
        engine = self._ready()
        found = engine.retriever.search(text)
        if item:
            return engine.answerer.item(question, found, item)
        return engine.answerer.answer(question, found, rounds)

    def warm_up(self) -> None:
        """Load everything that a first question would wait for."""
        self._ready().retriever.search("预热")

    def add(self, paths: Iterable[Path]) -> Added:
        """Read files, and the files in folders, into the library. A refused file does not stop the others."""
        readings, unchanged = [], []
        files, skipped, refused = _files(paths)
        for path in files:
            try:
                content = read_bytes(path)
                reading = read_file(path, content, self._settings.index)
            except UnreadableFile as error:
                refused.append(str(error))
                continue
            if self.library.add(reading, content):
                readings.append(reading)
            else:
                unchanged.append(reading.source.name)
        return Added(tuple(readings), tuple(unchanged), tuple(refused), tuple(skipped))

    def formats(self) -> tuple[str, ...]:
        """The endings of the files that can be added."""
        return tuple(sorted(READERS))

    def remove(self, name: str) -> tuple[Source, ...]:
        """Forget the files of that name; none of it is a `LibraryError`."""
        sources = tuple(source for source in self.library.sources() if name in (source.name, source.path, source.id))
        if not sources:
            raise LibraryError(f"资料库里没有文件“{name}”，请用 zhiyin list 查看已收录的文件。")
        for source in sources:
            self.library.remove(source.id)
        return sources

    def documents(self) -> tuple[Document, ...]:
        """All articles, in a stable order."""
        return self.library.documents()

    def source(self, source_id: str) -> Source:
        """One file with its whole text."""
        return self.library.source(source_id)

    def examples(self) -> tuple[str, ...]:
        """A few headings of the documents to try as questions, those that ask something first."""
        headings = [
            section.title
            for reading in self.library.readings()
            for outline in reading.sections
            for section in outline
            if _serves_as_example(section)
        ]
        distinct = sorted(dict.fromkeys(headings), key=lambda title: _QUESTION.search(title) is None)
        return tuple(distinct[:_EXAMPLES])

    @property
    def _synonyms(self) -> Path:
        return self.library.file.parent / SYNONYMS

    def _checked(self, question: str) -> str:
        text = question.strip()
        if not text:
            raise BadQuestion("问题是空的，请输入想问的内容。")
        if re.search(r"[\ud800-\udfff]", text):  # bytes that are no UTF-8, as they come from a command line (PEP 383)
            raise BadQuestion("问题里有无法识别的字符，请用 UTF-8 编码重新输入。")
        if len(text) > self._settings.max_question:
            raise BadQuestion(f"问题太长（{len(text)} 字），请缩短到 {self._settings.max_question} 字以内。")
        if not re.search(r"\w", text):
            raise BadQuestion("问题里没有可以查找的文字，请用几个字说明想问什么。")
        return text

    def _ready(self) -> _Engine:
        """The engine for the library as it is now; another process may have added to it."""
        with self._lock:
            version = (*self.library.version(), *_stamp(self._synonyms))
            if self._engine is None or self._engine.version != version:
                self._engine = self._build(version)
            return self._engine

    def _build(self, version: tuple[float, ...]) -> _Engine:
        folder = self.library.file.parent / "index"
        readings = self.library.readings()
        passages = [passage for reading in readings for passage in reading.passages]
        index = Index.open(folder, passages, self._encoder, self._settings.index, self._progress)
        retriever = Retriever(index, self._encoder, self._settings, Synonyms.load(self._synonyms))
        outlines = {
            document.id: outline
            for reading in readings
            for document, outline in zip(reading.documents, reading.sections, strict=True)
        }
        answerer = Answerer(
            index,
            is_fitted_on(self._encoder.fingerprint),
            outlines,
            retriever.similarity,
            _Originals(self.library).slice,
            self._settings,
        )
        return _Engine(version, retriever, answerer)


class _Originals:
    """The texts that answers are checked against: decoded again from the bytes that came, or what a reader made of them.

    The passages were cut from the text in the database, so that a change of either shows. Each file is decoded at its
    first citation, for one state of the library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._texts: dict[str, str] = {}

    def slice(self, source_id: str, span: Span) -> str:
        """The characters of a file at a place; `NotVerbatim` if the bytes are not the ones it is known by."""
        if source_id not in self._texts:
            self._texts[source_id] = self._original(source_id)
        return span.of(self._texts[source_id])

    def _original(self, source_id: str) -> str:
        try:
            return self._library.original_text(source_id)
        except LibraryError as error:
            name = self._library.source(source_id).name
            raise NotVerbatim(
                f"保存的原件“{name}”与收录时不符，已停止显示，请运行 zhiyin check 检查资料库。"
            ) from error


def default_folder() -> Path:
    """Where the library lives: `ZHIYIN_HOME`, or the user's data folder."""
    named = os.environ.get("ZHIYIN_HOME")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("zhiyin", appauthor=False)


def _stamp(file: Path) -> tuple[float, ...]:
    """What changes when the file does."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime, found.st_size


def _files(paths: Iterable[Path]) -> tuple[list[Path], list[str], list[str]]:
    """The files named and those with a known ending inside the folders named, in order; the names of the others there;
    and a sentence for each folder that can't be looked into."""
    files: list[Path] = []
    skipped: list[str] = []
    refused: list[str] = []

    def refuse(error: OSError) -> None:
        refused.append(f"无法打开文件夹“{error.filename}”（{error.strerror}），请检查权限后重试。")

    for path in paths:
        if not os.path.isdir(path):
            files.append(path)
            continue
        inside: list[Path] = []
        for folder, folders, names in os.walk(path, onerror=refuse):
            folders[:] = [name for name in folders if not name.startswith(_PRIVATE)]
            inside += [Path(folder, name) for name in names if not name.startswith(_PRIVATE)]
        regular = sorted(filter(os.path.isfile, inside))
        files += [file for file in regular if file.suffix.lower() in READERS]
        skipped += [file.name for file in regular if file.suffix.lower() not in READERS]
    return files, skipped, refused


def _serves_as_example(section: Section) -> bool:
    return bool(len(section.heading)) and section.level <= 2 and len(section.title) in _EXAMPLE_LENGTH
