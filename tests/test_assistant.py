from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant, default_folder
from assistant.bundled import seeds_folder
from assistant.encoder import Encoding, Role
from assistant.errors import BadQuestion, EncoderError, LibraryError, NotVerbatim, UnreadableFile
from assistant.ingest import FileReport, Outcome
from assistant.records import Answer, Change, Excerpt, NotFound, Status, Topic
from tests.fakes import HashEncoder

SEED = next(seeds_folder().glob("*.txt"))
TITLES = (
    "如何做一名合格的基层党支部书记",
    "如何当好基层党支部书记(精选多篇)",
    "新形势下如何做好基层党支部书记",
    "怎样当好一名基层党支部书记[权威资料]",
    "如何做一名合格的基层党支部书记",
    "论如何当好基层党支部书记",
    "当好党支部书记应具备的十种能力",
    "浅谈如何当好一名合格的基层党支部书记",
    "新形势下如何当好一名合格的基层党支部书记",
)
QUESTIONS = (
    "如何当好一名基层党支部书记?",
    "党支部书记要树立做好工作的哪几种“感”?",
    "党支部书记觉悟水平的重要标志是什么?",
    "当好党支部书记应具备哪些能力",
    "为什么要抓好班子建设",
    "怎么和行政领导搞好关系",
    "how to be a good party branch secretary",
    "关心职工生活",
    "党课",
)
CARE = "铁锹用完以后要擦干净,涂上防锈油,挂在干燥的地方。"
SPADES = f"铁锹保养\n\n{CARE}\n"
#: A sentence of the seed: the surest of all questions, whatever encoder is behind.
WHOLE = "党支部书记如果工作做不好,影响的就是队站或一个整体。"


