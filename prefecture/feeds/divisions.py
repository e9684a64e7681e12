"""F36: divisions, villages and grids with their changes.

Belongs here: the list as the departments send it. Does not belong here: the divisions themselves
(world/divisions.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.world import World

LAYOUT = (
    Heading("unit_code", "代码", width=18),
    Heading("name", "名称", width=30),
    Heading("level_name", "级别", width=8),
    Heading("parent_code", "上级代码", width=16),
    Heading("valid_from", "生效日期"),
    Heading("valid_to", "失效日期"),
    Heading("successor_code", "替代代码", width=18),
    Heading("predecessor_code", "前身代码", width=18),
    Heading("grid_officer", "网格员"),
)


def divisions(world: World, _: Month) -> pl.DataFrame:
    """All rows of F36, upper units first; the whole city's come from the first shard."""
    rows = world.divisions.feed()
    return rows if world.shard.number == 0 else rows.clear()


FEED = Feed(
    code="F36",
    title="区划网格",
    kind="snapshot",
    rows=divisions,
    keys=("unit_code", "valid_from"),
    order=(),
    layout=LAYOUT,
    format="xlsx",
    heading="烟台市行政区划与网格代码表",
    people=(),
)
