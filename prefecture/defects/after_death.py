"""R19: activity after death.

What the rule finds: a death is what F03 says (死亡注销; the number followed through F03's 身份证号变更). Found are
records (record key of their own feed, as last accepted) of that person
  in F20 with `last_visit_date` later than the day of death,
  in F17 with `period_month` later than the month of death.
A visit on the day of death, a settlement dated before it and the contribution for the month of death are right,
whenever they are delivered. F20 of the second month is refused as a whole (R47), so nothing begins or ends there.

Belongs here: visits and contributions of the dead. Does not belong here: payments to them (paid_dead.py), or
permits (F15).
"""

import polars as pl

from prefecture.defects.common import Wave, public_employers, record_keys
from prefecture.feeds.medical_enrolments import EMPLOYEE, PAUSED, RESIDENT, RUNNING, enrolment_rows
from prefecture.months import LAST, MONTHS, SECOND
from prefecture.stage import ALWAYS, Span, Stage, only

_VISITS = (Wave(0, 14, 2, 1 / 4, 2), *(Wave(i, 1, 0, 1 / 3, i + 3) for i in (2, 5, 9, 13, 17)))
_LATEST = MONTHS[21].as_of
_INDEX = pl.col("death_date").dt.year().cast(pl.Int64) * 12 + pl.col("death_date").dt.month() - 2024 * 12 - 1


def plant_after_death(stage: Stage) -> None:
    """At 1 %: 14 visits in the stock, 5 more later; 5 contributions in the stock, 10 later, a third of them ended;
    15 lookalikes of three kinds."""
    _visits(stage)
    _contributions(stage)
    _rightly(stage)


def _dead(first: str, last: str) -> pl.Expr:
    """Died between the days, with nothing else to be noticed of them."""
    days = pl.col("death_date").is_between(pl.lit(first).str.to_date(), pl.lit(last).str.to_date())
    return days & pl.col("stays") & ~pl.col("is_collective") & pl.col("namesake").is_null() & pl.col("assist").is_null()


def _long_dead() -> pl.Expr:
    return _dead("2023-06-01", "2023-11-30")


def _kind(people: pl.DataFrame, status: str, visit: pl.Expr) -> pl.DataFrame:
    kind = pl.when(pl.col("age") < 60).then(pl.lit(EMPLOYEE)).otherwise(pl.lit(RESIDENT))
    return enrolment_rows(people, kind, pl.lit(status), visit)


def _visits(stage: Stage) -> None:
    after = pl.col("death_date") + pl.duration(days=pl.col("pid") % 16 + 5)
    for wave in _VISITS:
        before = MONTHS[wave.since - 1]
        where = _dead(str(before.start), str(before.as_of)) if wave.since else _long_dead()
        people = stage.take(where, wave.count(stage))
        rows = _kind(people, RUNNING, after)
        fixed = wave.fixed_of(people.height)
        stage.add("F20", Span(wave.since, wave.until), rows.head(fixed))
        stage.add("F20", Span(wave.since), rows.slice(fixed))
        keys = record_keys("F20", rows)
        stage.register.defect("R19", "F20", keys, "死亡后仍有就诊", people, wave.since, wave.untils(people.height))


def _contributions(stage: Stage) -> None:
    long_dead = stage.take(_long_dead() & pl.col("age").is_between(30, 66), stage.count(5))
    public = public_employers(stage)
    jobs = long_dead.select(
        pl.col("pid").alias("_pid"),
        pl.lit(None, pl.Int64).alias("_eid"),
        public.gather(long_dead["pid"] % len(public)).alias("employer_code"),
        pl.date(2012, 1 + pl.col("pid") % 12, 1).alias("start_date"),
    )
    since = pl.select(pl.repeat(0, long_dead.height, dtype=pl.Int64, eager=False).alias("since")).to_series()
    _go_on(stage, long_dead, jobs, since, pl.Series([None] * long_dead.height, dtype=pl.Int64))
    people, jobs = _dying_workers(stage, 10, 1)
    since = people.select(_INDEX + 1).to_series()
    ends = pl.int_range(pl.len()) % 3 == 0
    _go_on(stage, people, jobs, since, people.select(pl.when(ends).then(_INDEX + 3)).to_series())


def _dying_workers(stage: Stage, at_one_percent: float, least: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People with one running job who die in one of the later months, and that job, row by row."""
    running = stage.world.employment.filter(pl.col("_pid").len().over("_pid") == 1)
    running = running.filter(pl.col("stop_date").is_null())
    dying = _dead(str(SECOND.start), str(_LATEST)) & stage.among(running["_pid"])
    people = stage.take(dying, stage.count(at_one_percent, least))
    jobs = people.select(pl.col("pid").alias("_pid")).join(running, on="_pid", how="left", maintain_order="left")
    return people, jobs


def _go_on(stage: Stage, people: pl.DataFrame, jobs: pl.DataFrame, since: pl.Series, until: pl.Series) -> None:
    """The employer pays on in the months from `since` to before `until`."""
    named = _named(people, jobs)
    last = until.fill_null(LAST.index + 1)
    for month in MONTHS:
        stage.add(
            "F17", only(month.index), _paid(named.filter((since <= month.index) & (last > month.index)), month.month)
        )
    keys = record_keys("F17", named)
    stage.register.defect("R19", "F17", keys, "死亡次月起仍在缴费", people, since, until)


def _named(people: pl.DataFrame, jobs: pl.DataFrame) -> pl.DataFrame:
    return jobs.select("_pid", "_eid", "employer_code", "start_date").with_columns(
        people["id_no"], people["name"], pl.lit("企业职工基本养老保险").alias("insurance_kind")
    )


def _paid(rows: pl.DataFrame, month: str) -> pl.DataFrame:
    nothing = pl.lit(None, pl.Date).alias("stop_date")
    return rows.with_columns(pl.lit(month).alias("period_month"), pl.lit("参保").alias("status_name"), nothing)


def _rightly(stage: Stage) -> None:
    register, death = stage.register, pl.col("death_date")
    before = death - pl.duration(days=pl.col("pid") % 20 + 1)
    for status, visit, what in ((PAUSED, before, "死亡前就诊，死亡后才结算"), (PAUSED, death, "死亡当日就诊")):
        people = stage.take(_long_dead(), stage.count(5))
        rows = _kind(people, status, visit)
        stage.add("F20", ALWAYS, rows)
        register.hard_negative("R19", "F20", record_keys("F20", rows), what, people)
    people, jobs = _dying_workers(stage, 5, 1)
    named = _named(people, jobs).with_columns(people.select(_INDEX.alias("index"), "death_date"))
    for (index,), rows in named.group_by("index", maintain_order=True):
        month = MONTHS[int(index)].month
        paid = _paid(rows.drop("index", "death_date"), month)
        stage.add("F17", only(int(index)), paid)
        stopped = paid.with_columns(pl.lit("停保").alias("status_name"), rows["death_date"].alias("stop_date"))
        stage.add("F17", Span(int(index) + 1), stopped)
    register.hard_negative("R19", "F17", record_keys("F17", named), "死亡当月照缴", people)
