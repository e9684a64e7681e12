"""R03: one number under two names.

Belongs here: names in F02, F17 and F31 that differ from the police register's, and names only written otherwise.
Does not belong here: numbers (two_numbers.py).

R03 finds a record (record key) of F02, F04, F05, F10, F11, F12, F17, F20 or F31 with a valid number that F01
has, too (15 digits as their 18), under another name. Names are compared normalised: NFKC, no white space, every
run of characters outside U+4E00–U+9FA5 (rare characters, 「？」「□」, pinyin in their place) as one 「?」. A
former name is right, too, if F03 tells of the renaming (更名).
"""

from datetime import date

import polars as pl

from prefecture.defects.common import (
    RARE,
    is_resurveyed,
    plain,
    plant_wave,
    record_keys,
    settled,
    settled_elsewhere,
    waves,
)
from prefecture.feeds.hukou_events import RENAMING, event_rows
from prefecture.stage import ALWAYS, Stage, only, per_person
from prefecture.world.names import surname_of

_WRONG = pl.Series(["莉", "玮", "惠", "峰", "晖"])
_COMMON = r"^[\u4e00-\u9fa5]{2,}$"
_INSTEAD = pl.Series(["？", "□", "yan", "*"])
_RENAMED = date(2023, 6, 12)


def plant_names(stage: Stage) -> None:
    """Plant R03: at 1 % 18 in the stock (a quarter of them repaired at once), 4 in the second month, 2 in each
    of five later ones."""
    common = pl.col("name").str.contains(_COMMON)
    abroad = settled_elsewhere()
    for feed, where, first, second, later in (
        ("F31", _seen(stage), 8, 2, 1),
        ("F17", plain(), 6, 1, 1),
        ("F02", abroad & stage.listed("F02") & pl.col("assist").is_null(), 4, 1, 0),
    ):
        once = stage.once(feed)
        for wave in waves(first, second, later, fixed=1 / 4):
            people = stage.take(where & common & once, wave.count(stage))
            wrong = pl.col("name").str.head(pl.col("name").str.len_chars() - 1) + _WRONG.gather(people["pid"] % 5)
            table = per_person(people, wrong.alias("name"))
            keys = record_keys(feed, stage.rows(feed, people))
            plant_wave(stage, wave, "R03", feed, people, table, keys, "同一身份证号姓名不同")
    _harmless(stage)


def _seen(stage: Stage) -> pl.Expr:
    return plain() & _surveyed(stage)


def _surveyed(stage: Stage) -> pl.Expr:
    """Met in the survey with a number, one row a person, where it comes again in the second month."""
    numbered = stage.truth("F31").filter(pl.col("id_no").is_not_null())["_pid"]
    return is_resurveyed() & stage.among(numbered)


def _harmless(stage: Stage) -> None:
    """Former names, white space, and stand-ins for rare characters."""
    common, old = pl.col("name").str.contains(_COMMON), surname_of("name") + pl.lit("小丫")
    renamed = stage.take(_seen(stage) & common & pl.col("age").is_between(20, 60), stage.count(4, 2))
    renamed = renamed.with_columns(old.alias("old_name"))
    stage.add("F03", only(0), event_rows(renamed, RENAMING, pl.lit(_RENAMED), old_name="old_name"))
    _written(stage, renamed, pl.col("old_name"), "已更名，仍用曾用名")
    spaced = stage.take(_seen(stage) & common, stage.count(4, 2))
    _written(stage, spaced, " " + pl.col("name").str.head(1) + "　" + pl.col("name").str.slice(1), "姓名中有空格")
    rare = settled() & _surveyed(stage) & pl.col("name").str.contains(RARE)
    rare = stage.take(rare, stage.count(5, 2))
    _written(stage, rare, pl.col("name").str.head(1) + _INSTEAD.gather(rare["pid"] % 4), "生僻字以符号或拼音代替")
    twins = stage.take(_seen(stage) & (pl.len().over("household", "birth") > 1), stage.count(3, 1))
    _note(stage, twins, "双胞胎，号码相近")


def _written(stage: Stage, people: pl.DataFrame, name: pl.Expr, what: str) -> None:
    stage.edit("F31", ALWAYS, per_person(people, name.alias("name")))
    _note(stage, people, what)


def _note(stage: Stage, people: pl.DataFrame, what: str) -> None:
    keys = record_keys("F31", stage.rows("F31", people))
    stage.register.hard_negative("R03", "F31", keys, what, people)
