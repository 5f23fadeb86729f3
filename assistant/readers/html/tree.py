"""A page's markup as a flat list of nodes, in the order of the page; a nesting of any depth costs no recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser


def tags(names: str) -> frozenset[str]:
    """Names written in one line."""
    return frozenset(names.split())


HEADINGS = tags("h1 h2 h3 h4 h5 h6")
PREFORMATTED = tags("pre listing xmp plaintext")
CELLS = tags("td th")
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_ROW = CELLS | {"tr"}
#: What no paragraph and no heading goes on behind.
_STRUCTURE = tags(
    "address article aside blockquote center details dialog dir dl fieldset figure footer form header hgroup hr main "
    "menu nav ol p section table ul"
)
#: Elements that begin and end a line.
BLOCKS = (
    _STRUCTURE
    | HEADINGS
    | PREFORMATTED
    | _SECTIONS
    | _ROW
    | {"body", "caption", "dd", "div", "dt", "figcaption", "html", "legend", "li", "optgroup", "option", "select"}
    | {"summary", "textarea", "title"}
)
_VOID = tags("area base br col embed frame hr img input link meta param source track wbr")
#: What may stand only once; a page's content goes on behind a misplaced end of it.
_ROOTS = frozenset({"html", "body"})

_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_BOX = frozenset({"table", "td", "th", "caption", "button"})
_OUTSIDE_LINE = BLOCKS | {"meta", "link", "script", "style"}
#: (elements, what their start ends if it is open, what keeps it open): the end tags that HTML lets a writer leave out.
_IMPLIED: tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...] = (
    (_STRUCTURE | HEADINGS | PREFORMATTED | {"div", "li", "dd", "dt"}, frozenset({"p"}), _BOX),
    (_STRUCTURE | HEADINGS, HEADINGS, _BOX),
    (frozenset({"li"}), frozenset({"li"}), _LISTS | _BOX),
    (frozenset({"dt", "dd"}), frozenset({"dt", "dd"}), frozenset({"dl"}) | _BOX),
    (CELLS, CELLS | {"caption"}, frozenset({"tr", "table"})),
    (frozenset({"tr"}), _ROW | {"caption"}, frozenset({"table"})),
    (_SECTIONS, _SECTIONS | _ROW | {"caption"}, frozenset({"table"})),
    (frozenset({"option", "optgroup"}), frozenset({"option"}), frozenset({"select"})),
    # A page whose writer forgot to close these would show nothing.
    (_OUTSIDE_LINE, frozenset({"title"}), frozenset()),
    (BLOCKS - {"title"}, frozenset({"svg"}), frozenset()),
    (frozenset({"a"}), frozenset({"a"}), BLOCKS),
)
_CLOSED_BY: Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]] = {
    tag: tuple((closed, kept) for starting, closed, kept in _IMPLIED if tag in starting)
    for tag in {tag for starting, _, _ in _IMPLIED for tag in starting}
}
#: The end of one of these ends whatever is open inside; that of another element reaches no further than its cell.
_TABLE_PARTS = _ROW | _SECTIONS | {"table"}

#: Python refuses to read a number of thousands of digits; the last character has seven.
_ZEROS = re.compile(r"(?<=&#)0++(?=\d)")
_TOO_LARGE = re.compile(r"&#\d{8,}+;?")
#: Ends an open comment or tag, and is nothing elsewhere: else each open one is looked through to the end of the page.
_END = "<!---->"


@dataclass(slots=True)
class Node:
    """An element, or a run of text where `tag` is ""; `end` is the number of the first node behind it.

    Not frozen, since `end` is known only when the element is closed.
    """

    tag: str
    parent: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    linked: bool = False
    end: int = 0

    def style(self, property: str) -> str:
        """What the element's own style says of a property, in lower case; "" if nothing."""
        declarations = (each.partition(":") for each in self.attributes.get("style", "").lower().split(";"))
        return next((value.strip() for name, _, value in declarations if name.strip() == property), "")


def parse(markup: str) -> list[Node]:
    """The nodes of a page; the first is the page itself, and every other one's parent stands before it."""
    parser = _Parser()
    parser.feed(_TOO_LARGE.sub("\ufffd", _ZEROS.sub("", markup.replace("\0", ""))) + _END)
    parser.close()
    parser.end_to(0)
    return parser.nodes


def words_of(nodes: Sequence[Node], number: int) -> str:
    """All text inside a node, blanks folded."""
    return " ".join("".join(node.text for node in nodes[number : nodes[number].end]).split())


class _Parser(HTMLParser):
    """Keeps for each tag where it is open, so that every end tag finds its start, or that it has none, at once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.nodes = [Node("", -1)]
        self._open = [0]  # numbers of the open nodes, outermost first
        self._depths: dict[str, list[int]] = {}  # for each tag, how deep in `_open` it stands
        self._blocks: list[int] = []  # the depths of all blocks
        self._in_link = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _ROOTS and self._deepest({tag}) > 0:
            return
        for closed, kept in _CLOSED_BY.get(tag, ()):
            depth = self._deepest(closed)
            if depth > self._deepest(kept):
                # The outermost of them that nothing keeps open: a new row ends its forerunner, not only the last cell.
                self.end_to(min(self._depths_above(closed, self._deepest(kept))))
        if tag == "a":
            self._in_link = any(name == "href" for name, _ in attributes)
        found = {name: value or "" for name, value in reversed(attributes)}
        self.nodes.append(Node(tag, self._open[-1], found, linked=self._in_link))
        if tag in _VOID:
            self.nodes[-1].end = len(self.nodes)
            return
        if tag in BLOCKS:
            self._blocks.append(len(self._open))
        self._depths.setdefault(tag, []).append(len(self._open))
        self._open.append(len(self.nodes) - 1)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        if tag == "p" and self._deepest({"p"}) <= self._deepest(_BOX):
            self.handle_starttag("br", [])
        # A browser lets </h3> end <h2>, too.
        depth = self._deepest(HEADINGS if tag in HEADINGS else {tag})
        if tag not in _ROOTS and depth > self._barrier(tag):
            self.end_to(depth)

    def handle_data(self, data: str) -> None:
        self.nodes.append(Node("", self._open[-1], text=data, linked=self._in_link, end=len(self.nodes) + 1))

    def parse_html_declaration(self, i: int) -> int:
        # The library raises on declarations it does not know (<![if IE]>); to a browser they are comments.
        return self.parse_comment(i) if self.rawdata.startswith("<!--", i) else self.parse_bogus_comment(i)

    def end_to(self, depth: int) -> None:
        """End the node at this depth and all inside it."""
        for number in reversed(self._open[depth:]):
            node = self.nodes[number]
            node.end = len(self.nodes)
            if node.tag in self._depths:
                self._depths[node.tag].pop()
        del self._open[depth:]
        while self._blocks and self._blocks[-1] >= depth:
            self._blocks.pop()

    def _deepest(self, among: frozenset[str] | set[str]) -> int:
        return max((self._depths[tag][-1] for tag in among if self._depths.get(tag)), default=0)

    def _depths_above(self, among: frozenset[str], limit: int) -> Iterator[int]:
        for tag in among:
            for depth in reversed(self._depths.get(tag, ())):
                if depth <= limit:
                    break
                yield depth

    def _barrier(self, tag: str) -> int:
        """The depth that this tag's end does not reach beyond."""
        if tag == "table":
            return 0
        if tag in _TABLE_PARTS:
            return self._deepest({"table"})
        if tag in BLOCKS:
            return self._deepest(CELLS)
        return self._blocks[-1] if self._blocks else 0
