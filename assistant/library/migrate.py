"""Libraries made by earlier versions of this program, brought up to the tables of today."""

from __future__ import annotations

import sqlite3

from assistant.library.originals import Originals
from assistant.library.rows import text_hash
from assistant.library.schema import TABLES, VERSION


def is_current(database: sqlite3.Connection) -> bool:
    """Whether a library has the tables of today."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return bool(version == VERSION)


def migrate(database: sqlite3.Connection, originals: Originals) -> None:
    """Version 1 kept the files in the database; they move out before anything else changes, so that a killed migration
    leaves the old library."""
    if is_current(database):  # another process may have done it while we waited
        return
    for source, content in database.execute("SELECT id, content FROM source"):
        originals.put(source, content)
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("BEGIN IMMEDIATE")
    try:
        _rebuild(database)
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
        database.execute("PRAGMA foreign_keys = ON")
    database.execute("VACUUM")


def _rebuild(database: sqlite3.Connection) -> None:
    for table in ("place", "folder", "unwanted"):
        database.execute(f"CREATE TABLE {table} ({TABLES[table]})")
    database.execute(f"CREATE TABLE fresh ({TABLES['source']})")
    kept = database.execute("SELECT id, name, path, encoding, text, digest, added_at, located FROM source").fetchall()
    fill = "INSERT INTO fresh VALUES (?, ?, ?, ?, ?, ?, 1, '[]', 0, '[]', ?, ?, ?)"
    for source, name, path, encoding, text, digest, added_at, located in kept:
        kind = name.rpartition(".")[2].lower()
        database.execute(fill, (source, name, path, encoding, text, kind, text_hash(text), digest, added_at))
        database.execute("INSERT INTO place VALUES (?, ?, -1, 0, '')", (located, source))
    database.execute("DROP TABLE source")
    database.execute("ALTER TABLE fresh RENAME TO source")
    database.execute("ALTER TABLE section ADD COLUMN columns INTEGER NOT NULL DEFAULT 0")
