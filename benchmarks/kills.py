"""Is anything lost when the program is killed? Real processes, killed with SIGKILL in the midst of their work.

    python -m benchmarks.kills [kills] [seed]      200 kills at random moments

`tests/test_crashes.py` kills at each step that writes, and at each size a file passes through.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import assistant.index.segments as segments
from assistant.assistant import Assistant
from assistant.errors import LibraryDamaged, LibraryError
from assistant.index import encoded_text
from assistant.index.segments import Segment, key_of
from assistant.ingest import Ingester
from assistant.library import Library, restore
from assistant.library.backup import FILE as BACKUP
from assistant.library.rows import INSERTS
from assistant.library.schema import FILE as DATABASE
from assistant.records import Reading
from assistant.settings import Settings
from assistant.text import words
from tests.fakes import HashEncoder

_KILLS = 200


def _article(subject: str, sentences: int = 3) -> str:
    advice = "".join(f"第{number}次用{subject}之前，先检查手柄和接口。\n" for number in range(sentences))
    return f"{subject}的保养\n\n一、检查\n{advice}二、存放\n{subject}要放在通风干燥的地方，不要和酸碱放在一起。\n"


#: The user's files at first, and then: one is changed, one moved, one deleted, one new.
_FIRST = {name: _article(name) for name in ("铁锹", "锤子", "锯子", "刨子")}
_LATER = {"铁锹": _article("铁锹", 5), "柜子/锤子": _FIRST["锤子"], "刨子": _FIRST["刨子"], "钳子": _article("钳子")}


@dataclass(frozen=True, slots=True)
class Scene:
    """A place on the disk with the user's files and a library of them; it can be put away and laid out again."""

    root: Path

    @property
    def library(self) -> Path:
        return self.root / "scene" / "library"

    @property
    def documents(self) -> Path:
        return self.root / "scene" / "工具"

    @property
    def alone(self) -> Path:
        """A file that is in no folder, and stays."""
        return self.root / "scene" / "说明.txt"

    def write(self, files: Mapping[str, str]) -> None:
        shutil.rmtree(self.documents, ignore_errors=True)
        for name, text in files.items():
            path = self.documents / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (len(text), len(text)))  # what is not changed keeps its time
        self.alone.write_text(_article("说明书"), encoding="utf-8")
        os.utime(self.alone, (1, 1))

    def put_away(self, name: str) -> None:
        shutil.copytree(self.root / "scene", self.root / name)

    def lay_out(self, name: str) -> None:
        shutil.rmtree(self.root / "scene", ignore_errors=True)
        shutil.copytree(self.root / name, self.root / "scene")


@dataclass(frozen=True, slots=True)
class State:
    """All that a library says. `places` are the ids of sources by where they lie."""

    readings: tuple[Reading, ...]
    places: Mapping[str, str]
    folders: Mapping[str, str]
    collections: Mapping[str, frozenset[str]]
    unwanted: frozenset[str]

    @classmethod
    def of(cls, library: Library) -> State:
        places = {place.located: source for place, source in library.places().items()}
        return cls(library.readings(), places, library.folders(), library.collections(), library.unwanted())


_NOTHING = State((), {}, {}, {}, frozenset())
_DAMAGED = b"\x00" * 8192
#: The rows of each table.
Rows = dict[str, list[tuple[object, ...]]]


# ---------------------------------------------------------------- the work that is killed


def _add(scene: Scene) -> None:
    with Library.open(scene.library) as library:
        Ingester(library, Settings()).add([scene.documents, scene.alone])


def _update(scene: Scene) -> None:
    with Library.open(scene.library) as library:
        Ingester(library, Settings()).update()


def _remove(scene: Scene) -> None:
    with Library.open(scene.library) as library:
        Ingester(library, Settings()).remove(str(scene.documents))


def _index(scene: Scene, encoder: HashEncoder | None = None) -> Any:
    with Library.open(scene.library) as library:
        assistant = Assistant(library, Settings(), encoder or HashEncoder(), None)
        assistant.warm_up()
        return assistant.index()


def _open(scene: Scene) -> None:
    Library.open(scene.library).close()


def _restore(scene: Scene) -> None:
    restore(scene.library)


