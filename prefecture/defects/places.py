"""R36 and R40: places against the registers of enterprises and licences.

R36 finds an enterprise (record key of F14) in business (存续) whose credit code stands in a ledger row of F26 that
is no branch (`is_branch` 否), when the township of its F14 code differs from that of the row's `division_code`. A
code no longer in force counts as what F36 names as its successor.

R40 finds both sides. A ledger row (record key of F26) of a place in business (营业) whose `business_type` needs a
licence, when F15 has none of that kind in force (有效, `valid_to` not past) that matches. And a licence in force
(record key of F15) of one of these kinds with `premises_area` up to 300 that no ledger row matches, whatever its
status. Row and licence match by licence number, by credit code, or by the keeper's id number.

Belongs here: planting these. Does not belong here: the kinds and their licences (world/premises.py).
"""

from datetime import date

import polars as pl

from prefecture.defects.common import Wave, plant_wave, record_keys, waves
from prefecture.feeds.licences import ENDED, LAPSED
from prefecture.feeds.small_places import CLOSED
from prefecture.stage import ALWAYS, Span, Stage
from prefecture.world.divisions import ALWAYS as FOREVER
from prefecture.world.premises import lasts

_LAPSED = date(2023, 11, 30)
_IN_BUSINESS, _LEAST_LASTING = pl.col("lot") < 0.9, 3
_NEEDS_LICENCE = pl.col("licence_kind").is_not_null() & (pl.col("entity_type") == "个体工商户")


def plant_places(stage: Stage) -> None:
    """Plant R36: 12 in the stock of the 1 % prefecture, 3 in the second month, 5 later; R40: 8 + 3 never had a
    licence, 5 + 2 + 5 let it lapse, 7 + 2 + 5 are missing in the ledger."""
    _registered_elsewhere(stage)
    _registered_rightly(stage)
    _unlicensed(stage)
    _unlisted(stage)
    _licensed_rightly(stage)


