"""Word files: the text as Word shows it, with the numbers that Word only counts, and the places of its parts.

    parts      the files inside the package, parsed by python-docx
    styles     what the styles say of paragraphs
    numbering  the numbers of lists
    story      paragraphs and tables as text
    page       the text with the places of its parts

Only the parser of python-docx is used: its `Document` refuses sound files (templates, files with a dead link inside)
and walks tables so slowly that a long one takes minutes.
"""

from __future__ import annotations

from assistant.errors import UnreadableFile
from assistant.readers.package import BROKEN, damaged, open_package
from assistant.readers.plain import refuse_longer
from assistant.readers.word.numbering import W, below
from assistant.readers.word.page import Page
from assistant.readers.word.parts import MAIN, Parts
from assistant.readers.word.story import Story, Unread
from assistant.records import Extract
from assistant.settings import Limits

__all__ = ["read_docx"]


def read_docx(content: bytes, name: str, limits: Limits) -> Extract:
    """A Word file as text: paragraphs and rows of tables are lines, notes and text boxes follow where they belong."""
    try:
        with open_package(content, name, MAIN, limits) as package:
            parts = Parts(package)
    except BROKEN as error:
        raise damaged(name) from error
    story = Story(parts)
    page = Page(story)
    body = below(parts.document, "body")
    if body is not None:
        page.measure(body)
        page.body(body)
    if not page.filled:
        raise UnreadableFile(_empty(name, story.unread[Unread.PICTURES]))
    page.running_titles(parts)
    story.unread[Unread.COMMENTS] = sum(1 for root in parts.all("comments") for _ in root.iter(W + "comment"))
    story.unread[Unread.EMBEDDED] = sum(1 for _ in parts.document.iter(W + "altChunk", W + "subDoc"))
    warnings = tuple(kind.format(story.unread[kind]) for kind in Unread if story.unread[kind])
    return Extract(refuse_longer(page.text(), name, limits), layout=page.layout(), warnings=warnings)


def _empty(name: str, pictures: int) -> str:
    if pictures:
        return f"文件“{name}”里没有文字，只有 {pictures} 张图片，请先用识别文字的软件（OCR）转成文字再收录。"
    return f"文件“{name}”里没有文字，请检查是不是选错了文件。"
