"""Tells when something changes in folders."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

#: Milliseconds of quiet after which changes count as over: programs save a file in several steps.
_QUIET = 1_600
#: Milliseconds between two looks at the clock.
_TICK = 2_000
#: Seconds after which the folders are looked at anyway: drives of other machines don't always tell.
_AT_LEAST = 300


def changes(folders: Iterable[Path], stop: Event | None = None) -> Iterator[None]:
    """Comes back once the folders are watched, so that nothing that happened before is missed; then after each change,
    and now and then without one, until `stop` is set or Ctrl+C is pressed."""
    from watchfiles import watch

    there = [folder for folder in folders if folder.is_dir()]
    looked = float("-inf")
    for found in watch(
        *there,
        watch_filter=None,
        debounce=_QUIET,
        rust_timeout=_TICK,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=True,
        ignore_permission_denied=True,
    ):
        if found or time.monotonic() - looked >= _AT_LEAST:
            yield
            looked = time.monotonic()
