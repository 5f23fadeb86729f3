"""Word files and workbooks are ZIP packages of XML: looked over before any library unpacks them."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

from assistant.errors import UnreadableFile
from assistant.settings import Limits

#: How the files begin that Office wrote before 2007; since then, those it encrypts.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: What no package of Office holds, and what makes an XML parser fetch other files or grow without end.
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
#: The encodings that XML parsers know by the first bytes of a file, but for those that write ASCII as it is.
_ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037")
_ENCODED = tuple(mark.decode().encode(encoding) for mark in _DECLARATIONS for encoding in _ENCODINGS)
#: How Office packs. What Python's other decompressors make of a few bytes can't be bounded, and may be gigabytes.
_PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What zipfile, its decompressors and the XML parsers raise on broken bytes (lxml's XMLSyntaxError is a SyntaxError).
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    SyntaxError,
    LookupError,
    ValueError,
    EOFError,
    OSError,
    RuntimeError,
)
_XML = (".xml", ".rels")
#: Where a workbook lists its sheets and their kinds, and the names there.
_LISTS = ("[content_types].xml", "xl/_rels/workbook.xml.rels")
_NAME = re.compile(rb"(?:PartName|Target)\s*=\s*[\"'][^\"']*?([^\"'/]+)[\"']")
#: Bytes of a part that are looked through for declarations at once.
_BLOCK = 1 << 20
#: No mark of a declaration is longer, in any encoding.
_LONGEST_MARK = max(map(len, _ENCODED))


def open_package(content: bytes, name: str, part: str, limits: Limits) -> zipfile.ZipFile:
    """The package, if it holds `part` and nothing that does harm; else `UnreadableFile`.

    Names inside are never used as paths, so that they can't lead anywhere.
    """
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            raise UnreadableFile(f"文件“{name}”设有打开密码，请在 Office 或 WPS 里去掉密码，保存后再试。")
        raise UnreadableFile(f"文件“{name}”是旧版 Office 格式，请用 Office 或 WPS 打开后另存为 docx 或 xlsx 再试。")
    try:
        package = zipfile.ZipFile(BytesIO(content))
        _refuse_harmful(package, name, limits)
        package.getinfo(part)
    except BROKEN as error:
        raise damaged(name) from error
    return package


def damaged(name: str) -> UnreadableFile:
    return UnreadableFile(f"文件“{name}”已损坏或不完整，请重新取得这个文件，或用 Office、WPS 打开后另存一份再试。")


def _refuse_harmful(package: zipfile.ZipFile, name: str, limits: Limits) -> None:
    members = package.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if (
        len(members) > limits.packed_files
        or unpacked > limits.unpacked_bytes
        or (unpacked > _BLOCK and unpacked > packed * limits.unpacked_ratio)
    ):
        raise UnreadableFile(f"文件“{name}”解开后大得不正常，为安全起见没有收录，请把文字另存为 txt 再试。")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(f"文件“{name}”设有密码，请去掉密码后再试。")
    if any(member.compress_type not in _PACKED_BY for member in members) or _ambiguous(members):
        raise damaged(name)
    named = _named(package)
    for member in members:
        looked_over = member.filename.lower().endswith(_XML) or member.filename.rpartition("/")[2] in named
        if looked_over and _declares(package, member):
            raise UnreadableFile(f"文件“{name}”里有不安全的 XML 声明，没有收录，请把文字另存为 txt 再试。")


def _named(package: zipfile.ZipFile) -> frozenset[str]:
    """The last step of each name by which a workbook may call a part its own, whatever that ends with."""
    # Without NULs UTF-16 reads as ASCII, too.
    lists = [package.read(each).replace(b"\0", b"") for each in package.namelist() if each.lower().endswith(_LISTS)]
    return frozenset(match[1].decode("utf-8", "replace") for each in lists for match in _NAME.finditer(each))


def _ambiguous(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether two parts of one name differ: only one would be read, and the words of the other be lost."""
    named = {(member.filename.lower(), member.CRC) for member in members}
    return len({name for name, _ in named}) < len(named)


def _declares(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part declares a document type; unpacking it also finds out whether it is as large as it says."""
    tail = b""
    with package.open(member) as part:
        while block := part.read(_BLOCK):
            seen = tail + block
            if any(mark in seen for mark in (*_DECLARATIONS, *_ENCODED)):
                return True
            tail = block[-_LONGEST_MARK:]
    return False
