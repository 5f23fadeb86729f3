import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from assistant.encoder import Encoding, Matrix, Role
from assistant.engines.bm25 import Bm25
from assistant.errors import EncoderError, LibraryBusy, LibraryError
from assistant.index import Index, encoded_text
from assistant.index import builds as module
from assistant.reading import read_text
from assistant.records import Passage
from assistant.settings import IndexSettings
from assistant.text import words
from tests.fakes import HashEncoder, make_passage, make_source

PASSAGES = (
    make_passage("处理好与上级的关系。", "怎样当好支部书记", ("一、摆正位置", "1、上下关系")),
    make_passage("加强理论学习。", "怎样当好支部书记", ("二、提高素质",)),
    make_passage("没有标题的一段。"),
)
NEW = make_passage("开好民主生活会。", "民主生活会")


def vector(index: Index, number: int) -> Matrix:
    return index.vectors(np.array([number]))[0]


def built(folder: Path, passages: Sequence[Passage] = PASSAGES, settings: IndexSettings | None = None) -> list[str]:
    """The texts that had to be encoded to open the index."""
    encoder = HashEncoder()
    Index.open(folder, passages, encoder, settings)
    return encoder.encoded


def same(one: Index, other: Index) -> bool:
    question = words("支部书记学习民主生活会")
    return (
        np.array_equal(one.body_scores(question), other.body_scores(question))
        and np.array_equal(one.heading_scores(question), other.heading_scores(question))
        and all(np.array_equal(one.tokens(n), other.tokens(n)) for n in range(len(one)))
        and all(np.array_equal(vector(one, n), vector(other, n)) for n in range(len(one)))
        and all(
            np.array_equal(one.nearest(vector(one, n), 9), other.nearest(vector(one, n), 9)) for n in range(len(one))
        )
    )


def builds(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("0*"))


def the_build(folder: Path) -> Path:
    (build,) = folder.glob("0*")
    return build


# What it holds


def test_the_encoder_reads_title_and_headings_above_the_text() -> None:
    assert encoded_text(PASSAGES[0]) == "怎样当好支部书记\n一、摆正位置\n1、上下关系\n处理好与上级的关系。"
    assert encoded_text(PASSAGES[2]) == "没有标题的一段。"


def test_numbers_are_positions_in_the_passages(tmp_path: Path) -> None:
    encoder = HashEncoder(4096)
    index = Index.open(tmp_path, PASSAGES, encoder)
    assert index.passages == PASSAGES and len(index) == 3
    for number, passage in enumerate(PASSAGES):
        (encoding,) = encoder.encode([encoded_text(passage)], Role.PASSAGE)
        assert np.array_equal(vector(index, number), encoding.pooled)
        assert np.array_equal(index.tokens(number), encoding.tokens)
        assert index.nearest(encoding.pooled, 1)[0].tolist() == [number]
        np.testing.assert_allclose(vector(index, number) @ encoding.pooled, 1, rtol=1e-6)


def test_a_cosine_is_that_of_the_words(tmp_path: Path) -> None:
    index = Index.open(tmp_path, [make_passage("支部 学习 大会")], HashEncoder(4096))
    (question,) = HashEncoder(4096).encode(["支部 学习"], Role.QUERY)
    np.testing.assert_allclose(index.nearest(question.pooled, 5)[1], [2 / (2 * 3) ** 0.5], rtol=1e-6)


def test_body_and_headings_are_two_fields(tmp_path: Path) -> None:
    settings = IndexSettings(bm25_k1=0.9, bm25_b=0.4)
    index = Index.open(tmp_path, PASSAGES, HashEncoder(), settings)
    bodies = [words(passage.text) for passage in PASSAGES]
    headings = [words("怎样当好支部书记 一、摆正位置 1、上下关系"), words("怎样当好支部书记 二、提高素质"), []]
    for asked in (["关系"], ["学习", "素质"], ["支部", "书记"], ["火星"], []):
        assert np.array_equal(index.body_scores(asked), Bm25.build(bodies, 0.9, 0.4).scores(asked))
        assert np.array_equal(index.heading_scores(asked), Bm25.build(headings, 0.9, 0.4).scores(asked))


def test_an_empty_library_has_an_index(tmp_path: Path) -> None:
    for _ in ("built", "loaded"):
        index = Index.open(tmp_path, (), HashEncoder())
        assert len(index) == 0
        assert index.body_scores(["支部"]).shape == (0,)
        assert index.nearest(np.zeros(64, np.float32), 5)[0].tolist() == []


