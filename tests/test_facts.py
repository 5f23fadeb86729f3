import pytest

from assistant.facts import asked_facts
from assistant.reading import read_text
from assistant.settings import IndexSettings
from tests.fakes import make_source

TEXTS = (
    "浅谈仓库管理\n\n作者:甲小明 来源:后勤园地 发布时间:2019-03-05\n\n仓库要通风。货物要码放整齐。",
    "果园浇水的经验\n\n来源:农业园地\n\n果树要浇透水。",
    "镰刀的保养\n\n镰刀要磨快。",
    "企业文化建设通知\n\n作者:乙小红\n\n企业要有文化。",
)
DOCUMENTS = [
    document
    for number, text in enumerate(TEXTS)
    for document in read_text(make_source(text, f"{number}.txt"), IndexSettings()).documents
]


BYLINE = "作者:甲小明 来源:后勤园地 发布时间:2019-03-05"


@pytest.mark.parametrize(
    ("question", "byline", "value"),
    [
        ("《浅谈仓库管理》是谁写的", BYLINE, "甲小明"),
        ("浅谈仓库管理的作者是谁", BYLINE, "甲小明"),
        ("仓库管理那篇文章什么时候发表的", BYLINE, "2019-03-05"),
        ("浅谈仓库管理的发布时间", BYLINE, "2019-03-05"),
        ("浅谈仓库管理的来源是哪里", BYLINE, "后勤园地"),
        ("企业文化建设那个通知是谁写的", "作者:乙小红", "乙小红"),
        ("果园浇水的经验这篇文章出自哪里", "来源:农业园地", "农业园地"),
    ],
)
def test_a_byline_answers(question: str, byline: str, value: str) -> None:
    (fact,) = asked_facts(question, DOCUMENTS)
    assert fact.document.text(fact.span) == byline
    assert fact.document.text(fact.value) == value


def test_a_byline_run_into_the_title_begins_with_its_label() -> None:
    text = "浅谈仓库管理\n\n浅谈仓库管理作者:甲小明来源:后勤园地\n仓库要通风。"
    (fact,) = asked_facts("浅谈仓库管理是谁写的", read_text(make_source(text), IndexSettings()).documents)
    assert fact.document.text(fact.span) == "作者:甲小明来源:后勤园地"


def test_what_stands_apart_is_no_byline() -> None:
    text = "浅谈仓库管理\n\n作者:甲小明\n\n仓库要通风。\n\n来源:后勤园地\n\n货物要码放整齐。"
    (fact,) = asked_facts("浅谈仓库管理是谁写的", read_text(make_source(text), IndexSettings()).documents)
    assert fact.document.text(fact.span) == "作者:甲小明"


@pytest.mark.parametrize(
    "question",
    [
        "镰刀的保养是谁写的",  # it doesn't say
        "仓库管理制度由谁来写",  # asks about the matter
        "果树什么时候浇水",
        "谁写的",
        "水的来源",
    ],
)
def test_other_questions_are_left_to_the_passages(question: str) -> None:
    assert asked_facts(question, DOCUMENTS) == ()
