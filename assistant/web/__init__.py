"""The chat page. `serve` runs it until it is stopped; `build_page` gives the bare Gradio page.

    service ─→ view (HTML of the page and its parts) ─→ page (Gradio) ─→ shield (nothing leaves) ─→ server

Importing this package is cheap: Gradio is loaded by the first call.
"""

from __future__ import annotations

from typing import Any

from assistant.web.server import serve
from assistant.web.service import Service

__all__ = ["Service", "build_page", "serve"]


def build_page(service: Service) -> Any:
    """The page as `gradio.Blocks`, for those who mount it in an application of their own."""
    from assistant.web import page

    return page.build_page(service)
