"""R07: division codes that are not valid on the date of the row.

Belongs here: unknown and retired codes. Does not belong here: grids (survey.py).
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import (
    Wave,
    entity_keys,
    keys_with,
    plain,
    plant_wave,
    record_keys,
    settled,
)
from prefecture.stage import ALWAYS, Span, Stage, per_person

_TOUCHED = date(2023, 9, 11)


def plant_division(stage: Stage) -> None:
    """Plant R07 and codes that were right on their day."""
    retired = stage.divisions.villages.filter(pl.col("old_code").is_not_null())["code"].implode()
    can_retire = pl.col("village").is_in(retired)
    _in_register(stage, can_retire)
    _in_payments(stage, can_retire)
    _in_lists(stage, can_retire)
    _in_enterprises(stage)
    _harmless(stage)


def _wrong(stage: Stage, where: pl.Expr, can_retire: pl.Expr, count: int) -> pl.DataFrame:
    """People with a `wrong` code: half a retired one of their own village, half one that never was."""
    retired = stage.take(where & can_retire, (count + 1) // 2)
    unknown = stage.take(where, count - count // 2)
    old = stage.divisions.villages.select(pl.col("code").alias("village"), pl.col("old_code").alias("wrong"))
    return pl.concat(
        [
            retired.join(old, on="village", how="left", maintain_order="left"),
            unknown.with_columns((pl.col("township") + "999").alias("wrong")),
        ]
    )


def _in_register(stage: Stage, can_retire: pl.Expr) -> None:
    people = _wrong(stage, plain(), can_retire, stage.count(8, 3))
    fixed = people.height // 3
    table = per_person(people, pl.col("wrong").alias("division_code"), pl.lit(_TOUCHED).alias("updated_date"))
    stage.edit("F01", ALWAYS, table)
    right = per_person(people.head(fixed), pl.col("village").alias("division_code"))
    stage.edit("F01", Span(1), right)
    untils = pl.Series([1] * fixed + [None] * (people.height - fixed), dtype=pl.Int64)
    stage.register.defect("R07", "F01", record_keys("F01", people), "区划代码无效", people, 0, untils)
    for wave in (Wave(1, 2), Wave(5, 1, 0), Wave(14, 1, 0, 1.0, 17)):
        later = stage.take(plain() & can_retire, wave.count(stage))
        old = stage.divisions.villages.select(pl.col("code").alias("village"), "old_code")
        table = later.join(old, on="village", how="left", maintain_order="left")
        table = per_person(table, pl.col("old_code").alias("division_code"))
        plant_wave(stage, wave, "R07", "F01", later, table, record_keys("F01", later), "变更时用了停用代码")


def _in_payments(stage: Stage, can_retire: pl.Expr) -> None:
    groups = {
        "F08": settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75),
        "F10": settled() & (pl.col("age") >= 81) & pl.col("assist").is_null(),
    }
    for feed, where in groups.items():
        for since, count in ((0, 4), (6, 1)):
            people = _wrong(stage, where, can_retire, stage.count(count))
            stage.edit(feed, Span(since), per_person(people, pl.col("wrong").alias("division_code")))
            keys = entity_keys("payee_division", people, pl.lit(feed), "id_no", "wrong")
            stage.register.defect("R07", feed, keys, "发放名册区划代码无效", people, since)


def _in_lists(stage: Stage, can_retire: pl.Expr) -> None:
    for feed in ("F11", "F20"):
        people = _wrong(stage, plain() & stage.listed(feed), can_retire, stage.count(4))
        table = per_person(people, pl.col("wrong").alias("division_code"))
        keys = keys_with(stage, feed, people, table)
        plant_wave(stage, Wave(0, 0), "R07", feed, people, table, keys, "区划代码无效")


def _in_enterprises(stage: Stage) -> None:
    """A retired code in a registration made after its end, and codes that never were."""
    villages = stage.divisions.villages.select(pl.col("code").alias("village"), "since", "old_code")
    firms = stage.enterprises.join(villages, on="village", how="left", maintain_order="left")
    after = firms.filter(pl.col("old_code").is_not_null() & (pl.col("established_date") >= pl.col("since")))["_eid"]
    live = (pl.col("status_name") == "存续") & ~pl.col("is_employer")
    retired = stage.take_firms(live & pl.col("_eid").is_in(after.implode()), stage.count(3))
    unknown = stage.take_firms(live & ~pl.col("has_old_code"), stage.count(3))
    codes = villages.select("village", pl.col("old_code").alias("wrong"))
    wrong = pl.concat(
        [
            retired.join(codes, on="village", how="left", maintain_order="left"),
            unknown.with_columns((pl.col("township") + "999").alias("wrong")),
        ]
    )
    stage.edit("F14", ALWAYS, wrong.select("_eid", pl.col("wrong").alias("division_code")), ("_eid",))
    mended = unknown.head(1).select("_eid", pl.col("village").alias("division_code"))
    stage.edit("F14", Span(1), mended, ("_eid",))
    is_mended = wrong["_eid"].is_in(mended["_eid"].implode())
    untils = pl.select(pl.when(is_mended).then(1)).to_series().cast(pl.Int64)
    stage.register.defect("R07", "F14", record_keys("F14", wrong), "区划代码无效", wrong, 0, untils)


def _harmless(stage: Stage) -> None:
    register = stage.register
    old = stage.people.filter("has_old_code").head(stage.count(10, 3))
    keys = record_keys("F01", old)
    register.hard_negative("R07", "F01", keys, "区划调整前登记，当时的代码有效", old)
    firms = stage.enterprises.filter(pl.col("has_old_code") & pl.Series(stage.free_firms)).head(stage.count(8, 2))
    register.hard_negative(
        "R07",
        "F14",
        record_keys("F14", firms),
        "成立于区划调整前",
        firms,
    )
    gone = (
        stage.divisions.units.filter(
            (pl.col("level_name") == "村") & pl.col("valid_to").is_not_null() & pl.col("successor_code").is_null()
        )
        .select(
            pl.col("parent_code").alias("township"),
            pl.col("unit_code").alias("gone"),
            "valid_from",
            "valid_to",
        )
        .unique("township", keep="first", maintain_order=True)
    )
    people = stage.take(
        plain() & pl.col("age").is_between(20, 70) & pl.col("township").is_in(gone["township"].implode()),
        stage.count(4),
    )
    people = people.join(gone, on="township", how="left", maintain_order="left")
    before = pl.max_horizontal("valid_from", pl.col("valid_to") - timedelta(days=100)).alias("updated_date")
    stage.edit("F01", ALWAYS, per_person(people, pl.col("gone").alias("division_code"), before))
    keys = record_keys("F01", people)
    register.hard_negative("R07", "F01", keys, "村已撤并且无替代代码，登记时仍有效", people)
