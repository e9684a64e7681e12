"""Numbers as people write them, and what only looks like one."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import Block
from pipelines.ingest.values.typing import type_block
from tests.ingest import made_files as f

WIDE = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


def read(column: str, *texts: str) -> list:
    """What the cells of a column come to; a fault as its code."""
    feed = f.FEED
    header = Header((feed.by_name[column].label,), {column: 0}, last_row=1, found=True)
    rows = pl.DataFrame({"_row": range(len(texts)), "c0": texts}, schema={"_row": pl.Int64, "c0": pl.String})
    typed = type_block(Block(rows), header, feed)
    values = typed.rows[column].to_list()
    for fault in typed.faults:
        values = [fault.code if bad else v for v, bad in zip(values, fault.mask, strict=True)]
    return values


@pytest.mark.parametrize(
    "text",
    ["1,5", "1234,50", "10,25", "3，5", "2 0", "10²", "①", "1,23,456", "½", "1,2345", ",123", "123,", "0,123",
     "012,345", "1,234.5,6", "1,,234", "1, 234", "12 345", "1.2.3", "1 2元", "１２３，４", "1,234,56", "⑩", "²", "10㈠",
     "1e3", "--1"],
)  # fmt: skip
def test_a_separator_out_of_place_is_no_number(text: str):
    assert read("area", text, "100") == ["E_NUMBER", Decimal("100.0000")]
    assert read("count", text, "100") == ["E_NUMBER", 100]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("1,234", "1234"), ("1,234,567.89", "1234567.89"), ("１，２３４", "1234"), ("-1,234.50元", "-1234.5"),
     ("¥ 1,820.00", "1820"), ("￥1820 元", "1820"), ("１００", "100"), ("+12", "12"), ("12.", "12"), ("0.5", "0.5")],
)  # fmt: skip
def test_thousands_full_width_and_units_are_read(text: str, wanted: str):
    assert read("area", text, "1,000") == [Decimal(wanted).quantize(Decimal("0.0001")), 1000]


@given(cents=st.integers(-10**13, 10**13), is_wide=st.booleans())
def test_what_a_program_groups_by_thousands_is_that_number(cents: int, is_wide: bool):
    value = Decimal(cents) / 100
    text = f"{value:,.2f}".translate(WIDE) if is_wide else f"{value:,.2f}"
    assert read("area", text, "1,000") == [value, 1000]


@given(text=st.text("0123456789,， .", min_size=1, max_size=9))
def test_a_number_is_only_what_it_says(text: str):
    """Written back with its commas where thousands stand, it is what stood there."""
    (found, _) = read("count", text, "1,0,0")
    if isinstance(found, int):
        bare = text.strip().replace("，", ",").partition(".")[0]
        assert bare == f"{found:,}" or bare.lstrip("0") == str(found).lstrip("0")
