import csv
import io
from functools import partial
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.formats import csv_reader
from pipelines.ingest.formats.csv_dialect import Dialect, dialect_of
from pipelines.ingest.formats.csv_records import records
from pipelines.ingest.formats.encoding import to_utf8
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import tidy

CELL = st.text(st.sampled_from("ab王 \",\n='"), max_size=6)


def read(text: str, width: int) -> tuple[list[tuple], list[tuple[int, str]]]:
    part = records(text.encode(), width, 1, is_last=True)
    return part.rows.rows(), [(s.row, s.code) for s in part.spoilt]


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=30),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_well_formed_csv_is_read_as_the_csv_module_reads_it(rows, quoting, ending):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=quoting, lineterminator=ending)
    expected, line = [], 1
    for row in rows:
        writer.writerow(row)
        if any(cell.strip() for cell in row):
            expected.append((line, *(cell.strip() or None for cell in row)))
        line += 1 + sum(cell.count("\n") for cell in row)
    part = records(buffer.getvalue().encode(), 3, 1, is_last=True)
    assert not part.spoilt
    assert tidy(part.rows).rows() == expected


@given(text=st.text(st.sampled_from('a王,"\n\r '), max_size=80), width=st.integers(1, 4))
@settings(max_examples=400)
def test_no_line_of_garbage_is_lost(text: str, width: int):
    """Every letter comes out again, in a row or in quarantine."""
    part = records(text.encode(), width, 1, is_last=True)
    cells = "".join(c or "" for row in part.rows.rows() for c in row[1:])
    out = cells + "".join(s.raw for s in part.spoilt)
    for letter in "a王":
        assert out.count(letter) == text.count(letter)
    numbers = part.rows["_row"].to_list() + [s.row for s in part.spoilt]
    assert len(set(numbers)) == len(numbers)
    assert all(1 <= n <= text.count("\n") + 1 for n in numbers)


@given(text=st.text(st.sampled_from('a王,"\n'), max_size=60), block=st.integers(4, 20))
@settings(max_examples=200)
def test_cutting_into_blocks_changes_nothing(text: str, block: int):
    header = Header(headings=("甲", "乙"), columns={}, last_row=0, found=True)

    def everything() -> tuple[list, list]:
        blocks = list(csv_reader._blocks(partial(io.BytesIO, text.encode()), "utf-8", header, Dialect()))
        return (
            [row for b in blocks for row in b.rows.rows()],
            [(s.row, s.code, s.raw) for b in blocks for s in b.spoilt],
        )

    whole = everything()
    with patch.object(csv_reader, "BLOCK_BYTES", block):
        assert everything() == whole


def test_a_stray_quote_costs_its_own_line_only():
    rows, spoilt = read('1,"a\n2,b\n3,c\n', 2)
    assert rows == [(2, "2", "b"), (3, "3", "c")]
    assert spoilt == [(1, "E_QUOTE")]


def test_a_quoted_line_break_belongs_to_the_row_it_starts_in():
    rows, spoilt = read('1,"a\nb"\r\n2,c\r\n', 2)
    assert [r[0] for r in rows] == [1, 3]
    assert rows[0][2] == "a\nb"
    assert spoilt == []


def test_too_many_and_too_few_fields_are_told_with_both_numbers():
    part = records(b"1,2\n1\n1,2,3\n1,2,,\n", 2, 11, is_last=True)
    assert part.rows.rows() == [(11, "1", "2")]
    assert [(s.row, s.code, s.detail) for s in part.spoilt] == [
        (12, "E_FIELDS", "1 个字段，表头有 2 个"),
        (13, "E_FIELDS", "3 个字段，表头有 2 个"),
        (14, "E_FIELDS", "4 个字段，表头有 2 个"),
    ]


@pytest.mark.parametrize(
    "cells", [['3"管', "b"], ["b", '3"'], ['3"', '5"管'], ['称"停水"三天', "b"], ['"王"、"李"'[1:], "b"]]
)
def test_a_quote_inside_a_field_is_text_where_nothing_is_quoted(cells: list[str]):
    assert read(",".join(cells) + "\n", 2) == ([(1, *cells)], [])


@pytest.mark.parametrize(
    ("line", "width"),
    [
        ('回复。"王女士,夜间勿回",b', 3),
        ('回复。"王女士,夜间,勿回"b,c', 4),
        ('a,回复。"王,勿回"', 3),
        ('a,"王女士"回复,b', 3),
        ('3"管,"b,c",d', 3),
        ('a,王""六,b', 3),
    ],
)
def test_a_quote_where_none_can_be_costs_its_row(line: str, width: int):
    """The number of fields comes out right by accident; the rows around are sound."""
    around = ",".join("x" * width)
    rows, spoilt = read(f"{around}\n{line}\n{around}\n", width)
    assert ([r[0] for r in rows], spoilt) == ([1, 3], [(2, "E_QUOTE")])


