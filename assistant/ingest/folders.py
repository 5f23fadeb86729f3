"""The files in a folder that are to be read: what has a reader, and no rule leaves out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.readers import has_reader

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


def look_into(folder: Path) -> Found:
    """All files in a folder and the folders inside it, in order of path. Links to folders are not followed: they may
    lead in a circle."""
    closed: list[str] = []

    def refuse(error: OSError) -> None:
        closed.append(f"无法打开文件夹“{error.filename}”（{error.strerror}），请检查权限后重试。")

    rules = _rules(folder)
    inside: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if _is_wanted(folder, Path(parent, name), rules, folder=True)]
        inside += [Path(parent, name) for name in names if _is_wanted(folder, Path(parent, name), rules)]
    regular = sorted(path for path in inside if os.path.isfile(path))
    return Found(
        tuple(path for path in regular if has_reader(path)),
        tuple(path for path in regular if not has_reader(path)),
        tuple(closed),
    )


def _rules(folder: Path) -> GitIgnoreSpec | None:
    from pathspec import GitIgnoreSpec

    try:
        lines = (folder / RULES).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return None
    return GitIgnoreSpec.from_lines(lines)


def _is_wanted(root: Path, path: Path, rules: GitIgnoreSpec | None, folder: bool = False) -> bool:
    if path.name.startswith(_PRIVATE):
        return False
    relative = path.relative_to(root).as_posix() + ("/" if folder else "")
    return rules is None or not rules.match_file(relative)
