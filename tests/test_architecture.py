"""The layers of the design, read off the imports: a file imports only from rooms below it, and heavy things late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "assistant"

LAYERS = (
    ("errors", "bundled", "script", "wording"),
    ("records", "settings"),
    ("text", "homophones", "encoder", "engines", "render"),
    (
        "readers",
        "boilerplate",
        "numbering",
        "marks",
        "articles",
        "nesting",
        "outline",
        "passages",
        "reading",
        "duplicates",
        "synonyms",
    ),
    ("library",),
    ("index", "ingest", "conversation"),
    ("retrieval",),
    ("confidence", "facts", "lists", "numbered", "answering"),
    ("assistant",),
    ("cli", "web", "evaluation"),
)
LAYER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}

#: Each third-party library and the one file that may name it; those heavy to import only inside functions.
HOMES = {
    "docx": "readers/word/",
    "openpyxl": "readers/tables.py",
    "pathspec": "ingest/folders.py",
    "pypdfium2": "readers/pdf/",
    "watchfiles": "ingest/watching.py",
    "bm25s": "engines/bm25.py",
    "faiss": "engines/faiss.py",
    "gradio": "web/page.py",
    "ir_measures": "evaluation/beir.py",
    "jieba": "text.py",
    "opencc": "script.py",
    "onnxruntime": "encoder/onnx.py",
    "pypinyin": "homophones.py",
    "platformdirs": "assistant.py",
    "sentence_transformers": "encoder/sentence_transformer.py",
    "sqlite3": "library/",
    "tokenizers": "encoder/onnx.py",
    "torch": "encoder/sentence_transformer.py",
    "tqdm": "cli/",
}
HEAVY = set(HOMES) - {"sqlite3", "platformdirs"}
FILES = sorted(ROOT.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(file: Path, top_level_only: bool = False) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_imports_only_from_the_rooms_below(file: Path) -> None:
    room = room_of(file)
    if room in ("__init__", "__main__"):
        return
    for name in imports(file):
        if name.startswith("assistant."):
            other = name.split(".")[1]
            # Rooms of one layer may build on each other, but never in a circle: see the next test.
            assert LAYER[other] <= LAYER[room], f"{room} imports {name} from a layer above"


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    needs: dict[str, set[str]] = {}
    for file in FILES:
        found = {name.split(".")[1] for name in imports(file) if name.startswith("assistant.")}
        needs.setdefault(room_of(file), set()).update(found - {room_of(file)})
    while free := [room for room, others in needs.items() if not others & needs.keys()]:
        for room in free:
            del needs[room]
    assert needs == {}


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_third_party_library_lives_in_one_place(library: str) -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        if any(name.split(".")[0] == library for name in imports(file))
    }
    assert all(user.startswith(HOMES[library]) for user in users), users


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_heavy_libraries_are_imported_where_they_are_used(file: Path) -> None:
    assert not HEAVY & {name.split(".")[0] for name in imports(file, top_level_only=True)}


@pytest.mark.parametrize("module", ["assistant", "assistant.assistant", "assistant.cli", "assistant.web"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = f"import {module}, sys; print(*sorted(set(sys.modules) & {HEAVY | {'scipy', 'pandas'}!r}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