def take_places(stage: Stage, where: pl.Expr, count: int) -> pl.DataFrame:
    """Up to `count` enterprises with a place in business in every month, their keepers' only one, that meets
    `where`: columns of world.premises and `township`. The enterprises are ordinary no more."""
    crowded = lasts().sum().over("_township") >= _LEAST_LASTING
    fits = stage.world.premises.filter(crowded & lasts() & pl.col("is_sole") & pl.col("_eid").is_not_null() & where)
    ordinary = (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
    firms = stage.take_firms(ordinary & pl.col("_eid").is_in(fits["_eid"].implode()), count)
    return firms.select("_eid", "township").join(fits, on="_eid", how="left", maintain_order="left")


def _who(places: pl.DataFrame) -> pl.DataFrame:
    return places.select("_eid", "township")


def _elsewhere(stage: Stage, places: pl.DataFrame) -> pl.DataFrame:
    """A village of the county's next township, and the address there; `beside` is another village of the same
    township."""
    villages = stage.divisions.villages.filter(~pl.col("is_virtual") & (pl.col("since") == FOREVER))
    by_township = (
        villages.sort("code")
        .group_by("county_code", "township_code", maintain_order=True)
        .agg(pl.col("code").first().alias("first"), pl.col("code").last().alias("last"))
        .sort("township_code")
    )
    following = pl.col("first").shift(-1).over("county_code")
    other = pl.coalesce(following, pl.col("first").first().over("county_code"))
    near = by_township.select(pl.col("township_code").alias("_township"), other.alias("other"), "first", "last")
    where = villages.select(
        pl.col("code").alias("other"),
        pl.concat_str(pl.lit("山东省烟台市"), "county_name", "short_name", pl.lit("88号")).alias("other_address"),
    )
    beside = pl.when(pl.col("first") == pl.col("village")).then("last").otherwise("first").alias("beside")
    return (
        places.join(near, on="_township", how="left", maintain_order="left")
        .join(where, on="other", how="left", maintain_order="left")
        .with_columns(beside)
        .filter(pl.col("other").is_not_null() & (pl.col("other").str.head(9) != pl.col("_township")))
    )


def _registered_elsewhere(stage: Stage) -> None:
    for wave in waves(12, 3, later=1, fixed=0.2):
        places = _elsewhere(stage, take_places(stage, pl.col("states_code"), wave.count(stage)))
        there = (pl.col("other").alias(column) for column in ("division_code", "_village"))
        table = places.select("_eid", *there, pl.col("other_address").alias("address"))
        keys = record_keys("F14", places)
        plant_wave(stage, wave, "R36", "F14", _who(places), table, keys, "登记住所与实际经营不在同一镇街", ("_eid",))


def _registered_rightly(stage: Stage) -> None:
    register = stage.register
    kept = stage.world.premises.filter(lasts() & pl.col("states_code"))["_eid"].drop_nulls()
    old = stage.take_firms(
        (pl.col("status_name") == "存续") & pl.col("has_old_code") & pl.col("_eid").is_in(kept.implode()),
        stage.count(4, 1),
    )
    register.hard_negative("R36", "F14", record_keys("F14", old), "村代码已变更，同属一个镇街", _who(old))
    main = _elsewhere(stage, take_places(stage, pl.col("states_code") & _IN_BUSINESS, stage.count(5, 2)))
    stage.add("F26", ALWAYS, _branch_rows(stage, main))
    register.hard_negative("R36", "F14", record_keys("F14", main), "在别的镇街另开分店", _who(main))
    near = _elsewhere(stage, take_places(stage, pl.col("states_code"), stage.count(4, 2)))
    stage.edit("F14", ALWAYS, near.select("_eid", pl.col("beside").alias("division_code")), ("_eid",))
    register.hard_negative("R36", "F14", record_keys("F14", near), "同一镇街的另一个村", _who(near))


def _branch_rows(stage: Stage, main: pl.DataFrame) -> pl.DataFrame:
    branch = pl.col("other").str.head(9) + "FD" + pl.col("_eid").cast(pl.String).str.zfill(9)
    rows = main.select("place_no", "other", "other_address").join(
        stage.truth("F26"), on="place_no", how="left", maintain_order="left"
    )
    return rows.with_columns(
        branch.alias("place_no"),
        branch.alias("_site"),
        (pl.col("place_name") + "（分店）").alias("place_name"),
        pl.lit("小商店").alias("place_kind"),
        pl.lit("服装店").alias("business_type"),
        pl.lit(None, pl.String).alias("licence_no"),
        pl.lit("是").alias("is_branch"),
        pl.col("other_address").alias("address"),
        pl.col("other").alias("division_code"),
        pl.col("other").alias("_village"),
        (pl.col("other") + "001").alias("grid_code"),
        pl.col("other").str.head(9).alias("_township"),
    ).drop("other", "other_address")


def _numbered(stage: Stage, places: pl.DataFrame) -> pl.DataFrame:
    """The places with the number of their licence."""
    numbers = stage.world.licences.select("place_no", "licence_no").drop_nulls("place_no")
    return places.join(numbers, on="place_no", how="left", maintain_order="left")


def _unlicensed(stage: Stage) -> None:
    for wave in (Wave(0, 8, 1, 0.25, 2), Wave(1, 3, 1)):
        places = _numbered(stage, take_places(stage, _NEEDS_LICENCE & _IN_BUSINESS, wave.count(stage)))
        fixed = wave.fixed_of(places.height)
        if wave.since == 0:
            stage.drop("F15", ALWAYS, places.slice(fixed), ("licence_no",))
            stage.drop("F15", Span(0, wave.until), places.head(fixed), ("licence_no",))
            what, since = "台账在册，无许可证", 0
        else:
            stage.drop("F15", Span(wave.since), places, ("licence_no",))
            what, since = "许可证已撤销，仍在营业", wave.since
        untils = wave.untils(places.height)
        stage.register.defect("R40", "F26", record_keys("F26", places), what, _who(places), since, untils)
    for wave in waves(5, 2, later=1):
        places = _numbered(stage, take_places(stage, _NEEDS_LICENCE & _IN_BUSINESS, wave.count(stage)))
        end = _LAPSED if wave.since == 0 else wave.month.start.replace(day=9)
        table = _ended(places, end, LAPSED)
        keys = record_keys("F26", places)
        fixed = wave.fixed_of(places.height)
        stage.edit("F15", Span(wave.since), table.slice(fixed), ("licence_no",))
        stage.edit("F15", Span(wave.since, wave.until), table.head(fixed), ("licence_no",))
        untils = wave.untils(places.height)
        stage.register.defect("R40", "F26", keys, "许可证过期，仍在营业", _who(places), wave.since, untils)


def _ended(places: pl.DataFrame, end: date, status: str) -> pl.DataFrame:
    return places.select("licence_no", pl.lit(end).alias("valid_to"), pl.lit(status).alias("status_name"))


def _unlisted(stage: Stage) -> None:
    for wave in waves(7, 2, later=1, fixed=0.2):
        places = _numbered(stage, take_places(stage, _NEEDS_LICENCE, wave.count(stage)))
        fixed = wave.fixed_of(places.height)
        stage.drop("F26", Span(wave.since), places.slice(fixed), ("place_no",))
        stage.drop("F26", Span(wave.since, wave.until), places.head(fixed), ("place_no",))
        keys, untils = record_keys("F15", places), wave.untils(places.height)
        stage.register.defect("R40", "F15", keys, "有许可证，台账漏登", _who(places), wave.since, untils)


def _licensed_rightly(stage: Stage) -> None:
    register = stage.register
    free = take_places(stage, pl.col("licence_kind").is_null() & _IN_BUSINESS, stage.count(6, 2))
    register.hard_negative("R40", "F26", record_keys("F26", free), "该业态不需许可", _who(free))
    gone = _numbered(stage, take_places(stage, _NEEDS_LICENCE, stage.count(5, 2)))
    stage.edit("F15", ALWAYS, _ended(gone, _LAPSED, LAPSED), ("licence_no",))
    stage.drop("F26", ALWAYS, gone, ("place_no",))
    register.hard_negative("R40", "F15", record_keys("F15", gone), "许可证过期，店已关闭", _who(gone))
    shut = _numbered(stage, take_places(stage, _NEEDS_LICENCE, stage.count(5, 2)))
    stage.edit("F15", ALWAYS, _ended(shut, _LAPSED, ENDED), ("licence_no",))
    stage.edit("F26", ALWAYS, shut.select("place_no", pl.lit(CLOSED).alias("status_name")), ("place_no",))
    register.hard_negative("R40", "F26", record_keys("F26", shut), "已关闭，尚未销账", _who(shut))
