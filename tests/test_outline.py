"""Marks → section trees, written as tables: level, number, title."""

from functools import cache
from pathlib import Path

import pytest

from assistant.reading import read_file, read_text
from assistant.records import Heading, Layout, Section, Span
from assistant.settings import IndexSettings
from tests.fakes import make_source, read

SEED = next(Path(__file__).parent.parent.glob("seeds/*.txt"))


def outlines(text: str, name: str = "a.txt") -> list[tuple[Section, ...]]:
    return list(read(text, name).sections)


def rows(sections: tuple[Section, ...]) -> list[str]:
    """A line a section: two blanks a level, number, title; `*` marks those whose words stay in the text."""
    return [
        f"{'  ' * (section.level - 1)}{section.number}{section.title}{'' if section.heading else '*'}"
        for section in sections[1:]
    ]


def tree(text: str, name: str = "a.txt") -> list[str]:
    (sections,) = outlines(text, name)
    return rows(sections)


@cache
def seed() -> tuple[str, list[tuple[Section, ...]]]:
    text = SEED.read_bytes().decode()
    return text, outlines(text)


A1 = """
一、要树立做好工作的光荣感、责任感和使命感
二、基层党支部书记的素质要求
  1、要有较高的政治素质
  2、要有较高的文化知识素质*
  3、要有较强的能力素质
"""
A9 = """
一、基层党支部工作面临的新形势
  首先,基层党支部面临新的外部环境*
  其次,基层党支部面临新的工作对象*
    一是职工对油田存续企业今后的发展信心不足*
    二是市场经济的发展正在改变着人们的生活*
    三是改革的逐渐深入使职工具有了一定的思想承受*
  第三,基层党支部面临新的工作领域*
二、基层党支部书记的素质要求
  1、要有较高的政治素质
    首先,党支部书记要有较高的政治思想品质*
    其次,要有较高的思想境界和道德情操*
  2、要有较高的文化知识素质
  3、要有较强的能力素质
  4、要懂一些专业技术知识,有一定的工作特长
  5、要有较好的心理素质
三、在新形势下党支部书记如何开展工作
  1、在继承与创新中搞好基层党支部的建设
  2、在融入和参与生产经营中,体现党支部的自身价值
    (1)、党支部书记要有正确的认识,要知实情
    (2)、要主动参与生产经营的各项工作,干实事
      一是发挥指导作用*
      二是发挥促进作用*
      三是发挥协调作用*
      四是发挥保障监督作用*
    (3)、要力戒形式主义,务求实效
  3、在改进和加强思想政治工作中为生产经营创造良好的环境
    (1)、要把握工作的重点
"""


@pytest.mark.parametrize(("article", "expected"), [(0, A1), (8, A9)], ids=["A1", "A9"])
def test_the_seed_has_these_trees(article: int, expected: str) -> None:
    assert rows(seed()[1][article]) == expected.strip("\n").split("\n")


@pytest.mark.parametrize(
    ("heading", "below"),
    [
        ("一、良好的政治素质是做好党支部书记的首要条件", "党支部书记首先要具备"),
        ("二、基层党支部书记的素质要求", "在新形势下"),
        ("二、基层党支部书记的素质要求", "所谓素质"),
        ("一、要强化做好工作的光荣感、责任感和使命感", "作为一名"),
        ("1、党支部书记监督基层党组织活动的开展", "企业的基层党支部书记"),
        ("三、在新形势下党支部书记如何开展工作", "在新的形势下,"),
        ("第一篇:如何当好基层党支部书记", "基层党支部书记是我们党"),
    ],
)
def test_a_heading_glued_to_its_text_ends_where_the_text_begins(heading: str, below: str) -> None:
    text, found = seed()
    ends = [section.heading.end for sections in found for section in sections if section.heading.of(text) == heading]
    assert any(text.startswith(below, end) for end in ends)