def test_a_passage_without_words_has_no_tokens(tmp_path: Path) -> None:
    index = Index.open(tmp_path, [make_passage("……"), NEW], HashEncoder())
    assert index.tokens(0).shape == (0, 64)
    assert len(index.tokens(1)) == len(words(encoded_text(NEW)))


# When it is built, and what is encoded then


def test_a_restart_loads_without_encoding(tmp_path: Path) -> None:
    first = Index.open(tmp_path, PASSAGES, HashEncoder())
    encoder = HashEncoder()
    assert same(Index.open(tmp_path, PASSAGES, encoder), first)
    assert encoder.encoded == []


def test_a_restart_cuts_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path)
    monkeypatch.setattr("assistant.index.fields.words", lambda text: pytest.fail("cut again"))
    built(tmp_path)


def test_an_added_document_is_all_that_is_encoded(tmp_path: Path) -> None:
    built(tmp_path)
    assert built(tmp_path, (PASSAGES[0], NEW, *PASSAGES[1:])) == [encoded_text(NEW)]
    index = Index.open(tmp_path, (PASSAGES[0], NEW, *PASSAGES[1:]), HashEncoder())
    assert same(index, Index.open(tmp_path / "fresh", (PASSAGES[0], NEW, *PASSAGES[1:]), HashEncoder()))


def test_a_removed_document_needs_no_encoding(tmp_path: Path) -> None:
    built(tmp_path)
    assert built(tmp_path, PASSAGES[1:]) == []
    index = Index.open(tmp_path, PASSAGES[1:], HashEncoder())
    assert same(index, Index.open(tmp_path / "fresh", PASSAGES[1:], HashEncoder()))


def test_another_order_needs_no_encoding(tmp_path: Path) -> None:
    built(tmp_path)
    assert built(tmp_path, PASSAGES[::-1]) == []
    assert Index.open(tmp_path, PASSAGES[::-1], HashEncoder()).body_scores(["理论"]).argmax() == 1


def test_other_bm25_settings_are_noticed_and_need_no_encoding(tmp_path: Path) -> None:
    before = Index.open(tmp_path, PASSAGES, HashEncoder()).body_scores(["学习"])
    encoder = HashEncoder()
    after = Index.open(tmp_path, PASSAGES, encoder, IndexSettings(bm25_k1=2.0)).body_scores(["学习"])
    assert encoder.encoded == [] and not np.array_equal(before, after)


def test_a_changed_heading_of_a_passage_without_title_is_noticed(tmp_path: Path) -> None:
    one, other = make_passage("一段。", "", ("一、甲乙",)), make_passage("一段。", "", ("一、丙丁",))
    other = replace(other, id=one.id)
    Index.open(tmp_path, [one], HashEncoder())
    assert Index.open(tmp_path, [other], HashEncoder()).heading_scores(words("丙丁"))[0] > 0


@pytest.mark.parametrize(
    ("encoder", "settings"),
    [(HashEncoder(fingerprint="other"), None), (HashEncoder(32), None), (HashEncoder(), IndexSettings(version=99))],
    ids=["other encoder", "other width", "other version"],
)
def test_all_is_encoded_again_for(tmp_path: Path, encoder: HashEncoder, settings: IndexSettings | None) -> None:
    built(tmp_path)
    encoder.encoded.clear()
    index = Index.open(tmp_path, PASSAGES, encoder, settings)
    assert encoder.encoded == [encoded_text(passage) for passage in PASSAGES]
    assert vector(index, 0).shape == (encoder.dimension,)


def test_progress_counts_what_is_encoded(tmp_path: Path) -> None:
    many = [make_passage(f"第{number}段。") for number in range(100)]
    seen: list[tuple[int, int]] = []
    Index.open(tmp_path, many, HashEncoder(), progress=lambda *step: seen.append(step))
    assert seen == [(64, 100), (100, 100)]
    seen.clear()
    Index.open(tmp_path, [NEW, *many], HashEncoder(), progress=lambda *step: seen.append(step))
    assert seen == [(1, 1)]


def test_vectors_of_a_wrong_width_are_named(tmp_path: Path) -> None:
    class Lying(HashEncoder):
        def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
            return HashEncoder(8).encode(texts, role)

    with pytest.raises(EncoderError, match="64"):
        Index.open(tmp_path, PASSAGES, Lying())
    assert built(tmp_path) == [encoded_text(passage) for passage in PASSAGES]


# Files


SEGMENT = [f"vectors/000001/{name}" for name in ("keys.npy", "pooled.npy", "tokens.npy", "starts.npy", "offsets.npy")]
BUILD = [f"000001/{name}" for name in ("vectors.faiss", "body.npz", "heading.npz", "words.txt")]
MANIFESTS = ["000001/manifest.json", "vectors/000001/manifest.json"]
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[:-1],
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "emptied": lambda content: b"",
}


