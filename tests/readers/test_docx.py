"""Word files as Word shows them: every number restored, every word once, every place right."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.readers.word import read_docx
from assistant.readers.word.numbering import written
from assistant.records import Extract, Span
from assistant.settings import Limits
from tests.readers.word import (
    alternatives,
    box,
    definition,
    instance,
    level,
    numbered,
    numbering,
    paragraph,
    read,
    row,
    run,
    style,
    table,
    word_file,
)

HEADINGS = style("a1", "heading 1") + style("a2", "heading 2", based_on="a1")


def words(extract: Extract, *spans: Span) -> list[str]:
    return [span.of(extract.text) for span in spans]


def headings(extract: Extract) -> list[tuple[str, int]]:
    return [(heading.span.of(extract.text), heading.level) for heading in extract.layout.headings]


def boilerplate(extract: Extract) -> list[tuple[str, str]]:
    return [(piece.name, piece.span.of(extract.text)) for piece in extract.layout.boilerplate]


def lines(body: str, levels: str, **parts: str) -> list[str]:
    return read(body, numbering=levels, **parts).text.split("\n")


# Numbers


@pytest.mark.parametrize(
    ("format", "numbers"),
    [
        ("decimal", {0: "0", 12: "12", -3: "-3"}),
        ("decimalZero", {9: "09", 10: "10"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalFullWidth2", {12: "１２"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {10: "⑩"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇"}),
        ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一〇〇"}),
        ("chineseCountingThousand", {10: "十", 100: "一百", 101: "一百零一", 110: "一百一十", 1010: "一千零一十"}),
        ("chineseCountingThousand", {0: "零", 12345: "一万二千三百四十五", 100_001: "十万零一"}),
        ("taiwaneseCountingThousand", {15: "十五", 20_000: "二萬"}),
        ("taiwaneseCounting", {15: "十五"}),
        ("japaneseCounting", {1: "一", 11: "十一", 101: "百一", 1000: "千", 10_000: "一万"}),
        ("ideographDigital", {10: "一〇", -1: "-1"}),
        ("chineseLegalSimplified", {3: "叁", 10: "壹拾", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {3: "參"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographEnclosedCircle", {1: "㊀"}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX", 4000: "4000"}),
        ("lowerRoman", {9: "ix"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA"}),
        ("lowerLetter", {28: "bb", 781: "781"}),
        ("ordinal", {1: "1st", 12: "12th", 23: "23rd"}),
        ("001, 002, 003, ...", {7: "007"}),
        ("none", {1: ""}),
        ("bullet", {1: ""}),
        ("not known", {1: "1"}),
    ],
)
def test_a_number_is_written_in_its_format(format: str, numbers: dict[int, str]) -> None:
    assert {number: written(number, format) for number in numbers} == numbers


def test_a_chinese_number_is_restored() -> None:
    levels = numbering(level(0, "%1、", "chineseCountingThousand"), level(1, "（%2）", "chineseCounting"))
    body = numbered("总则") + numbered("范围", 1) + numbered("对象", 1) + numbered("附则") + numbered("施行", 1)
    assert lines(body, levels) == ["一、总则", "（一）范围", "（二）对象", "二、附则", "（一）施行"]


def test_a_number_of_several_levels_is_restored() -> None:
    levels = numbering(level(0, "第%1章", "chineseCounting"), level(1, "%1.%2", inner="<w:isLgl/>"), level(2, "%1-%3"))
    assert lines(numbered("甲") + numbered("乙", 1) + numbered("丙", 2), levels) == ["第一章 甲", "1.1 乙", "一-1 丙"]


def test_a_level_that_never_occurred_shows_its_start() -> None:
    assert lines(numbered("甲", 1), numbering(level(0, "%1", start=3), level(1, "%1.%2"))) == ["3.1 甲"]


@pytest.mark.parametrize(
    ("pattern", "suffix", "expected"),
    [
        ("%1.", "tab", "1. 甲"),
        ("%1.", "space", "1. 甲"),
        ("%1.", "nothing", "1.甲"),
        ("%1、", "tab", "1、甲"),
        ("（%1）", "tab", "（1）甲"),
        ("第%1条", "tab", "第1条 甲"),
        ("%1) ", "tab", "1) 甲"),
    ],
)
def test_a_space_stands_where_word_leaves_a_gap(pattern: str, suffix: str, expected: str) -> None:
    assert lines(numbered("甲"), numbering(level(0, pattern, inner=f'<w:suff w:val="{suffix}"/>'))) == [expected]


def test_a_bullet_gives_no_text() -> None:
    assert lines(numbered("甲"), numbering(level(0, "\uf0b7", "bullet"))) == ["甲"]


def test_the_number_zero_takes_a_number_away() -> None:
    styles = style("s", "list", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
    body = paragraph("甲", style="s") + numbered("乙", key=0, style="s") + paragraph("丙", style="s")
    assert lines(body, numbering(level(0, "%1.")) + instance(0), styles=styles) == ["1. 甲", "乙", "2. 丙"]


def test_a_number_comes_from_a_style_and_those_it_is_based_on() -> None:
    base = style("s", "list", '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>')
    styles = base + style("t", "mine", based_on="s") + style("u", "yours", based_on="t")
    assert lines(paragraph("甲", style="u"), numbering(level(0, "%1."), level(1, "(%2)")), styles=styles) == ["(1) 甲"]


def test_a_style_finds_the_level_that_is_made_for_it() -> None:
    styles = style("s", "list", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
    levels = numbering(level(0, "%1."), level(1, "(%2)", inner='<w:pStyle w:val="s"/>'))
    assert lines(paragraph("甲", style="s"), levels, styles=styles) == ["(1) 甲"]


def test_lists_of_one_definition_count_on() -> None:
    levels = definition(level(0, "%1.")) + instance(1) + instance(2)
    assert lines(numbered("甲", key=1) + numbered("乙", key=2), levels) == ["1. 甲", "2. 乙"]


def test_a_list_that_begins_anew_does_so_once() -> None:
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    levels = definition(level(0, "%1.")) + instance(1) + instance(2, inner=restart)
    body = numbered("甲", key=1) + numbered("乙", key=2) + numbered("丙", key=2)
    assert lines(body, levels) == ["1. 甲", "5. 乙", "6. 丙"]


def test_a_list_may_change_a_level() -> None:
    change = f'<w:lvlOverride w:ilvl="0">{level(0, "%1)", "upperLetter")}</w:lvlOverride>'
    assert lines(numbered("甲"), definition(level(0, "%1.")) + instance(inner=change)) == ["A) 甲"]


@pytest.mark.parametrize(("restart", "last"), [("", "1"), ('<w:lvlRestart w:val="0"/>', "2")])
def test_a_level_may_count_through(restart: str, last: str) -> None:
    levels = numbering(level(0, "%1."), level(1, "%2)", inner=restart))
    body = numbered("甲") + numbered("乙", 1) + numbered("丙") + numbered("丁", 1)
    assert lines(body, levels)[-1] == f"{last}) 丁"


def test_a_level_restarts_only_after_the_level_it_names() -> None:
    levels = numbering(level(0, "%1."), level(1, "%2."), level(2, "%3)", inner='<w:lvlRestart w:val="1"/>'))
    body = "".join(numbered("甲", at) for at in (0, 1, 2, 1, 2, 0, 2))
    assert [line for line in lines(body, levels) if ")" in line] == ["1) 甲", "2) 甲", "1) 甲"]


STYLED = style("L", "mine", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>', kind="numbering")


@pytest.mark.parametrize(("link", "styles"), [('<w:styleLink w:val="L"/>', ""), ("", STYLED)])
def test_a_list_may_be_that_of_a_numbering_style(link: str, styles: str) -> None:
    own = definition(level(0, "%1、", "chineseCounting"), inner=link) + instance(1)
    levels = own + definition(key=1, inner='<w:numStyleLink w:val="L"/>') + instance(2, of=1)
    assert lines(numbered("甲", key=2), levels, styles=styles) == ["一、甲"]


def test_the_newest_format_of_a_level_counts() -> None:
    choice = alternatives('<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/>', '<w:numFmt w:val="decimal"/>')
    levels = numbering(f'<w:lvl w:ilvl="0"><w:start w:val="1"/>{choice}<w:lvlText w:val="%1"/></w:lvl>')
    assert lines(numbered("甲"), levels) == ["001 甲"]


def test_a_number_stands_behind_a_page_break() -> None:
    body = numbered("甲").replace("<w:t ", '<w:br w:type="page"/><w:t ')
    assert lines(body, numbering(level(0, "%1."))) == ["1. 甲"]


def test_a_level_that_is_missing_gives_no_text() -> None:
    assert lines(numbered("甲"), numbering(level(0, "%1.%7"))) == ["1. 甲"]


def test_cells_are_numbered_too() -> None:
    body = table(["序号", "姓名"], [numbered(""), "张三"], [numbered(""), "李四"])
    assert lines(body, numbering(level(0, "%1"))) == ["序号\t姓名", "1\t张三", "2\t李四"]


def test_a_deleted_paragraph_is_not_counted() -> None:
    mark = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
    body = f"{numbered('甲')}{paragraph('', mark)}{numbered('乙')}"
    assert lines(body, numbering(level(0, "%1."))) == ["1. 甲", "", "2. 乙"]


# Headings and title


def test_headings_come_from_the_names_of_styles() -> None:
    extract = read(paragraph("总则", style="a1") + paragraph("正文。") + paragraph("范围", style="a2"), styles=HEADINGS)
    assert headings(extract) == [("总则", 1), ("范围", 2)]


def test_headings_come_from_styles_based_on_them() -> None:
    styles = HEADINGS + style("x", "我的标题样式", based_on="a2")
    assert headings(read(paragraph("范围", style="x"), styles=styles)) == [("范围", 2)]


def test_headings_come_from_outline_levels() -> None:
    styles = HEADINGS + style("x", "x", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>')
    own, none = '<w:outlineLvl w:val="0"/>', '<w:outlineLvl w:val="9"/>'
    body = paragraph("甲", style="x") + paragraph("乙", own) + paragraph("丙", none, style="a1")
    assert headings(read(body, styles=styles)) == [("甲", 3), ("乙", 1)]


def test_a_heading_includes_its_number() -> None:
    extract = read(
        numbered("总则", style="a1"), styles=HEADINGS, numbering=numbering(level(0, "%1、", "chineseCounting"))
    )
    assert headings(extract) == [("一、总则", 1)]


@pytest.mark.parametrize("text", ["字" * 61, "这是一句话。", "条件；", "这样，"])
def test_a_sentence_is_no_heading(text: str) -> None:
    assert headings(read(paragraph(text, style="a1"), styles=HEADINGS)) == []


def test_an_empty_paragraph_is_no_heading() -> None:
    extract = read(numbered("", style="a1") + paragraph("字"), styles=HEADINGS, numbering=numbering(level(0, "%1.")))
    assert extract.text == "1.\n字" and headings(extract) == []


def test_a_line_break_in_a_heading_becomes_a_space() -> None:
    body = (
        "<w:p><w:pPr><w:pStyle w:val='a1'/></w:pPr>"
        "<w:r><w:br w:type='page'/><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:p>"
    )
    assert headings(read(body, styles=HEADINGS)) == [("上 下", 1)]


def test_bold_lines_are_headings_where_there_are_no_others() -> None:
    bold = f"<w:p>{run('适用', '<w:b/>')}{run('范围', '<w:b/>')}</w:p>"
    half = "<w:p>" + run("适用", "<w:b/>") + run("范围", "<w:b w:val='0'/>") + "</w:p>"
    assert headings(read(bold + half + paragraph("正文"))) == [("适用范围", 9)]
    assert headings(read(bold + paragraph("总则", style="a1"), styles=HEADINGS)) == [("总则", 1)]


def test_bold_may_come_from_a_style() -> None:
    styles = style("b", "b", "<w:rPr><w:b/></w:rPr>") + style("c", "c", "<w:rPr><w:b/></w:rPr>", kind="character")
    body = paragraph("甲", style="b") + "<w:p>" + run("乙", "<w:rStyle w:val='c'/>") + "</w:p>"
    assert headings(read(body, styles=styles)) == [("甲", 9), ("乙", 9)]


@pytest.mark.parametrize("text", ["字" * 41, "注意：", "完。"])
def test_a_long_or_closed_bold_line_is_no_heading(text: str) -> None:
    assert headings(read(f"<w:p>{run(text, '<w:b/>')}</w:p>")) == []


def test_bold_words_on_two_lines_are_no_heading() -> None:
    broken = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:p>"
    assert headings(read(broken)) == []


def test_bold_words_in_a_table_are_no_heading() -> None:
    assert headings(read(table([f"<w:p>{run('甲', '<w:b/>')}</w:p>"]))) == []


def test_the_title_is_no_heading() -> None:
    styles = HEADINGS + style("t", "Title", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr>')
    extract = read(paragraph() + paragraph("办法", style="t") + paragraph("正文"), styles=styles)
    assert extract.layout.title == Span(1, 3) and headings(extract) == []


LARGE = '<w:sz w:val="44"/>'
TEXT = paragraph("请把厨余垃圾沥干以后再投放。" * 3)


def large(text: str, side: str = "center", marks: str = LARGE) -> str:
    return f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{run(text, marks)}</w:p>'


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (large("垃圾分类办法"), "垃圾分类办法"),
        (paragraph("附件1") + large("垃圾分类办法"), "垃圾分类办法"),
        (large("某某小区") + large("垃圾分类办法"), "某某小区垃圾分类办法"),
        (large("某某市文件") + paragraph("某政发〔2024〕17号") + large("垃圾分类办法"), "垃圾分类办法"),
        (large("垃圾分类办法") + large("2024年3月5日"), "垃圾分类办法"),
        (large("垃圾分类办法", marks="<w:b/>"), None),
        (large("垃圾分类办法", side="left"), None),
        (large("请看下文。"), None),
        (large("一、垃圾分类"), None),
        (large("垃圾分类办法") + paragraph("另一个", style="t"), "另一个"),
        (paragraph("行") * 4 + large("垃圾分类办法"), None),
    ],
)
def test_a_large_line_in_the_middle_at_the_head_is_the_title(above: str, title: str | None) -> None:
    extract = read(above + TEXT, styles=style("t", "Title"))
    assert (extract.layout.title and extract.layout.title.of(extract.text)) == title


def test_bold_lines_above_the_title_are_no_headings() -> None:
    bold = f"<w:p>{run('内部资料', '<w:b/>')}</w:p>"
    assert headings(read(bold + large("垃圾分类办法") + bold.replace("内部资料", "总则") + TEXT)) == [("总则", 9)]


def test_only_the_first_title_is_the_title() -> None:
    extract = read(paragraph("办法", style="t") + paragraph("附件", style="t"), styles=style("t", "Title"))
    assert extract.layout.title == Span(0, 2)


def test_a_late_title_is_no_title() -> None:
    body = paragraph("行") * 20 + paragraph("办法", style="t")
    assert read(body, styles=style("t", "Title")).layout.title is None
    assert read(body[len(paragraph("行")) :], styles=style("t", "Title")).layout.title is not None


# Tables


def test_a_table_is_read_row_by_row() -> None:
    extract = read(
        paragraph("前") + table(["姓名", "分数"], ["张三", "90"], ["", ""], ["李四", "80"]) + paragraph("后")
    )
    assert extract.text == "前\n姓名\t分数\n张三\t90\n\t\n李四\t80\n后"
    (found,) = extract.layout.tables
    assert found.header and words(extract, found.header, *found.rows) == ["姓名\t分数", "张三\t90", "李四\t80"]
    assert words(extract, found.span) == ["姓名\t分数\n张三\t90\n\t\n李四\t80"]


@pytest.mark.parametrize("first", [["2024年5月1日", "甲"], ["姓名", ""], ["字" * 21, "甲"], ["1,200.5", "甲"]])
def test_a_first_row_of_values_is_no_header(first: list[str]) -> None:
    (found,) = read(table(first, ["乙", "丙"])).layout.tables
    assert found.header is None and len(found.rows) == 2


def test_a_row_that_is_marked_is_the_header() -> None:
    (found,) = read(f"<w:tbl>{row(['2023', '2024'], '<w:tblHeader/>')}{row(['1', '2'])}</w:tbl>").layout.tables
    assert found.header is not None and len(found.rows) == 1


def test_a_caption_across_a_table_is_no_header() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("名单")}</w:tc>'
    extract = read(table([wide], ["张三", "90"]))
    assert extract.text == "名单\n张三\t90" and extract.layout.tables[0].header is None


def test_merged_cells_are_read_once() -> None:
    first, second = (
        f'<w:tc><w:tcPr><w:vMerge w:val="{kind}"/></w:tcPr>{paragraph("合并")}</w:tc>'
        for kind in ("restart", "continue")
    )
    gone = f"<w:tc><w:tcPr><w:hMerge/></w:tcPr>{paragraph('合并')}</w:tc>"
    assert read(table([first, "甲"], [second, "乙"], ["丙", gone])).text == "合并\t甲\n\t乙\n丙"


def test_a_nested_table_is_read_in_its_place() -> None:
    extract = read(table(["外", paragraph("前") + table(["一", "二"], ["三", "四"]) + paragraph()], ["甲", "乙"]))
    assert extract.text == "外\t前\n一\t二\n三\t四\n甲\t乙" and len(extract.layout.tables) == 1


@pytest.mark.parametrize("layout", [table(["一"], ["二"]), table(["一", "二"])])
def test_a_table_of_one_row_or_column_is_layout(layout: str) -> None:
    extract = read(layout.replace("<w:pPr>", "<w:pPr><w:pStyle w:val='a1'/>"), styles=HEADINGS)
    assert extract.layout.tables == () and headings(extract) == [("一", 1), ("二", 1)]


def test_rows_and_cells_in_controls_are_read() -> None:
    inner = "<w:tr><w:sdt><w:sdtContent><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:sdtContent></w:sdt></w:tr>"
    body = f"<w:tbl><w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>{row(['乙', '丙'])}</w:tbl>"
    assert read(body).text == "甲\n乙\t丙"


def test_a_deleted_row_is_no_text() -> None:
    extract = read(f"<w:tbl>{row(['甲', '乙'])}{row(['丙', '丁'], '<w:del/>')}{row(['戊', '己'])}</w:tbl>")
    assert extract.text == "甲\t乙\n戊\t己" and extract.warnings


# What stands apart


@pytest.mark.parametrize(
    "drawing",
    [
        box(paragraph("框中")),
        alternatives(box(paragraph("框中")), box(paragraph("旧的"))),
        alternatives("<w:drawing/>", box(paragraph("框中"))),
    ],
)
def test_a_text_box_follows_its_paragraph(drawing: str) -> None:
    extract = read(f"<w:p>{run('甲')}<w:r>{drawing}</w:r>{run('乙')}</w:p>" + paragraph("丙"))
    assert extract.text == "甲乙\n框中\n丙" and words(extract, *extract.layout.apart) == ["框中"]


def test_a_box_in_a_box_and_one_in_a_table_are_read() -> None:
    inner = f"<w:p>{run('外')}<w:r>{box(paragraph('内'))}</w:r></w:p>"
    extract = read(table([f"<w:p>{run('甲')}<w:r>{box(inner)}</w:r></w:p>", "乙"], ["丙", "丁"]))
    assert extract.text == "甲\t乙\n丙\t丁\n外\n内" and words(extract, *extract.layout.apart) == ["外", "内"]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_follows_its_paragraph(kind: str) -> None:
    notes = "".join(
        f'<w:{kind} w:id="{key}"{extra}>{paragraph(text)}</w:{kind}>'
        for key, extra, text in ((0, ' w:type="separator"', "线"), (1, "", "注解"), (2, "", "没用到"))
    )
    mark = '<w:r><w:{0}Reference w:id="{1}"/></w:r>'
    body = f"<w:p>{run('甲')}{mark.format(kind, 1)}{mark.format(kind, 0)}</w:p>" + paragraph("乙")
    extract = read(body, **{kind + "s": notes})
    assert extract.text == "甲\n注解\n乙" and words(extract, *extract.layout.apart) == ["注解"]


def test_a_note_that_refers_to_itself_is_read_once() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    notes = f'<w:footnote w:id="1"><w:p>{run("注")}{mark}</w:p></w:footnote>'
    assert read(f"<w:p>{run('甲')}{mark}</w:p>", footnotes=notes).text == "甲\n注"


# Runs


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", "甲\t乙"),
        ("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:cr/><w:t>丙</w:t></w:r>", "甲\n乙\n丙"),
        ("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t></w:r>", "a-bc"),
        ("<w:r><w:t>甲\n乙<!-- 注 -->丙</w:t></w:r>", "甲 乙丙"),
        ('<w:r><w:t xml:space="preserve">a </w:t></w:r><w:r><w:t>b</w:t></w:r>', "a b"),
        ('<w:r><w:sym w:char="F0FC"/><w:sym w:char="2460"/><w:sym w:char="D800"/><w:sym w:char="x"/></w:r>', "①"),
        (f"<w:hyperlink>{run('链接')}</w:hyperlink>", "链接"),
        (f"<w:ins>{run('新的')}</w:ins>", "新的"),
        (f"<w:moveTo>{run('来')}</w:moveTo><w:moveFrom>{run('去')}</w:moveFrom>", "来"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>", "控件"),
        (f"<w:smartTag><w:customXml>{run('标签')}</w:customXml></w:smartTag>", "标签"),
        (f"<w:fldSimple w:instr='DATE'>{run('今天')}</w:fldSimple>", "今天"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("3"), "3"),
        (f"<w:r><w:ruby><w:rt>{run('hàn')}</w:rt><w:rubyBase>{run('汉')}</w:rubyBase></w:ruby></w:r>", "汉"),
        ("<m:oMathPara><m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath></m:oMathPara>", "x+y"),
        (f"<w:r>{alternatives('<w:other/>', '<w:t>😊</w:t>')}</w:r>", "😊"),
    ],
)
def test_a_run_is_read_as_it_is_shown(inner: str, expected: str) -> None:
    assert read(f"<w:p>{inner}</w:p>").text == expected


def test_blocks_in_controls_and_empty_paragraphs_are_lines() -> None:
    body = paragraph("甲") + paragraph() + f"<w:sdt><w:sdtContent>{paragraph('乙')}</w:sdtContent></w:sdt>"
    assert read(body).text == "甲\n\n乙"


@pytest.mark.parametrize(
    ("inner", "warning"),
    [
        ("<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "有 1 处修订中删除的文字没有收录"),
        (run("密", "<w:vanish/>"), "有 1 处隐藏文字没有收录"),
        ("<w:r><w:drawing><pic:pic/></w:drawing></w:r>", "有 1 张图片，图片里的文字没有收录。"),
        ("<w:r><w:pict><v:imagedata/></w:pict></w:r>", "有 1 张图片，图片里的文字没有收录。"),
    ],
)
def test_what_is_left_out_is_told(inner: str, warning: str) -> None:
    extract = read(f"<w:p>{run('甲')}{inner}</w:p>")
    assert extract.text == "甲" and [text[: len(warning)] for text in extract.warnings] == [warning]


def test_comments_are_counted() -> None:
    comment = f'<w:comment w:id="1">{paragraph("批注")}</w:comment>'
    extract = read(paragraph("甲"), comments=comment * 2)
    assert extract.text == "甲" and extract.warnings == ("有 2 条批注没有收录。",)


def test_an_embedded_file_is_told() -> None:
    assert "有 1 个嵌入的文件" in read(paragraph("甲") + "<w:altChunk/>").warnings[0]


# Boilerplate


def test_a_table_of_contents_is_boilerplate() -> None:
    styles = HEADINGS + style("h", "TOC Heading", based_on="a1") + style("t", "toc 1")
    body = paragraph("目录", style="h") + paragraph("总则 1", style="t") + paragraph("总则", style="a1")
    extract = read(body, styles=styles)
    assert boilerplate(extract) == [("目录", "目录\n总则 1")] and headings(extract) == [("总则", 1)]


def test_a_control_with_a_table_of_contents_is_boilerplate() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = f"<w:sdt>{gallery}<w:sdtContent>{paragraph('总则 1')}</w:sdtContent></w:sdt>{paragraph('正文')}"
    assert boilerplate(read(body)) == [("目录", "总则 1")]


def test_headers_and_footers_stand_once_at_the_end() -> None:
    use = "".join(f'<w:{name[:-1]}Reference r:id="{name}"/>' for name in ("header1", "header2", "footer1"))
    page = f"<w:p><w:r>{box(paragraph('第 1 页'))}</w:r></w:p>"
    body = paragraph("甲", f"<w:sectPr>{use}</w:sectPr>") + paragraph("乙") + f"<w:sectPr>{use}</w:sectPr>"
    extract = read(
        body, header1=paragraph("单位"), header2=paragraph("单位"), header3=paragraph("没用到"), footer1=page
    )
    assert extract.text == "甲\n乙\n单位\n第 1 页"
    assert boilerplate(extract) == [("页眉", "单位"), ("页脚", "第 1 页")]


def test_headers_neither_count_nor_warn_for_the_text() -> None:
    header = numbered("单位") + "<w:p><w:r><w:drawing><pic:pic/></w:drawing></w:r></w:p>"
    body = numbered("甲") + "<w:sectPr><w:headerReference r:id='header1'/></w:sectPr>"
    extract = read(body, header1=header, numbering=numbering(level(0, "%1.")))
    assert extract.text == "1. 甲\n1. 单位" and extract.warnings == ()


# Whole files


def test_a_file_of_python_docx_is_read() -> None:
    document = docx.Document()
    document.add_heading("办法", 0)
    document.add_heading("总则", 1)
    document.add_paragraph("第一条 内容。")
    document.add_paragraph("其一", style="List Number")
    cells = document.add_table(2, 2).rows
    for at, text in enumerate(["姓名", "分数", "张三", "90"]):
        cells[at // 2].cells[at % 2].text = text
    document.sections[0].header.paragraphs[0].text = "单位"
    buffer = BytesIO()
    document.save(buffer)
    extract = read_docx(buffer.getvalue(), "办法.docx", Limits())
    assert extract.text == "办法\n总则\n第一条 内容。\n1. 其一\n姓名\t分数\n张三\t90\n单位"
    assert extract.layout.title == Span(0, 2) and headings(extract) == [("总则", 1)]
    assert len(extract.layout.tables) == 1 and boilerplate(extract) == [("页眉", "单位")]


def test_a_strict_file_is_read() -> None:
    usual, strict = (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    content = word_file(paragraph("甲"))
    assert read_docx(_replaced(content, usual.encode(), strict.encode()), "甲.docx", Limits()).text == "甲"


def _replaced(content: bytes, old: bytes, new: bytes, only: str = "") -> bytes:
    """A file with these bytes as others, in all its parts or in one."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as package, ZipFile(buffer, "w") as changed:
        for name in package.namelist():
            part = package.read(name)
            changed.writestr(name, part.replace(old, new) if name.startswith(only) else part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "没有文字"),
        (paragraph(" "), "没有文字"),
        ("<w:p><w:r><w:drawing><pic:pic/></w:drawing></w:r></w:p>", "只有 1 张图片"),
    ],
)
def test_a_file_without_text_is_refused(body: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match="“文件.docx”里没有文字.*" if says == "没有文字" else says):
        read(body)


