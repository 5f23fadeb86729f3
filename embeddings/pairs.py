"""The question/passage pairs as passages of an index, for tuning and for calibration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.records import Document, Passage, Section, Source, Span


@dataclass(frozen=True, slots=True)
class Pair:
    """One passage with the questions it answers, as (style, question)."""

    passage: Passage
    file: str
    topic: str
    questions: tuple[tuple[str, str], ...]
    not_answered: tuple[str, ...]


def load_pairs(folder: Path) -> list[Pair]:
    """All pairs of the .jsonl files in a folder, in the order of file name and line."""
    return [
        _pair(file.stem, json.loads(line))
        for file in sorted(folder.glob("*.jsonl"))
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


def topics(pairs: Sequence[Pair]) -> list[str]:
    """The topics of some pairs, in order of first use; a topic is named within its file."""
    return list(dict.fromkeys(f"{pair.file}/{pair.topic}" for pair in pairs))
