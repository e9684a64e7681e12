"""R16: children with a birth certificate and no household registration.

Belongs here: births the police have not heard of, and those who only seem so. Does not belong here: births of
ordinary life (world/births.py).

R16 finds a certificate (record key of F06) of a birth more than 60 days before the business date when its mother
or father is registered (F01 正常) and the child is not. It is registered if F01 has its birth date (column, or
digits 7–14 of the number) in any household in which F01 has or had a row of its mother or father, or anywhere
under the certificate's name (one that is not 「某某之子」 or 「某某之女」). A certificate of death (F04) of the
same name and birth date ends the matter, too.
"""

from datetime import date, timedelta

import numpy as np
import polars as pl

from prefecture.changes import second_rows
from prefecture.defects.common import Wave, plain, record_keys, settled, waves
from prefecture.feeds.birth_certificates import certificate_rows
from prefecture.feeds.death_certificates import certificate_rows as death_rows
from prefecture.feeds.hukou_events import BIRTH, event_rows
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Span, Stage, only
from prefecture.world.lots import days_between

_DAYS, _NOBODY = 60, 950_000_000
_PLACES = ("household_no", "relation_code", "hukou_address", "division_code", "updated_date")


def plant_births(stage: Stage) -> None:
    """Plant R16: at 1 % 16 in the stock, 3 in the second month, 2 in each of five later ones, and in four later
    months 2 registered at last after two months."""
    for wave in waves(16, 3, 2):
        mothers = stage.take(_mother(), wave.count(stage))
        births = _births(stage, mothers, *_born(wave))
        _certify(stage, births)
        keys = record_keys("F06", births)
        stage.register.defect("R16", "F06", keys, "出生证明已出60天以上，未落户", mothers, wave.since)
    _registered_late(stage)
    _dead_infants(stage)
    _elsewhere(stage)
    _migrants(stage)


def _mother() -> pl.Expr:
    """Married women without small children."""
    couple = (pl.col("role") <= 1).sum().over("household") == 2
    childless = (pl.col("birth").max() < date(2022, 1, 1)).over("household")
    return (
        plain() & (pl.col("sex") == 2) & (pl.col("role") <= 1) & pl.col("age").is_between(22, 38) & couple & childless
    )


def _born(wave: Wave) -> tuple[date, date]:
    """Between which days a child is born who is more than 60 days old at the wave's month and not before."""
    if wave.since == 0:
        return date(2023, 3, 1), date(2023, 11, 25)
    last = wave.month.as_of - timedelta(days=_DAYS + 1)
    return last - timedelta(days=20), last


