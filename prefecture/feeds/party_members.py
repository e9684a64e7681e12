"""F32: party organisations and where their members have reported for duty (双报到).

Belongs here: the smallest set of columns townships may see. Does not belong here: names and id numbers;
members stand under a number of their own. Members at work belong to a branch of the county's organs, the
others to the branch of their village; both report to the grid they live in.
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.lots import days_between
from prefecture.world.vital import is_present
from prefecture.world.world import World

_SHARE, _PROBATIONARY_SHARE, _REPORTED_SHARE = 0.073, 0.03, 0.9
_CITY = "001.037.006"
_DUTIES = ("政策宣传", "环境整治", "矛盾调解", "扶老助残", "文明劝导", "安全巡查")
_EDUCATION = ("20", "30", "40", "60", "70")
LAYOUT = (
    Heading("tree_version", "组织树版本", width=12),
    Heading("organisation_code", "党组织代码", "党组织", 28),
    Heading("organisation_name", "党组织名称", "党组织", 34),
    Heading("superior_organisation_code", "上级党组织代码", "党组织", 24),
    Heading("member_no", "党员编号", "党员", 18),
    Heading("political_code", "政治面貌代码", "党员", 14),
    Heading("education_code", "学历代码", "党员", 10),
    Heading("joined_month", "入党年月", "党员", 12),
    Heading("grid_code", "报到网格编码", "双报到", 18),
    Heading("report_status_name", "报到状态", "双报到", 10),
    Heading("duty_name", "认领岗位", "双报到"),
)


def members(world: World, month: Month) -> pl.DataFrame:
    """All rows of F32 with `_pid` and `_county`: members of 18 and more who live here."""
    rng, people = world.stream("party"), world.people
    lots = pl.DataFrame(
        {
            "party": rng.random(people.height),
            "probation": rng.random(people.height),
            "reports": rng.random(people.height),
            "duty": rng.integers(0, len(_DUTIES), people.height),
            "school": rng.integers(0, len(_EDUCATION), people.height),
            "joined": days_between(rng, "1965-07-01", "2023-06-30", people.height),
        }
    )
    rows = pl.concat([people, lots], how="horizontal").filter(
        (pl.col("party") < _SHARE) & (pl.col("age") >= 18) & ~pl.col("is_floating") & is_present(month.as_of)
    )
    works = pl.col("pid").is_in(world.employment["_pid"].unique().implode())
    rows = rows.join(_places(world), on="village", how="left", maintain_order="left").with_columns(works.alias("works"))
    parent = _dotted(pl.col("county_code").str.slice(3), pl.when("works").then(pl.lit("900")).otherwise(_township()))
    unit = pl.when("works").then((1 + pl.col("pid") % 40).cast(pl.String).str.zfill(3)).otherwise(_village())
    of_age = pl.col("birth").dt.offset_by("19y")
    return rows.select(
        pl.col("pid").alias("_pid"),
        pl.col("county_code").alias("_county"),
        pl.lit(f"{month.as_of.year}-{1 + (month.as_of.month > 6)}").alias("tree_version"),
        pl.concat_str(parent, unit, separator=".").alias("organisation_code"),
        pl.when("works")
        .then(pl.concat_str(pl.lit("中共"), "county_name", pl.lit("直属机关第"), unit, pl.lit("党支部")))
        .otherwise(pl.concat_str(pl.lit("中共"), "township_name", "short_name", pl.lit("党支部")))
        .alias("organisation_name"),
        parent.alias("superior_organisation_code"),
        member_no("pid").alias("member_no"),
        pl.when(pl.col("probation") < _PROBATIONARY_SHARE)
        .then(pl.lit("02"))
        .otherwise(pl.lit("01"))
        .alias("political_code"),
        pl.lit(pl.Series(_EDUCATION)).gather("school").alias("education_code"),
        pl.when(pl.col("probation") < _PROBATIONARY_SHARE)
        .then(pl.lit(date(2023, 7, 1)))
        .otherwise(pl.max_horizontal("joined", of_age).clip(None, date(2022, 12, 31)))
        .dt.strftime("%Y-%m")
        .alias("joined_month"),
        pl.col("grid").alias("grid_code"),
        pl.when(pl.col("reports") < _REPORTED_SHARE)
        .then(pl.lit("已报到"))
        .otherwise(pl.lit("未报到"))
        .alias("report_status_name"),
        pl.when(pl.col("reports") < _REPORTED_SHARE).then(pl.lit(pl.Series(_DUTIES)).gather("duty")).alias("duty_name"),
    )


def member_no(person: str) -> pl.Expr:
    """The number under which the organisation department speaks of a member outside its own house."""
    return pl.lit("DY") + (pl.col(person) * 2_654_435_761 % 1_000_000_007_000).cast(pl.String).str.zfill(13)


def _township() -> pl.Expr:
    return pl.col("village").str.slice(6, 3)


def _village() -> pl.Expr:
    return pl.col("village").str.slice(9, 3)


def _dotted(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(_CITY), *parts, separator=".")


def _places(world: World) -> pl.DataFrame:
    return world.divisions.villages.select(
        pl.col("code").alias("village"), "county_name", "township_name", "short_name"
    )


FEED = Feed(
    code="F32",
    title="党员双报到",
    kind="snapshot",
    rows=members,
    keys=("member_no",),
    order=("_county", "organisation_code", "_pid"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    every=3,
    heading="{county}{year}年{month}月党员双报到情况表",
    footnote="注：党员以编号列示，不含姓名和身份证号。",
    people=(),
)
