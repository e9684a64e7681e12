"""Departments' front-end databases in a real PostgreSQL server hold what their files say."""

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.kit.paths import Paths
from prefecture.feeds import FEEDS
from prefecture.front_end import TABLED, fill_front_end
from prefecture.generate import Order, deliver
from prefecture.months import MONTHS
from prefecture.output.pinyin import initials
from prefecture.output.tables import BATCHES, WATERMARK, attached, columns
from tests.prefecture.city import SCALE, drawn_once
from tests.prefecture.postgres import server
from tests.prefecture.readback import Outbox

FIRST_TWO = MONTHS[:2]


@pytest.fixture(scope="module")
def dsn():
    with server() as address, drawn_once():
        fill_front_end(address, FIRST_TWO, SCALE)
        yield address


@pytest.fixture(scope="module")
def outbox(city) -> Outbox:
    return Outbox(city.out)


def ask(dsn: str, sql: str) -> pl.DataFrame:
    with attached(dsn) as con:
        return con.execute("SELECT * FROM postgres_query('qzk', ?)", [sql]).pl()


def contents(dsn: str) -> dict[str, list[tuple]]:
    return {code: sorted(map(str, ask(dsn, f"SELECT * FROM {FEEDS[code].table}").rows())) for code in TABLED}


def plain(cell: object) -> str | None:
    """Dates and amounts without the ways of writing them."""
    text = str(cell) if cell is not None else ""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text.replace("-", "")
    return re.sub(r"\.0+$|(\.\d*?)0+$", r"\1", text) or None


@pytest.mark.parametrize("code", TABLED)
def test_a_table_holds_what_the_files_say(dsn, outbox, code):
    feed = FEEDS[code]
    kept = outbox.known(code, FIRST_TWO[-1]).unique(list(feed.keys), keep="last")
    names = columns(feed)
    stored = ask(dsn, f"SELECT {', '.join(names.values())} FROM {feed.table}")
    assert stored.height > 10
    in_files = {tuple(plain(c) for c in row) for row in kept.select(list(names)).rows()}
    assert {tuple(plain(c) for c in row) for row in stored.rows()} == in_files


@pytest.mark.parametrize("code", TABLED)
def test_every_column_says_in_chinese_what_it_is(dsn, code):
    feed = FEEDS[code]
    found = ask(
        dsn,
        "SELECT attname AS name, col_description(attrelid, attnum) AS said FROM pg_attribute "
        f"WHERE attrelid = '{feed.table}'::regclass AND attnum > 0",
    )
    said = dict(found.rows())
    assert said.pop(WATERMARK) == "更新时间"
    labels = feed.headings("")
    assert said == {name: labels[column] for column, name in columns(feed).items()}


def test_the_watermark_tells_what_a_month_has_changed(dsn, outbox):
    changed = outbox.sent("F01", FIRST_TWO[1]).filter(pl.col("change_type") != "删除")
    marked = ask(dsn, f"SELECT gmsfhm FROM hj_renkou WHERE {WATERMARK} > '2024-02-01'")
    assert set(marked["gmsfhm"]) == set(changed["id_no"])
    assert ask(dsn, f"SELECT DISTINCT {WATERMARK}::text AS t FROM hj_renkou ORDER BY 1")["t"].to_list() == [
        f"{month.as_of} 20:00:00" for month in FIRST_TWO
    ]


def test_a_month_loaded_again_changes_nothing(dsn):
    before = contents(dsn)
    fill_front_end(dsn, FIRST_TWO[1:], SCALE)
    assert contents(dsn) == before


def test_months_come_in_order(dsn):
    with pytest.raises(ValueError, match="cannot go back"):
        fill_front_end(dsn, MONTHS[:1], SCALE, feeds=("F01",))
    with pytest.raises(ValueError, match="load 202403 before 202404"):
        fill_front_end(dsn, MONTHS[3:4], SCALE, feeds=("F01",))


def test_a_month_is_loaded_whole_or_not_at_all(dsn):
    before = contents(dsn)
    with attached(dsn) as con:
        con.execute("CALL postgres_execute('qzk', 'ALTER TABLE ybcb_xinxi RENAME COLUMN xm TO xingming')")
    with pytest.raises(duckdb.Error):
        fill_front_end(dsn, MONTHS[2:3], SCALE)
    with attached(dsn) as con:
        con.execute("CALL postgres_execute('qzk', 'ALTER TABLE ybcb_xinxi RENAME COLUMN xingming TO xm')")
    assert contents(dsn) == before
    assert ask(dsn, f"SELECT max(qc) AS last FROM {BATCHES}")["last"].to_list() == [FIRST_TWO[-1].period]


def test_feeds_with_a_table_leave_no_files(dsn, tmp_path: Path):
    order = Order(FIRST_TWO[1:], SCALE, feeds=("F03", "F36"))
    made = deliver(Paths(tmp_path), order, lambda month: tmp_path / month.period, dsn)
    assert [path.name for path in sorted((tmp_path / FIRST_TWO[1].period).iterdir())] == ["F36"]
    assert made.files == 1


def test_columns_are_called_by_their_first_letters():
    assert initials("公民身份号码") == "gmsfhm"
    assert initials("面积(㎡)") == "mj"
    assert columns(FEEDS["F07"])["wife_name"] == "nfxm2"
    with pytest.raises(ValueError, match="no common character"):
        initials("䶮")
