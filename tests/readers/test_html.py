from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.readers.html import read_html
from assistant.records import Extract
from assistant.settings import Limits
from tests.readers.layouts import assert_sound

LIMITS = Limits()
LONG = "申请人应当在规定的期限内向所在地的主管部门提交全部材料。" * 5
NOTICE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>补贴通知_青河市</title><style>p {}</style><script>var a = "<p>不是文字</p>";</script></head>
<body class="has-sidebar"><div class="header"><ul class="mainNav"><li><a href="/">首页</a>
<li><a href="/b">办事指南</a></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; 通知公告</div>
<div class="content"><h1>关于2024年度<br>补贴的通知</h1><div>发布时间：2024-05-01&nbsp;&nbsp;来源：就业科</div>
<p>　　各县人力资源局，
各有关单位：<p>　　为落实<a href="/z">《意见》</a>精神，现通知<b>如下</b>。</p>
<h2>一、标准</h2><table><caption>补贴标准</caption><tr><td>险种<td>补贴额<tr><td>养老<td>523.46<tr><td>医疗<td>210</table>
<p>附件：<a href="1.doc">1.申报表</a> <a href="2.doc">2.承诺书</a></p></div>
<div class="bdshare-box share-box">分享到：<a href="#">微信</a></div>
<div class="relatedList"><h3>相关链接</h3><a href="1">2023年度补贴通知</a></div>
<div class="footer"><p>版权所有：青河市</p></div></body></html>"""


def read(page: str) -> Extract:
    extract = read_html(page.encode(), "页.html", LIMITS)
    assert_sound(extract)
    return extract


def text(page: str) -> str:
    return read(page).text


def around(page: str) -> list[str]:
    """The words set aside on a page that has enough content beside them."""
    extract = read(page + f"<p>{LONG}</p>")
    return [piece.span.of(extract.text) for piece in extract.layout.boilerplate if piece.name == "导航"]


def table(page: str) -> tuple[str | None, list[str]]:
    extract = read(page)
    (found,) = extract.layout.tables
    return found.header.of(extract.text) if found.header else None, [row.of(extract.text) for row in found.rows]


def test_a_notice_of_an_authority_reads_as_a_browser_shows_it() -> None:
    extract = read_html(NOTICE.encode("gbk"), "通知.html", LIMITS)
    assert_sound(extract)
    assert extract.text == (
        "补贴通知_青河市\n首页\n办事指南\n当前位置：首页 > 通知公告\n\n关于2024年度补贴的通知\n\n"
        "发布时间：2024-05-01 来源：就业科\n　　各县人力资源局，各有关单位：\n　　为落实《意见》精神，现通知如下。\n\n"
        "一、标准\n\n补贴标准\n险种\t补贴额\n养老\t523.46\n医疗\t210\n附件：1.申报表 2.承诺书\n分享到：微信\n\n"
        "相关链接\n\n2023年度补贴通知\n版权所有：青河市"
    )


def test_a_notice_is_told_from_what_stands_around_it() -> None:
    extract = read_html(NOTICE.encode("gbk"), "通知.html", LIMITS)
    assert [(piece.name, piece.span.of(extract.text)) for piece in extract.layout.boilerplate] == [
        ("网页标题", "补贴通知_青河市"),
        ("导航", "首页\n办事指南\n当前位置：首页 > 通知公告"),
        ("导航", "分享到：微信\n\n相关链接\n\n2023年度补贴通知\n版权所有：青河市"),
    ]
    assert extract.layout.title == extract.layout.headings[0].span
    assert [heading.level for heading in extract.layout.headings] == [1, 2]


def test_blanks_are_folded_as_browsers_do() -> None:
    assert text("<p> one \n\t two&nbsp;&nbsp;three </p><div>four</div>") == "one two three\nfour"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>第一\n  行，\r\n第二行", "第一行，第二行"),
        ("<p>他说“好”\n吗", "他说“好”吗"),
        ("<p>第一\n<b>行</b>\n<i>完</i>", "第一行完"),
        ("<p>第一 行", "第一 行"),
        ("<p>第一&nbsp;\n行", "第一 行"),
        ("<p>第一&nbsp;\n<b>行", "第一 行"),
        ("<p>see\nbelow\n见下", "see below 见下"),
    ],
)
def test_a_line_break_of_the_source_is_no_blank_between_chinese_characters(page: str, expected: str) -> None:
    assert text(page) == expected


def test_a_break_begins_a_line() -> None:
    assert text("<p>甲<br>乙<br/>丙</p>丁</p>戊<br><br><br>己") == "甲\n乙\n丙\n丁\n戊\n\n己"


def test_preformatted_text_keeps_its_blanks() -> None:
    assert text("<p>前<pre>\n  if  <b>a</b>:\n\n\tb\n</pre>后") == "前\n  if  a:\n\n\tb\n后"


def test_an_empty_line_sets_off_a_heading() -> None:
    assert text("<h2>一</h2><h3>1</h3><p>甲</p><p>乙</p><h2>二</h2>") == "一\n\n1\n\n甲\n乙\n\n二"


def test_headings_have_the_level_of_their_tag() -> None:
    extract = read("<h1>题</h1><p>甲<h3>一、<b>目的</b></h2><p>乙")
    found = [(heading.level, heading.span.of(extract.text), heading.marker) for heading in extract.layout.headings]
    assert found == [(1, "题", 0), (3, "一、目的", 0)]


def test_the_heading_that_the_browsers_title_begins_with_is_the_title_and_the_sites_name_is_not() -> None:
    page = f"<title>补贴通知_青河市</title><h1><a href='/'>青河市</a></h1><h2>补贴通知</h2><p>{LONG}</p><h2>青河市</h2>"
    extract = read(page)
    assert extract.layout.title is not None and extract.layout.title.of(extract.text) == "补贴通知"
    assert [heading.span.of(extract.text) for heading in extract.layout.headings] == ["补贴通知", "青河市"]
    assert around(page) == ["青河市"]


def test_a_browsers_title_that_goes_on_in_words_names_no_heading() -> None:
    extract = read("<title>补贴通知的附件</title><h1>附件</h1><h2>补贴通知</h2><p>文</p>")
    assert extract.layout.title is not None and extract.layout.title.of(extract.text) == "附件"


def test_two_first_headings_are_no_title() -> None:
    assert read("<h1>甲</h1><p>文</p><h1>乙</h1>").layout.title is None


def test_a_heading_never_ended_does_not_swallow_the_page() -> None:
    extract = read("<h1>题目<p>甲</p><p>乙</p>")
    assert [heading.span.of(extract.text) for heading in extract.layout.headings] == ["题目"]
    assert not read(f"<h1><div>{LONG * 3}</div>").layout.headings


@pytest.mark.parametrize(
    "markup",
    [
        "<nav>周边</nav>",
        "<footer>周边</footer>",
        "<aside>周边</aside>",
        "<button>周边</button>",
        "<textarea>周边</textarea>",
        "<select><option>周边</select>",
        "<header><div>周边</div></header>",
        "<div role=search>周边</div>",
        "<div class='top-nav'>周边</div>",
        "<div id=pageFooter>周边</div>",
        "<div class='x sidebar2'>周边</div>",
        "<p><a href=x>周边</a></p>",
        "<p>您现在的位置：<a href=x>首页</a> &gt; 通知公告，很长的栏目名称</p>",
    ],
)
def test_what_stands_around_the_content_is_set_aside(markup: str) -> None:
    assert [words[-2:] for words in around(markup)] in (["周边"], ["名称"])


@pytest.mark.parametrize(
    "markup",
    [
        "<header><h1>正文</h1></header>",
        "<div><header>正文</header></div>",
        "<div class='navigate shared'>正文</div>",
        "<p>正文见<a href=x>下</a></p>",
        "<p><a href=x>这是一个超过十二个字的正文链接</a></p>",
        "<div><a href=x>正文</a>、<a href=y>文</a>。</div>",
        "<p>附件：<a href=x>申请表</a> <a href=y>承诺书</a></p>",
        "<div><h1><a href=x>正文</a></h1></div>",
        "<h2>正文<a class=share href=x>分享</a></h2>",
        "<p><a name=top>正文</p>",
    ],
)
def test_content_is_not_set_aside(markup: str) -> None:
    assert around(markup) == []


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("big5", "big5hkscs")])
def test_the_encoding_of_a_page_is_told_though_its_text_is_not_simply_its_bytes(charset: str, encoding: str) -> None:
    content = f'<meta charset="{charset}"><p>上班時間</p>'.encode(encoding)
    extract = read_html(content, "a.html", Limits())
    assert (extract.encoding, extract.plain, extract.text) == (encoding, False, "上班時間")


def test_links_in_a_row_are_navigation() -> None:
    page = "<ul><li><a href=1>关于公布公益性岗位名单的公告</a> 04-01<li><a href=2>关于申报补贴的若干通知</a> 05-06</ul>"
    assert around(page) == ["关于公布公益性岗位名单的公告 04-01\n关于申报补贴的若干通知 05-06"]


def test_a_page_wholly_in_a_class_of_navigation_keeps_its_text() -> None:
    extract = read(
        "<div class=content><div class=menu>甲甲甲</div><div class=share>乙乙乙</div></div><footer>丙</footer>"
    )
    assert [piece.span.of(extract.text) for piece in extract.layout.boilerplate] == ["丙"]
    assert not read("<nav>甲</nav>").layout.boilerplate


def test_a_class_that_wraps_the_whole_page_says_nothing_of_its_parts() -> None:
    extract = read(f"<div class=has-sidebar><div class=nav>周边</div><p>{LONG}</p></div>")
    assert [piece.span.of(extract.text) for piece in extract.layout.boilerplate] == ["周边"]


def test_around_the_only_article_nothing_is_content() -> None:
    page = f"<header><h1>站名</h1></header><p>前</p><article><h2>题</h2><p>{LONG}</p></article><p>后</p>"
    extract = read(page)
    assert [piece.span.of(extract.text) for piece in extract.layout.boilerplate] == ["站名\n\n前", "后"]


def test_an_article_among_others_or_a_small_one_is_not_all_content() -> None:
    assert not read(f"<p>前</p><article>{LONG * 2}</article><article>{LONG}</article>").layout.boilerplate
    assert not read(f"<p>{LONG}</p><article>{LONG[:100]}</article>").layout.boilerplate


def test_a_title_above_the_article_stays() -> None:
    extract = read(f"<div><h1>题目</h1></div><p>前</p><article><p>{LONG}</p></article>")
    assert extract.layout.title is not None
    assert extract.layout.title.of(extract.text) == "题目"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>藏</script>",
        "<style>藏</style>",
        "<template><p>藏</p></template>",
        "<noscript>藏</noscript>",
        "<svg><title>藏</title><text>藏</text></svg>",
        "<!-- 藏 --><![if IE]><?php 藏 ?>",
        "<div hidden>藏<p>藏</p></div>",
        "<div style='color:red; DISPLAY : none'>藏</div>",
        "<img alt=藏 src=x>",
    ],
)
def test_what_is_not_seen_is_not_in_the_text(markup: str) -> None:
    assert text(f"<p>甲</p>{markup}<p>乙</p>") == "甲\n乙"


def test_pictures_are_counted_in_a_warning() -> None:
    page = f"<nav><img></nav><p>{LONG}<img src=a><img src=b>"
    assert read(page).warnings == ("有 2 张图片，图片里的文字没有收录。",)


def test_a_table_has_tabs_between_cells() -> None:
    page = "前<table><thead><tr><td>1月<td>2<tbody><tr><td>甲<br>乙<td><p>a</p><p>b<tr><td><td>丙<tr><td>丁</table>后"
    assert text(page) == "前\n1月\t2\n甲 乙\ta b\n\t丙\n丁\n后"
    assert table(page) == ("1月\t2", ["甲 乙\ta b", "丙", "丁"])


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("<th>2023<th>2024", "2023\t2024"),
        ("<td>项目<td>2024年", "项目\t2024年"),
        ("<td>项目<td>2024", None),
        ("<td>项目<td>2024-05-01", None),
        ("<td>项目<td>", None),
        ("<td>项目<td>" + "长" * 21, None),
    ],
)
def test_a_header_names_the_columns(first: str, header: str | None) -> None:
    assert table(f"<table><tr>{first}<tr><td>甲<td>1<tr><td>乙<td>2</table>")[0] == header


def test_a_title_in_the_first_row_stands_above_the_table() -> None:
    page = "<table><tr><td colspan=2>标准<tr><td>项目<td>金额<tr><td>甲<td>1</table>"
    assert text(page) == "标准\n项目\t金额\n甲\t1"
    assert table(page) == ("项目\t金额", ["甲\t1"])


def test_a_table_in_a_table_keeps_its_rows_whatever_is_ended_twice() -> None:
    inner = "<table><tr><td>甲<td>1</tr></tr><tr><td>乙<td>2</table>"
    assert table(f"<table><tr><td>{inner}</table>") == (None, ["甲\t1", "乙\t2"])


def test_a_table_of_one_row_below_its_title_is_whole() -> None:
    assert table("<table><tr><td>题<tr><td>甲<td>乙</table>") == (None, ["题", "甲\t乙"])


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>甲<td>乙</table>",
        "<table><tr><td>甲<tr><td>乙</table>",
        "<table><tr><td>甲<td><table><tr><td>乙</table><tr><td>丙<td>丁</table>",
        f"<table><tr><td>甲<td>{LONG * 3}<tr><td>丙<td>丁</table>",
        "<table><tr><td><h2>甲</h2><td>乙<tr><td>丙<td>丁</table>",
        "<table>戊<tr><td>甲<td>乙<tr><td>丙<td>丁</table>",
    ],
)
def test_a_table_that_lays_out_a_page_is_none(page: str) -> None:
    extract = read(page)
    assert not extract.layout.tables
    assert "\t" not in extract.text


def test_a_table_of_links_is_data() -> None:
    rows = "".join(f"<tr><td class=share>{number}<td><a href={number}>申报通知</a>" for number in range(3))
    assert around(f"<div><table><tr><th>序<th>名{rows}</table></div>") == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<ol><li>甲<li><p>乙</p><p>丙</p></ol>", "1. 甲\n2. 乙\n丙"),
        ("<ol start=3 type=a><li>甲<li value=28>乙</ol>", "c. 甲\nab. 乙"),
        ("<ol type=I start=4><li>甲<ol><li>乙</ol><li type=A>丙</ol>", "IV. 甲\n1. 乙\nE. 丙"),
        ("<ol><li>一、甲<li>(2)乙</ol>", "一、甲\n(2)乙"),
        ("<ol style='list-style: none'><li>甲</ol>", "甲"),
        ("<ul><li>甲<li>乙</ul><dl><dt>丙<dd>丁</dl>", "甲\n乙\n丙\n丁"),
        ("<ol><li></li><li><ol><li>甲</ol></ol>", "2. 1. 甲"),
    ],
)
def test_the_numbers_of_a_list_are_those_a_browser_shows(page: str, expected: str) -> None:
    assert text(page) == expected


@pytest.mark.parametrize(
    ("page", "codec"),
    [
        ("<meta charset=gb2312><p>朱镕基喆</p>", "gb18030"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=Big5'><p>縣政府</p>", "big5"),
        ("<?xml version='1.0' encoding='Shift_JIS'?><p>ひらがな</p>", "shift_jis"),
        ("<meta charset=iso-8859-1><p>中文</p>", "utf-8"),
        ("<meta charset=iso-8859-1><p>café</p>", "latin-1"),
        ("<meta charset=utf-16><p>中文</p>", "utf-8"),
        ("<meta charset=klingon><p>中文字的通知</p>", "gbk"),
        ("<meta charset=gbk><p>中文</p>", "utf-16"),
        ("<p>中文</p>", "utf-8-sig"),
    ],
)
def test_a_page_is_decoded_as_it_says_unless_it_cannot_be(page: str, codec: str) -> None:
    expected = page.split("<p>")[1].removesuffix("</p>")
    assert read_html(page.encode(codec), "页.html", LIMITS).text == expected


def test_undecodable_bytes_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="编码无法识别"):
        read_html(b"<meta charset=utf-8><p>\xff\xfe\xff\x81", "页.html", LIMITS)


@pytest.mark.parametrize(
    "page", ["<script>document.write('字')</script><div id=app></div>", "<title>题</title>", "<p>&nbsp;"]
)
def test_a_page_without_text_is_refused_with_the_way_out(page: str) -> None:
    with pytest.raises(UnreadableFile, match="没有文字.*另存为 PDF 或 txt"):
        read(page)


def test_a_page_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="上限"):
        read_html("<p>太长了".encode(), "页.html", Limits(characters=2))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div>" * 10_000 + "深", "深"),
        ("<b></b>" * 100_000 + "空", "空"),
        ("长 " * 100_000, ("长 " * 100_000).strip()),
        ("<p cl\0ass='a\0'>甲\0乙", "甲乙"),
        ("&#xD800;甲&#0;&lt;&#" + "9" * 5000 + ";", "\ufffd甲\ufffd<\ufffd"),
        ("甲<!-- 乙", "甲"),
        ("<a href=1>甲<a href=2>乙", "甲乙"),
        ("<title>题</title>甲", "题\n甲"),
        ("<title>题<p>甲", "题\n甲"),
        ("<html><body>甲</body></html>乙", "甲乙"),
        ("<body>甲<body>乙", "甲乙"),
        ("<meta charset=utf-8>甲\0乙", "甲乙"),
        ("<h2>甲</h3>乙", "甲\n\n乙"),
        ("<div>甲<svg><div>乙", "甲\n乙"),
        ("<table><tr><td><b>甲</tr></b></table>乙", "甲\n乙"),
    ],
)
def test_broken_markup_loses_no_text(page: str, expected: str) -> None:
    assert text(page) == expected


@pytest.mark.parametrize("piece", ["<!-- ", "<a ", "<![", "<? ", "</", "&"])
def test_a_hundred_thousand_open_constructs_do_not_hang(piece: str) -> None:
    assert text("甲<br>" + piece * 100_000)[0] == "甲"


PIECES = (
    *("<p>", "</p>", "<div class=nav>", "</div>", "<h1>", "<h2>", "</h2>", "<article>", "</article>", "<header>"),
    *(
        "<table>",
        "<tr>",
        "<td>",
        "<th>",
        "</table>",
        "<caption>",
        "<thead>",
        "<ol>",
        "<li>",
        "</ol>",
        "<pre>",
        "</pre>",
    ),
    *("<a href=x>", "</a>", "<b>", "</b>", "<br>", "<img>", "<span hidden>", "</span>", "<select>", "<button>"),
    *(
        "<title>",
        "<svg>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "甲",
        "乙。",
        "a",
        " ",
        "\n",
        "\u3000",
        "&nbsp;",
        "\0",
    ),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_markup_gives_a_sound_layout_or_a_refusal(page: str) -> None:
    with suppress(UnreadableFile):
        read(page)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda page: page.encode("utf-8", "replace")))
def test_any_bytes_give_an_extract_or_a_refusal(content: bytes) -> None:
    with suppress(UnreadableFile):
        assert_sound(read_html(content, "页.html", LIMITS))


@given(st.lists(st.sampled_from(["p", "div", "h2", "li", "td", "pre", "blockquote"]), min_size=1, max_size=20))
def test_every_word_stands_in_the_text_once(tags: list[str]) -> None:
    found = text("".join(f"<{tag}>w{number:03}</{tag}>\n" for number, tag in enumerate(tags)))
    assert found.split() == [f"w{number:03}" for number in range(len(tags))]
