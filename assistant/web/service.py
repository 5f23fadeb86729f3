"""What the page needs from the assistant: one small protocol, so that tests can serve a page without an index."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from assistant.ingest.report import Account
from assistant.records import Answer, Document, NotFound, Source, Topic


class Service(Protocol):
    """`Assistant` is one. Calls come from several threads at once."""

    def ask(self, question: str, topic: Topic | None = None, collection: str = "") -> Answer | NotFound: ...

    def documents(self) -> tuple[Document, ...]: ...

    def source(self, source_id: str) -> Source: ...

    def content(self, source_id: str) -> bytes: ...

    def collections(self) -> Mapping[str, AbstractSet[str]]: ...

    def accounts(self) -> Mapping[str, Account]: ...

    def examples(self) -> tuple[str, ...]: ...
