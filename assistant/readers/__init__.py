"""Files → `Source` and `Extract`: one reader a format, found by the file's ending."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from assistant.errors import UnreadableFile
from assistant.records import Extract, Source
from assistant.settings import Limits

#: Turns a file's bytes into an `Extract` or raises `UnreadableFile`; the second argument is its name, for messages.
Reader = Callable[[bytes, str, Limits], Extract]

#: Ending → module and function; a reader is loaded with the first file of its format, since a question needs none.
READERS: Mapping[str, tuple[str, str]] = {
    ".txt": ("plain", "read_plain"),
    ".text": ("plain", "read_plain"),
    ".md": ("markdown", "read_markdown"),
    ".markdown": ("markdown", "read_markdown"),
    ".docx": ("word", "read_docx"),
    ".pdf": ("pdf", "read_pdf"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".mhtml": ("mhtml", "read_mhtml"),
    ".mht": ("mhtml", "read_mhtml"),
    ".csv": ("tables", "read_csv"),
    ".xlsx": ("tables", "read_xlsx"),
}
_IN_WORD = "请用 Word 或 WPS 打开，另存为 docx "
_IN_EXCEL = "请用 Excel 或 WPS 打开，另存为 xlsx "
_AS_PDF = "请用能打开它的程序另存为 PDF "
#: Formats that no reader is worth having for, and the way to one that has.
CONVERTED: Mapping[str, str] = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".wps", ".wpt", ".rtf", ".odt"), _IN_WORD),
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".et", ".ods"), _IN_EXCEL),
    **dict.fromkeys((".ppt", ".pptx", ".dps", ".odp", ".epub", ".ofd", ".caj", ".ceb"), _AS_PDF),
    **dict.fromkeys((".zip", ".rar", ".7z"), "请先解压"),
}

#: Half a character: what Python makes of a name whose bytes are no UTF-8.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: These, controls, line ends, and what turns the direction of the words that follow.
_UNSHOWN = re.compile(r"[\ud800-\udfff\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_bytes(path: Path, limits: Limits = Limits()) -> bytes:
    """The bytes of a file that has a reader; anything that stands in the way is `UnreadableFile`.

    What a file is comes before what it holds: a film is not read only to be refused, and a pipe would be waited for.
    """
    try:
        found = path.stat()
        if S_ISDIR(found.st_mode):
            raise UnreadableFile(f"“{shown(str(path))}”是文件夹，不是文件，请选择里面的文件。")
        if not S_ISREG(found.st_mode):
            raise UnreadableFile(f"“{shown(str(path))}”是管道或设备，不是普通文件，请先把内容存成文件。")
        _reader(path)
        if found.st_size > limits.file_bytes:
            raise UnreadableFile(
                f"文件“{shown(path.name)}”有 {found.st_size / 2**20:.0f} MB，"
                f"超过了 {limits.file_bytes / 2**20:.0f} MB 的上限，请拆成几个文件再收录。"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件“{shown(str(path))}”，请检查路径。") from None
    except PermissionError:
        raise UnreadableFile(f"没有权限读取“{shown(str(path))}”，请修改权限后重试。") from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"无法读取“{shown(str(path))}”（{shown(str(error))}），请检查磁盘或路径。") from None


def read_source(path: Path, content: bytes, limits: Limits = Limits()) -> tuple[Source, Extract]:
    """One file as text, with what its format says of it; a file that can't be read whole is refused by name."""
    reader = _reader(path)
    if not content:
        raise UnreadableFile(f"文件“{shown(path.name)}”是空的，没有可收录的文字，请检查是不是选错了文件。")
    found = reader(content, shown(path.name), limits)
    source = Source(
        id=sha256(content).hexdigest(),
        name=path.name,
        path=os.path.abspath(path),
        encoding=found.encoding,
        text=found.text,
        format=path.suffix.lower()[1:],
        plain=found.plain,
        pages=found.pages,
    )
    return source, found


def has_reader(path: Path) -> bool:
    """Whether files with this ending can be read."""
    return path.suffix.lower() in READERS


def conversion(path: Path) -> str | None:
    """How to turn a file that can't be read into one that can, as a sentence; None for a format we know nothing of."""
    way = CONVERTED.get(path.suffix.lower())
    return f"“{shown(path.name)}”的格式不能直接收录，{way}再收录。" if way else None


def shown(name: str) -> str:
    """A name as it may stand in a message: in one line, in its own order, and printable on any screen."""
    return _UNSHOWN.sub("\ufffd", name)


def _reader(path: Path) -> Reader:
    if _SURROGATE.search(str(path)):
        raise UnreadableFile(f"“{shown(str(path))}”的名字里有无法保存的字符，请改名后再收录。")
    place = READERS.get(path.suffix.lower())
    if place is None:
        known = "、".join(sorted(READERS))
        other = f"“{shown(path.name)}”的格式暂不支持，请另存为以下格式之一：{known}。"
        raise UnreadableFile(conversion(path) or other)
    module, function = place
    reader: Reader = getattr(import_module(f"{__name__}.{module}"), function)
    return reader