def test_a_file_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="上限"):
        read_docx(word_file(paragraph("字" * 11)), "长.docx", Limits(characters=10))


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
def test_a_part_that_is_no_xml_is_damaged(part: str) -> None:
    content = _replaced(word_file(paragraph("甲"), styles=HEADINGS), b"</", b"<", only=part)
    with pytest.raises(UnreadableFile, match="损坏"):
        read_docx(content, "坏.docx", Limits())


# Strange files


@pytest.mark.parametrize(
    "levels",
    [
        "",
        instance(),
        definition() + instance(),
        "<w:abstractNum/><w:num/>",
        definition(inner='<w:numStyleLink w:val="L"/>') + instance(),
        definition(inner='<w:numStyleLink w:val="L"/><w:styleLink w:val="L"/>') + instance(),
        numbering(level(0, "字" * 1000)),
        numbering(f'<w:lvl w:ilvl="x">{level(3, "%1")}</w:lvl>'),
    ],
)
def test_a_broken_list_gives_no_number(levels: str) -> None:
    assert lines(numbered("甲"), levels, styles=STYLED) == ["甲"]


@pytest.mark.parametrize("at", [-1, 7, "x", 10**30])
def test_a_level_that_is_none_gives_no_number(at: int | str) -> None:
    assert lines(numbered("甲", at), numbering(level(0, "%1."))) == ["甲"]


