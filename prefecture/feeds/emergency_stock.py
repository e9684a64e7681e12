"""F24: emergency stores with their goods, rescue teams and duty rosters.

Belongs here: the monthly list as counties keep it, in two books. Does not belong here: the stores themselves
(world/emergency.py). Goods are replaced before they expire and filled up before they fall short.
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.world import World

_COLUMNS = (
    ("record_no", "序号编码", "记录编号", None),
    ("record_type", "类型", "台账类型", None),
    ("store_no", "仓库（队伍）编号", "库点编号", "库点信息"),
    ("store_name", "仓库（队伍）名称", "库点名称", "库点信息"),
    ("division_code", "所在村居代码", "区划代码", "库点信息"),
    ("item_code", "物资编码", "物资代码", "物资情况"),
    ("item_name", "物资名称", "品名", "物资情况"),
    ("quantity", "库存数量", "现有数量", "物资情况"),
    ("unit", "计量单位", "单位", "物资情况"),
    ("minimum_quantity", "最低储备量", "储备下限", "物资情况"),
    ("expiry_date", "有效期至", "到期日期", "物资情况"),
    ("duty_name", "职务", "岗位", "责任人"),
    ("person_name", "责任人姓名", "保管人（队员）", "责任人"),
    ("id_no", "责任人身份证号", "身份证号", "责任人"),
    ("phone", "联系电话", "手机", "责任人"),
)
_WIDE = {"record_no": 20, "store_no": 18, "store_name": 30, "id_no": 22}
_EPOCH = date(2020, 1, 1)


def layout(county: str) -> tuple[Heading, ...]:
    """Headings of F24 in one county: every other county groups them."""
    which = int(county) % 2
    return tuple(
        Heading(name, (first, second)[which], group if which else None, _WIDE.get(name, 13))
        for name, first, second, group in _COLUMNS
    )


def stock(world: World, month: Month) -> pl.DataFrame:
    """All rows of F24 of all counties, with `_pid` (keeper or member) and `_county`."""
    rows = world.emergency_stock
    spare = pl.Series(world.stream(f"stock {month.index}").random(rows.height))
    days = pl.col("shelf_days")
    first = pl.lit(_EPOCH) + pl.duration(days=(pl.col("made_lot") * days).floor())
    turns = (pl.lit(month.as_of) - first).dt.total_days() // days + 1
    return rows.select(
        "record_no",
        "record_type",
        "store_no",
        "store_name",
        pl.col("village").alias("division_code"),
        "item_code",
        "item_name",
        (pl.col("minimum") * (1 + spare * 0.8)).floor().alias("quantity"),
        "unit",
        pl.col("minimum").alias("minimum_quantity"),
        (first + pl.duration(days=turns * days)).alias("expiry_date"),
        "duty_name",
        "person_name",
        "id_no",
        "phone",
        "_pid",
        "_county",
        "_township",
    )


FEED = Feed(
    code="F24",
    title="应急物资与队伍",
    kind="snapshot",
    rows=stock,
    keys=("record_no",),
    order=("_county", "record_no"),
    layout=layout,
    format="xlsx",
    split="county",
    heading="{county}{year}年{month}月应急物资、队伍和值班台账",
    footnote="填报单位：各区市应急管理局",
)
