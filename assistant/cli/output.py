"""What the commands share: opening the library, a progress bar, and lines that are safe to print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: Signs that some readers of lines take for a line's end; JSON allows them bare, and allows them escaped.
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}
#: Control characters as their Unicode pictures: a document must not steer the reader's terminal.
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)


def stopped(sentence: str) -> int:
    settle_output()
    print(sentence, file=sys.stderr)
    return 1


def settle_output() -> None:
    """Write out what was said so far; what can't be written must not come up again when Python exits."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def open_assistant(options: argparse.Namespace) -> closing[Assistant]:
    from assistant.assistant import Assistant

    return closing(Assistant.open(options.library, model=options.model, progress=Bar("正在编码段落")))


class Bar:
    """A progress bar on stderr that appears only when there is something to wait for."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self._title, unit="段", leave=False, file=sys.stderr, disable=None)
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._bar.close()
            self._bar = None


def json_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def shown(text: str) -> str:
    return text.translate(_PICTURES)
