"""Tells when something changes in folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

#: Milliseconds of quiet after which changes count as over: programs save a file in several steps.
_QUIET = 1_600
#: Milliseconds after which the folders are looked at anyway: drives of other machines don't always tell.
_AT_LEAST = 300_000


def changes(folders: Iterable[Path], stop: Event | None = None) -> Iterator[None]:
    """Comes back after each change in the folders, and now and then without one, until `stop` is set or Ctrl+C."""
    from watchfiles import watch

    there = [folder for folder in folders if folder.is_dir()]
    for _ in watch(
        *there,
        watch_filter=None,
        debounce=_QUIET,
        rust_timeout=_AT_LEAST,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=True,
        ignore_permission_denied=True,
    ):
        yield
