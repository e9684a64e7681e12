"""F26: the ledgers townships keep of small places (九小场所), one book a township.

Belongs here: correct ledgers and the four layouts. Does not belong here: the places (world/premises.py), or
what is missing in a ledger (defects/places.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.phones import phone_of
from prefecture.world.premises import is_open, site_of
from prefecture.world.world import World

OPEN, PAUSED, CLOSED = "营业", "停业", "关闭"
_PAUSED_SHARE, _ROUND = 0.02, 6
_LABELS = {
    "place_no": ("场所编号", "编号", "场所代码", "台账编号"),
    "place_name": ("场所名称", "单位名称", "场所名称", "店名"),
    "place_kind": ("场所类别", "九小类别", "类别", "场所类型"),
    "business_type": ("经营业态", "业态", "经营项目", "业态"),
    "owner_name": ("经营者姓名", "负责人", "业主姓名", "经营人"),
    "owner_id_no": ("经营者身份证号", "负责人身份证号", "业主身份证号码", "身份证号"),
    "owner_phone": ("联系电话", "手机号码", "电话", "联系方式"),
    "uscc": ("统一社会信用代码", "信用代码", "营业执照号", "统一社会信用代码"),
    "licence_no": ("许可证编号", "许可证号", "许可证件号", "许可证编号"),
    "address": ("经营地址", "详细地址", "地址", "经营场所地址"),
    "grid_code": ("网格编码", "所属网格", "网格代码", "网格编码"),
    "division_code": ("村居代码", "村（社区）代码", "村居代码", "社区代码"),
    "area": ("面积(平方米)", "建筑面积（㎡）", "经营面积", "面积"),
    "is_lived_in": ("是否住人", "有无住人", "是否住人", "住人情况"),
    "extinguisher_count": ("灭火器数量", "灭火器（具）", "灭火器数", "灭火器"),
    "is_branch": ("是否连锁分店", "分店", "是否分支机构", "连锁分店"),
    "status_name": ("营业状态", "状态", "经营状态", "营业情况"),
    "checked_date": ("最近检查日期", "检查日期", "检查时间", "最近检查"),
    "check_result": ("检查结果", "检查情况", "结果", "检查结论"),
}
_GROUPS = {
    **dict.fromkeys(("owner_name", "owner_id_no", "owner_phone"), "经营者"),
    **dict.fromkeys(("uscc", "licence_no"), "证照情况"),
    **dict.fromkeys(("is_lived_in", "extinguisher_count", "checked_date", "check_result"), "消防安全"),
}
_WIDE = {"owner_id_no": 22, "uscc": 22, "licence_no": 24, "place_no": 20, "grid_code": 20, "address": 30}
_ORDERS = (
    tuple(_LABELS),
    ("place_name", "place_no", *tuple(_LABELS)[2:]),
    (*tuple(_LABELS)[:4], "address", "grid_code", "division_code", *tuple(_LABELS)[4:9], *tuple(_LABELS)[12:]),
    ("grid_code", *(name for name in _LABELS if name != "grid_code")),
)
_GROUPED = (False, True, False, True)


def layout(township: str) -> tuple[Heading, ...]:
    """Headings of F26 in one township: four books are in use, two of them with groups of columns."""
    which = int(township) % len(_ORDERS)
    columns = _ORDERS[which]
    if _GROUPED[which]:
        columns = sorted(columns, key=lambda c: (c in _GROUPS, list(_GROUPS).index(c) if c in _GROUPS else 0))
    return tuple(
        Heading(c, _LABELS[c][which], _GROUPS.get(c) if _GROUPED[which] else None, _WIDE.get(c, 14)) for c in columns
    )


def ledger(world: World, month: Month) -> pl.DataFrame:
    """All rows of F26 of all townships, with `_pid` (keeper), `_eid`, `_county`, `_township`, `_village` and
    `_site`: the places in business, each checked every six months."""
    numbers = world.licences.filter(pl.col("place_no").is_not_null()).select("place_no", "licence_no")
    places = world.premises.filter(is_open(month.as_of))
    turn = (pl.col("lot") * 997).floor().cast(pl.Int64) % _ROUND
    back = (month.index - turn) % _ROUND
    rows = places.join(numbers, on="place_no", how="left", maintain_order="left")
    checked = pl.lit(month.start).dt.offset_by("-" + back.cast(pl.String) + "mo") + pl.duration(
        days=(pl.col("lot") * 26).floor()
    )
    return rows.select(
        "place_no",
        "place_name",
        "place_kind",
        "business_type",
        "owner_name",
        "owner_id_no",
        phone_of("_pid").alias("owner_phone"),
        pl.when("states_code").then("uscc").alias("uscc"),
        pl.when("states_licence").then("licence_no").alias("licence_no"),
        "address",
        "grid_code",
        pl.col("village").alias("division_code"),
        pl.col("area").cast(pl.Float64).alias("area"),
        pl.when(pl.col("lot") < 0.06).then(pl.lit("是")).otherwise(pl.lit("否")).alias("is_lived_in"),
        (pl.col("area") // 50 + 2).cast(pl.Float64).alias("extinguisher_count"),
        pl.lit("否").alias("is_branch"),
        pl.when(pl.col("lot") > 1 - _PAUSED_SHARE).then(pl.lit(PAUSED)).otherwise(pl.lit(OPEN)).alias("status_name"),
        pl.max_horizontal(checked, "opened_date").alias("checked_date"),
        pl.when(pl.col("lot") * 100 % 1 < 0.9).then(pl.lit("合格")).otherwise(pl.lit("限期整改")).alias("check_result"),
        "_pid",
        "_eid",
        "_county",
        "_township",
        pl.col("village").alias("_village"),
        site_of("place_no").alias("_site"),
    )


FEED = Feed(
    code="F26",
    title="九小场所台账",
    kind="snapshot",
    rows=ledger,
    keys=("place_no",),
    order=("_township", "place_no"),
    layout=layout,
    format="xlsx",
    split="township",
    heading="{county}镇街九小场所台账（{year}年{month}月）",
    people=(("owner_id_no", "_pid"),),
)
