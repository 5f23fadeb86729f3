"""Saved web pages: the text a reader sees, and what of it is content."""

from __future__ import annotations

import codecs
import re

from assistant.errors import UnreadableFile
from assistant.readers.html.blocks import page_text
from assistant.readers.html.rules import measured, set_aside
from assistant.readers.html.tree import parse, words_of
from assistant.readers.plain import BOMS, decode, refuse_longer
from assistant.records import Extract
from assistant.settings import Limits

#: Browsers look for it in the first kilobyte; old pages have it behind a long list of keywords.
_HEAD_BYTES = 16 * 1024
_DECLARED = re.compile(
    rb"<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]+)|<meta\s[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[A-Za-z0-9_.:-]+")
#: (names of Python's codecs, what browsers read such a page by).
_CODECS = tuple(
    (re.compile(pattern), codec)
    for pattern, codec in (
        (r"utf-8", "utf-8"),
        (r"gb2312|gbk|gb18030", "gb18030"),
        (r"big5|big5hkscs|cp950", "big5hkscs"),
        (r"shift_jis|cp932", "cp932"),
        (r"euc_kr|cp949", "cp949"),
        (r"euc_jp|iso2022_jp|hz|koi8-[ru]|cp125[013-8]|cp866|cp874|iso8859-(?:[2-8]|1\d)", ""),
    )
)
#: Editors wrote this into pages of any encoding, and every file decodes by it.
_ANYTHING = re.compile(r"ascii|iso8859-1|cp1252")


def read_html(content: bytes, name: str, limits: Limits) -> Extract:
    """A saved web page as text; what stands around its content is boilerplate."""
    return read_page(content, name, limits)


def read_page(content: bytes, name: str, limits: Limits, charset: str = "") -> Extract:
    """A web page as text; `charset` is what came with the page, and goes before what it says of itself."""
    characters, encoding = text_of(content, name, charset)
    nodes = parse(characters)
    page = measured(nodes)
    if not page.characters[0]:
        raise UnreadableFile(
            f"文件“{name}”里没有文字，可能要在浏览器里打开才会显示，请在浏览器里打开后另存为 PDF 或 txt 再收录。"
        )
    titles = (words_of(nodes, at) for at, node in enumerate(nodes) if node.tag == "title" and page.seen[node.parent])
    title = next(titles, "")
    aside = set_aside(page, title)
    text, layout = page_text(page, aside, title)
    pictures = sum(node.tag == "img" and page.seen[at] and not aside[at] for at, node in enumerate(nodes))
    warnings = (f"有 {pictures} 张图片，图片里的文字没有收录。",) if pictures else ()
    return Extract(refuse_longer(text, name, limits), encoding, layout, warnings=warnings)


def text_of(content: bytes, name: str, charset: str) -> tuple[str, str]:
    """The characters by their byte order mark, or by what is declared, or by what the bytes are; and the encoding."""
    marks = [encoding for bom, encoding in BOMS if content.startswith(bom)]
    declared = [charset, *(label.decode() for match in _DECLARED.findall(content[:_HEAD_BYTES]) for label in match)]
    names = [_codec_name(label) for label in declared]
    for encoding in marks or [encoding for codec in names if (encoding := _codec(codec))]:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    try:
        # Browsers pass over NULs; in UTF-16 each is half of a character.
        return decode(content if marks else content.replace(b"\0", b""), name)
    except UnreadableFile as unreadable:
        if not content.strip() or not any(_ANYTHING.fullmatch(codec) for codec in names):
            raise
        try:
            return content.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            raise unreadable from None


def _codec_name(label: str) -> str:
    """Python's name of an encoding; "" for one it does not know."""
    try:
        return codecs.lookup(label).name if _LABEL.fullmatch(label) else ""
    except LookupError:
        return ""


def _codec(name: str) -> str:
    """What browsers read an encoding by; "" for one that says nothing of a page that could be read so far."""
    return next((codec or name for pattern, codec in _CODECS if pattern.fullmatch(name)), "")
