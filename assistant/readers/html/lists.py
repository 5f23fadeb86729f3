"""The numbers that a browser shows before the items of a list, and that no page holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.readers.html.tree import Node

_NUMBER = re.compile(r"\s*[+-]?\d{1,9}")
_MARK_STYLES = ("list-style", "list-style-type")
#: A writer who numbers items by hand has switched the browser's numbers off.
_NUMBERED = re.compile(
    r"\s*(?:[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）]|(?:\d{1,3}|[一二三四五六七八九十]{1,3})[、.．])"
)
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LARGEST_ROMAN = 3999


class Numbers:
    """Counts the items of each list of a page, in the order of the page."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._next: dict[int, int] = {}  # for each list, the number of its next item

    def before(self, number: int) -> str:
        """What stands before a list item with a blank behind it; "" where a browser shows no number."""
        item = self._nodes[number]
        parent = self._nodes[item.parent]
        if parent.tag != "ol":
            return ""
        value = _integer(item, "value", self._next.get(item.parent, _integer(parent, "start", 1)))
        self._next[item.parent] = value + 1
        if any("none" in node.style(name).split() for node in (item, parent) for name in _MARK_STYLES):
            return ""
        return f"{_numeral(value, item.attributes.get('type') or parent.attributes.get('type', '1'))}. "


def numbered_by_hand(text: str) -> bool:
    """Whether the words of an item begin with a number of their own."""
    return bool(_NUMBERED.match(text))


def _integer(node: Node, name: str, otherwise: int) -> int:
    found = _NUMBER.match(node.attributes.get(name, ""))
    return int(found[0]) if found else otherwise


def _numeral(value: int, kind: str) -> str:
    if kind in ("a", "A") and value > 0:
        letters = _letters(value)
    elif kind in ("i", "I") and 0 < value <= _LARGEST_ROMAN:
        letters = _roman(value)
    else:
        return str(value)
    return letters.upper() if kind.isupper() else letters


def _letters(value: int) -> str:
    letters = ""
    while value:
        value, letter = divmod(value - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def _roman(value: int) -> str:
    letters = ""
    for worth, sign in _ROMAN:
        count, value = divmod(value, worth)
        letters += sign * count
    return letters
