"""Tiny real implementations, with output that can be computed by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from assistant.encoder import Encoding, Matrix, Role
from assistant.readers.markdown import markdown_layout
from assistant.reading import read_text
from assistant.records import Boilerplate, Document, Layout, Passage, Reading, Section, Source, Span
from assistant.settings import IndexSettings
from assistant.text import matching_form, trimmed, words


class HashEncoder:
    """Every word is one axis, chosen by its hash; a text is the normalised sum of its words.

    So the cosine of two texts of n and m different words that share s is s / √(n · m), but for words that meet on an
    axis. A text without words is the first axis and has no tokens. `encoded` lists every text, in order.
    """

    def __init__(self, dimension: int = 64, fingerprint: str = "hash") -> None:
        self.encoded: list[str] = []
        self._dimension = dimension
        self._fingerprint = fingerprint

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def fingerprint(self) -> str:
        return f"{self._fingerprint}-{self._dimension}"

    def axis(self, word: str) -> int:
        return int(sha256(word.encode()).hexdigest(), 16) % self._dimension

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        self.encoded.extend(texts)
        return [self._encoding(text) for text in texts]

    def _encoding(self, text: str) -> Encoding:
        found = words(text)
        tokens: Matrix = np.eye(self._dimension, dtype=np.float32)[[self.axis(word) for word in found]]  # (T, D)
        starts = np.array([matching_form(text).find(word) for word in found], dtype=np.int32)
        whole = tokens.sum(axis=0) if len(tokens) else np.eye(1, self._dimension, dtype=np.float32)[0]
        return Encoding(whole / np.linalg.norm(whole), tokens, starts)


def make_source(text: str, name: str = "a.txt", path: str | None = None) -> Source:
    """A UTF-8 file with this text; its content is `text.encode()`."""
    return Source(sha256(text.encode()).hexdigest(), name, path or f"/documents/{name}", "utf-8", text)


def read(text: str, name: str = "a.txt", settings: IndexSettings = IndexSettings()) -> Reading:
    """The reading of a file of this text, by what its ending says."""
    layout = markdown_layout(text) if name.endswith(".md") else Layout()
    return read_text(make_source(text, name), settings, layout)


def make_passage(text: str, title: str = "", path: Sequence[str] = (), name: str = "a.txt") -> Passage:
    """A passage at the end of a file that holds its title, its headings and its text, a line each."""
    lines = [*([title] if title else []), *path, text]
    source = make_source("\n".join(lines), name)
    whole = Span(0, len(source.text))
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    titles = (Span(0, len(title)),) if title else ()
    document = Document(source.id[:16], title, source, whole, titles)
    section = Section("", "", 0, Span(0, 0), whole)
    for level, (label, start) in enumerate(zip(path, starts[len(titles) :], strict=False), start=1):
        heading = Span(start, start + len(label))
        section = Section("", label, level, heading, Span(start, whole.end), section)
    return Passage(f"{source.id[:16]}:{starts[-1]}", document, section, Span(starts[-1], whole.end))


def make_reading(text: str, name: str = "a.txt", path: str | None = None) -> Reading:
    """One document by the simplest rules: the first line is the title, a line "一、…" a heading, a line of dashes
    boilerplate, and any other line that is not blank a passage."""
    source = make_source(text, name, path)
    whole = Span(0, len(text))
    lines = [trimmed(text, Span(*match.span())) for match in re.finditer(r"[^\n]+", text) if match.group().strip()]
    document = Document(source.id[:16], lines[0].of(text), source, whole, (lines[0],))
    headings = [line for line in lines[1:] if re.match(r"[一二三四五六七八九十]+、", line.of(text))]
    root = Section("", "", 0, Span(0, 0), whole)
    outline = [root]
    for heading, end in zip(headings, [*(each.start for each in headings[1:]), len(text)], strict=False):
        mark = heading.of(text).index("、") + 1
        number, rest = heading.of(text)[:mark], heading.of(text)[mark:]
        outline.append(Section(number, rest, 1, heading, Span(heading.start, end), root))
    dashes = [line for line in lines[1:] if set(line.of(text)) == {"-"}]
    passages = tuple(
        Passage(f"{document.id}:{line.start}", document, [each for each in outline if line in each.span][-1], line)
        for line in lines[1:]
        if line not in headings and line not in dashes
    )
    boilerplate = tuple(Boilerplate("分隔线", line) for line in dashes)
    return Reading(source, (document,), (tuple(outline),), passages, boilerplate)
