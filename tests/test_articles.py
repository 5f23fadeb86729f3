"""Bundles are split where articles begin, single documents are not split at all."""

from pathlib import Path

import pytest

from assistant.articles import split_articles
from assistant.boilerplate import boilerplate
from assistant.records import Document, Trait
from tests.fakes import make_source

SEED = next(Path(__file__).parent.parent.glob("seeds/*.txt"))
SEED_ARTICLES = [
    (21, 900, "如何做一名合格的基层党支部书记"),
    (900, 1747, "如何当好基层党支部书记(精选多篇)"),
    (1747, 2646, "新形势下如何做好基层党支部书记"),
    (2646, 3602, "怎样当好一名基层党支部书记[权威资料]"),
    (3602, 4244, "如何做一名合格的基层党支部书记"),
    (4244, 5089, "论如何当好基层党支部书记"),
    (5089, 5936, "当好党支部书记应具备的十种能力"),
    (5936, 6786, "浅谈如何当好一名合格的基层党支部书记"),
    (6786, 11466, "新形势下如何当好一名合格的基层党支部书记"),
]
TITLES = ["如何当好一名生产班组长", "怎样开好一次班前安全会", "浅谈车间设备的日常保养"]
LONG = "班组是企业的细胞,各项任务都要靠它来完成。" * 20  # 420 characters


def articles(text: str, name: str = "文件.txt") -> tuple[Document, ...]:
    return split_articles(make_source(text, name), boilerplate(text))


def titles(text: str, name: str = "文件.txt") -> list[str]:
    return [document.title for document in articles(text, name)]


@pytest.fixture(scope="module")
def seed() -> tuple[Document, ...]:
    return articles(SEED.read_bytes().decode())


def test_the_seed_holds_nine_articles_with_exactly_these_places(seed: tuple[Document, ...]) -> None:
    assert [(document.span.start, document.span.end, document.title) for document in seed] == SEED_ARTICLES


def test_the_first_line_of_the_seed_belongs_to_the_last_article(seed: tuple[Document, ...]) -> None:
    assert seed[8].headings[-1].start == 0
    assert {document.text(heading) for document in seed[8:] for heading in document.headings} == {seed[8].title}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2, {"作者": "邱艳玲", "来源": "《中国科技信息》2022年9月18期", "发布时间": "2023-02-01T06:09:12.170Z"}),
        (5, {"作者": "董爱华", "来源": "《科学与技术》2022年第5月第10期", "发布时间": "2022-09-25T02:21:15.747Z"}),
        (7, {"作者": "安米多", "来源": "《当代工人·精品C》2020年第03期"}),
        (0, {}),
    ],
)
def test_metadata_of_the_seed(seed: tuple[Document, ...], number: int, expected: dict[str, str]) -> None:
    document = seed[number]
    assert {trait.value: document.text(span) for trait, span in document.metadata.items()} == expected


BUNDLES = {
    "titles repeated below a blank line": "".join(f"{title}\n\n{title}{LONG}\n" for title in TITLES),
    "titles repeated on the next line": "".join(f"{title}\n{title}{LONG}\n" for title in TITLES),
    "titles doubled at the head of a line": "".join(f"{title}{title}{LONG}\n" for title in TITLES),
    "a byline below each title": "".join(f"{title}\n\n作者:张三\n短文。\n" for title in TITLES),
    "nothing repeated, but long texts": "".join(f"{title}\n\n{LONG}\n\n" for title in TITLES),
    "a table of contents, titles glued to the texts": "\n".join(TITLES)
    + "\n"
    + "".join(f"{t}{LONG}\n" for t in TITLES),
}


