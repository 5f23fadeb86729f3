"""Web pages saved as one file: the page inside it, read like any other."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MessageError,
)
from email.message import Message

from assistant.errors import UnreadableFile
from assistant.readers.html import read_page, text_of
from assistant.readers.plain import refuse_longer
from assistant.records import Extract
from assistant.settings import Limits

#: What the library lets through on headers it can't make sense of, and on parts nested without end.
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)
#: A part that breaks off is cut, or its file is.
_CUT = (InvalidBase64LengthDefect, InvalidBase64PaddingDefect)


def read_mhtml(content: bytes, name: str, limits: Limits) -> Extract:
    """The page of a web archive as text; its pictures, styles and frames are left out."""
    try:
        kind, body, charset = _page(content)
    except _BROKEN as error:
        raise _damaged(name) from error
    if not body.strip():
        raise _damaged(name)
    if kind == "text/html":
        return read_page(body, name, limits, charset)
    text, encoding = text_of(body, name, charset)
    if not text.strip():
        raise _damaged(name)
    return Extract(refuse_longer(text, name, limits), encoding)


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(f"文件“{name}”已损坏或不完整，请在浏览器里重新打开网页，另存为 PDF 或 mhtml 再收录。")


def _page(content: bytes) -> tuple[str, bytes, str]:
    """(type, bytes, charset) of the part that is the page; `ValueError` if there is none or it is cut off."""
    archive = message_from_bytes(content, policy=policy.default)
    if archive["Content-Type"] is None:
        raise ValueError("no message")
    parts = [part for part in _leaves(archive) if part.get_content_type() in ("text/html", "text/plain")]
    pages = [part for part in parts if part.get_content_type() == "text/html"] or parts
    page = next((part for part in pages if _is_named(part, archive)), pages[0])
    body = page.get_payload(decode=True)
    unfinished = any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in archive.defects)
    if not isinstance(body, bytes) or (unfinished and page is _last(archive)):
        raise ValueError("cut off")
    if any(isinstance(defect, _CUT) for defect in page.defects):
        raise ValueError("cut off")
    return page.get_content_type(), body, str(page.get_param("charset", ""))


def _leaves(message: Message) -> Iterator[Message]:
    """All parts that are not made of parts, in order."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart():
            waiting.extend(reversed([each for each in part.get_payload() if isinstance(each, Message)]))
        else:
            yield part


def _last(message: Message) -> Message:
    *_, last = _leaves(message)
    return last


def _is_named(part: Message, archive: Message) -> bool:
    """Whether the archive says that this part is the page."""
    start = str(archive.get_param("start", "")).strip()
    places = {
        str(archive[header]).strip() for header in ("Content-Location", "Snapshot-Content-Location") if archive[header]
    }
    if start:
        return str(part["Content-ID"] or "").strip() == start
    return str(part["Content-Location"] or "").strip() in places
