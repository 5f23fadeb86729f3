"""Judged questions: what the answer to each shows of the quotes it should show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import BadQuestion, EvaluationError
from assistant.evaluation.lines import rows
from assistant.evaluation.report import Figures, Report
from assistant.records import Answer, Excerpt, NotFound, Status

#: The columns of the table, in the order in which one reads them.
_FIGURES = ("hit@1", "hit@3", "pin", "title", "rejected", "false_reject", "verbatim", "ms")
_SHOWN = 3
_BUDGET = 800
_PIN = 160


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question with the quotes that answer it: one is enough, or `all_needed`; none means no answer. 「评测题」"""

    question: str
    kind: str
    gold: tuple[str, ...]
    all_needed: bool
    titles: tuple[str, ...]

    def share(self, texts: Sequence[str]) -> float:
        """How much of the answer stands in some texts: the share of the quotes, or 1.0 if one is enough and there."""
        found = [any(quote in text for text in texts) for quote in self.gold]
        return sum(found) / len(found) if self.all_needed else float(any(found))

    def missing(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The quotes still needed beside some texts."""
        left = tuple(quote for quote in self.gold if not any(quote in text for text in texts))
        return left if self.all_needed or left == self.gold else ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: `first` is where the first excerpt stands (or ""), `missing` the quotes that were
    needed and not shown. A figure that does not apply to the question is not among its `figures`. 「评测结果」
    """

    question: str
    kind: str
    status: Status
    first: str
    missing: tuple[str, ...]
    figures: Figures


def judged_questions(file: Path) -> tuple[Judgement, ...]:
    """The questions of a file, a JSON object a line."""
    found = tuple(
        Judgement(
            row.text("question"),
            row.text("type", "其他"),
            row.texts("gold"),
            row.text("gold_mode", "any") == "all",
            row.texts("titles", ()),
        )
        for row in rows(file)
    )
    if not found:
        raise EvaluationError(f"“{file}”里没有问题，请每行写一个 JSON 对象。")
    return found


def ask_all(assistant: Assistant, asked: Iterable[Judgement]) -> tuple[Outcome, ...]:
    """Ask the questions, and score each answer by the quotes that had to be shown."""
    assistant.warm_up()
    return tuple(_ask(assistant, judged) for judged in asked)


def summary(outcomes: Iterable[Outcome]) -> Report:
    """The figures over all questions and for each type."""
    return Report.of([(outcome.kind, outcome.figures) for outcome in outcomes], _FIGURES)


def _ask(assistant: Assistant, judged: Judgement) -> Outcome:
    try:
        answer = assistant.ask(judged.question)
    except BadQuestion as error:
        raise EvaluationError(f"问题“{judged.question[:20]}”不能提问：{error}") from None
    excerpts = answer.excerpts[:_SHOWN] if isinstance(answer, Answer) else ()
    first = excerpts[0].citation.locator if excerpts else ""
    missing = judged.missing(_texts(excerpts))
    figures = _score(judged, answer, assistant)
    return Outcome(judged.question, judged.kind, answer.status, first, missing, figures)


def _score(judged: Judgement, answer: Answer | NotFound, assistant: Assistant) -> Figures:
    excerpts = answer.excerpts if isinstance(answer, Answer) else ()
    refused = float(answer.status is Status.NOT_FOUND)
    figures: dict[str, float] = {"ms": answer.elapsed_ms}
    parts = [(excerpt.citation.source_id, part) for excerpt in excerpts for part in excerpt.parts]
    if parts:
        verbatim = [part.span.of(assistant.source(source).text) == part.text for source, part in parts]
        figures["verbatim"] = sum(verbatim) / len(verbatim)
    if not judged.gold:
        return {**figures, "rejected": refused}
    named = [each.citation.document in judged.titles for each in excerpts if _holds_any(judged.gold, each)]
    if named:
        figures["title"] = sum(named) / len(named)
    return {
        **figures,
        "hit@1": judged.share(_texts(excerpts[:1])),
        "hit@3": judged.share(_texts(excerpts[:_SHOWN])),
        "pin": float(bool(excerpts) and _pinned(judged.gold, excerpts[0])),
        "false_reject": refused,
    }


def _texts(excerpts: Iterable[Excerpt]) -> list[str]:
    """The parts shown, as far as the budget goes."""
    texts: list[str] = []
    left = _BUDGET
    for excerpt in excerpts:
        for part in excerpt.parts:
            texts.append(part.text[:left])
            left -= len(texts[-1])
    return texts


def _pinned(gold: Sequence[str], excerpt: Excerpt) -> bool:
    """Whether the marks of an excerpt hold a gold quote, or lie inside one."""
    marked = [
        part.text[max(0, mark.start - part.span.start) : mark.end - part.span.start]
        for part in excerpt.parts
        for mark in excerpt.highlights
        if part.span.start <= mark.start < part.span.end
    ]
    short = sum(map(len, marked)) <= _PIN
    return short and any(quote in text or (text and text in quote) for quote in gold for text in marked)


def _holds_any(gold: Sequence[str], excerpt: Excerpt) -> bool:
    return any(quote in part.text for quote in gold for part in excerpt.parts)
