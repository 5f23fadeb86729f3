"""Plain text: strict decoding of the whole file, in the encodings Chinese files come in."""

from __future__ import annotations

import codecs
import re

from assistant.errors import UnreadableFile
from assistant.records import Extract
from assistant.settings import Limits

#: Control characters that no text file holds; tab, line ends and form feed are text.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Lead bytes of the everyday characters (level 1) in the two double-byte families.
_EVERYDAY = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}
#: A shorter or rarer text than this share of everyday characters is not Chinese prose but bytes that happen to decode.
_PLAUSIBLE = 0.5


def read_plain(content: bytes, name: str, limits: Limits) -> Extract:
    """A text file as it is."""
    text, encoding = decode(content, name)
    return Extract(refuse_longer(text, name, limits), encoding, plain=True)


def refuse_longer(text: str, name: str, limits: Limits) -> str:
    """The text, unless it is longer than a file may be."""
    if len(text) > limits.characters:
        raise UnreadableFile(
            f"文件“{name}”有 {len(text) / 1e4:.0f} 万字，超过了 {limits.characters / 1e4:.0f} 万字的上限，"
            "请拆成几个文件再收录。"
        )
    return text


def decode(content: bytes, name: str) -> tuple[str, str]:
    """(text, encoding) of a text file; `UnreadableFile` when it is empty, binary or in no encoding tried."""
    if not content.strip():
        raise UnreadableFile(f"文件“{name}”是空的，没有可收录的文字，请检查是不是选错了文件。")
    encoding = _encoding(content)
    text = content.decode(encoding) if encoding else ""
    if encoding is None or _BINARY.search(text):
        raise UnreadableFile(f"文件“{name}”不是文本文件，或者编码无法识别，请用记事本打开后另存为 UTF-8 再试。")
    if not text.strip():
        raise UnreadableFile(f"文件“{name}”是空的，没有可收录的文字，请检查是不是选错了文件。")
    return text, encoding


def _encoding(content: bytes) -> str | None:
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return encoding if _decodes(content, encoding) else None
    if _decodes(content, "utf-8"):
        return "utf-8"
    # Nearly every Big5 file also decodes as GB18030, to rare characters; the everyday ones tell the two apart.
    shares = {encoding: _everyday_share(content, encoding) for encoding in _EVERYDAY if _decodes(content, encoding)}
    best = max(shares, key=lambda encoding: shares[encoding], default=None)
    return best if best is not None and shares[best] >= _PLAUSIBLE else None


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _everyday_share(content: bytes, encoding: str) -> float:
    """Share of the non-ASCII characters that are everyday ones or punctuation of this encoding."""
    low, high = _EVERYDAY[encoding]
    foreign = [character.encode(encoding) for character in content.decode(encoding) if ord(character) > 127]
    everyday = sum(low <= code[0] <= high or 0xA1 <= code[0] <= 0xA3 for code in foreign if len(code) == 2)
    return everyday / len(foreign) if foreign else 0.0
