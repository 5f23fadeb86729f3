from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation import Judgement, Outcome, compare, load_run, save_run
from assistant.records import Status


def outcome(question: str, hit1: float = 1.0, hit3: float = 1.0, pin: float = 1.0, kind: str = "direct") -> Outcome:
    missing = () if hit3 == 1 else ("党课要常讲",)
    return Outcome(question, kind, Status.ANSWERED, "《甲文》", missing, {"hit@1": hit1, "hit@3": hit3, "pin": pin})


def unanswerable(question: str, rejected: float) -> Outcome:
    status = Status.NOT_FOUND if rejected else Status.RELATED
    return Outcome(question, "unanswerable", status, "", (), {"ms": 2.5, "rejected": rejected})


ASKED = [Judgement("q", "direct", ("党课要常讲",), False, ())]


def test_a_run_is_read_as_it_was_saved(tmp_path: Path) -> None:
    run = (outcome("q", 1 / 3, 2 / 3, 0), outcome("“党课”\n", kind="短"), unanswerable("北极熊", 1))
    save_run(tmp_path / "run.json", run)
    assert load_run(tmp_path / "run.json", ASKED) == run
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_saved_run_holds_the_figures_of_each_group(tmp_path: Path) -> None:
    save_run(tmp_path / "run.json", [outcome("q", 0.5), unanswerable("北极熊", 1)])
    figures = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["figures"]
    assert figures[""] == {"questions": 2, "hit@1": 0.5, "hit@3": 1.0, "pin": 1.0, "rejected": 1.0, "ms": 2.5}
    assert figures["direct"]["questions"] == 1


def test_a_save_that_fails_leaves_the_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_run(tmp_path / "run.json", [outcome("q")])
    before = (tmp_path / "run.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(EvaluationError, match=r"run\.json.*no space"):
        save_run(tmp_path / "run.json", [outcome("q", 0, 0, 0)])
    assert (tmp_path / "run.json").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_where_a_run_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "none" / "run.json", tmp_path / "file" / "run.json", tmp_path):
        with pytest.raises(EvaluationError, match=place.name.replace(".", r"\.")):
            save_run(place, [outcome("q")])


GOOD = {"question": "q", "kind": "direct", "status": "answered", "first": "", "missing": [], "figures": {"hit@1": 1}}
FORMAT = "zhiyin evaluate 1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        {"questions": [GOOD]},
        {"format": "zhiyin evaluate 2", "questions": [GOOD]},
        {"format": FORMAT},
        {"format": FORMAT, "questions": []},
        {"format": FORMAT, "questions": ["q"]},
        {"format": FORMAT, "questions": [{**GOOD, "question": "another"}]},
        {"format": FORMAT, "questions": [{**GOOD, "status": "maybe"}]},
        {"format": FORMAT, "questions": [{**GOOD, "missing": "党课"}]},
        {"format": FORMAT, "questions": [{**GOOD, "figures": [1]}]},
        {"format": FORMAT, "questions": [{**GOOD, "figures": {"hit@1": "1"}}]},
        {"format": FORMAT, "questions": [{**GOOD, "figures": {"hit@1": True}}]},
        {"format": FORMAT, "questions": [{**GOOD, "figures": {"hit@1": float("nan")}}]},
    ],
)
def test_a_file_that_is_no_run_of_these_questions_is_named(tmp_path: Path, content: object) -> None:
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    (tmp_path / "run.json").write_bytes(written)
    with pytest.raises(EvaluationError, match=r"run\.json[^\n]*。$"):
        load_run(tmp_path / "run.json", ASKED)


def test_a_good_file_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"format": FORMAT, "questions": [GOOD]}), encoding="utf-8")
    assert [each.question for each in load_run(tmp_path / "run.json", ASKED)] == ["q"]
    with pytest.raises(EvaluationError, match=r"none\.json"):
        load_run(tmp_path / "none.json", ASKED)


def test_outcomes_are_better_or_worse_by_what_is_shown_first() -> None:
    before = [outcome("same"), outcome("up", 0, 0, 0), outcome("down"), outcome("mixed", 1, 0.5), unanswerable("u", 0)]
    now = [
        outcome("same"),
        outcome("up", 0, 1, 0),
        outcome("down", pin=0),
        outcome("mixed", 0, 1),
        unanswerable("u", 1),
    ]
    found = compare(before, now)
    assert [pair[1].question for pair in found.better] == ["up", "mixed", "u"]
    assert [pair[1].question for pair in found.worse] == ["down"]
    assert found.unpaired == 0


def test_the_time_taken_is_no_change_for_a_question() -> None:
    before, now = ([Outcome("q", "direct", Status.ANSWERED, "", (), {"hit@1": 1.0, "ms": ms})] for ms in (1.0, 9.0))
    assert not compare(before, now).better + compare(before, now).worse


def test_questions_of_one_run_only_are_counted_and_not_compared() -> None:
    found = compare([outcome("q"), outcome("old")], [outcome("q"), outcome("new"), outcome("q", 0, 0, 0, "other type")])
    assert (found.better, found.worse, found.unpaired) == ((), (), 3)


def test_a_comparison_is_read_a_line_a_question() -> None:
    found = compare([outcome("养狗", 0, 1 / 3, 0), outcome("old")], [outcome("养狗", 1, 1, 0)])
    assert found.lines() == [
        "变好：1 个",
        "  direct  养狗  hit@3 0.333→1，hit@1 0→1",
        "变差：0 个",
        "另有 1 个问题只在其中一次里，没有比较；上面的增减受它们影响。",
    ]
