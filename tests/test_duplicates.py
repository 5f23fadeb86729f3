import pytest

from assistant.duplicates import SAME, containment, folds, shingles
from assistant.records import Hit
from tests.fakes import make_passage

CARE = "铁锹用完以后要擦干净,涂上防锈油,挂在干燥的地方。"
SAME_CONTENT = {
    "the same": (CARE, CARE),
    "a word changed": (CARE, CARE.replace("干燥", "通风")),
    "a word left out": (CARE, CARE.replace("以后", "")),
    "other punctuation": (CARE, CARE.replace(",", "，").replace("。", "！")),
    "other blanks": (CARE, CARE.replace(",", " ,\n\u3000")),
    "full width": ("PH值7以下要换水", "ＰＨ值７以下要换水"),
    "another case": ("用EXCEL登记", "用excel登记"),
    "inside a longer one": (CARE, f"工具要爱护。{CARE}锄头也是这样,每年还要换一次木柄。"),
}
OTHER_CONTENT = {
    "another subject": (CARE, "每月召开一次支部委员会。"),
    "the same subject": (CARE, "铁锹要选木柄结实的,锹头不能有裂纹。"),
    "the same beginning": (CARE, "铁锹用完以后要放回库房,由保管员登记。"),
    "the longer one in the shorter": (f"工具要爱护,谁用谁管。锄头每年换一次木柄,镰刀要磨快。{CARE}", CARE),
}


def share(inner: str, outer: str) -> float:
    return containment(shingles(inner), shingles(outer))


@pytest.mark.parametrize(("one", "other"), SAME_CONTENT.values(), ids=SAME_CONTENT)
def test_what_says_the_same_in_nearly_the_same_words_is_a_duplicate(one: str, other: str) -> None:
    assert share(one, other) >= SAME


@pytest.mark.parametrize(("one", "other"), OTHER_CONTENT.values(), ids=OTHER_CONTENT)
def test_what_says_something_else_is_no_duplicate(one: str, other: str) -> None:
    assert share(one, other) < SAME


def hits(*texts: str) -> list[Hit]:
    return [Hit(make_passage(text, name=f"{number}.txt"), 1.0 - number / 10) for number, text in enumerate(texts)]


def test_hits_that_say_the_same_are_folded_in_the_place_of_the_best() -> None:
    other, changed = "每月召开一次支部委员会。", CARE.replace("干燥", "通风")
    first, second = folds(hits(CARE, other, changed))
    assert (first.kept.passage.text, [copy.passage.text for copy in first.copies]) == (CARE, [changed])
    assert (second.kept.passage.text, second.copies) == (other, ())


def test_the_most_complete_is_kept() -> None:
    longer = f"{CARE}锄头也是这样。"
    (fold,) = folds(hits(CARE, longer))
    assert (fold.kept.passage.text, [copy.passage.text for copy in fold.copies]) == (longer, [CARE])


def test_what_is_like_a_copy_only_stays_apart() -> None:
    parts = ["铁锹要擦干净", "锄头要磨锋利", "镰刀要挂起来", "水桶要倒空了"]
    chain = ["".join(parts[:2]), "".join(parts[1:3]), "".join(parts[2:])]
    assert [len(fold.copies) for fold in folds(hits(*chain))] == [0, 0, 0]


def test_shingles_are_the_distinct_runs_of_three_letters() -> None:
    assert shingles("一二三四") == {"一二三", "二三四"}
    assert shingles("一一一一一") == {"一一一"}
    assert shingles("一,二。三_四") == shingles("一二三四")


def test_a_text_shorter_than_a_shingle_is_one() -> None:
    assert shingles("党课。") == {"党课"}


def test_containment_is_the_share_of_the_inner_text() -> None:
    assert share("一二三四五", "一二三四六") == 2 / 3
    assert share("一二三四", "零一二三四五六七八") == 2 / 2
    assert share("零一二三四五六七八", "一二三四") == 2 / 7
    assert containment(frozenset(), shingles("一二三")) == 0
