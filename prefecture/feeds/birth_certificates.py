"""F06: birth certificates.

Belongs here: certificates of the month's births. Does not belong here: who was born (world/births.py), or
births the police have not heard of (defects/), though they are formed with the same function.
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.hukou_events import in_month
from prefecture.months import Month
from prefecture.world.names import given_names, surname_of
from prefecture.world.world import World

_UNNAMED_SHARE = 0.4
_HOSPITALS = pl.Series(["人民医院", "妇幼保健院", "中医医院", "中心医院"])
LAYOUT = {
    "cert_no": "cszmbh",
    "newborn_name": "xsexm",
    "newborn_sex_code": "xsexb",
    "birth_time": "cssj",
    "gestation_week_count": "csyz",
    "birth_weight_amount": "cstz",
    "mother_name": "mqxm",
    "mother_id_no": "mqsfzh",
    "father_name": "fqxm",
    "father_id_no": "fqsfzh",
    "hospital_name": "jsjgmc",
    "hospital_division_code": "jsjgxzqh",
    "issued_date": "qfrq",
}


def birth_certificates(world: World, month: Month) -> pl.DataFrame:
    """Rows of F06 of the month's births, with `_pid` of the mother, `_father` and `_child`."""
    rng, births = world.stream("birth certificates"), world.births
    given = given_names(rng, births["sex"].to_numpy(), births["birth"].dt.year().to_numpy())
    lots = births.with_columns(
        pl.Series("is_unnamed", rng.random(births.height) < _UNNAMED_SHARE),
        pl.Series("given", given),
        pl.Series("minute", rng.integers(0, 1440, births.height)),
        pl.Series("weeks", np.clip(np.round(rng.normal(39, 1.4, births.height)), 28, 42).astype(int)),
        pl.Series("weight", np.round(rng.normal(3350, 430, births.height) / 10).astype(int) * 10),
        pl.Series("issue", rng.integers(1, 21, births.height)),
        pl.Series("hospital", rng.integers(0, len(_HOSPITALS), births.height)),
    ).with_row_index("number")
    number = pl.coalesce("child", pl.col("mother"))
    letter = pl.when(pl.col("child").is_null()).then(pl.lit("W")).otherwise(pl.lit("X"))
    rows = lots.with_columns(pl.concat_str(letter, pl.lit("37"), number.cast(pl.String).str.zfill(9)).alias("cert_no"))
    return certificate_rows(world, in_month(rows, "birth", month))


def certificate_rows(world: World, births: pl.DataFrame) -> pl.DataFrame:
    """Rows of F06 from births with `cert_no` and all that was drawn for the certificate. Children of people
    registered elsewhere, and others not yet named, are called after the mother."""
    who = {"mother": "", "father": "_father", "child": "_child"}
    named = [world.of(births[w], "name", "id_no").select(pl.all().name.suffix(s)) for w, s in who.items()]
    parents = pl.concat(
        [births.join(world.divisions.counties, on="county_code", how="left", maintain_order="left"), *named],
        how="horizontal",
    )
    after_mother = pl.col("name") + pl.when(pl.col("sex") == 1).then(pl.lit("之子")).otherwise(pl.lit("之女"))
    parents = parents.with_columns(pl.coalesce("name_father", "name").alias("named_after"))
    surname = surname_of("named_after")
    name = pl.when("is_unnamed").then(after_mother).otherwise(pl.coalesce("name_child", surname + pl.col("given")))
    hour, minute = ((pl.col("minute") // 60), pl.col("minute") % 60)
    time = pl.concat_str(hour.cast(pl.String).str.zfill(2), minute.cast(pl.String).str.zfill(2), separator=":")
    return parents.select(
        pl.col("mother").alias("_pid"),
        pl.col("father").alias("_father"),
        pl.col("child").alias("_child"),
        "cert_no",
        name.alias("newborn_name"),
        pl.col("sex").cast(pl.String).alias("newborn_sex_code"),
        pl.concat_str(pl.col("birth").dt.strftime("%Y-%m-%d "), time, pl.lit(":00")).alias("birth_time"),
        pl.col("weeks").alias("gestation_week_count"),
        pl.col("weight").alias("birth_weight_amount"),
        pl.col("name").alias("mother_name"),
        pl.col("id_no").alias("mother_id_no"),
        pl.col("name_father").alias("father_name"),
        pl.col("id_no_father").alias("father_id_no"),
        (pl.col("county_name") + _HOSPITALS.gather(births["hospital"])).alias("hospital_name"),
        pl.col("county_code").alias("hospital_division_code"),
        (pl.col("birth") + pl.duration(days=pl.col("issue"))).alias("issued_date"),
    )


FEED = Feed(
    code="F06",
    title="出生医学证明",
    kind="events",
    rows=birth_certificates,
    keys=("cert_no",),
    order=("birth_time", "cert_no"),
    layout=LAYOUT,
    format="json",
    people=(("mother_id_no", "_pid"), ("father_id_no", "_father")),
)
