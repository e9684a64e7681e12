"""F23: contracted parcels and the subsidies claimed for them, as a workbook and as a map.

Belongs here: the register of contracts as it stands, quarter by quarter. Does not belong here: who holds what
land where (world/land.py). A contract whose household is no more is ended, and its subsidy stopped, within 60
days; it goes on, in the old name, while one member lives here. The subsidy (耕地地力保护补贴) of a year is paid in
June. Some counties still write the contract's area in hectares; the area claimed is always in mu.
"""

from datetime import timedelta

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.world import World

MU, HECTARE, MU_PER_HECTARE = "亩", "公顷", 15
IN_FORCE, ENDED, PAID, STOPPED = "有效", "终止", "享受", "停发"
STANDARD = 125.0
_IN_HECTARES = ("370681", "370685", "370612")
_ENDED_AFTER = timedelta(days=60)
LAYOUT = (
    Heading("contract_code", "承包合同代码", "承包合同", 24),
    Heading("parcel_code", "地块代码", "地块", 24),
    Heading("parcel_name", "地块名称", "地块"),
    Heading("contract_area", "承包面积", "地块", 10),
    Heading("area_unit_name", "面积单位", "地块", 10),
    Heading("land_kind_name", "地类", "地块", 10),
    Heading("is_high_standard", "是否高标准农田", "地块", 14),
    Heading("head_name", "承包方代表", "承包方"),
    Heading("head_id_no", "承包方证件号码", "承包方", 22),
    Heading("division_code", "村居代码", "承包方", 16),
    Heading("signed_date", "合同签订日期", "承包合同"),
    Heading("contract_status_name", "合同状态", "承包合同", 10),
    Heading("operator_name", "实际经营主体", "经营", 26),
    Heading("operator_code", "经营主体信用代码", "经营", 22),
    Heading("subsidy_year", "补贴年度", "补贴", 10),
    Heading("subsidy_area", "补贴面积(亩)", "补贴", 12),
    Heading("amount", "补贴金额(元)", "补贴", 12),
    Heading("subsidy_status_name", "补贴状态", "补贴", 10),
    Heading("change_type", "变动类型", None, 10),
)
MAP = {
    "parcel_code": "DKBM",
    "parcel_name": "DKMC",
    "contract_code": "CBHTBM",
    "_map_area": "HTMJ",
    "area_unit_name": "MJDW",
    "change_type": "BDLX",
}


def contracts(world: World, month: Month) -> pl.DataFrame:
    """All rows of F23 with `_pid` (contractor), `_county`, `_geometry` and `_map_area`."""
    holders = world.people.select(pl.col("pid").alias("_pid"), pl.col("name").alias("head_name"), "id_no")
    held = world.contracts.join(holders, on="_pid", how="left", maintain_order="left").with_columns(
        (pl.col("gone_date") <= month.as_of - _ENDED_AFTER).fill_null(False).alias("ended")
    )
    farms = world.enterprises.select(pl.col("name").alias("operator_name"), pl.col("uscc").alias("operator_code"))
    parcels = world.parcels
    rows = pl.concat(
        [
            parcels.drop("contract", "operator"),
            held[parcels["contract"]],
            farms[parcels["operator"]],
        ],
        how="horizontal",
    )
    hectares = pl.col("county_code").is_in(_IN_HECTARES)
    year = month.as_of.year - (month.as_of.month < 7)
    return rows.select(
        "_pid",
        pl.col("county_code").alias("_county"),
        "contract_code",
        "parcel_code",
        pl.concat_str(pl.lit(pl.Series(list("东西南北"))).gather(pl.col("contract") % 4), pl.lit("坡地")).alias(
            "parcel_name"
        ),
        _in_unit("area", hectares).alias("contract_area"),
        _in_unit("map_area", hectares).alias("_map_area"),
        pl.when(hectares).then(pl.lit(HECTARE)).otherwise(pl.lit(MU)).alias("area_unit_name"),
        pl.when("is_irrigated").then(pl.lit("水浇地")).otherwise(pl.lit("旱地")).alias("land_kind_name"),
        pl.when("is_high_standard").then(pl.lit("是")).otherwise(pl.lit("否")).alias("is_high_standard"),
        "head_name",
        pl.col("id_no").alias("head_id_no"),
        pl.col("village").alias("division_code"),
        "signed_date",
        pl.when("ended").then(pl.lit(ENDED)).otherwise(pl.lit(IN_FORCE)).alias("contract_status_name"),
        "operator_name",
        "operator_code",
        pl.lit(str(year)).alias("subsidy_year"),
        pl.when("ended").then(0.0).otherwise("area").alias("subsidy_area"),
        pl.when("ended").then(0.0).otherwise((pl.col("area") * STANDARD).round(2)).alias("amount"),
        pl.when("ended").then(pl.lit(STOPPED)).otherwise(pl.lit(PAID)).alias("subsidy_status_name"),
        "_geometry",
    )


def _in_unit(area: str, hectares: pl.Expr) -> pl.Expr:
    return pl.when(hectares).then((pl.col(area) / MU_PER_HECTARE).round(4)).otherwise(area)


FEED = Feed(
    code="F23",
    title="承包地与补贴",
    kind="register",
    rows=contracts,
    keys=("contract_code", "parcel_code"),
    order=("_county", "parcel_code", "contract_code"),
    layout=LAYOUT,
    format="xlsx",
    split="county",
    every=3,
    heading="{county}{year}年{month}月农村土地承包地块与耕地地力保护补贴台账",
    footnote="注：补贴面积单位为亩；承包面积单位见「面积单位」栏。",
    people=(("head_id_no", "_pid"),),
    map_layout=MAP,
    map_title="承包地块空间数据",
)
