"""The grammar of Chinese numbering: a table of styles, and where in a text their marks stand.

A mark opens a section when it stands where a heading can begin: at the start of a line, after a closing mark, or glued
to what stands before, if its number is the one that has to come next. A number in running text (2020年第03期, 3.5倍,
落实一、二、四、六决策制度) meets none of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from assistant.boilerplate import outside
from assistant.records import Span

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE = "[零〇一二两三四五六七八九十百]"
_ARABIC = "[0-9０-９]"


def chinese_number(text: str) -> int:
    """The value of a Chinese or Arabic number below 1,000, as in 十二, 一百零三, 12, １２."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for character in text:
        if character == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif character == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS[character]
    return total + digit


def _circled(text: str) -> int:
    return ord(text) - ord("①") + 1


def _in_words(text: str) -> int:
    """首先 is the first; 其次, 再次, 最后 follow whatever came before (0: any)."""
    return 1 if text == "首先" else 2 if text == "其次" else 0


def _decimal(text: str) -> int:
    return int(re.split(r"[.．]", text)[-1])


class Kind(Enum):
    """What stands after a mark."""

    HEADING = auto()  # a title, then a text
    ARTICLE = auto()  # the text itself (第十二条 …)
    ITEM = auto()  # a sentence that is itself an item of an enumeration (一是…; 首先,…)
    LABEL = auto()  # nothing: the mark is the whole heading (摘要:)
    LINE = auto()  # nothing: the heading is the line


@dataclass(frozen=True, slots=True)
class Style:
    """A way of numbering. `pattern` has a group `n` for the number, if it has one; the table's order is the default rank."""

    name: str
    kind: Kind
    pattern: re.Pattern[str]
    value: Callable[[str], int] = chinese_number
    #: Only at the start of a line: the mark is too common in running text.
    line_only: bool = False


def _style(
    name: str, kind: Kind, pattern: str, value: Callable[[str], int] = chinese_number, line_only: bool = False
) -> Style:
    return Style(name, kind, re.compile(pattern), value, line_only)


_MD = [
    _style(f"md{depth}", Kind.LINE, rf"#{{{depth}}}[ \t]+(?=\S)(?P<n>)", lambda _: 0, line_only=True)
    for depth in range(1, 7)
]
_NOT_A_NUMERAL = "(?![一二三四五六七八九十]+[、,，])"
_SPACES = r"[ \t\u3000]*"
#: Units after which a number is a quantity, and not the words that only begin like one (1.2 人员要求).
_MEASURE = (
    r"(?!\s*(?:[%％倍万亿米℃°]|元(?!素)|年(?!度)|月(?!度)|日(?!常)|号(?!码)|公[里斤]|个(?!人)|名(?!称)|人(?![员事才民力])|次(?!序)|"
    r"分(?![类工级析])|秒|小时|天(?!然)|k[gm]\b|mm?\b|[GM]B\b))"
)

