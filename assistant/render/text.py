"""Plain text for the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Answer, Excerpt, NotFound, Part, Span
from assistant.render.phrases import (
    ELLIPSIS,
    NEAREST,
    NO_NEAREST,
    adjacent,
    also_line,
    headline,
    inside,
    listed_line,
    merged,
    place,
    reason_line,
)

#: Around highlights in plain text: signs that Chinese documents hardly use themselves.
MARKS = ("«", "»")


def to_text(answer: Answer | NotFound, marks: bool = False, reasons: bool = False) -> str:
    """Plain text without colours: a bar before each line of a document; if asked for, `MARKS` around highlights and why
    each excerpt was found."""
    lines = [headline(answer)]
    if isinstance(answer, NotFound):
        lines += [NEAREST, *(f"  · {_visible(c.locator)}" for c in answer.nearest)] if answer.nearest else [NO_NEAREST]
        return "\n".join(lines)
    for number, excerpt in enumerate(answer.excerpts, start=1):
        lines += ["", f"[{number}] {_visible(excerpt.citation.locator)}", *_quoted_lines(excerpt, marks)]
        lines.append(f"    {_visible(place(excerpt.citation))}")
        if excerpt.listed:
            lines.append(f"    {listed_line(excerpt)}")
        if reasons and excerpt.reason:
            lines.append(f"    {_visible(reason_line(excerpt.reason))}")
        if excerpt.also:
            lines.append(f"    {also_line(excerpt)}：")
            lines += [f"      · {_visible(citation.locator)}" for citation in excerpt.also]
    return "\n".join(lines)


def _quoted_lines(excerpt: Excerpt, marks: bool) -> list[str]:
    lines: list[str] = []
    before: Part | None = None
    for part in excerpt.parts:
        text = _marked_text(part, excerpt.highlights) if marks else part.text
        shown = _visible(text).split("\n")
        if before is not None and adjacent(before, part):
            lines[-1] += shown.pop(0)
        elif before is not None:
            lines.append(f"      {ELLIPSIS}")
        lines += [f"    │ {line}" for line in shown]
        before = part
    return lines


def _marked_text(part: Part, highlights: Sequence[Span]) -> str:
    text, at = "", part.span.start
    for span in merged(inside(part, highlights)):
        text += part.text[at - part.span.start : span.start - part.span.start]
        text += MARKS[0] + part.text[span.start - part.span.start : span.end - part.span.start] + MARKS[1]
        at = span.end
    return text + part.text[at - part.span.start :]


def _visible(text: str) -> str:
    """Control characters as their Unicode pictures: a document must not steer the reader's terminal."""
    text = text.replace("\r\n", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", lambda m: chr(0x2400 + ord(m[0])), re.sub(r"[\x7f-\x9f]", "�", text))
