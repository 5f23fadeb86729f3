"""The commands about the library: `zhiyin add`, `update`, `watch`, `remove`, `list`, `check`, `restore`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from assistant.cli.output import json_line, open_assistant, shown, stopped
from assistant.errors import AssistantError
from assistant.ingest.report import FileReport, Outcome, Report, file_lines, total_lines

if TYPE_CHECKING:
    from assistant.assistant import Assistant


def add(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        report = assistant.add(options.paths, options.collection, None if options.json else say_file)
        formats = "、".join(assistant.formats())
        code = _reported(assistant, report, options.json)
        if set(report.counts) <= {Outcome.SKIPPED}:
            return stopped(f"没有找到可以收录的文件，支持的格式有：{formats}。")
        return code


def update(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        report = assistant.update(None if options.json else say_file)
        if not (report.files or options.json or assistant.library.folders()):
            return stopped("还没有收录过文件夹或文件，请用 zhiyin add 收录。")
        return _reported(assistant, report, options.json)


def watch(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        if options.paths:
            assistant.add(options.paths, listener=say_file)
            assistant.index()
        folders = [Path(folder) for folder in assistant.library.folders()]
        if not any(folder.is_dir() for folder in folders):
            return stopped("还没有收录过文件夹，请写 zhiyin watch 文件夹。")
        print(f"正在看着 {'、'.join(shown(str(folder)) for folder in folders)}，按 Ctrl+C 停止。", flush=True)
        with suppress(KeyboardInterrupt):  # the way to stop it
            follow(assistant, folders)
    return 0


def follow(assistant: Assistant, folders: Sequence[Path], stop: Event | None = None) -> None:
    """Update whenever something changes in the folders, until `stop` is set or Ctrl+C is pressed. What is wrong is told
    once, not each time."""
    from assistant.ingest.watching import changes

    told: set[FileReport | str] = set()

    def say(file: FileReport) -> None:
        if stop and stop.is_set():
            raise KeyboardInterrupt  # as on the keyboard: what is done is kept, the rest is for the next time
        if file.outcome not in (Outcome.REFUSED, Outcome.MISSING) or file not in told:
            say_file(file)
        if file.account is None:
            told.add(file)

    for _ in changes(folders, stop):
        try:
            if assistant.update(say).changed:
                assistant.warm_up()
        except KeyboardInterrupt:
            if stop is None:
                raise
            return
        except AssistantError as error:  # another program writes, the disk is full: the next change tries again
            if str(error) not in told:
                print(error, file=sys.stderr, flush=True)
            told.add(str(error))


def _reported(assistant: Assistant, report: Report, as_json: bool) -> int:
    """Say what a run came to, and encode what is new."""
    if as_json:
        print(json_line(report.as_dict()))
    elif report.files:
        for line in total_lines(report):
            print(shown(line))
    if report.changed:
        assistant.index()
    return 1 if report.of(Outcome.REFUSED) else 0


def say_file(file: FileReport) -> None:
    """The lines for one file, as soon as it is done; what was not read is an error."""
    stream = sys.stderr if file.outcome is Outcome.REFUSED else sys.stdout
    for line in file_lines(file):
        print(shown(line), file=stream, flush=True)


def remove(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        for name in options.names:
            for file in assistant.remove(name).files:
                print(f"{shown(file.name)}：已移除。")
    return 0


def list_documents(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        groups, folders = assistant.library.collections(), assistant.library.folders()
        chosen = assistant.library.collection(options.collection) if options.collection else None
        readings = [each for each in assistant.library.readings() if chosen is None or each.source.id in chosen]
    times = Counter(reading.source.name for reading in readings)
    for reading in readings:
        called = reading.source.name if times[reading.source.name] == 1 else reading.source.path
        names = [name for name, sources in groups.items() if reading.source.id in sources]
        grouped = f"，分组：{'、'.join(names)}" if names else ""
        counts = f"{len(reading.documents)} 篇，{len(reading.passages)} 段{grouped}"
        print(shown(f"{called}（{counts}）"))
        for document in reading.documents:
            traits = "，".join(f"{trait}：{document.text(span)}" for trait, span in document.metadata.items())
            print(shown(f"  《{document.title}》{traits and '  ' + traits}"))
    if not readings:
        print("资料库是空的，请用 zhiyin add 收录文件。")
    for folder, name in folders.items():
        if options.collection in ("", name):
            print(shown(f"收录过的文件夹：{folder}（分组：{name}），有变化时请运行 zhiyin update。"))
    return 0


def check(options: argparse.Namespace) -> int:
    with open_assistant(options) as assistant:
        problems, files = assistant.library.check(), len(assistant.library.sources())
        if assistant.mend():
            print("索引有损坏，已从资料库重建。")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    print(f"资料库完好：{files} 个文件，每处引用都与原文一致。")
    return 0


def restore_library(options: argparse.Namespace) -> int:
    from assistant.assistant import default_folder
    from assistant.library import is_sound, restore

    folder = options.library or default_folder()
    if is_sound(folder):
        return stopped(f"资料库“{folder}”没有损坏，不需要恢复。")
    kept = restore(folder)
    before = f"，原来的文件保留在“{shown(str(kept))}”" if kept.exists() else ""
    print(f"已恢复到最后一次备份{before}。请运行 zhiyin update，把备份以后的变化补上。")
    return 0
