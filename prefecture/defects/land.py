"""R44: subsidies for land nobody farms, for one parcel twice, or for more land than contracted.

Belongs here: wrong claims in F23. Does not belong here: parcels and contracts (world/land.py).

Everything is judged on F23 as known (a quarterly register; delivery day D = last day of January, April, July,
October) among rows with subsidy_status_name 享受. The rule finds
  key contract(contract_code): every F01 row of every household (household_no) in which the contractor's number
    (head_id_no) has a row is 死亡注销 or 迁出 (and there is one), the latest of their updated_date 90 days or more
    before D, and F01 is as known at the end of the judged month;
  key parcel(parcel_code): two rows or more of one parcel;
  the row's record key: subsidy_area (mu) above 1.05 times the contract_area, after conversion (1 公顷 = 15 亩).
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import entity_keys, record_keys, settled
from prefecture.feeds.land_contracts import HECTARE, IN_FORCE, PAID, STANDARD
from prefecture.months import FIRST, MONTHS
from prefecture.stage import Span, Stage
from prefecture.world.vital import is_dead, is_present

_DUE = range(0, len(MONTHS), 3)
_NOTICE = timedelta(days=90)
_REPAIRED_AFTER = 6
_WAVES = ((0, 9, 1), (3, 2, 0), (6, 2, 0), (9, 1, 0), (12, 1, 0), (18, 1, 0))
_ROUNDS = ((0, 6, "2023"), (6, 18, "2024"), (18, len(MONTHS), "2025"))
_ROW = ("parcel_code", "contract_code")


def plant_land(stage: Stage) -> None:
    """Plant R44 at 1 %: 20 contracts of empty households (found when they have been empty long enough, from the
    stock to the last quarter; every fourth repaired two rounds later), 16 parcels claimed twice and 16 claimed
    larger (9 in the stock, 7 in later rounds; every third repaired two rounds later)."""
    _gone(stage)
    _harmless_gone(stage)
    _twice(stage)
    _too_large(stage)


def _contractors(stage: Stage) -> pl.Expr:
    return stage.among(stage.world.contracts["_pid"])


def _empty(stage: Stage) -> pl.DataFrame:
    """Contracts of households nobody is left of: `_pid`, `since` (the round in which the rule finds them)."""
    gone = stage.world.contracts.filter(pl.col("gone_date").is_not_null()).select("household", contractor="_pid")
    day = pl.min_horizontal("death_date", "left_date")
    changed = pl.lit(pl.Series([m.changed_on for m in MONTHS])).gather(
        ((day.dt.year() - FIRST.as_of.year) * 12 + day.dt.month() - 1).clip(0, len(MONTHS) - 1)
    )
    written = pl.when(day <= FIRST.as_of).then("registered_on").otherwise(changed)
    homes = (
        stage.people.join(gone, on="household")
        .group_by("household")
        .agg(pl.col("contractor").first(), written.max().alias("written"))
    )
    rounds = pl.DataFrame({"since": list(_DUE), "latest": [MONTHS[i].as_of - _NOTICE for i in _DUE]})
    return (
        homes.sort("written")
        .join_asof(rounds, left_on="written", right_on="latest", strategy="forward")
        .select(pl.col("contractor").alias("_pid"), "since")
    )


def _gone(stage: Stage) -> None:
    empty = _empty(stage).filter(pl.col("since").is_not_null())
    people = stage.take(stage.among(empty["_pid"]), stage.count(20, 3))
    since = people.select(pl.col("pid").alias("_pid")).join(empty, on="_pid", how="left", maintain_order="left")[
        "since"
    ]
    fixed = (pl.int_range(people.height, eager=True) % 4 == 1) & (since + _REPAIRED_AFTER < len(MONTHS))
    untils = pl.select(pl.when(fixed).then(since + _REPAIRED_AFTER)).to_series()
    contracts = _contracts(stage, people)
    for until in [None, *untils.drop_nulls().unique().sort()]:
        some = people.filter(untils.is_null() if until is None else (untils == until).fill_null(False))
        stage.edit("F23", Span(0, until), _paid_parcels(stage, some), _ROW)
    what = "全户已死亡或迁出，仍享受补贴"
    stage.register.defect(
        "R44", "F23", entity_keys("contract", contracts, "contract_code"), what, people, since, untils
    )


def _contracts(stage: Stage, people: pl.DataFrame) -> pl.DataFrame:
    return people.select(pl.col("pid").alias("_pid")).join(
        stage.world.contracts.select("_pid", "contract", "contract_code"), on="_pid", how="left", maintain_order="left"
    )


def _paid_parcels(stage: Stage, people: pl.DataFrame) -> pl.DataFrame:
    """The parcels of these people's contracts as if all were as before."""
    parcels = stage.world.parcels.join(_contracts(stage, people), on="contract", how="inner", maintain_order="left")
    return parcels.select(
        *_ROW,
        pl.lit(IN_FORCE).alias("contract_status_name"),
        pl.col("area").alias("subsidy_area"),
        (pl.col("area") * STANDARD).round(2).alias("amount"),
        pl.lit(PAID).alias("subsidy_status_name"),
    )