@pytest.mark.parametrize("name", [*SEGMENT, *BUILD, *MANIFESTS])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_noticed_and_built_again(tmp_path: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    built(tmp_path)
    file = tmp_path / name
    file.write_bytes(damage(file.read_bytes()))
    assert Index.mend(tmp_path)
    index = Index.open(tmp_path, PASSAGES, HashEncoder())
    assert same(index, Index.open(tmp_path / "fresh", PASSAGES, HashEncoder()))
    assert built(tmp_path) == []


def test_damaged_words_cost_no_encoding(tmp_path: Path) -> None:
    built(tmp_path)
    (the_build(tmp_path) / "body.npz").unlink()
    assert built(tmp_path) == []


def test_a_manifest_of_another_shape_is_noticed(tmp_path: Path) -> None:
    built(tmp_path)
    manifest = json.loads((the_build(tmp_path / "vectors") / "manifest.json").read_text())
    for content in ([], {}, None, {**manifest, "files": []}, {**manifest, "whole": None}, {**manifest, "more": 1}):
        (the_build(tmp_path / "vectors") / "manifest.json").write_text(json.dumps(content))
        assert len(built(tmp_path)) == 3


def test_a_build_that_fails_leaves_the_old_index(tmp_path: Path) -> None:
    class Failing(HashEncoder):
        def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
            raise KeyboardInterrupt

    built(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Index.open(tmp_path, (*PASSAGES, NEW), Failing())
    assert builds(tmp_path) == builds(tmp_path / "vectors") == ["000001"]
    assert built(tmp_path) == []


def test_a_build_that_is_killed_leaves_the_old_index(tmp_path: Path) -> None:
    built(tmp_path)
    code = """
import os, pathlib, sys
from assistant.index import Index
from tests.fakes import HashEncoder, make_passage, make_source
os.fsync = lambda number: os._exit(9)
Index.open(pathlib.Path(sys.argv[1]), [make_passage("新。")], HashEncoder())
"""
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == 9
    assert (builds(tmp_path), builds(tmp_path / "vectors")) == (["000001"], ["000001", "000002"])
    assert built(tmp_path) == []
    assert built(tmp_path, (*PASSAGES, NEW)) == [encoded_text(NEW)]
    assert (builds(tmp_path), builds(tmp_path / "vectors")) == (["000002"], ["000001", "000003"])


def test_a_build_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    many = [make_passage(f"第{number}段。") for number in range(300)]
    code = """
import os, pathlib, sys
from assistant.index import Index
from tests.fakes import HashEncoder, make_passage
class Killed(HashEncoder):
    def encode(self, texts, role):
        if len(self.encoded) >= 256:
            os._exit(9)
        return super().encode(texts, role)
Index.open(pathlib.Path(sys.argv[1]), [make_passage(f"第{number}段。") for number in range(300)], Killed())
"""
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == 9
    assert built(tmp_path, many) == [encoded_text(passage) for passage in many[256:]]


def test_many_small_segments_are_put_together(tmp_path: Path) -> None:
    grown = list(PASSAGES)
    built(tmp_path, grown)
    for number in range(12):
        grown.append(make_passage(f"后来的第{number}段。"))
        assert built(tmp_path, grown) == [encoded_text(grown[-1])]
    assert len(builds(tmp_path / "vectors")) <= 8
    assert same(Index.open(tmp_path, grown, HashEncoder()), Index.open(tmp_path / "fresh", grown, HashEncoder()))


def test_vectors_that_no_passage_needs_are_let_go(tmp_path: Path) -> None:
    built(tmp_path, [*PASSAGES, NEW])
    built(tmp_path, [NEW])
    assert np.load(the_build(tmp_path / "vectors") / "keys.npy").shape == (1, 32)


def test_vectors_that_a_killed_build_left_twice_are_kept_once(tmp_path: Path) -> None:
    built(tmp_path)
    shutil.copytree(tmp_path / "vectors" / "000001", tmp_path / "vectors" / "000002")
    assert built(tmp_path, (*PASSAGES, NEW)) == [encoded_text(NEW)]
    assert sum(len(np.load(file)) for file in (tmp_path / "vectors").glob("*/keys.npy")) == len(PASSAGES) + 1


def test_words_are_cut_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path)
    cut: list[str] = []
    monkeypatch.setattr("assistant.index.fields.words", lambda text: cut.append(text) or words(text))
    built(tmp_path, (*PASSAGES, NEW))
    assert NEW.text in cut and not {passage.text for passage in PASSAGES} & {*cut}


def test_two_processes_build_it_once(tmp_path: Path) -> None:
    code = """
import pathlib, sys, time
from assistant.index import Index
from tests.fakes import HashEncoder, make_passage, make_source
class Slow(HashEncoder):
    def encode(self, texts, role):
        time.sleep(1)
        return super().encode(texts, role)
encoder = Slow()
print("ready", flush=True)
input()
Index.open(pathlib.Path(sys.argv[1]), [make_passage("一段。")], encoder)
print(len(encoder.encoded))
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert sorted(process.communicate()[0] for process in both) == ["0\n", "1\n"]
    assert the_build(tmp_path).name == "000001"


def test_a_build_elsewhere_is_waited_for_only_if_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path)
    monkeypatch.setattr("assistant.index._PATIENCE", 0.1)
    with FileLock(tmp_path / "lock"):
        assert built(tmp_path) == []
        with pytest.raises(LibraryBusy, match="重试"):
            built(tmp_path, [NEW])


def test_a_build_that_another_process_is_at_is_not_taken_for_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.index._PATIENCE", 0.1)
    (tmp_path / "000001").mkdir()
    with FileLock(tmp_path / "lock"), pytest.raises(LibraryBusy, match="重试"):
        Index.mend(tmp_path)
    assert (tmp_path / "000001").is_dir()


def test_an_index_in_use_survives_the_next_build(tmp_path: Path) -> None:
    index = Index.open(tmp_path, PASSAGES, HashEncoder())
    before = index.tokens(0)
    Index.open(tmp_path, [NEW], HashEncoder())
    assert np.array_equal(index.tokens(0), before)


def test_a_folder_that_cannot_be_written_gives_an_index_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    index = Index.open(tmp_path / "file" / "index", PASSAGES, HashEncoder())
    assert same(index, Index.open(tmp_path / "index", PASSAGES, HashEncoder()))


def test_a_full_disk_gives_an_index_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = module._write_manifest

    def full(build: Path, manifest: module.Manifest) -> None:
        if build.is_relative_to(tmp_path):
            raise OSError(28, "No space left on device")
        written(build, manifest)

    monkeypatch.setattr("assistant.index.builds._write_manifest", full)
    assert len(Index.open(tmp_path, PASSAGES, HashEncoder())) == 3
    assert builds(tmp_path) == builds(tmp_path / "vectors") == []


def test_where_nothing_at_all_can_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.index.builds._write_manifest", full)
    with pytest.raises(LibraryError, match="检查权限和磁盘空间"):
        Index.open(tmp_path, PASSAGES, HashEncoder())
    assert builds(tmp_path) == builds(tmp_path / "vectors") == []


def test_the_same_passages_make_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        built(tmp_path / name)
    for name in [*SEGMENT, *BUILD, *MANIFESTS]:
        one, other = (tmp_path / side / name for side in ("one", "other"))
        assert one.read_bytes() == other.read_bytes()


def test_a_byline_is_encoded_without_the_title_above_it() -> None:
    text = "浅谈仓库管理\n\n作者：甲小明 发布时间：2019-03-05\n\n仓库要通风。作者是谁不要紧。"
    byline, body, *_ = read_text(make_source(text), IndexSettings(passage_target=1)).passages
    assert encoded_text(byline) == "作者：甲小明 发布时间：2019-03-05"
    assert encoded_text(body) == "浅谈仓库管理\n甲小明\n仓库要通风。"


def test_a_part_of_the_index_holds_the_passages_of_some_sources(tmp_path: Path) -> None:
    encoder = HashEncoder(4096)
    index = Index.open(tmp_path, (*PASSAGES, NEW), encoder)
    part = index.within({PASSAGES[1].document.source.id, NEW.document.source.id})
    assert part.passages == (PASSAGES[1], NEW)
    assert part.body_scores(["民主"]).tolist() == index.body_scores(["民主"])[[1, 3]].tolist()
    assert part.heading_scores(["素质"]).tolist() == index.heading_scores(["素质"])[[1, 3]].tolist()
    for number, whole in enumerate((1, 3)):
        assert np.array_equal(vector(part, number), vector(index, whole))
        assert np.array_equal(part.tokens(number), index.tokens(whole))
        assert np.array_equal(part.starts(number), index.starts(whole))
        assert part.nearest(vector(index, whole), 1)[0].tolist() == [number]
    assert index.within(set()).nearest(vector(index, 0), 3)[0].tolist() == []
