"""The parts of a Word package that hold text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from posixpath import join, normpath

from assistant.readers.word.numbering import Element, W

#: The document itself.
MAIN = "word/document.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: "Strict" files use other names for the same things.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
#: The parts that are read, by the last word of their relation to the document.
_PARTS = ("styles", "numbering", "footnotes", "endnotes", "comments", "header", "footer")


class Parts:
    """The parts of a package that hold text, each found by its relation to the document and parsed once."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.document = _parsed(package.read(MAIN))
        self._by_key: dict[str, tuple[str, Element]] = {}
        names = {name.lower(): name for name in package.namelist()}
        relations = names.get("word/_rels/document.xml.rels")
        roots: dict[str, Element] = {}
        for relation in _parsed(package.read(relations)) if relations else ():
            kind = (relation.get("Type") or "").rpartition("/")[2]
            path = normpath(join("/word", relation.get("Target") or "")).strip("/").lower()
            # What does not end so has not been looked over by `open_package`.
            if kind in _PARTS and path in names and path.endswith(".xml"):
                if path not in roots:
                    roots[path] = _parsed(package.read(names[path]))
                self._by_key[relation.get("Id") or ""] = kind, roots[path]

    def all(self, kind: str) -> list[Element]:
        """The parts of a kind, the first first."""
        return [root for found, root in self._by_key.values() if found == kind]

    def first(self, kind: str) -> Element | None:
        return next(iter(self.all(kind)), None)

    def running(self) -> Iterator[tuple[str, Element]]:
        """The headers and footers that sections of the document use, with their kind."""
        sections = self.document.iter(W + "headerReference", W + "footerReference")
        for key in dict.fromkeys(reference.get(_RELATION) or "" for reference in sections):
            if key in self._by_key:
                yield self._by_key[key]


def _parsed(content: bytes) -> Element:
    from docx.oxml import parse_xml

    for strict, usual in _STRICT:
        content = content.replace(strict, usual)
    root: Element = parse_xml(content)
    return root
