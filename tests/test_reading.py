"""A file, read to the end: any text at all, in reasonable time, and nothing lost."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import reading as module
from assistant.errors import UnreadableFile
from assistant.reading import read_file, read_text, uncovered
from assistant.records import Reading, Span
from assistant.settings import IndexSettings
from tests.fakes import make_source, read

SEED = next(Path(__file__).parent.parent.glob("seeds/*.txt"))
SETTINGS = IndexSettings()


@given(st.text(), st.sampled_from(["a.txt", "a.md"]))
def test_any_text_is_read_and_loses_nothing(text: str, name: str) -> None:
    assert uncovered(read(text, name)) == ()


@given(st.text(alphabet="第一二三章条、.(（)）#1 2\n\r\u3000。:;首先,是要\t|-[]"), st.sampled_from(["a.txt", "a.md"]))
def test_any_heap_of_marks_is_read_and_loses_nothing(text: str, name: str) -> None:
    assert uncovered(read(text, name)) == ()


def test_the_seed_is_read_whole() -> None:
    found = read_file(SEED, SEED.read_bytes(), SETTINGS)
    assert (len(found.documents), uncovered(found)) == (9, ())
    assert [piece.name for piece in found.boilerplate] == ["翻页", "关键词", "图片", *["网站声明"] * 3, "翻页"]


def test_the_same_file_is_always_read_alike() -> None:
    assert read_file(SEED, SEED.read_bytes(), SETTINGS) == read_file(SEED, SEED.read_bytes(), SETTINGS)


def test_a_file_of_which_text_would_be_lost_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def lossy(*arguments: object) -> Reading:
        return replace(read_text(*arguments), passages=())  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_text", lossy)
    with pytest.raises(UnreadableFile, match=r"“a\.txt”第 3 行起.*请"):
        read_file(Path("a.txt"), "标题\n\n正文。".encode(), SETTINGS)


def test_uncovered_names_each_place() -> None:
    found = replace(read_text(make_source("甲 乙"), SETTINGS), passages=())
    assert uncovered(found) == (Span(0, 1), Span(2, 3))


ADVERSARIES = [
    "1",
    "一",
    "(",
    "（",
    "第",
    "A",
    "#",
    "[",
    "![",
    "](",
    " ",
    "\u3000",
    "\n",
    " \n",
    "\r",
    "。",
    "…",
    "-",
    "上一页 ",
    "1.",
]
ADVERSARIES += [
    "1.1.",
    "1 ",
    "一、",
    "二、",
    "(一)",
    "第一,",
    "首先,",
    "一是",
    "第一条 ",
    "作者:",
    "关键词:a;",
    "标题行\n\n",
    "作为",
]
ADVERSARIES += ["```\n", "a\n", "/?a", "第一章\n", "1、好", "书记的工作党", "下载文档 "]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("piece", ADVERSARIES)
def test_no_repetition_takes_more_than_linear_time(piece: str, name: str) -> None:
    # At 100,000 characters a quadratic rule takes minutes, a linear one well below a second.
    text = f"标题标题标题标题\n\n1、{piece * (100_000 // len(piece))}x"
    start = time.process_time()
    found = read(text, name)
    assert time.process_time() - start < 10
    assert uncovered(found) == ()


def test_a_line_of_200_kb_is_read() -> None:
    text = "各支部要认真学习,落实一、二、四决策。其次,见第(三)项。" * 7_000
    found = read_text(make_source(text), SETTINGS)
    assert uncovered(found) == ()
    assert max(len(passage.span) for passage in found.passages) <= SETTINGS.passage_limit
