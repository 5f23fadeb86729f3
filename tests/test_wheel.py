"""What users install: a wheel that answers far away from the checkout it was built from."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Where the build backend is at hand, none needs to be fetched.
    alone = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    subprocess.run([*PIP, "wheel", str(ROOT), "--no-deps", *alone, "-w", str(folder)], check=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "--target", str(folder), str(wheel)], check=True)
    return folder


def test_a_wheel_holds_the_encoder_and_the_seeds_byte_for_byte(contents: dict[str, bytes]) -> None:
    for packaged, original in (("model", ROOT / "embeddings" / "model"), ("seeds", ROOT / "seeds")):
        files = {file.relative_to(original).as_posix(): file for file in original.rglob("*") if file.is_file()}
        assert files
        for name, file in files.items():
            assert contents[f"assistant/data/{packaged}/{name}"] == file.read_bytes(), name


def test_a_wheel_holds_every_file_of_the_package(contents: dict[str, bytes]) -> None:
    package = ROOT / "assistant"
    kinds = {".py", ".css", ".js", ".html", ".svg"}
    files = [file for file in package.rglob("*") if file.suffix in kinds]
    assert {file.suffix for file in files} == kinds
    for file in files:
        assert f"assistant/{file.relative_to(package).as_posix()}" in contents


def test_a_wheel_holds_nothing_else(contents: dict[str, bytes]) -> None:
    assert {name.split("/")[0] for name in contents if ".dist-info/" not in name} == {"assistant"}
    assert not [name for name in contents if "__pycache__" in name or Path(name).name.startswith("test_")]


def test_a_wheel_brings_the_command_and_its_licence(contents: dict[str, bytes]) -> None:
    (points,) = (text for name, text in contents.items() if name.endswith("/entry_points.txt"))
    assert "zhiyin = assistant.cli:main" in points.decode()
    assert [name for name in contents if name.endswith("/licenses/LICENSE")]


def test_an_installed_wheel_answers_from_the_seeds(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "ZHIYIN_HOME": str(tmp_path / "home")}

    def python(*arguments: str) -> str:
        command = [sys.executable, "-P", *arguments]  # -P: what lies in the current folder is not imported
        options = {"cwd": tmp_path, "env": environment, "encoding": "utf-8", "stdout": subprocess.PIPE}
        return str(subprocess.run(command, check=True, **options).stdout)  # type: ignore[call-overload]

    where = "import assistant.bundled as b; print(b.__file__, b.model_folder(), b.seeds_folder(), sep='\\n')"
    assert all(Path(line).is_relative_to(installed) for line in python("-c", where).splitlines())
    answer = json.loads(python("-m", "assistant", "ask", "--json", "如何当好一名基层党支部书记?"))
    (seed,) = (file for file in (ROOT / "seeds").iterdir() if file.suffix == ".txt")
    text = seed.read_bytes().decode("utf-8-sig")
    parts = [part for excerpt in answer["excerpts"] for part in excerpt["parts"]]
    assert parts
    assert all(text[part["start"] : part["end"]] == part["text"] for part in parts)
