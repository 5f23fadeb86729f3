"""Sentences and clauses as spans, and the words a text is looked up by."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.records import Span

#: What may follow a closing mark and still belong to its sentence.
_CLOSERS = "”’」』》〉）】)]\"'"
#: A sentence ends at these marks, at an English full stop before white space, or at the end of a line.
_SENTENCE_END = re.compile(rf"(?:[。！？!?…]+[{re.escape(_CLOSERS)}]*)|(?:\.(?=\s))|\n+")
#: A clause also ends at a semicolon: the items of a list written as one sentence.
_CLAUSE_END = re.compile(rf"(?:[。！？!?…；;]+[{re.escape(_CLOSERS)}]*)|(?:\.(?=\s))|\n+")
_WORD = re.compile(r"[a-z0-9]+(?:[.%][a-z0-9]*)*|[\u3400-\u9fff]+")
#: Words that carry no subject; a question is full of them, and BM25 would reward passages for them.
_EMPTY_WORDS = frozenset(
    ["的", "了", "是", "在", "和", "与", "或", "也", "就", "都", "而", "及", "着", "把", "被", "对", "为", "从", "到", "由", "于", "以", "之", "其", "这", "那", "有", "要", "应", "应该", "吗", "呢", "啊", "吧", "呀", "嘛", "么", "咋", "啥", "谁", "几", "什么", "怎么", "怎么办", "怎样", "如何", "哪", "哪个", "哪些", "哪几", "多少", "为什么", "为何", "请问", "一下", "the", "a", "an", "of", "to", "in", "is", "are", "what", "how", "who", "why"]
)


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
        piece = trimmed(text, Span(start, match.end()))
        if piece:
            yield piece
        start = match.end()
    piece = trimmed(text, Span(start, span.end))
    if piece:
        yield piece


def matching_form(text: str) -> str:
    """The form in which texts are compared: compatibility forms folded (full-width to half-width), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """The words of a text for BM25: jieba's search mode, in matching form, without empty words and punctuation."""
    found: list[str] = []
    for run in _WORD.findall(matching_form(text)):
        found.extend(_segmenter().cut_for_search(run) if run[0] > "\u3400" else [run])
    return [word for word in found if word not in _EMPTY_WORDS]


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()
