"""What can happen to a file, shown on one of a handful of rows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS
from prefecture.output import accidents as so
from prefecture.output.plans import FilePlan

NUMBERS = [f"37060219800101{n:04d}" for n in range(40)]
FEED = Feed(
    "F99", "试验", "snapshot", None, ("id_no",), (), {"id_no": "身份证号", "name": "姓名", "town": "地址"}, people=()
)


@pytest.fixture
def plan(tmp_path: Path) -> FilePlan:
    rows = pl.DataFrame({"id_no": NUMBERS, "name": ["王芳"] * 40, "town": ["某街道"] * 40, "_touched": [False] * 40})
    (tmp_path / "parts" / "370600_202404").mkdir(parents=True)
    part = tmp_path / "parts" / "370600_202404" / "000.arrow"
    rows.write_ipc(part)
    return FilePlan(FEED, MONTHS[3], "370600", "202404", (part,), FEED.layout)


def lines(plan: FilePlan, tmp_path: Path) -> list[str]:
    """The file's lines as they are read."""
    (written,) = {w.file for w in plan.write(tmp_path)}
    return (tmp_path / "F99" / written).read_bytes().decode(plan.encoding, errors="replace").split("\r\n")


def cells(plan: FilePlan, tmp_path: Path) -> list[list[str]]:
    return [line.split(",") for line in lines(plan, tmp_path)[1:-1]]


def test_a_text_is_cut_in_the_middle_of_a_line(plan, tmp_path):
    for encoding in ("utf-8", "gb18030"):
        found = lines(so.cut_in_a_line(replace(plan, encoding=encoding)), tmp_path)
        assert 20 < len(found) < 30 and 0 < len(found[-1]) < len(found[-2])


@pytest.mark.parametrize(
    ("alter", "first"),
    [
        (so.shifted("id_no"), ["", "王芳", "某街道"]),
        (so.rounded("id_no"), ["370602198001010000", "王芳", "某街道"]),
        (so.swapped("id_no", "name"), ["王芳", NUMBERS[0], "某街道"]),
        (so.blank("town"), [NUMBERS[0], "王芳", ""]),
        (so.full_width("id_no"), ["３７０６０２１９８００１０１００００", "王芳", "某街道"]),
        (so.garbled_cells, [NUMBERS[0], "鐜嬭姵", "鏌愯\ue51c閬\ufffd"]),
        (so.with_extra_column("memo", "备注", pl.lit("无")), [NUMBERS[0], "王芳", "某街道", "无"]),
        (so.reordered, ["某街道", "王芳", NUMBERS[0]]),
        (so.without("name"), [NUMBERS[0], "某街道"]),
    ],
)
def test_what_stands_in_the_first_row(plan, tmp_path, alter: so.Alter, first: list[str]):
    found = cells(alter(plan), tmp_path)
    assert found[0] == first
    assert len(found) == 40


def test_numbers_shifted_or_rounded_below_the_first_row(plan, tmp_path):
    assert [row[0] for row in cells(so.shifted("id_no")(plan), tmp_path)] == ["", *NUMBERS[:-1]]
    assert {row[0] for row in cells(so.rounded("id_no")(plan), tmp_path)} == {"370602198001010000"}


@pytest.mark.parametrize(
    ("alter", "count"),
    [(so.halved, 18), (so.repeated(3), 120), (so.repeated(1.5), 60), (so.fewer(0.05), 38), (so.emptied, 0)],
)
def test_how_many_rows_there_are(plan, tmp_path, alter: Callable, count: int):
    assert len(cells(alter(plan), tmp_path)) == count


def test_nothing_planted_is_among_the_rows_left_out(plan, tmp_path):
    rows = pl.read_ipc(plan.parts[0]).with_columns(pl.lit(True).alias("_touched"))
    rows.write_ipc(plan.parts[0])
    assert len(cells(so.fewer(0.05)(plan), tmp_path)) == 40


def test_a_garbled_text_has_no_heading_anyone_knows(plan, tmp_path):
    for encoding in ("utf-8", "gb18030"):
        found = lines(so.garbled(replace(plan, encoding=encoding)), tmp_path)
        assert found[0].count(",") == 2 and not {*found[0].split(",")} & {*FEED.layout.values()}
        assert [line.split(",")[0] for line in found[1:-1]] == NUMBERS


def test_other_rows_lie_beside_the_own_ones(plan, tmp_path):
    beside = plan.parts[0].parent.with_name("370600_202404+flood")
    beside.mkdir()
    pl.read_ipc(plan.parts[0]).head(3).write_ipc(beside / "000.arrow")
    assert len(cells(so.of_other_rows("flood")(plan), tmp_path)) == 3


def test_accidents_add_up(plan, tmp_path):
    found = cells(so.blank("town")(so.swapped("id_no", "name")(so.halved(plan))), tmp_path)
    assert found == [["王芳", number, ""] for number in NUMBERS[:18]]
