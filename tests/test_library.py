import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock

from assistant.errors import LibraryBusy, LibraryDamaged, LibraryError
from assistant.library import Library
from assistant.records import Reading, Span, Trait
from tests.fakes import make_reading

TEXT = "怎样当好支部书记\n\n前面的话。\n一、摆正位置\n处理好关系。\n----\n二、提高素质\n加强学习。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path) as library:
        yield library


def add(library: Library, reading: Reading) -> bool:
    return library.add(reading, reading.source.text.encode())


def tamper(library: Library, *statements: str) -> None:
    with closing(sqlite3.connect(library.file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def in_another_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


# What goes in comes out


def test_a_reading_comes_back_as_it_was(library: Library) -> None:
    reading = make_reading(TEXT)
    assert add(library, reading)
    assert library.readings() == (reading,)
    assert library.passages() == reading.passages
    assert library.documents() == reading.documents
    assert library.sources() == (reading.source,)
    assert library.source(reading.source.id) == reading.source
    assert library.content(reading.source.id) == TEXT.encode()


def test_a_documents_metadata_and_a_deep_outline_come_back(library: Library) -> None:
    reading = make_reading(TEXT)
    (document,), (outline,) = reading.documents, reading.sections
    document = replace(document, metadata={Trait.ORIGIN: Span(0, 2), Trait.AUTHOR: Span(2, 4)})
    deep = replace(outline[1], level=2, heading=Span(15, 16), parent=outline[1])
    passages = tuple(replace(passage, document=document) for passage in reading.passages)
    reading = replace(reading, documents=(document,), sections=((*outline, deep),), passages=passages)
    add(library, reading)
    assert library.readings() == (reading,)
    assert library.readings()[0].sections[0][-1].path() == ("一、摆正位置", "一、摆正位置")


def test_any_text_comes_back(library: Library) -> None:
    reading = make_reading("标题\n\ufeff𠮷\x00\r\u2028e\u0301。\n")
    add(library, reading)
    assert library.readings() == (reading,)


def test_a_library_is_there_after_a_restart(tmp_path: Path) -> None:
    with Library.open(tmp_path / "资料 库?#%") as library:
        add(library, make_reading(TEXT))
    with Library.open(tmp_path / "资料 库?#%") as library:
        assert library.readings() == (make_reading(TEXT),)


def test_the_order_of_insertion_leaves_no_trace(tmp_path: Path) -> None:
    readings = [make_reading(TEXT + word, name) for word, name in (("甲", "b.txt"), ("乙", "a.txt"), ("丙", "c.txt"))]
    with Library.open(tmp_path / "one") as one, Library.open(tmp_path / "other") as other:
        for reading in readings:
            add(one, reading)
        for reading in reversed(readings):
            add(other, reading)
        assert one.passages() == other.passages()
        assert [source.name for source in one.sources()] == ["a.txt", "b.txt", "c.txt"]


# Adding and removing


def test_the_same_content_is_stored_once(library: Library) -> None:
    assert add(library, make_reading(TEXT))
    assert not add(library, make_reading(TEXT))
    assert not add(library, make_reading(TEXT, "copy.txt"))
    assert [source.name for source in library.sources()] == ["a.txt"]


def test_a_copy_of_a_file_without_title_is_stored_once(library: Library) -> None:
    def nameless(name: str) -> Reading:
        reading = make_reading(TEXT, name)
        document = replace(reading.documents[0], title=name, headings=())
        passages = tuple(replace(passage, document=document) for passage in reading.passages)
        return replace(reading, documents=(document,), passages=passages)

    assert add(library, nameless("a.txt"))
    assert not add(library, nameless("b.txt"))


def test_the_same_content_read_in_another_way_replaces_the_older_reading(library: Library) -> None:
    add(library, make_reading(TEXT))
    shorter = replace(make_reading(TEXT), passages=make_reading(TEXT).passages[:1])
    assert add(library, shorter)
    assert library.readings() == (shorter,)


def test_new_content_of_a_path_replaces_the_old(library: Library) -> None:
    add(library, make_reading(TEXT))
    add(library, make_reading(TEXT + "新的一句。"))
    assert library.readings() == (make_reading(TEXT + "新的一句。"),)


def test_new_content_of_a_path_replaces_the_old_even_if_it_is_known_from_elsewhere(library: Library) -> None:
    add(library, make_reading(TEXT, "a.txt"))
    add(library, make_reading(TEXT + "新。", "b.txt"))
    assert add(library, make_reading(TEXT + "新。", "a.txt"))
    assert [source.name for source in library.sources()] == ["b.txt"]


def test_one_relative_path_in_two_folders_means_two_files(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        add(library, make_reading(TEXT + folder, path="a.txt"))
    assert len(library.sources()) == 2


def test_content_that_is_not_the_source_is_refused(library: Library) -> None:
    with pytest.raises(ValueError):
        library.add(make_reading(TEXT), b"other")


def test_removing_a_source_removes_all_of_it(library: Library) -> None:
    reading = make_reading(TEXT)
    add(library, reading)
    library.remove(reading.source.id)
    assert library.readings() == ()
    with closing(sqlite3.connect(library.file)) as database:
        for table in ("document", "heading", "section", "passage", "boilerplate"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_an_unknown_source_is_named(library: Library) -> None:
    for method in (library.remove, library.source, library.content):
        with pytest.raises(LibraryError, match="没有编号为 abc 的文件"):
            method("abc")


def test_a_name_that_cannot_be_stored_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="请改名"):
        add(library, make_reading(TEXT, "\udcff.txt"))
    assert library.sources() == ()


def test_settings_are_kept(library: Library) -> None:
    assert library.get("seeded") is None
    assert library.get("seeded", "no") == "no"
    library.put("seeded", "yes")
    library.put("seeded", "是")
    assert library.get("seeded") == "是"


# The revision


# More than one at once


def test_a_second_writer_waits_a_little_and_is_told(tmp_path: Path) -> None:
    Library.open(tmp_path).close()
    hold = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None); d.execute('BEGIN IMMEDIATE')"
    holder = in_another_process(f"{hold}; print('held', flush=True); input()", tmp_path / "library.sqlite")
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with Library.open(tmp_path, patience=0.1) as library:
        with pytest.raises(LibraryBusy, match="重试"):
            add(library, make_reading(TEXT))
        assert library.passages() == ()  # reading goes on
        holder.communicate("\n")
        assert add(library, make_reading(TEXT))


def test_a_writer_does_not_disturb_a_reader(library: Library, tmp_path: Path) -> None:
    add(library, make_reading(TEXT))
    with Library.open(tmp_path) as other:
        assert add(other, make_reading(TEXT + "新。", "b.txt"))
        assert len(library.sources()) == 2


def test_opening_waits_for_no_writer(library: Library, tmp_path: Path) -> None:
    with FileLock(tmp_path / "library.lock"), Library.open(tmp_path, patience=0.1) as other:
        assert other.sources() == ()


def test_threads_share_a_library(library: Library) -> None:
    def work(number: int) -> None:
        add(library, make_reading(TEXT + str(number), f"{number}.txt"))
        library.passages()

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(library.sources()) == 8


def test_many_processes_may_be_the_first(tmp_path: Path) -> None:
    code = "import sys, pathlib, assistant.library as l; l.Library.open(pathlib.Path(sys.argv[1])).put(sys.argv[2], '')"
    processes = [in_another_process(code, tmp_path, number) for number in range(4)]
    for process in processes:
        process.communicate()
    with Library.open(tmp_path) as library:
        assert all(library.get(str(number)) == "" for number in range(4))


def test_an_add_that_fails_leaves_the_old_state(library: Library) -> None:
    add(library, make_reading(TEXT))
    reading = make_reading(TEXT + "新。")
    twice = replace(reading, passages=(*reading.passages, reading.passages[0]))
    with pytest.raises(sqlite3.IntegrityError):
        add(library, twice)
    assert library.readings() == (make_reading(TEXT),)


def test_an_add_that_is_killed_leaves_the_old_state(library: Library, tmp_path: Path) -> None:
    add(library, make_reading(TEXT))
    code = """
import os, pathlib, sys
from assistant.library import Library
from tests.fakes import make_reading
library = Library.open(pathlib.Path(sys.argv[1]))
library._database.set_trace_callback(lambda sql: "INTO boilerplate" in sql and os._exit(9))
reading = make_reading(sys.argv[2])
library.add(reading, reading.source.text.encode())
"""
    killed = in_another_process(code, tmp_path, TEXT + "新。")
    killed.communicate()
    assert killed.returncode == 9
    assert library.readings() == (make_reading(TEXT),)
    assert add(library, make_reading(TEXT + "新。"))
    assert library.check() == ()


def test_what_was_added_survives_a_process_that_is_killed_afterwards(tmp_path: Path) -> None:
    code = """
import os, pathlib, sys
from assistant.library import Library
from tests.fakes import make_reading
library = Library.open(pathlib.Path(sys.argv[1]))
reading = make_reading(sys.argv[2])
library.add(reading, reading.source.text.encode())
os._exit(9)
"""
    in_another_process(code, tmp_path, TEXT).communicate()
    with Library.open(tmp_path) as library:
        assert library.readings() == (make_reading(TEXT),)


# Folders and files that are no library


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="请检查路径"):
        Library.open(tmp_path / "file" / "library")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").mkdir()
    with pytest.raises(LibraryError, match="请检查路径"):
        Library.open(tmp_path)


def filled(folder: Path) -> Path:
    with Library.open(folder) as library:
        for number in range(5):
            add(library, make_reading(TEXT * 200 + str(number), f"{number}.txt"))
    return folder / "library.sqlite"


def overwritten(content: bytes) -> bytes:
    return content[:8192] + b"\x5a" * 8192 + content[16384:]


DAMAGES = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "overwritten inside": overwritten,
    "overwritten at the head": lambda content: b"\x00" * 100 + content[100:],
    "something else": lambda content: "这是一个文本文件。".encode() * 1000,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_refused_and_stays_as_it_is(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    file = filled(tmp_path)
    content = damage(file.read_bytes())
    file.write_bytes(content)
    with pytest.raises(LibraryDamaged, match="移到别处.*zhiyin add"):
        Library.open(tmp_path)
    assert file.read_bytes() == content


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as database:
        database.execute("CREATE TABLE other (x)")
    with pytest.raises(LibraryDamaged, match="缺少数据表"):
        Library.open(tmp_path)


def test_a_library_of_a_newer_version_is_refused(library: Library, tmp_path: Path) -> None:
    tamper(library, "PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="请升级指引"):
        Library.open(tmp_path)


def test_a_log_that_cannot_be_read_is_no_reason_to_leave_it_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.library.schema._writable", lambda _: False)  # root may write everywhere
    with Library.open(tmp_path) as writing:
        add(writing, make_reading(TEXT))
        with pytest.raises(LibraryError, match="还没有完成.*zhiyin check"):
            Library.open(tmp_path)
    with Library.open(tmp_path) as library:
        assert library.readings() == (make_reading(TEXT),)
        with pytest.raises(LibraryError, match="只能读取"):
            library.put("key", "value")


def test_the_log_of_a_database_moved_away_is_not_replayed_into_a_new_one(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    add(library, make_reading(TEXT))
    log = (tmp_path / "library.sqlite-wal").read_bytes()
    library.close()
    (tmp_path / "library.sqlite").unlink()
    (tmp_path / "library.sqlite-wal").write_bytes(log)
    with Library.open(tmp_path) as library:
        assert library.sources() == () and library.check() == ()
    assert (tmp_path / "library.sqlite-wal.old").read_bytes() == log


# The check


def test_a_sound_library_has_no_problems(library: Library) -> None:
    add(library, make_reading(TEXT))
    add(library, make_reading(TEXT + "又一句。", "b.txt"))
    assert library.check() == ()


def test_a_text_that_is_not_simply_the_bytes_is_held_against_its_hash(library: Library) -> None:
    add(library, make_reading(TEXT))
    tamper(library, "UPDATE source SET plain = 0")
    assert library.check() == ()
    tamper(library, "UPDATE source SET text = replace(text, '学习', '工作')")
    assert "文字与收录时不符" in "\n".join(library.check())


@pytest.mark.parametrize("content", [b"x", None])
def test_the_check_finds_an_original_that_is_not_what_came(library: Library, content: bytes | None) -> None:
    add(library, make_reading(TEXT))
    (original,) = (library.file.parent / "originals").glob("*/*")
    original.unlink() if content is None else original.write_bytes(content)
    assert "保存的原件不在了，或与收录时不符" in "\n".join(library.check())


TAMPERINGS = {
    "UPDATE source SET pages = '[0, 9999]'": "页码位置与文字不符",
    "UPDATE source SET text = replace(text, '学习', '工作')": "文字与原件不符",
    "UPDATE source SET encoding = 'gb18030'": "文字与原件不符",
    "UPDATE passage SET stop = stop - 1 WHERE place = 0": "与收录时的文字不符",
    "UPDATE passage SET stop = 9999 WHERE place = 2": "段落位置 .*–9999 超出原文",
    "UPDATE section SET stop = 9999 WHERE place = 2": "章节位置 .*–9999 超出原文",
    "UPDATE heading SET stop = 9999": "标题位置 .*–9999 超出原文",
    "UPDATE boilerplate SET stop = 9999": "杂项位置 .*–9999 超出原文",
    "UPDATE passage SET section = 2 WHERE place = 1": "超出它的章节或文章",
    "UPDATE document SET stop = 5": "章节 .* 超出它的文章",
    "DELETE FROM boilerplate": "30–34 处文字没有收录",
    "DELETE FROM passage WHERE place = 2": "没有收录到任何段落",
    "DELETE FROM document": "失去归属",
}


@pytest.mark.parametrize(("statement", "problem"), TAMPERINGS.items(), ids=TAMPERINGS.keys())
def test_the_check_finds(library: Library, statement: str, problem: str) -> None:
    add(library, make_reading(TEXT))
    tamper(library, statement)
    found = "\n".join(library.check())
    assert re.search(problem, found), found


def test_the_check_survives_a_span_that_is_none(library: Library) -> None:
    add(library, make_reading(TEXT))
    tamper(library, "PRAGMA ignore_check_constraints = ON", "UPDATE passage SET start = 9, stop = -3")
    assert any("段落位置 9–-3 超出原文" in problem for problem in library.check())
    with pytest.raises(LibraryDamaged):
        library.passages()