def _births(stage: Stage, mothers: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Births to these mothers that no register knows, ready for certificates; they bear no name of their own."""
    rng, count = stage.rng("unknown births"), mothers.height
    men = stage.people.filter((pl.col("role") <= 1) & (pl.col("sex") == 1))
    fathers = mothers.join(
        men.select("household", pl.col("pid").alias("father")), on="household", maintain_order="left"
    )
    return fathers.select(
        pl.lit(None, pl.Int64).alias("child"),
        pl.col("pid").alias("mother"),
        "father",
        "county_code",
        (pl.lit("X37") + pl.col("pid").cast(pl.String).str.zfill(9)).alias("cert_no"),
        pl.lit(True).alias("is_unnamed"),
        pl.lit("").alias("given"),
        pl.Series("birth", days_between(rng, str(first), str(last), count), dtype=pl.Date),
        pl.Series("sex", rng.integers(1, 3, count), dtype=pl.Int64),
        pl.Series("minute", rng.integers(0, 1440, count), dtype=pl.Int64),
        pl.Series("weeks", rng.integers(36, 42, count), dtype=pl.Int64),
        pl.Series("weight", rng.integers(240, 420, count) * 10, dtype=pl.Int64),
        pl.Series("issue", rng.integers(1, 21, count), dtype=pl.Int64),
        pl.Series("hospital", rng.integers(0, 4, count), dtype=pl.Int64),
    )


def _certify(stage: Stage, births: pl.DataFrame) -> None:
    """Put the certificates into the months of birth; the first round has all of the year before."""
    rows, born = certificate_rows(stage.world, births), births["birth"]
    month = ((born.dt.year() - 2024) * 12 + born.dt.month() - 1).clip(0)
    for index in month.unique().sort():
        stage.add("F06", only(index), rows.filter(month == index))


def _newborns(stage: Stage, month: int, count: int) -> pl.DataFrame:
    """Single births of a month with a certificate; their households are used by nobody else."""
    single = stage.world.births.filter(pl.col("child").is_not_null() & (pl.len().over("mother") == 1))["child"]
    born = pl.col("birth").is_between(MONTHS[month].start + timedelta(days=4), MONTHS[month].as_of)
    found = stage.people.filter(pl.col("is_newborn") & born & stage.among(single))
    return found[stage.rng("late newborns").permutation(found.height)[:count]]


def _register_in(stage: Stage, children: pl.DataFrame, month: int) -> None:
    """Until the month neither police nor neighbours know of the children."""
    for feed in ("F01", "F31", "F20"):
        stage.drop(feed, Span(0, month), children.select(pl.col("pid").alias("_pid")))
    birth = children.select(pl.col("pid").alias("_pid"), pl.lit(BIRTH).alias("event_type"))
    stage.drop("F03", ALWAYS, birth, on=("_pid", "event_type"))
    stage.add("F03", only(month), event_rows(children, BIRTH, pl.col("birth")))


def _certificate_keys(stage: Stage, children: pl.DataFrame) -> pl.Series:
    return record_keys(
        "F06", children.select((pl.lit("X37") + pl.col("pid").cast(pl.String).str.zfill(9)).alias("cert_no"))
    )


def _registered_late(stage: Stage) -> None:
    """Registered after about four months; others within 60 days, but not in their first month."""
    for month in (1, 6, 11, 16):
        for child in _newborns(stage, month, stage.count(2, month == 1)).iter_slices(1):
            age_at = [(m.as_of - child["birth"].item()).days for m in MONTHS]
            since = int(np.argmax(np.array(age_at) > _DAYS))
            _register_in(stage, child, since + 2)
            keys = _certificate_keys(stage, child)
            stage.register.defect("R16", "F06", keys, "出生四个月后才落户", child, since, since + 2)
    for month in (2, 8, 13):
        children = _newborns(stage, month, stage.count(3, month == 2))
        _register_in(stage, children, month + 2)
        keys = _certificate_keys(stage, children)
        stage.register.hard_negative("R16", "F06", keys, "出生不足60天落户", children)


def _dead_infants(stage: Stage) -> None:
    """Dead a few days after birth, with a certificate of death without a number."""
    mothers = stage.take(_mother(), stage.count(3, 1))
    births = _births(stage, mothers, date(2023, 3, 1), date(2023, 12, 20))
    _certify(stage, births)
    infants = births.select(
        (pl.col("mother") + _NOBODY).alias("pid"),
        certificate_rows(stage.world, births)["newborn_name"].alias("name"),
        "sex",
        "birth",
        pl.lit(None, pl.String).alias("id_no"),
        mothers["village"],
    )
    days = pl.Series(stage.rng("infants").integers(1, 15, infants.height), dtype=pl.Int64)
    stage.add("F04", only(0), death_rows(infants, pl.col("birth") + pl.duration(days=days)))
    stage.register.hard_negative("R16", "F06", record_keys("F06", births), "新生儿已死亡，有死亡证明", mothers)


def _elsewhere(stage: Stage) -> None:
    """The mother is registered with her own parents, the child with its father."""
    certified = stage.world.births.filter(pl.col("child").is_not_null())
    infant = settled() & (pl.col("age") == 0) & stage.among(certified["child"])
    headed = pl.col("head_id_no").is_not_null() & pl.col("relation").is_in(["20", "30"])
    wives = stage.people.filter(pl.col("relation") == "10")["pid"]
    by_wife = certified.filter(pl.col("mother").is_in(wives.implode()))["child"]
    children = stage.take(infant & headed & stage.among(by_wife), stage.count(3, 1))
    hosts = stage.take(settled() & (pl.col("relation") == "01") & pl.col("age").is_between(48, 70), children.height)
    children = children.head(hosts.height)
    mothers = children.select(pl.col("pid").alias("child")).join(certified, on="child", maintain_order="left")
    mothers = mothers.select("mother").join(
        stage.people.with_columns(pl.col("pid").alias("mother")), on="mother", maintain_order="left"
    )
    rows = second_rows(mothers.select(stage.people.columns), hosts, FIRST)
    stage.edit("F01", ALWAYS, rows.select("_pid", *_PLACES))
    keys = _certificate_keys(stage, children)
    stage.register.hard_negative("R16", "F06", keys, "随父落户，母亲户口在娘家", children)


def _migrants(stage: Stage) -> None:
    """Both parents registered in another prefecture: so is the child."""
    rows = stage.truth("F06").filter(pl.col("_child").is_null()).head(stage.count(5, 1))
    who = rows.select(pl.col("_pid").alias("pid")).join(
        stage.people.select("pid", "township"), on="pid", maintain_order="left"
    )
    stage.register.hard_negative("R16", "F06", record_keys("F06", rows), "父母户口均不在本市", who)
