"""The library after its folders and files: what changed there, changes here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.errors import UnreadableFile
from assistant.ingest.folders import Wanted, look_into
from assistant.ingest.intake import Intake, Step, is_there
from assistant.ingest.report import FileReport, Outcome
from assistant.library import Library, Place

_GONE_FOLDER = "文件夹“{}”不在了或是空的，里面的文件仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"
_GONE_FILE = "“{}”不在了，内容仍保留在资料库里；确定不要了，请用 zhiyin remove 移除。"


def updated(library: Library, intake: Intake) -> Iterator[Step]:
    """Bring the library into line, file by file. What can't be looked at stays as it was."""
    yield from intake.read_again()
    seen: set[str] = set()
    wanted: dict[str, Wanted] = {}
    missing: list[Place] = []
    folders = library.folders()
    for folder, collection in folders.items():
        if not _holds_something(library, folder):
            missing.append(Place(folder))
            yield FileReport(folder, Outcome.MISSING, _GONE_FOLDER.format(folder)), None
            continue
        try:
            wanted[folder] = Wanted(Path(folder), library.file.parent)
            found, unwanted = look_into(Path(folder), wanted[folder]), library.unwanted()
        except UnreadableFile as error:
            missing.append(Place(folder))
            yield FileReport(folder, Outcome.REFUSED, str(error)), None
            continue
        own = [path for path in found.files if innermost(folders, os.path.abspath(path)) == folder]
        new = [path for path in own if os.path.abspath(path) not in unwanted]
        seen.update(map(os.path.abspath, new))
        for path in new:
            yield from intake.read_if_changed(path, collection)
        for sentence in found.closed:
            yield FileReport(folder, Outcome.REFUSED, sentence), None
    for place in library.places():
        if place.located not in seen and not any(place.located in folder for folder in missing):
            yield from _not_seen(library, intake, place, wanted.get(innermost(wanted, place.located) or ""))


def innermost(folders: Iterable[str], located: str) -> str | None:
    """The innermost of some folders that a path lies in: to that a file belongs that lies in several."""
    return max((folder for folder in folders if located in Place(folder)), key=len, default=None)


def _holds_something(library: Library, folder: str) -> bool:
    """Whether a folder is there. One that is empty now and was not is where a drive is missing."""
    try:
        return bool(os.listdir(folder)) or not any(place.located in Place(folder) for place in library.places())
    except OSError:
        return False


def _not_seen(library: Library, intake: Intake, place: Place, wanted: Wanted | None) -> Iterator[Step]:
    """A place that no folder showed: deleted, left out by a rule, or of a file that was added by itself.

    One that is there all the same came in meanwhile, or lies where the system does not let us look: it stays.
    """
    path, there = Path(place.located), is_there(place.located)
    if wanted and (there is False or (there and not wanted.file_at_depth(path))):
        library.forget([place.located])
        why = "按 .zhiyinignore 的规则不再收录" if there else "文件夹里已经没有它"
        yield FileReport(path.name, Outcome.REMOVED, f"{path.name}：{why}。"), None
    elif not wanted and there:
        yield from intake.read_if_changed(path, place.collection)
    elif not wanted:
        yield FileReport(path.name, Outcome.MISSING, _GONE_FILE.format(place.located)), None
