"""What the questions are asked of: the documents, and the index over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.assistant import Assistant
from assistant.encoder import Encoder
from assistant.errors import EvaluationError
from assistant.ingest import Outcome
from assistant.library import Library
from assistant.settings import Settings


@contextmanager
def open_documents(
    documents: Path, encoder: Encoder, progress: Callable[[int, int], None] | None = None
) -> Iterator[Assistant]:
    """An assistant over these documents and nothing else, neither the user's library nor the seeds, for the while.

    A file that can't be read is an `EvaluationError`: without it the figures would be those of other documents.
    """
    with (
        TemporaryDirectory(prefix="zhiyin-", ignore_cleanup_errors=True) as folder,
        # Not by `Assistant.open`, which gives a new library the seeds.
        closing(Assistant(Library.open(Path(folder)), Settings(), encoder, progress)) as assistant,
    ):
        report = assistant.add([documents])
        for refused in report.of(Outcome.REFUSED):
            raise EvaluationError(refused.sentence)
        if not report.of(Outcome.ADDED):
            formats = "、".join(assistant.formats())
            raise EvaluationError(f"“{documents}”里没有可以评测的文件，支持的格式有：{formats}。")
        yield assistant
