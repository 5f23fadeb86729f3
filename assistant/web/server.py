"""Runs the page: takes the address, warms the assistant up, serves until it is stopped."""

from __future__ import annotations

import errno
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.errors import AddressUnavailable, AssistantError
from assistant.web.service import Service

if TYPE_CHECKING:
    import uvicorn

#: Seconds that answers on their way get when the page is stopped.
FAREWELL = 2

#: Windows' own numbers for "in use" and "not allowed"; its `errno` has both sets.
_IN_USE = {errno.EADDRINUSE, 10048}
_FORBIDDEN = {errno.EACCES, errno.EPERM, 10013}


def _say(url: str) -> None:
    sys.stdout.write(f"指引已启动，请用浏览器打开：{url}\n按 Ctrl+C 停止。\n")
    sys.stdout.flush()


def serve(
    service: Service,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = _say,
) -> None:
    """Serve the page until Ctrl+C; `announce` gets its address once a browser can open it.

    An address that can't be had is `AddressUnavailable`: another port is never taken silently, because people keep
    the address as a bookmark.
    """
    with bind(host, port) as listener:
        server = build_server(service)
        threading.Thread(target=_warm_up, args=(service,), daemon=True).start()
        url = page_url(listener)
        announce(url)
        if open_browser:
            webbrowser.open(url)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def build_server(service: Service) -> uvicorn.Server:
    """The web server, not yet running; `run(sockets=[bind(...)])` runs it and `should_exit` stops it."""
    import uvicorn

    from assistant.web.page import build_app

    return uvicorn.Server(
        uvicorn.Config(
            build_app(service), log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=FAREWELL
        )
    )


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there. It listens at once, so that an early browser waits instead of failing."""
    if not 0 <= port <= 65535:
        raise AddressUnavailable(f"端口 {port} 不存在，请用 1024 到 65535 之间的数，如 --port 7860。")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise AddressUnavailable(f"无法识别地址 {host}，请改用 127.0.0.1 或本机的 IP 地址。") from error
    listener = socket.socket(family, kind, protocol)
    try:
        # On Windows the usual option would let two programs share one port; this one refuses the second.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
        listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise AddressUnavailable(_refusal(host, port, error)) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno in _IN_USE:
        return (
            f"端口 {port} 已被占用，可能指引已经在运行：请先用浏览器打开 http://{_in_url(host)}:{port} 看看，"
            f"或换一个端口启动，如 --port {_free_port(host)}。"
        )
    if error.errno in _FORBIDDEN:
        return f"系统不允许使用端口 {port}，请换一个端口启动，如 --port {_free_port(host)}。"
    return f"地址 {host} 不是本机的地址，请改用 127.0.0.1 或本机的 IP 地址。"


def _free_port(host: str) -> int:
    for port in range(7861, 7900):
        with suppress(OSError), socket.create_server((host, port)):
            return port
    return 8860


def page_url(listener: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://{_in_url(host)}:{port}"


def _in_url(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # every address of the machine: the one that always works is the local one
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _warm_up(service: Service) -> None:
    """Ask one example, so that the first visitor does not wait for the model to be loaded."""
    with suppress(AssistantError):
        for question in service.examples()[:1]:
            service.ask(question)
