"""R39: the industry is another one with the tax office than in the register.

What the rule finds: an enterprise (record key of F14) whose `industry_code` in F14 and in F16 (rows of the same
credit code) differ, after the letter of a section in front is taken off and classes of GB/T 4754-2011 are replaced
by their successor (`data/reference/codes/gbt4754_2011_retired.csv`). Only codes count that are four-digit classes of
GB/T 4754-2017 then: others are R06's.

Belongs here: F16 against F14. Does not belong here: codes nobody knows.
"""

import polars as pl

from prefecture.defects.common import plant_wave, record_keys, waves
from prefecture.feeds.tax_status import sections
from prefecture.stage import ALWAYS, Stage


def plant_industries(stage: Stage) -> None:
    """At 1 %: 16 in the stock (a quarter repaired in the second month), 3 from the second month, 5 later; 10
    lookalikes of two kinds."""
    codes = stage.enterprises["industry_code"].unique().sort()
    for wave in waves(16, 3, 1, least=2, fixed=1 / 4):
        firms = stage.take_firms(_taxed(stage), wave.count(stage))
        other = codes.gather(stage.rng("industries").integers(0, len(codes), firms.height))
        same = other.str.head(2) == firms["industry_code"].str.head(2)
        far = pl.when(pl.col("industry_code").str.head(2) == "52").then(pl.lit("3130")).otherwise(pl.lit("5211"))
        code = firms.select(pl.when(same).then(far).otherwise(other).alias("industry_code")).to_series()
        table = firms.select("_eid", code)
        keys = record_keys("F14", firms)
        plant_wave(stage, wave, "R39", "F16", firms, table, keys, "登记与税务行业不一致", ("_eid",))
    _rightly(stage)


def _taxed(stage: Stage) -> pl.Expr:
    live = (pl.col("status_name") == "存续") & ~pl.col("has_old_code") & ~pl.col("is_employer")
    return live & pl.col("_eid").is_in(stage.truth("F16")["_eid"].implode())


def _rightly(stage: Stage) -> None:
    path = stage.world.reference / "codes" / "gbt4754_2011_retired.csv"
    retired = pl.read_csv(path, infer_schema=False)
    former = dict(retired.select("new_code", "old_code").iter_rows())
    renamed = pl.col("industry_code").is_in(list(former))
    firms = stage.take_firms(_taxed(stage) & renamed, stage.count(5))
    old = firms.select("_eid", pl.col("industry_code").replace_strict(former, return_dtype=pl.String))
    stage.edit("F16", ALWAYS, old, ("_eid",))
    keys = record_keys("F14", firms)
    stage.register.hard_negative("R39", "F14", keys, "税务仍用2011年版代码，对应同一行业", firms)
    firms = stage.take_firms(_taxed(stage) & ~renamed, stage.count(5))
    letter = pl.col("industry_code").str.head(2).replace_strict(sections(stage.world.reference), default="")
    lettered = firms.select("_eid", letter + pl.col("industry_code"))
    stage.edit("F16", ALWAYS, lettered, ("_eid",))
    keys = record_keys("F14", firms)
    stage.register.hard_negative("R39", "F14", keys, "带门类字母的同一行业代码", firms)
