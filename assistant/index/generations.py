"""Generations: each build of the index is a numbered folder of its own, complete once its manifest is there.

    index/lock          held by the one process that builds
    index/000007/       the files of a build, and manifest.json with their sizes and hashes, put there last

The newest complete generation is the index. A build never touches the files of another, so that an interrupted one
changes nothing, and files that another process has mapped (which Windows does not let go) are in nobody's way.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

#: A file is hashed in full up to this many blocks, a larger one by as many taken evenly from it: reading all of some
#: hundred megabytes at each start would cost seconds. Cut, emptied and swapped files are noticed either way.
_BLOCKS = 64
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself: `fingerprint` of all that it was built from, `encoder` of what its vectors
    come from, and the size and hash of each file."""

    fingerprint: str
    encoder: str
    files: dict[str, str]


class Generations:
    """The builds of an index in `folder`, newest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def lock(self) -> Path:
        return self._folder / "lock"

    def intact(self, names: Iterable[str], wanted: Callable[[Manifest], bool]) -> Iterator[Path]:
        """The generations whose manifest is `wanted` and whose files of these names are what was written."""
        required = tuple(names)
        for generation in self._numbered():
            manifest = _read_manifest(generation)
            if manifest and wanted(manifest) and all(_is_intact(generation, name, manifest) for name in required):
                yield generation

    def build(self, fingerprint: str, encoder: str, write: Callable[[Path], None]) -> Path:
        """A new generation of the files that `write` puts into the folder it is given; older ones are removed."""
        older = self._numbered()
        generation = self._folder / f"{int(older[0].name) + 1 if older else 1:06d}"
        generation.mkdir(parents=True)
        try:
            write(generation)
            files = {path.name: _digest(path) for path in sorted(generation.iterdir())}
            _write_manifest(generation, Manifest(fingerprint, encoder, files))
        except BaseException:
            shutil.rmtree(generation, ignore_errors=True)
            raise
        for path in older:
            shutil.rmtree(path, ignore_errors=True)  # another process may still read it; the next build tries again
        return generation

    def _numbered(self) -> list[Path]:
        try:
            found = [path for path in self._folder.iterdir() if path.name.isascii() and path.name.isdigit()]
        except OSError:
            return []
        return sorted(found, key=lambda path: int(path.name), reverse=True)


def _read_manifest(generation: Path) -> Manifest | None:
    try:
        manifest = Manifest(**json.loads((generation / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return manifest if isinstance(manifest.files, dict) else None


def _write_manifest(generation: Path, manifest: Manifest) -> None:
    """The last step of a build: from here on it counts, so everything is on the disk before."""
    for path in generation.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    fresh = generation / "manifest.json.new"
    fields = {"fingerprint": manifest.fingerprint, "encoder": manifest.encoder, "files": manifest.files}
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(fields, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, generation / "manifest.json")


def _is_intact(generation: Path, name: str, manifest: Manifest) -> bool:
    try:
        return manifest.files.get(name) == _digest(generation / name)
    except OSError:
        return False


def _digest(path: Path) -> str:
    """Size and SHA-256 of a file, of a large one by samples."""
    size = path.stat().st_size
    whole = sha256()
    last = max(0, size - _BLOCK)
    count = min(_BLOCKS, -(-size // _BLOCK))
    with path.open("rb") as file:
        for number in range(count):
            file.seek(last * number // max(1, count - 1))
            whole.update(file.read(_BLOCK))
    return f"{size} {whole.hexdigest()}"
