"""Traditional Chinese in the Simplified script: 黨員 is looked up as 党员. What is shown stays as it is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def simplified(text: str) -> str:
    """A text in Simplified characters; one that has none of them, or no valid characters, comes back as it is."""
    if text.isascii():
        return text
    try:
        converted: str = _converter().convert(text)
    except UnicodeEncodeError:  # half a surrogate pair
        return text
    return converted


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
