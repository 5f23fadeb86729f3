"""Files and folders into the library, and the library after them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import LibraryError, UnreadableFile
from assistant.ingest import Ingester, Outcome, Report
from assistant.ingest import intake as module
from assistant.library import Library, Place
from assistant.records import Reading
from assistant.settings import IndexSettings, Limits, Settings
from tests.fakes import make_reading

SPADE, HAMMER = "铁锹保养\n\n铁锹用完要擦干净。放在通风的地方。\n", "锤子保养\n\n锤头松了要楔紧，木柄裂了要更换。\n"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as library:
        yield library


@pytest.fixture
def ingester(library: Library) -> Ingester:
    return Ingester(library, Settings())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "工具").mkdir()
    (tmp_path / "工具" / "铁锹.txt").write_text(SPADE, encoding="utf-8")
    (tmp_path / "工具" / "锤子.txt").write_text(HAMMER, encoding="utf-8")
    return tmp_path / "工具"


def outcomes(report: Report) -> dict[str, str]:
    return {file.name: file.outcome.value for file in report.files}


def names(library: Library) -> list[str]:
    return [source.name for source in library.sources()]


# Adding


def test_a_folder_is_a_collection_of_its_name(ingester: Ingester, library: Library, folder: Path) -> None:
    assert outcomes(ingester.add([folder])) == {"铁锹.txt": "added", "锤子.txt": "added"}
    assert library.folders() == {str(folder): "工具"}
    assert library.collections() == {"工具": frozenset(source.id for source in library.sources())}


def test_a_collection_may_be_named(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder / "铁锹.txt"], "园艺")
    assert [*library.collections()] == ["园艺"]
    with pytest.raises(LibraryError, match="没有名为“木工”的分组，现有的分组有：园艺"):
        library.collection("木工")


def test_a_file_alone_is_in_no_collection(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder / "铁锹.txt"])
    assert library.collections() == {}


def test_the_same_content_in_two_folders_is_one_file_in_both_collections(
    ingester: Ingester, library: Library, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "备份").mkdir()
    (tmp_path / "备份" / "旧铁锹.txt").write_text(SPADE, encoding="utf-8")
    ingester.add([folder])
    assert outcomes(ingester.add([tmp_path / "备份"])) == {"旧铁锹.txt": "unchanged"}
    (spade,) = (source.id for source in library.sources() if source.name == "铁锹.txt")
    assert library.collections()["备份"] == {spade}
    assert spade in library.collections()["工具"]


def test_rules_say_what_is_left_out(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / ".zhiyinignore").write_text("草稿*\n旧/\n", encoding="utf-8")
    for name in ("草稿一.txt", "旧/手册.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}的标题\n\n内容。", encoding="utf-8")
    ingester.add([folder])
    assert names(library) == ["铁锹.txt", "锤子.txt"]


def test_an_old_word_file_in_a_folder_is_named_with_the_way_to_convert_it(ingester: Ingester, folder: Path) -> None:
    (folder / "旧.doc").write_bytes(b"x")
    (folder / "图.xyz").write_bytes(b"x")
    assert {file.name: file.sentence for file in ingester.add([folder]).of(Outcome.SKIPPED)} == {
        "图.xyz": "",
        "旧.doc": "“旧.doc”的格式不能直接收录，请用 Word 或 WPS 打开，另存为 docx 再收录。",
    }


def test_a_circle_of_links_is_not_followed(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / "内").symlink_to(folder, target_is_directory=True)
    (folder / "自己.txt").symlink_to(folder / "自己.txt")
    ingester.add([folder])
    assert names(library) == ["铁锹.txt", "锤子.txt"]


@pytest.mark.parametrize(
    "name", ["带'引\"号.txt", "换\n行.txt", "😀.txt", "右\u202e左.txt", "长" * 80 + ".txt", "; rm -rf.txt"]
)
def test_odd_names_are_names(ingester: Ingester, library: Library, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SPADE, encoding="utf-8")
    assert outcomes(ingester.add([tmp_path / name])) == {name: "added"}
    assert names(library) == [name]


def test_a_name_of_no_encoding_is_refused_and_the_others_are_read(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    try:
        (folder / os.fsdecode(b"\xff\xfe.txt")).write_text(SPADE + "又。", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    report = ingester.add([folder])
    assert "请改名后再收录" in report.of(Outcome.REFUSED)[0].sentence
    assert names(library) == ["铁锹.txt", "锤子.txt"]


def test_what_is_larger_than_the_limits_is_refused_by_name(library: Library, folder: Path) -> None:
    small = Ingester(library, Settings(limits=Limits(file_bytes=10)))
    assert [file.sentence for file in small.add([folder / "铁锹.txt"]).files] == [
        "文件“铁锹.txt”有 0 MB，超过了 0 MB 的上限，请拆成几个文件再收录。"
    ]
    short = Ingester(library, Settings(limits=Limits(characters=5)))
    assert "超过了 0 万字的上限" in short.add([folder / "铁锹.txt"]).files[0].sentence
    assert names(library) == []


# Updating


def test_nothing_changed_reads_nothing(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingester.add([folder])
    monkeypatch.setattr("assistant.ingest.intake.read_bytes", lambda *_: pytest.fail("read"))
    assert outcomes(ingester.update()) == {"铁锹.txt": "unchanged", "锤子.txt": "unchanged"}


def test_new_changed_and_deleted_files_are_seen(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    (folder / "铁锹.txt").write_text(SPADE + "生锈要打磨。\n", encoding="utf-8")
    (folder / "锤子.txt").unlink()
    (folder / "锯子.txt").write_text("锯子保养\n\n锯条要上油。\n", encoding="utf-8")
    assert outcomes(ingester.update()) == {"铁锹.txt": "replaced", "锯子.txt": "added", "锤子.txt": "removed"}
    assert names(library) == ["铁锹.txt", "锯子.txt"]
    assert len(list((library.file.parent / "originals").glob("*/*"))) == 2
    assert library.check() == ()


def test_a_change_that_keeps_the_length_is_seen(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    (folder / "铁锹.txt").write_text(SPADE.replace("通风", "干燥"), encoding="utf-8")
    assert outcomes(ingester.update())["铁锹.txt"] == "replaced"
    assert any("干燥" in source.text for source in library.sources())


def test_a_file_that_was_only_saved_again_is_not_read_twice(
    ingester: Ingester, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingester.add([folder])
    os.utime(folder / "铁锹.txt", (1, 1))
    assert outcomes(ingester.update())["铁锹.txt"] == "unchanged"
    monkeypatch.setattr("assistant.ingest.intake.read_bytes", lambda *_: pytest.fail("read"))
    ingester.update()


def test_a_moved_file_keeps_its_id_and_is_called_by_its_new_name(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    (folder / "铁锹.txt").write_text("没有标题，只有一句话。", encoding="utf-8")
    ingester.add([folder])
    (before,) = (document for document in library.documents() if document.title == "铁锹")
    (folder / "内").mkdir()
    (folder / "铁锹.txt").rename(folder / "内" / "铲子.txt")
    assert outcomes(ingester.update()) == {"铲子.txt": "moved", "锤子.txt": "unchanged"}
    (after,) = (document for document in library.documents() if document.title == "铲子")
    assert (after.id, after.source.id, after.source.name) == (before.id, before.source.id, "铲子.txt")
    assert library.check() == ()


def test_a_copy_that_stays_keeps_the_content(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / "铁锹副本.txt").write_text(SPADE, encoding="utf-8")
    ingester.add([folder])
    (folder / "铁锹.txt").unlink()
    ingester.update()
    assert names(library) == ["铁锹副本.txt", "锤子.txt"]


def test_a_drive_that_is_missing_deletes_nothing(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    folder.rename(folder.with_name("拔掉"))
    assert outcomes(ingester.update()) == {str(folder): "missing"}
    folder.mkdir()  # the place where it is mounted is there, and empty
    assert outcomes(ingester.update()) == {str(folder): "missing"}
    assert names(library) == ["铁锹.txt", "锤子.txt"]


def test_a_folder_inside_that_cannot_be_opened_deletes_nothing(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "密").mkdir()
    (folder / "铁锹.txt").rename(folder / "密" / "铁锹.txt")
    ingester.add([folder])
    scan, stat = os.scandir, os.stat

    def guarded(path: str | Path = ".") -> object:
        if Path(path).name == "密":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    def guarded_stat(path: str | Path, **more: object) -> object:
        if Path(str(path)).parent.name == "密":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("os.scandir", guarded)  # root may look everywhere
    monkeypatch.setattr("os.stat", guarded_stat)
    report = ingester.update()
    assert "密" in report.of(Outcome.REFUSED)[0].sentence
    assert names(library) == ["铁锹.txt", "锤子.txt"]


def test_a_file_that_can_no_longer_be_read_stays_as_it_was(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    (folder / "铁锹.txt").write_bytes(bytes(range(256)))
    report = ingester.update()
    assert outcomes(report) == {"铁锹.txt": "refused", "锤子.txt": "unchanged"}
    assert SPADE in [source.text for source in library.sources()]


def test_a_file_that_was_added_by_itself_outlives_its_deletion(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    ingester.add([folder / "铁锹.txt"])
    (folder / "铁锹.txt").unlink()
    report = ingester.update()
    assert outcomes(report) == {"铁锹.txt": "missing"}
    assert "zhiyin remove" in report.files[0].sentence
    assert names(library) == ["铁锹.txt"]


def test_a_file_that_a_new_rule_leaves_out_is_removed(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    (folder / ".zhiyinignore").write_text("锤*\n", encoding="utf-8")
    assert outcomes(ingester.update()) == {"铁锹.txt": "unchanged", "锤子.txt": "removed"}


def test_a_program_that_reads_in_another_way_reads_all_again(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    ingester.add([folder / "铁锹.txt"])
    (folder / "铁锹.txt").unlink()  # the original is in the library
    before = library.passages()
    later = Ingester(library, Settings(index=IndexSettings(version=99, passage_target=5, passage_limit=12)))
    assert [file.outcome.value for file in later.update().files] == ["replaced", "missing"]
    assert len(library.passages()) > len(before) and library.check() == ()
    assert [file.outcome.value for file in later.update().files] == ["missing"]


# Removing


def test_a_removed_file_comes_back_only_by_being_added(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    assert outcomes(ingester.remove("铁锹.txt")) == {"铁锹.txt": "removed"}
    ingester.update()
    assert names(library) == ["锤子.txt"]
    ingester.add([folder])
    assert names(library) == ["铁锹.txt", "锤子.txt"]


@pytest.mark.parametrize("by", ["工具", "path"])
def test_a_folder_is_removed_with_its_files(ingester: Ingester, library: Library, folder: Path, by: str) -> None:
    ingester.add([folder])
    ingester.remove(by if by != "path" else str(folder))
    assert (names(library), library.folders()) == ([], {})
    assert list((library.file.parent / "originals").glob("*/*")) == []
    assert outcomes(ingester.update()) == {}


def test_a_folder_that_was_removed_by_half_is_removed_by_its_path_again(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    ingester.add([folder])
    with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
        stopped.setattr(library, "forget", stop)
        ingester.remove(str(folder))
    ingester.remove(str(folder))
    assert (names(library), library.folders()) == ([], {})


def test_what_lies_in_another_folder_too_stays_when_one_is_removed(
    ingester: Ingester, library: Library, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "备份").mkdir()
    (tmp_path / "备份" / "铁锹.txt").write_text(SPADE, encoding="utf-8")
    ingester.add([folder, tmp_path / "备份"])
    assert outcomes(ingester.remove("工具")) == {"锤子.txt": "removed"}
    assert [*library.collections()] == ["备份"]
    assert library.check() == ()


def test_a_file_in_several_folders_belongs_to_the_innermost(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / "铁").mkdir()
    (folder / "铁锹.txt").rename(folder / "铁" / "铁锹.txt")
    ingester.add([folder / "铁", folder])
    assert [len(sources) for sources in library.collections().values()] == [1, 1]
    assert outcomes(ingester.update()) == {"铁锹.txt": "unchanged", "锤子.txt": "unchanged"}
    assert [*library.collections()] == ["工具", "铁"]


def test_what_can_not_be_read_is_not_read_again_until_it_changes(
    ingester: Ingester, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "坏.txt").write_bytes(bytes(range(256)))
    ingester.add([folder])
    with monkeypatch.context() as closed:
        closed.setattr("assistant.ingest.intake.read_bytes", lambda *_: pytest.fail("read"))
        assert outcomes(ingester.update())["坏.txt"] == "refused"
    (folder / "坏.txt").write_text("好了\n\n现在是一段文字。", encoding="utf-8")
    assert outcomes(ingester.update())["坏.txt"] == "added"


def test_a_file_that_is_saved_while_it_is_read_is_read_again(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved_meanwhile(path: Path, limits: Limits) -> bytes:
        content = path.read_bytes()
        path.write_text(SPADE + "生锈要打磨。\n", encoding="utf-8")
        return content

    with monkeypatch.context() as slow:
        slow.setattr("assistant.ingest.intake.read_bytes", saved_meanwhile)
        ingester.add([folder / "铁锹.txt"])
    assert outcomes(ingester.update()) == {"铁锹.txt": "replaced"}
    assert "打磨" in library.sources()[0].text


def test_what_is_not_there_cannot_be_removed(ingester: Ingester) -> None:
    with pytest.raises(LibraryError, match="没有文件、文件夹或分组“无”.*zhiyin list"):
        ingester.remove("无")


# What happens meanwhile


def test_a_file_that_is_there_though_the_folder_did_not_show_it_stays(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingester.add([folder])
    monkeypatch.setattr("os.scandir", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    monkeypatch.setattr("os.listdir", lambda _: ["铁锹.txt"])
    ingester.update()
    assert names(library) == ["铁锹.txt", "锤子.txt"]


def test_what_is_removed_while_it_is_read_does_not_come_back(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingester.add([folder])
    (folder / "铁锹.txt").write_text(SPADE + "生锈要打磨。\n", encoding="utf-8")

    def removed_meanwhile(path: Path, limits: Limits) -> bytes:
        if "铁锹.txt" in names(library):
            Ingester(library, Settings()).remove("铁锹.txt")
        return path.read_bytes()

    monkeypatch.setattr("assistant.ingest.intake.read_bytes", removed_meanwhile)
    ingester.update()
    assert names(library) == ["锤子.txt"]


def test_what_is_gone_meanwhile_is_neither_noted_nor_moved_nor_read_again(library: Library) -> None:
    reading = make_reading("标题\n一句话。")
    library.note(Place("/a.txt"), reading.source.id)
    library.move("/a.txt", Place("/b.txt"), reading.source.id, b"")
    assert not library.read_again(reading)
    assert (library.places(), library.sources()) == ({}, ())


def test_the_library_inside_a_folder_is_not_read_into_itself(tmp_path: Path, folder: Path) -> None:
    with Library.open(folder / "library") as library:
        (folder / "library" / "词.txt").write_text("不是资料", encoding="utf-8")
        ingester = Ingester(library, Settings())
        ingester.add([folder])
        assert names(library) == ["铁锹.txt", "锤子.txt"]
        assert set(outcomes(ingester.update()).values()) == {"unchanged"}


def test_a_collection_inside_another_outlives_it(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / "铁").mkdir()
    (folder / "铁锹.txt").rename(folder / "铁" / "铁锹.txt")
    ingester.add([folder])
    ingester.add([folder / "铁"], "铁器")
    assert outcomes(ingester.remove("工具")) == {"锤子.txt": "removed"}
    assert names(library) == ["铁锹.txt"]


@pytest.mark.parametrize("by", ["铁锹.txt", "./铁锹.txt", "absolute"])
def test_a_file_is_removed_by_any_path_to_it(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.chdir(folder)
    ingester.add([Path("铁锹.txt")])
    ingester.remove(str(folder / "铁锹.txt") if by == "absolute" else by)
    assert names(library) == []


def test_a_file_that_was_locked_is_read_once_it_is_let_go(
    ingester: Ingester, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path, limits: Limits) -> bytes:
        raise UnreadableFile("没有权限读取，请修改权限后重试。")

    with monkeypatch.context() as closed:
        closed.setattr("assistant.ingest.intake.read_bytes", locked)
        assert set(outcomes(ingester.add([folder])).values()) == {"refused"}
    assert set(outcomes(ingester.update()).values()) == {"added"}


def test_a_file_that_becomes_another_format_is_read_anew(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / "铁锹.txt").write_text("# 铁锹保养\n\n铁锹用完要擦干净。\n", encoding="utf-8")
    ingester.add([folder])
    (folder / "铁锹.txt").rename(folder / "铁锹.md")
    ingester.update()
    (spade,) = (source for source in library.sources() if "铁锹" in source.name)
    assert (spade.name, spade.format) == ("铁锹.md", "md")
    assert "铁锹保养" in [document.title for document in library.documents()]


def test_copies_without_a_title_are_stored_once_and_stay_as_they_are(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    for name in ("甲.txt", "乙.txt"):
        (folder / name).write_text("没有标题，只有一句话。", encoding="utf-8")
    ingester.add([folder])
    before = library.readings()
    assert set(outcomes(ingester.add([folder])).values()) == {"unchanged"}
    assert library.readings() == before


def test_a_mistake_of_ours_with_one_file_keeps_no_other_out(
    ingester: Ingester, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_file = module.read_file

    def mistaken(path: Path, *more: object) -> Reading:
        return read_file(path, *more) if path.name == "锤子.txt" else {}["none"]  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_file", mistaken)
    report = ingester.add([folder])
    assert "KeyError" in report.of(Outcome.REFUSED)[0].sentence
    assert names(library) == ["锤子.txt"]


@pytest.mark.parametrize("rules", [b"!\n", b"[z-a]x\n", b"\xff\xff\xff\xff"])
def test_rules_that_make_no_sense_are_named_and_nothing_is_read_or_lost(
    ingester: Ingester, library: Library, folder: Path, rules: bytes
) -> None:
    ingester.add([folder / "铁锹.txt"])
    (folder / ".zhiyinignore").write_bytes(rules)
    (refused,) = ingester.add([folder]).files
    assert ".zhiyinignore" in refused.sentence and "请" in refused.sentence
    assert names(library) == ["铁锹.txt"]


def test_rules_may_be_saved_by_an_old_notepad(ingester: Ingester, library: Library, folder: Path) -> None:
    (folder / ".zhiyinignore").write_bytes("铁锹*\n".encode("gbk"))
    ingester.add([folder])
    assert names(library) == ["锤子.txt"]


def test_a_group_that_was_chosen_for_a_file_stays(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder])
    (regrouped,) = ingester.add([folder / "铁锹.txt"], "重点").files
    assert regrouped.sentence == "铁锹.txt：没有变化，归入分组“重点”。"
    ingester.update()
    assert [*library.collections()] == ["工具", "重点"]


def test_a_lost_original_comes_back_with_the_file(ingester: Ingester, library: Library, folder: Path) -> None:
    ingester.add([folder / "铁锹.txt"])
    (original,) = (library.file.parent / "originals").glob("*/*")
    original.unlink()
    (folder / "铁锹.txt").rename(folder / "铲子.txt")
    assert outcomes(ingester.add([folder / "铲子.txt"])) == {"铲子.txt": "moved"}
    assert library.check() == ()


def test_the_rules_of_a_folder_hold_when_the_one_above_it_is_added(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    (folder / "私").mkdir()
    (folder / "私" / ".zhiyinignore").write_text("日记*\n", encoding="utf-8")
    (folder / "私" / "日记.txt").write_text("日记\n\n不给人看。", encoding="utf-8")
    ingester.add([folder])
    assert names(library) == ["铁锹.txt", "锤子.txt"]
    (folder / "私" / ".zhiyinignore").unlink()
    ingester.update()
    (folder / "私" / ".zhiyinignore").write_text("日记*\n", encoding="utf-8")
    assert [file.sentence for file in ingester.update().of(Outcome.REMOVED)] == [
        "日记.txt：按 .zhiyinignore 的规则不再收录。"
    ]


def test_a_folder_inside_one_that_is_followed_can_be_removed(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    (folder / "铁").mkdir()
    (folder / "铁锹.txt").rename(folder / "铁" / "铁锹.txt")
    ingester.add([folder])
    assert outcomes(ingester.remove(str(folder / "铁"))) == {"铁锹.txt": "removed"}
    ingester.update()
    assert names(library) == ["锤子.txt"]


def test_of_files_with_one_name_none_is_removed_before_it_is_told_which(
    ingester: Ingester, library: Library, folder: Path
) -> None:
    (folder / "旧").mkdir()
    (folder / "旧" / "铁锹.txt").write_text(SPADE + "旧的。", encoding="utf-8")
    ingester.add([folder])
    with pytest.raises(LibraryError, match="有 2 个文件都叫“铁锹.txt”.*旧/铁锹.txt"):
        ingester.remove("铁锹.txt")
    ingester.remove(str(folder / "铁锹.txt"))
    assert len(library.sources()) == 2


def test_an_empty_folder_can_be_removed(ingester: Ingester, library: Library, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    ingester.add([tmp_path / "空"])
    assert outcomes(ingester.remove("空")) == {str(tmp_path / "空"): "removed"}
    assert library.folders() == {}
