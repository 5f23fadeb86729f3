"""The question/passage pairs of `embeddings/data` as passages of an index: for training, tuning and calibration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from assistant.records import Document, Passage, Section, Source, Span

DATA = Path(__file__).parent / "data"
_EVERY = 10  # one topic in ten chooses, another one reports


#: What each file is about: its passages may answer questions of the files beside it, but hardly those of another field.
FIELDS = {
    **dict.fromkeys(("pa", "pb", "pc", "pd", "qa", "qb", "qc"), "leading"),
    **dict.fromkeys(("fn", "gv", "hr", "lw", "qd"), "offices"),
    **dict.fromkeys(("ed", "md", "qe", "sf", "tc"), "practice"),
    "qf": "knowledge",
}


class Part(Enum):
    """What a topic is for. Recipes are chosen on one part and reported on another; neither is ever trained on."""

    TRAIN = "train"
    CHOOSE = "choose"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Pair:
    """One passage with the questions it answers, as (style, question), and some near it that it doesn't answer."""

    passage: Passage
    file: str
    topic: str
    questions: tuple[tuple[str, str], ...]
    not_answered: tuple[str, ...]

    @property
    def field(self) -> str:
        return FIELDS.get(self.file, self.file)


def load_pairs(path: Path = DATA) -> list[Pair]:
    """All pairs of a .jsonl file, or of those in a folder by name, in the order of the lines."""
    return [
        _pair(file.stem, json.loads(line))
        for file in ([path] if path.is_file() else sorted(path.glob("*.jsonl")))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _pair(file: str, row: dict[str, Any]) -> Pair:
    text = row["passage"]
    span = Span(0, len(text))
    document = Document(row["id"], row["title"], Source(row["id"], row["id"], "", "utf-8", text), span)
    section = Section("", row["title"], 0, Span(0, 0), span)
    for heading in filter(None, row["heading"].split(" › ")):
        section = Section("", heading, section.level + 1, Span(0, 0), span, section)
    questions = tuple((question["style"], question["q"]) for question in row["questions"])
    return Pair(Passage(row["id"], document, section, span), file, row["domain"], questions, tuple(row["not_answered"]))


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of guidance, and what people say who need it, in words unlike its own. For training alone."""

    statement: str
    questions: tuple[str, ...]


def load_lines(folder: Path = DATA) -> list[Line]:
    """All lines of the .tsv files in a folder: the statement and its questions, divided by tabs."""
    rows = [
        line.split("\t")
        for file in sorted(folder.glob("*.tsv"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return [Line(statement, tuple(questions)) for statement, *questions in rows]


def topic_of(pair: Pair) -> str:
    """A topic is named within its file."""
    return f"{pair.file}/{pair.topic}"


def topics(pairs: Iterable[Pair]) -> list[str]:
    """The topics of some pairs, in order of first use."""
    return list(dict.fromkeys(map(topic_of, pairs)))


def parts(pairs: Sequence[Pair]) -> dict[Part, list[Pair]]:
    """Whole topics held out of each file, always the same ones: neighbours on one topic would give the answer away."""
    found: dict[Part, list[Pair]] = {part: [] for part in Part}
    part_of: dict[str, Part] = {}
    for file in dict.fromkeys(pair.file for pair in pairs):
        for number, topic in enumerate(topics(pair for pair in pairs if pair.file == file)):
            part_of[topic] = {2: Part.CHOOSE, 7: Part.REPORT}.get(number % _EVERY, Part.TRAIN)
    for pair in pairs:
        found[part_of[topic_of(pair)]].append(pair)
    return found
