from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import pytest

from assistant.assistant import Assistant
from assistant.bundled import seeds_folder
from assistant.cli import main
from assistant.cli.arguments import complaint
from assistant.library import Library
from tests.fakes import HashEncoder

ROOT = Path(__file__).parent.parent
SEED = next(seeds_folder().glob("*.txt"))
QUESTION = "如何当好一名基层党支部书记?"
SPADES = '铁锹保养\n\n铁锹用完以后要擦干净,涂上防锈油。<script>alert("x")</script>&amp;挂在干燥的地方。\n'
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHIYIN_HOME", str(tmp_path / "home"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """One command in this process."""

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seeds with its index, only to be read."""
    folder = tmp_path_factory.mktemp("warm")
    with closing(Assistant.open(folder)) as assistant:
        assistant.warm_up()
    return folder


@pytest.fixture
def library(warm: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(warm, tmp_path / "library")


@pytest.fixture
def spades(tmp_path: Path) -> Path:
    file = tmp_path / "铁锹.txt"
    file.write_text(SPADES, encoding="utf-8")
    return file


def buffered() -> dict[str, str]:
    """The environment of a user: what fails only when Python flushes must fail here."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def in_a_process(*arguments: object, program: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """`python -m assistant`, or a program that does the same in its own way."""
    start = ["-c", program] if program else ["-m", "assistant"]
    command = [sys.executable, *start, *map(str, arguments)]
    options = {"encoding": "utf-8", "capture_output": True, "cwd": ROOT, "env": buffered(), **options}
    return subprocess.run(command, check=False, timeout=120, **options)


def refused(done: Done | subprocess.CompletedProcess[str]) -> str:
    """The one Chinese sentence of a named error."""
    code, out, err = done if isinstance(done, Done) else (done.returncode, done.stdout, done.stderr)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith("。\n")
    assert CHINESE.search(err)
    return err


# ask


def test_ask_shows_excerpts_with_their_place(run: Run, warm: Path) -> None:
    code, out, err = run("ask", QUESTION, "--library", warm)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == ["找到 3 处原文", ""]
    assert re.fullmatch(r"\[1\] 《.+》.*", lines[2])
    quoted = [line.removeprefix("    │ ") for line in lines if line.startswith("    │ ")]
    text = SEED.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    assert quoted and all(line in text for line in quoted)
    assert re.search(rf"^    {re.escape(SEED.name)}，第 \d+–\d+ 字$", out, re.MULTILINE)


def test_words_without_quotation_marks_are_one_question(run: Run, warm: Path) -> None:
    done = run("ask", "--json", "how", "to", "be", "a", "good", "secretary", "--library", warm)
    assert json.loads(done.out)["question"] == "how to be a good secretary"


NUMBER, PLACE = (int, float), {"start": int, "end": int}
CITATION = {**PLACE, "document": str, "section": [str], "file": str, "page": (int, type(None)), "locator": str}
EXCERPT = {
    "parts": [{**PLACE, "text": str}],
    "highlights": [PLACE],
    "score": NUMBER,
    "citation": CITATION,
    "also": [CITATION],
}
CONTRACT = {
    "question": str,
    "status": str,
    "confidence": NUMBER,
    "elapsed_ms": NUMBER,
    "excerpts": [EXCERPT],
    "nearest": [str],
}


def assert_shape(value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        assert value.keys() == shape.keys()
        for key in shape:
            assert_shape(value[key], shape[key])
    elif isinstance(shape, list):
        assert isinstance(value, list)
        for each in value:
            assert_shape(each, shape[0])
    else:
        assert isinstance(value, shape)


def test_ask_json_is_one_line_of_the_contract(run: Run, warm: Path) -> None:
    code, out, err = run("ask", "--json", QUESTION, "--library", warm)
    assert (code, err, out.count("\n")) == (0, "", 1)
    answer = json.loads(out)
    assert_shape(answer, CONTRACT)
    assert answer["question"] == QUESTION
    assert QUESTION in out  # no \u escapes
    assert answer["status"] in ("answered", "related", "not_found")
    assert 0 <= answer["confidence"] <= 1
    assert answer["excerpts"]
    text = SEED.read_bytes().decode("utf-8-sig")
    for excerpt in answer["excerpts"]:
        citation = excerpt["citation"]
        assert all(text[part["start"] : part["end"]] == part["text"] for part in excerpt["parts"])
        assert citation["locator"] == f"《{citation['document']}》{' › '.join(citation['section'])}"


def test_signs_that_end_a_line_for_some_stay_inside_the_line(run: Run, warm: Path) -> None:
    question = "党课\u2028支部\u2029书记\x85会议"
    done = run("ask", "--json", question, "--library", warm)
    assert len(done.out.splitlines()) == 1
    assert json.loads(done.out)["question"] == question


def test_questions_of_a_file_are_answered_in_order_and_bad_ones_do_not_stop_the_rest(run: Run, warm: Path) -> None:
    questions = [QUESTION, "", "党课怎么上", "书" * 10_000, "😀", "关心职工生活", "\t", "how to be a secretary"]
    done = run("ask", "--json", "-", "--library", warm, stdin="\n".join(questions).encode())
    assert (done.code, done.err) == (0, "")
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["question"] for answer in answers] == questions
    bad = [number for number, answer in enumerate(answers) if "error" in answer]
    assert bad == [1, 3, 4, 6]
    for number, answer in enumerate(answers):
        assert_shape(answer, {**CONTRACT, "error": str} if number in bad else CONTRACT)
        if number in bad:
            assert CHINESE.search(answer["error"])
            assert (answer["status"], answer["excerpts"]) == ("not_found", [])


def test_lines_may_end_as_on_windows_and_begin_with_a_byte_order_mark(run: Run, warm: Path) -> None:
    done = run("ask", "--json", "-", "--library", warm, stdin="\ufeff党课\r\n支部\r\n".encode())
    assert [json.loads(line)["question"] for line in done.out.splitlines()] == ["党课", "支部"]


def test_a_line_of_another_encoding_is_refused_by_name(run: Run, warm: Path) -> None:
    done = run("ask", "--json", "-", "--library", warm, stdin="党课\n".encode("gbk") + "党课\n".encode())
    bad, good = (json.loads(line) for line in done.out.splitlines())
    assert "UTF-8" in bad["error"]
    assert "error" not in good


def test_no_lines_give_no_lines(run: Run, warm: Path) -> None:
    assert run("ask", "--json", "-", "--library", warm) == Done(0, "", "")


def test_markup_in_questions_and_documents_comes_back_as_it_is(run: Run, library: Path, spades: Path) -> None:
    run("add", spades, "--library", library)
    question = '<script>alert("铁锹")</script>铁锹用完以后要怎么擦干净、涂上防锈油'
    answer = json.loads(run("ask", "--json", question, "--library", library).out)
    assert answer["question"] == question
    parts = [part for excerpt in answer["excerpts"] for part in excerpt["parts"] if "铁锹" in part["text"]]
    assert any('<script>alert("x")</script>&amp;' in part["text"] for part in parts)
    assert all(SPADES[part["start"] : part["end"]] == part["text"] for part in parts)


@pytest.mark.parametrize("question", ["", "  ", "书" * 10_000, "😀🎉", "?!", "-"])
def test_what_is_no_question_is_refused(run: Run, warm: Path, question: str) -> None:
    refused(run("ask", "--library", warm, question))
    if question != "-":
        refused(run("ask", "--json", "--library", warm, question))


# add, remove, list, check


def test_add_tells_what_became_of_every_character(run: Run, library: Path, spades: Path) -> None:
    done = run("add", spades, "--library", library)
    body = len(SPADES.split("\n")[2])
    counts = f"1 篇文章，1 个段落，读到 {body + 4} 字：正文 {body}，标题 4，杂项 0"
    assert done == Done(0, f"铁锹.txt：新收录，txt，utf-8，{counts}。\n", "")
    assert run("add", spades, "--library", library) == Done(0, "铁锹.txt：没有变化。\n", "")


def test_add_takes_folders_and_names_what_it_skips(run: Run, library: Path, spades: Path) -> None:
    (spades.parent / "资料" / "内").mkdir(parents=True)
    spades.rename(spades.parent / "资料" / "内" / spades.name)
    (spades.parent / "资料" / "表.xyz").write_text("1")
    code, out, err = run("add", spades.parent / "资料", "--library", library)
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("铁锹.txt：新收录")
    assert out.splitlines()[1:] == ["跳过 1 个不支持的文件：表.xyz。", "共 2 个文件：新收录 1，跳过 1。"]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with a file in it."""
    (tmp_path / "工具").mkdir()
    (tmp_path / "工具" / "铁锹.txt").write_text(SPADES, encoding="utf-8")
    return tmp_path / "工具"


def test_a_question_may_be_asked_of_one_collection(run: Run, library: Path, tools: Path) -> None:
    run("add", tools, "--library", library)
    found = json.loads(run("ask", "--json", "党支部书记要有哪些能力", "--in", "工具", "--library", library).out)
    assert {excerpt["citation"]["file"] for excerpt in found["excerpts"]} <= {"铁锹.txt"}
    assert "铁锹.txt" in run("ask", "铁锹用完以后怎么办", "--in", "工具", "--library", library).out
    assert "现有的分组有：工具、自带资料" in refused(run("ask", "铁锹", "--in", "无", "--library", library))


def test_list_may_show_one_collection(run: Run, library: Path, tools: Path) -> None:
    run("add", tools, "--library", library)
    assert run("list", "--in", "工具", "--library", library).out.splitlines()[0] == "铁锹.txt（1 篇，1 段，分组：工具）"
    assert SEED.name not in run("list", "--in", "工具", "--library", library).out
    folder = f"收录过的文件夹：{tools}（分组：工具），有变化时请运行 zhiyin update。"
    assert run("list", "--library", library).out.splitlines()[-1] == folder


def test_files_with_one_name_are_listed_by_their_paths(run: Run, library: Path, tools: Path, spades: Path) -> None:
    spades.write_text(SPADES + "又一句。", encoding="utf-8")
    run("add", tools, spades, "--library", library)
    listed = run("list", "--library", library).out
    assert f"{tools / '铁锹.txt'}（" in listed and f"{spades}（" in listed


def test_update_reads_what_changed_and_says_so(run: Run, library: Path, tools: Path) -> None:
    run("add", tools, "--library", library)
    (tools / "铁锹.txt").write_text(SPADES.replace("防锈油", "机油"), encoding="utf-8")
    done = run("update", "--library", library)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("铁锹.txt：已更新，txt")
    assert done.out.splitlines()[-1] == "共 2 个文件：已更新 1，没有变化 1。"
    assert "机油" in run("ask", "铁锹用完以后怎么办", "--library", library).out


def test_the_reports_of_add_and_update_are_json_too(run: Run, library: Path, tools: Path) -> None:
    added = json.loads(run("add", tools, "--json", "--library", library).out)
    assert added["counts"] == {"added": 1}
    account = added["files"][0]["account"]
    kept = account["in_passages"] + account["in_headings"] + sum(account["boilerplate"].values())
    assert account["characters"] == kept == len("".join(SPADES.split()))
    assert json.loads(run("update", "--json", "--library", library).out)["counts"] == {"unchanged": 2}


def test_a_folder_is_removed_by_its_name(run: Run, library: Path, tools: Path) -> None:
    run("add", tools, "--library", library)
    assert run("remove", "工具", "--library", library) == Done(0, "铁锹.txt：已移除。\n", "")


def sees_a_new_file(folder: Path, library: Path, said: str, *command: object) -> None:
    """Run a command that watches until it says so, put a file into the folder, and stop by Ctrl+C once it is read."""
    start = [sys.executable, "-u", "-m", "assistant", *map(str, command), "--library", str(library)]
    with subprocess.Popen(start, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        assert any(said in line for line in lines)
        (folder / "锤子.txt").write_text("锤子保养\n\n锤头松了要楔紧。\n", encoding="utf-8")
        assert next(line for line in lines if "锤子" in line).startswith("锤子.txt：新收录")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_watch_sees_a_new_file(library: Path, tools: Path) -> None:
    sees_a_new_file(tools, library, "正在看着", "watch", tools)


def test_the_page_may_watch_as_well(run: Run, library: Path, tools: Path) -> None:
    run("add", tools, "--library", library)
    sees_a_new_file(tools, library, "指引已启动", "serve", "--watch", "--port", 0)


def test_the_page_cannot_watch_what_was_never_added(run: Run, library: Path) -> None:
    assert "zhiyin add" in refused(run("serve", "--watch", "--library", library))


def test_watch_needs_a_folder(run: Run, library: Path) -> None:
    assert "zhiyin watch 文件夹" in refused(run("watch", "--library", library))


def test_a_damaged_library_is_restored_from_its_backup(run: Run, library: Path, spades: Path) -> None:
    run("add", spades, "--library", library)
    (library / "library.sqlite").write_bytes(b"x" * 5000)
    assert "zhiyin restore" in refused(run("list", "--library", library))
    done = run("restore", "--library", library)
    assert done.code == 0 and "zhiyin update" in done.out
    assert "《铁锹保养》" in run("list", "--library", library).out
    assert run("check", "--library", library).code == 0


def test_a_sound_library_is_not_replaced_by_its_backup(run: Run, library: Path) -> None:
    assert "不需要恢复" in refused(run("restore", "--library", library))


def test_an_empty_path_is_not_the_folder_one_stands_in(run: Run, library: Path) -> None:
    done = run("add", "", "--library", library)
    assert (done.code, done.out) == (2, "")


def test_without_a_backup_nothing_is_restored(run: Run, tmp_path: Path) -> None:
    assert "没有备份" in refused(run("restore", "--library", tmp_path))


def test_check_mends_a_damaged_index(run: Run, library: Path) -> None:
    (tokens,) = (library / "index" / "vectors").glob("*/tokens.npy")
    content = bytearray(tokens.read_bytes())
    content[len(content) // 2 + 7] ^= 1
    tokens.write_bytes(content)
    assert run("check", "--library", library).out.splitlines()[0] == "索引有损坏，已从资料库重建。"
    assert "索引" not in run("check", "--library", library).out


def test_the_good_files_are_kept_and_the_bad_ones_named(run: Run, library: Path, spades: Path) -> None:
    code, out, err = run("add", spades.with_name("没有.txt"), spades, "--library", library)
    assert code == 1
    assert out.startswith("铁锹.txt：新收录，txt，utf-8，1 篇文章")
    assert "没有.txt" in err
    assert "《铁锹保养》" in run("list", "--library", library).out


@pytest.mark.parametrize(
    ("name", "content"),
    [("没有.txt", None), ("空.txt", b""), ("二进制.txt", bytes(range(256)) * 8), ("图.xyz", b"x"), ("无尾", b"x")],
)
def test_a_file_that_cannot_be_read_is_named(
    run: Run, library: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert name in refused(run("add", tmp_path / name, "--library", library))


def test_a_file_without_permission_is_named(
    run: Run, library: Path, spades: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path == spades:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", guarded)  # root may read everything
    assert "铁锹.txt" in refused(run("add", spades, "--library", library))


def test_a_folder_without_permission_is_named(
    run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "密").mkdir()
    scan = os.scandir

    def guarded(path: str | Path = ".") -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "密":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", guarded)
    assert "密" in refused(run("add", tmp_path / "密", "--library", library))


def test_a_folder_with_nothing_to_read_says_what_can_be(run: Run, library: Path, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert ".txt" in refused(run("add", tmp_path / "空", "--library", library))


def test_remove_forgets_a_file_and_refuses_an_unknown_one(run: Run, library: Path) -> None:
    assert run("remove", SEED.name, "--library", library) == Done(0, f"{SEED.name}：已移除。\n", "")
    assert SEED.name in refused(run("remove", SEED.name, "--library", library))
    assert run("list", "--library", library) == Done(0, "资料库是空的，请用 zhiyin add 收录文件。\n", "")
    done = run("ask", QUESTION, "--library", library)
    assert (done.code, done.out.splitlines()[0]) == (0, "未找到：资料里没有能回答这个问题的原文。")


def test_list_names_files_articles_and_their_authors(run: Run, warm: Path) -> None:
    code, out, err = run("list", "--library", warm)
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"{re.escape(SEED.name)}（9 篇，\d+ 段，分组：自带资料）", out.splitlines()[0])
    assert "  《当好党支部书记应具备的十种能力》" in out.splitlines()
    assert "作者：邱艳玲" in out


def test_list_does_not_let_a_title_steer_the_terminal(run: Run, library: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 红\x1b[31m色\n\n正文一句话。\n", encoding="utf-8")
    run("add", tmp_path / "a.md", "--library", library)
    out = run("list", "--library", library).out
    assert "红␛[31m色" in out
    assert "\x1b" not in out


def test_check_finds_a_sound_library_sound(run: Run, warm: Path) -> None:
    assert run("check", "--library", warm) == Done(0, "资料库完好：1 个文件，每处引用都与原文一致。\n", "")


def test_check_names_what_was_changed(run: Run, library: Path) -> None:
    with closing(sqlite3.connect(library / "library.sqlite")) as database:
        database.execute("UPDATE source SET text = replace(text, '书记', '书纪')")
        database.commit()
    code, out, err = run("check", "--library", library)
    assert (code, out) == (1, "")
    assert "与原件不符" in err
    assert "zhiyin check" in refused(run("ask", QUESTION, "--library", library))


# The library folder


def test_library_may_stand_before_or_after_the_command_and_beats_zhiyin_home(run: Run, warm: Path) -> None:
    home = Path(os.environ["ZHIYIN_HOME"])
    assert run("--library", warm, "check").code == run("check", "--library", warm).code == 0
    assert not home.exists()
    assert run("check").code == 0
    assert (home / "library.sqlite").is_file()


@pytest.mark.parametrize("command", [("ask", QUESTION), ("add", "x.txt"), ("list",), ("check",), ("remove", "x")])
def test_a_damaged_library_is_named_and_left_as_it_is(run: Run, library: Path, command: tuple[str, ...]) -> None:
    file = library / "library.sqlite"
    file.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    before = file.read_bytes()
    assert "已损坏" in refused(run(*command, "--library", library))
    assert file.read_bytes() == before


def test_a_library_that_is_a_file_is_refused(run: Run, spades: Path) -> None:
    assert str(spades) in refused(run("list", "--library", spades))


def test_another_writer_is_waited_for_and_then_named(
    run: Run, library: Path, spades: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "open", partial(Library.open, patience=0.1))
    with closing(sqlite3.connect(library / "library.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "另一个程序" in refused(run("add", spades, "--library", library))
        assert run("ask", QUESTION, "--library", library).code == 0  # readers need not wait


def damage(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100] + b"\0" * 100)


@pytest.mark.parametrize("harm", [damage, Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_harmed_index_is_made_again_without_a_word(run: Run, library: Path, harm: Callable[[Path], object]) -> None:
    before = json.loads(run("ask", "--json", QUESTION, "--library", library).out)
    for file in (library / "index").rglob("*.np*"):
        harm(file)
    code, out, err = run("ask", "--json", QUESTION, "--library", library)
    assert (code, err) == (0, "")
    assert {**json.loads(out), "elapsed_ms": 0} == {**before, "elapsed_ms": 0}


def test_a_missing_index_is_made_again_without_a_word(run: Run, library: Path) -> None:
    shutil.rmtree(library / "index")
    code, _, err = run("ask", QUESTION, "--library", library)
    assert (code, err) == (0, "")
    assert (library / "index").is_dir()


@pytest.fixture
def unprivileged() -> Iterator[Callable[[], None]]:
    """Gives up root, who may write everywhere, for the rest of a test."""
    if os.name == "nt":
        pytest.skip("permissions of POSIX")
    me = os.geteuid()
    yield lambda: None if me else os.seteuid(65534)
    os.seteuid(me)


def test_a_library_that_cannot_be_written_can_be_read(
    run: Run, unprivileged: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Everything is imported and opened once before, and no model is read: another user may not see where they lie.
    monkeypatch.setattr("assistant.assistant.load_encoder", lambda _: HashEncoder())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "铁锹.txt").write_text(SPADES, encoding="utf-8")
        run("ask", QUESTION, "--library", folder / "old")
        before = sorted(folder.rglob("*"))
        for path in (folder, *before):
            path.chmod(0o555 if path.is_dir() else 0o444)
        unprivileged()
        for command in (("list",), ("ask", QUESTION), ("check",)):
            code, out, err = run(*command, "--library", folder / "old")
            assert (code, bool(out), err) == (0, True, "")
            assert str(folder / "new") in refused(run(*command, "--library", folder / "new"))
        for command in (("add", folder / "铁锹.txt"), ("remove", SEED.name)):
            assert "只能读取" in refused(run(*command, "--library", folder / "old"))
        assert sorted(folder.rglob("*")) == before
        os.seteuid(os.getuid())
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)


# Wrong usage and other ends


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "缺少：命令。"),
        (["ask"], "缺少：问题。"),
        (["add"], "缺少：路径。"),
        (["remove"], "缺少：名称。"),
        (["问"], "没有命令“问”，可用的有：ask, add, update, watch, remove, list, check, restore, evaluate, serve。"),
        (["list", "--all"], "多出了不认识的内容：--all。"),
        (["ask", "--js", "党课"], "多出了不认识的内容：--js。"),
        (["list", "--library"], "--library 后面缺少内容。"),
        (["serve", "--port", "门"], "--port 后面应是整数，不能是“门”。"),
        (["evaluate"], "以下选项要写明一个：--beir --questions。"),
        (["evaluate", "--beir", "a", "--questions", "b"], "--questions 不能与 --beir 同用。"),
        (["evaluate", "--beir", "a", "--documents", "b"], "--documents 不能与 --beir 同用。"),
        (["evaluate", "--beir", "a", "--misses"], "--misses 不能与 --beir 同用。"),
        (["evaluate", "--beir", "a", "--ablation"], "--ablation 不能与 --beir 同用。"),
        (["evaluate", "--beir", "a", "--save", "b"], "--save 不能与 --beir 同用。"),
        (["evaluate", "--beir", "a", "--compare", "b"], "--compare 不能与 --beir 同用。"),
        (["--library", "a", "evaluate", "--questions", "b", "--documents", "c"], "--documents 不能与 --library 同用。"),
        (["ask", "--json=是", "党课"], "--json 后面不能带“是”。"),
    ],
)
def test_wrong_usage_is_explained_in_chinese(run: Run, arguments: list[str], complaint: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("用法：zhiyin")
    assert re.search(rf"^{re.escape(complaint)}运行 zhiyin.* --help 查看说明。$", err, re.MULTILINE)
    assert not re.search("usage|error|argument|required|choice", err)


def test_a_complaint_of_a_later_python_is_at_least_introduced() -> None:
    assert complaint("something new") == "命令写法有误（something new）"


COMMANDS = ("ask", "add", "remove", "list", "check", "evaluate", "serve")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_chinese_and_fits_a_terminal(run: Run, command: str) -> None:
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert not re.search("usage|options|positional|show this|exit", out)
    widths = [sum(2 if CHINESE.match(sign) else 1 for sign in line) for line in out.splitlines()]
    assert max(widths) <= 80
    if not command:
        assert all(re.search(rf"^    {name} +\S", out, re.MULTILINE) for name in COMMANDS)


def test_version(run: Run) -> None:
    assert re.fullmatch(r"指引 \d+\.\d+\.\d+\n", run("--version").out)


def test_an_unknown_model_is_named(run: Run, library: Path, tmp_path: Path) -> None:
    model = tmp_path / "没有的模型"
    assert str(model) in refused(run("ask", "党课", "--library", library, "--model", model))


def test_an_odd_file_of_questions_is_named(run: Run, warm: Path, tmp_path: Path) -> None:
    for name, content in (("没有.jsonl", None), ("空.jsonl", b""), ("坏.jsonl", b"{"), ("二.jsonl", b"\xff\xfe\x00")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert name in refused(run("evaluate", "--questions", tmp_path / name, "--library", warm))
        assert name in refused(run("evaluate", "--beir", tmp_path / name, "--library", warm))


@pytest.fixture
def judged(spades: Path) -> Path:
    """Questions on the spades: one well answered, one whose quote is in no document, one without an answer."""
    file = spades.with_name("问题.jsonl")
    rows = [
        {"question": "铁锹用完以后怎么办", "type": "direct", "gold": ["铁锹用完以后要擦干净"]},
        {"question": "铁锹涂什么油", "type": "direct", "gold": ["锄头要涂桐油"]},
        {"question": "北极熊吃什么", "type": "unanswerable", "gold": []},
    ]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def test_questions_on_documents_of_their_own_leave_the_library_alone(
    run: Run, spades: Path, judged: Path, tmp_path: Path
) -> None:
    code, out, err = run("evaluate", "--questions", judged, "--documents", spades, "--json")
    assert (code, err) == (0, "")
    *table, last = out.splitlines()
    assert [line.split()[0] for line in table] == ["questions", "全部", "direct", "unanswerable"]
    assert (json.loads(last)["hit@1"], json.loads(last)["questions"]) == (1 / 2, 3)
    assert not (tmp_path / "home").exists()


def test_misses_are_listed_with_their_cause(run: Run, spades: Path, judged: Path) -> None:
    _, out, _ = run("evaluate", "--questions", judged, "--documents", spades, "--misses")
    assert "\n没有答好的：\n资料里没有这句原文：1 个\n  direct  铁锹涂什么油  → " in out
    assert "铁锹用完以后怎么办" not in out


def test_the_ablation_has_a_table_and_a_key_of_its_own(run: Run, spades: Path, judged: Path) -> None:
    _, plain, _ = run("evaluate", "--questions", judged, "--documents", spades, "--json")
    _, out, _ = run("evaluate", "--questions", judged, "--documents", spades, "--json", "--ablation")
    found = json.loads(out.splitlines()[-1])
    ablation = found.pop("ablation")
    assert found.keys() == json.loads(plain.splitlines()[-1]).keys()
    assert (ablation["questions"], ablation["BM25@1"], ablation["fused@1"]) == (2, 1 / 2, 1 / 2)
    assert re.search(r"^每种排序.*\n +questions +BM25@1 .* fused@3\n全部 ", out, re.MULTILINE)


def test_a_run_is_saved_and_compared_with_the_next(run: Run, spades: Path, judged: Path, tmp_path: Path) -> None:
    saved, command = tmp_path / "run.json", ("evaluate", "--questions", judged, "--documents")
    more = tmp_path / "锄头.txt"
    more.write_text(f"{SPADES}\n\n锄头要涂桐油，铁锹涂什么油都可以。\n", encoding="utf-8")
    assert run(*command, spades, "--save", saved).err == ""
    same = run(*command, spades, "--compare", saved).out
    assert f"\n与“{saved}”相比：\n变好：0 个\n变差：0 个\n" in same
    code, out, err = run(*command, more, "--compare", saved, "--save", saved)
    assert (code, err) == (0, "")
    assert re.search(r"^direct +2  .*1\.000 \+0\.500", out, re.MULTILINE)
    assert re.search(r"变好：1 个\n  direct  铁锹涂什么油  hit@3 0→1，.*\n变差：0 个\n", out)
    assert "变好：0 个" in run(*command, more, "--compare", saved).out  # compared first, then written over


def test_files_that_an_evaluation_cannot_use_are_named(run: Run, spades: Path, judged: Path, tmp_path: Path) -> None:
    command = ("evaluate", "--questions", judged, "--documents")
    assert "没有.txt" in refused(run(*command, tmp_path / "没有.txt"))
    assert "问题.jsonl" in refused(run(*command, spades, "--compare", judged))
    code, out, err = run(*command, spades, "--save", tmp_path / "没有" / "run.json")
    assert (code, out.count("\n"), err.count("\n")) == (1, 4, 1)  # the figures are told before they can't be kept
    assert "run.json" in err


def test_a_port_that_does_not_exist_is_refused_before_anything_is_announced(run: Run, warm: Path) -> None:
    assert "99999" in refused(run("serve", "--port", 99999, "--library", warm))


def test_a_fault_of_ours_is_one_sentence_too(run: Run, warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assistant, "ask", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in refused(run("ask", QUESTION, "--library", warm))


def test_stopping_by_hand_is_no_traceback(run: Run, warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Assistant, "ask", stop)
    assert run("ask", QUESTION, "--library", warm) == Done(1, "", "已停止。\n")


# Real processes


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_while_waiting_for_questions(warm: Path) -> None:
    command = [sys.executable, "-m", "assistant", "ask", "--json", "-", "--library", str(warm)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    # A test that runs in the background of a shell has SIGINT ignored, and hands that on.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    options: dict[str, Any] = {"cwd": ROOT, "encoding": "utf-8", "env": buffered(), "preexec_fn": heard, **pipes}
    with subprocess.Popen(command, **options) as process:
        assert process.stdin and process.stdout and process.stderr
        late = Timer(60, process.kill)
        late.start()
        process.stdin.write("党课\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["question"] == "党课"  # answered before the next is asked
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "已停止。\n"
        assert process.wait() == 1
        late.cancel()


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("command", [("list",), ("ask", "--json", QUESTION)])
def test_a_reader_that_has_gone_is_no_error(warm: Path, command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as gone:
        done = in_a_process(*command, "--library", warm, capture_output=False, stdout=gone, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full of Linux")
def test_a_full_disk_is_one_sentence(warm: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = in_a_process("list", "--library", warm, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert CHINESE.search(done.stderr) and done.stderr.count("\n") == 1


def test_output_is_utf8_whatever_the_code_page(warm: Path) -> None:
    environment = {**buffered(), "PYTHONIOENCODING": "gbk"}
    done = in_a_process("ask", "--json", "党课", "--library", warm, env=environment)
    assert (done.returncode, json.loads(done.stdout)["question"]) == (0, "党课")
    done = in_a_process("ask", "😀", "--library", warm, env=environment)
    assert "问题" in refused(done)


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
def test_a_terminal_of_another_code_page_gets_what_it_can_show(warm: Path) -> None:
    ours, theirs = os.openpty()
    environment = {**buffered(), "PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    options: dict[str, Any] = {"capture_output": False, "stdout": theirs, "stderr": subprocess.PIPE, "env": environment}
    done = in_a_process("--version", "--library", warm, **options)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.read(ours, 1000).startswith(b"?? 0.")
    os.close(ours)


def test_asking_loads_no_torch_no_gradio_and_no_training_library(warm: Path) -> None:
    heavy = {"torch", "gradio", "sentence_transformers", "transformers", "pandas", "sklearn", "ir_measures"}
    program = f"import sys; from assistant.cli import main; main(); print(*{heavy} & set(sys.modules))"
    done = in_a_process("ask", "--json", QUESTION, "--library", warm, program=program)
    answer, loaded, rest = done.stdout.split("\n")
    assert json.loads(answer)["excerpts"]
    assert (loaded, rest, done.stderr) == ("", "", "")


OFFLINE = """
import socket, sys
tried = []
def refuse(*arguments, **_):
    tried.append(arguments)
    raise OSError("no network here")
class NoSocket(socket.socket):
    __init__ = refuse
socket.socket = NoSocket
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
from assistant.cli import main
code = main()
sys.exit(3 if tried else code)
"""


def test_asking_and_adding_need_no_network(tmp_path: Path, spades: Path) -> None:
    for command in (("add", spades), ("ask", "--json", QUESTION), ("check",), ("list",)):
        done = in_a_process(*command, "--library", tmp_path / "new", program=OFFLINE)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout
