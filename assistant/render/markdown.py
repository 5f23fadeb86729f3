"""CommonMark that shows the documents' own characters."""

from __future__ import annotations

import re

from assistant.records import Answer, Excerpt, NotFound
from assistant.render.phrases import (
    ELLIPSIS,
    NEAREST,
    NO_NEAREST,
    also_line,
    headline,
    joined,
    listed_line,
    place,
)


def to_markdown(answer: Answer | NotFound) -> str:
    """CommonMark that renders to the documents' own characters: every sign that could be markup is escaped."""
    blocks = [f"**{headline(answer)}**"]
    if isinstance(answer, NotFound):
        if not answer.nearest:
            return "\n\n".join([*blocks, NO_NEAREST])
        return "\n\n".join([*blocks, NEAREST, "\n".join(f"- {_md(c.locator)}" for c in answer.nearest)])
    for number, excerpt in enumerate(answer.excerpts, start=1):
        quote = [f"> {line}" for line in _md_lines(excerpt)]
        source = f"{number}\\. {_md(excerpt.citation.locator)}（{_md(place(excerpt.citation))}）"
        also = [f"{also_line(excerpt)}：" + "；".join(_md(c.locator) for c in excerpt.also)] if excerpt.also else []
        listed = [listed_line(excerpt)] if excerpt.listed else []
        blocks += ["\n".join(quote), source, *listed, *also]
    return "\n\n".join(blocks)


def _md_lines(excerpt: Excerpt) -> list[str]:
    lines = [_md(line) for line in joined(excerpt, "\0").replace("\r\n", "\n").split("\n")]
    lines = [ELLIPSIS if line == "\0" else line for line in lines]
    # A backslash at the end keeps a line break that Markdown would fold into a space.
    return [f"{line}\\" if line and i + 1 < len(lines) and lines[i + 1] else line for i, line in enumerate(lines)]


def _md(text: str) -> str:
    text = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    return re.sub(r"^[ \t]+", lambda m: "".join(f"&#{ord(c)};" for c in m[0]), text)
