"""Where every character of a file went, and what a person reads of it."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.ingest.report import FileReport, Outcome, Report, account, added_up, file_lines, total_lines
from assistant.reading import read_text
from assistant.records import Boilerplate, Layout, Span
from assistant.settings import IndexSettings
from tests.fakes import make_source, read

TEXT = "铁锹保养\n\n铁锹要擦干净。\n----\n一、存放\n放在通风处。\n"


def test_each_character_is_counted_once() -> None:
    found = account(read(TEXT))
    assert (found.characters, found.in_passages, found.in_headings, found.boilerplate) == (25, 13, 8, {"分隔线": 4})
    assert (found.format, found.encoding, found.documents, found.passages) == ("txt", "utf-8", 1, 2)


@given(st.text(alphabet="一二、（）1.。\n 甲乙#-|页第3", max_size=200), st.sampled_from(["a.txt", "a.md"]))
def test_the_parts_add_up_to_the_whole(text: str, name: str) -> None:
    found = account(read(text, name))
    assert found.in_passages + found.in_headings + found.in_boilerplate == found.characters
    assert found.characters == sum(not character.isspace() for character in text)


def test_pages_without_text_are_told() -> None:
    source = replace(make_source("甲。\n\n丙。"), pages=(0, 3, 4))
    assert account(read_text(source, IndexSettings())).empty_pages == (2,)


def test_a_total_adds_the_files_up() -> None:
    one = account(read(TEXT))
    total = added_up([one, one])
    assert (total.characters, total.passages, total.boilerplate) == (50, 4, {"分隔线": 8})


def test_the_lines_say_what_became_of_a_file() -> None:
    found = replace(account(read(TEXT)), repeated=1, tables=2, pages=3, warnings=("第 2 页没有文字。",))
    assert list(file_lines(FileReport("铁锹.txt", Outcome.ADDED, account=found))) == [
        "铁锹.txt：新收录，txt，utf-8，1 篇文章，2 个段落，读到 25 字：正文 13，标题 8，杂项 4（分隔线 4），"
        "表格 2 个，共 3 页，与资料库里别处相同或相近的段落 1 个。",
        "  注意：第 2 页没有文字。",
    ]
    assert list(file_lines(FileReport("甲.txt", Outcome.UNCHANGED))) == []


def test_the_last_lines_add_all_up() -> None:
    found = account(read(TEXT))
    report = Report(
        (
            FileReport("甲.txt", Outcome.ADDED, account=found),
            FileReport("乙.txt", Outcome.ADDED, account=found),
            FileReport("丙.xyz", Outcome.SKIPPED),
            FileReport("丁.doc", Outcome.SKIPPED, "请另存为 docx。"),
        )
    )
    assert list(total_lines(report)) == [
        "跳过 1 个不支持的文件：丙.xyz。",
        "共 4 个文件：新收录 2，跳过 2。",
        "合计 2 篇文章，4 个段落，读到 50 字：正文 26，标题 16，杂项 8（分隔线 8）。",
    ]


def test_the_report_is_json() -> None:
    report = Report((FileReport("甲.txt", Outcome.ADDED, account=account(read(TEXT))),))
    found = json.loads(json.dumps(report.as_dict()))
    assert found["counts"] == {"added": 1}
    assert found["files"][0]["account"]["characters"] == found["total"]["characters"] == 25


def test_what_a_reader_calls_boilerplate_is_named() -> None:
    layout = Layout(boilerplate=(Boilerplate("页眉", Span(0, 2)),))
    assert account(read_text(make_source("甲乙\n丙。"), IndexSettings(), layout)).boilerplate == {"页眉": 2}
