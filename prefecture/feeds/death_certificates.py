"""F04: death certificates.

Belongs here: certificates that follow from people's lives. Does not belong here: deaths only one department
knows of (defects/), though they are formed with the same functions.
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.hukou_events import in_month
from prefecture.months import Month
from prefecture.output.workbook import DATE_SUFFIX, Heading
from prefecture.world.world import World

_CERTIFIED_SHARE, _BLANK_ID_SHARE = 0.96, 0.09
_PLACES = np.array(["医院病房", "家中", "医院急诊", "养老机构", "其他场所"])
LAYOUT = (
    Heading("cert_no", "死亡证编号", width=20),
    Heading("name", "姓名", "死者信息"),
    Heading("sex_name", "性别", "死者信息", 8),
    Heading("id_no", "公民身份号码", "死者信息", 22),
    Heading("birth_date", "出生日期", "死者信息"),
    Heading("division_code", "常住地区划", "死者信息", 16),
    Heading("death_date", "死亡日期", "死亡信息", 16),
    Heading("death_place", "死亡地点", "死亡信息"),
)


def death_certificates(world: World, month: Month) -> pl.DataFrame:
    """Rows of F04 of the month; every eleventh certificate has no id."""
    rng, people = world.stream("certificates"), world.people
    lots = pl.DataFrame({"certified": rng.random(people.height), "blank": rng.random(people.height)})
    rows = pl.concat([people, lots], how="horizontal")
    rows = in_month(rows, "death_date", month).filter(pl.col("certified") < _CERTIFIED_SHARE)
    blank = pl.when(pl.col("blank") < _BLANK_ID_SHARE).then(None).otherwise("id_no")
    return certificate_rows(rows, pl.col("death_date")).with_columns(rows.select(blank.alias("id_no")).to_series())


def certificate_rows(people: pl.DataFrame, on: pl.Expr) -> pl.DataFrame:
    """Rows of F04 about `people` who died on the day `on`."""
    return people.select(
        pl.col("pid").alias("_pid"),
        "name",
        pl.when(pl.col("sex") == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex_name"),
        "id_no",
        pl.col("birth").alias("birth_date"),
        pl.col("village").alias("division_code"),
        on.alias("death_date"),
        pl.Series(_PLACES).gather((people["pid"] * 7 % len(_PLACES)).cast(pl.UInt32)).alias("death_place"),
    )


def numbered(frame: pl.DataFrame, month: Month) -> pl.DataFrame:
    """The certificates with their number."""
    person = pl.col("_pid").cast(pl.String).str.zfill(9)
    return frame.with_columns((pl.lit(f"SW3706{month.period}") + person).alias("cert_no"))


def with_written_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates of death as clerks write them, in five forms of text and as real dates."""
    day = pl.col("death_date")
    year, month, of_month = (part.cast(pl.String) for part in (day.dt.year(), day.dt.month(), day.dt.day()))
    form = pl.int_range(pl.len()) % 6
    written = (
        pl.when(form == 0)
        .then(day.dt.strftime("%Y-%m-%d"))
        .when(form == 1)
        .then(pl.concat_str(year, month, of_month, separator="."))
        .when(form == 2)
        .then(pl.concat_str(year, month, of_month, separator="/"))
        .when(form == 3)
        .then(pl.concat_str(year, pl.lit("年"), month, pl.lit("月"), of_month, pl.lit("日")))
        .otherwise(day.dt.strftime("%Y%m%d"))
    )
    return frame.with_columns(
        written.alias("death_date"), pl.when(form == 5).then(day).alias("death_date" + DATE_SUFFIX)
    )


FEED = Feed(
    code="F04",
    title="死亡医学证明",
    kind="events",
    rows=death_certificates,
    keys=("cert_no",),
    order=("death_date", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    heading="烟台市{year}年{month}月死亡医学证明登记汇总表",
    footnote="注：本表由各级医疗机构死因登记系统汇总，死亡日期以医学证明为准。",
    finish=numbered,
    written=with_written_dates,
)