STYLES: tuple[Style, ...] = (
    *_MD,
    _style("编", Kind.HEADING, rf"第(?P<n>{_CHINESE}{{1,4}}|{_ARABIC}{{1,3}})[编篇](?![幅章者])[:：、]?{_SPACES}"),
    _style("章", Kind.HEADING, rf"第(?P<n>{_CHINESE}{{1,4}}|{_ARABIC}{{1,3}})(?:章|部分)[:：、]?{_SPACES}"),
    _style("节", Kind.HEADING, rf"第(?P<n>{_CHINESE}{{1,4}}|{_ARABIC}{{1,3}})节(?!课|日|目)[:：、]?{_SPACES}"),
    _style(
        "条",
        Kind.ARTICLE,
        rf"第(?P<n>{_CHINESE}{{1,5}}|{_ARABIC}{{1,3}})条(?:之[一二三四五六七八九十])?[:：、]?{_SPACES}",
    ),
    _style("栏", Kind.LABEL, r"【(?P<n>)[^】\r\n]{2,20}】[:：]?", lambda _: 0, line_only=True),
    _style(
        "标签", Kind.LABEL, r"(?P<n>)(?:\[导读\]|(?:摘要|前言|引言|导语|结语|结束语)[:：]|关键[词字][:：])", lambda _: 0
    ),
    _style("行", Kind.LINE, r"(?P<n>)(?!)", lambda _: 0, line_only=True),
    _style("问", Kind.LINE, rf"(?:问|Q{_ARABIC}{{0,3}})[:：.、]{_SPACES}(?P<n>)", lambda _: 0, line_only=True),
    _style("一、", Kind.HEADING, rf"(?P<n>{_CHINESE}{{1,3}})[、:：.．]{_NOT_A_NUMERAL}{_SPACES}"),
    _style("(一)", Kind.HEADING, rf"[(（](?P<n>{_CHINESE}{{1,3}})[)）][、.．]?{_SPACES}"),
    _style("1、", Kind.HEADING, rf"(?P<n>{_ARABIC}{{1,3}})[、.．](?!{_ARABIC}){_SPACES}{_MEASURE}"),
    _style(
        "1 ",
        Kind.LINE,
        rf"(?P<n>{_ARABIC}{{1,2}})[ \t\u3000]+{_MEASURE}(?=[^\r\n。！？!?；;，,：:]{{2,20}}(?:[\r\n]|\Z))",
        line_only=True,
    ),
    _style(
        "1.1",
        Kind.HEADING,
        rf"(?P<n>{_ARABIC}{{1,2}}[.．]{_ARABIC}{{1,2}})(?![.．]?{_ARABIC}){_SPACES}{_MEASURE}",
        _decimal,
        True,
    ),
    _style(
        "1.1.1",
        Kind.HEADING,
        rf"(?P<n>{_ARABIC}{{1,2}}(?:[.．]{_ARABIC}{{1,2}}){{2,3}})(?!{_ARABIC}){_SPACES}",
        _decimal,
        True,
    ),
    _style("(1)", Kind.HEADING, rf"[(（](?P<n>{_ARABIC}{{1,2}})[)）][、.．]?{_SPACES}"),
    _style("1)", Kind.HEADING, rf"(?P<n>{_ARABIC}{{1,2}})[)）][、.．]?{_SPACES}"),
    _style("①", Kind.HEADING, rf"(?P<n>[①-⑳])[、.．]?{_SPACES}", _circled),
    _style("第一,", Kind.ITEM, rf"第(?P<n>{_CHINESE}{{1,3}})[,，、:：]"),
    _style("第一,", Kind.ITEM, r"(?P<n>首先|其次|再次|再者|最后)[,，]", _in_words),
    _style("一是", Kind.ITEM, rf"(?P<n>{_CHINESE}{{1,3}})(?:是|要)(?![否非])"),
    _style("其一", Kind.ITEM, r"其(?P<n>[一二三四五六七八九十])[,，、:：是]"),
)
RANK = {style.name: rank for rank, style in reversed(list(enumerate(STYLES)))}

_BY_NAME = {style.name: style for style in STYLES}

