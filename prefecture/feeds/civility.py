"""F33: tasks of the civilised-city campaign, the points where they are checked, and the scores given.

Belongs here: the checks of a month. Does not belong here: who lives near a point. The scale changes every
year: out of 100 until 2023, out of 10 in 2024, out of 5 in 2025.
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.feeds.inspections import in_month
from prefecture.months import LAST, Month
from prefecture.output.workbook import Heading
from prefecture.world.lots import days_between
from prefecture.world.world import World

_POINTS = (
    "社区",
    "农贸市场",
    "主次干道",
    "背街小巷",
    "公园广场",
    "中小学校",
    "医疗机构",
    "政务大厅",
    "新时代文明实践站",
)
_ITEMS = (
    ("WM01", "环境卫生干净整洁"),
    ("WM02", "公益广告刊播展示"),
    ("WM03", "车辆停放有序"),
    ("WM04", "文明礼让与秩序维护"),
    ("WM05", "无障碍设施完好"),
    ("WM06", "志愿服务活动开展"),
    ("WM07", "消防通道畅通"),
)
_PER_ONE_PERCENT, _POINTS_PER_ONE_PERCENT = 400 * 35 / 12, 40
_DONE_SHARE = 0.93
LAYOUT = (
    Heading("task_no", "任务编号", width=20),
    Heading("point_no", "点位编号", width=20),
    Heading("point_name", "点位名称", width=28),
    Heading("point_kind", "点位类型"),
    Heading("division_code", "村居代码", width=16),
    Heading("item_code", "测评项编码"),
    Heading("item_name", "测评内容", width=24),
    Heading("full_score", "满分", width=8),
    Heading("score", "得分", width=8),
    Heading("evidence_no", "佐证材料编号", width=22),
    Heading("checked_date", "测评日期"),
    Heading("due_date", "整改时限"),
    Heading("status_name", "任务状态"),
)


def checks(world: World, month: Month) -> pl.DataFrame:
    """Rows of F33 of the month; the first ones bring the year before."""
    rng, villages = world.stream("civility"), world.villages
    points = villages[rng.integers(0, villages.height, world.scaled(_POINTS_PER_ONE_PERCENT, 6))].with_columns(
        pl.Series("kind", rng.integers(0, len(_POINTS), world.scaled(_POINTS_PER_ONE_PERCENT, 6))),
        pl.int_range(1, pl.len() + 1).over("_township").cast(pl.String).str.zfill(4).alias("serial"),
    )
    count = world.scaled(_PER_ONE_PERCENT, 60)
    item = rng.integers(0, len(_ITEMS), count)
    rows = points[rng.integers(0, points.height, count)].with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + world.shard.first_number)
        .cast(pl.String)
        .str.zfill(9)
        .alias("number"),
        pl.Series("checked_date", days_between(rng, "2023-02-01", str(LAST.as_of), count)),
        *(pl.Series(name, np.array([i[k] for i in _ITEMS])[item]) for k, name in enumerate(("item_code", "item_name"))),
        pl.Series("share", np.clip(rng.beta(9, 1.5, count), 0.3, 1)),
        pl.Series("done", rng.random(count) < _DONE_SHARE),
    )
    full = pl.col("checked_date").dt.year().replace_strict({2023: 100.0, 2024: 10.0, 2025: 5.0})
    kind = pl.col("kind").replace_strict(dict(enumerate(_POINTS)))
    return rows.filter(in_month("checked_date", month)).select(
        ("WM" + pl.col("checked_date").dt.strftime("%Y%m") + pl.col("number")).alias("task_no"),
        pl.concat_str("_township", pl.lit("WM"), "serial").alias("point_no"),
        pl.concat_str("township_name", "short_name", kind).alias("point_name"),
        kind.alias("point_kind"),
        pl.col("village").alias("division_code"),
        "item_code",
        "item_name",
        full.alias("full_score"),
        (pl.col("share") * full).round(1).alias("score"),
        pl.when("done").then("PZ" + pl.col("number")).alias("evidence_no"),
        "checked_date",
        (pl.col("checked_date") + pl.duration(days=15)).alias("due_date"),
        pl.when("done").then(pl.lit("已完成")).otherwise(pl.lit("待补充材料")).alias("status_name"),
        "_township",
    )


FEED = Feed(
    code="F33",
    title="文明创建测评",
    kind="events",
    rows=checks,
    keys=("task_no",),
    order=("checked_date", "task_no"),
    layout=LAYOUT,
    format="xlsx",
    heading="烟台市文明城市创建任务与测评（{year}年{month}月）",
    people=(),
)
