"""The library: the documents of one user, the only source of truth.

    library.sqlite          all that was read in the files, and where they lie
    originals/              the files as they came, by the hash of their content
    library.backup.sqlite   the last backup, see `zhiyin restore`
    library.lock            held by whoever writes

Everything else (the index, the answers) is made from it and can be thrown away.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock
from types import TracebackType

from filelock import FileLock

from assistant.errors import LibraryDamaged, LibraryError
from assistant.library.backup import backup_of, restore_backup, write_backup
from assistant.library.check import problems
from assistant.library.migrate import is_current, migrate
from assistant.library.originals import FOLDER, Originals
from assistant.library.places import Place, call, drop_place, is_wanted, load_places, put_place
from assistant.library.rows import load_reading, load_source, load_sources, prepared, store, text_hash
from assistant.library.schema import FILE, damaged, is_read_only, lock_of, named_errors, open_database, read_only
from assistant.records import Document, Passage, Reading, Source

__all__ = ["Library", "Place", "is_sound", "restore"]

#: Seconds to wait for another process that is writing. Adding a file takes less than one.
_PATIENCE = 5.0
#: The setting that stands while something is written that the backup does not hold: a killed run leaves it standing.
_TO_BACK_UP = "to_back_up"


class Library:
    """An open library. 「资料库」

    All that is returned comes in one stable order: by the source's name, then its id, then by place. Its methods may
    be called from several threads.
    """

    def __init__(self, file: Path, database: sqlite3.Connection, read_only: bool, patience: float) -> None:
        """Use `Library.open`."""
        self.file = file
        self._database = database
        self._read_only = read_only
        self._originals = Originals(file.parent / FOLDER)
        self._lock = RLock()
        self._writers = FileLock(lock_of(file), timeout=patience)

    @classmethod
    def open(cls, folder: Path, patience: float = _PATIENCE) -> Library:
        """The library in `folder`, created if missing; `patience` are the seconds to wait for another writer.

        A file that is no sound library is `LibraryDamaged` and stays as it is.
        """
        file = folder / FILE
        with named_errors(file):
            read_only = is_read_only(file)
            library = cls(file, open_database(file, patience), read_only, patience)
            if not read_only and not is_current(library._database):
                with library._writers:
                    migrate(library._database, library._originals)
            return library

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, reading: Reading, content: bytes, place: Place | None = None, asked: bool = True) -> bool:
        """Store a file with all that was read in it, at once or not at all; whether the library changed.

        The same bytes read the same way, from wherever, are stored once. They replace what was read from them in
        another way (by an older version of this program), and what the file at that place held before. If nobody
        `asked` for it, it is stored only where it is still wanted: it may have been removed while it was read.
        """
        source = reading.source
        if sha256(content).hexdigest() != source.id:
            raise ValueError(f"the content is not the one {source.name} was read from")
        rows, place = prepared(reading), place or Place(os.path.abspath(source.path))
        with self._writing() as database:
            if not asked and not is_wanted(database, place):
                return False
            self._originals.put(source.id, content)
            changed = store(database, rows)
            replaced = put_place(database, place, source.id)
        return replaced or changed

    def read_again(self, reading: Reading) -> bool:
        """Store what was read in a file that is here, in another way than before; whether it is another way."""
        rows = prepared(reading)
        with self._writing() as database:
            return _is_here(database, reading.source.id) and store(database, rows)

    def remove(self, source_id: str) -> None:
        """Forget a file and all that was read in it; it does not come back by itself from a folder it lies in."""
        with self._writing() as database:
            database.execute("INSERT OR IGNORE INTO unwanted SELECT located FROM place WHERE source = ?", (source_id,))
            if not database.execute("DELETE FROM source WHERE id = ?", (source_id,)).rowcount:
                raise _unknown(source_id)

    def places(self) -> Mapping[Place, str]:
        """Where the files lie outside the library, each with the id of the source that lies there."""
        with self._reading() as database:
            return load_places(database)

    def place(self, located: str) -> tuple[Place, str] | None:
        """What lies at an absolute path, with the id of the source, as it was when it was last looked at."""
        with self._reading() as database:
            found = load_places(database, "located = ?", located)
        return next(iter(found.items()), None)

    def places_of(self, source_id: str) -> tuple[str, ...]:
        """The absolute paths at which a source lies."""
        with self._reading() as database:
            return tuple(place.located for place in load_places(database, "source = ?", source_id))

    def note(self, place: Place, source_id: str, content: bytes | None = None) -> None:
        """A known source lies there, too; with its `content` the original is put back where it was lost."""
        with self._writing() as database:
            if _is_here(database, source_id):  # else it was removed meanwhile
                if content is not None:
                    self._originals.put(source_id, content)
                put_place(database, place, source_id)

    def move(self, old: str, place: Place, source_id: str, content: bytes) -> None:
        """A source that lay at the path `old` now lies at `place`, and is called by it; its original is put back where
        it was lost."""
        with self._writing() as database:
            if _is_here(database, source_id):
                self._originals.put(source_id, content)
                put_place(database, place, source_id)
                drop_place(database, old)
                call(database, source_id, place.located)

    def forget(self, places: Iterable[str], folders: Iterable[str] = (), wanted: bool = True) -> None:
        """No files lie there any more, and these folders are no longer looked into, at once or not at all: what lay
        nowhere else is gone. What is not `wanted` does not come back by itself."""
        with self._writing() as database:
            for located in places:
                if not wanted:
                    database.execute("INSERT OR IGNORE INTO unwanted VALUES (?)", (located,))
                drop_place(database, located)
            database.executemany("DELETE FROM folder WHERE located = ?", [(folder,) for folder in folders])

    def folders(self) -> Mapping[str, str]:
        """The folders that `update` looks into, by absolute path, each with the name of its collection."""
        with self._reading() as database:
            return dict(database.execute("SELECT located, collection FROM folder ORDER BY located"))

    def add_folder(self, located: str, collection: str) -> None:
        """Look into a folder from now on, also for what was removed from it before."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO folder VALUES (?, ?)", (located, collection))
            unwanted = [row[0] for row in database.execute("SELECT located FROM unwanted")]
            again = [(path,) for path in unwanted if path in Place(located)]
            database.executemany("DELETE FROM unwanted WHERE located = ?", again)

    def unwanted(self) -> frozenset[str]:
        """The files that were removed and are not to come back by themselves, by absolute path."""
        with self._reading() as database:
            return frozenset(row[0] for row in database.execute("SELECT located FROM unwanted"))

    def collections(self) -> Mapping[str, frozenset[str]]:
        """The name of each collection with the ids of its sources."""
        found: dict[str, set[str]] = {}
        for place, source_id in self.places().items():
            if place.collection:
                found.setdefault(place.collection, set()).add(source_id)
        return {name: frozenset(found[name]) for name in sorted(found)}

    def collection(self, name: str) -> frozenset[str]:
        """The ids of the sources of one collection; a `LibraryError` if there is none of that name."""
        known = self.collections()
        if name not in known:
            names = "、".join(known) or "（还没有）"
            raise LibraryError(f"没有名为“{name}”的分组，现有的分组有：{names}。")
        return known[name]

    def back_up(self) -> None:
        """Replace the last backup by the library as it is now, if they differ, and delete the originals of what was
        removed."""
        if self._read_only or (self.get(_TO_BACK_UP) is None and backup_of(self.file).exists()):
            return
        with self._lock, named_errors(self.file), self._writers:
            write_backup(self._database, self.file)
            self._originals.sweep({row[0] for row in self._database.execute("SELECT id FROM source")})
            self._database.execute("DELETE FROM settings WHERE key = ?", (_TO_BACK_UP,))

    def sources(self) -> tuple[Source, ...]:
        with self._reading() as database:
            return tuple(load_sources(database))

    def source(self, source_id: str) -> Source:
        with self._reading() as database:
            source = load_source(database, source_id)
        if source is None:
            raise _unknown(source_id)
        return source

    def version(self) -> tuple[int, int]:
        """Changes whenever anything is written to the library, by this process or another; cheap to ask."""
        with self._lock, named_errors(self.file):
            (others,) = self._database.execute("PRAGMA data_version").fetchone()
            return others, self._database.total_changes

    def content(self, source_id: str) -> bytes:
        """The file as it came, byte for byte; a `LibraryError` if it is not there as it came."""
        source, content = self.source(source_id), self._originals.get(source_id)
        if content is None:
            raise LibraryError(
                f"文件“{source.name}”保存的原件不在了，或与收录时不符，请用 zhiyin add 重新收录“{source.path}”。"
            )
        return content

    def original_text(self, source_id: str) -> str:
        """The text of a file, decoded again from the bytes that came; of a format whose text is not simply its bytes,
        what its reader made of them. `LibraryDamaged` if it is not what was stored."""
        source, content = self.source(source_id), self.content(source_id)
        try:
            text = content.decode(source.encoding) if source.plain else source.text
        except (LookupError, UnicodeDecodeError):
            text = ""
        with self._reading() as database:
            (stored,) = database.execute("SELECT sha256 FROM source WHERE id = ?", (source_id,)).fetchone()
        if text_hash(text) != stored:
            raise damaged(self.file, f"“{source.name}”的文字与收录时不符")
        return text

    def readings(self) -> tuple[Reading, ...]:
        """All that is stored, equal to what was added."""
        with self._reading() as database:
            try:
                return tuple(load_reading(database, source) for source in tuple(load_sources(database)))
            except (ValueError, LookupError) as error:  # a span, a trait or a parent that can't have been written
                raise damaged(self.file, str(error)) from error

    def documents(self) -> tuple[Document, ...]:
        return tuple(document for reading in self.readings() for document in reading.documents)

    def passages(self) -> tuple[Passage, ...]:
        return tuple(passage for reading in self.readings() for passage in reading.passages)

    def check(self) -> tuple[str, ...]:
        """All that is wrong with what is stored, one sentence each with the way out; () when it is as written."""
        with self._reading() as database:
            return tuple(problems(database, self._originals))

    def get(self, key: str, default: str | None = None) -> str | None:
        """A value kept with the library, such as whether the seeds were imported."""
        with self._reading() as database:
            row = database.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def put(self, key: str, value: str) -> None:
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the library for several queries, whatever another process writes meanwhile."""
        with self._transaction("BEGIN") as database:
            yield database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The library and its originals for this process alone, until all is written or nothing is."""
        if self._read_only:
            raise read_only(self.file)
        with self._lock, named_errors(self.file), self._writers, self._transaction("BEGIN IMMEDIATE") as database:
            yield database
            database.execute("INSERT OR REPLACE INTO settings VALUES (?, '')", (_TO_BACK_UP,))

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, named_errors(self.file):
            self._database.execute(begin)
            try:
                yield self._database
                self._database.execute("COMMIT")
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")


def is_sound(folder: Path) -> bool:
    """Whether a library stands in a folder that is not damaged."""
    if not (folder / FILE).exists():
        return False
    try:
        with Library.open(folder):
            return True
    except LibraryDamaged:
        return False


def restore(folder: Path, patience: float = _PATIENCE) -> Path:
    """Put the last backup in the place of a damaged library; where the damaged file is kept."""
    file = folder / FILE
    with named_errors(file), FileLock(lock_of(file), timeout=patience):
        return restore_backup(file)


def _is_here(database: sqlite3.Connection, source_id: str) -> bool:
    return database.execute("SELECT 1 FROM source WHERE id = ?", (source_id,)).fetchone() is not None


def _unknown(source_id: str) -> LibraryError:
    return LibraryError(f"资料库里没有编号为 {source_id} 的文件，请用 zhiyin list 查看已收录的文件。")
