"""The command line: `zhiyin ask | add | remove | list | check | evaluate | serve`.

Exit codes: 0 done, 1 a named error (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.errors import AssistantError
from assistant.records import Answer, NotFound, Reading


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    logging.getLogger().setLevel(logging.ERROR)
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已停止。", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output is gone (as in `zhiyin list | head`): nothing is left to say, or to flush at exit.
        sys.stdout = None
        return 0


def _speak_utf8() -> None:
    """Write UTF-8 wherever output is redirected: a Windows pipe defaults to the local code page."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="replace" if stream is sys.stdin else "backslashreplace")


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    where = "资料库所在的文件夹(默认:个人数据文件夹,或 ZHIYIN_HOME)"
    shared.add_argument("--library", type=Path, metavar="DIR", help=where)
    shared.add_argument("--model", metavar="NAME", help="换用别的 sentence-transformers 模型(本机文件夹)")
    parser = argparse.ArgumentParser(prog="zhiyin", description="指引:用大白话提问,得到资料里的原文和出处。")
    parser.add_argument("--version", action="version", version=f"指引 {__version__}")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, command: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[shared], help=summary, description=summary)
        sub.set_defaults(command=command)
        return sub

    ask = add("ask", _ask, "提一个问题")
    ask.add_argument("question", nargs="+", help="问题;与 --json 同用时写 - 表示从标准输入每行读一个")
    ask.add_argument("--json", action="store_true", help="每个回答输出一行 JSON")
    add_files = add("add", _add, "收录文件或文件夹")
    add_files.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    remove = add("remove", _remove, "移除文件")
    remove.add_argument("names", nargs="+", metavar="NAME", help="文件名,见 zhiyin list")
    add("list", _list, "列出已收录的文章")
    add("check", _check, "检查资料库是否完好")
    evaluate = add("evaluate", _evaluate, "用带答案的问题衡量检索质量")
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--beir", type=Path, metavar="DIR", help="BEIR 格式的文件夹")
    what.add_argument("--questions", type=Path, metavar="FILE", help="带标准引文的问题,每行一个 JSON")
    evaluate.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    serve = add("serve", _serve, "启动问答网页")
    serve.add_argument("--host", default="127.0.0.1", help="监听地址(默认只限本机)")
    serve.add_argument("--port", type=int, default=7860, help="端口(默认 7860)")
    return parser


def _open(options: argparse.Namespace) -> Any:
    from assistant.assistant import Assistant

    return Assistant.open(options.library, model=options.model, progress=_Bar("正在编码段落"))


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

    assistant = _open(options)
    question = " ".join(options.question)
    if not options.json:
        print(to_text(assistant.ask(question)))
    elif question != "-":
        print(_line(to_json(assistant.ask(question))))
    else:
        for line in sys.stdin:
            print(_line(_answered(assistant.ask, line.rstrip("\r\n"))), flush=True)
    return 0


def _answered(ask: Callable[[str], Answer | NotFound], question: str) -> dict[str, object]:
    """The answer to one question of many: one that can't be asked gets its error on its line, and the rest go on."""
    from assistant.render import to_json

    try:
        return to_json(ask(question))
    except AssistantError as error:
        return {**to_json(NotFound(question, 0.0, ())), "error": str(error)}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _add(options: argparse.Namespace) -> int:
    assistant = _open(options)
    added = assistant.add(options.paths)
    for reading in added.readings:
        print(_summary(reading))
    for name in added.unchanged:
        print(f"{name}:内容没有变化,未重复收录。")
    for sentence in added.refused:
        print(sentence, file=sys.stderr)
    if not (added.readings or added.unchanged or added.refused):
        print("没有找到可以收录的文件,支持的格式见 README。", file=sys.stderr)
        return 1
    if added.readings:
        assistant.warm_up()
    return 1 if added.refused else 0


def _summary(reading: Reading) -> str:
    def characters(lengths: Sequence[int]) -> int:
        return sum(lengths)

    return (
        f"{reading.source.name}:收录 {len(reading.documents)} 篇文章,{len(reading.passages)} 个段落"
        f"(编码 {reading.source.encoding},正文 {characters([len(p.span) for p in reading.passages])} 字,"
        f"标题 {characters([len(span) for span in reading.headings()])} 字,"
        f"杂项 {characters([len(b.span) for b in reading.boilerplate])} 字)。"
    )


def _remove(options: argparse.Namespace) -> int:
    assistant = _open(options)
    for name in options.names:
        for source in assistant.remove(name):
            print(f"{source.name}:已移除。")
    return 0


def _list(options: argparse.Namespace) -> int:
    readings = _open(options).library.readings()
    for reading in readings:
        print(f"{reading.source.name}({len(reading.documents)} 篇,{len(reading.passages)} 段)")
        for document in reading.documents:
            traits = ",".join(f"{trait}:{document.text(span)}" for trait, span in document.metadata.items())
            print(f"  《{document.title}》{traits and '  ' + traits}")
    if not readings:
        print("资料库是空的,请用 zhiyin add 收录文件。")
    return 0


def _check(options: argparse.Namespace) -> int:
    assistant = _open(options)
    problems = assistant.library.check()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    print(f"资料库完好:{len(assistant.library.sources())} 个文件,每处引用都与原文一致。")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from assistant.evaluation import evaluate_beir, evaluate_questions

    if options.beir:
        report = evaluate_beir(options.beir, options.library, options.model, _Bar("正在编码段落"))
    else:
        report = evaluate_questions(_open(options), options.questions)
    print(report.table())
    if options.json:
        print(_line(report.as_dict()))
    return 0


def _serve(options: argparse.Namespace) -> int:
    from assistant.web import serve

    assistant = _open(options)
    assistant.warm_up()
    print(f"指引已启动,请在浏览器打开 http://{options.host}:{options.port} ,按 Ctrl+C 停止。", flush=True)
    serve(assistant, host=options.host, port=options.port)
    return 0
