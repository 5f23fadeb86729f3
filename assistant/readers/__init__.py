"""Files → `Source`: one reader a format, found by the file's ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from assistant.errors import UnreadableFile
from assistant.readers.plain import decode
from assistant.records import Source

#: Decodes a file's bytes to (text, encoding); the second argument is the file's name, for messages.
Reader = Callable[[bytes, str], tuple[str, str]]

READERS: Mapping[str, Reader] = {
    ".txt": decode,
    ".text": decode,
    ".md": decode,
    ".markdown": decode,
}


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that has a reader; anything that stands in the way is `UnreadableFile`.

    What a file is comes before what it holds: a film is not read only to be refused, and a pipe would be waited for.
    """
    try:
        kind = path.stat().st_mode
        if S_ISDIR(kind):
            raise UnreadableFile(f"“{path}”是文件夹，不是文件。")
        if not S_ISREG(kind):
            raise UnreadableFile(f"“{path}”是管道或设备，不是普通文件，请先把内容存成文件。")
        _reader(path)
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件“{path}”，请检查路径。") from None
    except PermissionError:
        raise UnreadableFile(f"没有权限读取“{path}”，请修改权限后重试。") from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"无法读取“{path}”（{error}），请检查磁盘或路径。") from None


def read_source(path: Path, content: bytes) -> Source:
    """One file as text, decoded strictly as a whole or refused by name."""
    text, encoding = _reader(path)(content, path.name)
    return Source(id=sha256(content).hexdigest(), name=path.name, path=str(path), encoding=encoding, text=text)


def _reader(path: Path) -> Reader:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = "、".join(sorted(READERS))
        raise UnreadableFile(f"“{path.name}”的格式暂不支持，请另存为以下格式之一：{known}。")
    return reader
