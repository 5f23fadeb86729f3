from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart

from assistant.errors import UnreadableFile
from assistant.readers.tables import read_csv, read_xlsx
from assistant.records import Extract
from assistant.settings import Limits
from tests.readers.layouts import assert_sound

LIMITS = Limits()


def read(content: bytes, reader: Callable[[bytes, str, Limits], Extract] = read_xlsx) -> Extract:
    extract = reader(content, "表", LIMITS)
    assert_sound(extract)
    return extract


def parts(extract: Extract) -> list[tuple[str | None, list[str]]]:
    """(header, rows) of each table, as words."""
    text = extract.text
    return [
        (table.header.of(text) if table.header else None, [row.of(text) for row in table.rows])
        for table in extract.layout.tables
    ]


def csv_table(text: str) -> tuple[str | None, list[str]]:
    extract = read(text.encode(), read_csv)
    assert extract.text == text
    (table,) = parts(extract)
    return table


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet(*rows: tuple[object, ...], number_format: str = "General") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell in row:
            if number_format != "General":
                cell.number_format = number_format
    return saved(book)


def test_the_title_above_the_columns_of_a_csv_file_is_its_title() -> None:
    extract = read("回收点一览表,,\n单位：个,,\n种类,地点,数量\n纸箱,北门,3\n".encode(), read_csv)
    assert extract.layout.title is not None and extract.layout.title.of(extract.text) == "回收点一览表"
    assert parts(extract) == [("种类,地点,数量", ["纸箱,北门,3"])]
    assert [piece.span.of(extract.text) for piece in extract.layout.boilerplate] == [",,", ",,"]


def test_a_first_record_of_one_cell_is_a_row_where_nothing_below_it_names_columns() -> None:
    assert csv_table("张三,,\n李四,8,5\n") == (None, ["张三,,", "李四,8,5"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_records_of_a_csv_file_are_rows(delimiter: str) -> None:
    text = '姓名,分数\r\n张三,90\r\n\r\n李四,"8,5\n备注"\r\n,\r\n'.replace(",", delimiter)
    empty = [] if delimiter == "\t" else [delimiter]
    rows = [f"张三{delimiter}90", f'李四{delimiter}"8{delimiter}5\n备注"', *empty]
    assert csv_table(text) == (f"姓名{delimiter}分数", rows)


def test_the_text_of_a_csv_file_is_the_file() -> None:
    extract = read("姓名,分数\r\n张三,九十\r\n".encode("gbk"), read_csv)
    assert (extract.text, extract.encoding) == ("姓名,分数\r\n张三,九十\r\n", "gb18030")


@pytest.mark.parametrize("first", ["2023,2024", "项目,", "项目,2024-05-01", "项目,85%", "项目," + "长" * 21])
def test_a_first_row_of_values_is_no_header(first: str) -> None:
    assert csv_table(f"{first}\n甲,1\n") == (None, [first.strip(), "甲,1"])


def test_a_single_record_is_a_row() -> None:
    assert csv_table("姓名,分数\n") == (None, ["姓名,分数"])


def test_commas_in_prose_make_no_columns() -> None:
    prose = "今天,天气好\n我们,去,公园\n明天下雨\n后天,也,会,下雨,的\n  再说\n"
    assert csv_table(prose) == (None, ["今天,天气好", "我们,去,公园", "明天下雨", "后天,也,会,下雨,的", "再说"])


def test_a_semicolon_beats_the_commas_of_numbers() -> None:
    assert csv_table("名;价\n甲;1,5\n乙;2\n") == ("名;价", ["甲;1,5", "乙;2"])


@pytest.mark.parametrize("broken", ['1,"2\nx,y\n', '1,"2\n' + "x,y\n" * 300 + '3,"4\n', "1," + "长" * 140_000 + "\n"])
def test_a_csv_file_that_breaks_the_rules_is_read_line_by_line(broken: str) -> None:
    text = "甲,乙\n" * 60 + broken
    extract = read(text.encode(), read_csv)
    assert parts(extract) == [(None, text.strip().split("\n"))]
    assert "引号" in extract.warnings[0]
    assert csv.field_size_limit() == 131072


def test_a_quotation_mark_inside_a_field_is_only_that() -> None:
    assert csv_table('管,长\n甲,5" 管\n') == ("管,长", ['甲,5" 管'])


CELLS = st.text(st.sampled_from('甲乙a1,"\n\r; '), max_size=5)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12))
def test_the_rows_of_a_csv_file_hold_exactly_its_records(records: list[list[str]]) -> None:
    lines = []
    for record in [["1", "2", "3"]] * 30 + records:
        stream = io.StringIO()
        csv.writer(stream).writerow(record)
        lines.append(stream.getvalue())
    header, rows = csv_table("".join(lines))
    assert header is None
    assert rows == [line.strip() for line in lines]


@given(st.binary(max_size=200) | st.text(st.sampled_from('甲a,;|\t"\r\n '), max_size=80).map(str.encode))
def test_any_bytes_are_a_csv_file_or_refused(content: bytes) -> None:
    with suppress(UnreadableFile):
        read(content, read_csv)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567, "#,##0", "1234567"),
        (0.00001, "General", "0.00001"),
        (1e300, "General", "1e+300"),
        (0.125, "0.00%", "12.5%"),
        (0.29, "0%", "29%"),
        (date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
        (datetime(2024, 5, 1, 9, 30), "yyyy-mm-dd hh:mm", "2024-05-01 09:30"),
        (datetime(2024, 5, 1, 9, 30, 15), "yyyy-mm-dd hh:mm", "2024-05-01 09:30:15"),
        (time(9, 30), "hh:mm", "09:30"),
        (timedelta(hours=36, minutes=5), "[h]:mm", "36:05"),
        (True, "General", "TRUE"),
        ("#N/A", "General", "#N/A"),
        ("甲\r\n乙\t丙", "General", "甲 乙 丙"),
        ("001", "General", "001"),
    ],
)
def test_values_are_shown_as_people_see_them(value: object, number_format: str, shown: str) -> None:
    assert read(sheet((value,), number_format=number_format)).text == shown


