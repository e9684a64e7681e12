"""Children civil affairs look after: orphans, children nobody in fact brings up, children in hardship, children
left behind in the country.

Belongs here: who they are, what became of their parents, who brings them up. Does not belong here: the lists
(feeds/children_in_need.py).
"""

from typing import TYPE_CHECKING

import polars as pl

from prefecture.world import roles

if TYPE_CHECKING:
    from prefecture.world.world import World

ORPHAN, UNATTENDED, HARDSHIP, LEFT_BEHIND = "孤儿", "事实无人抚养儿童", "困境儿童", "农村留守儿童"
LIVING, DEAD, MISSING, IMPRISONED, DISABLED, UNREACHABLE, AWAY = (
    "健在",
    "死亡",
    "宣告失踪",
    "服刑",
    "重残",
    "失联",
    "外出务工",
)
_OTHER_ORPHANS, _HOME_ORPHANS, _UNATTENDED, _POOR, _ILL, _LEFT = 0.12, 0.006, 0.02, 0.35, 0.0015, 0.009
_STUDIES_ON, _OF_AGE, _LEFT_UNTIL, _MORE_YEARS = 0.5, "18y", "16y", "2y"


def draw_children_in_need(world: "World") -> pl.DataFrame:
    """One row per child: the columns of people, and `category`, `cause`, `father`, `mother` (pids, null if
    unknown), `father_state`, `mother_state`, `guardian` (pid, null for a home), `guardian_relation`,
    `listed_until` (the day the child leaves the lists), `entry_year`, `goes_on` (see schooling.py)."""
    rng, people = world.stream("children in need"), world.people
    school = world.schooling.select(pl.col("_pid").alias("pid"), "entry_year", "goes_on")
    lots = people.with_columns(
        pl.Series("lot", rng.random(people.height)), pl.Series("study_lot", rng.random(people.height))
    )
    minors = lots.filter(_is_child()).join(school, on="pid", how="left", maintain_order="left")
    children = with_family(minors, people)
    at_home = pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD])
    alone = pl.col("father").is_null() != pl.col("mother").is_null()
    rural = pl.col("village").str.slice(9, 1) != "0"
    category = (
        pl.when((pl.col("role") == roles.OTHER) & (pl.col("lot") < _OTHER_ORPHANS))
        .then(pl.lit(ORPHAN))
        .when((pl.col("role") == roles.COLLECTIVE) & (pl.col("lot") < _HOME_ORPHANS))
        .then(pl.lit(ORPHAN))
        .when(at_home & alone & (pl.col("lot") < _UNATTENDED))
        .then(pl.lit(UNATTENDED))
        .when(at_home & (pl.col("assist") == "低保") & (pl.col("lot") < _POOR))
        .then(pl.lit(HARDSHIP))
        .when(at_home & (pl.col("lot") > 1 - _ILL))
        .then(pl.lit(HARDSHIP))
        .when(at_home & rural & (pl.col("lot") < _LEFT))
        .then(pl.lit(LEFT_BEHIND))
    )
    listed = children.with_columns(category.alias("category")).filter(pl.col("category").is_not_null())
    studies = pl.col("goes_on") & (pl.col("study_lot") < _STUDIES_ON) & (pl.col("category") != LEFT_BEHIND)
    until = pl.when(pl.col("category") == LEFT_BEHIND).then(pl.lit(_LEFT_UNTIL)).otherwise(pl.lit(_OF_AGE))
    until = pl.col("birth").dt.offset_by(until)
    return with_causes(listed).with_columns(
        pl.when(studies).then(until.dt.offset_by(_MORE_YEARS)).otherwise(until).alias("listed_until")
    )


def with_family(children: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add `father` and `mother` (the couple of the household, for its children), `guardian` and
    `guardian_relation`."""
    lives_on = pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~pl.col("is_newborn")
    near = pl.col("household").is_in(children["household"].implode())
    adults = people.filter(near & lives_on & (pl.col("age") >= 20) & (pl.col("role") != roles.COLLECTIVE))
    couple = pl.col("role") <= roles.SPOUSE
    elder = pl.col("role").is_in([roles.PARENT, roles.OTHER_PARENT])
    family = adults.group_by("household").agg(
        pl.col("pid").filter(couple & (pl.col("sex") == 1)).min().alias("father"),
        pl.col("pid").filter(couple & (pl.col("sex") == 2)).min().alias("mother"),
        pl.col("pid").filter(elder).min().alias("elder"),
    )
    is_own = pl.col("role").is_in([roles.CHILD, roles.SECOND_CHILD])
    joined = children.join(family, on="household", how="left", maintain_order="left")
    first_parent = pl.coalesce("father", "mother")
    return (
        joined.with_columns(
            pl.when(pl.col("role") != roles.COLLECTIVE).then(pl.coalesce("elder", first_parent)).alias("guardian"),
            pl.when(pl.col("role") == roles.COLLECTIVE)
            .then(pl.lit("福利机构"))
            .when(~is_own)
            .then(pl.lit("其他亲属"))
            .when(pl.col("elder").is_not_null())
            .then(pl.lit("祖父母"))
            .otherwise(pl.lit("父母"))
            .alias("guardian_relation"),
        )
        .with_columns(pl.when(is_own).then(c).alias(c) for c in ("father", "mother"))
        .drop("elder")
    )


def _is_child() -> pl.Expr:
    registered = ~pl.col("is_floating") & ~pl.col("is_newborn")
    return registered & (pl.col("age") < 18)


def with_causes(children: pl.DataFrame) -> pl.DataFrame:
    """Add `cause`, `father_state` and `mother_state` to children with `category`, `father`, `mother`. Of those
    not orphans, the parent in the child's household is never said to be dead."""
    first = pl.col("pid") % 3
    present = (
        pl.when(pl.col("category") == ORPHAN)
        .then(pl.lit(DEAD))
        .when(pl.col("category") == LEFT_BEHIND)
        .then(pl.lit(AWAY))
        .when((pl.col("category") == UNATTENDED) & (first == 0))
        .then(pl.lit(IMPRISONED))
        .when(pl.col("category") == UNATTENDED)
        .then(pl.lit(DISABLED))
        .otherwise(pl.lit(LIVING))
    )
    absent = (
        pl.when(pl.col("category") == UNATTENDED)
        .then(pl.when(first == 2).then(pl.lit(UNREACHABLE)).otherwise(pl.lit(DEAD)))
        .otherwise(present)
    )
    cause = (
        pl.when(pl.col("category") == ORPHAN)
        .then(pl.lit("父母双亡"))
        .when(pl.col("category") == LEFT_BEHIND)
        .then(pl.lit("父母外出务工"))
        .when(pl.col("category") == UNATTENDED)
        .then(pl.lit("父母一方") + absent + pl.lit("、另一方") + present)
        .when(pl.col("assist") == "低保")
        .then(pl.lit("低保家庭儿童"))
        .otherwise(pl.lit("重病重残儿童"))
    )
    state = {p: pl.when(pl.col(p).is_null()).then(absent).otherwise(present) for p in ("father", "mother")}
    return children.with_columns(cause.alias("cause"), *(s.alias(f"{p}_state") for p, s in state.items()))