JOBS: Mapping[str, Callable[[Scene], object]] = {
    "add": _add,
    "update": _update,
    "remove": _remove,
    "index": _index,
    "migrate": _open,
    "restore": _restore,
}
#: What a user does again and again; the others happen once in the life of a library.
WORK = ("add", "update", "remove", "index")


# ---------------------------------------------------------------- the process that is killed


def _nursery() -> None:
    """Read orders, fork a worker for each, and say how it ended: so a thousand deaths take no thousand starts."""
    import bm25s  # noqa: F401
    import faiss  # noqa: F401
    import pathspec  # noqa: F401

    words("预热")
    # So few texts make several segments, and more than are kept apart.
    segments._CHUNK, segments._SEGMENT, segments._MOST = 2, 2, 4
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        began = time.perf_counter()
        worker = os.fork()
        if not worker:
            _work(order, writing)
        os.close(writing)
        if order["after"] is not None:
            time.sleep(order["after"])
            os.kill(worker, signal.SIGKILL)  # it is a zombie at the worst: nobody else can have its number
        _, status = os.waitpid(worker, 0)
        seconds = time.perf_counter() - began
        with os.fdopen(reading) as pipe:
            steps, _, error = pipe.read().partition(" ")
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"code": code, "steps": int(steps or -1), "seconds": seconds, "error": error}), flush=True)


def _work(order: dict[str, Any], pipe: int) -> None:
    """Do the job and die: of what was ordered, or of old age."""
    steps = _count_steps(order["at"])
    if order["size"] is not None:
        _bound_files(order["size"], order["full"])
    code, error = 1, ""
    try:
        JOBS[order["job"]](Scene(Path(order["root"])))
        code = 0
    except LibraryError as told:
        code, error = 0, str(told)
    finally:
        if code:
            traceback.print_exc()
        os.write(pipe, f"{len(steps)} {error}".encode())
        os._exit(code)  # nothing of the nursery is to be ended twice


