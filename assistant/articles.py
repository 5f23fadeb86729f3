"""Tells a bundle of articles apart: where does each begin, what is its title, what does it say of itself?

A bundle is a file into which several articles were pasted. Three general signs start an article: a short line without
closing mark, set off by a blank line, whose words begin the text below it again; such a line with other evidence (a
byline, a long text); and a line that begins with a title twice, or with a title that stood alone before without a text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from itertools import pairwise, zip_longest
from pathlib import PurePath

from assistant.boilerplate import lies_in, outside
from assistant.numbering import starts_with_number
from assistant.records import Boilerplate, Document, Layout, Source, Span, Trait
from assistant.text import matching_form, trimmed

_TITLE_LENGTH = range(2, 51)
#: A shorter line is a heading rather than the title of an article, unless a byline says otherwise.
_LONG_TITLE = 10
_LONG_TEXT = 300
_REPEATED = 0.9  # SequenceMatcher ratio from which a subtitle says the title again
_SHORTEST_REPEAT = 6
_CLOSING = "。！？!?；;，,、：:"
#: With these a sentence goes on from a subject that happens to be the title's words (党支部的职责 / 党支部的职责是…).
_GOES_ON = re.compile(r"[。！？!?；;，,、：:]|[是的有要应由和与及就将不在]|包括|主要|指|分为|为(?!了)|可以|必须|如下")
_TAGS = re.compile(r"[\[(（【][^\])）】]{0,50}[\])）】]|\s|^#+")
#: A title set wide (会  议  纪  要): it is called, and looked up, by its characters.
_SPACED = re.compile(r"(?:[\u4e00-\u9fff]\s+)+[\u4e00-\u9fff]")
#: What the traits of a document are called in its byline.
BYLINE_LABELS = r"发布时间|发布日期|发表时间|日期|来源|作者"
_LABELS = rf"{BYLINE_LABELS}|编辑|摘要|关键[词字]|前言|导读"
_VALUE = rf"[:：]\s*(.{{2,40}}?)(?=\s*(?:{_LABELS})|\s*[\[【\r\n]|\s{{2,}}|[。,，;；]|\Z)"
_TRAITS: tuple[tuple[Trait, re.Pattern[str]], ...] = (
    (Trait.AUTHOR, re.compile(rf"作者{_VALUE}")),
    (Trait.ORIGIN, re.compile(rf"来源{_VALUE}")),
    (Trait.PUBLISHED, re.compile(r"(?:发布时间|发布日期|发表时间|日期)[:：]\s*(\d{4}[-/.年][\dT:.\-/Z月日]*)")),
)
#: The number of an official document, which may stand above its title: 〔2024〕17号.
_DOCUMENT_NUMBER = re.compile(r"[^\s。，,]{2,15}[〔\[（(【]\d{4}[〕\]）)】]\s*第?\s*\d{1,5}\s*号")
#: A byline stands at the head of an article, within this many characters.
_HEAD = 400
_DOUBLED = re.compile(r"\s*(.{6,50}?)\1")


@dataclass(frozen=True, slots=True)
class _Start:
    """Where an article begins and the places of its title there."""

    at: int
    titles: tuple[Span, ...]


def split_articles(
    source: Source, boilerplate: Sequence[Boilerplate], layout: Layout = Layout()
) -> tuple[Document, ...]:
    """The articles of a source, in order; a file that is no bundle is one. A title that the format gives counts."""
    text = source.text
    lines = _lines(text, tuple(piece.span for piece in boilerplate))
    tables = [table.span for table in layout.tables]
    outside_tables = [line for line in lines if not lies_in(line, tables)]
    starts = [] if layout.title else _starts(text, outside_tables)
    if not starts:
        title = _first_title(text, outside_tables) if layout.titled else ()
        if layout.title:
            title = _given_title(text, lines, layout.title)
        return (_document(source, Span(0, len(text)), title),)
    own = {title for start in starts for title in start.titles}
    above = [line for line in lines if line.end <= starts[0].at]
    claimed = _claim(text, starts, above)
    if claimed is not None:
        starts = claimed
    else:
        starts.insert(0, _Start(0, _first_title(text, above)))
    content_ends = [line.end for line in lines if line not in own]
    begins = _begins(text, starts, content_ends)
    spans = [Span(begin, end) for begin, end in pairwise([*begins, len(text)])]
    return tuple(_document(source, span, start.titles) for span, start in zip(spans, starts, strict=True))


def _begins(text: str, starts: Sequence[_Start], content_ends: Sequence[int]) -> list[int]:
    """An article begins after the last text or title before it, so that boilerplate above its title is its own."""
    begins: list[int] = []
    last_title = 0
    for start in starts:
        before = bisect_right(content_ends, start.at)
        last = max(content_ends[before - 1] if before else 0, last_title)
        begins.append(start.at - len(text[last : start.at].lstrip()) if last else start.at)
        last_title = max((title.end for title in start.titles if title.start >= start.at), default=0)
    return begins


def _document(source: Source, span: Span, titles: tuple[Span, ...]) -> Document:
    identity = sha256(f"{source.id}:{span.start}:{span.end}".encode()).hexdigest()[:16]
    title = titles[0].of(source.text).lstrip("# ").strip("*") if titles else PurePath(source.name).stem
    if _SPACED.fullmatch(title):
        title = "".join(title.split())
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
    whole = (Span(*match.span()) for match in re.finditer(r"[^\r\n]+", text))
    pieces = (trimmed(text, piece) for line in whole for piece in outside(line, noise))
    return tuple(piece for piece in pieces if piece)


def _starts(text: str, lines: Sequence[Span]) -> list[_Start]:
    """The starts of the articles when there are several, else nothing."""
    found: list[_Start] = []
    by_length: list[_Start] = []
    alone: dict[str, Span] = {}  # titles that stood on a line of their own and began no article yet
    long_titles = _long_titles(text, lines)
    for line, following in zip_longest(lines, lines[1:]):
        if found and found[-1].titles[-1].end > line.start:
            continue
        if _is_title(text, line):
            repeats = _repeats(text, line, following)
            if repeats or _byline_follows(text, line):
                found.append(_Start(line.start, (line, *repeats)))
            elif line in long_titles and (by_length or not alone):
                by_length.append(_Start(line.start, (line,)))
            else:
                alone[bare_title(line.of(text))] = line
        elif doubled := _doubled(text, line):
            found.append(_Start(line.start, doubled))
        elif owner := _owner(text, line, alone):
            del alone[owner]
            found.append(_Start(line.start, (Span(line.start, line.start + len(owner)),)))
    # One title said twice over an article with long titles in it: these are its headings.
    starts = found if len(found) == 1 else sorted(found + by_length, key=lambda start: start.at)
    return starts if len(starts) > 1 else []


def _doubled(text: str, line: Span) -> tuple[Span, Span] | None:
    """The two places of a title with which a line begins twice."""
    match = _DOUBLED.match(text, line.start, line.end)
    if match is None or len(set(match[1])) < _SHORTEST_REPEAT or not _could_be_title(match[1]):
        return None
    if text[match.end() : match.end() + 1] in _CLOSING:
        return None  # said twice for emphasis, and the sentence ends
    return Span(*match.span(1)), Span(match.end(1), match.end())


def _owner(text: str, line: Span, alone: Mapping[str, Span]) -> str | None:
    """The longest title that stood alone before and from which this line runs on without a mark."""
    words = text[line.start : min(line.end, line.start + _TITLE_LENGTH.stop)]
    lengths = range(len(words) - 1, _SHORTEST_REPEAT - 1, -1)
    return next((words[:n] for n in lengths if words[:n] in alone and not _GOES_ON.match(words, n)), None)


def _long_titles(text: str, lines: Sequence[Span]) -> frozenset[Span]:
    """Title lines whose length and whose text's length speak for an article, though nothing says the title again.

    They count from the file's first title on: if that has no text of its own, it stands above headings of one article.
    """
    found: list[Span] = []
    upto = len(text)
    for number in reversed(range(len(lines))):
        line = lines[number]
        if _is_title(text, line):
            closed = number == 0 or text[lines[number - 1].end - 1] in "。！？!?”"
            if closed and len(line) >= _LONG_TITLE and upto - line.end >= _LONG_TEXT and _blank_follows(text, line):
                found.append(line)
            upto = line.start
    return frozenset(found)


def _claim(text: str, starts: list[_Start], above: list[Span]) -> list[_Start] | None:
    """Give the lines above the first article to those that have them as their titles; None if any line is left over."""
    by_title = {bare_title(line.of(text)): line for line in above}
    claimed = []
    for start in starts:
        line = by_title.pop(bare_title(start.titles[0].of(text)), None)
        claimed.append(_Start(start.at, (*start.titles, line)) if line else start)
    taken = sum(len(start.titles) for start in claimed) - sum(len(start.titles) for start in starts)
    return claimed if taken == len(above) else None


def _first_title(text: str, lines: Sequence[Span]) -> tuple[Span, ...]:
    """The title of a file that is one article: its first line, or of an official document the line below its number, if
    it looks like one and a text follows."""
    if lines and _DOCUMENT_NUMBER.fullmatch(lines[0].of(text)):
        lines = lines[1:]
    if len(lines) < 2 or not _is_title(text, lines[0]):
        return ()
    return (lines[0], *_repeats(text, lines[0], lines[1]))


def _given_title(text: str, lines: Sequence[Span], title: Span) -> tuple[Span, ...]:
    """The title that the format gives, and the places below it that say it again."""
    at = bisect_right(lines, title)
    below = next((line for line in lines[at:] if line.start >= title.end), None)
    return (title, *_repeats(text, title, below))


def _is_title(text: str, line: Span) -> bool:
    """Whether the piece is a whole line, and short and open enough for a title."""
    blanks = " \t\u3000\r\n"
    whole_line = (line.start == 0 or text[line.start - 1] in blanks) and (
        line.end == len(text) or text[line.end] in blanks
    )
    return whole_line and len(line) in _TITLE_LENGTH and _could_be_title(line.of(text))


def _could_be_title(words: str) -> bool:
    return (
        words[-1] not in _CLOSING
        and not re.search(r"[\t|]", words)  # a row of a table
        and not starts_with_number(words)
        and not _DOCUMENT_NUMBER.fullmatch(words)
        and not any(pattern.match(words) for _, pattern in _TRAITS)
        and re.search(r"[\u4e00-\u9fffA-Za-z]", words) is not None
    )


def _blank_follows(text: str, line: Span) -> bool:
    return re.match(r"[ \t\u3000]*(?:\r\n|\r|\n)[ \t\u3000]*(?:\r|\n|\Z)", text[line.end : line.end + 80]) is not None


def _byline_follows(text: str, line: Span) -> bool:
    head = text[line.end : line.end + 80].lstrip()
    return _blank_follows(text, line) and any(pattern.match(head) for _, pattern in _TRAITS)


def _repeats(text: str, line: Span, following: Span | None) -> tuple[Span, ...]:
    """The places below a title line that say the title again: the head of the next line, or a subtitle."""
    if following is None:
        return ()
    title, below = bare_title(line.of(text)), following.of(text)
    for again in (line.of(text), title):
        if len(again) >= _SHORTEST_REPEAT and below.startswith(again) and not _GOES_ON.match(below, len(again)):
            return (Span(following.start, following.start + len(again)),)
    if _blank_follows(text, line) and _is_title(text, following) and _similar(title, bare_title(below)):
        return (following,)
    return ()


def bare_title(title: str) -> str:
    """A title without tags in brackets and blanks, for comparison."""
    return _TAGS.sub("", title) or title


def _similar(one: str, other: str) -> bool:
    return SequenceMatcher(None, matching_form(one), matching_form(other)).ratio() >= _REPEATED
