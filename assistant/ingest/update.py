"""The library after its folders and files: what changed there, changes here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.ingest.folders import look_into
from assistant.ingest.intake import Intake, Step, is_there
from assistant.ingest.report import FileReport, Outcome
from assistant.library import Library, Place

_GONE_FOLDER = "文件夹“{}”不在了或是空的，里面的文件仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"
_GONE_FILE = "“{}”不在了，内容仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"


def updated(library: Library, intake: Intake) -> Iterator[Step]:
    """Bring the library into line, file by file. What can't be looked at stays as it was."""
    yield from intake.read_again()
    seen: set[str] = set()
    there: list[Place] = []
    missing: list[Place] = []
    folders = library.folders()
    for folder, collection in folders.items():
        if not _holds_something(library, folder):
            missing.append(Place(folder))
            yield FileReport(folder, Outcome.MISSING, _GONE_FOLDER.format(folder)), None
            continue
        there.append(Place(folder))
        found, unwanted = look_into(Path(folder)), library.unwanted()
        own = [path for path in found.files if innermost(folders, os.path.abspath(path)) == folder]
        wanted = [path for path in own if os.path.abspath(path) not in unwanted]
        seen.update(map(os.path.abspath, wanted))
        for path in wanted:
            yield from intake.read_if_changed(path, collection)
        for sentence in found.closed:
            yield FileReport(folder, Outcome.REFUSED, sentence), None
    for place in library.places():
        if place.located not in seen and not any(place.located in folder for folder in missing):
            in_folder = any(place.located in folder for folder in there)
            yield from _not_seen(library, intake, place, in_folder)


def innermost(folders: Iterable[str], located: str) -> str | None:
    """The innermost of some folders that a path lies in: to that a file belongs that lies in several."""
    return max((folder for folder in folders if located in Place(folder)), key=len, default=None)


def _holds_something(library: Library, folder: str) -> bool:
    """Whether a folder is there. One that is empty now and was not is where a drive is missing."""
    try:
        return bool(os.listdir(folder)) or not any(place.located in Place(folder) for place in library.places())
    except OSError:
        return False


def _not_seen(library: Library, intake: Intake, place: Place, in_folder: bool) -> Iterator[Step]:
    """A place that no folder showed: deleted, left out by a rule, or of a file that was added by itself."""
    name, there = Path(place.located).name, is_there(place.located)
    if in_folder and there is not None:
        library.forget(place.located)
        yield FileReport(name, Outcome.REMOVED, f"{name}：文件夹里已经没有它。"), None
    elif there:
        yield from intake.read_if_changed(Path(place.located), place.collection)
    else:
        yield FileReport(name, Outcome.MISSING, _GONE_FILE.format(place.located)), None