@pytest.mark.parametrize("start", ["x", "", "9" * 20, "9" * 5000])
def test_a_start_that_is_no_number_is_zero(start: str) -> None:
    assert lines(numbered("甲"), numbering(level(0, "%1.", start=start))) == ["0. 甲"]


def test_styles_in_a_circle_are_read() -> None:
    styles = style("a", "x", based_on="b") + style("b", "heading 3", based_on="a")
    assert headings(read(paragraph("甲", style="a"), styles=styles)) == [("甲", 3)]


def test_a_table_without_rows_is_nothing() -> None:
    assert read("<w:tbl/>" + paragraph("甲")).text == "甲"


def test_a_missing_part_or_style_is_no_fault() -> None:
    content = _replaced(word_file(paragraph("甲", style="?"), styles=""), b"styles.xml", b"none.xml")
    assert read_docx(content, "甲.docx", Limits()).text == "甲"


@pytest.mark.parametrize("cells", [["x"], []])
def test_tables_in_tables_are_read(cells: list[str]) -> None:
    body = paragraph("甲")
    for _ in range(80):
        body = table([body, *cells], ["y", *cells])
    assert read(body).text.count("甲") == 1


def test_tables_too_deep_for_the_parser_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="损坏"):
        read("<w:tbl><w:tr><w:tc>" * 300 + paragraph("甲") + "</w:tc></w:tr></w:tbl>" * 300)


