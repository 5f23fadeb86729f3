"""Nothing is lost: killed, out of disk, read-only, two at once, damaged, of an earlier version.

`benchmarks/kills.py` holds the processes that are killed, and what must be true afterwards.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from assistant.assistant import Assistant
from assistant.errors import LibraryDamaged, LibraryError
from assistant.ingest import Ingester
from assistant.library import Library, restore
from assistant.records import Answer
from assistant.settings import Settings
from tests.fakes import HashEncoder

pytest.importorskip("resource", reason="this system has no limits on the size of files")
if not hasattr(os, "fork"):
    pytest.skip("this system does not fork", allow_module_level=True)

from benchmarks.kills import JOBS, WORK, Nursery, Scene, State, Trials, moments, to_version_1

TEXT = "铁锹保养\n\n一、清洁\n铁锹用完要擦干净。\n二、存放\n铁锹要放在通风的地方。\n"


@pytest.fixture(scope="module")
def trials() -> Iterator[Trials]:
    memory = Path("/dev/shm")  # what a killed process has written is there on any disk, and here it is there at once
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name, Nursery() as nursery:
        yield Trials(Scene(Path(name)), nursery)


def filled(root: Path, files: int = 3, name: str = "工具") -> Path:
    """A folder of files, and the library in which they were read, closed."""
    write(root / name, files)
    with Library.open(root / "library") as library:
        Ingester(library, Settings()).add([root / name])
    return root / "library"


def write(folder: Path, files: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(files):
        (folder / f"{number}.txt").write_text(f"{TEXT}{folder.name}第{number}次检查。\n" * 9, encoding="utf-8")


def state(folder: Path) -> State:
    with Library.open(folder) as library:
        assert library.check() == ()
        return State.of(library)


# Killed


@pytest.mark.parametrize("job", JOBS)
def test_nothing_is_lost_at_whichever_step_it_is_killed(trials: Trials, job: str) -> None:
    for step in count():
        end, wrong = trials.run(job, at=step)
        assert not wrong, (step, wrong)
        if not end.killed:
            break
    assert step >= 8


@pytest.mark.parametrize("job", JOBS)
def test_nothing_is_lost_when_it_is_killed_in_the_midst_of_a_file(trials: Trials, job: str) -> None:
    killed = 0
    for size in (100, 5_000, 30_000, 70_000):
        end, wrong = trials.run(job, size=size)
        assert not wrong, (size, wrong)
        killed += end.killed
    assert killed


def test_nothing_is_lost_whenever_it_is_killed(trials: Trials) -> None:
    for job, after in islice(moments(trials, random.Random(7)), 20):
        assert trials.run(job, after=after)[1] == [], (job, after)


# Out of disk, read-only


@pytest.mark.parametrize("job", WORK)
def test_a_full_disk_is_named_and_loses_nothing(trials: Trials, job: str) -> None:
    told = set()
    for size in (0, 100, 5_000, 30_000, 70_000):
        end, wrong = trials.run(job, size=size, full=True)
        assert not wrong, (size, wrong)
        told.add(end.error)
    assert all("磁盘空间" in error and error.endswith("。") and error.count("。") == 1 for error in told if error)
    assert told - {""}


def test_half_a_file_does_not_keep_a_full_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = filled(tmp_path)
    before = sorted(folder.glob("originals/*/*"))
    write(tmp_path / "工具", 4)
    monkeypatch.setattr("os.fsync", full)
    with Library.open(folder) as library, pytest.raises(LibraryError, match="No space left.*磁盘空间"):
        Ingester(library, Settings()).update()
    assert sorted(folder.glob("originals/*/*")) == before


def test_a_read_only_library_answers_and_refuses_to_be_added_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path)
    monkeypatch.setattr("assistant.library.schema._writable", lambda _: False)  # root may write everywhere
    with Library.open(folder) as library:
        assistant = Assistant(library, Settings(), HashEncoder(), None)
        assert isinstance(assistant.ask("铁锹要放在什么地方"), Answer)
        with pytest.raises(LibraryError, match="只能读取，不能修改"):
            assistant.add([tmp_path / "工具"])
        assert library.check() == ()


# Two at once


def adding(folder: Path, library: Path) -> subprocess.Popen[str]:
    """A process that adds a folder, from when it is told to."""
    code = """
