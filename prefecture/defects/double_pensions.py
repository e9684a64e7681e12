"""R28: two basic pensions at once.

What the rule finds: a person (entity `person`, id; numbers followed through F03) who
  is paid (发放, amount above 0) by two agencies of F18 for the same month, in anything delivered so far, or
  is paid by F18 for a month and is insured (参保) in F17 as 企业职工基本养老保险 with the same `period_month`: as an
  employee's pension is being earned, the resident's has to rest. F17 being a list as it stands, this is judged on
  the last month and ends with the insurance.
Work-injury insurance alone (工伤保险), a second agency that has suspended (暂停) or begins when the first one has
ended are right.

Belongs here: F18 against itself and F17. Does not belong here: payments to the dead.
"""

import polars as pl

from prefecture.defects.common import entity_keys, plain, public_employers, waves
from prefecture.feeds.resident_pensions import pensions
from prefecture.months import MONTHS
from prefecture.stage import ALWAYS, Span, Stage, only

_EMPLOYEE, _INJURY = "企业职工基本养老保险", "工伤保险"
_BEGINNINGS = ((0, 12, 2), (1, 3, 1), *((i, 0.6, 0) for i in (4, 8, 12, 16, 20)))
_LASTING, _MOVED = 4, 5


def plant_double_pensions(stage: Stage) -> None:
    """At 1 %: 12 pairs of agencies in the stock, 3 from the second month, 5 later; 5 employees in the stock, 1 and 5
    later; 14 lookalikes of three kinds."""
    payee = _payee(stage)
    _two_agencies(stage, payee)
    _employed(stage, payee)
    _rightly(stage, payee)


def _payee(stage: Stage) -> pl.Expr:
    """Draws a resident's pension in every month."""
    first, last = (_of(stage, m, "发放") for m in (0, 23))
    rested = pl.concat([_of(stage, m, "暂停") for m in (11, 23)])
    always = first.filter(first.is_in(last.implode()) & ~first.is_in(rested.implode()))
    return plain() & (pl.col("age") >= 60) & stage.among(always)


def _of(stage: Stage, month: int, status: str) -> pl.Series:
    """Who has the status in F18 in the month; suspensions of a year all show at its end."""
    rows = stage.truth("F18", MONTHS[month])
    return rows.filter(pl.col("status_name") == status)["_pid"].unique()


def _elsewhere(stage: Stage, people: pl.DataFrame, month: int) -> pl.DataFrame:
    """The month's rows of these people once more, from the agency of another county."""
    counties = stage.divisions.counties
    rows = pensions(stage.world, MONTHS[month], people["pid"])
    place = {code: i for i, code in enumerate(counties["county_code"])}
    at = rows.select(
        (pl.col("agency_code").replace_strict(place) + 1 + pl.col("_pid") % 5) % counties.height
    ).to_series()
    return rows.with_columns(
        counties["county_code"].gather(at).alias("agency_code"),
        (counties["county_name"].gather(at) + "居民养老保险中心").alias("agency_name"),
    )


def _two_agencies(stage: Stage, payee: pl.Expr) -> None:
    for since, count, least in _BEGINNINGS:
        people = stage.take(payee, stage.count(count, least))
        for month in MONTHS[since : since + _LASTING]:
            stage.add("F18", only(month.index), _elsewhere(stage, people, month.index))
        keys = entity_keys("person", people, "id_no")
        stage.register.defect("R28", "F18", keys, "两县重复领取居民养老金", people, since)


def _job_rows(people: pl.DataFrame, public: pl.Series, kind: str, month: str) -> pl.DataFrame:
    """Rows of F17 that insure these people with public bodies (codes)."""
    return people.select(
        pl.col("pid").alias("_pid"),
        pl.lit(None, pl.Int64).alias("_eid"),
        "id_no",
        "name",
        public.gather(people["pid"] % len(public)).alias("employer_code"),
        pl.lit(kind).alias("insurance_kind"),
        pl.lit(month).alias("period_month"),
        pl.lit("参保").alias("status_name"),
        pl.date(2023, 1 + pl.col("pid") % 10, 1).alias("start_date"),
        pl.lit(None, pl.Date).alias("stop_date"),
    )


def _insure(stage: Stage, people: pl.DataFrame, kind: str, span: Span) -> None:
    public = public_employers(stage)
    for month in MONTHS:
        if span.holds(month):
            stage.add("F17", only(month.index), _job_rows(people, public, kind, month.month))


def _employed(stage: Stage, payee: pl.Expr) -> None:
    for wave in waves(5, 1, 0.6, fixed=1 / 4):
        people = stage.take(payee & (pl.col("age") < 68), wave.count(stage))
        fixed = wave.fixed_of(people.height)
        _insure(stage, people.head(fixed), _EMPLOYEE, Span(wave.since, wave.until))
        _insure(stage, people.slice(fixed), _EMPLOYEE, Span(wave.since))
        keys, untils = entity_keys("person", people, "id_no"), wave.untils(people.height)
        stage.register.defect("R28", "F18", keys, "领取居民养老金又参加职工养老保险", people, wave.since, untils)


def _rightly(stage: Stage, payee: pl.Expr) -> None:
    def note(people: pl.DataFrame, what: str) -> None:
        stage.register.hard_negative("R28", "F18", entity_keys("person", people, "id_no"), what, people)

    injured = stage.take(payee & (pl.col("age") < 68), stage.count(5))
    _insure(stage, injured, _INJURY, ALWAYS)
    note(injured, "超龄就业，仅参加工伤保险")
    moved = stage.take(payee, stage.count(5))
    there = _elsewhere(stage, moved, _MOVED).select("_pid", "agency_code", "agency_name")
    stage.edit("F18", Span(_MOVED), there)
    note(moved, "待遇关系转移，前后两地不重叠")
    resting = stage.take(payee, stage.count(4))
    for month in MONTHS:
        rows = _elsewhere(stage, resting, month.index)
        zero = (pl.lit(0.0).alias(c) for c in ("basic_amount", "account_amount", "amount"))
        stage.add("F18", only(month.index), rows.with_columns(*zero, pl.lit("暂停").alias("status_name")))
    note(resting, "另一县已暂停发放")
