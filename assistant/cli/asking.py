"""`zhiyin ask` and `zhiyin serve`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from assistant.cli.documents import follow
from assistant.cli.output import json_line, open_assistant, stopped
from assistant.errors import AssistantError
from assistant.records import Answer, NotFound

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def ask(options: argparse.Namespace) -> int:
    from assistant.render import to_json, to_text

    question = " ".join(options.question)
    with open_assistant(options) as assistant:
        ask = partial(assistant.ask, collection=options.collection)
        if not options.json:
            print(to_text(ask(question), reasons=options.why))
        elif question != "-":
            print(json_line(to_json(ask(question))))
        else:
            for line in sys.stdin:
                print(json_line(_answered(ask, line.rstrip("\r\n"))), flush=True)
    return 0


def _answered(ask: Callable[[str], Answer | NotFound], question: str) -> dict[str, object]:
    """The answer to one question of many: one that can't be asked gets its error on its line, and the rest go on."""
    from assistant.render import to_json

    try:
        return to_json(ask(question))
    except AssistantError as error:
        return {**to_json(NotFound(question, 0.0, ())), "error": str(error)}


def serve_page(options: argparse.Namespace) -> int:
    from assistant.web import serve

    with open_assistant(options) as assistant:
        folders = [Path(folder) for folder in assistant.library.folders()]
        if options.watch and not any(folder.is_dir() for folder in folders):
            return stopped("还没有收录过文件夹，请先用 zhiyin add 收录文件夹，再加 --watch。")
        with followed(assistant, folders if options.watch else ()):
            serve(assistant, host=options.host, port=options.port)
    return 0


@contextmanager
def followed(assistant: Assistant, folders: Sequence[Path]) -> Iterator[None]:
    """The folders are followed, if there are any, as long as the block lasts."""
    stop = Event()
    thread = Thread(target=follow, args=(assistant, folders, stop))
    if folders:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if folders:  # else native code would still run while Python is taken down
            thread.join()
