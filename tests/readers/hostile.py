"""What holds of any file at all, from its bytes to its passages, and small sound files of each format to be spoiled."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from assistant.errors import UnreadableFile
from assistant.readers import read_bytes
from assistant.reading import read_file, uncovered
from assistant.records import Reading, Section, Span
from assistant.settings import IndexSettings, Limits
from tests.readers.printed import flowed, printed
from tests.readers.word import level, numbered, numbering, paragraph, style, table, word_file

SETTINGS = IndexSettings()
_SENTENCE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]*请[^\x00-\x1f\x7f\u2028\u2029]*。")


def outcome(content: bytes, name: str, limits: Limits = Limits()) -> Reading | str:
    """What becomes of a file: a sound reading, or the one sentence that says why not and the way out."""
    try:
        found = read_file(Path(name), content, SETTINGS, limits)
    except UnreadableFile as refused:
        assert _SENTENCE.fullmatch(str(refused)), str(refused)
        assert "为免遗漏" not in str(refused)  # text that our rules would lose is our mistake, not the file's
        return str(refused)
    assert_whole(found)
    return found


def refusal(content: bytes, name: str, limits: Limits = Limits()) -> str:
    found = outcome(content, name, limits)
    assert isinstance(found, str)
    return found


def reading(content: bytes, name: str) -> Reading:
    found = outcome(content, name)
    assert isinstance(found, Reading), found
    return found


def whole_way(path: Path) -> Reading | str:
    """What becomes of a file on disk."""
    try:
        return outcome(read_bytes(path), path.name)
    except UnreadableFile as refused:
        assert _SENTENCE.fullmatch(str(refused)), str(refused)
        return str(refused)


def assert_whole(found: Reading) -> None:
    """Nothing is lost; every place lies where it says, in order; sections are nested and passages hold no two."""
    whole = Span(0, len(found.source.text))
    assert uncovered(found) == ()
    assert all(span in whole for span in found.headings())
    assert all(one.span.end <= other.span.start for one, other in pairwise(found.documents))
    assert all(one.span.end <= other.span.start for one, other in pairwise(found.boilerplate))
    assert all(one.span.end <= other.span.start for one, other in pairwise(found.passages))
    for document, sections in zip(found.documents, found.sections, strict=True):
        assert document.span in whole and sections[0].span == document.span
        assert list(sections) == sorted(sections, key=lambda section: section.span.start)
        assert all(_is_sound(section) for section in sections)
    for passage in found.passages:
        assert passage.text.strip() and passage.span in passage.section.span and passage.span in passage.document.span


def _is_sound(section: Section) -> bool:
    nested = section.parent is None or (section.span in section.parent.span and section.level > section.parent.level)
    return nested and (not section.heading or section.heading in section.span)


# Sound files


@cache
def sound(ending: str) -> bytes:
    """A small file of this ending, with a heading, text and, where it can have one, a table."""
    return _SOUND[ending]()


def word() -> bytes:
    body = numbered("总则", style="a1") + paragraph("正文在此。") + table(["项目", "金额"], ["甲", "5"])
    styles = style("a1", "heading 1")
    return word_file(body, styles=styles, numbering=numbering(level(0, "%1、", "chineseCounting")))


def book() -> bytes:
    made, stream = Workbook(), io.BytesIO()
    for row in (["项目", "金额"], ["甲", 5], ["乙", "=1"]):
        made.active.append(row)
    made.create_sheet("附表").append(["正文在此。"])
    made.save(stream)
    return stream.getvalue()


_MARKDOWN = "# 总则\n\n一、范围\n正文在此。\n\n| 项目 | 金额 |\n|---|---|\n| 甲 | 5 |\n\n```\n# 码\n```\n"
_PAGE = (
    "<html><head><meta charset=utf-8><title>通知</title></head><body><div class=nav><a href=x>首页</a></div>"
    "<h1>总则</h1><p>正文&amp;在此。</p><ol><li>甲<li>乙</ol><table><tr><th>项目<th>金额<tr><td>甲<td>5</table></body></html>"
)
_MESSAGE = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
)
_SOUND: Mapping[str, Callable[[], bytes]] = {
    "txt": lambda: "关于补贴的通知\n\n一、范围\n（一）对象。正文在此。\n1、甲；\n2、乙。\n\n第一条 附则。\n".encode(),
    "md": _MARKDOWN.encode,
    "csv": '项目,金额\n甲,"5,0"\n乙,"多\n行"\n'.encode,
    "html": _PAGE.encode,
    "mhtml": (_MESSAGE + _PAGE + "\r\n--b--\r\n").encode,
    "docx": word,
    "xlsx": book,
    "pdf": lambda: printed(*flowed("一、范围", "正文在此，" * 12 + "完。")),
}
ENDINGS = tuple(_SOUND)
PACKAGES = {"docx": "word/document.xml", "xlsx": "xl/worksheets/sheet1.xml"}


def repacked(
    content: bytes,
    changes: Mapping[str, Callable[[bytes], bytes | None]] = {},
    more: Mapping[str | ZipInfo, bytes] = {},
    packing: int = ZIP_DEFLATED,
) -> bytes:
    """The package with some parts changed (None: left out) and more added."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as before, ZipFile(stream, "w", packing) as after, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two parts of one name are what some tests are about
        parts = [(name, changes.get(name, bytes)(before.read(name))) for name in before.namelist()]
        for name, part in (*parts, *more.items()):
            if part is not None:
                after.writestr(name, part)
    return stream.getvalue()
