from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.index import encoded_text
from embeddings.pairs import DATA, Line, Part, load_lines, load_pairs, parts, topic_of, topics


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in ("a", "b"):
        rows = [
            {
                "id": f"{file}-{number:03}",
                "domain": f"topic {number // 2}",
                "title": "手册",
                "heading": "一、总则 › 1、目的",
                "passage": f"第{number}段。",
                "questions": [{"q": f"{file}{number}?", "style": "direct"}],
                "not_answered": ["为什么?"],
            }
            for number in range(40)
        ]
        (tmp_path / f"{file}.jsonl").write_text(
            "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
        )
    return tmp_path


def test_a_pair_is_a_passage_under_its_headings_with_its_questions(folder: Path) -> None:
    pair = load_pairs(folder)[3]
    assert encoded_text(pair.passage) == "手册\n一、总则\n1、目的\n第3段。"
    assert pair.questions == (("direct", "a3?"),) and pair.not_answered == ("为什么?",)
    assert topic_of(pair) == "a/topic 1"


def test_one_file_can_be_read_alone(folder: Path) -> None:
    assert {pair.file for pair in load_pairs(folder / "b.jsonl")} == {"b"}
    assert len(load_pairs(folder)) == 80


def test_two_topics_in_twenty_of_each_file_are_held_out_whole(folder: Path) -> None:
    found = parts(load_pairs(folder))
    assert topics(found[Part.CHOOSE]) == [f"{file}/topic {n}" for file in "ab" for n in (2, 12)]
    assert topics(found[Part.REPORT]) == [f"{file}/topic {n}" for file in "ab" for n in (7, 17)]
    assert len(found[Part.TRAIN]) == 80 - 16


def test_no_topic_of_the_data_is_in_two_parts() -> None:
    found = parts(load_pairs())
    assert sum(len(part) for part in found.values()) == len(load_pairs())
    named = [set(topics(part)) for part in found.values()]
    assert all(not one & two for one in named for two in named if one is not two)
    assert len(found[Part.REPORT]) >= 96 and len(found[Part.CHOOSE]) >= 96


@pytest.mark.parametrize("file", sorted(DATA.glob("*.jsonl")), ids=lambda file: file.stem)
def test_every_pair_has_what_its_readme_says(file: Path) -> None:
    for pair in load_pairs(file):
        assert len(pair.questions) == 6 and len(pair.not_answered) == 2
        assert pair.passage.text and pair.passage.document.title
        assert all(question.strip() for question in (*dict(pair.questions).values(), *pair.not_answered))


def test_a_line_is_a_statement_with_its_questions(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("党员应当按月交纳党费。\t这钱一年一回行吗?\t啥时候掏钱?\n", encoding="utf-8")
    assert load_lines(tmp_path) == [Line("党员应当按月交纳党费。", ("这钱一年一回行吗?", "啥时候掏钱?"))]


def test_every_line_of_the_data_has_two_to_four_questions() -> None:
    lines = load_lines()
    assert lines and all(len(line.questions) in (2, 3, 4) and all(line.questions) for line in lines)
    assert len({line.statement for line in lines}) == len(lines)
