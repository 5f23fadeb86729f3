"""A run kept in a file, and what has changed since."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.lines import Row, whole
from assistant.evaluation.questions import Judgement, Outcome, summary
from assistant.records import Status

_FORMAT = "zhiyin evaluate 1"
#: What makes an outcome better, in the order in which it counts. Each is better when higher.
_BETTER = ("hit@3", "hit@1", "pin", "rejected")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The questions asked in both runs whose outcome is better or worse now, each (before, now), and how many were
    asked in one run only."""

    better: tuple[tuple[Outcome, Outcome], ...]
    worse: tuple[tuple[Outcome, Outcome], ...]
    unpaired: int

    def lines(self) -> list[str]:
        """The comparison to read, a line a question."""
        lines = []
        for title, pairs in (("变好", self.better), ("变差", self.worse)):
            lines += [f"{title}：{len(pairs)} 个", *(f"  {_line(before, now)}" for before, now in pairs)]
        if self.unpaired:
            lines.append(f"另有 {self.unpaired} 个问题只在其中一次里，没有比较；上面的增减受它们影响。")
        return lines


def save_run(file: Path, outcomes: Sequence[Outcome]) -> None:
    """Write a run as JSON. An interrupted write leaves what stood there before."""
    questions = [asdict(outcome) for outcome in outcomes]
    content = {"format": _FORMAT, "figures": summary(outcomes).groups, "questions": questions}
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        raise EvaluationError(f"无法写入“{file}”（{error}），请检查路径和权限。") from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def load_run(file: Path, asked: Iterable[Judgement]) -> tuple[Outcome, ...]:
    """The outcomes of a saved run. What is none, or holds none of the questions asked, is an `EvaluationError`."""
    row = whole(file)
    if row.values.get("format") != _FORMAT:
        raise EvaluationError(f"“{file}”不是 zhiyin evaluate --save 保存的结果，请检查路径。")
    outcomes = tuple(map(_outcome, row.rows("questions")))
    if not {_key(each) for each in outcomes} & {_key(each) for each in asked}:
        raise EvaluationError(f"“{file}”是另一套问题的结果，无法比较，请换成同一套问题的。")
    return outcomes


def compare(before: Sequence[Outcome], now: Sequence[Outcome]) -> Comparison:
    """What has changed for each question."""
    old, new = ({_key(each): each for each in run} for run in (before, now))
    pairs = [(old[key], new[key]) for key in new if key in old]
    return Comparison(
        tuple(pair for pair in pairs if _standing(pair[1]) > _standing(pair[0])),
        tuple(pair for pair in pairs if _standing(pair[1]) < _standing(pair[0])),
        len(old.keys() ^ new.keys()),
    )


def _key(asked: Judgement | Outcome) -> tuple[str, str]:
    return asked.kind, asked.question


def _standing(outcome: Outcome) -> tuple[float, ...]:
    return tuple(outcome.figures.get(name, 0.0) for name in _BETTER)


def _line(before: Outcome, now: Outcome) -> str:
    changes = [
        f"{name} {old:.3g}→{new:.3g}"
        for name, old, new in zip(_BETTER, _standing(before), _standing(now), strict=True)
        if old != new
    ]
    return f"{now.kind}  {now.question}  {'，'.join(changes)}"


def _outcome(row: Row) -> Outcome:
    status = row.text("status")
    if status not in tuple(Status):
        raise EvaluationError(f"{row.place}的 status 不是已知的状态，请检查格式。")
    return Outcome(
        row.text("question"),
        row.text("kind"),
        Status(status),
        row.text("first"),
        row.texts("missing"),
        row.numbers("figures"),
    )
