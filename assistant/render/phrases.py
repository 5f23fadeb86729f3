"""The words that are ours, and what all forms of an answer share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Reason, Span, Status

RELATED = "没有找到直接回答，以下原文可能相关"
NOT_FOUND = "未找到：资料里没有能回答这个问题的原文。"
NEAREST = "最接近的标题："
WHY = "为什么是这一条"
CARRIED = "接着上一问："
NO_NEAREST = "可以换个说法再问一次。"

#: What stands for the words left out between two parts, wherever the style sheet can't draw it.
ELLIPSIS = "……"


def headline(answer: Answer | NotFound) -> str:
    """The fixed phrase that says how far the question was answered."""
    if isinstance(answer, NotFound):
        return NOT_FOUND
    if answer.status is Status.RELATED:
        return RELATED
    return f"找到 {len(answer.excerpts)} 处原文"


def heading(citation: Citation) -> str:
    """The innermost heading of a citation, or the title where the document has no headings."""
    return citation.section[-1] if citation.section else f"《{citation.document}》"


def place(citation: Citation) -> str:
    """File and position in words a reader can check; positions count characters from 1."""
    return f"{citation.file}{page_of(citation)}，第 {citation.span.start + 1}–{citation.span.end} 字"


def page_of(citation: Citation) -> str:
    return f"，第 {citation.page} 页" if citation.page is not None else ""


def also_line(excerpt: Excerpt) -> str:
    return f"另见 {len(excerpt.also)} 处相同或相近表述"


def listed_line(excerpt: Excerpt) -> str:
    return f"原文共列出 {excerpt.listed} 项"


def reason_line(reason: Reason) -> str:
    """Why an excerpt was found, in plain words."""
    because = [f"“{change.typed}”按“{change.meant}”查找" for change in reason.changes]
    if reason.words:
        because.append(f"含有问题里的词：{'、'.join(reason.words)}")
    if reason.heading_words:
        because.append(f"标题里有：{'、'.join(reason.heading_words)}")
    if reason.alike or not because:
        because.append("意思与问题相近")
    return "；".join(because)


def copyable(excerpt: Excerpt) -> str:
    """The excerpt and its source, ready to paste into a document."""
    citation = excerpt.citation
    return f"{joined(excerpt, ELLIPSIS)}\n（出自{citation.locator}，{citation.file}{page_of(citation)}）"


def adjacent(before: Part, after: Part) -> bool:
    return before.span.end == after.span.start


def joined(excerpt: Excerpt, gap: str) -> str:
    text = ""
    for i, part in enumerate(excerpt.parts):
        if i and not adjacent(excerpt.parts[i - 1], part):
            text = f"{text.rstrip()}\n{gap}\n"
        text += part.text
    return text


def inside(part: Part, spans: Sequence[Span]) -> list[Span]:
    clipped = [(max(s.start, part.span.start), min(s.end, part.span.end)) for s in spans]
    return [Span(start, end) for start, end in clipped if start < end]


def merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
