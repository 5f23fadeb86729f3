"""The tables of the library, and the connection they are reached by.

A library is one SQLite file in WAL mode: one process writes while others read, and an interrupted write leaves the old
state. The file is created beside its place and moved there whole, so a file that lacks its tables was damaged later.
Where nothing may be written, as on a shared drive or a disc, it is opened only to be read. The files that were added
lie beside it, see `originals`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from assistant.errors import LibraryBusy, LibraryDamaged, LibraryError
from assistant.library.backup import FILE as BACKUP
from assistant.library.backup import backup_time, remove_database

FILE = "library.sqlite"
#: `PRAGMA user_version`; raised with every change of the tables below.
VERSION = 2

_SPAN = "start INTEGER NOT NULL, stop INTEGER NOT NULL, CHECK (0 <= start AND start <= stop)"
#: Table → its columns. The order is the one in which rows can be inserted without breaking a reference.
TABLES = {
    # `text` is decoded from the original, or was made of it by a reader; its hash tells whether it still is that.
    "source": """id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, encoding TEXT NOT NULL,
        text TEXT NOT NULL, format TEXT NOT NULL, plain INTEGER NOT NULL, pages TEXT NOT NULL,
        tables INTEGER NOT NULL, warnings TEXT NOT NULL, sha256 TEXT NOT NULL, digest TEXT NOT NULL,
        added_at TEXT NOT NULL""",
    # Where each file lies outside the library, by its absolute path, and what it was like when it was last looked at.
    "place": """located TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source ON DELETE CASCADE,
        size INTEGER NOT NULL, modified INTEGER NOT NULL, collection TEXT NOT NULL""",
    "folder": "located TEXT PRIMARY KEY, collection TEXT NOT NULL",
    # Files in those folders that were removed from the library, and are not to come back by themselves.
    "unwanted": "located TEXT PRIMARY KEY",
    "document": f"""id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source ON DELETE CASCADE,
        place INTEGER NOT NULL, title TEXT NOT NULL, {_SPAN}, UNIQUE (source, place)""",
    "heading": f"""document TEXT NOT NULL REFERENCES document ON DELETE CASCADE, place INTEGER NOT NULL, {_SPAN},
        PRIMARY KEY (document, place)""",
    "trait": f"""document TEXT NOT NULL REFERENCES document ON DELETE CASCADE, name TEXT NOT NULL, {_SPAN},
        PRIMARY KEY (document, name)""",
    "section": f"""document TEXT NOT NULL REFERENCES document ON DELETE CASCADE, place INTEGER NOT NULL,
        number TEXT NOT NULL, title TEXT NOT NULL, level INTEGER NOT NULL, heading_start INTEGER NOT NULL,
        heading_stop INTEGER NOT NULL, parent INTEGER, columns INTEGER NOT NULL, {_SPAN}, PRIMARY KEY (document, place),
        FOREIGN KEY (document, parent) REFERENCES section (document, place) ON DELETE CASCADE""",
    "passage": f"""id TEXT PRIMARY KEY, document TEXT NOT NULL, section INTEGER NOT NULL, place INTEGER NOT NULL,
        sha256 TEXT NOT NULL, {_SPAN}, UNIQUE (document, place),
        FOREIGN KEY (document, section) REFERENCES section (document, place) ON DELETE CASCADE""",
    "boilerplate": f"""source TEXT NOT NULL REFERENCES source ON DELETE CASCADE, place INTEGER NOT NULL,
        name TEXT NOT NULL, {_SPAN}, PRIMARY KEY (source, place)""",
    "settings": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
}


#: Those of version 1.
_FIRST_TABLES = TABLES.keys() - {"place", "folder", "unwanted"}


@contextmanager
def named_errors(file: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise inside into an error a user can act on."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # a mistake in this program, not in the file
    except sqlite3.Error as error:
        raise _named(error, file) from error
    except Timeout as error:
        raise _busy(file) from error
    except UnicodeEncodeError as error:
        raise LibraryError(f"文件名或文字里有无法保存的字符（{error.object!a}），请改名或另存后重试。") from error
    except OSError as error:
        raise LibraryError(f"无法使用资料库“{file}”（{error}），请检查路径、权限和磁盘空间。") from error


def open_database(file: Path, patience: float) -> sqlite3.Connection:
    """The database at `file`, created if missing; it is refused before anything is written to it if it is not sound."""
    if is_read_only(file):
        return _open_to_read(file, patience)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with FileLock(lock_of(file), timeout=patience):
            if not file.exists():
                _refuse_lost(file)
                _create(file)
    with closing(_connect(file, "ro", patience)) as database:
        _refuse_unsound(database, file)
    database = _connect(file, "rw", patience)
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA journal_mode = WAL")  # a copy made by other tools may have left it
    return database


def is_read_only(file: Path) -> bool:
    """Whether the library stands where this user may not write."""
    return file.is_file() and not (_writable(file) and _writable(file.parent))


def lock_of(file: Path) -> Path:
    """What is locked by whoever writes to a library."""
    return file.with_name("library.lock")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _open_to_read(file: Path, patience: float) -> sqlite3.Connection:
    """SQLite's ordinary reading would make files beside the database; "immutable" does not, and sees no log either."""
    logs = [file.with_name(FILE + ending) for ending in ("-wal", "-journal")]
    if any(log.exists() and log.stat().st_size for log in logs):
        raise LibraryError(
            f"资料库“{file}”只能读取，而且有一次写入还没有完成，请由能修改它的用户运行一次 zhiyin check，再重试。"
        )
    database = _connect(file, "ro&immutable=1", patience)
    try:
        if _refuse_unsound(database, file) != VERSION:
            raise LibraryError(
                f"资料库“{file}”由旧版本的指引建立，而且只能读取，请由能修改它的用户运行一次 zhiyin check，再重试。"
            )
    except BaseException:
        database.close()
        raise
    return database


