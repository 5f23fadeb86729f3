"""The files as they came, each under the hash of its content: a citation outlives the file it is from."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

FOLDER = "originals"


class Originals:
    """The folder of originals. Whoever writes to it holds the library's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, source_id: str) -> Path:
        return self._folder / source_id[:2] / source_id

    def put(self, source_id: str, content: bytes) -> None:
        """Store a file, whole or not at all; one that is there already and sound stays."""
        if self.get(source_id) is not None:
            return
        path = self.path(source_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(source_id + ".new")
        try:
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
        except BaseException:
            fresh.unlink(missing_ok=True)  # the disk is full: half a file would keep it so
            raise

    def get(self, source_id: str) -> bytes | None:
        """The content, or None if it is missing or no longer what its name says."""
        try:
            content = self.path(source_id).read_bytes()
        except OSError:
            return None
        return content if sha256(content).hexdigest() == source_id else None

    def sweep(self, kept: Collection[str]) -> None:
        """Delete what belongs to no source any more, and what an interrupted write left."""
        for path in self._folder.glob("??/*"):
            if path.name not in kept:
                with suppress(OSError):  # open in another program; the next sweep tries again
                    path.unlink()
        for folder in self._folder.glob("??"):
            with suppress(OSError):  # not empty
                folder.rmdir()
