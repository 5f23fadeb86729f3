"""The last backup of the database: what a damaged library is brought back from."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from assistant.errors import LibraryError

FILE = "library.backup.sqlite"


def backup_of(file: Path) -> Path:
    """Where the backup of a database lies."""
    return file.with_name(FILE)


def write_backup(database: sqlite3.Connection, file: Path) -> None:
    """Replace the backup by a copy of the database as it is now; a damaged one does not replace a sound backup."""
    with _replaced(backup_of(file)) as fresh, closing(sqlite3.connect(fresh)) as copy:
        database.backup(copy)
        problem = _problem(copy)
        if problem:
            raise sqlite3.DatabaseError(problem)
        copy.execute("PRAGMA journal_mode = DELETE")  # a copy that is one file, without a log beside it


def backup_time(file: Path) -> str | None:
    """When the backup was written, as a person writes it; None if there is none."""
    try:
        return datetime.fromtimestamp(backup_of(file).stat().st_mtime).strftime("%Y-%m-%d %H:%M")
    except OSError:
        return None


def restore_backup(file: Path) -> Path:
    """Put the backup in the place of a database, which is kept beside it; the path it is kept under.

    The damaged file stays in its place until the sound one takes it, so that there is one at any moment.
    """
    backup = backup_of(file)
    if not backup.exists():
        raise LibraryError(f"资料库“{file.parent}”没有备份，请用 zhiyin add 重新收录文件。")
    kept = _unused(file)
    with _replaced(file) as fresh:
        shutil.copyfile(backup, fresh)
        with closing(sqlite3.connect(fresh)) as copy:
            if _problem(copy):
                raise LibraryError(
                    f"备份“{backup}”也已损坏，没有改动资料库，请把它们移到别处，再用 zhiyin add 重新收录。"
                )
            copy.execute("PRAGMA journal_mode = WAL")
        _keep(file, kept)
    return kept


def remove_database(file: Path) -> None:
    """Delete a database and what SQLite left beside it: the log of another one must not get into the next."""
    for ending in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


@contextmanager
def _replaced(file: Path) -> Iterator[Path]:
    """A path to make a database under, which then takes the place of `file`; where that fails nothing is left of it."""
    fresh = file.with_name(file.name + ".new")
    remove_database(fresh)
    try:
        yield fresh
        with fresh.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(fresh, file)
    except BaseException:
        with suppress(OSError):
            remove_database(fresh)
        raise


def _problem(database: sqlite3.Connection) -> str:
    """What SQLite finds wrong with a database; "" if it is sound."""
    try:
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if verdict == "ok" else str(verdict)


def _keep(file: Path, kept: Path) -> None:
    """Give a database a second name, and move its log there: without it the sound one would read that log."""
    if file.exists():
        try:
            os.link(file, kept)
        except OSError:  # a file system without links
            shutil.copyfile(file, kept)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(file.with_name(file.name + ending), kept.with_name(kept.name + ending))


def _unused(file: Path) -> Path:
    """A name for a damaged database that no earlier one is kept under."""
    name = f"library.damaged-{datetime.now():%Y%m%d-%H%M%S}"
    names = (file.with_name(f"{name}{f'-{number}' if number else ''}.sqlite") for number in count())
    return next(path for path in names if not path.exists())
