"""One file, read to the end: source, articles, outlines, passages, boilerplate."""

from __future__ import annotations

from pathlib import Path

from assistant.articles import split_articles
from assistant.boilerplate import boilerplate
from assistant.errors import UnreadableFile
from assistant.outline import outline
from assistant.passages import cut
from assistant.readers import read_source, shown
from assistant.records import Layout, Reading, Source, Span
from assistant.settings import IndexSettings, Limits


def read_file(path: Path, content: bytes, settings: IndexSettings, limits: Limits = Limits()) -> Reading:
    """What a file is read into; `UnreadableFile` when it can't be, or when any of its text would be lost."""
    source, extract = read_source(path, content, limits)
    reading = read_text(source, settings, extract.layout, extract.warnings)
    lost = uncovered(reading)
    if lost:
        line = reading.source.text.count("\n", 0, lost[0].start) + 1
        raise UnreadableFile(
            f"文件“{shown(path.name)}”第 {line} 行起有文字无法归入段落，为免遗漏没有收录，请把该处另存为普通文本再试。"
        )
    return reading


def read_text(
    source: Source, settings: IndexSettings, layout: Layout = Layout(), warnings: tuple[str, ...] = ()
) -> Reading:
    """The stages from a source to its passages."""
    noise = boilerplate(source.text, layout)
    documents = split_articles(source, noise, layout)
    outlines = tuple(outline(document, noise, layout) for document in documents)
    passages = tuple(
        passage
        for document, sections in zip(documents, outlines, strict=True)
        for passage in cut(document, sections, noise, settings, layout)
    )
    return Reading(source, documents, outlines, passages, noise, len(layout.tables), warnings)


def uncovered(reading: Reading) -> tuple[Span, ...]:
    """The places of non-blank text that are in no passage, heading or boilerplate: none, or a mistake of ours."""
    text = reading.source.text
    covered = bytearray(len(text))
    places = [passage.span for passage in reading.passages] + list(reading.headings())
    for span in places + [piece.span for piece in reading.boilerplate]:
        covered[span.start : span.end] = b"\x01" * len(span)
    return tuple(Span(at, at + 1) for at, character in enumerate(text) if not covered[at] and not character.isspace())
