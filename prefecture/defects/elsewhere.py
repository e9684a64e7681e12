"""R09 and R10: people two places claim, and people who have long lived elsewhere and are still on the roll.

Belongs here: second rows of F31. Does not belong here: wrong grids (survey.py).

R09 finds person(id_no) when the latest F31 of all counties has two rows of one valid number with living_type
自有, 租住 or 独居, in different grids (grid_code), with survey_dates at most 92 days apart (one round).

R10 finds the F01 row (its record key), 正常 and of township T = first nine digits of division_code, when
  the latest F31 has a row of the number with living_type 户在人不在 in a grid of T (still on the village roll), and
    one with 自有, 租住 or 独居 in a grid of another township, and none of these in T;
  F20 still has the number as 正常 with a division_code in T;
  every F17 row of the number with status 参保 began (start_date) 365 days or more ago, and there is one; and each
    employer_code stands in F14 (uscc) with a division_code outside T.
"""

from datetime import timedelta

import polars as pl

from prefecture.defects.common import entity_keys, is_resurveyed, plain, record_keys, settled, waves
from prefecture.months import FIRST, MONTHS
from prefecture.stage import ALWAYS, Span, Stage, per_person

ABSENT = "户在人不在"
_CLAIM, _AWAY = 500_000_000, 600_000_000
_LONG = timedelta(days=370)
_RECENT = Span(2, 11)


def plant_elsewhere(stage: Stage) -> None:
    """Plant R09 at 1 %: 12 in the stock (a fifth settled at once), 3 in the second month, 1 in each of five later
    ones (every third settled two months later); R10: 12, 3 and 1 likewise."""
    _claimed_twice(stage)
    _long_away(stage)


def _surveyed(stage: Stage) -> pl.Expr:
    """Ordinary grown-ups who share a house, found by the survey under their number."""
    named = stage.truth("F31").filter(pl.col("id_no").is_not_null())["_pid"]
    together = pl.len().over("household") > 1
    return plain() & is_resurveyed() & together & (pl.col("age") >= 18) & stage.among(named)


