"""R05: unified social credit codes that cannot be.

Belongs here: damaged codes in F14 and F17. Does not belong here: what enterprises do (enterprise.py).
"""

import polars as pl

from prefecture.defects.common import entity_keys, plant_wave, public_employers, waves
from prefecture.defects.identity_numbers import full_width
from prefecture.stage import ALWAYS, Stage

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NEXT = dict(zip(_LETTERS, _LETTERS[1:] + _LETTERS[0], strict=True))
_KINDS = ("checksum", "charset", "length", "legacy")
_LARGEST_STAFF = 12


def plant_credit(stage: Stage) -> None:
    """Plant R05 and codes that only look wrong."""
    _in_register(stage)
    _in_insurance(stage)
    _harmless(stage)


def damaged_codes(firms: pl.DataFrame) -> pl.Series:
    """The code of each enterprise damaged in one of four ways, in turn; 'legacy' is a 15-digit registration
    number."""
    codes, serial = firms["uscc"], (firms["_eid"] % 10**8).cast(pl.String).str.zfill(8)
    forms = pl.DataFrame(
        {
            "checksum": codes.str.head(17) + codes.str.tail(1).replace_strict(_NEXT, return_dtype=pl.String),
            "charset": codes.str.head(12) + "O" + codes.str.slice(13),
            "length": codes.str.head(17),
            "legacy": codes.str.slice(2, 6) + "2" + serial,
            "kind": pl.Series([_KINDS[i % len(_KINDS)] for i in range(len(codes))], dtype=pl.String),
        }
    )
    return forms.select(pl.coalesce(pl.when(pl.col("kind") == kind).then(kind) for kind in _KINDS)).to_series()


def _keys(feed: str, codes: pl.Series) -> pl.Series:
    return entity_keys("credit_code", codes.to_frame("code"), pl.lit(feed), "code")


def _small() -> pl.Expr:
    return (pl.col("status_name") == "存续") & ~pl.col("is_employer") & ~pl.col("has_old_code")


def _in_register(stage: Stage) -> None:
    for wave in waves(9, later=1, least=2, fixed=1 / 4):
        firms = stage.take_firms(_small(), wave.count(stage))
        codes = damaged_codes(firms)
        table = firms.select("_eid", codes.alias("uscc"))
        plant_wave(stage, wave, "R05", "F14", firms, table, _keys("F14", codes), "信用代码无效", ("_eid",))


def _in_insurance(stage: Stage) -> None:
    """All staff of an employer carry the wrong code."""
    for wave in waves(9, 2, 0.5, fixed=1 / 4):
        firms, _ = stage.take_employers(_LARGEST_STAFF, wave.count(stage))
        codes = damaged_codes(firms)
        table = firms.select("_eid", codes.alias("employer_code"))
        plant_wave(stage, wave, "R05", "F17", firms, table, _keys("F17", codes), "单位信用代码无效", ("_eid",))


def _harmless(stage: Stage) -> None:
    register = stage.register
    for typed, what in ((lambda c: c.str.to_lowercase(), "小写字母"), (full_width, "全角数字")):
        firms = stage.take_firms(_small(), stage.count(3))
        register.hard_negative("R05", "F14", _keys("F14", firms["uscc"]), what, firms)
        stage.edit("F14", ALWAYS, firms.select("_eid", typed(firms["uscc"]).alias("uscc")), ("_eid",))
    firms, _ = stage.take_employers(_LARGEST_STAFF, stage.count(3))
    register.hard_negative("R05", "F17", _keys("F17", firms["uscc"]), "小写字母", firms)
    lower = firms.select("_eid", firms["uscc"].str.to_lowercase().alias("employer_code"))
    stage.edit("F17", ALWAYS, lower, ("_eid",))
    if stage.world.shard.number == 0:
        public = public_employers(stage)
        register.hard_negative("R05", "F17", _keys("F17", public.head(5)), "机关事业单位代码，不在市场主体登记中", None)
