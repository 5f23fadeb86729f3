"""The README is under test: what it names exists, and all that exists is named, in both languages."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bundled import seeds_folder
from assistant.cli.parser import build_parser
from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Span, Status
from assistant.render import to_json

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE, ENGLISH = re.split(r"^# English$", README, flags=re.MULTILINE)
LANGUAGES = pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["Chinese", "English"])


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Each parser by the words that reach it: `zhiyin`, `zhiyin ask`, …"""
    parser = build_parser()
    yield "zhiyin", parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield f"zhiyin {name}", sub


def commands(text: str) -> list[str]:
    """The command lines in code, each a line of a block or a piece between backticks; what is joined by && apart."""
    blocks = re.findall(r"^```(?:bash|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    pieces = [piece.strip().removeprefix("$ ") for line in lines for piece in line.split("&&")]
    return [piece for piece in pieces if re.match(r"(zhiyin|python|pip|pytest)\b", piece)]


def skeleton(command: str) -> str:
    """A command without the words that each language has of its own."""
    return " ".join(word for word in command.split() if not re.fullmatch(r"[A-Z_]+|.*[\u4e00-\u9fff].*", word))


@LANGUAGES
@pytest.mark.parametrize("name", [name for name, _ in parsers()])
def test_every_command_is_named(text: str, name: str) -> None:
    assert any(command.startswith(name) for command in commands(text))


@LANGUAGES
@pytest.mark.parametrize("name", sorted({long for _, each in parsers() for long in each._option_string_actions}))
def test_every_option_is_named(text: str, name: str) -> None:
    assert name == "-h" or re.search(rf"{name}\b", text)


@pytest.mark.parametrize("command", [each for each in commands(README) if each.startswith("zhiyin ")])
def test_every_command_parses(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)[1:]
    if words == ["evaluate"]:  # named in the table of commands; its options stand in the section that explains it
        words += ["--beir", "DIR"]
    try:
        build_parser().parse_args(words)
    except SystemExit as stop:
        assert stop.code == 0, capsys.readouterr().err  # --version


@pytest.mark.parametrize("command", sorted({each for each in commands(README) if each.startswith("python ")}))
def test_every_script_is_there(command: str) -> None:
    words = command.split()
    found = importlib.util.find_spec(words[2]) if words[1] == "-m" else (ROOT / words[1]).is_file()
    assert found
    assert all((ROOT / word).exists() for word in words[3:])


def test_both_languages_name_the_same_commands() -> None:
    ours = {"zhiyin ask 党员流动性大怎么办"}  # the example, which the English part only points to
    assert {skeleton(each) for each in commands(CHINESE)} - ours == {
        skeleton(each) for each in commands(ENGLISH)
    } - ours


def test_extras_that_are_installed_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = set(re.findall(r'pip install -e "\.\[(\w+)\]"', README))
    assert named
    assert named <= extras.keys()


def test_the_quoted_answer_stands_in_the_seed_at_its_place() -> None:
    (block,) = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    quoted = "\n".join(re.findall(r"^    │ (.*)$", block, re.MULTILINE))
    name, start, end = re.findall(r"^    (\S+)，第 (\d+)–(\d+) 字$", block, re.MULTILINE)[0]
    text = (seeds_folder() / name).read_bytes().decode("utf-8-sig")
    assert quoted
    assert text[int(start) - 1 : int(end)].replace("\r\n", "\n") == quoted


@LANGUAGES
def test_every_key_of_the_json_is_explained(text: str) -> None:
    citation = Citation("", "", (), "", "", Span(0, 0))
    excerpt = Excerpt((Part(Span(0, 0), ""),), (Span(0, 0),), 0.0, citation, (citation,))
    answers = (Answer("", Status.ANSWERED, 1.0, (excerpt,)), NotFound("", 0.0, (citation,)))
    for key in {key for answer in answers for key in keys(to_json(answer))}:
        assert re.search(rf"`(excerpts\[\]\.)?{key}`", text), key


def keys(value: object) -> Iterator[str]:
    """All keys at any depth of what JSON can say."""
    for key, inner in value.items() if isinstance(value, dict) else []:
        yield key
        yield from keys(inner)
    for inner in value if isinstance(value, list) else []:
        yield from keys(inner)


def test_every_relative_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", README)
    headings = {
        re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.+)$", README, re.M)
    }
    assert targets
    for target in targets:
        assert target[1:] in headings if target.startswith("#") else (ROOT / target).exists(), target
