from __future__ import annotations

from pathlib import Path

import pytest

from assistant.evaluation import Cause, Miss, Outcome, find_misses, miss_lines
from assistant.index import Index
from assistant.records import Status
from assistant.settings import Settings
from tests.fakes import HashEncoder, make_passage

#: Asked "铁锹 木柄 油漆 干燥", each shares one word less than the one before; the last two share none.
QUESTION = "铁锹 木柄 油漆 干燥"
TEXTS = ("铁锹 木柄 油漆 干燥", "铁锹 木柄 油漆", "铁锹 木柄", "铁锹", "今天 阴天", "明天 晴天")
UNSHOWN = {"hit@1": 0.0, "hit@3": 0.0, "pin": 0.0, "false_reject": 0.0}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.open(tmp_path, [make_passage(text, title="工具手册") for text in TEXTS], HashEncoder())


def outcome(missing: str = "", status: Status = Status.ANSWERED, hit1: float = 1.0, pin: float = 1.0) -> Outcome:
    """One of a question that should show `missing` and does not, or whose figures say what else is wrong."""
    quotes = (missing,) if missing else ()
    shown = {"hit@1": hit1, "hit@3": 1.0, "pin": pin, "false_reject": 0.0}
    return Outcome(QUESTION, "direct", status, "《甲文》", quotes, UNSHOWN if missing else shown)


def miss(index: Index, one: Outcome, settings: Settings | None = None) -> tuple[Cause, int | None] | None:
    found = find_misses([one], index, HashEncoder(), settings)
    return (found[0].cause, found[0].rank) if found else None


def test_a_quote_is_looked_for_at_each_stage(index: Index) -> None:
    assert miss(index, outcome("锄头")) == (Cause.ABSENT, None)
    assert miss(index, outcome("工具手册")) == (Cause.UNCUT, None)
    assert miss(index, outcome("明天 晴天"), Settings(candidates=4)) == (Cause.UNRETRIEVED, None)
    assert miss(index, outcome("铁锹 木柄 油漆", Status.NOT_FOUND)) == (Cause.REJECTED, 1)
    assert miss(index, outcome("明天 晴天", Status.NOT_FOUND)) == (Cause.REJECTED, 6)


@pytest.mark.parametrize(("texts", "cause"), [(3, Cause.CUT), (4, Cause.LOW)])
def test_what_ranks_behind_the_excerpts_is_low_and_what_ranks_among_them_was_cut(
    tmp_path: Path, texts: int, cause: Cause
) -> None:
    passages = [make_passage(text) for text in [*TEXTS[: texts - 1], "铁 锈"]]
    found = Index.open(tmp_path, passages, HashEncoder())
    assert miss(found, outcome("铁 锈")) == (cause, texts)


def test_what_was_shown_may_be_a_miss_still(index: Index) -> None:
    assert miss(index, outcome(hit1=0.5, pin=0.0)) == (Cause.LATER, None)
    assert miss(index, outcome(pin=0.0)) == (Cause.UNPINNED, None)
    assert miss(index, outcome()) is None


def test_a_question_without_an_answer_is_a_miss_when_it_gets_one(index: Index) -> None:
    answered = Outcome("北极熊吃什么", "unanswerable", Status.RELATED, "《甲文》", (), {"rejected": 0.0})
    rejected = Outcome("北极熊吃什么", "unanswerable", Status.NOT_FOUND, "", (), {"rejected": 1.0})
    assert [each.cause for each in find_misses([answered, rejected], index, HashEncoder())] == [Cause.NOT_REJECTED]


def test_misses_are_read_under_their_causes_in_the_order_of_the_stages() -> None:
    misses = [
        Miss(outcome(pin=0.0), Cause.UNPINNED, None),
        Miss(outcome("锄头", Status.RELATED), Cause.LOW, 12),
        Miss(Outcome("养狗", "short", Status.NOT_FOUND, "", ("犬",), UNSHOWN), Cause.REJECTED, 1),
        Miss(outcome("锄头"), Cause.LOW, 5),
        Miss(outcome("锄头"), Cause.UNRETRIEVED, None),
    ]
    assert miss_lines(misses) == [
        "没有召回：1 个",
        f"  direct  {QUESTION}  → 找到《甲文》",
        "召回了，把握不够而误拒：1 个",
        "  short  养狗  → 未找到  原文排第 1",
        "召回了，排在后面：2 个",
        f"  direct  {QUESTION}  → 可能相关《甲文》  原文排第 12",
        f"  direct  {QUESTION}  → 找到《甲文》  原文排第 5",
        "在第 1 条，高亮在别处：1 个",
        f"  direct  {QUESTION}  → 找到《甲文》",
    ]
    assert miss_lines([]) == ["每个问题都答好了。"]
