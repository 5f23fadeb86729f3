"""What may be wrong with a stored library, found row by row: a damaged row can't be made a record."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from assistant.library.originals import Originals
from assistant.library.rows import short_hash, text_hash

_AGAIN = "请用 zhiyin remove 移除它，再用 zhiyin add 重新收录"
_OF_DOCUMENT = "JOIN document ON document.id = document WHERE source = :source"
#: The places stored for a source, by the word a user knows them by.
_SPANS = {
    "文章": "SELECT start, stop FROM document WHERE source = :source",
    "标题": f"SELECT heading.start, heading.stop FROM heading {_OF_DOCUMENT}",
    "文章信息": f"SELECT trait.start, trait.stop FROM trait {_OF_DOCUMENT}",
    "章节标题": f"SELECT heading_start, heading_stop FROM section {_OF_DOCUMENT}",
    "章节": f"SELECT section.start, section.stop FROM section {_OF_DOCUMENT}",
    "段落": f"SELECT passage.start, passage.stop FROM passage {_OF_DOCUMENT}",
    "杂项": "SELECT start, stop FROM boilerplate WHERE source = :source",
}
#: Together these hold every non-blank character of a source.
_COVERING = ("标题", "章节标题", "段落", "杂项")


def problems(database: sqlite3.Connection, originals: Originals) -> Iterator[str]:
    """All that is wrong, one sentence each; nothing when the library is what was written."""
    try:
        for (verdict,) in database.execute("PRAGMA integrity_check"):
            if verdict != "ok":
                yield f"数据库完整性检查未通过（{' '.join(verdict.split())}），请把资料库移到别处保存，再重新收录文件。"
        for table, *_ in database.execute("PRAGMA foreign_key_check"):
            yield f"数据表 {table} 里有失去归属的记录，请把资料库移到别处保存，再重新收录文件。"
        for (source,) in database.execute("SELECT id FROM source ORDER BY name, id").fetchall():
            yield from _source_problems(database, source, originals)
    except sqlite3.DatabaseError as error:
        yield f"数据库无法完整读取（{error}），请把资料库移到别处保存，再重新收录文件。"


def _source_problems(database: sqlite3.Connection, source: str, originals: Originals) -> Iterator[str]:
    query = "SELECT name, encoding, plain, text, sha256, pages FROM source WHERE id = ?"
    name, encoding, plain, text, stored, pages = database.execute(query, (source,)).fetchone()
    content = originals.get(source)
    if content is None:
        yield f"文件“{name}”保存的原件不在了，或与收录时不符，{_AGAIN}。"
    elif plain and not _decodes_to(content, encoding, text):
        yield f"文件“{name}”的文字与原件不符，{_AGAIN}。"
    if text_hash(text) != stored:
        yield f"文件“{name}”的文字与收录时不符，{_AGAIN}。"
    if not _ascend(json.loads(pages), len(text)):
        yield f"文件“{name}”的页码位置与文字不符，{_AGAIN}。"
    for kind, query in _SPANS.items():
        for start, stop in database.execute(query, {"source": source}):
            if not 0 <= start <= stop <= len(text):
                yield f"文件“{name}”的{kind}位置 {start}–{stop} 超出原文，{_AGAIN}。"
    yield from _nesting_problems(database, source, name)
    yield from _passage_problems(database, source, name, text)
    covering = [span for kind in _COVERING for span in database.execute(_SPANS[kind], {"source": source})]
    for start, stop in _uncovered(text, covering):
        yield f"文件“{name}”的 {start}–{stop} 处文字没有收录到任何段落、标题或杂项，{_AGAIN}。"


def _decodes_to(content: bytes, encoding: str, text: str) -> bool:
    try:
        return content.decode(encoding) == text
    except (LookupError, UnicodeDecodeError):
        return False


def _ascend(pages: Sequence[int], end: int) -> bool:
    return all(0 <= one <= two <= end for one, two in pairwise([0, *pages]))


def _nesting_problems(database: sqlite3.Connection, source: str, name: str) -> Iterator[str]:
    sections = f"""SELECT section.start, section.stop FROM section {_OF_DOCUMENT}
        AND NOT (document.start <= section.start AND section.stop <= document.stop)"""
    for start, stop in database.execute(sections, {"source": source}):
        yield f"文件“{name}”的章节 {start}–{stop} 超出它的文章，{_AGAIN}。"
    passages = """SELECT passage.start, passage.stop FROM passage JOIN document ON document.id = passage.document
        JOIN section ON section.document = passage.document AND section.place = passage.section
        WHERE source = :source AND NOT (document.start <= passage.start AND passage.stop <= document.stop
            AND section.start <= passage.start AND passage.stop <= section.stop)"""
    for start, stop in database.execute(passages, {"source": source}):
        yield f"文件“{name}”的段落 {start}–{stop} 超出它的章节或文章，{_AGAIN}。"


def _passage_problems(database: sqlite3.Connection, source: str, name: str, text: str) -> Iterator[str]:
    query = f"SELECT passage.start, passage.stop, sha256 FROM passage {_OF_DOCUMENT} ORDER BY passage.place"
    for start, stop, stored in database.execute(query, {"source": source}):
        if short_hash(text[start:stop]) != stored:
            yield f"文件“{name}”的段落 {start}–{stop} 与收录时的文字不符，{_AGAIN}。"


def _uncovered(text: str, covering: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The places of non-blank text between the covering spans, trimmed."""
    reached = 0
    for start, stop in (*sorted(covering), (len(text), len(text))):
        gap = re.search(r"\S(?:.*\S)?", text[reached : max(reached, start)], re.DOTALL)
        if gap:
            yield reached + gap.start(), reached + gap.end()
        reached = max(reached, stop)
