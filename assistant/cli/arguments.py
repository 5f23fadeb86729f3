"""A command line that speaks Chinese: argparse with its own English words put into the readers' language."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

#: argparse's complaints, in the wording of Python 3.11 to 3.14, and ours. `{0}`, `{1}` are the groups.
_COMPLAINTS = (
    (r"the following arguments are required: (.+)", "缺少：{0}"),
    (r"one of the arguments (.+) is required", "以下选项要写明一个：{0}"),
    (r"unrecognized arguments: (.+)", "多出了不认识的内容：{0}"),
    (r"argument 命令: invalid choice: '?(.+?)'?(?:, maybe .+?)? \(choose from (.+)\)", "没有命令“{0}”，可用的有：{1}"),
    (r"argument (.+?): expected (?:one|at least one) argument", "{0} 后面缺少内容"),
    (r"argument (.+?): invalid int value: '(.*)'", "{0} 后面应是整数，不能是“{1}”"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} 不能与 {1} 同用"),
    (r"argument (.+?): ignored explicit argument '(.*)'", "{0} 后面不能带“{1}”"),
)
_WIDER = 10  # columns


class Parser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` in Chinese; options can't be abbreviated, so that a later one changes no meaning."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """Wrong usage: what is wrong and where to read on, and exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{complaint(message)}。运行 {self.prog} --help 查看说明。\n")


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        """argparse counts characters; a line may hold some Chinese ones, of two columns each."""
        super().__init__(prog, width=shutil.get_terminal_size().columns - _WIDER)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def format_help(self) -> str:
        """argparse puts a colon of its own after the title of a group."""
        return re.sub(r"^(参数|选项):$", r"\1：", super().format_help(), flags=re.MULTILINE)


def complaint(message: str) -> str:
    """What argparse says is wrong, in Chinese; a wording that no row knows stays as it is."""
    for pattern, ours in _COMPLAINTS:
        if match := re.fullmatch(pattern, message):
            return ours.format(*(group.replace("'", "") for group in match.groups()))
    return f"命令写法有误（{message}）"