def test_where_a_file_quotes_no_field_holds_a_bare_quote():
    part = records('a,3"管\n"b",c\n'.encode(), 2, 1, True, Dialect(is_quoting=True))
    assert part.rows.rows() == [(2, "b", "c")]
    assert [(s.row, s.code) for s in part.spoilt] == [(1, "E_QUOTE")]


@given(
    surplus=st.integers(1, 3),
    rows=st.lists(st.sampled_from(["1,a", '2,"b,c"', "3,", '4,"d\ne"']), min_size=2, max_size=9),
)
def test_fields_that_all_rows_have_too_many_are_a_habit(surplus: int, rows: list[str]):
    text = "".join(f"{row}{',' * surplus}\n" for row in rows)
    dialect = dialect_of(["甲,乙", *text.split("\n")], ",", 2)
    plain, cut = (
        records(t.encode(), 2, 1, True, d)
        for t, d in ((text.replace("," * surplus + "\n", "\n"), Dialect()), (text, dialect))
    )
    assert (cut.spoilt, tidy(cut.rows).rows()) == (plain.spoilt, tidy(plain.rows).rows())


@pytest.mark.parametrize(("habit", "row", "found"), [(0, "2,b,", 3), (1, "2,b", 2), (1, "2,b,,", 4), (2, "2,b,", 3)])
def test_a_row_of_another_number_of_fields_is_told(habit: int, row: str, found: int):
    lines = [f"1,a{',' * habit}"] * 3 + [row] + [f"1,a{',' * habit}"] * 3
    part = records("\n".join(lines).encode(), 2, 1, True, dialect_of(["甲,乙", *lines], ",", 2))
    assert part.rows["_row"].to_list() == [1, 2, 3, 5, 6, 7]
    whose = f"其他各行有 {2 + habit}" if habit else "表头有 2"
    assert [(s.row, s.code, s.detail) for s in part.spoilt] == [(4, "E_FIELDS", f"{found} 个字段，{whose} 个")]


def test_what_stands_behind_the_last_heading_is_told_though_all_rows_have_a_field_there():
    lines = ["1,a,", "2,b,并回复", '3,"c\nd",x', "4,d,"]
    part = records("\n".join(lines).encode(), 2, 1, True, dialect_of(["甲,乙", *lines], ",", 2))
    assert part.rows.rows() == [(1, "1", "a"), (5, "4", "d")]
    assert [(s.row, s.code, s.raw) for s in part.spoilt] == [
        (2, "E_FIELDS", lines[1]),
        (3, "E_FIELDS", lines[2]),
    ]


def test_a_single_row_with_a_field_too_many_shows_no_habit():
    assert dialect_of(["甲,乙", "1,b,"], ",", 2) == Dialect()


@pytest.mark.parametrize("sign", "\u2028\u2029\u0085\v\f\x1c\x1d\x1e")
@pytest.mark.parametrize("mark", ["", '"'])
def test_only_line_feeds_and_returns_end_lines(sign: str, mark: str):
    text = f"1,{mark}甲{sign}乙{mark}\r\n2,丙\r\n"
    assert read(text, 2) == ([(1, "1", f"甲{sign}乙"), (2, "2", "丙")], [])


def test_an_open_record_at_the_end_of_a_block_waits_for_the_next():
    text = b'1,a\n2,"b\n'
    part = records(text, 2, 1, is_last=False)
    assert (part.rows.rows(), part.used, part.lines) == ([(1, "1", "a")], 4, 1)


def test_broken_bytes_keep_the_numbers_of_the_lines_after_them():
    text, broken = to_utf8("甲\n".encode("gb18030") + b"\xff\xff\n" + "乙\n".encode("gb18030"), "gb18030")
    assert records(text, 1, 1, is_last=True).rows.rows() == [(1, "甲"), (3, "乙")]
    assert list(broken) == [1]


def test_an_empty_block_gives_no_rows():
    part = records(b"", 3, 1, is_last=True)
    assert part.rows.schema == pl.Schema(
        {"_row": pl.Int64, "c0": pl.String, "c1": pl.String, "c2": pl.String}
    )
    assert (part.rows.height, part.lines) == (0, 0)
