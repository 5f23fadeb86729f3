"""The only file that knows Gradio: the page as Blocks, and the application that serves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.errors import AssistantError
from assistant.web import view
from assistant.web.service import Service
from assistant.web.shield import Shield

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI, Response

#: Gradio and the hub library it imports read these when they are imported: nothing is counted, nothing looked up.
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}

#: Fonts that the systems bring themselves, Windows first.
FONTS = ("system-ui", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "sans-serif")


def build_page(service: Service) -> gr.Blocks:
    """One HTML component holds the page; its script asks through Gradio's server functions.

    These are one plain HTTP call each. An event through Gradio's queue would open a second connection for every
    question, and would redraw the whole history with each answer.
    """
    os.environ.update(QUIET)
    import gradio as gr

    def library(_: object) -> dict[str, str]:
        return view.library(service)

    def ask(asked: object) -> dict[str, object]:
        return view.ask(service, asked)

    def accounts(_: object) -> dict[str, str]:
        return view.accounts(service)

    def original(wanted: object) -> dict[str, str]:
        return view.original(service, wanted)

    blocks = gr.Blocks(title="指引", analytics_enabled=False)
    with blocks:
        gr.HTML(
            view.page_html(),
            js_on_load=view.resource("page.js"),
            apply_default_css=False,
            server_functions=[library, accounts, ask, original],
        )
    return blocks


def _original(service: Service, source_id: str) -> Response:
    """A file as it came: to look at where a browser can do so without running anything in it, else to be saved."""
    from fastapi import Response

    try:
        source, content = service.source(source_id), service.content(source_id)
    except AssistantError as error:
        return Response(str(error), status_code=404, media_type="text/plain; charset=utf-8")
    shown = view.SHOWN_BY_BROWSERS.get(source.format)
    kind = "inline" if shown else "attachment"
    headers = {"content-disposition": f"{kind}; filename*=UTF-8''{quote(source.name)}", "cache-control": "no-store"}
    return Response(content, headers=headers, media_type=shown or "application/octet-stream")


def build_app(service: Service) -> FastAPI:
    """The page behind the shield, as an ASGI application."""
    blocks = build_page(service)
    import gradio as gr
    from fastapi import FastAPI

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Shield)

    @app.get("/original/{source_id}", response_model=None)
    def original(source_id: str) -> Any:
        return _original(service, source_id)

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],  # no API pages, no settings, no advertisement
        run_history=False,  # questions stay out of the browser's storage
        theme=gr.themes.Base(font=FONTS, font_mono=("monospace",)),
        favicon_path=str(Path(__file__).with_name("icon.svg")),
        ssr_mode=False,  # would start a Node server
        mcp_server=False,
        enable_monitoring=False,
    )
    return mounted