def test_the_rows_of_a_sheet_have_tabs_between_cells() -> None:
    extract = read(sheet(("名", "数", None), (), ("甲", None, 1), (None, 2.5, None)))
    assert extract.text == "名\t数\n甲\t\t1\n\t2.5"
    assert parts(extract) == [("名\t数", ["甲\t\t1", "2.5"])]


def test_lines_above_the_header_stand_outside_the_table() -> None:
    extract = read(sheet(("2024年预算",), ("单位：元",), (None, "项目", "金额"), (None, "办公", 3)))
    assert extract.text == "2024年预算\n单位：元\n\t项目\t金额\n\t办公\t3"
    assert parts(extract) == [("项目\t金额", ["办公\t3"])]


def test_a_sheet_of_one_column_is_a_table_without_a_header() -> None:
    assert parts(read(sheet(("名",), ("甲",)))) == [(None, ["名", "甲"])]


def test_several_sheets_are_headed_by_their_names() -> None:
    book = Workbook()
    book.active.title = "一月"
    book.active.append(("甲", 1))
    book.create_sheet("空")
    hidden = book.create_sheet("二月")
    hidden.append(("乙", 2))
    hidden.sheet_state = "hidden"
    book.create_chartsheet("图").add_chart(BarChart())
    extract = read(saved(book))
    assert extract.text == "一月\n甲\t1\n二月\n乙\t2"
    assert [heading.span.of(extract.text) for heading in extract.layout.headings] == ["一月", "二月"]
    assert not extract.layout.titled  # the first of them names no workbook
    assert parts(extract) == [(None, ["甲\t1"]), (None, ["乙\t2"])]


def test_formulas_without_a_result_are_counted_in_a_warning() -> None:
    extract = read(sheet(("甲", "=1+1", "=2"), ("乙", 1, 2)))
    assert extract.text == "甲\n乙\t1\t2"
    assert extract.warnings == ("有 2 个公式没有保存结果，请用 Excel 或 WPS 打开保存一次再收录。",)


def test_a_formula_with_a_result_gives_it() -> None:
    content = altered(sheet(("甲", "=1+1"), ("乙", '=""')), rb"<f>1\+1</f>" + EMPTY, b"<f>1+1</f><v>2</v>")
    content = altered(content, rb'<c r="B2"[^>]*><f>""</f>' + EMPTY, b'<c r="B2" t="str"><f>""</f><v></v>')
    extract = read(content)
    assert (extract.text, extract.warnings) == ("甲\t2\n乙", ())


EMPTY = rb"<v ?(?:/>|></v>)"


def altered(content: bytes, pattern: bytes, new: bytes) -> bytes:
    """The workbook with a piece of its first sheet exchanged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for part in before.namelist():
            body = before.read(part)
            changed, count = re.subn(pattern, new, body) if part == "xl/worksheets/sheet1.xml" else (body, 1)
            assert count
            after.writestr(part, changed)
    return stream.getvalue()


def test_a_cell_in_the_last_corner_does_not_fill_the_memory() -> None:
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "甲", "乙"
    assert read(saved(book)).text.split() == ["甲", "乙"]


def test_a_sheet_may_lie_about_its_size() -> None:
    content = altered(sheet(("甲", 1), ("乙", 2)), b'ref="A1:B2"', b'ref="A1:A1"')
    assert read(content).text == "甲\t1\n乙\t2"


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        read(sheet(("  ",)))


def test_a_workbook_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="上限"):
        read_xlsx(sheet(("甲" * 50,)), "表", Limits(characters=10))
    with pytest.raises(UnreadableFile, match="上限"):
        read_csv("甲,乙\n".encode() * 9, "表", Limits(characters=10))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="A1"', b'<c r="!1"'),
        (b"<sheetData>", b"<sheetData"),
        (b't="n"><v>1</v>', b't="s"><v>99</v>'),
        (b't="n"><v>1</v>', b't="n"><v>x</v>'),
        (b't="n"><v>1</v>', b't="n" s="77"><v>1</v>'),
    ],
)
def test_a_sheet_that_makes_no_sense_is_called_damaged(old: bytes, new: bytes) -> None:
    with pytest.raises(UnreadableFile, match="损坏"):
        read(altered(sheet(("甲", 1)), old, new))


@cache
def sound_book() -> bytes:
    return sheet(("名", "数"), ("甲", 1.5), ("乙", date(2024, 5, 1)), ("丙", "=1"))


@settings(deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = sound_book()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    for content in (flipped, whole[:at]):
        with suppress(UnreadableFile):
            read(content)


@settings(deadline=None)
@given(st.data())
def test_a_workbook_with_damaged_parts_is_read_or_refused(data: st.DataObject) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound_book())) as before, zipfile.ZipFile(stream, "w") as after:
        broken = data.draw(st.sampled_from(before.namelist()))
        for part in before.namelist():
            body = before.read(part)
            at = data.draw(st.integers(0, len(body))) if part == broken else len(body)
            after.writestr(part, body[:at] + data.draw(st.binary(max_size=2)) + body[at + 1 :])
    with suppress(UnreadableFile):
        read(stream.getvalue())
