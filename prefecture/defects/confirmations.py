"""R48: reports confirmed wrongly.

Belongs here: cells of F90. Does not belong here: what a report counts (feeds/reports.py).

R48 finds a cell (entity `report_cell`, cell_no) by its last version, unless that was sent back (已退回), when
  * it is a township's, gives no reason, and its value differs from what the feeds delivered up to its
    as_of_date say: rows of F01 with status 正常 (户籍登记人口), those among them aged 80 on that day
    (80岁以上户籍人口), rows of F08 of that month with category 低保 that can be read (低保对象人数); a row counts
    where its division_code, or the village it leads to by successor_code in F36, is in force; or
  * it is a county's, and its value differs from the sum of the first versions of the cells that name it as
    parent_cell_no; or
  * second_count is less than 2 seconds per 100 of row_count.
"""

from collections.abc import Iterator

import polars as pl

from prefecture.defects.common import Wave, entity_keys
from prefecture.feeds.reports import (
    ASSISTED,
    INDICATORS,
    LEAST_PACE,
    REPORT,
    RESIDENTS,
    RETURNED,
    numbered,
    townships,
)
from prefecture.months import FIRST, MONTHS, Month
from prefecture.stage import Stage, only

_LATER = (4, 8, 12, 16, 20)
_NIGHT_SECONDS = 50_000


def plant_confirmations(stage: Stage) -> None:
    """Plant R48, as many at every scale: 8 values and 7 hurried confirmations of townships and 3 sums of
    counties in the first month, 2, 2 and 1 in the second, one of each every fourth month after it; of the
    first ones a quarter is sent back a month later, every other one of the last two months later."""
    cells = _Cells(stage)
    for wave in _waves(8, 2):
        wrong = cells.take(wave.count(stage))
        shift = pl.int_range(1, pl.len() + 1) % 9 + 1
        _plant(stage, wave, wrong, "确认值与按截止日期重算的结果不一致", shift.alias("_shift"))
    for wave in _waves(7, 2):
        hurried = cells.take(wave.count(stage), pl.col("has_people"))
        _plant(stage, wave, hurried, "确认过快，每百行不足2秒", pl.lit(LEAST_PACE * 0.45).alias("_pace"))
    for wave in _waves(3, 1):
        sums = cells.take(wave.count(stage), level=6)
        shift = pl.when(pl.int_range(pl.len()) % 2 == 0).then(5).otherwise(11)
        _plant(stage, wave, sums, "县级合计与各镇街之和不一致", shift.alias("_shift"))
    _harmless(stage, cells)


def _waves(first: int, second: int) -> Iterator[Wave]:
    yield Wave(0, 0, first, 1 / 4, 1)
    yield Wave(1, 0, second)
    for place, month in enumerate(_LATER):
        yield Wave(month, 0, 1, place % 2, month + 2)


class _Cells:
    """Cells of the shard's townships and counties, each to be taken for one month only."""

    def __init__(self, stage: Stage) -> None:
        leaves = townships(stage.world)
        counties = leaves.select("_county", division_code="_county").unique(maintain_order=True)
        units = pl.concat([leaves, counties], how="diagonal")
        indicators = pl.DataFrame({"indicator_name": list(INDICATORS), "indicator_code": list(INDICATORS.values())})
        lived_in = stage.people["township"].unique()
        poor = stage.people.filter(pl.col("assist") == "低保")["township"].unique()
        township = pl.col("division_code")
        cells = units.join(indicators, how="cross").with_columns(
            (township.is_in(lived_in.implode()) & (pl.col("indicator_name") == RESIDENTS)).alias("has_people"),
            (~township.is_in(poor.implode()) & (pl.col("indicator_name") == ASSISTED)).alias("is_zero"),
        )
        self._left = cells[stage.rng("cells").permutation(cells.height)]

    def take(self, count: int, where: pl.Expr | None = None, level: int = 9) -> pl.DataFrame:
        """Up to `count` cells of townships (or counties, level 6) that meet `where`."""
        found = self._left.filter(pl.col("division_code").str.len_chars() == level)
        chosen = (found if where is None else found.filter(where)).head(count)
        self._left = self._left.join(chosen, on=["division_code", "indicator_code"], how="anti", maintain_order="left")
        return chosen


def _plant(stage: Stage, wave: Wave, cells: pl.DataFrame, what: str, *changes: pl.Expr) -> None:
    cells = numbered(cells, wave.month)
    stage.edit("F90", only(wave.since), cells.select("cell_no", *changes), ("cell_no",))
    returned = cells.head(wave.fixed_of(cells.height))
    if returned.height:
        _send_back(stage, returned, wave.month, wave.until)
    stage.register.defect("R48", "F90", _keys(cells), what, _who(cells), wave.since, wave.untils(cells.height))


def _send_back(stage: Stage, cells: pl.DataFrame, month: Month, index: int) -> None:
    """A second version that says the first one does not count."""
    rows = cells.drop("has_people", "is_zero").with_columns(
        pl.lit(f"BB{month.period}").alias("report_no"),
        pl.lit(REPORT).alias("report_name"),
        pl.lit(2).alias("version_no"),
        pl.lit(month.as_of).alias("as_of_date"),
        pl.lit(RETURNED).alias("status_name"),
        pl.lit(f"{MONTHS[index].as_of} 10:00:00").alias("confirmed_time"),
        pl.lit("上级复核退回").alias("reason"),
        pl.lit(0, pl.Int64).alias("_shift"),
    )
    stage.add("F90", only(index), rows)


def _harmless(stage: Stage, cells: _Cells) -> None:
    reason = pl.lit("村（社区）核实：死亡未销户，核减").alias("reason")
    kinds = (
        (cells.take(stage.count(0, 5), pl.col("has_people")), "更正值附有原因", (pl.lit(-1).alias("_shift"), reason)),
        (cells.take(stage.count(0, 4), pl.col("has_people")), "核对速度正好到界限", (_pace(LEAST_PACE),)),
        (cells.take(stage.count(0, 4)), "隔夜才确认", (pl.lit(_NIGHT_SECONDS).alias("_leisure"),)),
        (cells.take(stage.count(0, 4), pl.col("is_zero")), "本镇街确无低保对象，零值", ()),
    )
    for chosen, what, changes in kinds:
        chosen = numbered(chosen, FIRST)
        if changes:
            stage.edit("F90", only(0), chosen.select("cell_no", *changes), ("cell_no",))
        stage.register.hard_negative("R48", "F90", _keys(chosen), what, _who(chosen))


def _pace(seconds: float) -> pl.Expr:
    return pl.lit(seconds).alias("_pace")


def _keys(cells: pl.DataFrame) -> pl.Series:
    return entity_keys("report_cell", cells, "cell_no")


def _who(cells: pl.DataFrame) -> pl.DataFrame:
    is_township = pl.col("division_code").str.len_chars() == 9
    return cells.select(pl.when(is_township).then("division_code").alias("township"))