import sys
from pathlib import Path
from assistant.ingest import Ingester
from assistant.library import Library
from assistant.settings import Settings
print("ready", flush=True)
input()
Ingester(Library.open(Path(sys.argv[2])), Settings()).add([Path(sys.argv[1])])
"""
    command = [sys.executable, "-c", code, str(folder), str(library)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_add_at_once_while_another_asks(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    for name in ("园艺", "木工"):
        write(tmp_path / name, 12)
    processes = [adding(tmp_path / name, folder) for name in ("园艺", "木工")]
    for process in processes:
        tell(process)
    with Library.open(folder) as library:
        assistant = Assistant(library, Settings(), HashEncoder(), None)
        while any(process.poll() is None for process in processes):
            assert isinstance(assistant.ask("铁锹要放在什么地方"), Answer)
        assert [process.wait() for process in processes] == [0, 0]
        assert len(assistant.index()) == len(library.passages())
    assert {name: len(found) for name, found in state(folder).collections.items()} == {
        "工具": 3,
        "园艺": 12,
        "木工": 12,
    }


# Damaged


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "overwritten at the head": lambda content: b"\x00" * 100 + content[100:],
    "a page of nothing": lambda content: content[:8192] + b"\x00" * 4096 + content[12288:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_library_comes_back_from_its_backup(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    folder = filled(tmp_path)
    before, file = state(folder), folder / "library.sqlite"
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    with pytest.raises(LibraryDamaged, match="已损坏.*没有改动它，可以运行 zhiyin restore 恢复到 20.*的备份"):
        Library.open(folder)
    assert restore(folder).read_bytes() == damaged
    assert state(folder) == before


def test_damage_to_any_page_is_noticed(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    before, file = state(folder), folder / "library.sqlite"
    sound = file.read_bytes()
    for start in range(0, len(sound), 4096):
        file.write_bytes(sound[:start] + b"\x00" * 4096 + sound[start + 4096 :])
        try:
            with Library.open(folder) as library:
                assert library.check() or State.of(library) == before, start
        except LibraryDamaged:
            pass


def test_what_came_after_the_backup_comes_with_the_next_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path)
    before = state(folder)
    write(tmp_path / "工具", 4)
    with monkeypatch.context() as killed, Library.open(folder) as library:
        killed.setattr("assistant.library.write_backup", lambda *_: None)
        Ingester(library, Settings()).update()
    after = state(folder)
    (folder / "library.sqlite").write_bytes(b"")
    restore(folder)
    assert state(folder) == before
    with Library.open(folder) as library:
        Ingester(library, Settings()).update()
    assert state(folder) == after


def test_without_a_backup_the_way_back_is_to_add_again(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    (folder / "library.backup.sqlite").unlink()
    (folder / "library.sqlite").write_bytes(b"")
    with pytest.raises(LibraryDamaged, match="请把它移到别处保存，再用 zhiyin add 重新收录文件"):
        Library.open(folder)
    with pytest.raises(LibraryError, match="没有备份，请用 zhiyin add 重新收录文件"):
        restore(folder)
    assert (folder / "library.sqlite").read_bytes() == b""


def test_a_damaged_backup_is_not_put_in_the_place_of_anything(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    before, backup = state(folder), folder / "library.backup.sqlite"
    backup.write_bytes(DAMAGES["cut"](backup.read_bytes()))
    with pytest.raises(LibraryError, match="备份“.*”也已损坏，没有改动资料库"):
        restore(folder)
    assert state(folder) == before
    assert sorted(path.name for path in folder.glob("*.new*")) == []


def test_a_library_that_is_damaged_while_it_is_open_does_not_replace_its_backup(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    backup = (folder / "library.backup.sqlite").read_bytes()
    with Library.open(folder) as library:
        library.put("key", "value")
        library._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = library.file.read_bytes()
        library.file.write_bytes(content[:4096] + DAMAGES["a page of nothing"](content)[4096:])
        with pytest.raises(LibraryDamaged, match="zhiyin restore"):
            library.back_up()
    assert (folder / "library.backup.sqlite").read_bytes() == backup


def test_a_library_whose_file_is_gone_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    before = state(folder)
    (folder / "library.sqlite").unlink()
    with pytest.raises(LibraryDamaged, match="不见了，可以运行 zhiyin restore 恢复到 .*；要从头开始，请先把"):
        Library.open(folder)
    restore(folder)
    assert state(folder) == before


def test_a_backup_holds_each_change_and_is_not_written_without_one(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    backup = folder / "library.backup.sqlite"
    written = backup.stat().st_ino
    with Library.open(folder) as library:
        Ingester(library, Settings()).update()
        assert backup.stat().st_ino == written
        library.forget([], [str(tmp_path / "工具")])
        Ingester(library, Settings()).update()
    with closing(sqlite3.connect(backup)) as database:
        assert database.execute("SELECT * FROM folder").fetchall() == []


# Of version 1


def test_a_library_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    before = state(folder)
    to_version_1(folder)
    with Library.open(folder) as library:
        assert library.check() == ()
        assert (library.readings(), State.of(library).places) == (before.readings, before.places)
        assert all(library.content(source.id) == source.text.encode() for source in library.sources())
        for source in library.sources():
            library.remove(source.id)
        assert [*library._database.execute("SELECT * FROM passage")] == []


def test_a_library_of_version_1_that_cannot_move_out_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path)
    before = state(folder)
    to_version_1(folder)
    (folder / "originals").write_text("in the way")
    content = (folder / "library.sqlite").read_bytes()
    with pytest.raises(LibraryError, match="检查路径、权限和磁盘空间"):
        Library.open(folder)
    assert (folder / "library.sqlite").read_bytes() == content
    (folder / "originals").unlink()
    assert state(folder).readings == before.readings
