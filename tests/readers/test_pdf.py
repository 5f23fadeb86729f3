"""PDF files, printed for the purpose: their paragraphs, running lines, headings and pages, and what can't be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption

from assistant.errors import UnreadableFile
from assistant.readers.pdf import read_pdf
from assistant.records import Extract
from assistant.settings import Limits
from tests.readers.printed import LEFT, LINE, TOP, VERA, Put, below, flowed, mapped, printed

LIMITS = Limits()
#: 3,000 everyday characters, none twice, and none of those that number paragraphs.
EVERYDAY = "".join(
    character
    for lead in range(0xB0, 0xD0)
    for trail in range(0xA1, 0xFF)
    if (character := bytes((lead, trail)).decode("gb2312", "ignore"))
    and character not in "一二三四五六七八九十百零两第首其再最问编章节条摘要关前引结导"
)
HANDBOOK_LINE = "某某公司员工手册"


def read(content: bytes, limits: Limits = LIMITS) -> Extract:
    return read_pdf(content, "手册.pdf", limits)


def text_of(*pages: list[Put]) -> str:
    return read(printed(*pages)).text


def words(number: int, start: int = 0) -> str:
    """Text of this many characters, the last of which ends a sentence."""
    return EVERYDAY[start : start + number - 1] + "。"


def boilerplate(extract: Extract) -> list[tuple[str, str]]:
    return [(piece.name, piece.span.of(extract.text)) for piece in extract.layout.boilerplate]


def headings(extract: Extract) -> list[tuple[int, str]]:
    return [(heading.level, heading.span.of(extract.text)) for heading in extract.layout.headings]


def refusal(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(content, limits)
    return str(refused.value)


# Paragraphs


def test_an_indented_paragraph_is_put_together_again():
    paragraphs = words(50), words(20, 100), words(45, 200)
    assert text_of(*flowed(*paragraphs)) == "\n".join(paragraphs)


def test_paragraphs_without_indent_end_at_the_gap_between_them():
    paragraphs = words(40), words(30, 100), words(40, 200)
    assert text_of(*flowed(*paragraphs, indent=0, gap=10)) == "\n".join(paragraphs)


def test_a_clear_gap_is_an_empty_line():
    paragraphs = words(40), words(30, 100)
    assert text_of(*flowed(*paragraphs, indent=0, gap=30)) == "\n\n".join(paragraphs)


def test_a_sentence_that_ends_short_of_the_margin_ends_the_paragraph():
    assert text_of(below(words(20), words(10, 100), words(20, 200))) == f"{words(20)}{words(10, 100)}\n{words(20, 200)}"


def test_short_lines_stay_lines():
    assert (
        text_of(below("甲方：某某公司", "乙方：某某学校", "丙方：某某医院"))
        == "甲方：某某公司\n乙方：某某学校\n丙方：某某医院"
    )


def test_a_number_opens_a_paragraph():
    lines = EVERYDAY[:19] + "；", "2. " + EVERYDAY[30:40], EVERYDAY[50:70], "\u3000\u3000（三）" + EVERYDAY[80:90]
    assert text_of(below(*lines)) == "\n".join(line.lstrip() for line in lines)


def test_a_number_inside_a_sentence_opens_none():
    assert text_of(below(EVERYDAY[:20], "二、" + words(10, 50))) == EVERYDAY[:20] + "二、" + words(10, 50)


def test_a_hanging_item_goes_on_below_its_words():
    item = "1. " + EVERYDAY[:18]
    assert text_of([*below(item), *below(words(9, 50), x=74, y=480)]) == item + words(9, 50)


def test_a_number_that_an_item_goes_on_with_opens_none():
    item = ["1. " + EVERYDAY[:18], EVERYDAY[20:39], "100. " + words(5, 50)]
    assert text_of([*below(item[0]), *below(*item[1:], x=74, y=480)]) == "".join(item)


def test_a_quotation_set_in_on_both_sides_is_one_paragraph():
    quoted = below(EVERYDAY[50:66], EVERYDAY[70:86], words(8, 90), x=LEFT + 24, y=440)
    text = text_of([*below(words(20), words(20, 30)), *quoted])
    assert text.endswith(EVERYDAY[50:66] + EVERYDAY[70:86] + words(8, 90))


def test_words_are_parted_by_one_blank():
    assert text_of([*below("aaaa bbbb cccc dddd eeee ffff gggg hhhh"), *below("iiii，再见。", y=480)]) == (
        "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii，再见。"
    )


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "这里写的是足够长的一行汉字然后是 exam-",
            "ple 的下半部分。",
            "这里写的是足够长的一行汉字然后是 example 的下半部分。",
        ),
        (
            "这里写的是足够长的一行汉字然后 GB-",
            "T2312 的下半部分。",
            "这里写的是足够长的一行汉字然后 GB-T2312 的下半部分。",
        ),
        ("短的 exam-", "　　Ple 是另一段。", "短的 exam-\nPle 是另一段。"),
    ],
)
def test_a_hyphen_of_the_layout_goes_and_one_of_the_text_stays(first: str, second: str, joined: str):
    assert text_of(below(first, second)) == joined


def test_a_word_that_a_hyphen_parts_is_joined_wherever_its_line_ends():
    assert text_of(below(words(20), "short of it exam-", "ple here")) == words(20) + "short of it example here"


def test_a_bullet_opens_a_paragraph_and_a_dash_inside_a_sentence_does_not():
    lines = EVERYDAY[:20], "- " + EVERYDAY[30:49], "• " + EVERYDAY[50:58]
    assert text_of(below(*lines)) == f"{lines[0]}{lines[1]}\n{lines[2]}"


def test_a_gap_within_a_line_is_one_blank():
    assert text_of([Put("第一章"), Put("总则", x=LEFT + 42)]) == "第一章 总则"


def test_letters_spaced_out_are_one_word():
    assert text_of([Put("员工手册", spacing=8)]) == "员工手册"


def test_entries_of_a_table_of_contents_stay_lines():
    entries = ["总则" + "." * 60 + " 3", "附录" + "." * 60 + " 14"]
    assert text_of(below(*entries)) == "\n".join(entries)


def test_the_cells_of_a_row_are_parted_by_blanks():
    rows = [("姓名", "部门"), ("张三", "人事部"), ("欧阳修", "财务部"), ("李四", "办公室"), ("王五", "后勤处")]
    puts = [
        Put(cell, x=60 + 150 * at, y=TOP - 20 * row) for row, cells in enumerate(rows) for at, cell in enumerate(cells)
    ]
    assert text_of(puts) == "姓名 部门\n张三 人事部\n欧阳修 财务部\n李四 办公室\n王五 后勤处"


LEFT_COLUMN = ["　　" + EVERYDAY[:10], EVERYDAY[10:22], EVERYDAY[22:34], EVERYDAY[34:46], "左栏完。"]
RIGHT_COLUMN = ["　　" + EVERYDAY[50:60], EVERYDAY[60:72], EVERYDAY[72:84], EVERYDAY[84:96], "右栏完。"]
COLUMNS = f"{EVERYDAY[:46]}左栏完。\n{EVERYDAY[50:96]}右栏完。"


def test_columns_are_not_mixed():
    assert text_of([*below(*LEFT_COLUMN, x=20), *below(*RIGHT_COLUMN, x=190)]) == COLUMNS


def test_columns_that_the_file_gives_line_by_line_are_not_mixed():
    rows = zip(below(*LEFT_COLUMN, x=20), below(*RIGHT_COLUMN, x=190), strict=True)
    assert text_of([put for row in rows for put in row]) == COLUMNS


def test_a_paragraph_goes_on_in_the_next_column():
    left = ["　　" + EVERYDAY[:10], *(EVERYDAY[at : at + 12] for at in range(10, 58, 12))]
    right = [*(EVERYDAY[at : at + 12] for at in range(58, 106, 12)), "完。"]
    assert text_of([*below(*left, x=20), *below(*right, x=190)]) == EVERYDAY[:106] + "完。"


def test_turned_text_is_read_but_never_joined():
    turned = [Put("转了的文字", x=40, y=100, turned=90), Put("倒过来的文字", x=200, y=100, turned=180)]
    assert text_of([*below(words(20), words(8, 50)), *turned]) == f"{words(20)}{words(8, 50)}\n转了的文字\n倒过来的文字"


def test_a_sheet_that_is_turned_reads_as_one_that_is_not():
    turned = [Put(put.text, x=WIDE - put.y, y=put.x, turned=90) for put in flowed(words(50), words(30, 100))[0]]
    assert read(printed(turned, rotate=90)).text == f"{words(50)}\n{words(30, 100)}"


WIDE = 540


# Pages and running lines


def with_running(pages: list[list[Put]], head: str = HANDBOOK_LINE, foot: str = "- {} -") -> list[list[Put]]:
    return [
        [Put(foot.format(number), x=170, y=20, size=9), *page, Put(head, y=540, size=9)]
        for number, page in enumerate(pages, 1)
    ]


def test_running_lines_stand_behind_the_text_so_that_no_page_break_parts_it():
    extract = read(printed(*with_running(flowed(words(450), words(100, 500)))))
    assert extract.text == "\n".join([words(450), words(100, 500), HANDBOOK_LINE, "- 1 -", HANDBOOK_LINE, "- 2 -"])
    assert boilerplate(extract) == [
        ("页眉", HANDBOOK_LINE),
        ("页码", "- 1 -"),
        ("页眉", HANDBOOK_LINE),
        ("页码", "- 2 -"),
    ]
    assert extract.pages == (0, 22 * LINE - 2)


def test_a_paragraph_without_indent_ends_with_its_page_if_its_sentence_does():
    pages = [below(EVERYDAY[:20], words(20, 20)), below(EVERYDAY[50:70], words(20, 70))]
    assert text_of(*pages) == f"{EVERYDAY[:20]}{words(20, 20)}\n{EVERYDAY[50:70]}{words(20, 70)}"


def test_each_page_begins_with_its_own_first_line():
    extract = read(printed(below(words(8)), below(words(9, 50)), below(words(5, 100))))
    assert extract.pages == (0, 9, 19)


def test_heads_of_left_and_right_pages_are_running_lines():
    pages = [[Put("书名" if page % 2 else "章名", y=540), *below(words(9, page * 20))] for page in range(6)]
    assert boilerplate(read(printed(*pages))) == [("页眉", "章名"), ("页眉", "书名")] * 3


def test_a_foot_that_differs_in_its_numbers_is_a_running_line():
    pages = [[*below(words(9, page * 20)), Put(f"2024 版 共 {page} 条", y=20)] for page in range(2)]
    assert boilerplate(read(printed(*pages))) == [("页脚", "2024 版 共 0 条"), ("页脚", "2024 版 共 1 条")]


@pytest.mark.parametrize("heights", [{0: 540, 1: 540, 2: 540}, {0: 540, 2: 540}, {0: 540, 2: 520, 4: 500, 6: 480}])
def test_a_line_that_recurs_on_too_few_pages_or_at_another_height_is_text(heights: dict[int, int]):
    heads = [[Put("章名", y=heights[page])] if page in heights else [] for page in range(7)]
    pages = [[*below(words(9, page * 20)), *head] for page, head in enumerate(heads)]
    assert boilerplate(read(printed(*pages))) == []


def test_a_line_that_recurs_in_the_middle_of_pages_is_text():
    pages = [
        below(*(words(9, page * 100 + row * 10) if row != 3 else "签字：" for row in range(7))) for page in range(4)
    ]
    assert boilerplate(read(printed(*pages))) == []


@pytest.mark.parametrize(
    "form", ["{}", "- {} -", "第 {} 页", "{}/10", "第{}页 共10页", "第 {} 页，共 10 页", "Page {} of 10", "— {} —"]
)
def test_numbers_that_count_up_with_the_pages_are_page_numbers(form: str):
    pages = [[*below(words(9, page * 20)), Put(form.format(page + 3), x=170, y=20)] for page in range(3)]
    assert boilerplate(read(printed(*pages))) == [("页码", form.format(page)) for page in (3, 4, 5)]


def test_numbers_that_do_not_count_up_are_text():
    pages = [
        [*below(words(9, page * 20)), Put(str(number), y=20 + 9 * page)] for page, number in enumerate((7, 300, 12))
    ]
    assert boilerplate(read(printed(*pages))) == []


def test_what_would_leave_nothing_else_is_text():
    assert boilerplate(read(printed(*([Put("同一句话")] for _ in range(3))))) == []
    assert boilerplate(read(printed(*([Put(str(page))] for page in range(3))))) == []
    both = read(printed(*([Put("同一句话"), Put(str(page), y=20)] for page in range(3))))
    assert boilerplate(both) == [("页码", "0"), ("页码", "1"), ("页码", "2")]


def test_pages_without_text_are_named():
    extract = read(printed(*(below(words(9, page * 20)) if page in (0, 1, 3) else [] for page in range(7))))
    assert extract.warnings == ("第 3、5–7 页没有文字，可能是扫描件，这些页没有收录，请先做文字识别（OCR）再收录。",)
    assert extract.pages == (0, 10, 20, 20, *[len(extract.text)] * 3)


def test_a_page_that_is_damaged_is_named():
    content = printed(below(words(9)), below(words(9, 50)), pageCompression=0)
    extract = read(content.replace(b"/Kids [ 4 0 R 5 0 R ]", b"/Kids [ 4 0 R 0 0 R ]"))
    assert (extract.text, extract.pages) == (words(9), (0, 9))
    assert extract.warnings == ("第 2 页已损坏，读不出来，这些页没有收录，请重新取得这个文件再试。",)


# Title and headings


def test_large_print_is_title_and_headings():
    page = [
        Put("员工手册", x=120, size=22),
        Put("总则", y=460, size=18),
        Put("适用范围", y=430, size=15),
        *below(words(40)[:20], words(40)[20:], y=400),
        Put("附则", y=340, size=18),
        *below(words(20, 60), y=310),
    ]
    extract = read(printed(page))
    assert extract.layout.title is not None and extract.layout.title.of(extract.text) == "员工手册"
    assert headings(extract) == [(1, "总则"), (2, "适用范围"), (1, "附则")]


@pytest.mark.parametrize(("above", "title"), [(1, "员工手册"), (2, "员工手册"), (3, None)])
def test_the_title_of_a_page_may_have_a_running_head_and_a_number_above_it(above: int, title: str | None):
    heads = [Put(f"甲{'乙' * row}", y=540 - 20 * row, size=9) for row in range(above)]
    extract = read(printed([*heads, Put("员工手册", x=120, y=460, size=22), *below(words(20), words(20, 50), y=400)]))
    assert (extract.layout.title and extract.layout.title.of(extract.text)) == title


def test_the_largest_print_is_no_title_if_it_comes_again():
    extract = read(printed([Put("总则", size=18), *below(words(20), y=470), Put("附则", y=440, size=18)]))
    assert extract.layout.title is None
    assert headings(extract) == [(1, "总则"), (1, "附则")]


def test_a_title_broken_by_hand_is_one():
    title = [Put("某某市教育局", x=126, size=18), Put("通知", x=162, y=475, size=18)]
    extract = read(printed([*title, *below(words(20), words(20, 50), y=400)]))
    assert extract.layout.title is not None and extract.layout.title.of(extract.text) == "某某市教育局通知"


def test_large_print_that_is_a_sentence_or_long_or_hardly_larger_is_no_heading():
    page = [
        *flowed(words(100))[0],
        Put("请注意安全。", y=370, size=18),
        *below(EVERYDAY[200:221], EVERYDAY[230:251], y=330, size=14),
        *below(*(EVERYDAY[at : at + 13] for at in (300, 320, 340)), y=260, size=21, pitch=30),
        Put("差不多大", y=150, size=13),
    ]
    assert headings(read(printed(page))) == []


def test_two_titles_in_the_middle_stay_two():
    titles = [Put("第一部分", x=144, y=400, size=18), Put("总则", x=162, y=370, size=18)]
    extract = read(printed([*below(words(20), words(20, 30)), *titles, *below(words(20, 60), y=330)]))
    assert headings(extract) == [(1, "第一部分"), (1, "总则")]


# Characters


def test_characters_beyond_the_first_plane_are_whole():
    assert text_of([Put("吉\U00020000祥")]) == "吉\U00020000祥"


def test_characters_without_meaning_are_kept_and_counted():
    extract = read(mapped("abcdefghij", {"c": "E000", "e": "FFFD"}))
    assert extract.text == "ab\ue000d\ufffdfghij"
    assert extract.warnings == ("有 2 个字符读不出是什么字，引用前请对照原文件。",)


@pytest.mark.parametrize("control", ["0001", "001C", "0085", "DC00"])
def test_control_characters_and_lone_surrogates_are_dropped_and_counted(control: str):
    extract = read(mapped("abcdefghij", {"c": control, "e": "D800"}))
    assert extract.text == "abdfghij"
    assert extract.warnings == ("有 2 个字符读不出是什么字，引用前请对照原文件。",)


def test_a_file_of_characters_without_meaning_is_refused():
    message = refusal(mapped("abcdefghij", dict.fromkeys("abcd", "E000")))
    assert message == "文件“手册.pdf”里的字体没有文字编码，读出来是乱码，请先做文字识别（OCR）再收录。"


def test_text_in_an_embedded_font_reads_as_such():
    assert read(printed([Put("Hello, World", font=VERA)])).text == "Hello, World"


# Files that can't be read


def test_a_scanned_file_is_refused():
    assert refusal(printed([], [])) == "文件“手册.pdf”的各页都没有文字，可能是扫描件，请先做文字识别（OCR）再收录。"


def test_a_password_to_open_is_named():
    content = printed(below(words(9)), encrypt=StandardEncryption("geheim", ownerPassword="besitzer"))
    assert refusal(content) == "文件“手册.pdf”设有打开密码，请去掉密码后再试。"


def test_a_password_of_the_owner_alone_does_not_matter():
    content = printed(below(words(9)), encrypt=StandardEncryption("", ownerPassword="besitzer", canCopy=0))
    assert read(content).text == words(9)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", "一段文字".encode(), b"\x00" * 500])
def test_what_is_no_pdf_is_refused(content: bytes):
    assert refusal(content).startswith("文件“手册.pdf”已损坏、不完整或不是 PDF，请重新取得这个文件")


def test_too_many_pages_are_refused():
    content = printed(*(below(words(9)) for _ in range(3)))
    assert (
        refusal(content, replace(LIMITS, pages=2)) == "文件“手册.pdf”有 3 页，超过了 2 页的上限，请拆成几个文件再收录。"
    )
    assert read(content, replace(LIMITS, pages=3)).text


def test_too_many_characters_are_refused():
    content = printed(below(words(15)), below(words(15, 50)))
    assert refusal(content, replace(LIMITS, characters=29)).startswith("文件“手册.pdf”超过了 0.0029 万字的上限")
    assert "0.003 万字" in refusal(content, replace(LIMITS, characters=30))  # the end of line between them counts too
    assert len(read(content, replace(LIMITS, characters=31)).text) == 31


# Properties


def assert_sound(extract: Extract) -> None:
    """All places are in order, in the text, and neither begin nor end with a blank; pages ascend."""
    layout = extract.layout
    for places in (
        [heading.span for heading in layout.headings],
        [piece.span for piece in layout.boilerplate],
        [layout.title] if layout.title else [],
    ):
        assert places == sorted(places)
        for place in places:
            words = place.of(extract.text)
            assert words and words == words.strip()
    assert list(extract.pages) == sorted(extract.pages) and extract.pages[-1] <= len(extract.text)
    assert not any("\ud800" <= character <= "\udfff" or character in "\0\r" for character in extract.text)


HANDBOOK = printed(*with_running([*flowed(words(450), words(200, 500)), [Put("附录", size=18), *below(words(9))]]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 90), min_size=1, max_size=24), st.booleans())
def test_paragraphs_come_back_as_they_were(lengths: list[int], running: bool):
    lengths = [60, *lengths]  # a line that is full shows where the margin is
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    paragraphs = [words(length, start) for start, length in zip(starts, lengths, strict=True)]
    pages = flowed(*paragraphs)
    running = running and len(pages) > 1  # on one page nothing recurs
    extract = read(printed(*(with_running(pages) if running else pages)))
    noise = [words for _, words in boilerplate(extract)]
    assert [line for line in extract.text.split("\n") if line not in noise] == paragraphs
    assert len(noise) == running * 2 * len(pages)
    assert_sound(extract)


def survives(content: bytes) -> None:
    try:
        assert_sound(read(content))
    except UnreadableFile as refused:
        assert "手册.pdf" in str(refused)


@pytest.mark.parametrize("share", [at / 25 for at in range(25)])
def test_a_file_cut_short_is_read_or_refused(share: float):
    survives(HANDBOOK[: int(len(HANDBOOK) * share)])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(HANDBOOK) - 1), st.integers(1, 255)), min_size=1, max_size=30))
def test_a_file_with_bytes_gone_wrong_is_read_or_refused(flips: list[tuple[int, int]]):
    content = bytearray(HANDBOOK)
    for at, change in flips:
        content[at] ^= change
    survives(bytes(content))
