"""R38: grants to enterprises that must not have them.

R38 finds a payment (record key of F34, `record_type` 补贴) to an enterprise that F14 has as 注销 or 吊销 since a day
before `record_date`; or under a programme called 〈title〉认定奖补 to one for which F34 knows no 资质 of that title in
force on `record_date`; or of an instalment already paid: of the payments with one `project_code`, `programme_name`
and `instalment` all but the earliest (by `record_date`, then `record_no`).

Belongs here: planting it. Does not belong here: grants as they ought to be (world/projects.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import Wave, record_keys, waves
from prefecture.feeds.projects import project_rows
from prefecture.stage import ALWAYS, Stage, only
from prefecture.world.projects import GRANT, PROJECT, SUBSIDY, TITLE, TITLES, project_code

_REWARD = TITLES[0] + "认定奖补"
_LIVE = (pl.col("status_name") == "存续") & (pl.col("entity_type") == "有限责任公司") & ~pl.col("has_old_code")
_CANCELLED = (pl.col("status_name") == "注销") & ~pl.col("has_old_code")


def plant_grants(stage: Stage) -> None:
    """Plant R38: 6 to cancelled enterprises, 5 without title and 5 twice in the stock of the 1 % prefecture, 1 each
    in the second month, 5 each later. What has been paid stays wrong."""
    _keep_recipients(stage)
    _to_cancelled(stage)
    _without_title(stage)
    _twice(stage)
    _rightly(stage)


def _keep_recipients(stage: Stage) -> None:
    """Enterprises that other errors are about get no grants; those that get some are ordinary no more, so that
    nothing else befalls them."""
    recipients = stage.world.projects.select("_eid").unique(maintain_order=True)
    place = recipients["_eid"].to_numpy() - stage.world.shard.first_number
    stage.drop("F34", ALWAYS, recipients.filter(~pl.Series(stage.free_firms[place])), ("_eid",))
    stage.free_firms[place] = False


def _firms(stage: Stage, where: pl.Expr, count: int) -> pl.DataFrame:
    return stage.take_firms(where, count).with_columns(pl.col("name").alias("holder_name"))


def _event(firms: pl.DataFrame, kind: str, on: date, digit: int, *columns: pl.Expr) -> pl.DataFrame:
    prefix = {PROJECT: "XM", GRANT: "BT", TITLE: "ZZ"}[kind]
    number = pl.lit(f"{prefix}{on:%Y%m}") + pl.col("_eid").cast(pl.String).str.zfill(9) + str(digit)
    return firms.select("_eid", "uscc", "holder_name", "village", "township", *columns).with_columns(
        number.alias("record_no"), pl.lit(kind).alias("record_type"), pl.lit(on).alias("record_date")
    )


def _send(stage: Stage, rows: pl.DataFrame) -> None:
    """Add the events of one day to the month of that day."""
    for on in rows["record_date"].unique():
        month = max(0, (on.year - 2024) * 12 + on.month - 1)
        stage.add("F34", only(month), project_rows(rows.filter(pl.col("record_date") == on)))


def _reward(firms: pl.DataFrame, on: date, programme: str = _REWARD) -> pl.DataFrame:
    return _event(
        firms,
        GRANT,
        on,
        5,
        pl.lit(programme).alias("programme_name"),
        pl.lit(1, pl.Int64).alias("instalment"),
        pl.lit(100_000.0).alias("money"),
    )


def _subsidy(firms: pl.DataFrame, on: date, instalment: int, digit: int) -> pl.DataFrame:
    """An instalment for the project of these firms (see _projects)."""
    return _event(
        firms,
        GRANT,
        on,
        digit,
        "project_code",
        "project_name",
        pl.lit(SUBSIDY).alias("programme_name"),
        pl.lit(instalment, pl.Int64).alias("instalment"),
        pl.lit(300_000.0).alias("money"),
    )


def _projects(stage: Stage, firms: pl.DataFrame, filed: date) -> pl.DataFrame:
    """The firms with a project each, which is sent, too."""
    firms = firms.with_columns(
        pl.lit(filed).alias("began"),
        (pl.col("_eid") % 900_000 + 100_000).alias("serial"),
        (pl.col("holder_name") + "设备更新改造项目").alias("project_name"),
    ).with_columns(project_code().alias("project_code"))
    filing = (pl.lit("备案").alias("stage_name"), pl.lit(6_000_000.0).alias("money"))
    _send(stage, _event(firms, PROJECT, filed, 4, "project_code", "project_name", *filing))
    return firms


def _dated(first: float, second: float, later: float) -> Iterator[tuple[Wave, date]]:
    """Waves and the day of payment."""
    for wave in waves(first, second, later):
        yield wave, date(2023, 10, 18) if wave.since == 0 else wave.month.start.replace(day=18)


def _defect(stage: Stage, rows: pl.DataFrame, what: str, wave: Wave) -> None:
    who = rows.select("_eid", "township")
    stage.register.defect("R38", "F34", record_keys("F34", rows), what, who, wave.since)


def _to_cancelled(stage: Stage) -> None:
    ended = _CANCELLED & (pl.col("cancelled_date") < date(2023, 9, 1))
    for wave, on in _dated(6, 1, 1):
        rows = _reward(_firms(stage, ended, wave.count(stage)), on, "稳增长专项奖补")
        _send(stage, rows)
        _defect(stage, rows, "补贴发给已注销企业", wave)


def _without_title(stage: Stage) -> None:
    for wave, on in _dated(5, 1, 1):
        rows = _reward(_firms(stage, _LIVE, wave.count(stage)), on)
        _send(stage, rows)
        _defect(stage, rows, "企业无相应资质", wave)


def _twice(stage: Stage) -> None:
    for wave, on in _dated(5, 1, 1):
        firms = _projects(stage, _firms(stage, _LIVE, wave.count(stage)), on - timedelta(days=150))
        _send(stage, _subsidy(firms, on - timedelta(days=70), 1, 6))
        again = _subsidy(firms, on, 1, 7)
        _send(stage, again)
        _defect(stage, again, "同一项目同一期次重复拨付", wave)


def _rightly(stage: Stage) -> None:
    def harmless(rows: pl.DataFrame, what: str) -> None:
        _send(stage, rows)
        who = rows.select("_eid", "township")
        stage.register.hard_negative("R38", "F34", record_keys("F34", rows), what, who)

    later = _CANCELLED & (pl.col("cancelled_date") > date(2023, 4, 1)) & (pl.col("established_date") < date(2023, 1, 1))
    harmless(_reward(_firms(stage, later, stage.count(4, 1)), date(2023, 3, 14), "稳增长专项奖补"), "注销前拨付")
    firms = _projects(stage, _firms(stage, _LIVE, stage.count(4, 2)), date(2023, 4, 11))
    _send(stage, _subsidy(firms, date(2023, 7, 19), 1, 6))
    harmless(_subsidy(firms, date(2023, 12, 20), 2, 7), "同一项目分两期拨付")
    titled = _firms(stage, _LIVE, stage.count(4, 2))
    term = {"valid_from": date(2023, 3, 10), "valid_to": date(2023, 12, 31)}
    dates = (pl.lit(day).alias(name) for name, day in term.items())
    number = (pl.lit("GR202337") + (pl.col("_eid") % 900_000 + 100_000).cast(pl.String)).alias("cert_no")
    _send(stage, _event(titled, TITLE, date(2023, 3, 10), 8, pl.lit(TITLES[0]).alias("title_name"), number, *dates))
    harmless(_reward(titled, date(2023, 11, 16)), "拨付时资质有效，其后到期")
