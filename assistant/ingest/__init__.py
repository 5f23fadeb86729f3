"""Files into the library, and the library after the files: add, update, remove, with a report of all of it.

folders   which files of a folder are read
report    what became of each file, and where its characters went
repeats   how much of it the library says already
watching  tells when a folder changes
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from assistant.errors import LibraryError, UnreadableFile
from assistant.ingest.folders import look_into
from assistant.ingest.repeats import repeated
from assistant.ingest.report import Account, FileReport, Outcome, Report, account, added_up
from assistant.library import Library, Place
from assistant.readers import conversion, read_bytes
from assistant.reading import read_file
from assistant.records import Reading
from assistant.settings import Settings

__all__ = ["Account", "FileReport", "Ingester", "Outcome", "Report", "account", "added_up"]

#: The setting under which the library keeps how its files were read: after a change of the program all are read again.
_READ_BY = "read_by"

#: What became of a file, and what it was read into if it was.
_Step = tuple[FileReport, Reading | None]
#: Called with each file's report as soon as there is one.
Listener = Callable[[FileReport], None]


class Ingester:
    """Brings one library into line with files and folders outside of it."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._settings = settings

    def add(self, paths: Iterable[Path], collection: str | None = None, listener: Listener | None = None) -> Report:
        """Read files, and the files in folders, into the library. A refused file does not stop the others.

        A folder is looked into again by `update`. Its files form a collection of its name, or of the one that is given.
        """
        return self._run(self._added(paths, collection), listener)

    def update(self, listener: Listener | None = None) -> Report:
        """Bring the library into line with its folders and files: what is new or changed is read, what was moved keeps
        its place in the library, what was deleted in a folder leaves it.

        What can't be looked at (a drive that is not there, a file that can't be read) stays as it was.
        """
        return self._run(self._updated(), listener)

    def remove(self, name: str) -> Report:
        """Forget the files of that name, path or id, or the folder or collection of that name with all its files."""
        return self._run(self._removed(name), None)

    def _run(self, steps: Iterator[_Step], listener: Listener | None) -> Report:
        done: list[_Step] = []
        try:
            for file, reading in steps:
                done.append((file, reading))
                if listener:
                    listener(file)
        except BaseException:
            with suppress(LibraryError):  # what went wrong first is what is told
                self._library.back_up()
            raise
        self._library.back_up()
        report = Report(tuple(file for file, _ in done))
        added = [passage for _, reading in done if reading for passage in reading.passages]
        if not added:
            return report
        counts = repeated(added, self._library.passages())
        return Report(
            tuple(_with_repeats(file, counts.get(reading.source.id, 0)) if reading else file for file, reading in done)
        )

    # ---------------------------------------------------------------- add

    def _added(self, paths: Iterable[Path], collection: str | None) -> Iterator[_Step]:
        if not self._library.sources():
            self._library.put(_READ_BY, str(self._settings.index.version))
        for path in paths:
            if os.path.isdir(path):
                located = os.path.abspath(path)
                name = collection if collection is not None else Path(located).name
                self._library.add_folder(located, name)
                found = look_into(Path(path))
                for file in found.files:
                    yield self._read(file, name)
                for file in found.skipped:
                    yield FileReport(file.name, Outcome.SKIPPED, conversion(file) or ""), None
                for sentence in found.closed:
                    yield FileReport(str(path), Outcome.REFUSED, sentence), None
            else:
                yield self._read(Path(path), collection or "")

    def _read(self, path: Path, collection: str) -> _Step:
        """Read one file, whatever is known of it."""
        try:
            os.fspath(path).encode()
            content = read_bytes(path, self._settings.limits)
            place = Place.of(path, collection)
            reading = read_file(path, content, self._settings.index, self._settings.limits)
        except UnicodeEncodeError:
            return FileReport(
                path.name, Outcome.REFUSED, f"文件名“{path.name}”里有无法识别的字符，请改名后再收录。"
            ), None
        except (UnreadableFile, OSError) as error:
            return FileReport(path.name, Outcome.REFUSED, str(error)), None
        known = self._library.place(place.located)
        moved = self._moved_from(reading.source.id)
        if moved and not known:
            self._library.move(moved, place, reading.source.id)
            return FileReport(path.name, Outcome.MOVED, f"{path.name}：原来在“{moved}”。"), None
        if not self._library.add(reading, content, place):
            return FileReport(path.name, Outcome.UNCHANGED), None
        return FileReport(path.name, Outcome.REPLACED if known else Outcome.ADDED, account=account(reading)), reading

    def _moved_from(self, source_id: str) -> str | None:
        """Where the same content lay that lies there no longer."""
        return next((path for path in self._library.places_of(source_id) if _is_there(path) is False), None)

    # ---------------------------------------------------------------- update

    def _updated(self) -> Iterator[_Step]:
        yield from self._read_again()
        seen: set[str] = set()
        open_folders, closed_folders = [], []
        for folder, collection in self._library.folders().items():
            if not self._holds_something(folder):
                closed_folders.append(Place(folder))
                yield FileReport(folder, Outcome.MISSING, _GONE_FOLDER.format(folder)), None
                continue
            open_folders.append(Place(folder))
            found = look_into(Path(folder))
            unwanted = self._library.unwanted()
            wanted = [path for path in found.files if os.path.abspath(path) not in unwanted]
            seen.update(map(os.path.abspath, wanted))
            for path in wanted:
                yield from self._compared(path, collection)
            for sentence in found.closed:
                yield FileReport(folder, Outcome.REFUSED, sentence), None
        for place in self._library.places():
            if place.located not in seen and not any(place.located in folder for folder in closed_folders):
                yield from self._not_seen(place, any(place.located in folder for folder in open_folders))

    def _holds_something(self, folder: str) -> bool:
        """Whether a folder is there. One that is empty now and was not is where a drive is missing."""
        try:
            return bool(os.listdir(folder)) or not any(
                place.located in Place(folder) for place in self._library.places()
            )
        except OSError:
            return False

    def _compared(self, path: Path, collection: str) -> Iterator[_Step]:
        """A file that is there: read if it is not as it was when it was last looked at."""
        try:
            place = Place.of(path, collection)
        except OSError:  # gone since the folder was listed: the next time tells
            return
        known = self._library.place(place.located)
        if known and (known[0] == place or self._same_content(path, known[1])):
            if known[0] != place:
                self._library.note(place, known[1])
            yield FileReport(path.name, Outcome.UNCHANGED), None
        else:
            yield self._read(path, collection)

    def _same_content(self, path: Path, source_id: str) -> bool:
        try:
            return sha256(read_bytes(path, self._settings.limits)).hexdigest() == source_id
        except UnreadableFile:
            return False

    def _not_seen(self, place: Place, in_folder: bool) -> Iterator[_Step]:
        """A place that no folder showed: deleted, left out by a rule, or of a file that was added by itself."""
        name, there = Path(place.located).name, _is_there(place.located)
        if in_folder and there is not None:
            self._library.forget(place.located)
            yield FileReport(name, Outcome.REMOVED, f"{name}：文件夹里已经没有它。"), None
        elif there:
            yield from self._compared(Path(place.located), place.collection)
        else:
            yield FileReport(name, Outcome.MISSING, _GONE_FILE.format(place.located)), None

    def _read_again(self) -> Iterator[_Step]:
        """After a change of the program that reads files in another way: all of them, from the originals."""
        version = str(self._settings.index.version)
        if self._library.get(_READ_BY) == version:
            return
        for source in self._library.sources():
            try:
                content = self._library.content(source.id)
                reading = read_file(Path(source.path), content, self._settings.index, self._settings.limits)
            except (UnreadableFile, LibraryError) as error:
                yield FileReport(source.name, Outcome.REFUSED, str(error)), None
                continue
            if self._library.read_again(reading):
                yield FileReport(source.name, Outcome.REPLACED, account=account(reading)), reading
        self._library.put(_READ_BY, version)

    # ---------------------------------------------------------------- remove

    def _removed(self, name: str) -> Iterator[_Step]:
        folders = self._library.folders()
        chosen = [path for path, called in folders.items() if name in (path, called) or os.path.abspath(name) == path]
        inside = {
            source
            for place, source in self._library.places().items()
            if place.collection == name or any(place.located in Place(folder) for folder in chosen)
        }
        sources = [
            source
            for source in self._library.sources()
            if source.id in inside or name in (source.name, source.path, source.id)
        ]
        if not sources and not chosen:
            raise LibraryError(f"资料库里没有文件、文件夹或分组“{name}”，请用 zhiyin list 查看已收录的文件。")
        for source in sources:
            self._library.remove(source.id)
            yield FileReport(source.name, Outcome.REMOVED), None
        for folder in chosen:  # last: until all of its files are gone, it can be removed again by its path
            self._library.remove_folder(folder)


_UNNAMEABLE = "文件名“{}”里有无法识别的字符，请改名后再收录。"
_GONE_FOLDER = "文件夹“{}”不在了或是空的，里面的文件仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"
_GONE_FILE = "“{}”不在了，内容仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"


def _with_repeats(file: FileReport, count: int) -> FileReport:
    return replace(file, account=replace(file.account, repeated=count)) if file.account else file


def _is_there(path: str) -> bool | None:
    """Whether there is such a file; None where that can't be told."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return None
    return True