class RoleEncoder(HashEncoder):
    """Counts what is encoded by the side of the search it is for."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: list[Role] = []

    def encode(self, texts: Sequence[str], role: Role) -> list[Encoding]:
        self.roles += [role] * len(texts)
        return super().encode(texts, role)


def opened(folder: Path, encoder: HashEncoder | None = None) -> closing[Assistant]:
    return closing(Assistant.open(folder, encoder=encoder or HashEncoder()))


def excerpts(answer: Answer | NotFound) -> tuple[Excerpt, ...]:
    return answer.excerpts if isinstance(answer, Answer) else ()


def files(answer: Answer | NotFound) -> set[str]:
    return {excerpt.citation.file for excerpt in excerpts(answer)}


def in_another_process(folder: Path, code: str, *arguments: object) -> None:
    program = f"import sys; from assistant.assistant import *; assistant = Assistant.open(Path(sys.argv[1])); {code}"
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", program, str(folder), *map(str, arguments)], check=True, cwd=root)


@pytest.fixture
def spades(tmp_path: Path) -> Path:
    file = tmp_path / "铁锹.txt"
    file.write_text(SPADES, encoding="utf-8")
    return file


# Opening


def test_a_new_library_starts_with_the_nine_articles_of_the_seed(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assert tuple(document.title for document in assistant.documents()) == TITLES


def test_seeds_that_were_removed_do_not_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assistant.remove(SEED.name)
    with opened(tmp_path) as assistant:
        assert assistant.documents() == ()


def test_nothing_is_encoded_before_the_first_question(tmp_path: Path) -> None:
    encoder = RoleEncoder()
    with opened(tmp_path, encoder) as assistant:
        assistant.documents()
        assistant.examples()
        assert encoder.roles == []
        assistant.ask(WHOLE)
        assert set(encoder.roles) == {Role.PASSAGE, Role.QUERY}


def test_a_restart_answers_the_same_and_encodes_the_question_only(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        before = assistant.ask(WHOLE)
    encoder = RoleEncoder()
    with opened(tmp_path, encoder) as assistant:
        after = assistant.ask(WHOLE)
    assert encoder.roles == [Role.QUERY]
    assert replace(after, elapsed_ms=0) == replace(before, elapsed_ms=0)


def test_the_library_lives_where_zhiyin_home_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIYIN_HOME", str(tmp_path / "家"))
    assert default_folder() == tmp_path / "家"
    with closing(Assistant.open(encoder=HashEncoder())):
        assert (tmp_path / "家" / "library.sqlite").is_file()


def test_without_a_word_the_library_lives_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIYIN_HOME", raising=False)
    assert default_folder().name == "zhiyin"
    assert default_folder().is_absolute()


def test_an_unknown_model_is_an_error_at_the_first_question(tmp_path: Path) -> None:
    nameless = closing(Assistant.open(tmp_path / "library", model=str(tmp_path / "没有")))
    with nameless as assistant, pytest.raises(EncoderError):
        assistant.ask("党课")


# Adding and removing


def test_an_added_file_is_cited_and_a_removed_one_no_longer(tmp_path: Path, spades: Path) -> None:
    with opened(tmp_path / "library") as assistant:
        assert assistant.add([spades]).of(Outcome.ADDED)[0].name == "铁锹.txt"
        assert "铁锹.txt" in files(assistant.ask(CARE))
        assert assistant.remove("铁锹.txt").files == (FileReport("铁锹.txt", Outcome.REMOVED),)
        assert "铁锹.txt" not in files(assistant.ask(CARE))


def test_a_file_added_twice_is_stored_once(tmp_path: Path, spades: Path) -> None:
    with opened(tmp_path / "library") as assistant:
        assistant.add([spades])
        assert assistant.add([spades]).files == (FileReport("铁锹.txt", Outcome.UNCHANGED),)


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path, spades: Path) -> None:
    (tmp_path / "空.txt").touch()
    with opened(tmp_path / "library") as assistant:
        added = assistant.add([tmp_path / "空.txt", tmp_path / "没有.txt", spades])
    assert [file.name for file in added.of(Outcome.ADDED)] == ["铁锹.txt"]
    assert [file.name for file in added.of(Outcome.REFUSED)] == ["空.txt", "没有.txt"]


def test_a_folder_gives_all_its_readable_files_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    for name in ("乙/二.txt", "甲/一.md", "三.TXT", ".git/四.txt", "~$五.txt", ".六.txt", "图.xyz"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}说明\n\n这是文件 {name} 的内容。\n", encoding="utf-8")
    with opened(tmp_path / "library") as assistant:
        report = assistant.add([folder])
    assert [file.name for file in report.of(Outcome.ADDED)] == ["三.TXT", "二.txt", "一.md"]
    assert [file.name for file in report.of(Outcome.SKIPPED, Outcome.REFUSED)] == ["图.xyz"]


def test_removing_what_is_not_there_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant, pytest.raises(LibraryError, match="zhiyin list"):
        assistant.remove("没有.txt")


def test_what_another_process_adds_or_removes_is_seen_by_the_next_question(tmp_path: Path, spades: Path) -> None:
    with opened(tmp_path / "library") as assistant:
        assert "铁锹.txt" not in files(assistant.ask(CARE))
        in_another_process(tmp_path / "library", "assistant.add([Path(sys.argv[2])])", spades)
        assert "铁锹.txt" in files(assistant.ask(CARE))
        in_another_process(tmp_path / "library", "assistant.remove('铁锹.txt')")
        assert "铁锹.txt" not in files(assistant.ask(CARE))


def test_an_empty_library_answers_not_found(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assistant.remove(SEED.name)
        answer = assistant.ask(WHOLE)
        assert isinstance(answer, NotFound)
        assert (answer.nearest, assistant.examples()) == ((), ())


# Questions


@pytest.mark.parametrize("question", ["", " \n\u3000", "😀😀", "?!…", "书" * 2001, "书" * 10_000, "\udcff党课"])
def test_what_is_no_question_is_refused(tmp_path: Path, question: str) -> None:
    with opened(tmp_path) as assistant, pytest.raises(BadQuestion):
        assistant.ask(question)


def test_an_answer_carries_the_question_as_it_was_asked(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assert assistant.ask("  <b>党课</b>\t").question == "  <b>党课</b>\t"


@pytest.mark.parametrize("question", ["书" * 2000, "党课\x00\x1b[31m", "' OR 1=1 --", "<script>alert(1)</script> 党课"])
def test_odd_questions_are_questions(tmp_path: Path, question: str) -> None:
    with opened(tmp_path) as assistant:
        assert isinstance(assistant.ask(question), Answer | NotFound)


def test_examples_are_headings_to_try(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        examples = assistant.examples()
    text = SEED.read_bytes().decode("utf-8-sig")
    assert 1 <= len(examples) <= 6
    assert len(set(examples)) == len(examples)
    assert all(example in text for example in examples)


# Answers, by the bundled encoder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with closing(Assistant.open(tmp_path_factory.mktemp("library"))) as assistant:
        assistant.warm_up()
        yield assistant


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_part_is_the_seeds_own_text_at_its_place(assistant: Assistant, question: str) -> None:
    text = SEED.read_bytes().decode("utf-8-sig")
    for excerpt in excerpts(assistant.ask(question)):
        assert excerpt.parts
        assert all(text[part.span.start : part.span.end] == part.text for part in excerpt.parts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_at_most_three_excerpts_of_800_characters(assistant: Assistant, question: str) -> None:
    found = excerpts(assistant.ask(question))
    assert len(found) <= 3
    assert sum(len(part.text) for excerpt in found for part in excerpt.parts) <= 800


@pytest.mark.parametrize("question", QUESTIONS)
def test_marks_lie_inside_the_parts_and_are_short(assistant: Assistant, question: str) -> None:
    for excerpt in excerpts(assistant.ask(question)):
        assert all(any(mark in part.span for part in excerpt.parts) for mark in excerpt.highlights)
        assert 0 < sum(len(mark) for mark in excerpt.highlights) <= 160


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_an_excerpt_are_of_one_section_and_in_order(assistant: Assistant, question: str) -> None:
    (reading,) = assistant.library.readings()
    for excerpt in excerpts(assistant.ask(question)):
        spans = [part.span for part in excerpt.parts]
        assert all(before.end <= after.start for before, after in zip(spans, spans[1:], strict=False))
        assert any(
            section.path() == excerpt.citation.section and all(span in section.span for span in spans)
            for document, outline in zip(reading.documents, reading.sections, strict=True)
            if document.id == excerpt.citation.document_id
            for section in outline
        )


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_citation_holds_its_parts_and_names_an_article_of_the_library(assistant: Assistant, question: str) -> None:
    for excerpt in excerpts(assistant.ask(question)):
        assert all(part.span in excerpt.citation.span for part in excerpt.parts)
        for citation in (excerpt.citation, *excerpt.also):
            assert citation.document in TITLES
            assert citation.file == SEED.name


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_asked_twice_has_one_answer(assistant: Assistant, question: str) -> None:
    first, second = assistant.ask(question), assistant.ask(question)
    assert min(first.elapsed_ms, second.elapsed_ms) > 0
    assert replace(first, elapsed_ms=0) == replace(second, elapsed_ms=0)


def test_the_question_of_the_first_corpus_is_answered(assistant: Assistant) -> None:
    answer = assistant.ask("如何当好一名基层党支部书记?")
    assert answer.status is Status.ANSWERED
    assert 0 <= answer.confidence <= 1


def test_threads_that_ask_at_once_get_the_answers_of_one_that_asks_alone(assistant: Assistant, tmp_path: Path) -> None:
    alone = [replace(assistant.ask(question), elapsed_ms=0) for question in QUESTIONS]
    shutil.copytree(assistant.library.file.parent / "index", tmp_path / "index")
    with closing(Assistant.open(tmp_path)) as fresh, ThreadPoolExecutor(4) as threads:  # not warm: they race to load
        together = [replace(answer, elapsed_ms=0) for answer in threads.map(fresh.ask, QUESTIONS)]
    assert together == alone


# The verbatim check


FORGED = SEED.read_bytes().decode("utf-8-sig").replace("书记", "书纪")


def tampered(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "library.sqlite")) as database:
        assert database.execute(statement, values).rowcount
        database.commit()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("UPDATE source SET text = replace(text, ?, ?)", ("书记", "书纪")),
        ("UPDATE source SET text = substr(text, 2)", ()),
        ("UPDATE source SET text = ?, plain = 0", (FORGED,)),
        ("UPDATE source SET encoding = ?", ("latin-1",)),
    ],
)
def test_a_changed_text_is_never_shown(
    tmp_path: Path, statement: str, values: tuple[object, ...], restarted: bool
) -> None:
    encoder = HashEncoder()
    with opened(tmp_path, encoder) as assistant:
        assert excerpts(assistant.ask(WHOLE))
        if not restarted:
            tampered(tmp_path, statement, *values)
            with pytest.raises(NotVerbatim, match="zhiyin check"):
                assistant.ask(WHOLE)
            return
    tampered(tmp_path, statement, *values)
    with opened(tmp_path, encoder) as assistant, pytest.raises(NotVerbatim, match="zhiyin check"):
        assistant.ask(WHOLE)


@pytest.mark.parametrize("content", [FORGED.encode(), b"\xff\xff", None])
def test_nothing_is_shown_whose_original_is_not_what_came(tmp_path: Path, content: bytes | None) -> None:
    with opened(tmp_path) as assistant:
        assert excerpts(assistant.ask(WHOLE))
    (original,) = (tmp_path / "originals").glob("*/*")
    original.unlink() if content is None else original.write_bytes(content)
    with opened(tmp_path) as assistant, pytest.raises(NotVerbatim, match="zhiyin check"):
        assistant.ask(WHOLE)


def test_the_check_decodes_a_file_of_any_encoding_as_its_reader_did(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        file = tmp_path / f"{encoding}.txt"
        file.write_text(SPADES.replace("铁锹", encoding + "铁锹"), encoding=encoding)
        with opened(tmp_path / encoding) as assistant:
            assistant.add([file])
            assert file.name in files(assistant.ask(encoding + CARE))


# Follow-ups and synonyms

TOOLS = """工具手册