#: Longest heading, in characters; what is longer is a sentence.
MAX_HEADING = 40
_LINE_HEADING = 30
#: 摘要, 前言 and their like stand among the first marks of an article, glued to the byline.
_LABELS_AT_HEAD = 4
_CLOSERS = "。！？!?；;：:”’」』》)）】]…"
_NUMERALS = "零〇一二两三四五六七八九十百0123456789０１２３４５６７８９"
#: After these a number is named, not given: 见(三), 第(二)项, 一、二.
_REFERS = "、,，第见按照依据和及与或至到在于"
#: Marks that are unmistakable even without a closing mark before them.
_STRONG = frozenset({"一、", "(一)", "1、", "(1)", "①"})
_FIRST = re.compile(r"[#第(（【\[①-⑳0-9０-９零〇一二两三四五六七八九十百首其再最问Q摘前引导结关]")
_ISOLATED = re.compile(
    rf"(?:\A|(?<=\n)[ \t\u3000]*\r?\n)[ \t\u3000]*(?P<line>[^\r\n。！？!?；;，,、：:]{{2,{_LINE_HEADING}}})\r?\n"
    r"[ \t\u3000]*\r?\n\s*(?=(?P<below>[^\r\n]+))"
)
_DATE = re.compile(r"[\d二〇零一三四五六七八九十]{2,4}\s*[年.\-/]")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a text: its style, value (0: unnumbered) and place."""

    style: Style
    value: int
    span: Span
    at_line_start: bool


def starts_with_number(line: str) -> bool:
    """Whether a line opens with a mark of any numbered style."""
    return any(style.pattern.match(line) for style in STYLES if not style.name.startswith("md"))


def split_number(line: str) -> tuple[str, str]:
    """The number that opens a line, as it stands there, and the rest."""
    for style in STYLES:
        match = style.pattern.match(line)
        if match and match["n"]:
            return line[: match.end()].rstrip(), line[match.end() :]
    return "", line


def marks(text: str, span: Span, holes: tuple[Span, ...], markdown: bool = False) -> tuple[Mark, ...]:
    """The marks that open a section inside `span` and outside the holes, in order of place."""
    accepted: list[Mark] = []
    for candidate, before in _candidates(text, span, holes, markdown):
        if accepted and candidate.span.start < accepted[-1].span.end:
            continue
        if _opens_section(text, candidate, before, accepted):
            accepted.append(candidate)
    return _without_lone_items(accepted)


def _candidates(text: str, span: Span, holes: tuple[Span, ...], markdown: bool) -> list[tuple[Mark, str]]:
    """All places that look like a mark, with the character before each ("" at the start of a line), in order of place."""
    styles = [style for style in STYLES if markdown or not style.name.startswith("md")]
    found: list[tuple[Mark, str]] = []
    for piece in outside(span, holes):
        for first in _FIRST.finditer(text, piece.start, piece.end):
            before = _before(text, first.start(), piece.start)
            mark = _mark_at(text, first.start(), piece.end, styles, at_line_start=not before)
            if mark:
                found.append((mark, before))
        if not markdown:
            found.extend((mark, "") for mark in _line_headings(text, piece))
    return sorted(found, key=lambda pair: pair[0].span)


def _mark_at(text: str, start: int, end: int, styles: Sequence[Style], at_line_start: bool) -> Mark | None:
    for style in styles:
        match = style.pattern.match(text, start, end)
        if match and (match.end() < end or style.kind is Kind.LABEL):
            number = match["n"]
            return Mark(style, style.value(number) if number else 0, Span(start, match.end()), at_line_start)
    return None


def _before(text: str, at: int, floor: int) -> str:
    """The character before a place, blanks skipped; "" at the start of a line or of the piece."""
    while at > floor and text[at - 1] in " \t\u3000":
        at -= 1
    return "" if at == floor or text[at - 1] in "\r\n" else text[at - 1]


def _opens_section(text: str, mark: Mark, before: str, accepted: Sequence[Mark]) -> bool:
    kind = mark.style.kind
    if kind is Kind.LABEL:
        return mark.at_line_start or before in _CLOSERS or len(accepted) < _LABELS_AT_HEAD
    if kind is Kind.LINE:
        return mark.at_line_start
    follows = _follows(mark, accepted)
    if mark.at_line_start:
        spaced = text[mark.span.end - 1].isspace() or text[mark.span.end : mark.span.end + 1] in ("\n", "\r")
        return kind is Kind.HEADING or follows or (kind is Kind.ARTICLE and spaced)
    if mark.style.line_only or not follows or before.isalnum() and before in _NUMERALS:
        return False
    if before in _CLOSERS or (kind is Kind.ITEM and before in ",，、"):
        return True
    if before in _REFERS:
        return False
    return _glued(text, mark, accepted)


def _follows(mark: Mark, accepted: Sequence[Mark]) -> bool:
    """Whether a mark's number is the one that can stand next: a first, or one more than the last of its style."""
    for earlier in reversed(accepted):
        if earlier.style.name == mark.style.name:
            return mark.value in (0, 1, earlier.value + 1) if earlier.value else mark.value != 1
        if mark.style.kind is Kind.ITEM and earlier.style.kind is not Kind.ITEM:
            break
    return mark.value == 1


def _glued(text: str, mark: Mark, accepted: Sequence[Mark]) -> bool:
    """Whether a mark without a closing mark before it still opens a section: glued to a heading, or next in its list."""
    if not accepted:
        return False
    last = accepted[-1]
    heading = text[last.span.end : mark.span.start]
    in_heading = (
        last.style.kind is Kind.HEADING and len(heading) <= MAX_HEADING and not re.search(r"[。！？!?\n]", heading)
    )
    if mark.value == 1:
        return in_heading and last.style.name != mark.style.name and len(heading) >= 4
    return mark.style.kind is Kind.HEADING and mark.style.name in _STRONG


def _without_lone_items(found: Sequence[Mark]) -> tuple[Mark, ...]:
    """An enumeration of one is a figure of speech: drop a first item that no second follows."""
    kept: list[Mark] = []
    seconds: set[str] = set()
    for mark in reversed(found):
        if mark.style.kind is not Kind.ITEM:
            kept.append(mark)
        elif mark.value != 1:
            seconds.add(mark.style.name)
            kept.append(mark)
        elif mark.style.name in seconds:
            seconds.discard(mark.style.name)
            kept.append(mark)
    return tuple(reversed(kept))


def _line_headings(text: str, piece: Span) -> Iterator[Mark]:
    """Short lines without number or closing mark, blank lines around them and a text below: unnumbered headings."""
    for match in _ISOLATED.finditer(text, piece.start, piece.end):
        line, below = match["line"].strip(), match["below"]
        if starts_with_number(line) or not re.search(r"[\u4e00-\u9fffA-Za-z]{2}", line) or _DATE.match(line):
            continue
        if len(below.strip()) > _LINE_HEADING or below.rstrip()[-1:] in _CLOSERS or starts_with_number(below):
            start = match.start("line")
            yield Mark(_BY_NAME["行"], 0, Span(start, start), at_line_start=True)