def _with_hosts(stage: Stage, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People, and beside each a householder of another township; who finds none is left out."""
    host = settled() & is_resurveyed() & (pl.col("role") == 0) & stage.listed("F31")
    hosts = stage.take(host, people.height)
    people = people.head(hosts.height)
    apart = people["township"] != hosts["township"]
    return people.filter(apart), hosts.filter(apart)


def _rows_at(stage: Stage, people: pl.DataFrame, hosts: pl.DataFrame, number: int, date: pl.Expr) -> pl.DataFrame:
    """Rows of F31 that find each of `people` renting in the house of the host beside him."""
    there = stage.rows("F31", hosts)
    places = ("_county", "grid_code", "house_no", "house_address", "surveyor")
    return (
        stage.rows("F31", people)
        .drop("_touched")
        .with_columns(*(there[c] for c in places), pl.lit("租住").alias("living_type"), date.alias("survey_date"))
        .with_columns(
            pl.concat_str(pl.lit("DJ"), "_county", (pl.col("_pid") + number).cast(pl.String).str.zfill(9)).alias(
                "survey_no"
            )
        )
    )


def _claimed_twice(stage: Stage) -> None:
    register = stage.register
    for wave in waves(12, 3, 1, least=2, fixed=1 / 5):
        people, hosts = _with_hosts(stage, stage.take(_surveyed(stage), wave.count(stage)))
        day = wave.month.start + timedelta(days=9)
        rows = _rows_at(stage, people, hosts, _CLAIM, pl.lit(day + timedelta(days=3)))
        table = per_person(people, pl.lit(day).alias("survey_date"), pl.lit("自有").alias("living_type"))
        fixed = wave.fixed_of(people.height)
        for span, some in ((Span(wave.since), slice(fixed, None)), (Span(wave.since, wave.until), slice(0, fixed))):
            stage.edit("F31", span, table[some])
            stage.add("F31", span, rows[some])
        keys = entity_keys("person", people, "id_no")
        register.defect("R09", "F31", keys, "两个镇街同期登记为常住", people, wave.since, wave.untils(people.height))
    people, hosts = _with_hosts(stage, stage.take(_surveyed(stage), stage.count(6, 2)))
    earlier = FIRST.as_of - timedelta(days=200)
    stage.edit("F31", ALWAYS, per_person(people, pl.lit(earlier).alias("survey_date")))
    stage.add("F31", ALWAYS, _rows_at(stage, people, hosts, _CLAIM, pl.lit(FIRST.start)))
    register.hard_negative("R09", "F31", entity_keys("person", people, "id_no"), "两轮之间搬家，旧行未再摸排", people)
    twins = stage.take(settled() & (pl.len().over("household", "birth") > 1), stage.count(4))
    register.hard_negative("R09", "F31", entity_keys("person", twins, "id_no"), "双胞胎", twins)


def _jobs(stage: Stage) -> pl.DataFrame:
    """People with one job of more than a year with a live enterprise of another township: `_pid`, `_eid`."""
    firms = stage.enterprises.filter(
        pl.Series(stage.free_firms) & (pl.col("status_name") == "存续") & ~pl.col("has_old_code")
    )
    jobs = stage.world.employment.filter(pl.len().over("_pid") == 1)
    jobs = jobs.filter(pl.col("start_date") <= FIRST.as_of - _LONG)
    home = stage.people.select(pl.col("pid").alias("_pid"), pl.col("township").alias("home"))
    found = jobs.join(firms.select("_eid", "township"), on="_eid").join(home, on="_pid")
    return found.filter(pl.col("township") != pl.col("home")).select("_pid", "_eid").sort("_pid")


def _long_away(stage: Stage) -> None:
    register, jobs = stage.register, _jobs(stage)
    insured = stage.truth("F20").filter(pl.col("status_name") == "正常")["_pid"]
    insured = stage.among(insured)
    worker = _surveyed(stage) & insured & stage.among(jobs["_pid"])
    for wave in waves(12, 3, 1, least=2, fixed=1 / 5):
        people, hosts = _with_hosts(stage, stage.take(worker, wave.count(stage)))
        fixed = wave.fixed_of(people.height)
        for span, some in ((Span(wave.since), slice(fixed, None)), (Span(wave.since, wave.until), slice(0, fixed))):
            _away(stage, people[some], hosts[some], span)
        keys = record_keys("F01", people)
        register.defect(
            "R10", "F01", keys, "户籍在此，一年以上在外居住和就业", people, wave.since, wave.untils(people.height)
        )
        register.hard_negative("R09", "F31", entity_keys("person", people, "id_no"), "户籍村登记为户在人不在", people)
        _use_firms(stage, jobs, people)
    people, hosts = _with_hosts(stage, stage.take(worker, stage.count(5, 2)))
    _away(stage, people, hosts, _RECENT)
    stage.edit("F17", _RECENT, per_person(people, pl.lit(MONTHS[_RECENT.since].start).alias("start_date")))
    register.hard_negative("R10", "F01", record_keys("F01", people), "外出不满一年", people)
    _use_firms(stage, jobs, people)
    idle = ~stage.among(stage.world.employment["_pid"])
    people, hosts = _with_hosts(
        stage, stage.take(_surveyed(stage) & insured & idle & pl.col("age").is_between(18, 22), stage.count(5, 2))
    )
    _away(stage, people, hosts, ALWAYS)
    register.hard_negative("R10", "F01", record_keys("F01", people), "在外求学", people)


def _away(stage: Stage, people: pl.DataFrame, hosts: pl.DataFrame, span: Span) -> None:
    """At home they are on the list and not there; a landlord in another township has them."""
    stage.add("F31", span, _rows_at(stage, people, hosts, _AWAY, pl.lit(MONTHS[span.since].start)))
    stage.edit(
        "F31",
        span,
        per_person(people, pl.lit(ABSENT).alias("living_type")).with_columns(_number(people).alias("survey_no")),
        ("_pid", "survey_no"),
    )


def _number(people: pl.DataFrame) -> pl.Series:
    """The survey numbers of people's own rows."""
    county = people["residence"].str.head(6)
    return "DJ" + county + people["pid"].cast(pl.String).str.zfill(9)


def _use_firms(stage: Stage, jobs: pl.DataFrame, people: pl.DataFrame) -> None:
    """No later error may change what is known of these people's employers."""
    used = jobs.filter(pl.col("_pid").is_in(people["pid"].implode()))["_eid"]
    stage.free_firms[used.to_numpy() - stage.world.shard.first_number] = False
