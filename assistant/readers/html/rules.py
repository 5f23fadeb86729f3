"""What of a page is seen, what of it is a table, and what stands around its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from assistant.readers.html.tree import CELLS, HEADINGS, Node, tags, words_of

_UNSEEN = tags(
    "script style template noscript noframes noembed svg title iframe audio video canvas datalist rp annotation"
)
_UNSEEN_STYLES = (("display", "none"), ("visibility", "hidden"))

#: A cell that holds more than this is a column of a page, not of a table.
_CELL_CHARACTERS = 300

_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "button", "select", "textarea"})
#: Of these alone no site makes its whole page.
_SURELY_ASIDE_TAGS = frozenset({"nav", "footer"})
_ASIDE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_ASIDE_WORDS = tags(
    "nav navbar navigation menu breadcrumb breadcrumbs crumb crumbs sidebar footer share related recommend pagination "
    "pager comment comments copyright toolbar advert ad ads"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: These stand for the page or its content, whatever their class says of the design (`<body class="has-sidebar">`).
_NEVER_BY_CLASS = frozenset({"html", "body", "main", "article"})
_LINK_BLOCKS = frozenset({"li", "p", "div", "td", "ul"})
_LINK_SHARE = 0.6
#: A single link this short is a button (返回首页); a longer one may be what a paragraph is about.
_BUTTON_CHARACTERS = 12
#: A sentence with links in it, or the files that belong to a notice.
_CONTENT = re.compile(r"。|附件\s*[0-9一二三四五六七八九十]*\s*[:：.、]")
#: The path to a page, of which the last steps are often no links.
_PATH = re.compile(r"\s*(?:您|你)?(?:当前|现在)?(?:的|所在)*位置\s*(?:[:：]|\Z)")
_PATH_CHARACTERS = 100
#: What stands in a page's title between the name of its content and that of the site.
_BEFORE_SITE = ("", *"_|｜—–-·")
#: A shorter heading may begin a title by chance.
_SHORTEST_TITLE = 4
#: What is longer names nothing, and is compared by its beginning.
_LONGEST_TITLE = 400
#: If less of a page is left, the rules were wrong about it; what holds more than the rest is no single piece of it.
_CONTENT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of data by the numbers of its nodes; rows without words are left out."""

    rows: tuple[tuple[int, ...], ...]
    captions: tuple[int, ...]
    named: tuple[bool, ...]  # for each row, whether the markup says that it names the columns


@dataclass(frozen=True, slots=True)
class Page:
    """The nodes of a page, for each whether it is seen and how many characters it holds; and its tables of data."""

    nodes: Sequence[Node]
    seen: Sequence[bool]
    characters: Sequence[int]
    tables: dict[int, Grid]


def measured(nodes: Sequence[Node]) -> Page:
    """The page, looked over."""
    seen: list[bool] = []
    for number, node in enumerate(nodes):
        seen.append((number == 0 or seen[node.parent]) and not _unseen(node))
    characters = _inside(nodes, (len("".join(node.text.split())) * seen[at] for at, node in enumerate(nodes)))
    return Page(nodes, seen, characters, _grids(nodes, seen, characters))


def set_aside(page: Page, title: str) -> list[bool]:
    """For each node whether it stands around the content: by all rules, or by fewer where those leave too little.

    `title` is what a browser shows above the page: the name of its content, and often that of the site.
    """
    total = page.characters[0]
    aside = _by_rules(page)
    if _left(page, aside) < total * _CONTENT_SHARE:
        aside = _inherited(page, [node.tag in _SURELY_ASIDE_TAGS for node in page.nodes])
    for at in _site_names(page, aside, title):
        aside[at : page.nodes[at].end] = [True] * (page.nodes[at].end - at)
    return aside if _left(page, aside) else [False] * len(page.nodes)


def names_content(heading: str, title: str) -> bool:
    """Whether a page's title in the browser begins with a heading, alone or before the name of the site."""
    begins = len(_bare(heading)) >= _SHORTEST_TITLE and _bare(title).startswith(_bare(heading))
    return begins and _rest(heading, title)[:1] in _BEFORE_SITE


