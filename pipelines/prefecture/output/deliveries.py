"""Which deliveries of a turn go wrong as a whole (R47), and which only look as if.

Belongs here: the last step before files are written. Does not belong here: wrong rows (defects/).
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from pipelines.keys import entity_key
from pipelines.prefecture.feeds.marriages import registrations
from pipelines.prefecture.months import FIRST, SECOND, Turn
from pipelines.prefecture.output import layouts
from pipelines.prefecture.output.files import CITY, FilePlan, plan_files
from pipelines.prefecture.players import SILENT_COUNTY
from pipelines.prefecture.stage import Stage

BROKEN_ALLOWANCE_COUNTY = "370685"
SHRUNK_SURVEY_COUNTY = "370613"
_LATE_MONTH = "2023-12"
_SHRUNK, _HALF, _CUT = 0.95, 0.45, 0.6


def deliveries(stage: Stage, turn: Turn) -> Iterator[FilePlan]:
    """The files of a turn as they are really sent, in order of feed."""
    names = stage.divisions.villages.select("county_code", "county_name").unique().sort("county_code")
    counties = dict(names.iter_rows())
    if turn == FIRST:
        _note(stage)
    for plan in plan_files(stage.feeds, turn, counties):
        if turn == FIRST and plan.feed == "F07":
            yield _late_marriages(stage, broken=True)
        if turn == FIRST and plan.feed == "F17":
            yield _with_extra_column(plan)
        elif turn == SECOND:
            yield from _second(stage, plan)
        else:
            yield plan


def _second(stage: Stage, plan: FilePlan) -> Iterator[FilePlan]:
    if plan.feed == "F07":
        yield _late_marriages(stage, broken=False)
        yield plan
    elif plan.feed == "F11":
        yield replace(plan, labels={k: v for k, v in layouts.CSV["F11"].items() if k != "level_code"})
    elif plan.feed == "F20":
        yield replace(plan, frame=plan.frame.head(round(stage.feeds["F20", 1].height * _HALF)))
    elif plan.feed == "F10" and f"_{BROKEN_ALLOWANCE_COUNTY}_" in plan.name:
        yield replace(plan, spoil=lambda content: content[: round(len(content) * _CUT)])
    elif plan.feed == "F31" and f"_{SHRUNK_SURVEY_COUNTY}_" in plan.name:
        yield replace(plan, frame=_shrunk(stage, plan.frame))
    elif plan.feed == "F31" and f"_{SILENT_COUNTY}_" in plan.name:
        return
    else:
        yield plan


def _shrunk(stage: Stage, frame: pl.DataFrame) -> pl.DataFrame:
    """The survey without one in twenty of the rows about ordinary households."""
    household = stage.people.select(pl.col("pid").alias("_pid"), "household").filter(
        pl.Series(stage.free).gather(stage.people["household"])
    )
    ordinary = frame.join(household, on="_pid", how="semi")["_pid"]
    missing = ordinary.head(round(frame.height * (1 - _SHRUNK)))
    return frame.filter(~pl.col("_pid").is_in(missing.implode()))


def _late_marriages(stage: Stage, broken: bool) -> FilePlan:
    """December's marriages: first with a heading nobody knows, a turn later as agreed."""
    frame = registrations(stage.people, _LATE_MONTH, stage.scale, stage.seed)
    labels = dict(layouts.CSV["F07"])
    if broken:
        labels["registered_date"] = "DJRQ"
    return FilePlan(
        "F07", f"F07_{layouts.TITLES['F07']}_{CITY}_{_LATE_MONTH.replace('-', '')}.csv", frame, labels
    )


def _with_extra_column(plan: FilePlan) -> FilePlan:
    band = (pl.col("_pid") % 5 + 1).cast(pl.String).alias("band")
    return replace(
        plan, frame=plan.frame.with_columns(band), labels={**layouts.CSV["F17"], "band": "缴费基数档次"}
    )


def _note(stage: Stage) -> None:
    def key(feed: str, scope: str, period: str) -> pl.Series:
        return pl.Series([entity_key("delivery", feed, scope, period)])

    register, period = stage.register, SECOND.period
    register.defect("R47", "F07", key("F07", CITY, "202312"), "表头改名，缺必填列；下一轮已补报", True, False)
    register.defect("R47", "F11", key("F11", CITY, period), "缺少必填列「残疾等级」", False, True)
    register.defect("R47", "F10", key("F10", BROKEN_ALLOWANCE_COUNTY, period), "工作簿被截断", False, True)
    register.defect("R47", "F20", key("F20", CITY, period), "全量只有上次的一半", False, True)
    register.hard_negative("R47", "F17", key("F17", CITY, FIRST.period), "多出一列")
    register.hard_negative("R47", "F31", key("F31", SHRUNK_SURVEY_COUNTY, period), "行数比上次少 5%")
    register.hard_negative("R47", "F36", key("F36", CITY, FIRST.period), "内容未变，原样再次交付")
    for county in ("370602", "370611", "370612"):
        register.hard_negative("R47", "F08", key("F08", county, FIRST.period), "表头用别名、列序不同")