def damaged(file: Path, reason: str) -> LibraryDamaged:
    """The error for a database that is not what was written, with the way back."""
    backup = backup_time(file)
    way = "请把它移到别处保存，再用 zhiyin add 重新收录文件"
    if backup:
        way = f"可以运行 zhiyin restore 恢复到 {backup} 的备份"
    fact = " ".join(reason.split())  # SQLite says some of it in several lines
    return LibraryDamaged(f"资料库文件“{file}”已损坏（{fact}），没有改动它，{way}。")


def _refuse_lost(file: Path) -> None:
    """A library that has a backup is not new: an empty one in its place would soon be backed up over it."""
    backup = backup_time(file)
    if backup:
        raise LibraryDamaged(
            f"资料库文件“{file}”不见了，可以运行 zhiyin restore 恢复到 {backup} 的备份；"
            f"要从头开始，请先把“{file.with_name(BACKUP)}”移到别处。"
        )


def _create(file: Path) -> None:
    log = file.with_name(FILE + "-wal")
    if log.exists() and log.stat().st_size:  # of a database that was moved away: it must not get into the new one
        os.replace(log, log.with_name(log.name + ".old"))
    for left in (log, file.with_name(FILE + "-shm")):
        left.unlink(missing_ok=True)
    fresh = file.with_name(FILE + ".new")
    remove_database(fresh)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        tables = ";".join(f"CREATE TABLE {name} ({columns})" for name, columns in TABLES.items())
        database.executescript(f"BEGIN; {tables}; PRAGMA user_version = {VERSION}; COMMIT")
    os.replace(fresh, file)


def _connect(file: Path, mode: str, patience: float) -> sqlite3.Connection:
    path = file.absolute().as_posix()
    address = quote(path if path.startswith("/") else "/" + path, safe="/:")
    # Transactions are begun by hand, and the library serialises its threads itself.
    return sqlite3.connect(
        f"file://{address}?mode={mode}", uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )


def _refuse_unsound(database: sqlite3.Connection, file: Path) -> int:
    """The version of a sound database; any other is an error."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise LibraryError(f"资料库“{file}”由更新版本的指引建立，请升级指引后再打开。")
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(file, verdict)
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version < 1 or not tables >= (TABLES.keys() if version == VERSION else _FIRST_TABLES):
        raise damaged(file, "缺少数据表")
    return int(version)


def _named(error: sqlite3.Error, file: Path) -> LibraryError:
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest tells variants apart
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _busy(file)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return damaged(file, str(error))
    if primary == sqlite3.SQLITE_READONLY:
        return read_only(file)
    return LibraryError(f"无法使用资料库“{file}”（{error}），请检查路径、权限和磁盘空间。")


def read_only(file: Path) -> LibraryError:
    return LibraryError(f"资料库“{file}”只能读取，不能修改，请修改权限，或用 --library 换一个能写入的文件夹。")


def _busy(file: Path) -> LibraryBusy:
    return LibraryBusy(f"资料库“{file}”正被另一个程序写入，请等它完成后重试。")
