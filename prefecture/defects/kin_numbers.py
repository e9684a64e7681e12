"""R03: the number of a living relative on a cremation certificate.

Belongs here: rows of F05 with the name of the dead and the number of whoever saw to the cremation; the hall's program
takes the sex from the number. Does not belong here: other names (names.py). R03 (see names.py) finds them; neither R17
nor R20 may take the relative for dead.
"""

import polars as pl

from prefecture.defects.common import Wave, payee_keys, record_keys, waves
from prefecture.stage import Stage, only, per_person

_WHAT = "火化证号码填成家属的，家属健在"
_PAID = ("F08", "F10", "F11")


def plant_kin_numbers(stage: Stage) -> None:
    """Plant R03: at 1 % 8 in the stock (half of them of relatives who are paid something), 2 in the second month."""
    paid = [stage.listed(feed) for feed in _PAID]
    for wave in waves(8, 2, least=2):
        half = (wave.count(stage) + 1) // 2
        dead = _dead(stage, wave, half, pl.any_horizontal(*paid))
        _plant(stage, wave, dead)
        _plant(stage, wave, _dead(stage, wave, wave.count(stage) - dead.height, pl.lit(True)))


def _dead(stage: Stage, wave: Wave, count: int, may: pl.Expr) -> pl.DataFrame:
    """People cremated in the wave's month whose relative meets `may`, with the relative's pid as `kin`."""
    lives_on = pl.col("death_date").is_null() & pl.col("left_date").is_null() & ~pl.col("has_old_code")
    living = stage.people.filter(lives_on & ~pl.col("is_floating") & pl.col("namesake").is_null() & may)["pid"]
    known = stage.truth("F05", wave.month).select(pl.col("_pid").alias("pid"))
    kin = stage.world.cremations.select("pid", "kin").filter(pl.col("kin").is_in(living.implode()))
    kin = kin.join(known, on="pid", how="semi")
    dead = stage.take(stage.among(kin["pid"]) & pl.col("namesake").is_null(), count)
    return dead.join(kin, on="pid", how="left", maintain_order="left")


def _plant(stage: Stage, wave: Wave, dead: pl.DataFrame) -> None:
    keys = record_keys("F05", stage.rows("F05", dead, wave.month))
    kin = stage.world.of(dead["kin"], *stage.people.columns)
    sex = kin["sex"].replace_strict({1: "男", 2: "女"}, return_dtype=pl.String).alias("sex_name")
    stage.edit("F05", only(wave.since), per_person(dead, kin["id_no"], sex))
    register = stage.register
    register.defect("R03", "F05", keys, _WHAT, dead, wave.since)
    register.hard_negative("R17", "F01", record_keys("F01", kin), _WHAT, kin)
    for feed in _PAID:
        payees = kin.filter(stage.listed(feed))
        register.hard_negative("R20", feed, payee_keys(feed, payees), _WHAT, payees)
