"""What a file holds besides content, recognised by a table of rules and set aside by name, never deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.records import Boilerplate, Span
from assistant.text import trimmed

_LABEL = r"(?:前言|引言|导言|摘要|正文|中图分类号|一、)"

#: (name shown in the report, pattern); applied to the whole text, `^` and `$` at line ends.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.MULTILINE))
    for name, pattern in (
        ("文件头", r"\A---[ \t]*\r?\n(?:.*\r?\n){1,40}?---[ \t]*$"),
        ("图片", r"^[ \t]*!\[[^\r\n]*\]\([^)\r\n]*\)[ \t]*$"),
        ("翻页", r"\[(?:NextPage|nextpage|分页)\]"),
        ("翻页", r"本(?:文章?|篇)共\s*\d+\s*页[,,]?\s*(?:当前)?(?:在)?第\s*\d+\s*页(?:\s*(?:上一页|下一页|\[\d+\]))*"),
        ("页码", r"^[ \t]*(?:第\s*\d+\s*页(?:[,,]?\s*共\s*\d+\s*页)?|[-—–]\s*\d+\s*[-—–]|\d+\s*/\s*\d+)[ \t]*$"),
        (
            "导航",
            r"^[ \t]*(?:(?:上一[页篇]|下一[页篇]|返回(?:首页|顶部|列表|目录)|首页|末页|打印(?:本页)?|关闭(?:窗口)?|"
            r"阅读全文|展开全文|点击(?:下载|查看|收藏)|分享到?|收藏)[\s|｜/>·::]*)+$",
        ),
        ("网址", r"^[ \t]*https?://\S+[ \t]*$"),
        ("关键词", rf"关键[词字][::][^。,,\r\n]{{2,60}}?(?={_LABEL}|$)"),
        ("分隔线", r"^[ \t]*[-=*_~—─━·.#+]{3,}[ \t]*$"),
    )
)

#: Phrases of the notices that document sites put around a text. One alone may be content; a line of two is a notice.
_NOTICE = re.compile(
    r"下载(?:本)?文档|文档内容|在线预览|完整预览|部分预览|不提供额外的|附加服务|申请退款|侵犯您的权益|侵权|联系客服|人工客服|"
    r"联系我们删除|本站|版权归|仅供参考学习|内容来自网络|免责声明"
)
_NOTICE_HITS = 2


def boilerplate(text: str) -> tuple[Boilerplate, ...]:
    """The boilerplate of a text in order of place, free of overlap."""
    found: list[Boilerplate] = []
    end = 0
    for candidate in sorted((*_by_rule(text), *_notices(text)), key=lambda piece: (piece.span.start, -piece.span.end)):
        if candidate.span.start >= end:
            found.append(candidate)
            end = candidate.span.end
    return tuple(found)


def outside(span: Span, holes: tuple[Span, ...]) -> Iterator[Span]:
    """The pieces of `span` that no hole covers; holes in order of place."""
    start = span.start
    for hole in holes:
        if hole.end <= start or hole.start >= span.end:
            continue
        if hole.start > start:
            yield Span(start, hole.start)
        start = max(start, hole.end)
    if start < span.end:
        yield Span(start, span.end)


def _by_rule(text: str) -> Iterator[Boilerplate]:
    for name, pattern in RULES:
        for match in pattern.finditer(text):
            span = trimmed(text, Span(*match.span()))
            if span:
                yield Boilerplate(name, span)


def _notices(text: str) -> Iterator[Boilerplate]:
    for match in re.finditer(r"[^\r\n]+", text):
        if len(set(_NOTICE.findall(match[0]))) >= _NOTICE_HITS:
            yield Boilerplate("网站声明", trimmed(text, Span(*match.span())))
