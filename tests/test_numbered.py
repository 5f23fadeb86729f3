import pytest

from assistant.numbered import Number, numbered_parts, numbers_in
from assistant.reading import read_text
from assistant.settings import IndexSettings
from tests.fakes import make_source

HANDBOOK = """员工手册

一、考勤
（一）上班
1.打卡
早上九点打卡。
2.补卡
忘了打卡的,三天内补。
（二）下班
1.打卡
晚上六点打卡。
二、请假
（一）病假
1.证明
要有医院证明。
2.期限
一年十天。
"""
RULES = """印章管理办法

第一条 为了管好印章,制定本办法。
第二条 印章由办公室保管。
第三条 用印要登记。
"""
READINGS = [read_text(make_source(text, f"{n}.txt"), IndexSettings()) for n, text in enumerate((HANDBOOK, RULES))]
DOCUMENTS = [document for reading in READINGS for document in reading.documents]
OUTLINES = {
    document.id: outline
    for reading in READINGS
    for document, outline in zip(reading.documents, reading.sections, strict=True)
}


def parts(question: str) -> list[str]:
    """The first line of the text of each part found."""
    return [
        part.document.text(part.section.span).splitlines()[0] for part in numbered_parts(question, OUTLINES, DOCUMENTS)
    ]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("第十二条讲什么", [("条", 12)]),
        ("第12条讲什么", [("条", 12)]),
        ("手册二、（一）2.怎么说", [("一、", 2), ("(一)", 1), ("1、", 2)]),
        ("第三章的第二条", [("章", 3), ("条", 2)]),
        ("第3章第２节", [("章", 3), ("节", 2)]),
        ("第二章关于考勤的第三条", [("章", 2), ("条", 3)]),
        ("二、请假（一）讲什么", [("一、", 2), ("(一)", 1)]),
        ("第三条和第五条", [("条", 3)]),
        ("三会一课是什么", []),
        ("落实一、二、四、六制度", []),
        ("12.5元怎么报", []),
        ("2020年发布的", []),
        ("", []),
    ],
)
def test_numbers_are_read_from_the_outermost(question: str, numbers: list[Number]) -> None:
    assert list(numbers_in(question)[0]) == numbers


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("第二条讲什么", ["第二条 印章由办公室保管。"]),
        ("印章办法第三条是怎么规定的", ["第三条 用印要登记。"]),
        ("手册二、（一）2.怎么说", ["2.期限"]),
        ("手册一、(二)", ["（二）下班"]),
        ("二、请假（一）讲什么", ["（一）病假"]),
        ("二、里的2.是什么", ["2.期限"]),
        ("一、1.", ["1.打卡", "1.打卡"]),
    ],
)
def test_a_part_is_found_by_its_number(question: str, found: list[str]) -> None:
    assert parts(question) == found


@pytest.mark.parametrize("question", ["第九条讲什么", "党章第二条讲什么", "（三）2.", "印章由谁保管"])
def test_what_is_not_there_or_of_another_text_is_not_found(question: str) -> None:
    assert parts(question) == []


def test_the_subject_may_stand_in_the_part_itself() -> None:
    assert parts("第二条说印章由谁保管") == ["第二条 印章由办公室保管。"]
