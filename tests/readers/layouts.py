"""What holds of every layout, whatever the format."""

from __future__ import annotations

from itertools import pairwise

from assistant.records import Extract, Span


def assert_sound(extract: Extract) -> None:
    """Every place lies in the text, begins and ends on a character, stands in order and overlaps no other."""
    layout, text = extract.layout, extract.text
    headings = [heading.span for heading in layout.headings]
    kinds = [headings, [table.span for table in layout.tables], [piece.span for piece in layout.boilerplate]]
    for table in layout.tables:
        lines = [table.header, *table.rows] if table.header else [*table.rows]
        kinds.append(lines)
        assert all(line in table.span for line in lines)
    kinds.append(sorted([*kinds[0], *kinds[1], *kinds[2]]))
    for spans in kinds:
        assert all(_is_trimmed(span, text) for span in spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))
    assert layout.title is None or layout.title in headings
    assert text.strip()
    text.encode()  # no half of a surrogate pair


def _is_trimmed(span: Span, text: str) -> bool:
    words = span.of(text)
    return bool(words) and words == words.strip()
