"""The grammar of Chinese numbering: a table of styles. `marks` tells where in a text they open a section."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

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
    """A way of numbering. The group `n` of `pattern` is the number; the order of the table is the default rank."""

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


_SPACES = r"[ \t\u3000]*+"
#: 第一章 may stand on a line of its own, above its title.
_TITLE = rf"[:：、]?{_SPACES}(?:\r?\n{_SPACES}(?=[^\r\n。！？!?；;，,：:]{{1,30}}(?:[\r\n]|\Z)))?"
#: Word sets a gap between Chinese characters and digits, which its PDF files give as a blank: 第 3 条.
_GAP = r"[ \t\u3000]{0,2}"
_ORDINAL = rf"第{_GAP}(?P<n>{_CHINESE}{{1,5}}|{_ARABIC}{{1,3}}){_GAP}"
_PART = rf"[1-9１-９]{_ARABIC}?"  # of a decimal number; 2.0 is a version and 10.0.0.1 an address
_NOT_A_NUMERAL = "(?![一二三四五六七八九十]+[、,，])"
#: Units after which a number is a quantity, and not the words that only begin like one (1.2 人员要求).
_MEASURE = (
    r"(?!\s{0,9}(?:[%％倍万亿米℃°]|元(?!素)|年(?!度)|月(?!度)|日(?!常)|号(?!码)|公[里斤]|个(?!人)|名(?!称)|人(?![员事才民力])|"
    r"次(?!序)|分(?![类工级析])|秒|小时|天(?!然)|版(?!面|权)|k[gm]\b|mm?\b|[GM]B\b))"
)

STYLES: tuple[Style, ...] = (
    _style("编", Kind.HEADING, rf"{_ORDINAL}[编篇](?![幅章者]){_TITLE}"),
    _style("章", Kind.HEADING, rf"{_ORDINAL}(?:章(?![程节])|部分){_TITLE}"),
    _style("节", Kind.HEADING, rf"{_ORDINAL}节(?![课日目]){_TITLE}"),
    _style("条", Kind.ARTICLE, rf"{_ORDINAL}条(?:之[一二三四五六七八九十])?[:：、]?{_SPACES}"),
    _style("栏", Kind.LABEL, r"【(?P<n>)[^】\r\n]{2,20}】[:：]?", lambda _: 0, line_only=True),
    _style(
        "标签", Kind.LABEL, r"(?P<n>)(?:\[导读\]|(?:摘要|前言|引言|导语|结语|结束语)[:：]|关键[词字][:：])", lambda _: 0
    ),
    _style("行", Kind.LINE, r"(?P<n>)(?!)", lambda _: 0, line_only=True),
    _style("问", Kind.LINE, rf"(?:问|Q{_ARABIC}{{0,3}})[:：.、]{_SPACES}(?P<n>)", lambda _: 0, line_only=True),
    _style("一、", Kind.HEADING, rf"(?P<n>{_CHINESE}{{1,3}})[、:：.．]{_NOT_A_NUMERAL}{_SPACES}"),
    _style(
        "一 ",
        Kind.LINE,
        rf"(?P<n>{_CHINESE}{{1,3}})[ \t\u3000]++(?=[^\r\n。！？!?；;，,：:]{{2,20}}(?:[\r\n]|\Z))",
        line_only=True,
    ),
    _style("(一)", Kind.HEADING, rf"[(（](?P<n>{_CHINESE}{{1,3}})[)）][、.．]?{_SPACES}"),
    _style("1、", Kind.HEADING, rf"(?P<n>{_ARABIC}{{1,3}})[、.．](?!{_ARABIC}){_SPACES}{_MEASURE}"),
    _style(
        "1 ",
        Kind.LINE,
        rf"(?P<n>{_ARABIC}{{1,2}})[ \t\u3000]++{_MEASURE}(?=[^\r\n。！？!?；;，,：:]{{2,20}}(?:[\r\n]|\Z))",
        line_only=True,
    ),
    _style("1.1", Kind.HEADING, rf"(?P<n>{_PART}[.．]{_PART})(?![.．]?{_ARABIC}){_SPACES}{_MEASURE}", _decimal, True),
    _style(
        "1.1.1",
        Kind.HEADING,
        rf"(?P<n>{_PART}(?:[.．]{_PART}){{2,3}})(?![.．]?{_ARABIC}){_SPACES}{_MEASURE}",
        _decimal,
        True,
    ),
    _style("(1)", Kind.HEADING, rf"[(（](?P<n>{_ARABIC}{{1,2}})[)）][、.．]?{_SPACES}"),
    _style("1)", Kind.HEADING, rf"(?P<n>{_ARABIC}{{1,2}})[)）][、.．]?{_SPACES}"),
    _style("①", Kind.HEADING, rf"(?P<n>[①-⑳])[、.．]?{_SPACES}", _circled),
    _style("第一,", Kind.ITEM, rf"第(?P<n>{_CHINESE}{{1,3}})(?:步|点|方面)?[,，、:：]"),
    _style("第一,", Kind.ITEM, r"(?P<n>首先|其次|再次|再者|最后)[,，]", _in_words),
    # 一是一,二是二 is a figure of speech.
    _style("一是", Kind.ITEM, rf"(?P<n>{_CHINESE}{{1,3}})(?:是|要)(?!(?P=n)|[否非])"),
    _style("其一", Kind.ITEM, r"其(?P<n>[一二三四五六七八九十])[,，、:：是]"),
)
RANK = {style.name: rank for rank, style in reversed(list(enumerate(STYLES)))}
BY_NAME = {style.name: style for style in STYLES}


def starts_with_number(line: str) -> bool:
    """Whether a line opens with a mark of any numbered style."""
    return any(style.pattern.match(line) for style in STYLES)


def split_number(line: str) -> tuple[str, str]:
    """The number that opens a line, as it stands there, and the rest."""
    for style in STYLES:
        match = style.pattern.match(line)
        if match and match["n"]:
            return line[: match.end()].rstrip(), line[match.end() :]
    return "", line
