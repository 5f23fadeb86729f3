"""Sentences and clauses as spans, and the words a text is looked up by."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from assistant.records import Span
from assistant.script import simplified

_MARKS = "。！？!?…"
#: What may follow a closing mark and still belong to its sentence.
_CLOSERS = re.escape("”’」』》〉）】)]\"'")
#: A sentence ends at a closing mark that no comma follows (“…。”,他说), at an English full stop before white space, or
#: at the end of a line. `!` and `?` between Latin letters or digits are part of an address (…/list?page=2).
_SENTENCE_END, _CLAUSE_END = (
    re.compile(
        # The comma is taken along: else a row of marks before one is looked through from each of them to its end.
        rf"(?!(?<=[A-Za-z0-9/])[!?][A-Za-z0-9])[{marks}][{marks}{_CLOSERS}]*+(?P<goes_on>[,，、:：{commas}])?"
        rf"|\.[{_CLOSERS}]*+(?=\s)|[\r\n]+"
    )
    for marks, commas in ((_MARKS, ";；"), (_MARKS + ";；", ""))
)
#: A full stop after this is no sentence's: the number of an item (1. …) or an option (A. …).
_NUMBER_ONLY = re.compile(r"[0-9]{1,3}\.|[A-Za-z]\.")

#: A text of which so many lines break off in mid-sentence, at so nearly the same width, was wrapped by a machine.
_WRAPPED_LINES, _WRAPPED_SHARE, _EVEN_SHARE = 5, 0.4, 0.8
_WRAPPED_WIDTH, _RAGGED = 40, 10  # columns; a Chinese character takes two
_FINISHED = "。！？!?…；;：:.”"
#: A line that opens with white space or a number begins something new, whatever stands before it.
_ANEW = re.compile(
    r"\s|\Z|[-*#•·]\s|[(（]?[0-9０-９零一二三四五六七八九十百]{1,3}[、.．)）]|第.{1,4}[章节条]|[问答][:：]"
)

_WORD = re.compile(r"[^\W_〇\u3400-\u9fff]+(?:\.[^\W_〇\u3400-\u9fff]+)*%?|[〇\u3400-\u9fff]+")
#: jieba's dictionary also holds slips; a word that its corpus of sixty million used less often than this may be one.
_RARE = 50
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
#: Words that carry no subject; a question is full of them, and BM25 would reward passages for them.
_EMPTY_WORDS = frozenset("的了是在和与或也就都而及着把被对为从到由于以之其这那有要应吗呢啊吧呀嘛么咋啥谁几哪") | {
    *("什么", "怎么", "怎么办", "怎样", "如何", "哪个", "哪些", "哪几", "多少"),
    *("为什么", "为何", "应该", "请问", "一下"),
    *("the", "a", "an", "of", "to", "in", "is", "are", "what", "how", "who", "why"),
}


def sentences(text: str, span: Span) -> tuple[Span, ...]:
    """The sentences inside `span`, without surrounding blanks; together they hold every non-blank character of it."""
    return tuple(_pieces(_SENTENCE_END, text, span))


def clauses(text: str, span: Span) -> tuple[Span, ...]:
    """Like `sentences`, cut at semicolons too."""
    return tuple(_pieces(_CLAUSE_END, text, span))


def trimmed(text: str, span: Span) -> Span:
    """`span` without the blanks at both ends."""
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _pieces(ends: re.Pattern[str], text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in ends.finditer(text, span.start, span.end):
        if match["goes_on"]:
            continue
        piece = trimmed(text, Span(start, match.end()))
        unfinished = match[0].isspace() and _is_wrap(text, match)
        if unfinished or (match[0] == "." and _NUMBER_ONLY.fullmatch(text, piece.start, piece.end)):
            continue
        if piece:
            yield piece
        start = match.end()
    piece = trimmed(text, Span(start, span.end))
    if piece:
        yield piece


def _is_wrap(text: str, line_end: re.Match[str]) -> bool:
    """Whether the line before goes on in the next: its text is hard-wrapped, and it reaches the margin unfinished."""
    margin = _margin(text)
    if not margin or line_end[0].count("\n") != 1:
        return False
    line = text[text.rfind("\n", 0, line_end.start()) + 1 : line_end.start()]
    return _unfinished(line, text[line_end.end() : line_end.end() + 10]) and columns(line) >= margin


def _unfinished(line: str, following: str) -> bool:
    return bool(line.strip()) and line.rstrip()[-1] not in _FINISHED and not _ANEW.match(following)


@lru_cache(maxsize=32)
def _margin(text: str) -> int:
    """The width from which a line of a hard-wrapped text is full; 0 if lines end where their writer ended them."""
    lines = text.split("\n")
    widths = sorted(columns(line) for line, below in pairwise(lines) if _unfinished(line, below))
    if len(widths) < max(_WRAPPED_LINES, _WRAPPED_SHARE * len(lines)):
        return 0
    usual = widths[len(widths) // 2]
    even = sum(abs(width - usual) <= _RAGGED for width in widths)
    return usual - _RAGGED if usual >= _WRAPPED_WIDTH and even >= _EVEN_SHARE * len(widths) else 0


def columns(line: str) -> int:
    """How wide a line is on a screen, where a Chinese character takes two columns."""
    return sum(2 if character > "\u2e7f" else 1 for character in line.strip())


def matching_form(text: str) -> str:
    """The form in which texts are compared: Simplified characters, compatibility forms folded (full-width to
    half-width), lower case."""
    return looked_up(text).lower()


def looked_up(text: str) -> str:
    """A question in the script and width of what it is compared with; the case of its letters stays."""
    return simplified(unicodedata.normalize("NFKC", text))


def words(text: str) -> list[str]:
    """The words of a text for BM25: jieba's search mode, in matching form, without empty words and punctuation."""
    found: list[str] = []
    for run in _WORD.findall(matching_form(text)):
        found.extend(_segmenter().cut_for_search(run) if run[0] in "〇" or "\u3400" <= run[0] <= "\u9fff" else [run])
    return [word for word in found if word not in _EMPTY_WORDS]


def strayed_characters(text: str) -> Iterator[str]:
    """Runs of two or more Chinese characters that no word but a rare one joins, in matching form."""
    for cut in chinese_words(text):
        strayed = ""
        for word in (*cut, ""):
            if word and (len(word) == 1 or _segmenter().FREQ[word] < _RARE):
                strayed += word
                continue
            if len(strayed) > 1:
                yield strayed
            strayed = ""


def chinese_words(text: str) -> Iterator[list[str]]:
    """Each run of Chinese characters as the dictionary cuts it, in matching form."""
    for run in _CHINESE.findall(matching_form(text)):
        yield list(_segmenter().cut(run, HMM=False))


def chance(characters: str) -> float:
    """How likely these characters are in Chinese at large, as a word or as words of one character each."""
    segmenter = _segmenter()
    segmenter.initialize()
    uses: dict[str, int] = segmenter.FREQ
    total: int = segmenter.total
    each = math.prod(max(uses.get(character, 0), 1) / total for character in characters)
    return max(each, uses.get(characters, 0) / total)


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()