def _bound_files(size: int, full: bool) -> None:
    """No file grows beyond a size: for who tries the disk is full, or it is killed in the midst of writing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN if full else signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _count_steps(at: int | None) -> list[str]:
    """From now on each call that changes what others see is a step; before step number `at` the process is killed."""
    steps: list[str] = []

    def step(name: str) -> None:
        if len(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        steps.append(name)

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **more: Any) -> Any:
            step(call.__name__)
            return call(*args, **more)

        return counting

    def traced(sql: str) -> None:
        if sql.startswith(("COMMIT", "PRAGMA journal_mode", "VACUUM", "DROP", "ALTER")):
            step(sql)

    def connect(*args: Any, **more: Any) -> sqlite3.Connection:
        database = connected(*args, **more)
        database.set_trace_callback(traced)
        return database

    connected = sqlite3.connect
    sqlite3.connect = connect  # type: ignore[assignment]
    for name in ("replace", "mkdir", "unlink", "rmdir", "link"):
        setattr(os, name, counted(getattr(os, name)))
    return steps


@dataclass(frozen=True, slots=True)
class End:
    """How a worker ended: whether it was killed, else after how many steps and with which error, "" for none."""

    killed: bool
    steps: int
    seconds: float
    error: str


class Nursery:
    """Runs jobs in processes of their own, and kills them."""

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "benchmarks.kills", "--nursery"]
        root = Path(__file__).parent.parent
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, env={**os.environ, **_PLAIN}
        )
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(
        self,
        job: str,
        scene: Scene,
        at: int | None = None,
        after: float | None = None,
        size: int | None = None,
        full: bool = False,
    ) -> End:
        """Do a job, killed before step `at`, or `after` some seconds, or when a file grows beyond a `size` in bytes;
        with `full` that is an error as of a full disk, and nobody is killed."""
        assert self._process.stdin
        order = {"job": job, "root": str(scene.root), "at": at, "after": after, "size": size, "full": full}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._answer())
        if found["code"] > 0:
            raise AssertionError(f"{job} failed by itself, see above")
        return End(found["code"] < 0, found["steps"], found["seconds"], found["error"])

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


#: One thread each: a process with threads is not forked safely.
_PLAIN = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


# ---------------------------------------------------------------- what must be true afterwards


class Trials:
    """Kills jobs and tells what is wrong afterwards. All jobs are done once undisturbed before, to compare with."""

    def __init__(self, scene: Scene, nursery: Nursery) -> None:
        self.scene = scene
        self.ends: dict[str, End] = {}
        self._nursery = nursery
        self._before: dict[str, State] = {}
        self._after: dict[str, State] = {}
        self._backups: dict[str, list[Rows]] = {}
        scene.write(_FIRST)
        self._undisturbed("add", _NOTHING)
        to_version_1(scene.library)
        self._undisturbed("migrate", self._after["add"])
        scene.lay_out("add done")
        (scene.library / DATABASE).write_bytes(_DAMAGED)
        self._undisturbed("restore", self._after["add"])
        scene.lay_out("add done")
        nursery.run("index", scene)
        scene.write(_LATER)
        self._undisturbed("update", self._after["add"])
        self._undisturbed("index", self._after["update"])
        self._answers = _answers(_index(scene))
        self._undisturbed("remove", self._after["update"])

    def run(
        self, job: str, at: int | None = None, after: float | None = None, size: int | None = None, full: bool = False
    ) -> tuple[End, list[str]]:
        """Do a job that is disturbed as said in `Nursery.run`: how it ended, and all that was wrong afterwards."""
        self.scene.lay_out(job)
        end = self._nursery.run(job, self.scene, at, after, size, full)
        return end, [*self._wrong_now(job), *self._wrong_when_done(job)]

    def _undisturbed(self, job: str, before: State) -> None:
        """Do a job from the scene as it is; the library is looked at only afterwards, for opening it may be the job."""
        backup = _rows(self.scene.library / BACKUP)
        self.scene.put_away(job)
        self.ends[job] = self._nursery.run(job, self.scene)
        self.scene.put_away(f"{job} done")
        with Library.open(self.scene.library) as library:
            self._before[job], self._after[job] = before, State.of(library)
        self._backups[job] = [backup, _rows(self.scene.library / BACKUP)]
        self.scene.lay_out(f"{job} done")

    def _wrong_now(self, job: str) -> Iterator[str]:
        if _rows(self.scene.library / BACKUP) not in self._backups[job]:
            yield "the backup is neither old nor new"
        try:
            with Library.open(self.scene.library) as library:
                yield from library.check()
                yield from _between(self._before[job], State.of(library), self._after[job])
        except LibraryDamaged as error:
            if job != "restore" or "zhiyin restore" not in str(error):
                yield str(error)

    def _wrong_when_done(self, job: str) -> Iterator[str]:
        yield from self._indexed_again() if job == "index" else self._done_again(job)
        with Library.open(self.scene.library) as library:
            yield from library.check()
            if State.of(library) != self._after[job]:
                yield "not as it is undisturbed"
        if _rows(self.scene.library / BACKUP) != self._backups[job][-1]:
            yield "the backup is not of now"
        if job == "restore" and _DAMAGED not in [path.read_bytes() for path in self.scene.library.glob("*damaged*")]:
            yield "the damaged file is gone"
        if job in ("add", "update", "remove") and [*self.scene.library.glob("originals/*/*.new")]:
            yield "half a file is left"

    def _done_again(self, job: str) -> Iterator[str]:
        try:
            JOBS[job](self.scene)
        except LibraryError as error:
            if job != "remove":  # nothing was left to remove
                yield str(error)

    def _indexed_again(self) -> Iterator[str]:
        began = self.scene.root / "index" / self.scene.library.name
        stored, encoder = {*_stored(began), *_stored(self.scene.library)}, HashEncoder()
        if _answers(_index(self.scene, encoder)) != self._answers:
            yield "another index"
        yield from (f"encoded again: {text}" for text in encoder.encoded if key_of(text) in stored)


def _between(before: State, now: State, after: State) -> Iterator[str]:
    """What is neither as before nor as after a job, and what is lost though it is in both."""
    for reading in now.readings:
        if reading not in (*before.readings, *after.readings):
            yield f"{reading.source.name} is neither old nor new"
    for located in {*before.places, *now.places, *after.places}:
        if now.places.get(located) not in (before.places.get(located), after.places.get(located)):
            yield f"{located} is neither old nor new"
    for source in {*before.places.values()} & {*after.places.values()} - {*now.places.values()}:
        yield f"{source} is lost"


def _answers(index: Any) -> list[bytes]:
    """All that an index says of each passage."""
    asked = words("检查手柄之前，放在通风干燥的地方")
    scores = [index.body_scores(asked).tobytes(), index.heading_scores(asked).tobytes()]
    every = np.arange(len(index))
    texts = [encoded_text(passage).encode() for passage in index.passages]
    return [*scores, index.vectors(every).tobytes(), *(index.tokens(number).tobytes() for number in every), *texts]


def _stored(library: Path) -> Iterator[bytes]:
    """The keys of the texts in all segments that are complete."""
    for manifest in library.glob("index/vectors/*/manifest.json"):
        with suppress(OSError, ValueError):  # it is being thrown away
            yield from (row.tobytes() for row in Segment.load(manifest.parent).keys)


def _rows(file: Path) -> Rows:
    """All that a database says of the documents; not when they were added."""
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file)) as database:
        sources = database.execute("SELECT id, name, path, text FROM source ORDER BY id").fetchall()
        tables = ("place", "folder", "unwanted", *INSERTS)
        return {"source": sources} | {
            table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in tables
        }


# ---------------------------------------------------------------- a library of version 1

_SPAN = "start INTEGER NOT NULL, stop INTEGER NOT NULL, CHECK (0 <= start AND start <= stop)"
_VERSION_1 = f"""
CREATE TABLE old (id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, located TEXT NOT NULL UNIQUE,
    encoding TEXT NOT NULL, text TEXT NOT NULL, content BLOB NOT NULL, digest TEXT NOT NULL, added_at TEXT NOT NULL);
