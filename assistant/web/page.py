"""The only file that knows Gradio: the page as Blocks, and the application that serves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.web import view
from assistant.web.service import Service
from assistant.web.shield import Shield

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

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

    def original(wanted: object) -> dict[str, str]:
        return view.original(service, wanted)

    blocks = gr.Blocks(title="指引", analytics_enabled=False)
    with blocks:
        gr.HTML(
            view.page_html(),
            js_on_load=view.resource("page.js"),
            apply_default_css=False,
            server_functions=[library, ask, original],
        )
    return blocks


def build_app(service: Service) -> FastAPI:
    """The page behind the shield, as an ASGI application."""
    blocks = build_page(service)
    import gradio as gr
    from fastapi import FastAPI

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Shield)
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