def _rest(heading: str, title: str) -> str:
    """What a title that begins with a heading says behind it."""
    return _bare(title)[len(_bare(heading)) :]


def _bare(text: str) -> str:
    return "".join(text[:_LONGEST_TITLE].split())


def _site_names(page: Page, aside: Sequence[bool], title: str) -> list[int]:
    """The headings above that of the content which say what the title says behind it."""
    nodes = page.nodes
    headings = [at for at, node in enumerate(nodes) if node.tag in HEADINGS and page.characters[at] and not aside[at]]
    words = {at: words_of(nodes, at) for at in headings}
    content = next((at for at in headings if names_content(words[at], title)), 0)
    return [at for at in headings if at < content and _bare(words[at]) in _rest(words[content], title)]


def _unseen(node: Node) -> bool:
    if node.tag in _UNSEEN or "hidden" in node.attributes:
        return True
    return any(node.style(name).startswith(value) for name, value in _UNSEEN_STYLES)


def _inside(nodes: Sequence[Node], values: Iterable[int]) -> list[int]:
    """For each node the sum of the values of all nodes inside it."""
    sums = list(accumulate(values, initial=0))
    return [sums[node.end] - sums[number] for number, node in enumerate(nodes)]


def _grids(nodes: Sequence[Node], seen: Sequence[bool], characters: Sequence[int]) -> dict[int, Grid]:
    rows: dict[int, dict[int, list[int]]] = {}  # table → row → cells
    captions: dict[int, list[int]] = {}
    layout: set[int] = set()
    table_of, row_of = [0] * len(nodes), [0] * len(nodes)
    for number, node in enumerate(nodes[1:], 1):
        table, row = table_of[node.parent], row_of[node.parent]
        if node.tag in CELLS and table and seen[number]:
            rows[table].setdefault(row or node.parent, []).append(number)
        elif node.tag == "caption" and table:
            captions[table].append(number)
        elif node.tag in HEADINGS or node.tag == "table":
            layout.add(table)
        if node.tag == "table":
            rows[number], captions[number] = {}, []
        table_of[number] = number if node.tag == "table" else table
        row_of[number] = number if node.tag == "tr" else row * (node.tag != "table")
    found = {table: _grid(nodes, characters, rows[table], captions[table]) for table in rows if table not in layout}
    return {table: grid for table, grid in found.items() if _is_data(table, grid, characters)}


def _grid(nodes: Sequence[Node], characters: Sequence[int], rows: dict[int, list[int]], captions: list[int]) -> Grid:
    filled = {row: cells for row, cells in rows.items() if any(characters[cell] for cell in cells)}
    named = tuple(
        "thead" in (nodes[row].tag, nodes[nodes[row].parent].tag) or all(nodes[cell].tag == "th" for cell in cells)
        for row, cells in filled.items()
    )
    return Grid(tuple(map(tuple, filled.values())), tuple(captions), named)


def _is_data(table: int, grid: Grid, characters: Sequence[int]) -> bool:
    cells = [cell for row in grid.rows for cell in row]
    return (
        len(grid.rows) > 1
        and max(sum(characters[cell] > 0 for cell in row) for row in grid.rows) > 1
        and max(characters[cell] for cell in cells) <= _CELL_CHARACTERS
        # Text between the cells would be lost.
        and characters[table] == sum(characters[part] for part in (*cells, *grid.captions))
    )


def _by_rules(page: Page) -> list[bool]:
    by_links = _link_blocks(page)
    lines = _inside(
        page.nodes, (node.tag in ("h1", "p") and page.characters[at] > 0 for at, node in enumerate(page.nodes))
    )
    own = [
        node.tag in _ASIDE_TAGS
        or node.attributes.get("role", "").lower() in _ASIDE_ROLES
        or by_links[number]
        or (node.tag == "header" and page.nodes[node.parent].tag in ("body", "html", "") and not lines[number])
        or (_aside_by_class(node) and page.characters[number] < page.characters[0] * (1 - _CONTENT_SHARE))
        for number, node in enumerate(page.nodes)
    ]
    aside = _inherited(page, own)
    main = _main(page)
    return _outside(page, main, aside) if main else aside


