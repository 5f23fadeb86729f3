"""Answers as JSON, text, Markdown and HTML: escaped, marked, and verbatim."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.records import Answer, Change, Citation, Excerpt, NotFound, Part, Reason, Source, Span, Status
from assistant.render import NOT_FOUND, copyable, heading, source_html, to_html, to_json, to_markdown, to_text
from assistant.render.phrases import RELATED, reason_line

TEXT = '标题\n一、<b>要求</b>\n首先 & 其次,\t要学习。\r\n中间略过。\n最后要"总结"* 1. 一\x1b[31m\n'
SOURCE = Source("ab" * 32, "要求<1>.txt", "/docs/要求<1>.txt", "utf-8", TEXT)


def at(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


def citation(words: str) -> Citation:
    return Citation("标题", "d1", ("一、<b>要求</b>",), SOURCE.name, SOURCE.id, at(words))


PARTS = ("首先 & 其次,\t要学习。\r\n", '最后要"总结"* 1. 一\x1b[31m')
EXCERPT = Excerpt(
    tuple(Part(at(words), words) for words in PARTS),
    (at("其次"), at("要学习"), at("总结")),
    2.5,
    citation("一、<b>要求</b>"),
    (citation("中间略过"),),
)
ANSWER = Answer("怎么<做>?", Status.ANSWERED, 0.75, (EXCERPT,), 12.3456)
NOTHING = NotFound("天气?", 0.1, (citation("一、<b>要求</b>"),), 1.0)


class Elements(HTMLParser):
    """The text inside each element of a class, and all tags, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("class") or tag
        self.tags.append(tag)
        self._open.append(name)
        self.text.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            self.text[name][-1] += data


def test_json_holds_exactly_what_the_contract_names() -> None:
    answer = to_json(ANSWER)
    assert list(answer) == ["question", "status", "confidence", "elapsed_ms", "excerpts", "nearest"]
    [excerpt] = answer["excerpts"]  # type: ignore[misc]
    assert list(excerpt) == ["parts", "highlights", "score", "citation", "also"]
    assert list(excerpt["citation"]) == ["document", "section", "file", "start", "end", "page", "locator"]
    assert excerpt["parts"][0] == {"start": at(PARTS[0]).start, "end": at(PARTS[0]).end, "text": PARTS[0]}
    assert excerpt["highlights"][0] == {"start": at("其次").start, "end": at("其次").end}
    assert excerpt["citation"]["locator"] == "《标题》一、<b>要求</b>"
    assert excerpt["also"][0]["start"] == at("中间略过").start
    assert (answer["status"], answer["elapsed_ms"], answer["nearest"]) == ("answered", 12.35, [])


def test_json_of_not_found_names_the_nearest_headings() -> None:
    answer = to_json(NOTHING)
    assert (answer["status"], answer["excerpts"], answer["nearest"]) == ("not_found", [], ["一、<b>要求</b>"])


def test_html_shows_each_part_character_for_character() -> None:
    assert Elements(to_html(ANSWER)).text["part"] == list(PARTS)


def test_html_marks_the_highlights_and_nothing_else() -> None:
    assert Elements(to_html(ANSWER)).text["mark"] == ["其次", "要学习", "总结"]


def test_html_has_no_tag_that_a_document_or_a_question_brought() -> None:
    tags = Elements(to_html(ANSWER)).tags + Elements(to_html(NOTHING)).tags
    assert not set(tags) & {"b", "做", "1"}


def test_html_leaves_the_ellipsis_to_the_style_sheet() -> None:
    elements = Elements(to_html(ANSWER))
    assert elements.text["gap"] == [""]
    assert elements.text["quote"] == ["".join(PARTS)]


def test_adjacent_parts_have_no_gap() -> None:
    whole = at("中间略过。")
    halves = (Span(whole.start, whole.start + 2), Span(whole.start + 2, whole.end))
    excerpt = Excerpt(tuple(Part(half, half.of(TEXT)) for half in halves), (), 1.0, citation("中间略过。"))
    answer = Answer("?", Status.ANSWERED, 1.0, (excerpt,))
    assert "gap" not in Elements(to_html(answer)).text
    assert "    │ 中间略过。" in to_text(answer).split("\n")
    assert copyable(excerpt).split("\n")[0] == "中间略过。"


def test_overlapping_and_outlying_highlights_are_one_mark_inside_the_part() -> None:
    part = Part(at("中间略过。"), "中间略过。")
    marks = (Span(part.span.start - 5, part.span.start + 2), Span(part.span.start + 1, part.span.start + 3))
    html = to_html(Answer("?", Status.ANSWERED, 1.0, (Excerpt((part,), marks, 1.0, citation("中间略过。")),)))
    assert Elements(html).text["mark"] == ["中间略"]


def test_the_original_is_whole_with_cited_places_and_marks_nested() -> None:
    html = source_html(SOURCE, [at("标题")], [at(PARTS[0]), at(PARTS[1])], [at("其次"), at("总结")])
    elements = Elements(html)
    assert elements.text["original"] == [TEXT]
    assert elements.text["title"] == ["标题"]
    assert "".join(elements.text["cited"]) == "".join(PARTS)
    assert elements.text["mark"] == ["其次", "总结"]


