"""Words that mean the same to the readers of one library, from a file beside it that they may edit."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.readers.plain import decode
from assistant.records import Change
from assistant.text import matching_form

FILE = "synonyms.txt"
#: What a new library's file says, for those who open it.
TEMPLATE = """\
# 同义词：每行一组，词与词之间用空格隔开；# 后面是说明。
# 问题里出现一组中的一个词，就换成同组的其他词再各找一遍，取最切题的。改完保存即可，不必重新收录。
三会一课 支部党员大会 支委会 党小组会 党课
民主评议 评议党员
一把手 主要负责人 第一责任人
"""
_DIVIDERS = re.compile(r"[\s,，、;；=]+")
#: A word of one character would be found inside of others.
_LEAST = 2


class Synonyms:
    """Groups of words, in matching form."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._groups = tuple(tuple(dict.fromkeys(map(matching_form, group))) for group in groups)

    @classmethod
    def load(cls, file: Path) -> Synonyms:
        """The synonyms of a file; none where it is missing or empty, `UnreadableFile` where it is no text."""
        try:
            content = file.read_bytes()
        except OSError:
            return cls()
        text = decode(content, file.name)[0] if content.strip() else ""
        groups = (_DIVIDERS.split(line.partition("#")[0].strip()) for line in text.splitlines())
        return cls([word for word in group if len(word) >= _LEAST] for group in groups)

    @staticmethod
    def start(file: Path) -> None:
        """Give a new library its file, whole or not at all; one that is there stays as it is."""
        if not file.exists():
            fresh = file.with_name(file.name + ".new")
            fresh.write_text(TEMPLATE, encoding="utf-8")
            os.replace(fresh, file)

    def changes(self, question: str) -> Iterator[Change]:
        """Each word of a question that is in a group, with each of the others there."""
        asked = matching_form(question)
        for group in self._groups:
            for typed in group:
                if typed in asked:
                    yield from (Change(typed, other) for other in group if other not in asked)
