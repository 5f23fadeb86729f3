"""Markdown: the decoded file itself; its headings, tables and front matter are places in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.boilerplate import lies_in
from assistant.readers.plain import read_plain
from assistant.records import PRINTED, Boilerplate, Extract, Heading, Layout, Span, Table
from assistant.settings import Limits
from assistant.text import trimmed

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?:.*\r?\n){1,40}?---[ \t]*(?=[\r\n]|\Z)")
#: Code, whose comments look like headings.
_FENCED = re.compile(r"^[ \t]{0,3}(```(?!`*[^`\n]+`)|~~~).*?(?:^[ \t]{0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^[ \t\u3000]*(?P<marker>#{1,6}[ \t]+)(?=[^\s#])[^\r\n]*", re.MULTILINE)
#: A line that is bold as a whole; people who don't know of # make headings so. What closes like a sentence is none.
_BOLD = re.compile(
    r"^[ \t\u3000]*+(?P<line>\*\*(?=[^\s*])[^*|\r\n]{1,40}(?<![\s。；;！!，,：:？?…])\*\*)[ \t]*+(?=[\r\n]|\Z)",
    re.MULTILINE,
)
#: A line with a row of = or - below it.
_UNDERLINED = re.compile(
    r"^(?![ \t]*+(?:[-*+>|#]|\d+[.)]))(?=[ \t\u3000]*+[^\s|])(?P<words>[^\r\n|]++)\r?\n"
    r"(?P<line>={3,}|-{3,})[ \t]*(?=[\r\n]|\Z)",
    re.MULTILINE,
)
_RULE = r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)++\|?[ \t]*+"
_ROW = r"(?=[^\r\n|]*+\|)(?=[ \t\u3000]*+\S)[^\r\n]++"
_TABLE = re.compile(rf"^(?P<header>{_ROW})\r?\n(?P<rule>{_RULE})(?=[\r\n]|\Z)(?P<rows>(?:\r?\n{_ROW})*+)", re.MULTILINE)


def read_markdown(content: bytes, name: str, limits: Limits) -> Extract:
    """A Markdown file as it is; comments and headings inside fences are code."""
    plain = read_plain(content, name, limits)
    return replace(plain, layout=markdown_layout(plain.text))


def markdown_layout(text: str) -> Layout:
    """What the marks of Markdown say of places in the text."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    fences = [Span(*match.span()) for match in _FENCED.finditer(text, start)]
    underlined = [match for match in _UNDERLINED.finditer(text, start) if not _begins_in(match, fences)]
    tables = [match for match in _TABLE.finditer(text, start) if not _begins_in(match, fences)]
    headings = [*_numbered(text, start, fences), *(_of_underlined(match) for match in underlined)]
    if all(heading.level == 1 for heading in headings):
        headings += _bold(text, start, sorted([*fences, *(heading.span for heading in headings)]))
    noise = [
        *([Boilerplate("文件头", Span(*front.span()))] if front else []),
        *(Boilerplate("分隔线", Span(*match.span("line"))) for match in underlined),
        *(Boilerplate("分隔线", trimmed(text, Span(*match.span("rule")))) for match in tables),
    ]
    return Layout(
        headings=tuple(sorted(headings, key=lambda heading: heading.span)),
        tables=tuple(_of_table(text, match) for match in tables),
        apart=tuple(fences),
        boilerplate=tuple(sorted(noise, key=lambda piece: piece.span)),
    )


def _numbered(text: str, start: int, fences: list[Span]) -> Iterator[Heading]:
    for match in _HEADING.finditer(text, start):
        if not _begins_in(match, fences):
            marker = match["marker"]
            yield Heading(trimmed(text, Span(match.start("marker"), match.end())), marker.count("#"), len(marker))


def _bold(text: str, start: int, taken: list[Span]) -> Iterator[Heading]:
    for match in _BOLD.finditer(text, start):
        if not lies_in(Span(*match.span("line")), taken):
            yield Heading(Span(*match.span("line")), PRINTED, len("**"))


def _of_underlined(match: re.Match[str]) -> Heading:
    return Heading(trimmed(match.string, Span(*match.span("words"))), 1 if match["line"][0] == "=" else 2)


def _of_table(text: str, match: re.Match[str]) -> Table:
    lines = re.finditer(r"[^\r\n]*\S[^\r\n]*", match["rows"])
    at = match.start("rows")
    rows = tuple(trimmed(text, Span(at + line.start(), at + line.end())) for line in lines)
    header = trimmed(text, Span(*match.span("header")))
    return Table(Span(header.start, rows[-1].end if rows else match.end("rule")), header, rows)


def _begins_in(match: re.Match[str], places: list[Span]) -> bool:
    return lies_in(Span(match.start(), match.start() + 1), places)