TREES = {
    "chapters, articles, items": (
        "管理办法\n\n第一章 总则\n第一条 为规范管理。\n第二条 包括:\n(一)甲事项;\n(二)乙事项。\n"
        "第二章 附则\n第三条 自发布起施行。",
        ["第一章总则", "  第一条为规范管理*", "  第二条包括*", "    (一)甲事项*", "    (二)乙事项*"]
        + ["第二章附则", "  第三条自发布起施行*"],
    ),
    "a chapter's title on the next line": (
        "管理办法\n\n第一章\n总则\n第一条 为规范管理。\n第二章\n附则\n第二条 施行。",
        ["第一章总则", "  第一条为规范管理*", "第二章附则", "  第二条施行*"],
    ),
    "an article with a name": (
        "办法\n\n第一条 【目的】为规范管理,制定本办法。\n第二条 (范围)适用全体。\n第三条 期限\n一年。",
        ["第一条【目的】", "第二条(范围)", "第三条期限"],
    ),
    "一、 above (一) above 1.": (
        "一、学习\n(一)政治\n1.原著\n读原著。\n2.文件\n读文件。\n(二)业务\n学业务。\n二、纪律\n守纪律。",
        ["一、学习", "  (一)政治", "    1.原著", "    2.文件", "  (二)业务", "二、纪律"],
    ),
    "1、 above (一)": (
        "1、学习\n(一)政治\n学政治。\n(二)业务\n学业务。\n2、纪律\n(一)考勤\n按时上班。\n(二)请假\n事先请假。",
        ["1、学习", "  (一)政治", "  (二)业务", "2、纪律", "  (一)考勤", "  (二)请假"],
    ),
    "(一) above 一、": (
        "(一)学习\n一、政治\n学政治。\n二、业务\n学业务。\n(二)纪律\n一、考勤\n按时上班。\n二、请假\n事先请假。",
        ["(一)学习", "  一、政治", "  二、业务", "(二)纪律", "  一、考勤", "  二、请假"],
    ),
    "decimal numbers": (
        "1 总则\n1.1 目的\n为规范管理。\n1.2 范围\n1.2.1 内部\n适用内部。\n"
        "1.2.2 外部\n不适用。\n2 职责\n2.1 部门\n负责落实。",
        ["1总则", "  1.1目的", "  1.2范围", "    1.2.1内部", "    1.2.2外部", "2职责", "  2.1部门"],
    ),
    "questions and answers": (
        "问:党费怎么交?\n答:每月交。\n\n问:预备期多长?\n答:一年。",
        ["党费怎么交?", "预备期多长?"],
    ),
    "headings without numbers": (
        "员工手册\n\n工作时间\n\n每天八小时,中午休息。\n\n"
        "请假流程\n\n1. 填表;\n2. 签字;\n3. 交表。\n\n系统地址:见通知。",
        ["工作时间", "请假流程", "  1.填表*", "  2.签字*", "  3.交表*"],
    ),
    "Chinese numbers before a blank": (
        "安全制度\n\n一 总体要求\n落实责任。\n二 具体措施\n每日巡查。",
        ["一总体要求", "二具体措施"],
    ),
    "items joined by semicolons, with a text below": (
        "一、支部委员会\n(一)组织委员1名;\n(二)宣传委员1名。\n支部委员会每届任期三年。",
        ["一、支部委员会", "  (一)组织委员1名*", "  (二)宣传委员1名*"],
    ),
    "headings without a text are no list": (
        "一、学习\n二、纪律\n遵守纪律。",
        ["一、学习", "二、纪律"],
    ),
    "the document's title glued to a text": (
        "如何做好班组长\n\n第一篇:如何做好班组长众人拾柴火焰高,要靠大家。\n第二篇:如何做好班组长打铁还需自身硬,要靠自己。",
        ["第一篇:如何做好班组长", "第二篇:如何做好班组长"],
    ),
    "a title before a colon": (
        "一、学习制度:每月集中学习一次,做好记录。\n二、考勤制度:按时上班,不得迟到。",
        ["一、学习制度", "二、考勤制度"],
    ),
    "sentences with numbers": (
        "一、各支部要认真学习,做到有计划、有记录、有考核,不能流于形式,更不能弄虚作假走过场,否则追究责任。\n"
        "二、各支部要遵守纪律,做到按时上班、按时下班、按时汇报,不能迟到早退,更不能无故缺勤,否则追究责任。",
        ["一、各支部要认真学习*", "二、各支部要遵守纪律*"],
    ),
    "English": (
        "1. Working hours and overtime rules for all employees of the company\nNine to five.\n2. Leave\nAsk first.",
        ["1.Working hours and overtime rules for all employees of the company", "2.Leave"],
    ),
    "no numbers at all": ("只有一段话,没有编号。又一句。", []),
}


