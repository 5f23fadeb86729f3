"""What people and programs wrote as JSON, read with the place of whatever is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Row:
    """One JSON object, and the words for where it stands. What is not as asked for is an `EvaluationError`."""

    place: str
    values: Mapping[str, object]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise EvaluationError(f"{self.place}的 {name} 应是一段文字，请检查格式。")
        return value

    def texts(self, name: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        value = self.values.get(name, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) and each for each in value):
            raise EvaluationError(f"{self.place}的 {name} 应是一组不空的文字，请检查格式。")
        return tuple(value)

    def numbers(self, name: str) -> dict[str, float]:
        value = self.values.get(name)
        if not isinstance(value, dict) or not all(map(_is_number, value.values())):
            raise EvaluationError(f"{self.place}的 {name} 应是一组数，请检查格式。")
        return dict(value)

    def rows(self, name: str) -> tuple[Row, ...]:
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise EvaluationError(f"{self.place}的 {name} 应是一组 JSON 对象，请检查格式。")
        return tuple(Row(f"{self.place}的 {name} 第 {number} 项", each) for number, each in enumerate(value, 1))


def rows(file: Path) -> Iterator[Row]:
    """The objects of a file, one a line; blank lines are none."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parsed(f"“{file}”第 {number} 行", line)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from None


def whole(file: Path) -> Row:
    """A file that is one object."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from None
    return _parsed(f"“{file}”", content)


def _parsed(place: str, text: str) -> Row:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise EvaluationError(f"{place}不是 JSON 对象，请检查格式。")
    return Row(place, row)


def _unreadable(file: Path, error: Exception) -> EvaluationError:
    return EvaluationError(f"无法读取“{file}”（{error}），请检查路径和编码。")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
