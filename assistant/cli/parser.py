"""The commands and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from assistant import __version__
from assistant.cli import asking, documents, evaluating
from assistant.cli.arguments import Parser

Command = Callable[[argparse.Namespace], int]


def build_parser() -> Parser:
    parser = Parser(prog="zhiyin", description="指引：用大白话提问，得到资料里的原文和出处。")
    parser.add_argument("--version", action="version", version=f"指引 {__version__}", help="显示版本号")
    _add_shared(parser, None)
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, command: Command, summary: str) -> Parser:
        sub = commands.add_parser(name, help=summary, description=summary + "。")
        sub.set_defaults(command=command)
        _add_shared(sub, argparse.SUPPRESS)  # left out here, what stands before the command counts
        return sub

    ask = add("ask", asking.ask, "提一个问题")
    ask.add_argument("question", nargs="+", metavar="问题", help="用大白话写；--json - 则从标准输入每行读一个")
    ask.add_argument("--json", action="store_true", help="每个回答输出一行 JSON")
    ask.add_argument("--why", action="store_true", help="说明每一条为什么被找到")
    ask.add_argument("--in", dest="collection", metavar="NAME", default="", help="只在这个分组里找，见 zhiyin list")
    add_files = add("add", documents.add, "收录文件或文件夹")
    add_files.add_argument("paths", nargs="+", type=_path, metavar="路径", help="文件，或里面有文件的文件夹")
    grouped = "归入这个分组（默认：文件夹以自己的名字为分组）"
    add_files.add_argument("--in", dest="collection", metavar="NAME", default=None, help=grouped)
    add_files.add_argument("--json", action="store_true", help="收录报告输出为一行 JSON")
    update = add("update", documents.update, "按收录过的文件夹更新资料库：只读有变化的文件")
    update.add_argument("--json", action="store_true", help="更新报告输出为一行 JSON")
    watch = add("watch", documents.watch, "一直看着收录过的文件夹，有变化就更新")
    watch.add_argument("paths", nargs="*", type=_path, metavar="文件夹", help="先收录这些文件夹，再看着它们")
    remove = add("remove", documents.remove, "移除文件、文件夹或分组")
    remove.add_argument("names", nargs="+", metavar="名称", help="已收录的文件、文件夹或分组，见 zhiyin list")
    list_files = add("list", documents.list_documents, "列出已收录的文章")
    list_files.add_argument("--in", dest="collection", metavar="NAME", default="", help="只列出这个分组")
    add("check", documents.check, "检查资料库是否完好")
    add("restore", documents.restore_library, "资料库损坏时，恢复到最后一次备份")
    evaluate = add("evaluate", evaluating.evaluate, "用带答案的问题衡量检索质量")
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
    serve = add("serve", asking.serve_page, "启动问答网页")
    serve.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1，只限本机）")
    serve.add_argument("--watch", action="store_true", help="同时看着收录过的文件夹，有变化就更新")
    serve.add_argument("--port", type=int, default=7860, help="端口（默认 7860）")
    return parser


def _add_shared(parser: Parser, default: str | None) -> None:
    where = "资料库文件夹（默认由 ZHIYIN_HOME 指定，或个人数据文件夹）"
    parser.add_argument("--library", type=Path, metavar="DIR", default=default, help=where)
    parser.add_argument("--model", metavar="NAME", default=default, help="换用本机上的 sentence-transformers 模型")


def _path(text: str) -> Path:
    """A path that was really given: an empty one would be the folder one stands in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("路径是空的")
    return Path(text)
