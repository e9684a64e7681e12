"""F17 and F20: insured employees, and enrolments in medical insurance.

Belongs here: who is insured with whom at a turn. Does not belong here: employers' registration
(enterprises.py).
"""

import numpy as np
import polars as pl

from pipelines.prefecture.months import Turn
from pipelines.prefecture.world.enterprises import branches
from pipelines.prefecture.world.lots import days_between, stream
from pipelines.prefecture.world.vital import is_dead, is_present

_EMPLOYED_SHARE, _PUBLIC_SHARE, _STOPPED_SHARE = 0.5, 0.12, 0.04
_ENROLLED_SHARE, _FLOATING_ENROLLED_SHARE, _PAUSED_SHARE, _VISIT_SHARE = 0.94, 0.5, 0.03, 0.4


def draw_employment(people: pl.DataFrame, enterprises: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per job: `_pid`, `_eid` (null for public bodies), `employer_code`, `start_date`, `stop_date`.

    Some people also have a stopped row with an earlier employer.
    """
    rng = stream(seed, "employment")
    adults = people.filter((is_present() | pl.col("is_floating")) & pl.col("age").is_between(18, 59))
    workers = adults.filter(pl.Series(rng.random(adults.height) < _EMPLOYED_SHARE))["pid"].to_numpy()
    employers = enterprises.filter("is_employer")
    current = _employers(rng, employers, len(workers))
    stopped = rng.permutation(len(workers))[: round(len(workers) * _STOPPED_SHARE)]
    earlier = _employers(rng, employers, len(stopped))
    differs = earlier["employer_code"] != current["employer_code"].gather(stopped)
    jobs = current.with_columns(
        pl.Series("_pid", workers),
        pl.Series("start_date", days_between(rng, "2010-01-01", "2023-09-30", len(workers))),
        pl.lit(None, pl.Date).alias("stop_date"),
    )
    past = earlier.with_columns(
        pl.Series("_pid", workers[stopped]),
        pl.Series("start_date", days_between(rng, "2008-01-01", "2019-12-31", len(stopped))),
        pl.Series("stop_date", days_between(rng, "2020-01-01", "2023-06-30", len(stopped))),
    ).filter(differs)
    return pl.concat([jobs, past]).sort("_pid", "start_date")


def _employers(rng: np.random.Generator, employers: pl.DataFrame, count: int) -> pl.DataFrame:
    """Employers by a long-tailed chance; every eighth job is with a public body."""
    weight = 1 / np.arange(1, employers.height + 1) ** 0.6
    private = employers[rng.choice(employers.height, count, p=weight / weight.sum())]
    bodies = branches(max(4, count // 150))
    public = pl.Series(rng.random(count) < _PUBLIC_SHARE)
    body = bodies.gather(rng.integers(0, len(bodies), count))
    return private.select(
        pl.when(public).then(None).otherwise("_eid").alias("_eid"),
        pl.when(public).then(body).otherwise("uscc").alias("employer_code"),
    )


def insured(people: pl.DataFrame, employment: pl.DataFrame, turn: Turn) -> pl.DataFrame:
    """All rows of F17 at the turn: paid up to its month, or to the month of stopping."""
    named = employment.join(
        people.select(pl.col("pid").alias("_pid"), "id_no", "name", "death_date"),
        on="_pid",
        how="left",
        maintain_order="left",
    )
    is_stopped = pl.col("stop_date").is_not_null()
    return named.filter(~is_dead(turn.as_of)).select(
        "_pid",
        "_eid",
        "id_no",
        "name",
        "employer_code",
        pl.lit("企业职工基本养老保险").alias("insurance_kind"),
        pl.when(is_stopped)
        .then(pl.col("stop_date").dt.strftime("%Y-%m"))
        .otherwise(pl.lit(turn.month))
        .alias("period_month"),
        pl.when(is_stopped).then(pl.lit("停保")).otherwise(pl.lit("参保")).alias("status_name"),
        "start_date",
        "stop_date",
    )


def enrolments(people: pl.DataFrame, employment: pl.DataFrame, turn: Turn, seed: int) -> pl.DataFrame:
    """All rows of F20 at the turn."""
    rng = stream(seed, "enrolments")
    lots = pl.DataFrame(
        {
            "enrolled": rng.random(people.height),
            "paused": rng.random(people.height),
            "visits": rng.random(people.height),
            "visit": days_between(rng, "2022-06-01", "2023-01-31", people.height),
        }
    )
    rows = pl.concat([people, lots], how="horizontal")
    share = pl.when("is_floating").then(_FLOATING_ENROLLED_SHARE).otherwise(_ENROLLED_SHARE)
    rows = rows.filter(
        (pl.col("enrolled") < share)
        & ~is_dead(turn.as_of)
        & pl.col("left_date").is_null()
        & ~pl.col("is_newborn")
    )
    employed = pl.col("pid").is_in(employment["_pid"].unique().implode())
    return rows.select(
        pl.col("pid").alias("_pid"),
        "id_no",
        "name",
        pl.col("sex").cast(pl.String).alias("sex_code"),
        pl.col("birth").alias("birth_date"),
        pl.when(employed).then(pl.lit("职工")).otherwise(pl.lit("居民")).alias("insurance_kind"),
        pl.when(pl.col("paused") < _PAUSED_SHARE)
        .then(pl.lit("暂停"))
        .otherwise(pl.lit("正常"))
        .alias("status_name"),
        pl.col("village").alias("division_code"),
        pl.when((pl.col("visits") < _VISIT_SHARE) & (pl.col("visit") > pl.col("birth")))
        .then("visit")
        .alias("last_visit_date"),
    )
