"""The command line: `zhiyin ask | add | update | watch | remove | list | check | restore | evaluate | serve`.

Exit codes: 0 done, 1 a named error (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import __version__
from assistant.arguments import Parser
from assistant.errors import AssistantError
from assistant.ingest.report import FileReport, Outcome, Report, file_lines, total_lines
from assistant.records import Answer, NotFound

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.encoder import Encoder

Command = Callable[[argparse.Namespace], int]
#: Options of `evaluate` that stand alone: what each of them leaves no room for.
_EXCLUDED = {"beir": ("documents", "misses", "ablation", "save", "compare"), "library": ("documents",)}
#: Signs that some readers of lines take for a line's end; JSON allows them bare, and allows them escaped.
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}
#: Control characters as their Unicode pictures: a document must not steer the reader's terminal.
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong usage leaves by `SystemExit(2)`, as argparse does."""
    try:
        _prepare_streams()
        logging.getLogger().setLevel(logging.ERROR)
        options = _parser().parse_args(arguments)
        code = int(options.command(options))
        print(end="", flush=True)  # here, where a reader that is gone can still be told from a mistake
        return code
    except AssistantError as error:
        return _stopped(str(error))
    except KeyboardInterrupt:
        return _stopped("已停止。")
    except BrokenPipeError:  # the reader of our output is gone, as in `zhiyin list | head`: nothing is left to say
        _settle_output()
        return 0
    except OSError as error:
        return _stopped(f"系统无法完成读写（{error}），请检查磁盘空间和权限后重试。")
    except Exception as error:  # the last stop before the user, to whom a traceback says nothing: see it by -X dev
        if sys.flags.dev_mode:
            raise
        return _stopped(f"程序出错了（{type(error).__name__}: {error}），请把这句话和所用的命令告诉维护者。")


def _stopped(sentence: str) -> int:
    _settle_output()
    print(sentence, file=sys.stderr)
    return 1


