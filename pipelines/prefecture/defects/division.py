"""R07: division codes that are not valid on the date of the row.

Belongs here: unknown and retired codes. Does not belong here: grids (survey.py).
"""

from datetime import date, timedelta

import polars as pl

from pipelines.prefecture.defects.common import entity_keys, plain, record_keys, settled, turns_of
from pipelines.prefecture.stage import BOTH, Stage, per_person

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
    retired = stage.take(where & can_retire, max(1, count // 2))
    unknown = stage.take(where, max(1, count - count // 2))
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
    stage.edit("F01", BOTH, table)
    right = per_person(people.head(fixed), pl.col("village").alias("division_code"))
    stage.edit("F01", (2,), right)
    keys = record_keys("F01", people)
    stage.register.defect(
        "R07", "F01", keys, "区划代码无效", True, turns_of(people.height, fixed), people["township"]
    )
    later = stage.take(plain() & can_retire, stage.count(2))
    old = stage.divisions.villages.select(
        pl.col("code").alias("village"), pl.col("old_code").alias("division_code")
    )
    stage.edit(
        "F01",
        (2,),
        per_person(
            later.drop("division_code").join(old, on="village", maintain_order="left"),
            pl.col("division_code"),
        ),
    )
    keys = record_keys("F01", later)
    stage.register.defect("R07", "F01", keys, "变更时用了停用代码", False, True, later["township"])


def _in_payments(stage: Stage, can_retire: pl.Expr) -> None:
    groups = {
        "F08": settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75),
        "F10": settled() & (pl.col("age") >= 81) & pl.col("assist").is_null(),
    }
    for feed, where in groups.items():
        people = _wrong(stage, where, can_retire, stage.count(4))
        stage.edit(feed, BOTH, per_person(people, pl.col("wrong").alias("division_code")))
        keys = entity_keys("payee_division", people, pl.lit(feed), "id_no", "wrong")
        stage.register.defect("R07", feed, keys, "发放名册区划代码无效", True, True, people["township"])


def _in_lists(stage: Stage, can_retire: pl.Expr) -> None:
    for feed in ("F11", "F20"):
        people = _wrong(stage, plain() & stage.listed(feed), can_retire, stage.count(4))
        stage.edit(feed, BOTH, per_person(people, pl.col("wrong").alias("division_code")))
        keys = record_keys(feed, stage.rows(feed, 1, people))
        stage.register.defect("R07", feed, keys, "区划代码无效", True, True, people["township"])


def _in_enterprises(stage: Stage) -> None:
    """A retired code in a registration made after its end, and codes that never were."""
    villages = stage.divisions.villages.select(pl.col("code").alias("village"), "since", "old_code")
    firms = stage.enterprises.join(villages, on="village", how="left", maintain_order="left")
    after = firms.filter(pl.col("old_code").is_not_null() & (pl.col("established_date") >= pl.col("since")))[
        "_eid"
    ]
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
    stage.edit("F14", BOTH, wrong.select("_eid", pl.col("wrong").alias("division_code")), ("_eid",))
    stage.edit(
        "F14", (2,), unknown.head(1).select("_eid", pl.col("village").alias("division_code")), ("_eid",)
    )
    keys = record_keys("F14", wrong)
    later = pl.Series([i != retired.height for i in range(wrong.height)], dtype=pl.Boolean)
    stage.register.defect("R07", "F14", keys, "区划代码无效", True, later, wrong["township"])


def _harmless(stage: Stage) -> None:
    register = stage.register
    old = stage.people.filter("has_old_code").head(stage.count(10, 3))
    keys = record_keys("F01", old)
    register.hard_negative("R07", "F01", keys, "区划调整前登记，当时的代码有效", old["township"])
    firms = stage.enterprises.filter(pl.col("has_old_code") & pl.Series(stage.free_firms)).head(
        stage.count(8, 2)
    )
    register.hard_negative(
        "R07",
        "F14",
        record_keys("F14", firms),
        "成立于区划调整前",
        firms["township"],
    )
    gone = (
        stage.divisions.units.filter(
            (pl.col("level_name") == "村")
            & pl.col("valid_to").is_not_null()
            & pl.col("successor_code").is_null()
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
    stage.edit("F01", BOTH, per_person(people, pl.col("gone").alias("division_code"), before))
    keys = record_keys("F01", people)
    register.hard_negative("R07", "F01", keys, "村已撤并且无替代代码，登记时仍有效", people["township"])