@pytest.mark.parametrize("text", BUNDLES.values(), ids=BUNDLES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_bundle_is_split_at_its_titles(text: str, line_end: str) -> None:
    assert titles(text.replace("\n", line_end)) == TITLES


def test_text_above_the_first_title_is_a_document_of_its_own() -> None:
    text = f"以下几篇文章供学习参考。\n{BUNDLES['titles repeated below a blank line']}"
    assert titles(text) == ["文件", *TITLES]
    assert articles(text)[0].span.end == articles(text)[1].span.start


def test_a_title_is_not_claimed_twice() -> None:
    above = f"[NextPage]{TITLES[0]}\n\n{TITLES[0]}\n"
    found = articles(above + "".join(f"{title}\n\n{title}{LONG}\n" for title in (TITLES[1], TITLES[0])))
    headings = sorted(heading for document in found for heading in document.headings)
    assert all(one.end <= other.start for one, other in zip(headings, headings[1:], strict=False))


def test_the_articles_of_a_bundle_meet() -> None:
    found = articles(BUNDLES["nothing repeated, but long texts"])
    assert all(one.span.end == other.span.start for one, other in zip(found, found[1:], strict=False))
    assert len({document.id for document in found}) == len(found)


def test_an_article_without_a_text_keeps_its_title_to_itself() -> None:
    found = articles(
        f"{TITLES[2]}\n\n{TITLES[2]}{LONG}\n" + f"{TITLES[0]}\n\n{TITLES[0]}\n\n{TITLES[1]}\n\n{TITLES[1]}{LONG}"
    )
    assert [document.title for document in found] == [TITLES[2], *TITLES[:2]]
    assert all(heading in document.span for document in found for heading in document.headings)


SINGLE = {
    "short headings": "员工手册\n\n" + "".join(f"{h}\n\n{LONG}\n\n" for h in ("工作时间", "请假流程", "薪酬福利")),
    "long headings under a title": "员工手册\n\n公司简介。\n\n" + "".join(f"{title}\n\n{LONG}\n\n" for title in TITLES),
    "headings whose words open the text": "员工手册\n\n"
    + "".join(
        f"{h}\n\n{h}{w}。{LONG}\n\n" for h, w in (("支部书记的职责", "是抓党建"), ("支部委员的职责", "包括三项"))
    ),
    "minutes": "会议纪要\n\n会议强调\n\n会议强调要抓落实。\n\n会议要求\n\n会议要求各支部学习。\n",
    "a title said twice over long headings": "如何做好年度工作总结\n\n如何做好年度工作总结当前,任务很重。\n\n"
    + "".join(f"{title}\n\n{LONG}\n\n" for title in TITLES),
    "words said twice for emphasis": "动员讲话稿\n\n" + "一定要抓好落实一定要抓好落实!\n" * 3,
    "one character over and over": "登记表格\n\n" + "" + f"{'口' * 60}\n签字:\n" * 3,
    "blanks to fill in": "登记表格\n\n姓名____________________\n电话____________________\n……………………………………\n",
    "numbered": "管理办法\n\n一、总体要求和目标\n\n" + LONG + "\n\n二、重点任务和措施\n\n" + LONG,
}


@pytest.mark.parametrize("text", SINGLE.values(), ids=SINGLE)
def test_a_document_with_headings_is_not_split(text: str) -> None:
    assert titles(text) == [text.split("\n")[0]]
    assert articles(text)[0].span.end == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "只有一行的文件",
        f"{LONG}\n{LONG}",
        "一、第一点\n内容。",
        "姓名\t电话\n张三\t123\n",
        "作者:张三\n内容。",
        "2024\n内容。",
    ],
)
def test_a_file_without_a_title_takes_its_name(text: str) -> None:
    assert [(document.title, document.headings) for document in articles(text)] == [("文件", ())]


def test_a_title_that_goes_on_as_a_sentence_stays_in_the_text() -> None:
    text = "支部书记的职责\n支部书记的职责是抓党建。"
    assert [document.text(heading) for document in articles(text) for heading in document.headings] == [
        "支部书记的职责"
    ]


def test_a_markdown_title_loses_its_sign_but_keeps_its_place() -> None:
    (document,) = articles("# 操作手册\n\n打开程序。", "a.md")
    assert (document.title, document.text(document.headings[0])) == ("操作手册", "# 操作手册")


def test_a_title_set_wide_is_called_by_its_characters() -> None:
    (document,) = articles("会  议  纪  要\n\n" + LONG)
    assert (document.title, document.text(document.headings[0])) == ("会议纪要", "会  议  纪  要")


def test_metadata_is_what_the_head_says_of_itself() -> None:
    (document,) = articles("年度工作报告\n\n作者:李四 来源:办公室\n发布日期:2024年3月1日\n" + LONG + "作者:王五\n")
    found = {trait: document.text(span) for trait, span in document.metadata.items()}
    assert found == {Trait.AUTHOR: "李四", Trait.ORIGIN: "办公室", Trait.PUBLISHED: "2024年3月1日"}


@pytest.mark.parametrize("colon", [":", "："])
def test_a_byline_begins_an_article_whatever_its_colon(colon: str) -> None:
    text = "".join(f"{title}\n\n作者{colon}甲小明 发布时间{colon}2022-03-18\n\n{LONG}\n\n" for title in TITLES)
    assert titles(text) == TITLES
    assert [document.text(document.metadata[Trait.AUTHOR]) for document in articles(text)] == ["甲小明"] * 3
    assert {document.text(document.metadata[Trait.PUBLISHED]) for document in articles(text)} == {"2022-03-18"}


@pytest.mark.parametrize("number", ["甲办〔2024〕17号", "甲政办发[2019]3号", "甲党〔2024〕第 105 号"])
def test_the_number_of_an_official_document_is_not_its_title(number: str) -> None:
    assert titles(f"{number}\n\n关于开展安全检查的通知\n\n各车间:\n{LONG}") == ["关于开展安全检查的通知"]