def test_a_paragraph_of_a_million_characters_is_read() -> None:
    text = "".join(chr(0x4E00 + place * place % 20_011) for place in range(10**6))
    assert read(paragraph(text)).text == text


def test_a_long_document_is_read() -> None:
    body = numbered("甲") * 10_000 + table(*[["乙", "丙"]] * 2_000)
    extract = read(body, numbering=numbering(level(0, "%1、", "chineseCountingThousand")))
    assert extract.text.count("\n") == 11_999 and "\n一万、甲\n" in extract.text


# Properties

WORDS = st.text("甲乙丙丁x1。 ", min_size=1, max_size=12)
BLOCKS = st.lists(
    st.one_of(
        WORDS.map(paragraph),
        WORDS.map(lambda text: paragraph(text, style="a1")),
        WORDS.map(numbered),
        WORDS.map(lambda text: f"<w:p>{run('锚')}<w:r>{box(paragraph(text))}</w:r></w:p>"),
        st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3).map(lambda rows: table(*rows)),
    ),
    min_size=1,
    max_size=8,
)


def every_span(extract: Extract) -> list[list[Span]]:
    layout = extract.layout
    return [
        [heading.span for heading in layout.headings],
        [table.span for table in layout.tables],
        *[[*([table.header] if table.header else []), *table.rows] for table in layout.tables],
        list(layout.apart),
        [piece.span for piece in layout.boilerplate],
    ]


