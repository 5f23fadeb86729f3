"""The library: the documents of one user in one SQLite file, the only source of truth.

Everything else (the index, the answers) is made from it and can be thrown away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import RLock
from types import TracebackType

from assistant.errors import LibraryError
from assistant.library.check import problems
from assistant.library.rows import INSERTS, digest, load_reading, load_sources, located, rows
from assistant.library.schema import FILE, damaged, named_errors, open_database
from assistant.records import Document, Passage, Reading, Source

#: Seconds to wait for another process that is writing. Adding a file takes less than one.
_PATIENCE = 5.0


class Library:
    """An open library. 「资料库」

    All that is returned comes in one stable order: by the source's name, then its id, then by place. Its methods may
    be called from several threads.
    """

    def __init__(self, file: Path, database: sqlite3.Connection) -> None:
        """Use `Library.open`."""
        self.file = file
        self._database = database
        self._lock = RLock()

    @classmethod
    def open(cls, folder: Path, patience: float = _PATIENCE) -> Library:
        """The library in `folder`, created if missing; `patience` are the seconds to wait for another writer.

        A file that is no sound library is `LibraryDamaged` and stays as it is.
        """
        file = folder / FILE
        with named_errors(file):
            return cls(file, open_database(file, patience))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, reading: Reading, content: bytes) -> bool:
        """Store a file with all that was read in it, at once or not at all; whether the library changed.

        The same bytes read the same way, from wherever, are stored once. They replace what was read from them in
        another way (by an older version of this program), and what the file at that path held before.
        """
        source = reading.source
        if sha256(content).hexdigest() != source.id:
            raise ValueError(f"the content is not the one {source.name} was read from")
        parts, way = rows(reading), digest(reading)
        with self._writing() as database:
            outdated = "DELETE FROM source WHERE located = ? AND id <> ?"
            replaced = database.execute(outdated, (located(source), source.id)).rowcount
            if database.execute("SELECT 1 FROM source WHERE id = ? AND digest = ?", (source.id, way)).fetchone():
                return replaced > 0
            database.execute("DELETE FROM source WHERE id = ?", (source.id,))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            file = (source.id, source.name, source.path, located(source), source.encoding, source.text, content)
            database.execute("INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*file, way, now))
            for table, insert in INSERTS.items():
                database.executemany(insert, parts[table])
        return True

    def remove(self, source_id: str) -> None:
        """Forget a file and all that was read in it."""
        with self._writing() as database:
            if not database.execute("DELETE FROM source WHERE id = ?", (source_id,)).rowcount:
                raise _unknown(source_id)

    def sources(self) -> tuple[Source, ...]:
        with self._reading() as database:
            return tuple(load_sources(database))

    def source(self, source_id: str) -> Source:
        query = "SELECT id, name, path, encoding, text FROM source WHERE id = ?"
        with self._reading() as database:
            row = database.execute(query, (source_id,)).fetchone()
        if row is None:
            raise _unknown(source_id)
        return Source(*row)

    def version(self) -> tuple[int, int]:
        """Changes whenever anything is written to the library, by this process or another; cheap to ask."""
        with self._lock, named_errors(self.file):
            (others,) = self._database.execute("PRAGMA data_version").fetchone()
            return others, self._database.total_changes

    def content(self, source_id: str) -> bytes:
        """The file as it came, byte for byte."""
        with self._reading() as database:
            row = database.execute("SELECT content FROM source WHERE id = ?", (source_id,)).fetchone()
        if row is None:
            raise _unknown(source_id)
        return bytes(row[0])

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
            return tuple(problems(database))

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
        with self._transaction("BEGIN IMMEDIATE") as database:
            yield database

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


def _unknown(source_id: str) -> LibraryError:
    return LibraryError(f"资料库里没有编号为 {source_id} 的文件，请用 zhiyin list 查看已收录的文件。")
