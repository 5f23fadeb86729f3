"""Tells a bundle of articles apart: where does each begin, what is its title, what does it say of itself?

A bundle is a file into which several articles were pasted. Three general signs start an article: a short line without
closing mark, set off by a blank line, whose words begin the text below it again; such a line with other evidence (a
byline, a long text); and a line that begins with a title twice, or with a title that stood alone before without a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import PurePath

from assistant.boilerplate import outside
from assistant.numbering import starts_with_number
from assistant.records import Boilerplate, Document, Source, Span, Trait
from assistant.text import matching_form, trimmed

_TITLE_LENGTH = range(4, 51)
#: A heading that is no title is short too; a line this long with a long text below is more likely a title.
_LONG_TITLE = 10
_LONG_TEXT = 300
_REPEATED = 0.9  # SequenceMatcher ratio from which a subtitle says the title again
_CLOSING = "。！？!?；;，,、：:"
_TAGS = re.compile(r"[\[(（【][^\])）】]*[\])）】]|\s|^#+")
_LABELS = r"发布时间|发布日期|发表时间|日期|来源|作者|编辑|摘要|关键[词字]|前言|导读"
_VALUE = rf"[::]\s*(.{{2,40}}?)(?=\s*(?:{_LABELS})|\s*[\[【\r\n]|\s{{2,}}|[。,,;；]|\Z)"
_TRAITS: tuple[tuple[Trait, re.Pattern[str]], ...] = (
    (Trait.AUTHOR, re.compile(rf"作者{_VALUE}")),
    (Trait.ORIGIN, re.compile(rf"来源{_VALUE}")),
    (Trait.PUBLISHED, re.compile(r"(?:发布时间|发布日期|发表时间|日期)[::]\s*(\d{4}[-/.年][\dT:.\-/Z月日]*)")),
)
#: A byline stands at the head of an article, within this many characters.
_HEAD = 400
_DOUBLED = re.compile(r"\s*(.{6,50}?)\1")


@dataclass(frozen=True, slots=True)
class _Start:
    """Where an article begins and the places of its title there."""

    at: int
    titles: tuple[Span, ...]


def split_articles(source: Source, boilerplate: Sequence[Boilerplate]) -> tuple[Document, ...]:
    """The articles of a source, in order; a file that is no bundle is one."""
    text = source.text
    lines = _lines(text, tuple(piece.span for piece in boilerplate))
    starts = _starts(text, lines)
    if starts:
        starts = _claim(text, starts, [line for line in lines if line.end <= starts[0].at])
    else:
        starts = [_Start(0, _first_title(text, lines))]
    content = [line for line in lines if line not in starts[0].titles] if len(starts) > 1 else []
    titles = {title for start in starts for title in start.titles}
    begins = [_begin(text, start, [line for line in content if line not in titles]) for start in starts]
    ends = [*begins[1:], len(text)]
    return tuple(
        _document(source, Span(begin, end), start.titles)
        for start, begin, end in zip(starts, begins, ends, strict=True)
    )


def _begin(text: str, start: _Start, content: Sequence[Span]) -> int:
    """An article begins after the last text before its title, so that boilerplate above the title is its own."""
    last = max((line.end for line in content if line.end <= start.at), default=None)
    if last is None:
        return start.at if content else 0
    return start.at - len(text[last : start.at].lstrip())


def _document(source: Source, span: Span, titles: tuple[Span, ...]) -> Document:
    identity = sha256(f"{source.id}:{span.start}:{span.end}".encode()).hexdigest()[:16]
    title = titles[0].of(source.text).lstrip("# ") if titles else PurePath(source.name).stem
    return Document(identity, title, source, span, titles, _metadata(source.text, span))


def _metadata(text: str, span: Span) -> Mapping[Trait, Span]:
    """What the head of an article says of its author, origin and date, as places in the text."""
    end = min(span.end, span.start + _HEAD)
    found: dict[Trait, Span] = {}
    for trait, pattern in _TRAITS:
        match = pattern.search(text, span.start, end)
        if match:
            found[trait] = trimmed(text, Span(*match.span(1)))
    return found


def _lines(text: str, noise: tuple[Span, ...]) -> tuple[Span, ...]:
    """The non-blank lines of the text outside boilerplate."""
    found = []
    for match in re.finditer(r"[^\r\n]+", text):
        found.extend(trimmed(text, piece) for piece in outside(Span(*match.span()), noise))
    return tuple(line for line in found if line)


def _starts(text: str, lines: Sequence[Span]) -> list[_Start]:
    """The starts of the articles when there are several, else nothing."""
    found: list[_Start] = []
    alone: dict[str, Span] = {}  # titles that stood on a line of their own and began no article yet
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        doubled = _DOUBLED.match(text, line.start, line.end)
        owner = next((title for title in alone if _begins_glued(text, line, title)), None)
        if _is_title(text, line):
            repeats = _repeats(text, line, following)
            if repeats or _stands_out(text, lines, number):
                found.append(_Start(line.start, (line, *repeats)))
            else:
                alone[bare_title(line.of(text))] = line
        elif doubled and not (found and found[-1].titles[-1].end >= line.start):
            once = Span(doubled.start(1), doubled.end(1))
            found.append(_Start(line.start, (once, Span(once.end, doubled.end()))))
        elif owner and not (found and found[-1].titles[-1].start >= line.start):
            found.append(_Start(line.start, (Span(line.start, line.start + len(alone.pop(owner))),)))
    return found if len(found) > 1 else []


def _claim(text: str, starts: list[_Start], lines: list[Span]) -> list[_Start]:
    """Give the lines before the first article to the article that has them as its title."""
    by_title = {bare_title(line.of(text)): line for line in lines}
    claimed = []
    for start in starts:
        line = by_title.pop(bare_title(start.titles[0].of(text)), None)
        claimed.append(_Start(start.at, (*start.titles, line)) if line else start)
    return claimed


def _first_title(text: str, lines: Sequence[Span]) -> tuple[Span, ...]:
    """The title of a file that is one article: its first line, if that looks like one and a text follows."""
    if len(lines) < 2 or not _is_title(text, lines[0]):
        return ()
    return (lines[0], *_repeats(text, lines[0], lines[1]))


def _is_title(text: str, line: Span) -> bool:
    words = line.of(text)
    whole_line = (line.start == 0 or text[line.start - 1] in " \t\u3000\r\n") and (
        line.end == len(text) or text[line.end] in " \t\u3000\r\n"
    )
    return (
        whole_line
        and len(words) in _TITLE_LENGTH
        and words[-1] not in _CLOSING
        and not starts_with_number(words)
        and not any(pattern.match(words) for _, pattern in _TRAITS)
        and re.search(r"[\u4e00-\u9fffA-Za-z]", words) is not None
    )


def _blank_follows(text: str, line: Span) -> bool:
    return re.match(r"[ \t\u3000]*(?:\r\n|\r|\n)[ \t\u3000]*(?:\r|\n|\Z)", text[line.end : line.end + 80]) is not None


def _repeats(text: str, line: Span, following: Span | None) -> tuple[Span, ...]:
    """The places below a title line that say the title again: the head of the next line, or a subtitle."""
    if following is None:
        return ()
    title, below = bare_title(line.of(text)), following.of(text)
    for again in (line.of(text), title):
        if below.startswith(again):
            return (Span(following.start, following.start + len(again)),)
    if _blank_follows(text, line) and _is_title(text, following) and _similar(title, bare_title(below)):
        return (following,)
    return ()


def _stands_out(text: str, lines: Sequence[Span], number: int) -> bool:
    """A title line that the text does not repeat: set off by a blank line, and with a byline or length to show for it."""
    line = lines[number]
    if not _blank_follows(text, line) or number + 1 >= len(lines):
        return False
    head = text[line.end : line.end + 80]
    byline = any(pattern.match(head.lstrip()) for _, pattern in _TRAITS)
    upto = next((other.start for other in lines[number + 1 :] if _is_title(text, other)), len(text))
    long = len(line) >= _LONG_TITLE and upto - line.end >= _LONG_TEXT
    return byline or (long and text[lines[number - 1].end - 1] in "。！？!?”" if number else long)


def _begins_glued(text: str, line: Span, title: str) -> bool:
    """Whether a line runs on from a title without a mark between them."""
    words = line.of(text)
    return words.startswith(title) and len(words) > len(title) and words[len(title)] not in _CLOSING


def bare_title(title: str) -> str:
    """A title without tags in brackets and blanks, for comparison."""
    return _TAGS.sub("", title) or title


def _similar(one: str, other: str) -> bool:
    return SequenceMatcher(None, matching_form(one), matching_form(other)).ratio() >= _REPEATED
