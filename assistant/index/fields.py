"""The texts and words a passage is looked up by. Nothing of this is ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from assistant.articles import BYLINE_LABELS
from assistant.records import Passage, Trait
from assistant.text import words


def encoded_text(passage: Passage) -> str:
    """What the encoder reads of a passage: the title and the headings above it say what a sentence is about.

    A byline is about its article and not about the article's subject: it stands alone, or the shortest of all passages
    would answer whatever sounds like the title. Who asks for it by the title is answered by `assistant.facts`.
    """
    if not passage.document.title or is_byline(passage):
        return passage.text
    return "\n".join((*context(passage), passage.text))


def is_byline(passage: Passage) -> bool:
    """Whether a passage gives the article's author, origin or date and nothing else."""
    inside = [span for span in passage.document.metadata.values() if span in passage.span]
    rest = list(passage.text)
    for span in inside:
        start = span.start - passage.span.start
        rest[start : start + len(span)] = "\n" * len(span)
    return bool(inside) and not re.sub(rf"{BYLINE_LABELS}|[\s:：|,，、。]", "", "".join(rest))


def context(passage: Passage) -> tuple[str, ...]:
    """What stands above a passage: title, author and headings.

    An article is remembered by its author, too. Its date and origin would draw the questions about them away from the
    line that gives them.
    """
    document = passage.document
    author = document.metadata.get(Trait.AUTHOR)
    return (document.title, *([document.text(author)] if author else []), *passage.section.path())


class CutWords:
    """The words of passages that were cut before, by the text they were cut from."""

    def __init__(self, known: Mapping[str, list[str]] | None = None) -> None:
        self._known = dict(known or {})

    @classmethod
    def load(cls, path: Path) -> CutWords:
        lines = (line.split(" ") for line in path.read_text(encoding="utf-8").split("\n"))
        return cls({key: found for key, *found in lines})

    def save(self, path: Path, passages: Sequence[Passage]) -> None:
        """A line for each of these passages: the hash of its text, and its words, which hold no blanks."""
        keys = dict.fromkeys(_text_key(passage) for passage in passages)
        path.write_bytes("\n".join(" ".join((key, *self._known[key])) for key in keys).encode())

    def body_words(self, passages: Sequence[Passage]) -> Iterator[list[str]]:
        """The words of each passage's own text."""
        for passage in passages:
            key = _text_key(passage)
            if key not in self._known:
                self._known[key] = words(passage.text)
            yield self._known[key]


def _text_key(passage: Passage) -> str:
    return sha256(passage.text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def heading_words(passages: Sequence[Passage]) -> Iterator[list[str]]:
    """The words of what stands above each passage."""
    cut = lru_cache(maxsize=None)(words)  # neighbours share them
    for passage in passages:
        yield [word for line in context(passage) for word in cut(line)]


def revision(passages: Sequence[Passage], texts: Sequence[str]) -> str:
    """A short hash of all that the index is made from; `texts` are the encoded texts of the passages."""
    whole = sha256()
    for passage, text in zip(passages, texts, strict=True):
        fields = (passage.id, passage.document.title, passage.section.path(), passage.text, text)
        whole.update(repr(fields).encode())  # repr also spells out half a surrogate pair, which UTF-8 can't hold
    return whole.hexdigest()[:16]
