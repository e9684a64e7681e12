"""Hard negatives of R01 and R02: numbers that look odd and are right.

Belongs here: what no rule may take for an error. Does not belong here: errors (identity.py,
contradiction.py).
"""

import polars as pl

from prefecture.defects.common import plain, record_keys
from prefecture.defects.identity_numbers import full_width
from prefecture.stage import ALWAYS, Stage, per_person


def plant_lookalikes(stage: Stage) -> None:
    """Register them, and retype some ids the way clerks do."""
    register = stage.register
    old = stage.take(plain() & pl.col("id_no").str.starts_with("3721"), stage.count(6, 2))
    register.hard_negative("R01", "F01", record_keys("F01", old), "烟台地区旧区划号码(3721)", old)
    permits = stage.take(pl.col("id_no").str.contains("^8[123]") & stage.listed("F31"), stage.count(9, 3))
    keys = record_keys("F31", stage.rows("F31", permits))
    register.hard_negative("R01", "F31", keys, "港澳台居民居住证号码", permits)
    for feed in ("F20", "F17"):
        lower = stage.take(plain() & stage.listed(feed) & pl.col("id_no").str.ends_with("X"), stage.count(5, 2))
        _retype(stage, feed, lower, lower["id_no"].str.to_lowercase(), "末位小写 x")
    wide = stage.take(plain() & stage.listed("F20"), stage.count(3))
    _retype(stage, "F20", wide, full_width(wide["id_no"]), "全角数字")
    twins = stage.take(plain() & (pl.len().over("household", "birth") > 1), stage.count(5, 2))
    for rule in ("R01", "R02"):
        register.hard_negative(rule, "F01", record_keys("F01", twins), "双胞胎，只有顺序码不同", twins)
    blank = stage.take(plain() & stage.listed("F20"), stage.count(4))
    nothing = pl.lit(None, pl.Date).alias("birth_date"), pl.lit(None, pl.String).alias("sex_code")
    stage.edit("F20", ALWAYS, per_person(blank, *nothing))
    keys = record_keys("F20", stage.rows("F20", blank))
    register.hard_negative("R02", "F20", keys, "生日和性别未填", blank)
    pairs = stage.people.filter(pl.col("namesake") % 2 == 0)
    for rule in ("R01", "R02"):
        register.hard_negative(rule, "F01", record_keys("F01", pairs), "同名同生日的两个人", pairs)


def _retype(stage: Stage, feed: str, people: pl.DataFrame, typed: pl.Series, what: str) -> None:
    rows = stage.rows(feed, people)
    who = rows.select(pid="_pid").join(people.select("pid", "township"), on="pid", maintain_order="left")
    stage.edit(feed, ALWAYS, per_person(people, typed.alias("id_no")))
    stage.register.hard_negative("R01", feed, record_keys(feed, rows), what, who)