@pytest.mark.parametrize("render", [to_text, to_html, to_markdown])
def test_each_state_has_its_fixed_phrase(render) -> None:  # type: ignore[no-untyped-def]
    related = Answer("?", Status.RELATED, 0.3, (EXCERPT,))
    assert "找到 1 处原文" in render(ANSWER)
    assert RELATED == "没有找到直接回答，以下原文可能相关" and RELATED in render(related)
    assert NOT_FOUND in render(NOTHING)
    assert NOT_FOUND in render(NotFound("?", 0.0, ()))


def test_text_quotes_behind_a_bar_and_says_where() -> None:
    lines = to_text(ANSWER).split("\n")
    assert lines[2:7] == [
        "[1] 《标题》一、<b>要求</b>",
        "    │ 首先 & 其次,\t要学习。",
        "    │ ",
        "      ……",
        '    │ 最后要"总结"* 1. 一␛[31m',
    ]
    start, end = at("一、<b>要求</b>").start + 1, at("一、<b>要求</b>").end
    assert f"    要求<1>.txt，第 {start}–{end} 字" in lines
    assert "    另见 1 处相同或相近表述：" in lines


def test_text_marks_highlights_only_when_asked() -> None:
    assert "«其次»" in to_text(ANSWER, marks=True)
    assert "«" not in to_text(ANSWER)


def test_no_control_character_of_a_document_reaches_the_terminal() -> None:
    assert not set(map(chr, [*range(9), *range(11, 32), 127])) & set(to_text(ANSWER))


def test_of_a_very_long_file_the_part_around_the_citation_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.render.html.SHOWN", 5)
    source = replace(SOURCE, text="甲" * 20 + "乙" + "丙" * 20)
    html = source_html(source, [], [Span(20, 21)], [])
    assert html == (
        '<p class="notice">前面还有 15 字没有显示，请打开原件查看。</p>'
        '<div class="original">甲甲甲甲甲<span class="cited">乙</span>丙丙丙丙</div>'
        '<p class="notice">后面还有 16 字没有显示，请打开原件查看。</p>'
    )
    assert "notice" not in source_html(replace(SOURCE, text="甲" * 10), [], [], [])


def test_markdown_escapes_every_sign_that_could_be_markup() -> None:
    markdown = to_markdown(ANSWER)
    assert "\\<b\\>" in markdown and "\\* 1\\. 一" in markdown
    assert "> ……" in markdown


def test_copied_text_is_the_words_then_their_source() -> None:
    words, ellipsis, rest, source = copyable(EXCERPT).split("\n")
    assert (words, ellipsis, rest) == (PARTS[0].rstrip(), "……", PARTS[1])
    assert source == "（出自《标题》一、<b>要求</b>，要求<1>.txt）"


def test_a_heading_is_the_innermost_section_or_the_title() -> None:
    assert heading(Citation("标题", "d", ("一、", "1、学习"), "a.txt", "s", Span(0, 1))) == "1、学习"
    assert heading(Citation("标题", "d", (), "a.txt", "s", Span(0, 1))) == "《标题》"


# Lists, reasons, and what a question goes on from

LISTED = replace(ANSWER, excerpts=(replace(EXCERPT, listed=2),), carried="前<一>问?")
REASON = Reason(("学习",), ("要求",), True, (Change("邀求", "要求"),))


def test_every_form_says_how_many_items_are_listed_only_of_a_list() -> None:
    for form in (to_html, to_text, to_markdown):
        assert "原文共列出 2 项" in form(LISTED)
        assert "原文共列出" not in form(ANSWER)


def test_the_page_shows_what_a_question_goes_on_from_as_text() -> None:
    assert "接着上一问：前<一>问?×" in Elements(to_html(LISTED)).text["carried"]
    assert "接着上一问" not in to_html(ANSWER)


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (REASON, "“邀求”按“要求”查找；含有问题里的词：学习；标题里有：要求；意思与问题相近"),
        (Reason(("学习", "<b>"), (), False), "含有问题里的词：学习、<b>"),
        (Reason((), (), False), "意思与问题相近"),
    ],
)
def test_a_reason_is_said_in_plain_words(reason: Reason, line: str) -> None:
    assert reason_line(reason) == line
    answer = replace(ANSWER, excerpts=(replace(EXCERPT, reason=reason),))
    assert Elements(to_html(answer)).text["why"] == [f"为什么是这一条{line}"]
    assert line in to_text(answer, reasons=True) and line not in to_text(answer)


def test_an_item_of_a_list_unfolds_on_the_page_only() -> None:
    rest = Part(at("中间略过。"), "中间略过。")
    answer = replace(ANSWER, excerpts=(replace(EXCERPT, unfolded=((rest,),)),))
    elements = Elements(to_html(answer))
    assert elements.text["item"] == [PARTS[1] + "中间略过。"]
    assert (elements.text["part"], elements.text["rest"]) == (list(PARTS), ["中间略过。"])
    assert "中间略过。" not in to_text(answer) and "中间略过。" not in copyable(answer.excerpts[0])