@settings(max_examples=60, deadline=None)
@given(BLOCKS)
def test_every_word_is_read_and_every_place_lies_in_the_text(blocks: list[str]) -> None:
    body = paragraph("文首") + "".join(blocks)
    extract = read(body, styles=HEADINGS, numbering=numbering(level(0, "%1、", "ideographZodiac")))
    expected = "".join(re.findall(r"<w:t [^>]*>([^<]*)</w:t>", body))
    counts = {sign: expected.count(sign) for sign in "甲乙丙丁x。锚文首"}
    assert {sign: extract.text.count(sign) for sign in counts} == counts
    for spans in every_span(extract):
        assert all(len(span) > 0 and span.end <= len(extract.text) for span in spans)
        assert all(before.end <= after.start for before, after in zip(spans, spans[1:], strict=False))
    assert all(row in table.span for table in extract.layout.tables for row in table.rows)


@pytest.fixture(scope="module")
def whole() -> bytes:
    body = numbered("甲", style="a1") + table(["乙", "丙"], ["丁", "戊"]) + paragraph("己")
    return word_file(body, styles=HEADINGS, numbering=numbering(level(0, "%1、", "chineseCounting")))


def test_a_file_that_is_cut_short_is_refused(whole: bytes) -> None:
    for length in range(0, len(whole), 7):
        with pytest.raises(UnreadableFile):
            read_docx(whole[:length], "截断.docx", Limits())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_with_wrong_bytes_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(word_file(paragraph("甲") + table(["乙", "丙"], ["丁", "戊"]), styles=HEADINGS))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(read_docx(bytes(content), "坏.docx", Limits()), Extract)
    except UnreadableFile as error:
        assert "坏.docx" in str(error)