def _first_rows(stage: Stage, people: pl.DataFrame) -> pl.DataFrame:
    """One row of F23 of each of these contractors, in their order."""
    rows = stage.rows("F23", people)
    return rows.unique("_pid", keep="first", maintain_order=True)


def _harmless_gone(stage: Stage) -> None:
    register = stage.register
    dead = is_dead(date(2023, 10, 15)) & pl.col("is_undisturbed")
    survived = is_present().any().over("household")
    heads = stage.take(_contractors(stage) & dead & survived, stage.count(6, 2))
    keys = entity_keys("contract", _contracts(stage, heads), "contract_code")
    register.hard_negative("R44", "F23", keys, "承包方代表已死亡，户内尚有成员", heads)
    empty = _empty(stage).filter(pl.col("since") == 0)
    gone = stage.take(stage.among(empty["_pid"]), stage.count(4))
    hosts = stage.take(_contractors(stage) & settled(), gone.height)
    gone = gone.head(hosts.height)
    rows = _given_to(stage, gone, hosts)
    _add_by_year(stage, rows, Span())
    register.given.append(rows)
    old = _contracts(stage, gone)
    for keys in (entity_keys("contract", old, "contract_code"), entity_keys("parcel", rows, "parcel_code")):
        register.hard_negative("R44", "F23", keys, "原户已消亡，地块已另行发包", gone)


def _given_to(stage: Stage, people: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """A parcel of each of `people`, claimed under the contract of the other beside him."""
    rows, theirs = _first_rows(stage, people), _first_rows(stage, others)
    areas = rows.select("parcel_code").join(stage.world.parcels, on="parcel_code", how="left", maintain_order="left")
    whose = ("_pid", "contract_code", "head_name", "head_id_no", "division_code")
    return rows.with_columns(
        *(theirs[column] for column in whose),
        pl.lit(IN_FORCE).alias("contract_status_name"),
        areas["area"].alias("subsidy_area"),
        (areas["area"] * STANDARD).round(2).alias("amount"),
        pl.lit(PAID).alias("subsidy_status_name"),
    ).drop("_touched")


def _add_by_year(stage: Stage, rows: pl.DataFrame, span: Span) -> None:
    """Add rows for a span, with the year their subsidy is paid for."""
    for first, end, year in _ROUNDS:
        since, until = max(span.since, first), min(span.until or len(MONTHS), end)
        if since < until:
            stage.add(
                "F23", Span(since, until if until < len(MONTHS) else None), rows.with_columns(subsidy_year=pl.lit(year))
            )


def _untils(since: int, count: int) -> tuple[int, pl.Series]:
    """How many of `count` are repaired, the first ones, and from when on."""
    fixed = (count + 2) // 3
    return fixed, pl.Series([since + _REPAIRED_AFTER] * fixed + [None] * (count - fixed), dtype=pl.Int64).replace(
        dict.fromkeys(range(len(MONTHS), len(MONTHS) + _REPAIRED_AFTER))
    )


def _twice(stage: Stage) -> None:
    for since, count, least in _WAVES:
        people = stage.take(_contractors(stage) & settled(), stage.count(count, least))
        others = stage.take(_contractors(stage) & settled(), people.height)
        people = people.head(others.height)
        rows = _given_to(stage, people, others)
        fixed, untils = _untils(since, people.height)
        _add_by_year(stage, rows.head(fixed), Span(since, since + _REPAIRED_AFTER))
        _add_by_year(stage, rows.slice(fixed), Span(since))
        keys = entity_keys("parcel", rows, "parcel_code")
        stage.register.defect("R44", "F23", keys, "同一地块重复申领", people, since, untils)


def _too_large(stage: Stage) -> None:
    for since, count, least in _WAVES:
        people = stage.take(_contractors(stage) & settled(), stage.count(count, least))
        rows = _first_rows(stage, people)
        more = 1.3 + pl.col("_pid") % 7 * 0.2
        table = rows.select(*_ROW, area=(pl.col("subsidy_area") * more).round(2)).select(
            *_ROW, pl.col("area").alias("subsidy_area"), (pl.col("area") * STANDARD).round(2).alias("amount")
        )
        fixed, untils = _untils(since, people.height)
        stage.edit("F23", Span(since, since + _REPAIRED_AFTER), table.head(fixed), _ROW)
        stage.edit("F23", Span(since), table.slice(fixed), _ROW)
        stage.register.defect("R44", "F23", record_keys("F23", rows), "补贴面积大于承包面积", people, since, untils)
    in_hectares = stage.truth("F23").filter(pl.col("area_unit_name") == HECTARE)["_pid"].unique()
    people = stage.take(stage.among(in_hectares) & settled(), stage.count(6, 2))
    keys = record_keys("F23", _first_rows(stage, people))
    stage.register.hard_negative("R44", "F23", keys, "承包面积为公顷，换算后一致", people)