def _inherited(page: Page, own: Sequence[bool]) -> list[bool]:
    """What lies in a node set aside is set aside; headings and tables are so as a whole or not at all."""
    aside: list[bool] = []
    whole = 0
    for number, node in enumerate(page.nodes):
        aside.append((number > 0 and aside[node.parent]) or (own[number] and number >= whole))
        if node.tag in HEADINGS or number in page.tables:
            whole = max(whole, node.end)
    return aside


def _left(page: Page, aside: Sequence[bool]) -> int:
    return sum(page.characters[at] for at, node in enumerate(page.nodes) if not node.tag and at and not aside[at])


def _aside_by_class(node: Node) -> bool:
    if node.tag in _NEVER_BY_CLASS:
        return False
    names = f"{node.attributes.get('class', '')} {node.attributes.get('id', '')}"
    return any(word.lower() in _ASIDE_WORDS for word in _WORD.findall(names))


def _link_blocks(page: Page) -> list[bool]:
    """Blocks mostly made of links. Those in a table are data, and a page's own title may link to itself."""
    nodes, characters = page.nodes, page.characters
    in_table = [False] * len(nodes)
    for number in page.tables:
        in_table[number : nodes[number].end] = [True] * (nodes[number].end - number)

    def inside(counts: Callable[[Node], bool]) -> list[int]:
        return _inside(nodes, (page.seen[at] and counts(node) for at, node in enumerate(nodes)))

    links = inside(lambda node: node.tag == "a" and node.linked)
    paths = inside(lambda node: bool(_PATH.match(node.text)))
    content = inside(lambda node: node.tag == "h1" or bool(_CONTENT.search(node.text)))
    in_links = (not node.tag and node.linked and not in_table[at] for at, node in enumerate(nodes))
    linked = _inside(nodes, (characters[at] * each for at, each in enumerate(in_links)))

    def is_row_of_links(at: int) -> bool:
        mostly = linked[at] >= characters[at] * _LINK_SHARE and (links[at] > 1 or characters[at] <= _BUTTON_CHARACTERS)
        return mostly or (paths[at] > 0 and characters[at] <= _PATH_CHARACTERS)

    return [
        node.tag in _LINK_BLOCKS and linked[at] > 0 and not content[at] and is_row_of_links(at)
        for at, node in enumerate(nodes)
    ]


def _main(page: Page) -> int:
    """The one article or main part that holds at least half of the text; 0 if there is none."""
    for tag in ("article", "main"):
        found = [at for at, node in enumerate(page.nodes) if node.tag == tag and page.characters[at]]
        if len(found) == 1 and page.characters[found[0]] * 2 >= page.characters[0]:
            return found[0]
    return 0


def _outside(page: Page, main: int, aside: Sequence[bool]) -> list[bool]:
    """Set aside what lies outside the main part, but for a title that stands above it."""
    end = page.nodes[main].end
    titles = [at for at, node in enumerate(page.nodes) if node.tag == "h1" and page.characters[at] and not aside[at]]
    title = titles[0] if len(titles) == 1 and titles[0] < main and not _in_header(page, titles[0]) else main
    return [
        already or not (number <= main < node.end or main <= number < end or title <= number < page.nodes[title].end)
        for number, (node, already) in enumerate(zip(page.nodes, aside, strict=True))
    ]


def _in_header(page: Page, number: int) -> bool:
    """Whether a node stands in the header of the page, where a site writes its own name."""
    while number > 0:
        number = page.nodes[number].parent
        if page.nodes[number].tag == "header" and page.nodes[page.nodes[number].parent].tag in ("body", "html", ""):
            return True
    return False
