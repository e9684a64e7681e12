"""Rows no reader can take in: ids stored as numbers, 「3月」 as a date, blank names.

Belongs here: single bad rows and their entry in the register. Does not belong here: whole deliveries
(deliveries.py). Nothing else may follow from a row that is missing.
"""

import polars as pl

from pipelines.prefecture.defects.common import is_resurveyed, plain, settled
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.output.files import MARK
from pipelines.prefecture.output.workbook import NUMBER_SUFFIX, TEXT_SUFFIX
from pipelines.prefecture.stage import Stage, per_person

_COUNTY, _OTHER_COUNTIES = "370602", ("370681", "370682", "370683")
NUMERIC, DATE, REQUIRED = "E_ID_NUMERIC", "E_DATE", "E_REQUIRED"


def plant_quarantine(stage: Stage) -> None:
    """Plant rows for the quarantine of single rows."""
    poor = settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75)
    digits = poor & (pl.col("county_code") == _COUNTY) & ~pl.col("id_no").str.ends_with("X")
    for turn, count in ((FIRST, 4), (SECOND, 3)):
        people = stage.take(digits, stage.count(count))
        number = pl.col("id_no").cast(pl.Float64).alias("id_no" + NUMBER_SUFFIX)
        _mark_month(stage, people, turn.number, turn.month, NUMERIC, number)
    nameless = stage.take(poor & pl.col("county_code").is_in(_OTHER_COUNTIES), stage.count(3))
    _mark_month(stage, nameless, FIRST.number, FIRST.month, REQUIRED, pl.lit(None, pl.String).alias("name"))
    vague = stage.take(plain() & is_resurveyed() & stage.listed("F31"), stage.count(4, 2))
    table = per_person(vague, pl.lit("3月").alias("survey_date" + TEXT_SUFFIX), pl.lit(DATE).alias(MARK))
    stage.mark("F31", FIRST.number, table)
    holders = stage.feeds["F11", 1].filter(pl.col("subsidy_status") == "无")["_pid"]
    blank = stage.take(plain() & pl.col("pid").is_in(holders.implode()), stage.count(2))
    stage.mark(
        "F11",
        FIRST.number,
        per_person(blank, pl.lit(None, pl.String).alias("name"), pl.lit(REQUIRED).alias(MARK)),
    )


def _mark_month(
    stage: Stage, people: pl.DataFrame, turn: int, month: str, code: str, *values: pl.Expr
) -> None:
    table = per_person(people, *values, pl.lit(month).alias("pay_month"), pl.lit(code).alias(MARK))
    stage.mark("F08", turn, table, ("_pid", "pay_month"))
