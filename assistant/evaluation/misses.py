"""The questions that were not answered as they should be, by the stage that lost the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.encoder import Encoder
from assistant.evaluation.questions import Outcome
from assistant.index import Index
from assistant.records import Status
from assistant.retrieval import Retriever
from assistant.settings import Settings


class Cause(StrEnum):
    """Why a question is a miss, in the order of the way that a question goes; the word is the one users read."""

    ABSENT = "资料里没有这句原文"
    UNCUT = "原文不在任何一段里（是标题、杂项，或跨了段）"
    UNRETRIEVED = "没有召回"
    REJECTED = "召回了，把握不够而误拒"
    LOW = "召回了，排在后面"
    CUT = "排在前面，因篇幅或重复没有显示"
    LATER = "显示了，不全在第 1 条"
    UNPINNED = "在第 1 条，高亮在别处"
    NOT_REJECTED = "没有答案，却没有拒答"


@dataclass(frozen=True, slots=True)
class Miss:
    """A question with its cause; `rank` is that of the first passage that holds a missing quote, None if none does."""

    outcome: Outcome
    cause: Cause
    rank: int | None


_STATES = {Status.ANSWERED: "找到", Status.RELATED: "可能相关", Status.NOT_FOUND: "未找到"}


def find_misses(
    outcomes: Iterable[Outcome], index: Index, encoder: Encoder, settings: Settings | None = None
) -> tuple[Miss, ...]:
    """The misses among the outcomes of questions that were asked of this index, in their order."""
    settings = settings or Settings()
    retriever = Retriever(index, encoder, settings)
    found = []
    for outcome in outcomes:
        rank = _rank(outcome, retriever)
        cause = _cause(outcome, rank, index, settings)
        if cause:
            found.append(Miss(outcome, cause, rank))
    return tuple(found)


def miss_lines(misses: Sequence[Miss]) -> list[str]:
    """The misses to read, a line each, under their causes."""
    if not misses:
        return ["每个问题都答好了。"]
    lines = []
    for cause in Cause:
        some = [miss for miss in misses if miss.cause is cause]
        if some:
            lines += [f"{cause}：{len(some)} 个", *(f"  {_line(miss)}" for miss in some)]
    return lines


def _line(miss: Miss) -> str:
    outcome = miss.outcome
    rank = f"  原文排第 {miss.rank}" if miss.rank else ""
    return f"{outcome.kind}  {outcome.question}  → {_STATES[outcome.status]}{outcome.first}{rank}"


def _rank(outcome: Outcome, retriever: Retriever) -> int | None:
    if not outcome.missing:
        return None
    ranking = retriever.search(outcome.question.strip()).ranking
    return next((rank for rank, hit in enumerate(ranking, 1) if _holds(hit.passage.text, outcome)), None)


def _cause(outcome: Outcome, rank: int | None, index: Index, settings: Settings) -> Cause | None:
    figures = outcome.figures
    if "rejected" in figures:
        return None if figures["rejected"] else Cause.NOT_REJECTED
    if not outcome.missing:
        return Cause.LATER if figures["hit@1"] < 1 else None if figures["pin"] else Cause.UNPINNED
    if rank:
        if outcome.status is Status.NOT_FOUND:
            return Cause.REJECTED
        return Cause.CUT if rank <= settings.max_excerpts else Cause.LOW
    if any(_holds(passage.text, outcome) for passage in index.passages):
        return Cause.UNRETRIEVED
    texts = {passage.document.source.id: passage.document.source.text for passage in index.passages}
    return Cause.UNCUT if any(_holds(text, outcome) for text in texts.values()) else Cause.ABSENT


def _holds(text: str, outcome: Outcome) -> bool:
    return any(quote in text for quote in outcome.missing)
