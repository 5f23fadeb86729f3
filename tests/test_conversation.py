import pytest

from assistant.conversation import FollowUp, follow_up

EARLIER = "发展党员要经过哪些步骤"


@pytest.mark.parametrize(
    "question", ["还有吗", "还有呢？", "还有没有别的", "那还有其他的吗", "继续", "更多", "有没有别的", "Anything else?"]
)
def test_more_of_the_same_is_asked_for(question: str) -> None:
    assert follow_up(question, EARLIER) == FollowUp(EARLIER, EARLIER, more=True)


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("那第二点呢", 2),
        ("第三个是什么", 3),
        ("第2步怎么做？", 2),
        ("那第十一条呢", 11),
        ("其中第一种具体是什么", 1),
        ("第二方面", 2),
    ],
)
def test_an_item_is_asked_for_by_its_number(question: str, item: int) -> None:
    assert follow_up(question, EARLIER) == FollowUp(EARLIER, EARLIER, item=item)


@pytest.mark.parametrize(
    "question", ["为什么", "那为什么呢？", "怎么做", "具体怎么办呢", "谁负责", "什么意思", "那什么时候", "请问为什么呢"]
)
def test_what_has_no_subject_is_asked_of_the_earlier_one(question: str) -> None:
    found = follow_up(question, EARLIER)
    assert found is not None
    assert found.question.startswith(EARLIER + " ") and found.topic == EARLIER
    assert not found.more and not found.item


def test_another_subject_comes_before_the_earlier_question() -> None:
    assert follow_up("那预备党员呢？", EARLIER) == FollowUp(*[f"预备党员 {EARLIER}"] * 2)


def test_what_points_back_is_asked_with_the_earlier_one() -> None:
    assert follow_up("这有时间限制吗", EARLIER) == FollowUp(f"{EARLIER} 这有时间限制吗", EARLIER)


@pytest.mark.parametrize(
    "question",
    [
        "第二条讲什么",
        "党费怎么交",
        "为什么要交党费",
        "谁负责收党费",
        "还有哪些人要交党费",
        "怎么做好群众工作",
        "三会一课",
        "这几年支部里年轻党员越来越少应该怎么吸引他们加入进来",
    ],
)
def test_a_question_of_its_own_stands_for_itself(question: str) -> None:
    assert follow_up(question, EARLIER) is None
