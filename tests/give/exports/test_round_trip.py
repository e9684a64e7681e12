"""What is written reads back: rows, values and types, through our own landing and bronze."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.give.exports.delta import applied, difference
from pipelines.give.exports.issue import issue_export
from pipelines.give.exports.round_trip import differences, read_back, round_trip
from pipelines.give.exports.select import _plain
from pipelines.give.exports.workbook import TooLarge
from pipelines.give.exports.write import PAGE_ROWS, files
from pipelines.ingest.values.typing import dtype
from tests.give.exports.samples import AS_OF, COLUMNS, export, feed

SCHEMA = {c.name: dtype(c) for c in COLUMNS}
FORMATS = [
    ("csv", "utf-8-sig"), ("csv", "gb18030"), ("csv", "utf-8"), ("xlsx", None), ("json", None), ("parquet", None),
]  # fmt: skip
# Formula signs, quotes, commas, line breaks, apostrophes, rare characters, what looks like escapes, totals.
NASTY = st.sampled_from([
    "=1+1", "+86", "-", "@x", "＝甲", "'=1", "''-1", "'", '"', '""', ",", "a\nb", "a\r\nb", "\t", "_x0041_", "_x000D_",
    "𠮷䶮㐂", "合计", "注：无", "0012", "1e5", "TRUE", "NULL", "2024-01-01", "\ufeff甲", "\u3000", "\x01", "﨎",
    "\U0010ffff",
])  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=8), max_size=4).map("".join)
ROW = st.tuples(
    st.none() | TEXT,
    st.none() | st.dates(date(1850, 1, 1), date(2200, 12, 31)),
    st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
    st.none() | st.decimals(-(10**13), 10**13, places=2),
    st.none() | st.datetimes(datetime(1850, 1, 1), datetime(2199, 12, 31)).map(lambda t: t.replace(microsecond=0)),
    st.none() | st.decimals(-(10**9), 10**9, places=4),
)


def frame(rows):
    cells = [(f"{i:04d}", *row, *[None] * (len(SCHEMA) - 1 - len(row))) for i, row in enumerate(rows)]
    return pl.DataFrame(cells, schema=SCHEMA, orient="row").with_columns(_plain("text"))


@pytest.mark.parametrize(("format", "encoding"), FORMATS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=12))
def test_any_text_date_and_number_comes_back(format, encoding, rows):
    expected, form = frame(rows), feed(format, encoding)
    written = [(name, content) for name, content, _ in files(export(format), form, expected, "370600", AS_OF, "全量")]
    found, problems = read_back(form, written, AS_OF)
    assert problems == []
    assert differences(expected, found) == []


@pytest.mark.parametrize("format", ["csv", "xlsx", "json", "parquet"])
def test_leading_zeros_nulls_decimals_and_line_breaks(format):
    rows = frame([("00120", date(1949, 10, 1), 0, Decimal("0.10")), ("", None, None, None), ("甲\n乙", None, 7, None)])
    assert rows["text"].to_list() == ["00120", None, "甲\n乙"]
    written = [(n, c) for n, c, _ in files(export(format), feed(format), rows, "370600", AS_OF, "全量")]
    found, problems = read_back(feed(format), written, AS_OF)
    assert (found.rows(), problems) == (rows.rows(), [])
    assert found["price"][0] == Decimal("0.10")


def test_a_formula_gets_an_apostrophe_in_csv_only_and_equal_rows_equal_bytes():
    rows = frame([("=HYPERLINK(1)", None, -5, Decimal("-1.00"))])
    ((name, content, count),) = files(export(), feed(), rows, "370600", AS_OF, "全量")
    assert (name, count) == ("X90_样例_370600_20240131_全量.csv", 1)
    assert content == "\ufeff编号,内容,日期,数量,金额,时间,面积\r\n0000,'=HYPERLINK(1),,-5,-1.00,,\r\n".encode()
    for format in ("xlsx", "json", "parquet"):
        first, second = (list(files(export(format), feed(format), rows, "370600", AS_OF, "全量")) for _ in range(2))
        assert first == second
    assert b"'=HYPERLINK" not in list(files(export("json"), feed("json"), rows, "370600", AS_OF, "全量"))[0][1]


def test_json_comes_in_pages():
    rows = frame([("x", None, i, None) for i in range(PAGE_ROWS + 1)])
    written = list(files(export("json"), feed("json"), rows, "370600", AS_OF, "全量"))
    assert [(n, count) for n, _, count in written] == [
        ("X90_样例_370600_20240131_全量_p0001.json", PAGE_ROWS), ("X90_样例_370600_20240131_全量_p0002.json", 1),
    ]  # fmt: skip
    found, _ = read_back(feed("json"), [(n, c) for n, c, _ in written], AS_OF)
    assert differences(rows, found) == []


def test_a_text_no_cell_can_hold_is_refused_in_a_workbook():
    rows = frame([("长" * 40_000, None, None, None)])
    with pytest.raises(TooLarge, match="text"):
        list(files(export("xlsx"), feed("xlsx"), rows, "370600", AS_OF, "全量"))


def test_what_does_not_read_back_is_told_by_column_without_values(paths, con):
    made = export()
    (issue,) = issue_export(paths, con, made, {}, AS_OF).issues
    assert round_trip(paths, made, issue).is_identical
    file = next(issue.folder.glob("*.csv"))
    file.write_bytes(file.read_bytes().replace(b"12.50", b"12.51"))
    assert round_trip(paths, made, issue).problems == ("price: 1 values differ",)
    file.write_bytes(file.read_bytes().replace(b"12.51", "很多".encode()))
    (problem,) = round_trip(paths, made, issue).problems
    assert problem == "3 rows of 3 could not be read (E_QUARANTINE_SHARE)"


KEYED = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.none() | st.sampled_from(["x", "y"])))


@settings(max_examples=40)
@given(KEYED, KEYED)
def test_a_difference_applied_gives_the_new_state(before, after):
    def state(values):
        rows = [(k, *v) for k, v in values.items()]
        return pl.DataFrame(rows, schema={"code": pl.String, "text": pl.String}, orient="row").sort("code")

    told = difference(state(before), state(after), ["code"], ["code"])
    assert applied(state(before), told, ["code"], ["code"]).equals(state(after))
    kinds = dict(told.select("code", "change_type").iter_rows())
    assert {k for k, v in kinds.items() if v == "新增"} == set(after) - set(before)
    assert {k for k, v in kinds.items() if v == "删除"} == set(before) - set(after)
    both = set(before) & set(after)
    assert {k for k, v in kinds.items() if v == "变更"} == {k for k in both if before[k] != after[k]}


def test_a_sample_with_other_headings_is_not_mistaken():
    other = replace(feed(), columns=tuple(replace(c, label=f"{c.label}二") for c in COLUMNS))
    written = [(n, c) for n, c, _ in files(export(), feed(), frame([("x", None, 1, None)]), "370600", AS_OF, "全量")]
    found, (problem,) = read_back(other, written, AS_OF)
    assert (found.height, "E_HEADER" in problem) == (0, True)
