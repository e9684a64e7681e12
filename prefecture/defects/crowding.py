"""R14: a flat with too many strangers in it.

Belongs here: tenants of F31. Does not belong here: who is registered where.

R14 finds a house (entity `house`, house_no) of F31 as last delivered, in which at least 8 people are listed as
租住 whose surnames (first character of the name) are at least 6 different ones, unless the address says it is
a dormitory (宿舍). A family of three generations has 5 surnames at most.
"""

import numpy as np
import polars as pl

from prefecture.defects.common import entity_keys, is_resurveyed, plain, waves
from prefecture.feeds.survey import survey_no
from prefecture.stage import ALWAYS, Span, Stage
from prefecture.world.lots import days_between
from prefecture.world.name_lists import COMMON_SURNAMES
from prefecture.world.names import given_names
from prefecture.world.phones import phone_of

MANY = 8
_MOST = 14
_TENANTS_FROM, _PER_HOUSE = 2_000_000_000, 20
_FAMILY = (0, 1, 0, 0, 2, 0, 3, 0)
_BORN = (1968, 2005)


def plant_crowding(stage: Stage) -> None:
    """Plant R14: at 1 % 16 flats in the first month, 3 in the second, one every fourth month after it; some
    are emptied two months later, of the first ones some at once."""
    for wave in waves(16, 3, 1, least=1, fixed=1 / 4):
        hosts = _hosts(stage, wave.count(stage))
        sizes = stage.rng("tenants").integers(MANY, _MOST + 1, hosts.height)
        rows = _tenants(stage, hosts, [list(range(n)) for n in sizes], wave.month.start.isoformat())
        fixed = hosts["_pid"].head(wave.fixed_of(hosts.height)).implode()
        stage.add("F31", Span(wave.since, wave.until), rows.filter(pl.col("_host").is_in(fixed)).drop("_host"))
        stage.add("F31", Span(wave.since), rows.filter(~pl.col("_host").is_in(fixed)).drop("_host"))
        keys, what = entity_keys("house", hosts, "house_no"), "群租：一套房内租住多名无亲属关系的人"
        stage.register.defect("R14", "F31", keys, what, hosts, wave.since, wave.untils(hosts.height))
    _harmless(stage)


def _hosts(stage: Stage, count: int, place: str = "") -> pl.DataFrame:
    """Flats that nobody had on a list so far, next to people who have a row in F31: that row with the flat's
    number and address, `pid` and `township` of the neighbour."""
    people = stage.take(plain() & is_resurveyed() & stage.listed("F31"), count)
    serial = "8" + (pl.col("pid") % 10_000).cast(pl.String).str.zfill(4)
    people = people.select("pid", "township", (pl.col("residence") + "F" + serial).alias("house_no"), serial.alias("s"))
    rows = stage.rows("F31", people).drop("house_no").hstack(people)
    address = pl.col("house_address").str.replace(r"\d+号房$", "") + place + pl.col("s") + "号房"
    return rows.with_columns(address.alias("house_address")).drop("s")


def _tenants(stage: Stage, hosts: pl.DataFrame, families: list[list[int]], earliest: str) -> pl.DataFrame:
    """Rows of F31 about tenants: for each flat who of them bears which surname (0 the first one, and so on).
    They have no row anywhere else, and their numbers were not asked for. `_host` is the neighbour."""
    rng = stage.rng("tenants")
    sizes = [len(surnames) for surnames in families]
    house = np.repeat(np.arange(hosts.height), sizes)
    which = np.array([s for surnames in families for s in surnames], dtype=np.int64)
    letters = np.array(list(COMMON_SURNAMES))
    start = rng.integers(0, len(letters), hosts.height)[house] if hosts.height else which
    names = np.char.add(letters[(start + which) % len(letters)], given_names(rng, *_people(rng, len(which))))
    turn = np.concatenate([np.arange(n) for n in sizes]) if sizes else which
    rows = hosts[house].with_columns(
        pl.col("_pid").alias("_host"),
        (_TENANTS_FROM + pl.col("_pid") * _PER_HOUSE + pl.Series(turn, dtype=pl.Int64)).alias("_pid"),
        pl.Series("name", names, dtype=pl.String),
        pl.lit(None, pl.String).alias("id_no"),
        pl.lit("租住").alias("living_type"),
        pl.Series("survey_date", days_between(rng, earliest, f"{earliest[:8]}25", len(which))).cast(pl.Date),
    )
    return rows.with_columns(phone_of("_pid").alias("phone"), survey_no()).drop("pid", "township")


def _people(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(1, 3, count), rng.integers(*_BORN, count)


def _harmless(stage: Stage) -> None:
    kinds = (
        (6, list(_FAMILY), "", "三代八口之家租住"),
        (5, list(range(MANY - 1)), "", "合租七人，未到界限"),
        (5, list(range(12)), "员工宿舍", "企业员工宿舍"),
    )
    for at_one_percent, surnames, place, what in kinds:
        hosts = _hosts(stage, stage.count(at_one_percent, 1), place)
        stage.add("F31", ALWAYS, _tenants(stage, hosts, [surnames] * hosts.height, "2024-01-01").drop("_host"))
        stage.register.hard_negative("R14", "F31", entity_keys("house", hosts, "house_no"), what, hosts)
    _collective(stage)


def _collective(stage: Stage) -> None:
    """Members of collective households who rent their beds in a dormitory."""
    large = pl.col("is_collective") & (pl.len().over("household") >= MANY)
    first = stage.take(large & stage.listed("F31"), stage.count(5, 2))
    members = stage.people.filter(pl.col("household").is_in(first["household"].implode()))
    stage.edit("F31", ALWAYS, members.select(pl.col("pid").alias("_pid"), pl.lit("租住").alias("living_type")))
    keys = entity_keys("house", first, "house_no")
    stage.register.hard_negative("R14", "F31", keys, "集体户：集体宿舍", first)
