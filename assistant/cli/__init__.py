"""The command line: `zhiyin ask | add | update | watch | remove | list | check | restore | evaluate | serve`.

    parser     the commands and their options
    arguments  argparse in Chinese
    asking     ask, serve
    documents  add, update, watch, remove, list, check, restore
    evaluating evaluate
    output     what the commands share

Exit codes: 0 done, 1 a named error (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from assistant.cli.output import settle_output, stopped
from assistant.cli.parser import build_parser
from assistant.errors import AssistantError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; wrong usage leaves by `SystemExit(2)`, as argparse does."""
    try:
        _prepare_streams()
        logging.getLogger().setLevel(logging.ERROR)
        options = build_parser().parse_args(arguments)
        code = int(options.command(options))
        print(end="", flush=True)  # here, where a reader that is gone can still be told from a mistake
        return code
    except AssistantError as error:
        return stopped(str(error))
    except KeyboardInterrupt:
        return stopped("已停止。")
    except BrokenPipeError:  # the reader of our output is gone, as in `zhiyin list | head`: nothing is left to say
        settle_output()
        return 0
    except OSError as error:
        return stopped(f"系统无法完成读写（{error}），请检查磁盘空间和权限后重试。")
    except Exception as error:  # the last stop before the user, to whom a traceback says nothing: see it by -X dev
        if sys.flags.dev_mode:
            raise
        return stopped(f"程序出错了（{type(error).__name__}: {error}），请把这句话和所用的命令告诉维护者。")


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
