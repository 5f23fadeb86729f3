"""The values of a workbook's cells as people see them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

#: Between the lines of a cell there is a blank, as in the row that it is shown in; Excel writes a carriage return so.
_LINE_ENDS = re.compile(r"(?:_x000D_|[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])+")
#: What a workbook holds of a number (IEEE 754); digits behind these are noise of the calculation.
_DIGITS = 15
#: Numbers of more places than this are shown with an exponent.
_PLACES = 20


def shown(value: object, number_format: str = "") -> str:
    """A cell's value as text; "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        percent = (number_format or "").split(";")[0].endswith("%")
        return f"{_number(value * 100)}%" if percent else _number(value)
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value)
    return _LINE_ENDS.sub(" ", str(value)).strip()


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    number = Decimal(f"{value:.{_DIGITS}g}")
    if not number.is_finite() or abs(number.adjusted()) > _PLACES:
        return str(value)
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _moment(value: date | time | timedelta) -> str:
    """A date, a time, or both; seconds only where there are some, as a workbook counts time in fractions of days."""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = "-" * (seconds < 0), abs(seconds)
        return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    if isinstance(value, datetime) and value.microsecond >= 500_000 and value < datetime.max - timedelta(seconds=1):
        value += timedelta(seconds=1)
    if isinstance(value, datetime):
        day = f"{value.year:04}-{value:%m-%d}"
        return f"{day} {_moment(value.time())}" if value.time().replace(microsecond=0) != time() else day
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    return f"{value.year:04}-{value:%m-%d}"
