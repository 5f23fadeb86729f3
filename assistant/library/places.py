"""Where the files of a library lie outside of it: the places they were read from, and the folders that are watched."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePath


@dataclass(frozen=True, slots=True)
class Place:
    """A file outside the library, when it was last looked at. 「原来的位置」

    `located` is its absolute path, `size` in bytes, `modified` in nanoseconds; by these two a file is taken as
    unchanged without being read. `collection` is the name of the group it was added to, or "".
    """

    located: str
    size: int = -1
    modified: int = 0
    collection: str = ""

    @classmethod
    def of(cls, path: Path, collection: str = "") -> Place:
        """The place of a file as it is now; where it can't be looked at, without size and time."""
        try:
            found = path.stat()
        except (OSError, ValueError):
            return cls(os.path.abspath(path), collection=collection)
        return cls(os.path.abspath(path), found.st_size, found.st_mtime_ns, collection)

    @property
    def is_there(self) -> bool:
        """Whether there was a file when it was last looked at."""
        return self.size >= 0

    def __contains__(self, located: object) -> bool:
        """Whether a path lies inside this one."""
        return isinstance(located, str) and PurePath(located).is_relative_to(self.located)


def is_wanted(database: sqlite3.Connection, place: Place) -> bool:
    """Whether a file may come in by itself: it was not removed, and is known or lies in a folder that is followed."""
    known = "SELECT 1 FROM place WHERE located = ?"
    removed = "SELECT 1 FROM unwanted WHERE located = ?"
    if database.execute(removed, (place.located,)).fetchone():
        return False
    folders = [row[0] for row in database.execute("SELECT located FROM folder")]
    followed = any(place.located in Place(folder) for folder in folders)
    return followed or database.execute(known, (place.located,)).fetchone() is not None


def put_place(database: sqlite3.Connection, place: Place, source_id: str) -> bool:
    """Note that a source lies there; whether another source, which lay there only, is gone with that."""
    row = database.execute("SELECT source FROM place WHERE located = ?", (place.located,)).fetchone()
    values = (place.located, source_id, place.size, place.modified, place.collection)
    database.execute("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?, ?)", values)
    database.execute("DELETE FROM unwanted WHERE located = ?", (place.located,))
    return row is not None and row[0] != source_id and settle(database, row[0])


def drop_place(database: sqlite3.Connection, located: str) -> None:
    """Forget that a file lies there; it is gone from the library if it lies nowhere else."""
    row = database.execute("SELECT source FROM place WHERE located = ?", (located,)).fetchone()
    if row:
        database.execute("DELETE FROM place WHERE located = ?", (located,))
        settle(database, row[0])


def settle(database: sqlite3.Connection, source_id: str) -> bool:
    """Bring a source into line with its places: gone without any, else called by one of them. Whether it is gone."""
    places = [row[0] for row in database.execute("SELECT located FROM place WHERE source = ?", (source_id,))]
    if not places:
        database.execute("DELETE FROM source WHERE id = ?", (source_id,))
        return True
    (path,) = database.execute("SELECT path FROM source WHERE id = ?", (source_id,)).fetchone()
    if path not in places:
        call(database, source_id, min(places))
    return False


def call(database: sqlite3.Connection, source_id: str, path: str) -> None:
    """Name a source by a path; an article without a title of its own is called by the file."""
    named = PurePath(path)
    database.execute("UPDATE source SET name = ?, path = ? WHERE id = ?", (named.name, path, source_id))
    untitled = "source = ? AND NOT EXISTS (SELECT 1 FROM heading WHERE heading.document = document.id)"
    database.execute(f"UPDATE document SET title = ? WHERE {untitled}", (named.stem, source_id))
    roots = f"level = 0 AND document IN (SELECT id FROM document WHERE {untitled})"
    database.execute(f"UPDATE section SET title = ? WHERE {roots}", (named.stem, source_id))


def load_places(database: sqlite3.Connection, where: str = "1", *values: str) -> dict[Place, str]:
    """Each place with the source that lies there, by path."""
    query = f"SELECT located, size, modified, collection, source FROM place WHERE {where} ORDER BY located"
    return {Place(*place): source for *place, source in database.execute(query, values)}
