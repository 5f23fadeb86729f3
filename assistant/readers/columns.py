"""What the first row of a table says: names of columns, or values already."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: A longer cell says something, and does not name a column.
_NAME_CHARACTERS = 20
#: Amounts, dates and times: digits, and the signs and units that stand around them.
_AROUND = r"[\d\s.,，．/／\-—–:：+T%％‰¥￥$€()（）年月日号时点分秒元万亿]*"
_VALUE = re.compile(rf"(?!\d{{2,4}}年度?\Z){_AROUND}\d{_AROUND}")  # a year alone names a column


def name_columns(cells: Sequence[str]) -> bool:
    """Whether a first row reads as the names of its columns: short words in each, no value. One cell alone names the
    whole table."""
    return len(cells) > 1 and all(
        cell and len(cell) <= _NAME_CHARACTERS and not is_value(cell) for cell in map(str.strip, cells)
    )


def is_value(text: str) -> bool:
    """Whether a text is an amount, a date or a time, and nothing else."""
    return _VALUE.fullmatch(text) is not None
