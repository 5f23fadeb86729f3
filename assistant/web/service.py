"""What the page needs from the assistant: one small protocol, so that tests can serve a page without an index."""

from __future__ import annotations

from typing import Protocol

from assistant.records import Answer, Document, NotFound, Source, Topic


class Service(Protocol):
    """`Assistant` is one. Calls come from several threads at once."""

    def ask(self, question: str, topic: Topic | None = None) -> Answer | NotFound: ...

    def documents(self) -> tuple[Document, ...]: ...

    def source(self, source_id: str) -> Source: ...

    def examples(self) -> tuple[str, ...]: ...
