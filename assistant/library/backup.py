"""The last backup of the database: what a damaged library is brought back from."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from assistant.errors import LibraryError

FILE = "library.backup.sqlite"


def backup_of(file: Path) -> Path:
    """Where the backup of a database lies."""
    return file.with_name(FILE)


def write_backup(database: sqlite3.Connection, file: Path) -> None:
    """Replace the backup by a copy of the database as it is now."""
    backup = backup_of(file)
    fresh = backup.with_name(FILE + ".new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh)) as copy:
        database.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # a copy that is one file, without a log beside it
    with fresh.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(fresh, backup)


def backup_time(file: Path) -> str | None:
    """When the backup was written, as a person writes it; None if there is none."""
    try:
        return datetime.fromtimestamp(backup_of(file).stat().st_mtime).strftime("%Y-%m-%d %H:%M")
    except OSError:
        return None


def restore_backup(file: Path) -> Path:
    """Put the backup in the place of a database, which is kept beside it; the path it is kept under."""
    backup = backup_of(file)
    if not backup.exists():
        raise LibraryError(f"资料库“{file.parent}”没有备份，请用 zhiyin add 重新收录文件。")
    kept = file.with_name(f"library.damaged-{datetime.now():%Y%m%d-%H%M%S}.sqlite")
    fresh = file.with_name(file.name + ".new")
    shutil.copyfile(backup, fresh)
    with closing(sqlite3.connect(fresh)) as copy:
        copy.execute("PRAGMA journal_mode = WAL")
    with fresh.open("rb+") as written:
        os.fsync(written.fileno())
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(file.with_name(file.name + ending), kept.with_name(kept.name + ending))
    os.replace(fresh, file)
    return kept
