from __future__ import annotations

from itertools import count

from assistant.evaluation import Report


def test_the_table_fits_100_columns_and_its_columns_stand_under_each_other() -> None:
    names = ("hit@1", "hit@3", "pin", "title", "rejected", "false_reject", "verbatim", "ms")
    kinds = ("", "direct", "unanswerable", "中文类别")
    number = count(10)
    report = Report({kind: {"questions": 180, **{name: next(number) / 100 for name in names}} for kind in kinds})
    lines = report.table().splitlines()
    widths = {sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in lines}
    assert len(widths) == 1
    assert max(widths) <= 100
    assert lines[0].split() == ["questions", *names]
    assert lines[1].split()[:3] == ["全部", "180", "0.100"]


def test_a_figure_that_does_not_apply_is_a_dash() -> None:
    report = Report({"": {"questions": 2, "ms": 12.34}, "list": {"questions": 1}})
    assert [line.split() for line in report.table().splitlines()[1:]] == [["全部", "2", "12.3"], ["list", "1", "-"]]


def test_a_figure_that_changed_has_the_change_beside_it() -> None:
    before = Report({"": {"questions": 2, "hit@1": 0.5, "pin": 0.2501, "ms": 12.0}, "gone": {"questions": 1}})
    now = Report({"": {"questions": 3, "hit@1": 0.25, "pin": 0.25, "ms": 12.34}, "new": {"questions": 1}})
    lines = now.table(before).splitlines()
    assert lines[1].split() == ["全部", "3", "+1", "0.250", "-0.250", "0.250", "12.3", "+0.3"]
    assert lines[2].split() == ["new", "1", "-", "-", "-"]
    assert len(lines) == 3


def test_a_report_of_nothing_is_a_count_of_none() -> None:
    assert Report.of([], ["hit@1"]).as_dict() == {"questions": 0}
