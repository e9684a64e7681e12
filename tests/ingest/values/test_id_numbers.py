"""Ids that were stored as numbers: exact ones are read and told, what may have lost something is not."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest

from pipelines.ingest.formats import parquet_reader
from pipelines.ingest.formats.cells import column_texts
from pipelines.kit.contracts import Column
from tests.ingest import made_files as f
from tests.ingest.conftest import Office

CODE = Column("school_code", "学校标识码", tags=("identifier",))
CITIZEN = replace(CODE, standard="GB 11643-1999")
UNIT = replace(CODE, pattern=r"^(\d{6}|\d{9}|\d{12})$")
NAME = "F98_测试_370600_202401.dat"
SCHOOLS = [3137000001 + n for n in range(10)]
FEED = replace(f.FEED, columns=(replace(f.COLUMNS[0], tags=("identifier",)), *f.COLUMNS[1:]))


def judged(column: Column, *values: object) -> list:
    """Texts of an id column, 'E_ID_NUMERIC' for what is spoilt."""
    texts, spoilt = column_texts(values, column)
    return ["E_ID_NUMERIC" if i in spoilt.get("E_ID_NUMERIC", ()) else text for i, text in enumerate(texts)]


@pytest.mark.parametrize("kind", [int, float, Decimal])
def test_numbers_all_of_a_length_are_exact(kind: type):
    assert judged(CODE, *map(kind, SCHOOLS)) == [str(n) for n in SCHOOLS]
    assert judged(CODE, kind(3137000001), "3137000002", None) == ["3137000001", "3137000002", None]


@pytest.mark.parametrize(
    ("column", "values", "spoilt"),
    [
        (CODE, [3137000001, 137000001], {1}),  # a nought in front is lost
        (CODE, [137000001, "0137000002"], {0}),
        (CODE, [370602194001010003, 3137000001], {0, 1}),  # longer than a double holds, beside it another is too short
        (CODE, [3.7060219400101e17], {0}),
        (CODE, [10**15, 10**14], {0, 1}),
        (CODE, [10**14], set()),
        (CODE, [12.5, -12, 0, True, float("nan"), float("inf")], set(range(6))),
        (CITIZEN, [3137000001, 370602194001010003, 3.7e17], {0, 1, 2}),
        (CITIZEN, [370602400101001], set()),
        (UNIT, [370602, 370602001, 370602001001, 37060200], {3}),
        (replace(CODE, min_length=10), [3137000001, 313700000, 31370000010], {1}),
    ],
)
def test_what_may_have_lost_digits_or_a_nought_is_told(column: Column, values: list, spoilt: set):
    assert {i for i, text in enumerate(judged(column, *values)) if text == "E_ID_NUMERIC"} == spoilt


def with_ids(ids: list, write: str) -> bytes:
    rows = [(i, *row[1:]) for i, row in zip(ids, f.people(len(ids)), strict=True)]
    if write == "parquet":
        return f.parquet(rows, {"身份证号": pa.int64()})
    if write == "json":
        return f.array(rows)
    book = openpyxl.Workbook()
    for row in (f.LABELS, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", ["parquet", "json", "xlsx"])
def test_exact_codes_come_in_and_are_told(tmp_path, write: str):
    desk = Office(tmp_path / "data", {"F98": FEED})
    result = desk.deliver("F98", NAME, with_ids([*SCHOOLS[:9], 313700001], write))
    assert (result.rows_bronze, result.rows_quarantined) == (9, 1), result.breaker_message
    assert sorted(desk.rows("F98")["id_no"]) == [str(n) for n in SCHOOLS[:9]]
    assert desk.quarantine("F98")["code"].to_list() == ["E_ID_NUMERIC"]
    assert "「身份证号」列有 9 个值存成了数字" in "".join(result.notices)


def test_shorter_ones_in_another_block_refuse_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_reader, "BLOCK_ROWS", 5)
    desk = Office(tmp_path / "data", {"F98": FEED})
    short = [313700001 + n for n in range(5)]
    result = desk.deliver("F98", NAME, with_ids([*short, *SCHOOLS[:5]], "parquet"))
    assert (result.breaker_code, result.rows_in, result.rows_bronze) == ("E_ID_DIGITS", 10, 0)
    whole = replace(FEED, columns=(replace(FEED.columns[0], min_length=9), *FEED.columns[1:]))
    desk = Office(tmp_path / "other", {"F98": whole})
    assert desk.deliver("F98", NAME, with_ids([*short, *SCHOOLS[:5]], "parquet")).rows_bronze == 10
