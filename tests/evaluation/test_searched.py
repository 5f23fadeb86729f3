from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation import open_documents
from tests.fakes import HashEncoder


def test_documents_are_searched_alone_and_only_for_the_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIYIN_HOME", str(tmp_path / "home"))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "铁锹.md").write_text("# 铁锹保养\n\n铁锹用完要擦干净。\n", encoding="utf-8")
    with open_documents(tmp_path / "set", HashEncoder()) as assistant:
        folder = assistant.library.file.parent
        assert [source.name for source in assistant.library.sources()] == ["铁锹.md"]  # and not the seeds
        assert folder.is_dir()
    assert not folder.exists()
    assert not (tmp_path / "home").exists()


def test_the_index_of_an_assistant_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "铁锹.txt").write_text("铁锹用完要擦干净。\n", encoding="utf-8")
    encoder = HashEncoder()
    with open_documents(tmp_path / "铁锹.txt", encoder) as assistant:
        assistant.warm_up()
        encoder.encoded.clear()
        assert [passage.text for passage in assistant.index().passages] == ["铁锹用完要擦干净。"]
    assert encoder.encoded == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xff\xff\x00"])
def test_a_document_that_cannot_be_read_stops_the_evaluation(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "好.txt").write_text("铁锹用完要擦干净。\n", encoding="utf-8")
    bad = tmp_path / "坏.txt"
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(EvaluationError, match=r"坏\.txt"), open_documents(bad, HashEncoder()):
        pass
    if content is not None:
        with pytest.raises(EvaluationError, match=r"坏\.txt"), open_documents(tmp_path, HashEncoder()):
            pass


def test_a_folder_without_documents_is_named(tmp_path: Path) -> None:
    (tmp_path / "图.png").write_bytes(b"png")
    with pytest.raises(EvaluationError, match=r"没有可以评测的文件.*\.txt"), open_documents(tmp_path, HashEncoder()):
        pass
