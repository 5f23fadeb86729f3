"""The files in a folder that are to be read: what has a reader, and no rule leaves out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UnreadableFile
from assistant.readers import has_reader
from assistant.readers.plain import decode

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: In a folder, a file of this name says what to leave out, a pattern a line as in .gitignore.
RULES = ".zhiyinignore"
#: How names begin that systems and programs keep for themselves, such as .git and the ~$ of an open Word file.
_PRIVATE = (".", "~$")


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds: files to read, files without a reader, and a sentence for each folder that stays closed."""

    files: tuple[Path, ...]
    skipped: tuple[Path, ...]
    closed: tuple[str, ...]


class Wanted:
    """What of a folder is wanted; rules that can't be read are `UnreadableFile`, since they may leave out a secret.

    The rules of a folder hold for all below it, those of the folders in it for what is below them. `library` is where
    the library itself lies: what it writes there must not be read into it again.
    """

    def __init__(self, folder: Path, library: Path) -> None:
        self._folder = Path(os.path.abspath(folder))
        self._library = Path(os.path.abspath(library))
        self._rules: dict[Path, GitIgnoreSpec | None] = {}
        self._rules_of(self._folder)  # at once: a folder whose rules make no sense stays closed

    def folder(self, path: Path) -> bool:
        """Whether a folder is wanted that lies in a wanted one."""
        return Path(os.path.abspath(path)) != self._library and self._is_wanted(path, "/")

    def file(self, path: Path) -> bool:
        """Whether a file is wanted that lies in a wanted folder."""
        return self._is_wanted(path, "")

    def file_at_depth(self, path: Path) -> bool:
        """Whether a file is wanted, and every folder down to it."""
        above = [each for each in path.parents if each != self._folder and each.is_relative_to(self._folder)]
        return self.file(path) and all(map(self.folder, above))

    def _is_wanted(self, path: Path, ending: str) -> bool:
        if path.name.startswith(_PRIVATE):
            return False
        path = Path(os.path.abspath(path))
        above = [each for each in path.parents if each.is_relative_to(self._folder)]
        rules = [(each, self._rules_of(each)) for each in above]
        return not any(each and each.match_file(path.relative_to(where).as_posix() + ending) for where, each in rules)

    def _rules_of(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self._rules:
            self._rules[folder] = _rules(folder)
        return self._rules[folder]


def look_into(folder: Path, wanted: Wanted) -> Found:
    """All files in a folder and the folders inside it, in order of path. Links to folders are not followed: they may
    lead in a circle."""
    closed: list[str] = []

    def refuse(error: OSError) -> None:
        closed.append(f"无法打开文件夹“{error.filename}”（{error.strerror}），请检查权限后重试。")

    inside: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if wanted.folder(Path(parent, name))]
        inside += [path for name in names if wanted.file(path := Path(parent, name))]
    regular = sorted(path for path in inside if os.path.isfile(path))
    return Found(
        tuple(path for path in regular if has_reader(path)),
        tuple(path for path in regular if not has_reader(path)),
        tuple(closed),
    )


def _rules(folder: Path) -> GitIgnoreSpec | None:
    import re

    from pathspec import GitIgnoreSpec

    file = folder / RULES
    try:
        content = file.read_bytes()
        lines = decode(content, RULES)[0].splitlines() if content.strip() else []
        return GitIgnoreSpec.from_lines(lines)
    except FileNotFoundError:
        return None
    except (OSError, UnreadableFile, ValueError, re.error) as error:
        raise UnreadableFile(f"读不懂“{file}”里的规则（{error}），这个文件夹没有收录，请改好或删掉它再试。") from error
