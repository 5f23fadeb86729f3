from pathlib import Path

import pytest

from assistant.errors import UnreadableFile
from assistant.records import Change
from assistant.synonyms import TEMPLATE, Synonyms


def load(folder: Path, content: bytes) -> Synonyms:
    file = folder / "synonyms.txt"
    file.write_bytes(content)
    return Synonyms.load(file)


def test_a_word_is_changed_for_each_other_of_its_group() -> None:
    synonyms = Synonyms([("一把手", "主要负责人", "负责人"), ("党费", "会费")])
    assert list(synonyms.changes("一把手怎么交党费")) == [
        Change("一把手", "主要负责人"),
        Change("一把手", "负责人"),
        Change("党费", "会费"),
    ]


def test_a_word_that_is_asked_for_anyway_is_no_change() -> None:
    assert list(Synonyms([("一把手", "负责人")]).changes("一把手就是负责人吗")) == []


def test_words_are_compared_in_matching_form() -> None:
    assert list(Synonyms([("KPI", "考核指标")]).changes("ｋｐｉ是什么")) == [Change("kpi", "考核指标")]


def test_a_file_holds_a_group_a_line_and_remarks(tmp_path: Path) -> None:
    text = "# 说明\n党费 会费 # 一样\n\n一把手、主要负责人，头儿\n单\n"
    synonyms = load(tmp_path, text.encode("gbk"))
    assert [change.meant for change in synonyms.changes("党费")] == ["会费"]
    assert [change.meant for change in synonyms.changes("一把手")] == ["主要负责人", "头儿"]
    assert list(synonyms.changes("单")) == []


def test_no_file_and_an_empty_one_hold_nothing(tmp_path: Path) -> None:
    assert list(Synonyms.load(tmp_path / "none.txt").changes("党费")) == []
    assert list(load(tmp_path, b" \n").changes("党费")) == []


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"synonyms\.txt"):
        load(tmp_path, b"\x00\x01\x02")


def test_the_template_says_how_and_holds_groups(tmp_path: Path) -> None:
    assert "党课" in [change.meant for change in load(tmp_path, TEMPLATE.encode()).changes("三会一课怎么开")]


def test_a_library_starts_with_the_template_and_keeps_what_is_there(tmp_path: Path) -> None:
    Synonyms.start(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == TEMPLATE
    (tmp_path / "a.txt").write_text("甲 乙", encoding="utf-8")
    Synonyms.start(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "甲 乙"
