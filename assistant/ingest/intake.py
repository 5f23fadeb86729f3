"""One file into the library: read, recognised where it was moved, or left alone because it is as it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from assistant.errors import LibraryError, UnreadableFile
from assistant.ingest.report import FileReport, Outcome, account
from assistant.library import Library, Place
from assistant.readers import read_bytes
from assistant.reading import read_file
from assistant.records import Reading
from assistant.settings import Settings

#: What became of a file, and what it was read into if it was.
Step = tuple[FileReport, Reading | None]
#: The setting under which the library keeps how its files were read: after a change of the program all are read again.
_READ_BY = "read_by"


class Intake:
    """Takes files into one library."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._settings = settings
        self._refused: dict[Place, str] = {}  # so that what can't be read is not read again and again

    def read(self, path: Path, collection: str, asked: bool = True) -> Step:
        """Read one file, whatever is known of it; `asked` tells whether a person wants just this."""
        place = Place.of(path, collection)  # before the file is read: what is saved meanwhile is seen the next time
        try:
            content = read_bytes(path, self._settings.limits)
        except UnreadableFile as error:  # open in another program, perhaps: the next time tells
            return FileReport(path.name, Outcome.REFUSED, str(error)), None
        source_id, known = sha256(content).hexdigest(), self._library.place(place.located)
        elsewhere = self._elsewhere(source_id, place)
        if elsewhere and is_there(elsewhere) is False and not known:
            self._library.move(elsewhere, place, source_id, content)
            return FileReport(path.name, Outcome.MOVED, f"{path.name}：原来在“{elsewhere}”。"), None
        if elsewhere and is_there(elsewhere):  # a copy
            self._library.note(place, source_id, content)
            other = known and known[1] != source_id
            same = f"{path.name}：内容与“{elsewhere}”相同，没有重复收录。"
            return FileReport(path.name, Outcome.REPLACED if other else Outcome.UNCHANGED, "" if other else same), None
        try:
            reading = self._reading(path, content)
        except UnreadableFile as error:
            self._refused[place] = str(error)
            return FileReport(path.name, Outcome.REFUSED, str(error)), None
        if not self._library.add(reading, content, place, asked):
            regrouped = known and known[0].collection != collection and collection
            sentence = f"{path.name}：没有变化，归入分组“{collection}”。" if regrouped else ""
            return FileReport(path.name, Outcome.UNCHANGED, sentence), None
        return FileReport(path.name, Outcome.REPLACED if known else Outcome.ADDED, account=account(reading)), reading

    def read_if_changed(self, path: Path, collection: str) -> Iterator[Step]:
        """Read a file if it is not as it was when it was last looked at; nothing of one that is gone by now.

        A file that is known stays in its collection.
        """
        known = self._library.place(os.path.abspath(path))
        place = Place.of(path, known[0].collection if known else collection)
        if not place.is_there:
            return
        if place in self._refused:
            yield FileReport(path.name, Outcome.REFUSED, self._refused[place]), None
        elif known and (known[0] == place or self._has_content(path, known[1])):
            if known[0] != place:
                self._library.note(place, known[1])
            yield FileReport(path.name, Outcome.UNCHANGED), None
        else:
            yield self.read(path, collection, asked=False)

    def read_again(self) -> Iterator[Step]:
        """After a change of the program that reads files in another way: all of them, from the originals."""
        if self._library.get(_READ_BY) == self._way:
            return
        for source in self._library.sources():
            try:
                reading = self._reading(Path(source.path), self._library.content(source.id))
            except (UnreadableFile, LibraryError) as error:
                yield FileReport(source.name, Outcome.REFUSED, str(error)), None
                continue
            if self._library.read_again(reading):
                yield FileReport(source.name, Outcome.REPLACED, account=account(reading)), reading
        self.note_way()

    def note_way(self) -> None:
        """From here on all files of the library are read as they are now."""
        self._library.put(_READ_BY, self._way)

    @property
    def _way(self) -> str:
        return str(self._settings.index.version)

    def _reading(self, path: Path, content: bytes) -> Reading:
        try:
            return read_file(path, content, self._settings.index, self._settings.limits)
        except UnreadableFile:
            raise
        except Exception as error:  # a mistake of ours with one file must not keep the others out: see it by -X dev
            if sys.flags.dev_mode:
                raise
            raise UnreadableFile(
                f"读取文件“{path.name}”时程序出错了（{type(error).__name__}: {error}），"
                "没有收录，请把这句话告诉维护者。"
            ) from error

    def _has_content(self, path: Path, source_id: str) -> bool:
        try:
            return sha256(read_bytes(path, self._settings.limits)).hexdigest() == source_id
        except UnreadableFile:
            return False

    def _elsewhere(self, source_id: str, place: Place) -> str | None:
        """Where the same content lies in the library under another path of the same ending, if it does."""
        ending = Path(place.located).suffix.lower()
        others = [path for path in self._library.places_of(source_id) if Path(path).suffix.lower() == ending]
        return next((path for path in others if path != place.located), None) if place.located not in others else None


def is_there(path: str) -> bool | None:
    """Whether there is such a file; None where that can't be told."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return None
    return True
