"""Builds: what is made for the index lies in numbered folders, each complete once its manifest is there.

    index/lock              held by the one process that builds
    index/vectors/000003/   a segment: the vectors of some texts
    index/000007/           what the words of all passages are looked up by, and the engine that finds near vectors

A build never touches the files of another, so that an interrupted one changes nothing, and files that another process
has mapped (which Windows does not let go) are in nobody's way.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path

#: At a start a file is hashed by up to this many blocks, taken evenly from it: reading all of some hundred megabytes
#: would cost seconds. Cut, emptied and swapped files are noticed so; `damaged` reads every byte.
_BLOCKS = 16
_BLOCK = 64 * 1024
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build says of itself: `fingerprint` of all that it was made from, `encoder` of what its vectors come from.

    `files` holds what is compared at a start, `whole` the SHA-256 of each file.
    """

    fingerprint: str
    encoder: str
    files: dict[str, str]
    whole: dict[str, str]


class Builds:
    """The builds of one kind in `folder`, newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def intact(self, names: Iterable[str], wanted: Callable[[Manifest], bool]) -> Iterator[Path]:
        """The builds whose manifest is `wanted` and whose files of these names are what was written."""
        required = tuple(names)
        for build in self._numbered():
            manifest = _read_manifest(build)
            if manifest and wanted(manifest) and all(_is_intact(build, name, manifest) for name in required):
                yield build

    def add(self, fingerprint: str, encoder: str, write: Callable[[Path], None]) -> Path:
        """A new build of the files that `write` puts into the folder it is given."""
        numbered = self._numbered()
        build = self.folder / f"{int(numbered[0].name) + 1 if numbered else 1:06d}"
        build.mkdir(parents=True)
        try:
            write(build)
            paths = sorted(build.iterdir())
            whole = {path.name: _whole(path) for path in paths}
            _write_manifest(build, Manifest(fingerprint, encoder, {path.name: _digest(path) for path in paths}, whole))
        except BaseException:
            shutil.rmtree(build, ignore_errors=True)
            raise
        return build

    def keep(self, kept: Iterable[Path]) -> None:
        """Remove all builds but these."""
        for build in set(self._numbered()) - set(kept):
            shutil.rmtree(build, ignore_errors=True)  # another process may still read it; the next time tries again

    def damaged(self) -> tuple[Path, ...]:
        """The complete builds of which a file is no longer what was written, every byte of it."""
        return tuple(build for build in self._numbered() if (build / _MANIFEST).exists() and not _is_whole(build))

    def _numbered(self) -> list[Path]:
        try:
            found = [path for path in self.folder.iterdir() if path.name.isascii() and path.name.isdigit()]
        except OSError:
            return []
        return sorted(found, key=lambda path: int(path.name), reverse=True)


def _read_manifest(build: Path) -> Manifest | None:
    try:
        manifest = Manifest(**json.loads((build / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return manifest if isinstance(manifest.files, dict) and isinstance(manifest.whole, dict) else None


def _write_manifest(build: Path, manifest: Manifest) -> None:
    """The last step of a build: from here on it counts, so everything is on the disk before."""
    for path in build.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    fresh = build / f"{_MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, build / _MANIFEST)


def _is_intact(build: Path, name: str, manifest: Manifest) -> bool:
    try:
        return manifest.files.get(name) == _digest(build / name)
    except OSError:
        return False


def _is_whole(build: Path) -> bool:
    manifest = _read_manifest(build)
    try:
        return manifest is not None and all(_whole(build / name) == known for name, known in manifest.whole.items())
    except OSError:
        return False


def _whole(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


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
