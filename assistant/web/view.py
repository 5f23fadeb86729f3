"""The HTML of the page and of its parts, made from a service. No Gradio here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template

from assistant import __version__
from assistant.errors import AssistantError, BadQuestion
from assistant.ingest.report import Account, account_line
from assistant.records import Document, Source, Span, Topic
from assistant.render import opener, source_html, to_html
from assistant.web.service import Service

#: What a first visitor can take in; the rest of the examples would push the question box away.
MAX_EXAMPLES = 6
#: What a browser may be given to look at, by format; an HTML page from elsewhere would run in the name of this one.
SHOWN_BY_BROWSERS = {"pdf": "application/pdf"}
#: How often "还有吗" can be asked of one question: there are only so many candidates.
MAX_ROUNDS = 10


def resource(name: str) -> str:
    """A text file that lies beside this module."""
    return files("assistant.web").joinpath(name).read_text(encoding="utf-8")


def page_html() -> str:
    """The page as it stands before the library is shown in it."""
    return Template(resource("page.html")).substitute(style=resource("page.css"), version=escape(__version__))


def library(service: Service) -> dict[str, str]:
    """Example questions, collections and the list of files as they are now: files may be added while the page is
    served."""
    try:
        documents = service.documents()
        collections = service.collections()
        return {
            "count": str(len(documents)),
            "examples": "".join(_chip(question) for question in service.examples()[:MAX_EXAMPLES]),
            "documents": "".join(_file_item(list(group), collections) for _, group in groupby(documents, _source_id)),
            "collections": "".join(f"<option>{escape(name)}</option>" for name in collections),
        }
    except AssistantError as error:
        return {"notice": str(error)}


def accounts(service: Service) -> dict[str, str]:
    """By the id of each file, the HTML that says what was read of it."""
    try:
        return {source_id: _account_html(account) for source_id, account in service.accounts().items()}
    except AssistantError:
        return {}  # the list of files says what is wrong


def _account_html(account: Account) -> str:
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in account.warnings)
    return f"<p>{escape(account_line(account))}。</p>{warnings}"


def _source_id(document: Document) -> str:
    return document.source.id


def _chip(question: str) -> str:
    return f'<li><button type="button" class="chip">{escape(question)}</button></li>'


def _file_item(documents: Sequence[Document], collections: Mapping[str, AbstractSet[str]]) -> str:
    """A file with its articles; what was read of it is filled in when it is unfolded."""
    source = documents[0].source
    groups = "、".join(name for name, sources in collections.items() if source.id in sources)
    articles = "".join(f"<li>{_article(document)}</li>" for document in documents)
    place = f"{escape(source.name)}{groups and f'，分组：{escape(groups)}'}"
    return (
        f'<li class="file"><ul>{articles}</ul><details class="account" data-source="{escape(source.id)}">'
        f'<summary class="place">{place}</summary></details></li>'
    )


def _article(document: Document) -> str:
    beginning = document.headings[:1] or (Span(document.span.start, document.span.start),)
    return opener(document.source.id, beginning, (), document.title)


def ask(service: Service, asked: object) -> dict[str, object]:
    """The answer's cards under `html` with the `topic` to send along with the next question, or under `notice` the
    sentence that says why there is none. What is `asked` holds a question, the topic of the answer before, if any, and
    the collection to look in, if not in all.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        question, topic, collection = asked.get("question"), asked.get("topic"), asked.get("collection")
        if not isinstance(question, str):
            raise BadQuestion("提问应当是一段文字，请在输入框里输入后再问。")
        answer = service.ask(question, _topic(topic), collection if isinstance(collection, str) else "")
        return {"html": to_html(answer), "topic": asdict(answer.topic) if answer.topic else None}
    except AssistantError as error:
        return {"notice": str(error)}


def _topic(sent: object) -> Topic | None:
    """The topic as the page got it; anything else is none."""
    if isinstance(sent, Mapping) and isinstance(sent.get("question"), str) and isinstance(sent.get("rounds"), int):
        return Topic(sent["question"], max(1, min(sent["rounds"], MAX_ROUNDS)))
    return None


def original(service: Service, wanted: object) -> dict[str, str]:
    """The whole text of the file `wanted` names, with the places it names marked."""
    try:
        wanted = wanted if isinstance(wanted, Mapping) else {}
        source = service.source(str(wanted.get("source", "")))
        cited, marks = _spans(wanted.get("spans"), source), _spans(wanted.get("marks"), source)
        documents = [document for document in service.documents() if document.source.id == source.id]
        titles = [span for document in documents for span in document.headings]
        page = source.page(cited[0].start) if cited else None
        at = {"page": str(page)} if page else {}
        return {"name": source.name, "id": source.id, "html": source_html(source, titles, cited, marks), **at}
    except AssistantError as error:
        return {"notice": str(error)}


def _spans(places: object, source: Source) -> list[Span]:
    """The spans in "10-20 30-40". What does not lie in the text is left out: the page may be older than the library."""
    pairs = re.findall(r"\b([0-9]{1,12})-([0-9]{1,12})\b", str(places or ""))
    spans = [(int(start), int(end)) for start, end in pairs]
    return [Span(start, end) for start, end in spans if start <= end <= len(source.text)]