@pytest.mark.parametrize(("text", "expected"), TREES.values(), ids=TREES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_documents_of_all_kinds_have_their_trees(text: str, expected: list[str], line_end: str) -> None:
    assert tree(text.replace("\n", line_end)) == expected


def test_markdown_headings_nest_by_their_signs_and_give_up_their_numbers() -> None:
    text = "# 手册\n\n## 一、安装\n\n下载。\n\n### 常见问题\n\n重启。\n\n## 二、使用\n\n打开。"
    assert tree(text, "a.md") == ["一、安装", "  常见问题", "二、使用"]


def test_bold_headings_lose_their_stars() -> None:
    text = "**手册**\n\n**一、安装**\n\n下载。\n\n**（一）检查**\n\n看一遍。\n\n**二、使用**\n\n打开。"
    assert tree(text, "a.md") == ["一、安装", "  （一）检查", "二、使用"]
    assert read(text, "a.md").documents[0].title == "手册"


def test_headings_of_one_level_that_numbers_share_leave_others_inside() -> None:
    parts = ("一、安装", "（一）准备", "二、使用", "常见问题", "三、卸载")
    text = "# 手册\n\n" + "\n\n".join(f"## {part}\n\n照做。" for part in parts)
    assert tree(text, "a.md") == ["一、安装", "  （一）准备", "二、使用", "  常见问题", "三、卸载"]


def test_a_number_that_some_headings_are_styled_with_is_a_heading_of_their_level_everywhere() -> None:
    text = "# 手册\n\n## 一、安装\n\n### 准备\n\n下载。\n\n二、使用\n\n打开。\n\n### 登录\n\n输入。"
    assert tree(text, "a.md") == ["一、安装", "  准备", "二、使用", "  登录"]


def test_headings_of_one_level_nest_by_their_numbers() -> None:
    parts = ("一、安装", "（一）准备", "1. 下载", "2. 解压", "（二）检查", "二、使用", "常见问题")
    text = "# 手册\n\n" + "\n\n".join(f"## {part}\n\n照做。" for part in parts)
    found = ["一、安装", "  （一）准备", "    1.下载", "    2.解压", "  （二）检查", "二、使用", "常见问题"]
    assert tree(text, "a.md") == found


def test_headings_of_one_level_stay_siblings_where_their_numbers_say_nothing() -> None:
    parts = ("概述", "一、安装", "常见问题", "二、使用", "（三）卸载")
    text = "# 手册\n\n" + "\n\n".join(f"## {part}\n\n照做。" for part in parts)
    assert tree(text, "a.md") == list(parts)


def test_a_heading_stands_in_no_list_above_it() -> None:
    text = "# 手册\n\n（1）先看说明书,\n再看图。\n（2）再装。\n\n## 一、安装\n\n照做。"
    assert tree(text, "a.md")[-1] == "一、安装"


def test_a_line_between_numbers_that_go_on_stands_inside_the_first() -> None:
    text = "手册\n\n一、安装\n下载以后照做。\n\n常见问题\n\n装不上的,重启以后再装一次。\n\n二、使用\n打开。"
    assert tree(text) == ["一、安装", "  常见问题", "二、使用"]


def test_a_line_above_numbers_that_begin_stands_above_them() -> None:
    part = "\n\n{}\n\n1、准备\n先看一遍说明书。\n2、收拾\n放回原处。"
    assert tree("手册" + part.format("安装以前") + part.format("使用以后")) == [
        "安装以前", "  1、准备", "  2、收拾", "使用以后", "  1、准备", "  2、收拾",
    ]  # fmt: skip


def test_what_the_columns_are_called_stands_above_the_rows_of_a_table() -> None:
    text = "# 手册\n\n## 名册\n\n| 姓名 | 职务 |\n|---|---|\n| 张三 | 书记 |\n\n以上。\n\n## 其他\n\n无。"
    assert tree(text, "a.md") == ["名册", "  姓名 职务", "其他"]
    passages = [(passage.section.path(), passage.text) for passage in read(text, "a.md").passages]
    assert passages == [
        (("名册", "姓名 职务"), "| 张三 | 书记 |"),
        (("名册",), "以上。"),
        (("其他",), "无。"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # A rule of one line without a full stop is text, whatever the others have.
        ("第一条 请假由科长批准。\n第二条 病假须附医院证明\n第三条 假满销假。", "第二条 病假须附医院证明"),
        # So is a list whose last item a remark follows.
        ("须知\n\n1、按时就餐\n2、排队取餐\n3、不得浪费\n以上规定自发布之日起执行。", "3、不得浪费"),
        # And a sentence that goes on in the next line.
        ("须知\n\n1. 发生火情时，先报警，再疏散，\n并关闭总电源。\n2. 停电时报修。", "1. 发生火情时，先报警，再疏散，"),
        # So is a line that is styled as a heading, if nothing follows it.
        ("# 须知\n\n## 纪律\n\n### 进入车间必须佩戴安全帽\n\n### 严禁酒后上岗，违者罚款", "进入车间必须佩戴安全帽"),
        # The colon of a time divides no title from its text.
        ("须知\n\n1、上班时间8:30\n2、下班时间17:30", "1、上班时间8:30"),
    ],
)
def test_the_words_of_a_rule_stand_in_a_passage(text: str, found: str) -> None:
    name = "a.md" if text.startswith("#") else "a.txt"
    assert any(found in passage.text for passage in read(text, name).passages)


def test_a_bold_line_stands_below_the_number_above_it() -> None:
    text = "总结\n\n一、成绩\n\n完成任务。\n\n二、打算\n\n**加强调研**\n\n多下基层。\n\n**改进文风**\n\n少开会。"
    assert tree(text, "a.md") == ["一、成绩", "二、打算", "  加强调研", "  改进文风"]


def test_a_table_below_a_list_is_in_none_of_its_items() -> None:
    text = "手册\n\n# 甲\n\n先做：\n1. 通知\n2. 签到\n\n| 姓名 | 职务 |\n|---|---|\n| 张三 | 书记 |\n"
    assert tree(text, "a.md") == ["甲", "  1.通知*", "  2.签到*", "  姓名 职务"]


def test_a_line_of_which_the_format_knows_that_it_is_no_title_is_none() -> None:
    for titled, title in ((True, "人员"), (False, "名册")):
        layout = Layout(headings=(Heading(Span(0, 2), 1),), titled=titled)
        (document,) = read_text(make_source("人员\n甲是员工。\n", "名册.txt"), IndexSettings(), layout).documents
        assert document.title == title


def test_a_file_that_is_a_table_has_no_title_of_its_own() -> None:
    content = "日期,值班人\n周一,甲\n周二,乙\n".encode()
    found = read_file(Path("值班表.csv"), content, IndexSettings())
    assert [(document.title, document.headings) for document in found.documents] == [("值班表", ())]


def test_numbers_in_a_table_or_in_code_open_no_section() -> None:
    assert tree("甲\n\n| a | b |\n|---|---|\n| 一、x | y |\n\n```\n# 注释\n一、乙\n```\n", "a.md") == ["a b"]


def test_a_long_english_sentence_is_named_by_whole_words() -> None:
    sentence = (
        "The applicant must submit the form to the office before the end of the month, or else the claim will lapse."
    )
    assert tree(f"1. {sentence}\n2. {sentence}") == ["1.The applicant must*", "2.The applicant must*"]


@pytest.mark.parametrize("text", [text for text, _ in TREES.values()], ids=TREES)
def test_sections_nest_and_stand_in_order(text: str) -> None:
    (sections,) = outlines(text)
    assert sections[0].span.of(text) == text
    for earlier, section in zip(sections, sections[1:], strict=False):
        assert section.parent is not None
        assert section.level == section.parent.level + 1
        assert section.span in section.parent.span
        assert section.heading in section.span
        assert earlier.span.start <= section.span.start