def _settle_output() -> None:
    """Write out what was said so far; what can't be written must not come up again when Python exits."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _prepare_streams() -> None:
    """UTF-8 wherever a stream is redirected, as a Windows pipe defaults to the local code page; on a terminal of
    another code page a sign it lacks becomes "?". Bytes of no encoding stay apart (PEP 383), to be refused by name.
    """
    if hasattr(sys.stdin, "reconfigure") and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> Parser:
    parser = Parser(prog="zhiyin", description="指引：用大白话提问，得到资料里的原文和出处。")
    parser.add_argument("--version", action="version", version=f"指引 {__version__}", help="显示版本号")
    _add_shared(parser, None)
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, command: Command, summary: str) -> Parser:
        sub = commands.add_parser(name, help=summary, description=summary + "。")
        sub.set_defaults(command=command)
        _add_shared(sub, argparse.SUPPRESS)  # left out here, what stands before the command counts
        return sub

    ask = add("ask", _ask, "提一个问题")
    ask.add_argument("question", nargs="+", metavar="问题", help="用大白话写；--json - 则从标准输入每行读一个")
    ask.add_argument("--json", action="store_true", help="每个回答输出一行 JSON")
    ask.add_argument("--why", action="store_true", help="说明每一条为什么被找到")
    ask.add_argument("--in", dest="collection", metavar="NAME", default="", help="只在这个分组里找，见 zhiyin list")
    add_files = add("add", _add, "收录文件或文件夹")
    add_files.add_argument("paths", nargs="+", type=Path, metavar="路径", help="文件，或里面有文件的文件夹")
    grouped = "归入这个分组（默认：文件夹以自己的名字为分组）"
    add_files.add_argument("--in", dest="collection", metavar="NAME", default=None, help=grouped)
    add_files.add_argument("--json", action="store_true", help="收录报告输出为一行 JSON")
    update = add("update", _update, "按收录过的文件夹更新资料库：只读有变化的文件")
    update.add_argument("--json", action="store_true", help="更新报告输出为一行 JSON")
    watch = add("watch", _watch, "一直看着收录过的文件夹，有变化就更新")
    watch.add_argument("paths", nargs="*", type=Path, metavar="文件夹", help="先收录这些文件夹，再看着它们")
    remove = add("remove", _remove, "移除文件、文件夹或分组")
    remove.add_argument("names", nargs="+", metavar="名称", help="已收录的文件、文件夹或分组，见 zhiyin list")
    list_files = add("list", _list, "列出已收录的文章")
    list_files.add_argument("--in", dest="collection", metavar="NAME", default="", help="只列出这个分组")
    add("check", _check, "检查资料库是否完好")
    add("restore", _restore, "资料库损坏时，恢复到最后一次备份")
    evaluate = add("evaluate", _evaluate, "用带答案的问题衡量检索质量")
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--beir", type=Path, metavar="DIR", help="BEIR 格式的文件夹")
    what.add_argument("--questions", type=Path, metavar="FILE", help="带标准引文的问题，每行一个 JSON")
    evaluate.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    evaluate.add_argument("--documents", type=Path, metavar="PATH", help="只从这个文件或文件夹里找，不用资料库")
    evaluate.add_argument("--misses", action="store_true", help="列出没有答好的问题和原因")
    evaluate.add_argument("--ablation", action="store_true", help="比较各种排序单独的命中率")
    evaluate.add_argument("--save", type=Path, metavar="FILE", help="把结果存成 JSON")
    evaluate.add_argument("--compare", type=Path, metavar="FILE", help="与存下的结果比较")
    evaluate.set_defaults(refuse=evaluate.error)
    serve = add("serve", _serve, "启动问答网页")
    serve.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1，只限本机）")
    serve.add_argument("--watch", action="store_true", help="同时看着收录过的文件夹，有变化就更新")
    serve.add_argument("--port", type=int, default=7860, help="端口（默认 7860）")
    return parser


def _add_shared(parser: Parser, default: str | None) -> None:
    where = "资料库文件夹（默认由 ZHIYIN_HOME 指定，或个人数据文件夹）"
    parser.add_argument("--library", type=Path, metavar="DIR", default=default, help=where)
    parser.add_argument("--model", metavar="NAME", default=default, help="换用本机上的 sentence-transformers 模型")


def _open(options: argparse.Namespace) -> closing[Assistant]:
    from assistant.assistant import Assistant

    return closing(Assistant.open(options.library, model=options.model, progress=_Bar("正在编码段落")))


class _Bar:
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


def _ask(options: argparse.Namespace) -> int:
    from assistant.render import to_json, to_text

    question = " ".join(options.question)
    with _open(options) as assistant:
        ask = partial(assistant.ask, collection=options.collection)
        if not options.json:
            print(to_text(ask(question), reasons=options.why))
        elif question != "-":
            print(_line(to_json(ask(question))))
        else:
            for line in sys.stdin:
                print(_line(_answered(ask, line.rstrip("\r\n"))), flush=True)
    return 0


def _answered(ask: Callable[[str], Answer | NotFound], question: str) -> dict[str, object]:
    """The answer to one question of many: one that can't be asked gets its error on its line, and the rest go on."""
    from assistant.render import to_json

    try:
        return to_json(ask(question))
    except AssistantError as error:
        return {**to_json(NotFound(question, 0.0, ())), "error": str(error)}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def _add(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        report = assistant.add(options.paths, options.collection, None if options.json else _say)
        formats = "、".join(assistant.formats())
        return _reported(assistant, report, options.json, f"没有找到可以收录的文件，支持的格式有：{formats}。")


def _update(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        report = assistant.update(None if options.json else _say)
        nothing = "还没有收录过文件夹或文件，请用 zhiyin add 收录。"
        return _reported(assistant, report, options.json, nothing)


def _watch(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        if options.paths:
            assistant.add(options.paths, listener=_say)
        folders = [Path(folder) for folder in assistant.library.folders()]
        if not any(folder.is_dir() for folder in folders):
            return _stopped("还没有收录过文件夹，请写 zhiyin watch 文件夹。")
        print(f"正在看着 {'、'.join(_shown(str(folder)) for folder in folders)}，按 Ctrl+C 停止。", flush=True)
        with suppress(KeyboardInterrupt):  # the way to stop it
            _follow(assistant, folders)
    return 0


def _follow(assistant: Assistant, folders: Sequence[Path]) -> None:
    """Update whenever something changes in the folders, until Ctrl+C. What is wrong is told once, not each time."""
    from assistant.ingest.watching import changes

    told: set[FileReport | str] = set()

    def say(file: FileReport) -> None:
        if file.outcome not in (Outcome.REFUSED, Outcome.MISSING) or file not in told:
            _say(file)
        if file.account is None:
            told.add(file)

    for _ in changes(folders):
        try:
            if assistant.update(say).changed:
                assistant.warm_up()
        except AssistantError as error:  # another program writes, the disk is full: the next change tries again
            if str(error) not in told:
                print(error, file=sys.stderr, flush=True)
            told.add(str(error))


def _reported(assistant: Assistant, report: Report, as_json: bool, nothing: str) -> int:
    """Say what a run came to, and encode what is new."""
    if as_json:
        print(_line(report.as_dict()))
    elif report.files:
        for line in total_lines(report):
            print(_shown(line))
    refused = report.of(Outcome.REFUSED)
    if not set(report.counts) - {Outcome.SKIPPED}:
        print(nothing, file=sys.stderr)
        return 1
    if report.changed:
        assistant.index()
    return 1 if refused else 0


def _say(file: FileReport) -> None:
    """The lines for one file, as soon as it is done; what was not read is an error."""
    stream = sys.stderr if file.outcome is Outcome.REFUSED else sys.stdout
    for line in file_lines(file):
        print(_shown(line), file=stream, flush=True)


def _shown(text: str) -> str:
    return text.translate(_PICTURES)


def _remove(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        for name in options.names:
            for file in assistant.remove(name).files:
                print(f"{_shown(file.name)}：已移除。")
    return 0


def _list(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        groups, folders = assistant.library.collections(), assistant.library.folders()
        if options.collection and options.collection not in groups:
            return _stopped(
                f"没有名为“{options.collection}”的分组，现有的分组有：{'、'.join(groups) or '（还没有）'}。"
            )
        chosen = groups.get(options.collection)
        readings = [each for each in assistant.library.readings() if chosen is None or each.source.id in chosen]
    for reading in readings:
        names = [name for name, sources in groups.items() if reading.source.id in sources]
        grouped = f"，分组：{'、'.join(names)}" if names else ""
        counts = f"{len(reading.documents)} 篇，{len(reading.passages)} 段{grouped}"
        print(_shown(f"{reading.source.name}（{counts}）"))
        for document in reading.documents:
            traits = "，".join(f"{trait}：{document.text(span)}" for trait, span in document.metadata.items())
            print(_shown(f"  《{document.title}》{traits and '  ' + traits}"))
    if not readings:
        print("资料库是空的，请用 zhiyin add 收录文件。")
    for folder, name in folders.items():
        if options.collection in ("", name):
            print(_shown(f"收录过的文件夹：{folder}（分组：{name}），有变化时请运行 zhiyin update。"))
    return 0


def _check(options: argparse.Namespace) -> int:
    with _open(options) as assistant:
        problems, files = assistant.library.check(), len(assistant.library.sources())
        if assistant.mend():
            print("索引有损坏，已从资料库重建。")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    print(f"资料库完好：{files} 个文件，每处引用都与原文一致。")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from assistant.assistant import default_folder
    from assistant.library import restore

    kept = restore(options.library or default_folder())
    before = f"，原来的文件保留在“{_shown(str(kept))}”" if kept.exists() else ""
    print(f"已恢复到最后一次备份{before}。请运行 zhiyin update，把备份以后的变化补上。")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    for other, names in _EXCLUDED.items():
        for name in names:
            if getattr(options, name) and getattr(options, other):
                options.refuse(f"argument --{name}: not allowed with argument --{other}")
    figures = _evaluate_beir(options) if options.beir else _evaluate_questions(options)
    if options.json:
        print(_line(figures))
    return 0


def _evaluate_beir(options: argparse.Namespace) -> dict[str, object]:
    from assistant.assistant import default_folder
    from assistant.encoder.choose import load_encoder
    from assistant.evaluation import evaluate_beir

    kept = (options.library or default_folder()) / "evaluation"
    report = evaluate_beir(options.beir, kept, load_encoder(options.model), _Bar("正在编码段落"))
    print(report.table())
    return {**report.as_dict()}


def _evaluate_questions(options: argparse.Namespace) -> dict[str, object]:
    from assistant import evaluation
    from assistant.encoder.choose import load_encoder

    asked = evaluation.judged_questions(options.questions)
    before = evaluation.load_run(options.compare, asked) if options.compare else ()  # before the wait: it may be no run
    encoder = load_encoder(options.model)
    with _open_evaluated(options, encoder) as assistant:
        outcomes = evaluation.ask_all(assistant, asked)
        index = assistant.index()
        misses = evaluation.find_misses(outcomes, index, encoder) if options.misses else ()
        ablation = evaluation.ablate(asked, index, encoder) if options.ablation else None
    report = evaluation.summary(outcomes)
    print(report.table(evaluation.summary(before) if before else None))
    if options.misses:
        _print_under("没有答好的", evaluation.miss_lines(misses))
    if before:
        _print_under(f"与“{options.compare}”相比", evaluation.compare(before, outcomes).lines())
    if ablation:
        _print_under("每种排序单独用，原文在第 1 段、前 3 段里的", ablation.table().splitlines())
    if options.save:
        evaluation.save_run(options.save, outcomes)
    return {**report.as_dict(), **({"ablation": ablation.as_dict()} if ablation else {})}


def _print_under(title: str, lines: Sequence[str]) -> None:
    print(f"\n{title}：")
    for line in lines:
        print(_shown(line))


def _open_evaluated(options: argparse.Namespace, encoder: Encoder) -> AbstractContextManager[Assistant]:
    from assistant.assistant import Assistant
    from assistant.evaluation import open_documents

    bar = _Bar("正在编码段落")
    if options.documents:
        return open_documents(options.documents, encoder, bar)
    return closing(Assistant.open(options.library, encoder=encoder, progress=bar))


def _serve(options: argparse.Namespace) -> int:
    from assistant.web import serve

    with _open(options) as assistant:
        folders = [Path(folder) for folder in assistant.library.folders()]
        if options.watch and not any(folder.is_dir() for folder in folders):
            return _stopped("还没有收录过文件夹，请先用 zhiyin add 收录文件夹，再加 --watch。")
        if options.watch:
            threading.Thread(target=_follow, args=(assistant, folders), daemon=True).start()
        serve(assistant, host=options.host, port=options.port)
    return 0
