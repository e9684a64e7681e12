"""What needs no run: sizes people write, the floor's copy, the stock form of our suites."""

from datetime import date

import polars as pl
import pytest
import xlsxwriter

from pipelines.judge.verify.suites import load_suites
from prefecture.bench import floor, scale, sizes
from prefecture.bench.instead import BY_HAND, stock_expectations


@pytest.mark.parametrize(("text", "share", "name"), [
    ("1%", 0.01, "1pct"), ("0.1%", 0.001, "0.1pct"), ("100%", 1.0, "100pct"), ("0.01", 0.01, "1pct"),
])  # fmt: skip
def test_sizes_as_people_write_them(text, share, name):
    assert scale.parse(text) == share
    assert scale.name(share) == name


@pytest.mark.parametrize("text", ["0%", "101%", "2", "-1%", "viel"])
def test_other_sizes_are_refused(text):
    with pytest.raises(ValueError):
        scale.parse(text)


def test_the_floor_copies_csv_of_any_encoding_and_workbooks(tmp_path):
    (tmp_path / "a.csv").write_bytes("姓名,号\r\n王一,1\r\n李二,2\r\n".encode("gb18030"))
    floor.copy(tmp_path / "a.csv", tmp_path / "a.parquet", "gb18030")
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == [("王一", "1"), ("李二", "2")]
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", 5])
        sheet.write_row(1, 0, ["王一", 6])
    floor.copy(tmp_path / "b.xlsx", tmp_path / "b.parquet", None)
    assert pl.read_parquet(tmp_path / "b.parquet").rows() == [("姓名", "5.0"), ("王一", "6.0")]


def test_the_floor_of_a_day_and_of_all():
    found = {
        "2024-01-31": {"F01": {"seconds": 2.0}, "F03": {"seconds": 1.0}},
        "2024-02-29": {"F01": {"seconds": 4.0}},
    }
    assert floor.seconds(found) == 7.0
    assert floor.seconds(found, date(2024, 1, 31)) == 3.0


def test_files_and_bytes_of_a_folder(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "x").write_bytes(b"12")
    (tmp_path / "a" / "b" / "y").write_bytes(b"345")
    assert sizes.measure(tmp_path / "a") == {"files": 2, "bytes": 5}
    assert sizes.measure(tmp_path / "none") == {"files": 0, "bytes": 0}


def test_every_rule_by_hand_is_named_once():
    text = BY_HAND.read_text(encoding="utf-8")
    for suite in load_suites():
        for expectation in suite["expectations"]:
            rule_id = expectation["meta"]["rule_id"]
            assert text.count(f"SELECT '{rule_id}'") + text.count(f"THEN '{rule_id}'") <= 1, rule_id


def test_what_stock_gx_lacks_is_told_apart():
    def given(rule_id: str, type_: str, **kwargs) -> dict:
        return {"type": type_, "kwargs": kwargs, "meta": {"rule_id": rule_id}}

    lacking: list[str] = []
    found = stock_expectations(
        [
            given("R01", "expect_column_values_to_be_null", column="a"),
            given("R90", "expect_column_values_to_satisfy_sql", column="a", sql="a > 1"),
            given("R91", "expect_column_values_to_have_no_defect", column="a", defects={"low": "a < 1"}),
            given("R22", "expect_column_values_to_satisfy_sql", column="a", sql="…"),
            given("R17", "expect_column_values_to_be_between", column="d", max_value={"$PARAMETER": "grace"}),
        ],
        {("R17", "grace"): 30.0},
        lacking,
    )
    assert lacking == ["R90", "R91"]
    assert [e["meta"]["rule_id"] for e in found] == ["R01", "R22", "R22", "R17"]
    assert found[-1]["kwargs"] == {"column": "d", "max_value": 30.0}