INSERT INTO old SELECT id, name, path, path, encoding, text, CAST(text AS BLOB), digest, added_at FROM source;
DROP TABLE source;
ALTER TABLE old RENAME TO source;
DROP TABLE place;
DROP TABLE folder;
DROP TABLE unwanted;
CREATE TABLE old (document TEXT NOT NULL REFERENCES document ON DELETE CASCADE, place INTEGER NOT NULL,
    number TEXT NOT NULL, title TEXT NOT NULL, level INTEGER NOT NULL, heading_start INTEGER NOT NULL,
    heading_stop INTEGER NOT NULL, parent INTEGER, {_SPAN}, PRIMARY KEY (document, place),
    FOREIGN KEY (document, parent) REFERENCES section (document, place) ON DELETE CASCADE);
INSERT INTO old SELECT document, place, number, title, level, heading_start, heading_stop, parent, start, stop
    FROM section;
DROP TABLE section;
ALTER TABLE old RENAME TO section;
DELETE FROM settings;
PRAGMA user_version = 1;
"""


def to_version_1(library: Path) -> None:
    """Make of a library of UTF-8 files what version 1 would have written: the files inside, and nothing beside it."""
    with closing(sqlite3.connect(library / DATABASE)) as database:
        database.executescript(f"BEGIN; {_VERSION_1} COMMIT")
    shutil.rmtree(library / "originals")
    (library / BACKUP).unlink(missing_ok=True)


# ---------------------------------------------------------------- the figures


def main(kills: int = _KILLS, seed: int = 0) -> None:
    """Kill at random moments, and print what became of it."""
    began = time.perf_counter()
    struck, wrong, late = Counter[str](), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="zhiyin-kills-") as name, Nursery() as nursery:
        trials = Trials(Scene(Path(name)), nursery)
        for job, after in moments(trials, random.Random(seed)):
            end, problems = trials.run(job, after=after)
            struck[job] += end.killed
            late += not end.killed
            wrong[job] += bool(problems)
            print(*(f"{job}: {problem}\n" for problem in problems), end="")
            if struck.total() == kills:
                break
    print(f"{'step':<10}{'kills':>7}{'nothing lost':>15}")
    for job in WORK:
        print(f"{job:<10}{struck[job]:>7}{'no' if wrong[job] else 'yes':>15}")
    print(f"{'all':<10}{struck.total():>7}{'no' if wrong.total() else 'yes':>15}")
    print(f"\n{time.perf_counter() - began:.0f} s, seed {seed}; {late} more had done their work before")


def moments(trials: Trials, chance: random.Random) -> Iterator[tuple[str, float]]:
    """Work, and a moment within the seconds it takes, again and again."""
    while True:
        job = chance.choice(WORK)
        yield job, chance.uniform(0, trials.ends[job].seconds)


if __name__ == "__main__":
    if sys.argv[1:] == ["--nursery"]:
        _nursery()
    else:
        main(*map(int, sys.argv[1:]))
