from collections import Counter

import pytest

from assistant.homophones import Homophones, sound
from assistant.records import Change
from assistant.text import words

LIBRARY = Homophones(Counter(words("党支部书记要上好党课,请书记审核发展党员的申请,组织生活会由书记主持。" * 50)))


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("书纪怎么当", "书纪", "书记"),
        ("党客怎么讲", "党客", "党课"),
        ("入党伸请写给谁", "伸请", "申请"),
        ("申核要多久", "申核", "审核"),
        ("书纪要有哪些能力", "书纪", "书记"),
    ],
)
def test_a_word_typed_by_its_sound_is_found(question: str, typed: str, meant: str) -> None:
    assert LIBRARY.slips(question) == (Change(typed, meant),)


@pytest.mark.parametrize("question", ["书记怎么当", "没人来听党课", "谁还能申请", "电脑坏了", "secretary", ""])
def test_what_is_written_right_or_sounds_like_nothing_here_stays(question: str) -> None:
    assert LIBRARY.slips(question) == ()


def test_several_slips_come_from_left_to_right() -> None:
    assert [slip.meant for slip in LIBRARY.slips("书纪的党客怎么讲")] == ["书记", "党课"]


def test_of_words_that_sound_alike_the_commoner_one_is_meant() -> None:
    assert Homophones({"书记": 100, "书技": 300}).slips("书纪")[0].meant == "书技"


def test_words_rare_in_the_library_lose_against_common_characters() -> None:
    assert Homophones({"每人": 1, "其他": 9_999}).slips("没人来") == ()
    assert Homophones({"每人": 9_999, "其他": 1}).slips("没人来") == (Change("没人", "每人"),)


def test_sounds_that_few_tell_apart_are_alike() -> None:
    assert sound("成") == sound("岑") and sound("支") == sound("资")
    assert sound("书") != sound("记")
