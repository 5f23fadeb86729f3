"""Automatic numbers of Word: they stand in no text, and are counted here as Word counts them when it shows a file.

The formats are those of ECMA-376 part 1, 17.18.59; lists, levels and restarts those of 17.9.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from unicodedata import category, east_asian_width

#: The namespace of all that Word itself names.
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Word allows no longer pattern; a longer one in each of 10,000 paragraphs would fill the memory.
_LONGEST_PATTERN = 255
_LARGEST = 2**31 - 1


class Element(Protocol):
    """What is used of a node of XML, so that only one file knows the library that parses it."""

    tag: str
    text: str | None
    tail: str | None

    def __iter__(self) -> Iterator[Element]: ...
    def get(self, key: str) -> str | None: ...
    def find(self, path: str) -> Element | None: ...
    def iter(self, *tags: str) -> Iterator[Element]: ...


def below(element: Element | None, *path: str) -> Element | None:
    """The child of the child … by the names of Word; None where one is missing."""
    for name in path:
        if element is None:
            return None
        element = element.find(W + name)
    return element


def value(element: Element | None, *path: str) -> str | None:
    """`w:val` of what stands `below`."""
    found = below(element, *path)
    return None if found is None else found.get(W + "val")


def switch(element: Element | None, *path: str) -> bool | None:
    """Whether a property is switched on or off; None where nothing is said of it."""
    found = below(element, *path)
    return None if found is None else found.get(W + "val") not in ("0", "false", "off")


def integer(text: str | None, default: int = 0, base: int = 10) -> int:
    """The number, or `default` for what is none or larger than Word counts."""
    try:
        number = int(text or "", base)
    except ValueError:
        return default
    return number if abs(number) <= _LARGEST else default


Format = Callable[[int], str]


def _row(characters: str) -> Format:
    """One character a number from 1; Word goes on in decimals behind the last."""
    return lambda number: characters[number - 1] if 1 <= number <= len(characters) else str(number)


def _block(first: str, last: str) -> Format:
    return _row("".join(map(chr, range(ord(first), ord(last) + 1))))


def _positional(digits: str) -> Format:
    return lambda number: str(number).translate({ord("0") + place: digit for place, digit in enumerate(digits)})


def _spoken(digits: str, units: str, silent: str = "(?!)", gaps: bool = True) -> Format:
    """Digits with their units; `silent` is the pattern of a 一 that is left out, `gaps`: 零 in 一百零一."""
    zero = digits[0]

    def group(number: int) -> str:
        pairs = zip(f"{number:04d}", (units[2], units[1], units[0], ""), strict=True)
        return "".join(zero if digit == "0" else digits[int(digit)] + unit for digit, unit in pairs)

    def spoken(number: int) -> str:
        if not 0 < number < 10**8:
            return str(number) if number else zero
        high, low = divmod(number, 10_000)
        text = (group(high).rstrip(zero) + units[3] if high else "") + group(low)
        return re.sub(silent, "", re.sub(f"{zero}+", zero if gaps else "", text).strip(zero))

    return spoken


def _up_to(last: int, small: Format, large: Format) -> Format:
    return lambda number: small(number) if number <= last else large(number)


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for amount, letters in _ROMAN:
        count, number = divmod(number, amount)
        text += letters * count
    return text


def _letters(number: int) -> str:
    """a … z, aa, bb … up to thirty times the same letter."""
    times, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (times + 1) if 0 < number <= 26 * 30 else str(number)


_IDEOGRAPHS = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_COUNTED = _spoken("零" + _IDEOGRAPHS[1:], "十百千万", "^一(?=十)")
_COUNTED_TRADITIONAL = _spoken("零" + _IDEOGRAPHS[1:], "十百千萬", "^一(?=十)")
_FULL_WIDTH = _positional("０１２３４５６７８９")
_CIRCLED = _block("①", "⑳")
_ENGLISH_ENDINGS = {1: "st", 2: "nd", 3: "rd"}

#: `w:numFmt` → how it writes a number; a format that is not here is written in decimals.
FORMATS: Mapping[str, Format] = {
    "decimal": str,
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": _FULL_WIDTH,
    "decimalFullWidth2": _FULL_WIDTH,
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _block("⑴", "⒇"),
    "decimalEnclosedFullstop": _block("⒈", "⒛"),
    "numberInDash": "- {} -".format,
    "ordinal": lambda number: (
        f"{number}{'th' if number % 100 in (11, 12, 13) else _ENGLISH_ENDINGS.get(number % 10, 'th')}"
    ),
    "chineseCounting": _up_to(99, _COUNTED, _positional(_IDEOGRAPHS)),
    "chineseCountingThousand": _COUNTED,
    "chineseLegalSimplified": _spoken("零壹贰叁肆伍陆柒捌玖", "拾佰仟万"),
    "taiwaneseCounting": _up_to(99, _COUNTED_TRADITIONAL, _positional(_IDEOGRAPHS)),
    "taiwaneseCountingThousand": _COUNTED_TRADITIONAL,
    "taiwaneseDigital": _positional("○" + _IDEOGRAPHS[1:]),
    "ideographLegalTraditional": _spoken("零壹貳參肆伍陸柒捌玖", "拾佰仟萬"),
    "ideographDigital": _positional(_IDEOGRAPHS),
    "ideographEnclosedCircle": _block("㊀", "㊉"),
    "ideographTraditional": _row(_STEMS),
    "ideographZodiac": _row(_BRANCHES),
    "japaneseCounting": _spoken(_IDEOGRAPHS, "十百千万", "一(?=[十百千])", gaps=False),
    "japaneseDigitalTenThousand": _positional(_IDEOGRAPHS),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "bullet": lambda number: "",
    "none": lambda number: "",
}


def written(number: int, format: str) -> str:
    """A number in one of the `FORMATS`; as "001, 002, 003, ..." also in one that a file makes up itself."""
    if number < 0:
        return str(number)
    if "," in format:
        return str(number).zfill(min(len(format.partition(",")[0]), 9))
    return FORMATS.get(format, str)(number)


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    pattern: str  # %1 stands for the number of the outermost level
    start: int
    restart: int  # a number of any level before this one makes the level begin anew
    decimal: bool
    spaced: bool
    style: str | None  # whose paragraphs are numbered by this level


@dataclass(frozen=True, slots=True)
class _List:
    counters: dict[int, int]  # shared by all lists of one definition
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]  # where this list begins anew


class Numbering:
    """The numbers of one run through a document: ask for them in the order of its paragraphs."""

    def __init__(self, root: Element | None, styles: Mapping[str, str]) -> None:
        """`styles`: the list that each numbering style stands for."""
        self._definitions = _keyed(root, "abstractNum", "abstractNumId")
        self._instances = _keyed(root, "num", "numId")
        self._linked = {value(node, "styleLink"): key for key, node in self._definitions.items()}
        self._styles = styles
        self._levels: dict[str, Mapping[int, _Level]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._lists: dict[str, _List | None] = {}
        self._begun: set[tuple[str, int]] = set()

    def level_of(self, key: str, styles: Sequence[str]) -> int | None:
        """The level of a list that is made for the first of these styles that has one."""
        chosen = self._list(key)
        by_style = {level.style: at for at, level in chosen.levels.items()} if chosen else {}
        return next((by_style[style] for style in styles if style in by_style), None)

    def next(self, key: str, at: int) -> str:
        """The number of the next paragraph of list `key` on level `at`, with the space after it; "" for none."""
        chosen = self._list(key)
        if chosen is None or at not in chosen.levels:
            return ""
        counters = chosen.counters
        begins = at not in counters or (at in chosen.starts and (key, at) not in self._begun)
        counters[at] = _start(chosen, at) if begins else counters[at] + 1
        self._begun.add((key, at))
        for deeper, level in chosen.levels.items():
            if at < deeper and at < level.restart:
                counters.pop(deeper, None)
        return _shown(chosen, at)

    def _list(self, key: str) -> _List | None:
        if key not in self._lists:
            self._lists[key] = self._found(key)
        return self._lists[key]

    def _found(self, key: str) -> _List | None:
        definition = self._definition(key)
        if definition is None:
            return None
        if definition not in self._levels:
            nodes = self._definitions[definition].iter(W + "lvl")
            self._levels[definition] = {integer(node.get(W + "ilvl"), -1): _level(node) for node in nodes}
        changes = [node for node in self._instances[key] if node.tag == W + "lvlOverride"]
        places = [(integer(node.get(W + "ilvl"), -1), node) for node in changes]
        own = {at: _level(inner) for at, node in places if (inner := below(node, "lvl")) is not None}
        starts = {at: integer(text) for at, node in places if (text := value(node, "startOverride")) is not None}
        return _List(self._counters.setdefault(definition, {}), {**self._levels[definition], **own}, starts)

    def _definition(self, key: str) -> str | None:
        """The definition of a list, which may be that of a numbering style, which may be that of another …"""
        seen: set[str] = set()
        while key not in seen:
            seen.add(key)
            definition = value(self._instances.get(key), "abstractNumId")
            if definition is None or definition not in self._definitions:
                return None
            link = value(self._definitions[definition], "numStyleLink")
            if link is None:
                return definition
            if link in self._linked:
                return self._linked[link]
            key = self._styles.get(link, "")
        return None


def _keyed(root: Element | None, name: str, key: str) -> dict[str, Element]:
    nodes = [node for node in (() if root is None else root) if node.tag == W + name]
    return {text: node for node in nodes if (text := node.get(W + key))}


def _level(node: Element) -> _Level:
    at = integer(node.get(W + "ilvl"), -1)
    # Newer formats come with an older one for old programs; the first is the one Word shows.
    formats = next(node.iter(W + "numFmt"), None)
    name = (formats.get(W + "val") if formats is not None else None) or "decimal"
    custom = formats.get(W + "format") if formats is not None and name == "custom" else None
    pattern = value(node, "lvlText") or ""
    return _Level(
        format=custom or name,
        pattern=pattern if len(pattern) <= _LONGEST_PATTERN else "",
        start=integer(value(node, "start")),
        restart=integer(value(node, "lvlRestart"), at),
        decimal=switch(node, "isLgl") or False,
        spaced=value(node, "suff") != "nothing",
        style=value(node, "pStyle"),
    )


def _start(chosen: _List, at: int) -> int:
    return chosen.starts.get(at, chosen.levels[at].start)


def _shown(chosen: _List, at: int) -> str:
    level = chosen.levels[at]
    if level.format == "bullet":
        return ""

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        if place not in chosen.levels:
            return ""
        current = chosen.counters.get(place, _start(chosen, place))
        return written(current, "decimal" if level.decimal else chosen.levels[place].format)

    text = re.sub("%([1-9])", number, level.pattern)
    return text + " " if text and level.spaced and not _spaces_itself(text[-1]) else text


def _spaces_itself(sign: str) -> bool:
    """Whether a sign is as good as a space after it: a space, or punctuation as wide as a Chinese character."""
    return sign.isspace() or (category(sign).startswith("P") and east_asian_width(sign) in "WF")
