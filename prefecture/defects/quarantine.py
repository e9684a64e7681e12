"""Rows no reader can take in: ids stored as numbers, 「3月」 as a date, blank names.

Belongs here: single bad rows and their entry in the register. Does not belong here: whole deliveries
(output/deliveries.py). Nothing else may follow from a row that is missing.
"""

import polars as pl

from prefecture.defects.common import is_resurveyed, plain, settled
from prefecture.months import FIRST, MONTHS, Month
from prefecture.output.whereabouts import MARK
from prefecture.output.workbook import NUMBER_SUFFIX, TEXT_SUFFIX
from prefecture.stage import Stage, only, per_person

_COUNTY, _OTHER_COUNTIES = "370602", ("370681", "370682", "370683")
NUMERIC, DATE, REQUIRED = "E_ID_NUMERIC", "E_DATE", "E_REQUIRED"


def plant_quarantine(stage: Stage) -> None:
    """Plant rows for the quarantine of single rows."""
    poor = settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75)
    digits = poor & (pl.col("county_code") == _COUNTY) & ~pl.col("id_no").str.ends_with("X")
    for month, count in ((FIRST, 4), (MONTHS[1], 3), (MONTHS[10], 2)):
        people = stage.take(digits, stage.count(count))
        number = pl.col("id_no").cast(pl.Float64).alias("id_no" + NUMBER_SUFFIX)
        _mark_payment(stage, people, month, NUMERIC, number)
    nameless = stage.take(poor & pl.col("county_code").is_in(_OTHER_COUNTIES), stage.count(3))
    _mark_payment(stage, nameless, FIRST, REQUIRED, pl.lit(None, pl.String).alias("name"))
    vague = stage.take(plain() & is_resurveyed() & stage.listed("F31"), stage.count(4, 2))
    table = per_person(vague, pl.lit("3月").alias("survey_date" + TEXT_SUFFIX), pl.lit(DATE).alias(MARK))
    stage.edit("F31", only(0), table)
    holders = stage.truth("F11").filter(pl.col("subsidy_status") == "无")["_pid"]
    blank = stage.take(plain() & stage.among(holders), stage.count(2))
    nothing = pl.lit(None, pl.String).alias("name")
    stage.edit("F11", only(0), per_person(blank, nothing, pl.lit(REQUIRED).alias(MARK)))


def _mark_payment(stage: Stage, people: pl.DataFrame, month: Month, code: str, *values: pl.Expr) -> None:
    table = per_person(people, *values, pl.lit(month.month).alias("pay_month"), pl.lit(code).alias(MARK))
    stage.edit("F08", only(month.index), table, ("_pid", "pay_month"))
