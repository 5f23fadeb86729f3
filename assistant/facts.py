"""Questions about a document itself: who wrote it, when and where it was published. Its byline answers them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from assistant.articles import BYLINE_LABELS
from assistant.records import Document, Span, Trait
from assistant.text import matching_form, trimmed, words

_ASKS: tuple[tuple[Trait, re.Pattern[str]], ...] = (
    (
        Trait.AUTHOR,
        re.compile(
            r"作者|谁(?:人)?(?:写|撰写|执笔|编写|起草)|(?:由谁|哪位|哪个人)(?:写|撰写|执笔|编写|起草)|who wrote|author"
        ),
    ),
    (
        Trait.PUBLISHED,
        re.compile(
            r"(?:发布|发表|刊登|刊发|印发|登载)(?:的)?(?:时间|日期)|"
            r"(?:什么时候|何时|哪天|哪年|哪一[天年]|哪个月|几月|几号|什么时间)\S{0,6}?(?:发布|发表|刊登|刊发|印发|登载|写|出)的?|"
            r"(?:发布|发表|刊登|刊发|印发|登载)于?(?:什么时候|何时|哪天|哪年|哪一[天年]|几月|几号)|"
            r"when was .*(?:published|written)"
        ),
    ),
    (
        Trait.ORIGIN,
        re.compile(
            r"来源|(?:出自|来自|转自|摘自|转载自)(?:哪|何处|什么)|(?:哪里|哪儿|哪个网站|什么网站|哪家)\S{0,4}?(?:发布|发表|刊登|登载|转载)|"
            r"where was .*published"
        ),
    ),
)
#: The words that a question about a document has beside its name, and those of the name that may be left out.
_FRAME = re.compile(
    r"[这那该本]?[篇份个部则]?(?:文章|文件|文|材料|资料|稿子|稿件|讲话|通知|规定)?|在|上|里|哪里|叫|名字|题为|标题|一文"
)
#: A question names a document by this share of the words of its title, and says nothing else.
_NAMED = 0.5
_LABEL = re.compile(rf"(?:{BYLINE_LABELS})[:：]\s*$")
_NEAR = 10


@dataclass(frozen=True, slots=True)
class Fact:
    """Where a document gives a trait of itself: `span` is the byline, `value` what is asked for."""

    document: Document
    span: Span
    value: Span


def asked_facts(question: str, documents: Sequence[Document]) -> tuple[Fact, ...]:
    """The bylines that a question asks for; none if it names no document that has one."""
    form = matching_form(question)
    for trait, pattern in _ASKS:
        match = pattern.search(form)
        if match:
            subject = _telling(f"{form[: match.start()]} {form[match.end() :]}")
            return tuple(
                _fact(document, document.metadata[trait])
                for document in _named(subject, documents)
                if trait in document.metadata
            )
    return ()


def _named(subject: Set[str], documents: Sequence[Document]) -> list[Document]:
    """The documents whose titles hold all of the subject's words, those with the least beside them."""
    shares = {}
    for document in documents:
        title = _telling(document.title)
        if title and subject <= title:
            shares[document.id] = len(subject) / len(title)
    best = max(shares.values(), default=0.0)
    return [document for document in documents if best >= _NAMED and shares.get(document.id) == best]


def _telling(text: str) -> set[str]:
    """The words that tell one document from another."""
    return {word for word in words(text) if not _FRAME.fullmatch(word)}


def _fact(document: Document, value: Span) -> Fact:
    """The value with its label, and with the other traits that stand in one byline with it."""
    text = document.source.text
    labelled = sorted(_with_label(document, each) for each in document.metadata.values())
    byline = _with_label(document, value)
    for each in labelled:
        if byline.end <= each.start and not text[byline.end : each.start].strip():
            byline = Span(byline.start, each.end)
    for each in reversed(labelled):
        if each.end <= byline.start and not text[each.end : byline.start].strip():
            byline = Span(each.start, byline.end)
    return Fact(document, byline, value)


def _with_label(document: Document, value: Span) -> Span:
    text = document.source.text
    label = _LABEL.search(text, max(document.span.start, value.start - _NEAR), value.start)
    return trimmed(text, Span(label.start() if label else value.start, value.end))
