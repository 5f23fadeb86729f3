"""The one place where the parts are put together: `Assistant.open(...).ask(question)`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock

from assistant.answering import Answerer
from assistant.bundled import seeds_folder
from assistant.confidence import is_fitted_on
from assistant.conversation import follow_up
from assistant.encoder import Encoder
from assistant.encoder.choose import load_encoder
from assistant.errors import BadQuestion, LibraryError, NotVerbatim
from assistant.index import Index
from assistant.ingest import Account, Ingester, Listener, Report, account
from assistant.ingest.repeats import repeated
from assistant.library import Library
from assistant.lists import Outlines
from assistant.readers import READERS
from assistant.records import Answer, Document, NotFound, Section, Source, Span, Topic
from assistant.retrieval import Retriever
from assistant.settings import Settings
from assistant.synonyms import FILE as SYNONYMS
from assistant.synonyms import Synonyms

#: Called with (done, total) while passages are encoded.
Progress = Callable[[int, int], None]
_SEEDED = "seeded"
#: The collection of the documents that come with the program.
_SEEDS = "自带资料"
_EXAMPLES = 6
_EXAMPLE_LENGTH = range(8, 25)
_QUESTION = re.compile(r"如何|怎样|怎么|为什么|什么")


@dataclass(frozen=True, slots=True)
class _Engine:
    """What the library, or one collection of it, is searched with."""

    retriever: Retriever
    answerer: Answerer


@dataclass(frozen=True, slots=True)
class _State:
    """One state of the library: its index, and the engines over all of it ("") and over collections, as they are
    asked for."""

    version: tuple[float, ...]
    index: Index
    outlines: Outlines
    engines: dict[str, _Engine] = field(default_factory=dict)


class Assistant:
    """Answers questions from one library. It may be used from several threads."""

    def __init__(self, library: Library, settings: Settings, encoder: Encoder, progress: Progress | None) -> None:
        """Use `Assistant.open`."""
        self.library = library
        self._settings = settings
        self._encoder = encoder
        self._progress = progress
        self._state: _State | None = None
        self._ingester = Ingester(library, settings)
        self._lock = RLock()
        self._changing = 0  # how many threads bring the library up to date

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
            assistant.add([*seeds_folder().glob("*.*")], _SEEDS)
            Synonyms.start(assistant._synonyms)
            library.put(_SEEDED, "1")
        return assistant

    def close(self) -> None:
        """Let go of the library's file."""
        self.library.close()

    def ask(self, question: str, topic: Topic | None = None, collection: str = "") -> Answer | NotFound:
        """The verbatim excerpts that answer a question, or `NotFound`; one that can't be asked is `BadQuestion`.

        `topic` is the one of the answer before: a question that can't be understood alone (那第二点呢) goes on from it.
        With a `collection`, only its documents are looked at.
        """
        began = time.perf_counter()
        text = self._checked(question)
        follow = follow_up(text, topic.question) if topic else None
        if topic and follow:
            rounds = topic.rounds + 1 if follow.more else 1
            answer = self._answer(collection, question, self._checked(follow.question), follow.item, rounds)
            answer = replace(answer, carried=topic.question, topic=Topic(follow.topic, rounds))
        else:
            answer = replace(self._answer(collection, question, text), topic=Topic(text))
        return replace(answer, elapsed_ms=(time.perf_counter() - began) * 1000)

    def _answer(self, collection: str, question: str, text: str, item: int = 0, rounds: int = 1) -> Answer | NotFound:
        engine = self._ready(collection)
        found = engine.retriever.search(text)
        if item:
            return engine.answerer.item(question, found, item)
        return engine.answerer.answer(question, found, rounds)

    def warm_up(self) -> None:
        """Load everything that a first question would wait for."""
        self._ready().retriever.search("预热")

    def add(self, paths: Iterable[Path], collection: str | None = None, listener: Listener | None = None) -> Report:
        """Read files, and the files in folders, into the library: see `Ingester.add`."""
        with self._changes():
            return self._ingester.add(paths, collection, listener)

    def update(self, listener: Listener | None = None) -> Report:
        """Bring the library into line with the files and folders that were added: see `Ingester.update`."""
        with self._changes():
            return self._ingester.update(listener)

    def remove(self, name: str) -> Report:
        """Forget the files, folder or collection of that name; none of it is a `LibraryError`."""
        return self._ingester.remove(name)

    def formats(self) -> tuple[str, ...]:
        """The endings of the files that can be added."""
        return tuple(sorted(READERS))

    def collections(self) -> Mapping[str, frozenset[str]]:
        """The names of the collections, in order, each with the ids of its files."""
        return self.library.collections()

    def accounts(self) -> Mapping[str, Account]:
        """By the id of each file, where its characters went and how much of it the library says elsewhere."""
        readings = self.library.readings()
        passages = [passage for reading in readings for passage in reading.passages]
        repeats = repeated(passages, passages)
        return {reading.source.id: account(reading, repeats.get(reading.source.id, 0)) for reading in readings}

    def mend(self) -> bool:
        """Read every byte of the index, and build it again from the library if any is damaged; whether it was."""
        damaged = Index.mend(self._folder)
        if damaged:
            with self._lock:
                self._state = None
            self.warm_up()
        return damaged

    def index(self) -> Index:
        """The index of the whole library as it is now."""
        with self._lock:
            self._ready()
            assert self._state is not None
            return self._state.index

    def documents(self) -> tuple[Document, ...]:
        """All articles, in a stable order."""
        return self.library.documents()

    def source(self, source_id: str) -> Source:
        """One file with its whole text."""
        return self.library.source(source_id)

    def content(self, source_id: str) -> bytes:
        """One file as it came."""
        return self.library.content(source_id)

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

    @contextmanager
    def _changes(self) -> Iterator[None]:
        with self._lock:
            self._changing += 1
        try:
            yield
        finally:
            with self._lock:
                self._changing -= 1

    @property
    def _folder(self) -> Path:
        """Where the index lies."""
        return self.library.file.parent / "index"

    def _ready(self, collection: str = "") -> _Engine:
        """The engine for the library as it is now; another process may have added to it.

        While another thread makes a new state, or the library is being brought up to date, questions are answered from
        the one before: nobody waits for files to be encoded.
        """
        state = self._state
        if state and self._changing:
            return self._engine(state, collection)
        if not self._lock.acquire(blocking=state is None):
            assert state is not None
            return self._engine(state, collection)
        try:
            version = (*self.library.version(), *_stamp(self._synonyms))
            if self._state is None or self._state.version != version:
                self._state = self._opened(version)
            return self._engine(self._state, collection)
        finally:
            self._lock.release()

    def _opened(self, version: tuple[float, ...]) -> _State:
        readings = self.library.readings()
        passages = [passage for reading in readings for passage in reading.passages]
        index = Index.open(self._folder, passages, self._encoder, self._settings.index, self._progress)
        outlines = {
            document.id: outline
            for reading in readings
            for document, outline in zip(reading.documents, reading.sections, strict=True)
        }
        return _State(version, index, outlines)

    def _engine(self, state: _State, collection: str) -> _Engine:
        """The engine over all of a state, or over one collection of it."""
        if collection not in state.engines:
            state.engines[collection] = self._made(state, collection)
        return state.engines[collection]

    def _made(self, state: _State, collection: str) -> _Engine:
        index = state.index
        if collection:
            index = index.within(self.library.collection(collection))
        retriever = Retriever(index, self._encoder, self._settings, Synonyms.load(self._synonyms))
        answerer = Answerer(
            index,
            is_fitted_on(self._encoder.fingerprint),
            state.outlines,
            retriever.similarity,
            _Originals(self.library).slice,
            self._settings,
        )
        return _Engine(retriever, answerer)


class _Originals:
    """The texts that answers are checked against: decoded again from the bytes that came, or what a reader made of
    them.

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


def _serves_as_example(section: Section) -> bool:
    return bool(len(section.heading)) and section.level <= 2 and len(section.title) in _EXAMPLE_LENGTH
