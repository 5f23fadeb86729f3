"""What the styles of a Word file say of paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.readers.word.numbering import Element, W, integer, switch, value

_HEADING_STYLE = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"title|标题", re.IGNORECASE)
#: Half-points of text of which no part of a file says how large it is.
_STANDARD_SIZE = 20
#: WPS calls the lines of a table of contents that was typed by hand 手动目录.
_CONTENTS_STYLE = re.compile(r"(?:toc|(?:WPSOffice)?(?:手动)?目录) ?[1-9]|toc (?:heading|标题)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says of its paragraphs, with what it inherits."""

    keys: tuple[str, ...] = ()  # of itself and those it is based on
    level: int = 0  # as a heading, from 1; 0 for none
    title: bool = False
    contents: bool = False
    bold: bool = False
    size: int = 0  # in half-points; 0 where nothing is said
    centred: bool = False
    list_key: str | None = None
    list_level: str | None = None


class Styles:
    """The styles of a file by their key."""

    def __init__(self, root: Element | None) -> None:
        nodes = [node for node in (() if root is None else root) if node.tag == W + "style"]
        self._nodes = {key: node for node in nodes if (key := node.get(W + "styleId"))}
        standard = [node for node in nodes if node.get(W + "default") in ("1", "true", "on")]
        self._standard = next(
            (node.get(W + "styleId") for node in standard if node.get(W + "type") == "paragraph"), None
        )
        self._known: dict[str | None, Style] = {}
        self._size = integer(value(root, "docDefaults", "rPrDefault", "rPr", "sz"), _STANDARD_SIZE)
        #: The list that each numbering style stands for.
        self.lists = {key: text for key, node in self._nodes.items() if (text := value(node, "pPr", "numPr", "numId"))}

    def of(self, key: str | None) -> Style:
        """The style of paragraphs that name this one; without a name, the standard style."""
        if key not in self._known:
            self._known[key] = self._resolved(key if key in self._nodes else self._standard)
        return self._known[key]

    def bold(self, key: str | None) -> bool:
        """Whether a style of characters is bold."""
        return key in self._nodes and self.of(key).bold

    def size(self, marks: Element | None, style: Style) -> int:
        """The size of a run with these properties in a paragraph of this style, in half-points."""
        key = value(marks, "rStyle")
        return (
            integer(value(marks, "sz")) or (self.of(key).size if key in self._nodes else 0) or style.size or self._size
        )

    def _resolved(self, key: str | None) -> Style:
        chain: dict[str, Element] = {}
        while key in self._nodes and key not in chain:
            chain[key] = self._nodes[key]
            key = value(chain[key], "basedOn")
        nodes = list(chain.values())
        names = [value(node, "name") or "" for node in nodes]
        return Style(
            keys=tuple(chain),
            level=next((level for node in nodes if (level := level_of(node)) is not None), 0),
            title=bool(names and _TITLE_STYLE.fullmatch(names[0])),
            contents=any(map(_CONTENTS_STYLE.fullmatch, names)),
            bold=next((bold for node in nodes if (bold := switch(node, "rPr", "b")) is not None), False),
            size=next((size for node in nodes if (size := integer(value(node, "rPr", "sz")))), 0),
            centred=next((side == "center" for node in nodes if (side := value(node, "pPr", "jc"))), False),
            list_key=next((text for node in nodes if (text := value(node, "pPr", "numPr", "numId"))), None),
            list_level=next((text for node in nodes if (text := value(node, "pPr", "numPr", "ilvl"))), None),
        )


def level_of(node: Element) -> int | None:
    """The level that a style or paragraph gives to headings, 0 for running text; None if it says nothing."""
    built_in = _HEADING_STYLE.fullmatch(value(node, "name") or "")
    if built_in:
        return int(built_in[1])
    outline = value(node, "pPr", "outlineLvl")
    if outline is None:
        return None
    level = integer(outline, -1) + 1
    return level if 1 <= level <= 9 else 0
