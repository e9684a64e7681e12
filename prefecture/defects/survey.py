"""R11 and R46 on grids: grid codes missing, unknown or retired; corrected ones that come back wrong.

Belongs here: errors of F31. Does not belong here: which grids exist (world/divisions.py).
"""

import polars as pl

from prefecture.answers import Replies, record_answers
from prefecture.defects.common import (
    is_resurveyed,
    plant_wave,
    record_keys,
    settled,
    tickets,
    waves,
)
from prefecture.months import FIRST, SECOND
from prefecture.players import SILENT_COUNTY
from prefecture.stage import ALWAYS, Span, Stage, per_person

WHAT = "网格编码缺失、不存在或已撤销"
FIX, DISPUTE = "更正网格", "数据源有误"
_DEPARTURES = ("wrong", "dispute", "late", "none")
_BEHAVIOUR = tuple(said for other in _DEPARTURES for said in ("right", "right", other))
_REPLIES = Replies("R11", "F31", truth=(FIX,), behaviour=_BEHAVIOUR, instead={"dispute": DISPUTE})
_FLIP, _CONFIRMED, _THIRD = range(3)


def plant_survey(stage: Stage) -> None:
    """Plant R11 and, for the playing townships' right answers, R46."""
    _answered(stage)
    _unanswered(stage)
    _harmless(stage)


def _keys(stage: Stage, people: pl.DataFrame) -> pl.Series:
    return record_keys("F31", stage.rows("F31", people))


def _wrong_grids(stage: Stage, people: pl.DataFrame) -> pl.Series:
    """Missing, unknown and retired codes in turn; where the township has no retired grid, unknown ones."""
    retired = (
        stage.divisions.grids.filter(pl.col("valid_to").is_not_null())
        .select(pl.col("township_code").alias("township"), pl.col("unit_code").alias("retired"))
        .unique("township", keep="first", maintain_order=True)
    )
    kind = pl.int_range(pl.len()) % 3
    unknown = pl.col("village") + "999"
    rows = people.join(retired, on="township", how="left", maintain_order="left")
    return rows.select(
        pl.when(kind == 0)
        .then(None)
        .when(kind == 1)
        .then(unknown)
        .otherwise(pl.coalesce("retired", unknown))
        .alias("grid_code")
    ).to_series()


def _third_grids(stage: Stage, people: pl.DataFrame) -> pl.Series:
    """A grid in force of the same township that is not the right one."""
    current = stage.divisions.grids.filter(pl.col("valid_to").is_null()).select(
        pl.col("township_code").alias("township"), pl.col("unit_code").alias("third")
    )
    found = people.select("pid", "township", "grid").join(
        current, on="township", how="left", maintain_order="left_right"
    )
    found = found.filter(pl.col("third") != pl.col("grid")).unique("pid", keep="first", maintain_order=True)
    return people.select("pid").join(found, on="pid", how="left", maintain_order="left")["third"]


def _answered(stage: Stage) -> None:
    """Only a true answer ends a finding: it holds over whatever the next survey says. The wrong ones name a
    grid that does not exist."""
    each = max(2, round(3 * stage.world.scale * 100))
    seen = settled() & stage.listed("F31")
    groups = [stage.take(seen & (pl.col("township") == code), each, playing=each) for code in stage.players]
    people = pl.concat(groups)
    people = people[stage.rng("answers").permutation(people.height)]
    is_silent = people["residence"].str.starts_with(SILENT_COUNTY)
    for group in (people.filter(~is_silent), people.filter(is_silent)):
        wrong = _wrong_grids(stage, group)
        stage.edit("F31", ALWAYS, per_person(group, wrong.alias("grid_code")))
        keys = _keys(stage, group)
        no_grid = group["village"] + "998"
        said = record_answers(stage, group, _REPLIES, keys, true_value=group["grid"], wrong_value=no_grid)
        right = said["behaviour"] == "right"
        untils = said.select(pl.when(pl.col("behaviour") == "right").then(1)).to_series().cast(pl.Int64)
        stage.register.defect("R11", "F31", keys, WHAT, group, 0, untils)
        _redelivered(stage, group.filter(right), wrong.filter(right))


def _redelivered(stage: Stage, people: pl.DataFrame, wrong: pl.Series) -> None:
    """The next survey repeats the wrong code, brings the right one, or a third; one county sends none."""
    found = tickets("R11", _keys(stage, people))
    register = stage.register
    if people["residence"].str.starts_with(SILENT_COUNTY).all():
        stage.edit("F31", Span(2), per_person(people, pl.col("grid").alias("grid_code")))
        register.hard_negative("R46", "F31", found, "来源未再交付，再交付时已改正", people)
        return
    fate = pl.Series([i % 3 for i in range(people.height)], dtype=pl.Int64)
    third = _third_grids(stage, people)
    sent = pl.DataFrame({"fate": fate, "wrong": wrong, "right": people["grid"], "third": third}).select(
        pl.when(pl.col("fate") == _FLIP)
        .then("wrong")
        .when(pl.col("fate") == _CONFIRMED)
        .then("right")
        .otherwise("third")
        .alias("grid_code")
    )
    stage.edit("F31", Span(1), per_person(people, sent.to_series()))
    flips, confirmed, other = fate == _FLIP, fate == _CONFIRMED, fate == _THIRD
    what = "已更正的网格又变回错误值"
    register.defect("R46", "F31", found.filter(flips), what, people.filter(flips), 1)
    register.hard_negative("R46", "F31", found.filter(confirmed), "来源已改正", people.filter(confirmed))
    register.hard_negative("R46", "F31", found.filter(other), "来源另有新值", people.filter(other))


def _unanswered(stage: Stage) -> None:
    seen = settled() & is_resurveyed() & stage.listed("F31")
    for wave in waves(24, 6, 3, least=2, fixed=1 / 3):
        people = stage.take(seen, wave.count(stage))
        table = per_person(people, _wrong_grids(stage, people))
        plant_wave(stage, wave, "R11", "F31", people, table, _keys(stage, people), WHAT)


def _harmless(stage: Stage) -> None:
    register = stage.register
    lingering = stage.listed("F31") & stage.listed("F31", SECOND) & (pl.col("death_date") <= FIRST.as_of)
    with_id = stage.truth("F31").filter(pl.col("id_no").is_not_null())["_pid"]
    named = stage.among(with_id)
    dead = stage.take(lingering & named & pl.col("stays"), stage.count(6, 2))
    stage.edit("F31", ALWAYS, per_person(dead, _wrong_grids(stage, dead)))
    register.hard_negative("R11", "F31", _keys(stage, dead), "网格有误，但人已死亡", dead)
    vacant = stage.truth("F31").filter(pl.col("name").is_null()).head(stage.count(8, 3))
    grids = pl.Series("grid_code", [None, "370600000000001"] * vacant.height, dtype=pl.String)
    stage.edit("F31", ALWAYS, vacant.select("_pid", grids.head(vacant.height)))
    keys = record_keys("F31", vacant)
    register.hard_negative("R11", "F31", keys, "空置房屋，无人居住", vacant.select(pid="_pid"))
