"""The cards of the page, and the original beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from assistant.records import Answer, Citation, Excerpt, NotFound, Part, Source, Span
from assistant.render.phrases import (
    CARRIED,
    NEAREST,
    NO_NEAREST,
    WHY,
    adjacent,
    also_line,
    copyable,
    headline,
    inside,
    listed_line,
    merged,
    place,
    reason_line,
)

#: Characters shown before a cited place, and twice as many in all, of a file that is longer: some novels' worth.
SHOWN = 200_000

Layer = tuple[str, str, Sequence[Span]]  # opening tag, closing tag, where


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
        if i and not adjacent(excerpt.parts[i - 1], part) and not before_unfolded:
            html += _GAP
        marks: Layer = ("<mark>", "</mark>", inside(part, excerpt.highlights))
        shown = f'<span class="part">{_layered(part.text, part.span.start, [marks])}</span>'
        html += f'<details class="item"><summary>{shown}</summary>{_rest_html(part, rest)}</details>' if rest else shown
    return html


def _rest_html(head: Part, rest: Sequence[Part]) -> str:
    """What an item unfolds to: the text that follows what names it."""
    html = ""
    for before, part in pairwise((head, *rest)):
        html += _GAP if before is not head and not adjacent(before, part) else ""
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
        for span in merged(spans):
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
