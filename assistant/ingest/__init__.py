"""Files into the library, and the library after the files: add, update, remove, with a report of all of it.

folders   which files of a folder are read
intake    one file into the library
update    the library after its folders
watching  tells when a folder changes
repeats   how much of a file the library says already
report    what became of each file, and where its characters went
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant.errors import LibraryError, UnreadableFile
from assistant.ingest.folders import Wanted, look_into
from assistant.ingest.intake import Intake, Step
from assistant.ingest.repeats import repeated
from assistant.ingest.report import Account, FileReport, Outcome, Report, account, added_up
from assistant.ingest.update import innermost, updated
from assistant.library import Library, Place
from assistant.readers import conversion
from assistant.settings import Settings

__all__ = ["Account", "FileReport", "Ingester", "Outcome", "Report", "account", "added_up"]

#: Called with each file's report as soon as there is one.
Listener = Callable[[FileReport], None]


class Ingester:
    """Brings one library into line with files and folders outside of it."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._intake = Intake(library, settings)

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
        return self._run(updated(self._library, self._intake), listener)

    def remove(self, name: str) -> Report:
        """Forget the files of that name, path or id, or the folder or collection of that name with all its files."""
        return self._run(self._removed(name), None)

    def _run(self, steps: Iterator[Step], listener: Listener | None) -> Report:
        done: list[Step] = []
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
        added = [passage for _, reading in done if reading for passage in reading.passages]
        counts = repeated(added, self._library.passages()) if added else {}
        return Report(
            tuple(_with_repeats(file, counts.get(reading.source.id, 0) if reading else 0) for file, reading in done)
        )

    def _added(self, paths: Iterable[Path], collection: str | None) -> Iterator[Step]:
        if not self._library.sources():
            self._intake.note_way()
        for path in paths:
            if os.path.isdir(path):
                yield from self._folder_added(path, collection)
            else:
                yield self._intake.read(Path(path), collection or "")

    def _folder_added(self, path: Path, collection: str | None) -> Iterator[Step]:
        located = os.path.abspath(path)
        try:
            found = look_into(Path(path), Wanted(Path(path), self._library.file.parent))
        except UnreadableFile as error:
            yield FileReport(str(path), Outcome.REFUSED, str(error)), None
            return
        self._library.add_folder(located, Path(located).name if collection is None else collection)
        folders = self._library.folders()
        for file in found.files:
            yield self._intake.read(file, folders[innermost(folders, os.path.abspath(file)) or located])
        for file in found.skipped:
            yield FileReport(file.name, Outcome.SKIPPED, conversion(file) or ""), None
        for sentence in found.closed:
            yield FileReport(str(path), Outcome.REFUSED, sentence), None

    def _removed(self, name: str) -> Iterator[Step]:
        folders, places, located = self._library.folders(), self._library.places(), os.path.abspath(name)
        sources = {source.id: source for source in self._library.sources()}
        chosen = [path for path, called in folders.items() if name == called or path in (name, located)]
        named = {source.id for source in sources.values() if name in (source.name, source.path, source.id)}
        named = {source for place, source in places.items() if place.located == located} or named
        if len(named) > 1:
            paths = "、".join(f"“{sources[each].path}”" for each in sorted(named))
            raise LibraryError(f"有 {len(named)} 个文件都叫“{name}”，请写出要移除的那一个的完整路径：{paths}。")
        inside = [
            place.located
            for place in places
            if place.collection == name or (chosen and innermost(folders, place.located) in chosen)
        ]
        below = [place.located for place in places if place.located in Place(located) and place.located != located]
        if not (named or inside or chosen or below):
            raise LibraryError(f"资料库里没有文件、文件夹或分组“{name}”，请用 zhiyin list 查看已收录的文件。")
        if inside or chosen:
            self._library.forget(inside, chosen)
        elif not named:  # a folder inside one that is followed: its files are not to come back
            self._library.forget(below, wanted=False)
        for source_id in named:
            if self._library.places_of(source_id):
                self._library.remove(source_id)
        left = {source.id for source in self._library.sources()}
        gone = [source.name for source in sources.values() if source.id not in left]
        for each in gone or chosen:
            yield FileReport(each, Outcome.REMOVED), None


def _with_repeats(file: FileReport, count: int) -> FileReport:
    return replace(file, account=replace(file.account, repeated=count)) if file.account else file
