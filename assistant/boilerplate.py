"""What a file holds besides content, recognised by a table of rules and set aside by name, never deleted."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar

from assistant.records import Boilerplate, Layout, Span
from assistant.text import sentences, trimmed

Placed = TypeVar("Placed")

_LINK = (
    r"上一[页篇]|下一[页篇]|返回(?:首页|顶部|列表|目录)|末页|打印本页|关闭窗口|阅读全文|展开全文|点击(?:下载|查看|收藏)"
)
_LABEL = r"(?:前言|引言|导言|摘要|正文|中图分类号|一、)"

#: (name shown in the report, pattern); applied to the whole text, `^` and `$` at line ends, `$` before \r\n too.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern.replace("$", r"(?=[\r\n]|\Z)"), re.MULTILINE))
    for name, pattern in (
        ("图片", r"^[ \t]*!\[[^\r\n]{0,200}\]\([^)\r\n]*\)[ \t]*$"),
        ("翻页", r"\[(?:NextPage|nextpage|分页)\]"),
        ("翻页", r"本(?:文章?|篇)共\s*\d+\s*页[,,]?\s*(?:当前)?(?:在)?第\s*\d+\s*页(?:\s*(?:上一页|下一页|\[\d+\]))*"),
        ("页码", r"^[ \t]*(?:第[ \t]*\d+[ \t]*页(?:[,,]?[ \t]*共[ \t]*\d+[ \t]*页)?|[-—–][ \t]*\d+[ \t]*[-—–])[ \t]*$"),
        ("页码", r"^[ \t]*\d+[ \t]*/[ \t]*\d+[ \t]*$"),
        # 首页 or 分享 alone may be a heading; beside one of the first kind they are a row of links.
        ("导航", rf"^[ \t]*+(?=[^\r\n]*(?:{_LINK}))(?:(?:{_LINK}|首页|打印|关闭|分享到?|收藏)[ \t|｜/>·::]*)+$"),
        (
            "导航",
            r"^[ \t\u3000]*(?:您(?:现在|当前)?(?:的|所在的?)位置|您?当前(?:所在)?位置)[是为]?[:：][^\r\n]{1,80}$",
        ),
        ("导航", r"^[ \t\u3000]*(?:上一[篇页条]|下一[篇页条])[:：][^\r\n]{0,80}$"),
        ("导航", r"[\[【]?字[号体][:：]?[ \t]*[\[【]?大[\]】]?[ \t|]*[\[【]?中[\]】]?[ \t|]*[\[【]?小[\]】]?"),
        # A table of contents: lines that end in the number of a page, below the word or with dots before the number.
        (
            "目录",
            r"^[ \t]*目[ \t\u3000]*录[ \t]*$"
            r"(?:[\r\n]+[^\r\n]{1,60}?(?:[.．·…]{2,}|[\t\u3000]|  )[ \t.．·…]*\d{1,4}[ \t]*$)+",
        ),
        ("目录", r"^[^\r\n]{1,60}?(?:[.．·…] ?){6,}[ \t]*\d{1,4}[ \t]*$"),
        ("关键词", rf"(?:^|(?<=[\s。!?！？;；]))关键[词字][::][^。,,\r\n]{{2,60}}?(?={_LABEL}|$)"),
        ("分隔线", r"^[ \t]*[-=*_~—─━·.#+]{3,}[ \t]*$"),
    )
)

#: Phrases of the notices that document sites put around a text. One or two of them in a sentence may be content
#: (如需申请退款,请联系客服); three are a notice.
_NOTICE = re.compile(
    r"下载(?:本)?文档|文档内容|在线预览|完整预览|部分预览|不提供额外的|附加服务|申请退款|侵犯您的权益|侵权|联系客服|人工客服|"
    r"联系(?:我们|本站|站长)?(?:删除|处理)|本站|版权归|仅供(?:参考学习|学习参考|参考|学习)|(?:内容|文章)(?:来自|来源于)(?:互联)?网络?|免责声明"
)
_NOTICE_HITS = 3
#: A longer line is a text of many sentences, which are looked at one by one.
_NOTICE_LENGTH = 200


def boilerplate(text: str, layout: Layout = Layout()) -> tuple[Boilerplate, ...]:
    """The boilerplate of a text in order of place, free of overlap. Where the format names some, that counts first."""
    given = layout.boilerplate
    taken = tuple(piece.span for piece in given)
    rules = (
        piece for piece in (*_by_rule(text), *_notices(text)) if next(outside(piece.span, taken), None) == piece.span
    )
    found: list[Boilerplate] = []
    end = 0
    for candidate in sorted((*given, *rules), key=lambda piece: (piece.span.start, -piece.span.end)):
        if candidate.span.start >= end:
            found.append(candidate)
            end = candidate.span.end
    return tuple(found)


def outside(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """The pieces of `span` that no hole covers; holes in order of place, free of overlap."""
    start = span.start
    for number in range(bisect_right(holes, span.start, key=_end), len(holes)):
        hole = holes[number]
        if hole.start >= span.end:
            break
        if hole.start > start:
            yield Span(start, hole.start)
        start = hole.end
    if start < span.end:
        yield Span(start, span.end)


def in_order(spans: Iterable[Span]) -> list[Span]:
    """Spans by their place. A file may have a million: to compare one with the other takes ten times as long."""
    return sorted(spans, key=attrgetter("start", "end"))


def lies_in(span: Span, places: Sequence[Span]) -> bool:
    """Whether a span lies in one of the places, which are in order of their starts and free of overlap."""
    before = bisect_right(places, span.start, key=lambda place: place.start)
    return before > 0 and span in places[before - 1]


def touching(span: Span, places: Sequence[Placed], place: Callable[[Placed], Span]) -> Sequence[Placed]:
    """Those of the places that `span` shares a character with; places in order, free of overlap.

    A file of many documents has as many places: no document may go over those of all others.
    """
    first = bisect_right(places, span.start, key=lambda each: place(each).end)
    return places[first : bisect_left(places, span.end, lo=first, key=lambda each: place(each).start)]


def _end(span: Span) -> int:
    return span.end


def _by_rule(text: str) -> Iterator[Boilerplate]:
    for name, pattern in RULES:
        for match in pattern.finditer(text):
            span = trimmed(text, Span(*match.span()))
            if span:
                yield Boilerplate(name, span)


def _notices(text: str) -> Iterator[Boilerplate]:
    for match in re.finditer(r"[^\r\n]+", text):
        line = Span(*match.span())
        for span in [trimmed(text, line)] if len(line) <= _NOTICE_LENGTH else sentences(text, line):
            if len(set(_NOTICE.findall(text, span.start, span.end))) >= _NOTICE_HITS:
                yield Boilerplate("网站声明", span)
