"""An ASGI middleware that keeps the page on this machine.

Gradio's page names other hosts in its social-media tags, and its frontend has code for maps, players and a model hub
that would fetch from elsewhere when used. The tags are taken out of the HTML; for everything else a Content-Security-
Policy tells the browser to ask no other host, whatever a script or a document says.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

#: Routes of Gradio that the page has no use for: `proxy=` asks other hosts, some take in or give out files, and others
#: hold a connection open for ever, which would hold up a stop.
CLOSED = re.compile(
    r"^/(gradio_api/)?"
    r"(upload|proxy=|file=|file/|stream/|heartbeat/|queue/|run-history|runs|monitoring|profiling|vibe)"
)

_SOCIAL_TAGS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*', re.IGNORECASE)
_FOREIGN_TAGS = re.compile(r"<(?:link|meta)\b[^>]*[\"'=](?:https?:)?//[^>]*>\s*", re.IGNORECASE)
_FOREIGN_SCRIPTS = re.compile(r"<script\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>.*?</script>\s*", re.I | re.S)
_INLINE_SCRIPTS = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.I | re.S)


def local_html(html: str) -> str:
    """The HTML without the tags that name other hosts, and with the language it is written in."""
    for tags in (_SOCIAL_TAGS, _FOREIGN_TAGS, _FOREIGN_SCRIPTS):
        html = tags.sub("", html)
    return re.sub(r'(<html\b[^>]*\blang=)"en"', r'\1"zh-CN"', html, count=1)


def content_security_policy(html: str) -> str:
    """Only this host; of inline scripts only those that are in the page as served, by their hash.

    `unsafe-eval` is for Gradio's own templates, which it compiles in the browser.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPTS.findall(html))
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval'{hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


class Shield:
    """Rewrites HTML responses, closes unused routes, and passes everything else through untouched."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif CLOSED.match(scope["path"]):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            # Uncompressed, so that the HTML can be read here; on one machine or one intranet nothing is lost by it.
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self.app({**scope, "headers": headers}, receive, _Rewriter(send))


class _Rewriter:
    """A `send` that holds an HTML response back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None  # of an HTML response that is being held
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message["headers"] if k.lower() not in (b"x-content-type-options",)]
            message = {**message, "headers": [*kept, (b"x-content-type-options", b"nosniff")]}
            if dict(kept).get(b"content-type", b"").startswith(b"text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        html = local_html(self._body.decode("utf-8"))
        body = html.encode("utf-8")
        headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", content_security_policy(html).encode()),
            (b"referrer-policy", b"no-referrer"),
        ]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
