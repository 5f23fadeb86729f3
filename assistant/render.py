"""An answer for people and programs: HTML cards, Markdown, plain text, JSON.

Whatever comes from a document or from the user is escaped here and nowhere else; the text a reader sees, and the text
that is copied out of the page, are the document's own characters. What is ours stands outside the quoted text: the mark
for words left out between two parts is drawn by the style sheet, so that copying does not pick it up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Reason, Source, Span, Status

RELATED = "没有找到直接回答，以下原文可能相关"
NOT_FOUND = "未找到：资料里没有能回答这个问题的原文。"
NEAREST = "最接近的标题："
WHY = "为什么是这一条"
CARRIED = "接着上一问："
NO_NEAREST = "可以换个说法再问一次。"

#: What stands for the words left out between two parts, wherever the style sheet can't draw it.
ELLIPSIS = "……"
#: Around highlights in plain text: signs that Chinese documents hardly use themselves.
MARKS = ("«", "»")

#: Characters shown before a cited place, and twice as many in all, of a file that is longer: some novels' worth.
SHOWN = 200_000

Layer = tuple[str, str, Sequence[Span]]  # opening tag, closing tag, where


# ---------------------------------------------------------------- words shared by all forms


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
    return f"{_joined(excerpt, ELLIPSIS)}\n（出自{citation.locator}，{citation.file}{page_of(citation)}）"


def _adjacent(before: Part, after: Part) -> bool:
    return before.span.end == after.span.start


def _joined(excerpt: Excerpt, gap: str) -> str:
    text = ""
    for i, part in enumerate(excerpt.parts):
        if i and not _adjacent(excerpt.parts[i - 1], part):
            text = f"{text.rstrip()}\n{gap}\n"
        text += part.text
    return text


# ---------------------------------------------------------------- JSON: the contract of `ask --json`


def to_json(answer: Answer | NotFound) -> dict[str, object]:
    """The contract of `ask --json`: positions are character offsets into the text of the cited file."""
    found = answer.excerpts if isinstance(answer, Answer) else ()
    nearest = answer.nearest if isinstance(answer, NotFound) else ()
    return {
        "question": answer.question,
        "status": answer.status.value,
        "confidence": round(answer.confidence, 4),
        "elapsed_ms": round(answer.elapsed_ms, 2),
        "excerpts": [_excerpt_json(excerpt) for excerpt in found],
        "nearest": [heading(citation) for citation in nearest],
    }


def _excerpt_json(excerpt: Excerpt) -> dict[str, object]:
    return {
        "parts": [{"start": part.span.start, "end": part.span.end, "text": part.text} for part in excerpt.parts],
        "highlights": [{"start": span.start, "end": span.end} for span in excerpt.highlights],
        "score": round(excerpt.score, 6),
        "citation": _citation_json(excerpt.citation),
        "also": [_citation_json(citation) for citation in excerpt.also],
    }


def _citation_json(citation: Citation) -> dict[str, object]:
    return {
        "document": citation.document,
        "section": list(citation.section),
        "file": citation.file,
        "start": citation.span.start,
        "end": citation.span.end,
        "page": citation.page,
        "locator": citation.locator,
    }


# ---------------------------------------------------------------- plain text for the terminal


def to_text(answer: Answer | NotFound, marks: bool = False, reasons: bool = False) -> str:
    """Plain text without colours: a bar before each line of a document; if asked for, `MARKS` around highlights and why
    each excerpt was found."""
    lines = [headline(answer)]
    if isinstance(answer, NotFound):
        lines += [NEAREST, *(f"  · {_visible(c.locator)}" for c in answer.nearest)] if answer.nearest else [NO_NEAREST]
        return "\n".join(lines)
    for number, excerpt in enumerate(answer.excerpts, start=1):
        lines += ["", f"[{number}] {_visible(excerpt.citation.locator)}", *_quoted_lines(excerpt, marks)]
        lines.append(f"    {_visible(place(excerpt.citation))}")
        if excerpt.listed:
            lines.append(f"    {listed_line(excerpt)}")
        if reasons and excerpt.reason:
            lines.append(f"    {_visible(reason_line(excerpt.reason))}")
        if excerpt.also:
            lines.append(f"    {also_line(excerpt)}：")
            lines += [f"      · {_visible(citation.locator)}" for citation in excerpt.also]
    return "\n".join(lines)


def _quoted_lines(excerpt: Excerpt, marks: bool) -> list[str]:
    lines: list[str] = []
    before: Part | None = None
    for part in excerpt.parts:
        text = _marked_text(part, excerpt.highlights) if marks else part.text
        shown = _visible(text).split("\n")
        if before is not None and _adjacent(before, part):
            lines[-1] += shown.pop(0)
        elif before is not None:
            lines.append(f"      {ELLIPSIS}")
        lines += [f"    │ {line}" for line in shown]
        before = part
    return lines


def _marked_text(part: Part, highlights: Sequence[Span]) -> str:
    text, at = "", part.span.start
    for span in _merged(_inside(part, highlights)):
        text += part.text[at - part.span.start : span.start - part.span.start]
        text += MARKS[0] + part.text[span.start - part.span.start : span.end - part.span.start] + MARKS[1]
        at = span.end
    return text + part.text[at - part.span.start :]


def _inside(part: Part, spans: Sequence[Span]) -> list[Span]:
    clipped = [(max(s.start, part.span.start), min(s.end, part.span.end)) for s in spans]
    return [Span(start, end) for start, end in clipped if start < end]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _visible(text: str) -> str:
    """Control characters as their Unicode pictures: a document must not steer the reader's terminal."""
    text = text.replace("\r\n", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", lambda m: chr(0x2400 + ord(m[0])), re.sub(r"[\x7f-\x9f]", "�", text))


# ---------------------------------------------------------------- Markdown


def to_markdown(answer: Answer | NotFound) -> str:
    """CommonMark that renders to the documents' own characters: every sign that could be markup is escaped."""
    blocks = [f"**{headline(answer)}**"]
    if isinstance(answer, NotFound):
        if not answer.nearest:
            return "\n\n".join([*blocks, NO_NEAREST])
        return "\n\n".join([*blocks, NEAREST, "\n".join(f"- {_md(c.locator)}" for c in answer.nearest)])
    for number, excerpt in enumerate(answer.excerpts, start=1):
        quote = [f"> {line}" for line in _md_lines(excerpt)]
        source = f"{number}\\. {_md(excerpt.citation.locator)}（{_md(place(excerpt.citation))}）"
        also = [f"{also_line(excerpt)}：" + "；".join(_md(c.locator) for c in excerpt.also)] if excerpt.also else []
        listed = [listed_line(excerpt)] if excerpt.listed else []
        blocks += ["\n".join(quote), source, *listed, *also]
    return "\n\n".join(blocks)


def _md_lines(excerpt: Excerpt) -> list[str]:
    lines = [_md(line) for line in _joined(excerpt, "\0").replace("\r\n", "\n").split("\n")]
    lines = [ELLIPSIS if line == "\0" else line for line in lines]
    # A backslash at the end keeps a line break that Markdown would fold into a space.
    return [f"{line}\\" if line and i + 1 < len(lines) and lines[i + 1] else line for i, line in enumerate(lines)]


def _md(text: str) -> str:
    text = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    return re.sub(r"^[ \t]+", lambda m: "".join(f"&#{ord(c)};" for c in m[0]), text)


# ---------------------------------------------------------------- HTML


def to_html(answer: Answer | NotFound) -> str:
    """One answer as cards. The text inside each `.part` is the part's text, character for character."""
    time = f'<span class="elapsed">用时 {max(1, round(answer.elapsed_ms))} 毫秒</span>'
    lead = f'{_carried_html(answer.carried)}<p class="lead"><span>{escape(headline(answer))}</span>{time}</p>'
    if isinstance(answer, NotFound):
        body = _nearest_html(answer.nearest)
    else:
        cards = (_card(number, excerpt) for number, excerpt in enumerate(answer.excerpts, start=1))
        body = f'<ol class="excerpts">{"".join(cards)}</ol>'
    return f'<article class="answer" data-status="{answer.status.value}">{lead}{body}</article>'


def _carried_html(question: str) -> str:
    """The earlier question that this one goes on from, as a chip; a click takes it away."""
    if not question:
        return ""
    return (
        f'<button type="button" class="carried" title="不接着上一问，单独再问一次">'
        f'{CARRIED}<span>{_html(question)}</span><span aria-hidden="true">×</span></button>'
    )


def _nearest_html(nearest: Sequence[Citation]) -> str:
    if not nearest:
        return f'<p class="hint">{NO_NEAREST}</p>'
    items = "".join(f"<li>{cite_button(citation)}</li>" for citation in nearest)
    return f'<p class="hint">{NEAREST}</p><ul class="nearest">{items}</ul>'


def _card(number: int, excerpt: Excerpt) -> str:
    citation = excerpt.citation
    spans = [part.span for part in excerpt.parts]
    listed = f'<p class="listed">{listed_line(excerpt)}</p>' if excerpt.listed else ""
    also = ""
    if excerpt.also:
        items = "".join(f"<li>{cite_button(other)}</li>" for other in excerpt.also)
        also = f'<details class="also"><summary>{also_line(excerpt)}</summary><ul>{items}</ul></details>'
    return (
        f'<li class="excerpt"><span class="number" aria-hidden="true">{number}</span>'
        f'<blockquote class="quote">{_quote_html(excerpt)}</blockquote>'
        f'<div class="source">{cite_button(citation, spans, excerpt.highlights)}'
        f'<span class="place">{_html(place(citation))}</span>'
        f'<button type="button" class="copy" data-copy="{_html(copyable(excerpt))}" '
        f'aria-label="复制第 {number} 条原文和出处">复制</button></div>{listed}{also}{_reason_html(excerpt)}</li>'
    )


#: Drawn by the style sheet, so that copying does not pick it up.
_GAP = '<span class="gap" role="img" aria-label="中间有省略"></span>'


def _reason_html(excerpt: Excerpt) -> str:
    if not excerpt.reason:
        return ""
    return f'<details class="why"><summary>{WHY}</summary><p>{_html(reason_line(excerpt.reason))}</p></details>'


def _quote_html(excerpt: Excerpt) -> str:
    html = ""
    first_item = len(excerpt.parts) - len(excerpt.unfolded)
    for i, part in enumerate(excerpt.parts):
        rest = excerpt.unfolded[i - first_item] if i >= first_item else ()
        before_unfolded = i > first_item and excerpt.unfolded[i - 1 - first_item]
        if i and not _adjacent(excerpt.parts[i - 1], part) and not before_unfolded:
            html += _GAP
        marks: Layer = ("<mark>", "</mark>", _inside(part, excerpt.highlights))
        shown = f'<span class="part">{_layered(part.text, part.span.start, [marks])}</span>'
        html += f'<details class="item"><summary>{shown}</summary>{_rest_html(part, rest)}</details>' if rest else shown
    return html


def _rest_html(head: Part, rest: Sequence[Part]) -> str:
    """What an item unfolds to: the text that follows what names it."""
    html = ""
    for before, part in pairwise((head, *rest)):
        html += _GAP if before is not head and not _adjacent(before, part) else ""
        html += f'<span class="rest">{_html(part.text)}</span>'
    return html


def cite_button(citation: Citation, spans: Sequence[Span] = (), marks: Sequence[Span] = ()) -> str:
    """A button that opens the original at `spans` (by default where the citation points)."""
    return opener(citation.source_id, spans or [citation.span], marks, citation.locator)


def opener(source_id: str, spans: Sequence[Span], marks: Sequence[Span], label: str) -> str:
    """A button carrying the file and the places to show in it."""
    return (
        f'<button type="button" class="cite" data-source="{_html(source_id)}" data-spans="{_places(spans)}" '
        f'data-marks="{_places(marks)}" title="打开原文">{_html(label)}</button>'
    )


def source_html(source: Source, titles: Sequence[Span], cited: Sequence[Span], marks: Sequence[Span]) -> str:
    """The text of a file, with its titles, the cited places and the highlights in them; of a very long one as much as a
    browser can hold, around the first cited place."""
    at = cited[0].start if cited else 0
    start = max(0, at - SHOWN) if len(source.text) > 2 * SHOWN else 0
    shown = Span(start, min(len(source.text), start + 2 * SHOWN))
    layers: list[Layer] = [
        ('<strong class="title">', "</strong>", titles),
        ('<span class="cited">', "</span>", cited),
        ("<mark>", "</mark>", marks),
    ]
    text = f'<div class="original">{_layered(shown.of(source.text), shown.start, layers)}</div>'
    return f"{_left_out('前面', shown.start)}{text}{_left_out('后面', len(source.text) - shown.end)}"


def _left_out(where: str, count: int) -> str:
    return f'<p class="notice">{where}还有 {count} 字没有显示，请打开原件查看。</p>' if count else ""


def _places(spans: Sequence[Span]) -> str:
    return " ".join(f"{span.start}-{span.end}" for span in spans)


def _html(text: str) -> str:
    # A carriage return survives HTML parsing only as a character reference.
    return escape(text).replace("\r", "&#13;")


def _layered(text: str, offset: int, layers: Sequence[Layer]) -> str:
    """`text`, which stands at `offset` in its source, with each layer's tags around its spans.

    The text is cut wherever any span begins or ends, so that tags of overlapping spans still nest.
    """
    changes: dict[int, list[tuple[int, int]]] = defaultdict(list, {0: [], len(text): []})
    for layer, (_, _, spans) in enumerate(layers):
        for span in _merged(spans):
            start, end = max(span.start - offset, 0), min(span.end - offset, len(text))
            if start < end:
                changes[start].append((layer, 1))
                changes[end].append((layer, -1))
    depth, html = [0] * len(layers), []
    for start, end in pairwise(sorted(changes)):
        for layer, change in changes[start]:
            depth[layer] += change
        open_layers = [layers[i] for i in range(len(layers)) if depth[i]]
        tags = "".join(tag for tag, _, _ in open_layers), "".join(tag for _, tag, _ in reversed(open_layers))
        html.append(tags[0] + _html(text[start:end]) + tags[1])
    return "".join(html)
