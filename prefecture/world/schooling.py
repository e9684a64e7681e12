"""Which school every child goes to, term by term.

Belongs here: schools, who attends which in which grade, and who rightly does not. Does not belong here: what
the education office writes down (feeds/school_rolls.py). Yantai teaches by 五四学制: five years of primary
and four of junior school; a child enters in the September by whose 31 August it has turned six.
"""

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from prefecture.world.world import World

COMPULSORY, LAST_GRADE = 9, 12
_PRIMARY_GRADES = 5
_AWAY_SHARE, _SENIOR_SHARE, _VOCATIONAL_SHARE = 0.01, 0.94, 0.38
_PRIMARY, _JUNIOR, _SENIOR, _VOCATIONAL = "21", "31", "34", "36"
_EARLIEST, _LATEST = date(2005, 9, 1), date(2019, 8, 31)


def school_year(at: date) -> int:
    """The year in whose September the school year of a day began."""
    return at.year - (at.month < 9)


def entry_year(birth: str) -> pl.Expr:
    """The school year in which a child born on a day enters the first grade."""
    day = pl.col(birth)
    return day.dt.year() + pl.when(day.dt.month() <= 8).then(6).otherwise(7)


def grade_at(birth: str, at: date) -> pl.Expr:
    """The grade (1 to 9 compulsory, 10 to 12 senior) a child of a birth date is in on a day."""
    return school_year(at) - entry_year(birth) + 1


def draw_schooling(world: "World") -> pl.DataFrame:
    """One row per person who is of school age at any time: `_pid`, `entry_year`, `place` and `moved_from`
    (townships of the school and, for a few, of an earlier one), `is_away` (goes to school in another county),
    and lots: `goes_on` (into senior school), `kind` (vocational below 0.38), `which`, `fate`."""
    rng, people = world.stream("schooling"), world.people
    lots = pl.DataFrame({name: rng.random(people.height) for name in ("away", "goes", "kind", "which", "fate", "from")})
    townships = _townships(world)["township"]
    elsewhere = townships.gather((lots["which"] * len(townships)).floor().cast(pl.Int64))
    rows = pl.concat([people, lots], how="horizontal").with_columns(elsewhere.alias("elsewhere"))
    rows = rows.filter(pl.col("birth").is_between(_EARLIEST, _LATEST) & ~pl.col("is_newborn"))
    away = (pl.col("away") < _AWAY_SHARE) & (pl.col("elsewhere").str.head(6) != pl.col("residence").str.head(6))
    return rows.select(
        pl.col("pid").alias("_pid"),
        entry_year("birth").alias("entry_year"),
        pl.when(away).then("elsewhere").otherwise("residence_township").alias("place"),
        away.alias("is_away"),
        (pl.col("goes") < _SENIOR_SHARE).alias("goes_on"),
        "kind",
        "which",
        "fate",
        pl.when(pl.col("from") < 0.004).then("township").alias("moved_from"),
    )


def school_codes(place: pl.Expr, grade: pl.Expr, kind: pl.Expr, which: pl.Expr) -> pl.Expr:
    """学校标识码 (10 digits): the sort of school, 37, and its township's number; senior schools are the
    county's."""
    sort = (
        pl.when(grade <= _PRIMARY_GRADES)
        .then(pl.lit(_PRIMARY))
        .when(grade <= COMPULSORY)
        .then(pl.lit(_JUNIOR))
        .when(kind < _VOCATIONAL_SHARE)
        .then(pl.lit(_VOCATIONAL))
        .otherwise(pl.lit(_SENIOR))
    )
    number = pl.when(grade <= COMPULSORY).then(place.str.slice(4, 5)).otherwise(place.str.slice(4, 2) + "000")
    turn = 1 + (which * 2).floor().cast(pl.Int64)
    return pl.concat_str(sort, pl.lit("37"), number, turn.cast(pl.String))


def school_names(world: "World") -> pl.DataFrame:
    """`school_code`, `school_name`, `school_county` of all schools there can be."""
    places = _townships(world)
    local = places.select("township", "county_name", pl.col("short").alias("owner"))
    counties = places.unique("county_name", keep="first", maintain_order=True).select(
        (pl.col("township").str.head(6) + "000").alias("township"),
        "county_name",
        pl.col("county_name").str.replace("(市|区|县)$", "").alias("owner"),
    )
    sorts = ((_PRIMARY, "小学", local), (_JUNIOR, "初级中学", local))
    sorts += ((_SENIOR, "高级中学", counties), (_VOCATIONAL, "职业中等专业学校", counties))
    return pl.concat(
        owners.select(
            pl.concat_str(pl.lit(f"{sort}37"), pl.col("township").str.slice(4, 5), pl.lit(str(turn))).alias(
                "school_code"
            ),
            pl.concat_str("county_name", "owner", pl.lit(f"第{'一二'[turn - 1]}{title}")).alias("school_name"),
            pl.col("township").str.head(6).alias("school_county"),
        )
        for sort, title, owners in sorts
        for turn in (1, 2)
    )


def _townships(world: "World") -> pl.DataFrame:
    short = pl.col("township_name").str.replace("(街道办事处|街道|镇|乡)$", "").alias("short")
    named = world.divisions.villages.filter(~pl.col("is_virtual")).select(
        pl.col("township_code").alias("township"), "county_name", short
    )
    return named.unique("township", keep="first", maintain_order=True)
