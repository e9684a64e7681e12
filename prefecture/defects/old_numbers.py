"""Enterprises named by a number of before October 2015, in departments whose rows are older than the credit code.

Belongs here: 工商注册号 and 组织机构代码 in feeds that have a column of codes, right ones and such as lead nowhere;
each is an R05, too. Does not belong here: damaged credit codes (credit.py).
None is in F34: whoever stands there is a case of grants.py already.
"""

import polars as pl

from prefecture.defects.common import entity_keys
from prefecture.stage import ALWAYS, Stage
from prefecture.world.enterprises import ONE_CODE_SINCE

_COLUMNS = {"F15": "uscc", "F16": "uscc", "F17": "employer_code", "F19": "employer_code", "F25": "uscc"}
_RIGHT = ("注册号", "组织机构代码", "组织机构代码（带连字符）")
_TWICE = "注册号重复登记"
_KINDS = (*_RIGHT, "注册号校验位不对", "组织机构代码校验位不对", _TWICE)
_LARGEST_STAFF = 12
_NEXT = {str(i): str((i + 1) % 10) for i in range(10)} | {"X": "0"}


def plant_old_numbers(stage: Stage) -> None:
    """At 1 %, 18 enterprises in each of five feeds, in turn by the six kinds of number."""
    for feed, column in _COLUMNS.items():
        _plant(stage, feed, column, stage.count(18, 6))


def _plant(stage: Stage, feed: str, column: str, count: int) -> None:
    old = (pl.col("established_date") < ONE_CODE_SINCE) & (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
    told = stage.truth(feed).filter(pl.col(column).is_not_null())["_eid"].drop_nulls().unique()
    there = old & pl.col("_eid").is_in(told.implode())
    if feed == "F15":  # a place that states no licence would lose it, which is R40's to plant
        nameless = stage.world.premises.filter(pl.col("licence_kind").is_not_null() & ~pl.col("states_licence"))["_eid"]
        there = there & ~pl.col("_eid").is_in(nameless.drop_nulls().implode())
    if feed == "F16":  # whose declaration leads nowhere still insures somebody, else it would be R37's
        there = there & pl.col("_eid").is_in(stage.world.employment["_eid"].drop_nulls().unique().implode())
    if column == "employer_code":  # part of what a row is known by, so nobody's who is a case of this feed
        cases = [change.table["_pid"] for change in stage.log.changes.get(feed, []) if "_pid" in change.table.columns]
        jobs = stage.world.employment
        staff = jobs.with_columns(jobs["_pid"].is_in(pl.concat([jobs["_pid"].head(0), *cases]).implode()).alias("case"))
        staff = staff.group_by("_eid").agg(pl.len().alias("staff"), pl.col("case").any())
        small = staff.filter((pl.col("staff") <= _LARGEST_STAFF) & ~pl.col("case"))["_eid"]
        there = there & pl.col("_eid").is_in(small.drop_nulls().implode())
    firms = stage.take_firms(there, count)
    kinds = pl.Series("kind", [_KINDS[i % len(_KINDS)] for i in range(firms.height)], dtype=pl.String)
    firms = firms.with_columns(kinds)
    numbers = old_numbers(firms)
    _register_twice(stage, firms.filter(kinds == _TWICE), old)
    meant = firms.select(pl.when(pl.col("kind").is_in(_RIGHT)).then("uscc")).to_series()
    stage.register.number(feed, numbers, meant, kinds)
    keys = entity_keys("credit_code", numbers.to_frame("code"), pl.lit(feed), "code")
    stage.register.defect("R05", feed, keys, "旧式号码：" + kinds, firms)
    stage.edit(feed, ALWAYS, firms.select("_eid", numbers.alias(column)), ("_eid",))


def old_numbers(firms: pl.DataFrame) -> pl.Series:
    """The old number of each enterprise, as its `kind` writes it."""
    registration, code = firms["registration_no"], firms["uscc"].str.slice(8, 9)
    forms = {
        "注册号": registration,
        "组织机构代码": code,
        "组织机构代码（带连字符）": code.str.head(8) + "-" + code.str.tail(1),
        "注册号校验位不对": _damaged(registration),
        "组织机构代码校验位不对": _damaged(code),
        _TWICE: registration,
    }
    return firms.select(pl.coalesce(pl.when(pl.col("kind") == k).then(form) for k, form in forms.items())).to_series()


def _damaged(numbers: pl.Series) -> pl.Series:
    return numbers.str.head(numbers.str.len_chars() - 1) + numbers.str.tail(1).replace_strict(
        _NEXT, return_dtype=pl.String
    )


def _register_twice(stage: Stage, firms: pl.DataFrame, old: pl.Expr) -> None:
    """Another enterprise's register entry bears the number of each of these."""
    others = stage.take_firms(old, firms.height)
    numbers = firms["registration_no"].head(others.height).alias("registration_no")
    stage.edit("F14", ALWAYS, others.select("_eid", numbers), ("_eid",))
