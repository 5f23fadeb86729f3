"""`zhiyin ask` and `zhiyin serve`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from assistant.cli.documents import follow
from assistant.cli.output import json_line, open_assistant, stopped
from assistant.errors import AssistantError
from assistant.records import Answer, NotFound


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
        if options.watch:
            threading.Thread(target=follow, args=(assistant, folders), daemon=True).start()
        serve(assistant, host=options.host, port=options.port)
    return 0