一、铁锹的保养
保养铁锹要做到下面几点。
1、擦干净
用完以后用布擦掉泥土。
2、涂上油
刃口涂上一层防锈油。
二、锄头的选择
看木柄是不是结实。
三、水桶的存放
水桶要倒空,倒扣在架子上。
四、木梯的检查
木梯每月检查一次,看横档有没有松动。
五、镰刀的打磨
镰刀每次用前要打磨,磨到能切断草茎。
"""


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Assistant]:
    """The assistant over the handbook alone."""
    (tmp_path / "工具.txt").write_text(TOOLS, encoding="utf-8")
    with opened(tmp_path / "library") as assistant:
        assistant.remove(SEED.name)
        assistant.add([tmp_path / "工具.txt"])
        yield assistant


def text_of(answer: Answer | NotFound) -> str:
    return "\n".join(part.text for excerpt in excerpts(answer) for part in excerpt.parts)


def test_an_item_is_asked_for_after_the_list(tools: Assistant) -> None:
    first = tools.ask("铁锹的保养要做到哪几点")
    second = tools.ask("那第二点呢", first.topic)
    assert text_of(second) == "2、涂上油\n刃口涂上一层防锈油。"
    assert (second.carried, second.question) == ("铁锹的保养要做到哪几点", "那第二点呢")
    assert tools.ask("第九点呢", second.topic).status is Status.NOT_FOUND


def test_more_brings_other_excerpts(tools: Assistant) -> None:
    first = tools.ask("铁锹")
    second = tools.ask("还有吗", first.topic)
    third = tools.ask("还有吗", second.topic)
    shown = [{excerpt.citation.section for excerpt in excerpts(answer)} for answer in (first, second)]
    assert not shown[0] & shown[1]
    assert second.topic == Topic("铁锹", 2) and third.topic == Topic("铁锹", 3)


def test_a_question_without_a_subject_is_asked_of_the_topic(tools: Assistant) -> None:
    first = tools.ask("木梯的检查")
    assert "横档" in text_of(tools.ask("多久呢", first.topic))
    assert tools.ask("多久呢", first.topic).carried == "木梯的检查"
    assert tools.ask("镰刀的打磨", first.topic).carried == ""


def test_more_than_a_part_asked_for_by_number_is_not_the_part_again(tools: Assistant) -> None:
    first = tools.ask("手册二、讲什么")
    assert text_of(first) == "二、锄头的选择\n看木柄是不是结实。"
    more = tools.ask("还有吗", first.topic)
    assert isinstance(more, NotFound) or text_of(more) != text_of(first)


def test_a_topic_too_long_to_look_up_is_refused(tools: Assistant) -> None:
    with pytest.raises(BadQuestion, match="问题太长"):
        tools.ask("为什么", Topic("铁锹" * 2000))


def test_synonyms_count_as_soon_as_they_are_saved(tools: Assistant) -> None:
    file = tools.library.file.parent / "synonyms.txt"
    assert "同义词" in file.read_text(encoding="utf-8")
    (before, *_) = excerpts(tools.ask("扶梯 检查"))
    assert before.reason is not None and not before.reason.changes
    file.write_text("扶梯 木梯\n", encoding="utf-8")
    (first, *_) = excerpts(tools.ask("扶梯 检查"))
    assert "木梯每月检查一次" in first.parts[0].text
    assert first.reason is not None and Change("扶梯", "木梯") in first.reason.changes


def test_synonyms_that_are_no_text_are_an_error_with_the_files_name(tools: Assistant) -> None:
    (tools.library.file.parent / "synonyms.txt").write_bytes(b"\x00\x01")
    with pytest.raises(UnreadableFile, match=r"synonyms\.txt"):
        tools.ask("铁锹")
