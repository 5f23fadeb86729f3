"""The golden set is itself under test: a wrong quote would be a miss that nobody can mend."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.reading import read_file
from assistant.settings import IndexSettings

FOLDER = Path(__file__).parent
#: How many questions of each type there are, as README.md says.
COUNTS = {
    "direct": 24,
    "paraphrase": 34,
    "list": 20,
    "short": 10,
    "why/how": 10,
    "source": 6,
    "english": 6,
    "typo": 6,
    "unanswerable": 20,
}


class Question(NamedTuple):
    id: str
    question: str
    type: str
    gold: list[str]
    gold_mode: str
    titles: list[str]
    note: str


FILES = sorted((FOLDER / "documents").iterdir())
TEXTS = {file: file.read_bytes().decode("utf-8") for file in FILES}
LINES = (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [Question(**json.loads(line)) for line in LINES]  # no key is missing and none is left over
ANSWERED = [each for each in QUESTIONS if each.type != "unanswerable"]
TITLES = sorted({title for each in ANSWERED for title in each.titles})
by_id = pytest.mark.parametrize("asked", ANSWERED, ids=lambda asked: asked.id)


def articles() -> Iterator[tuple[str, str]]:
    """Each article as (title, text): to the next title's line in the file, the first with what stands before it."""
    for text in TEXTS.values():
        lines = text.splitlines()
        titled = [number for number, line in enumerate(lines) if line.lstrip("# ") in TITLES]
        for start, title, end in zip([0, *titled[1:]], titled, [*titled[1:], len(lines)], strict=True):
            yield lines[title].lstrip("# "), "\n".join(lines[start:end])


ARTICLES = list(articles())


def test_there_are_as_many_questions_of_each_type_as_the_readme_says() -> None:
    assert Counter(each.type for each in QUESTIONS) == COUNTS
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{len(QUESTIONS)} 个问题" in readme
    for name, number in COUNTS.items():
        assert f"| `{name}` | {number} |" in readme


def test_ids_and_questions_are_unique() -> None:
    assert len({each.id for each in QUESTIONS}) == len({each.question for each in QUESTIONS}) == len(QUESTIONS)


def test_a_question_without_an_answer_names_no_quote_and_no_title() -> None:
    assert all(not each.gold and not each.titles for each in QUESTIONS if each.type == "unanswerable")


@by_id
def test_every_quote_stands_in_an_article_of_its_title_word_for_word(asked: Question) -> None:
    assert asked.gold and asked.titles
    for quote in asked.gold:
        assert any(quote in text for title, text in ARTICLES if title in asked.titles), quote
        assert 12 <= len(quote) <= 80


@by_id
def test_lists_need_every_item_and_other_questions_one_of_a_few_quotes(asked: Question) -> None:
    assert asked.gold_mode == ("all" if asked.type == "list" else "any")
    assert asked.type == "list" or len(asked.gold) <= 3


def test_every_article_has_one_title_and_some_questions() -> None:
    assert sorted(title for title, _ in ARTICLES) == TITLES
    assert {file for file, text in TEXTS.items() if any(title in text for title in TITLES)} == set(FILES)


@pytest.fixture(scope="module")
def read() -> set[str]:
    """The titles that the product's own readers find."""
    readings = [read_file(file, file.read_bytes(), IndexSettings()) for file in FILES]
    return {document.title for reading in readings for document in reading.documents}


@pytest.mark.parametrize("title", TITLES)
def test_the_product_reads_the_titles(title: str, read: set[str]) -> None:
    assert title in read
