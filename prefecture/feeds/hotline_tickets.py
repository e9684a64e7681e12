"""F29: tickets of the 12345 hotline.

Belongs here: what callers said, and which township the clerk took it to be. Does not belong here: what
happened (world/incidents.py), or calls counted twice (defects/repeated_reports.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.reporting import with_progress
from prefecture.months import Month
from prefecture.world.handwriting import about
from prefecture.world.incidents import HOTLINE, draw_reports
from prefecture.world.names import surname_of
from prefecture.world.world import World

_NO_TOWNSHIP_SHARE, _WRONG_TOWNSHIP_SHARE, _PHONE_IN_TEXT_SHARE = 0.18, 0.06, 0.15
_AT_HOME = ("09", "10", "12")
_UNITS = {
    "06": "公安局",
    "08": "住房城乡建设局",
    "10": "住房城乡建设局",
    "12": "消防救援大队",
    "14": "人力资源社会保障局",
}
LAYOUT = {
    "ticket_no": "工单编号",
    "received_time": "受理时间",
    "class_name": "内容分类",
    "content": "诉求内容",
    "caller_name": "来电人",
    "caller_phone": "来电号码",
    "address": "事发地址",
    "division_code": "所属镇街代码",
    "unit_name": "承办单位",
    "status_name": "办理状态",
    "closed_time": "办结时间",
    "result_text": "办理结果",
    "related_no": "关联单号",
}


def tickets(world: World, month: Month) -> pl.DataFrame:
    """All rows of F29 of a month."""
    return ticket_rows(draw_reports(world, month, HOTLINE), world, month)


def ticket_rows(reports: pl.DataFrame, world: World, month: Month) -> pl.DataFrame:
    """Rows of F29 about reports. The clerk guesses the township: in one call of six not at all, in one of
    sixteen another of the county. Some clerks leave the field of the number empty and type it into the
    text."""
    rows = with_progress(reports, world, month, "hotline_name")
    county_name = pl.col("county_name")
    unit = pl.col("class_code").replace_strict(_UNITS, default="综合行政执法局", return_dtype=pl.String)
    caller = surname_of("name") + pl.when(pl.col("sex") == 1).then(pl.lit("先生")).otherwise(pl.lit("女士"))
    in_text = pl.col("lot_2") < _PHONE_IN_TEXT_SHARE
    home = (pl.col("place") + pl.col("house_no").str.slice(13) + "号房").alias("home")
    about_it = about(rows["residence"], world, f"hotline {month.index}")
    at_home = pl.col("class_code").is_in(_AT_HOME) & ~pl.col("is_collective")
    problem = pl.col("class_name").str.split("-").list.last()
    rows = rows.with_columns(
        caller.alias("caller_name"),
        pl.when(at_home).then(home).otherwise(about_it).alias("address"),
        _guess(world),
    )
    content = pl.concat_str(
        "caller_name",
        pl.when(in_text).then(pl.lit("（联系电话") + pl.col("phone") + "）").otherwise(pl.lit("")),
        pl.lit("来电反映："),
        "address",
        problem + pl.lit("问题，请有关部门尽快处理并回复。"),
    )
    return rows.select(
        "_pid",
        "_county",
        pl.col("residence").alias("_village"),
        "reported",
        pl.col("report_no").alias("ticket_no"),
        pl.col("reported_time").alias("received_time"),
        "class_name",
        content.alias("content"),
        "caller_name",
        pl.when(~in_text).then("phone").alias("caller_phone"),
        "address",
        "division_code",
        (county_name + unit).alias("unit_name"),
        "status_name",
        "closed_time",
        pl.when(pl.col("closed").is_not_null()).then(pl.lit("已办理并回复来电人")).alias("result_text"),
        "related_no",
    )


def _guess(world: World) -> pl.Expr:
    """The township as the clerk has it."""
    names = world.divisions.villages.select("township_code").unique().sort("township_code")["township_code"]
    after = dict(zip(names, [*names[1:], names[0]], strict=True))
    before = dict(zip(names, [names[-1], *names[:-1]], strict=True))
    true = pl.col("residence").str.head(9)
    other = true.replace_strict(after, return_dtype=pl.String)
    same_county = other.str.head(6) == true.str.head(6)
    wrong = pl.when(same_county).then(other).otherwise(true.replace_strict(before, return_dtype=pl.String))
    return (
        pl.when(pl.col("lot_3") < _NO_TOWNSHIP_SHARE)
        .then(None)
        .when(pl.col("lot_3") > 1 - _WRONG_TOWNSHIP_SHARE)
        .then(wrong)
        .otherwise(true)
        .alias("division_code")
    )


FEED = Feed(
    code="F29",
    title="热线工单",
    kind="events",
    rows=tickets,
    keys=("ticket_no",),
    order=("reported", "ticket_no"),
    layout=LAYOUT,
    encoding="utf-8-sig",
    people=(),
)
