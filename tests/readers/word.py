"""Builds Word files out of bare XML, so that a test shows all that its file holds."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from assistant.readers.word import read_docx
from assistant.records import Extract
from assistant.settings import Limits

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_NAMESPACES = " ".join(
    f'xmlns:{short}="{name}"'
    for short, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": f"{_OFFICE}/relationships",
        "m": f"{_OFFICE}/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_ROOTS = {"header": "hdr", "footer": "ftr"}


def word_file(body: str, **parts: str) -> bytes:
    """A file with this body; `parts` are the insides of further parts by name (styles, footnotes, header1 …)."""
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/relationships/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for name in parts
    )
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", _part("document", f"<w:body>{body}</w:body>"))
        package.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, inner in parts.items():
            kind = name.rstrip("0123456789")
            package.writestr(f"word/{name}.xml", _part(_ROOTS.get(kind, kind), inner))
    return buffer.getvalue()


def _part(root: str, inner: str) -> str:
    return f"<w:{root} {_NAMESPACES}>{inner}</w:{root}>"


def read(body: str, **parts: str) -> Extract:
    return read_docx(word_file(body, **parts), "文件.docx", Limits())


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str = "", properties: str = "", style: str = "") -> str:
    """A paragraph of one run; `properties` are those of the paragraph."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run(text) if text else ''}</w:p>"


def numbered(text: str, level: int | str = 0, key: int | str = 1, style: str = "") -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>', style)


def table(*rows: Sequence[str]) -> str:
    """A table of cells, each given by its words or by its XML."""
    return f"<w:tbl>{''.join(map(row, rows))}</w:tbl>"


def row(cells: Sequence[str], properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(map(_cell, cells))}</w:tr>"


def _cell(content: str) -> str:
    if content.startswith("<w:tc>"):
        return content
    return f"<w:tc>{content if content.startswith('<') else paragraph(content)}</w:tc>"


def style(key: str, name: str, inner: str = "", based_on: str = "", kind: str = "paragraph") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name}"/>{base}{inner}</w:style>'


def level(at: int, pattern: str, format: str = "decimal", inner: str = "", start: int | str = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/>'
        f'<w:lvlText w:val="{pattern}"/>{inner}</w:lvl>'
    )


def definition(*levels: str, key: int = 0, inner: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{inner}{"".join(levels)}</w:abstractNum>'


def instance(key: int = 1, of: int = 0, inner: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{inner}</w:num>'


def numbering(*levels: str) -> str:
    """One list of these levels, by the key 1."""
    return definition(*levels) + instance()


def box(*paragraphs: str) -> str:
    return f"<w:drawing><w:txbxContent>{''.join(paragraphs)}</w:txbxContent></w:drawing>"


def alternatives(new: str, old: str) -> str:
    inner = f"<mc:Choice>{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    return f"<mc:AlternateContent>{inner}</mc:AlternateContent>"
