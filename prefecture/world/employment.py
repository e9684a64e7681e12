"""Who works where.

Belongs here: jobs with enterprises and public bodies. Does not belong here: insurance rows
(feeds/employment_insurance.py).
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from prefecture.world.enterprises import branches
from prefecture.world.lots import days_between
from prefecture.world.vital import is_present

if TYPE_CHECKING:
    from prefecture.world.world import World

_EMPLOYED_SHARE, _PUBLIC_SHARE, _STOPPED_SHARE, _SECOND_SHARE = 0.5, 0.12, 0.04, 0.01


def draw_employment(world: "World") -> pl.DataFrame:
    """One row per job: `_pid`, `_eid` (null for public bodies), `employer_code`, `start_date`, `stop_date`.

    Some people also have a stopped row with an earlier employer, a few a second job.
    """
    rng = world.stream("employment")
    adults = world.people.filter((is_present() | pl.col("is_floating")) & pl.col("age").is_between(18, 59))
    workers = adults.filter(pl.Series(rng.random(adults.height) < _EMPLOYED_SHARE))["pid"].to_numpy()
    employers = world.enterprises.filter("is_employer")
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
    return pl.concat([jobs, past, _second(world, employers, jobs)]).sort("_pid", "start_date")


def _second(world: "World", employers: pl.DataFrame, jobs: pl.DataFrame) -> pl.DataFrame:
    """Jobs that some have beside their own, with another employer."""
    rng = world.stream("second jobs")
    first = jobs.filter(pl.Series(rng.random(jobs.height) < _SECOND_SHARE))
    other = _employers(rng, employers, first.height)
    differs = other["employer_code"] != first["employer_code"]
    days = pl.Series("start_date", days_between(rng, "2019-01-01", "2023-09-30", first.height))
    return first.with_columns(*other.get_columns(), days).filter(differs)


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
