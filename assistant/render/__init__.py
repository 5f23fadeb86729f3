"""An answer for people and programs: HTML cards, Markdown, plain text, JSON.

Whatever comes from a document or from the user is escaped here and nowhere else; the text a reader sees, and the text
that is copied out of the page, are the document's own characters. What is ours stands outside the quoted text: the mark
for words left out between two parts is drawn by the style sheet, so that copying does not pick it up.

    phrases   the words that are ours, and what all forms share
    json      the contract of `ask --json`
    text      plain text for the terminal
    markdown  CommonMark
    html      the cards of the page, and the original beside them
"""

from __future__ import annotations

from assistant.render.html import cite_button, opener, source_html, to_html
from assistant.render.json import to_json
from assistant.render.markdown import to_markdown
from assistant.render.phrases import NOT_FOUND, copyable, heading, headline, place
from assistant.render.text import to_text

__all__ = [
    "NOT_FOUND",
    "cite_button",
    "copyable",
    "heading",
    "headline",
    "opener",
    "place",
    "source_html",
    "to_html",
    "to_json",
    "to_markdown",
    "to_text",
]
