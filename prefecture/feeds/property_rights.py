"""F13: the real estate register.

Belongs here: rights as the registry writes them. Does not belong here: who owns what (world/dwellings.py).
Habits of the registry: of certificates older than the unified registration of 2016 every fourth has no unit
number, and all of them name couples in one cell, divided by 、; companies that share with a person always are.
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.dwellings import BUILT
from prefecture.world.world import World

LAYOUT = {
    "right_no": "权利登记号",
    "unit_no": "不动产单元号",
    "cert_no": "不动产权证号",
    "owner_name": "权利人",
    "owner_id_type": "权利人证件种类",
    "owner_code": "权利人证件号",
    "ownership_name": "共有方式",
    "share_text": "权利份额",
    "area": "建筑面积",
    "use_name": "规划用途",
    "address": "坐落",
    "division_code": "村居代码",
    "acquired_name": "取得方式",
    "registered_date": "登记时间",
    "status_name": "权利状态",
    "change_type": "变动类型",
}
_UNIFIED_SINCE = date(2016, 6, 1)
_UNNUMBERED_SHARE = 0.25
_SEPARATOR = "、"
_FLATS, _BUILDINGS = 40, 10


def register(world: World, month: Month) -> pl.DataFrame:
    """All rows of F13: rights held on the last day of the month (现势), and those held before (历史). `_pid` is
    the owner (the first one named), `_sole` the same where he alone is in the cell, `_eid` an owning company."""
    rights = world.dwellings.with_row_index("serial").filter(pl.col("since") <= month.as_of)
    rows = rights.join(_places(world), on="village", how="left", maintain_order="left")
    rows = _with_owners(rows, world).with_columns(
        (pl.col("since") < _UNIFIED_SINCE).alias("is_old"), pl.col("since").dt.year().cast(pl.String).alias("year")
    )
    pair = pl.col("second").is_not_null()
    in_one_cell = pair & (pl.col("is_old") | pl.col("_eid").is_not_null()) & ~pl.col("is_shared")
    rows = rows.with_columns(in_one_cell.alias("one_cell"), (pair & ~in_one_cell).alias("two_rows"))
    first = rows.with_columns(pl.lit("1").alias("part"))
    other = rows.filter("two_rows").with_columns(
        pl.lit("2").alias("part"),
        pl.col("second").alias("owner"),
        pl.col("second_name").alias("owner_name"),
        pl.col("second_code").alias("owner_code"),
    )
    return _written(pl.concat([first, other]), month, world.shard.number)


def _places(world: World) -> pl.DataFrame:
    return world.divisions.villages.select(
        pl.col("code").alias("village"),
        "county_name",
        pl.concat_str(pl.lit("烟台市"), "county_name", "township_name", "short_name").alias("place"),
    )


def _with_owners(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    people = world.people.select(pl.col("pid"), "name", "id_no")
    firms = world.enterprises.select("_eid", pl.col("name").alias("firm_name"), "uscc")

    def person(prefix: str) -> pl.DataFrame:
        names = {"pid": prefix, "name": f"{prefix}_name", "id_no": f"{prefix}_code"}
        return people.rename(names)

    return (
        rows.join(person("owner"), on="owner", how="left", maintain_order="left")
        .join(person("second"), on="second", how="left", maintain_order="left")
        .join(firms, on="_eid", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("firm_name", "owner_name").alias("owner_name"),
            pl.coalesce("uscc", "owner_code").alias("owner_code"),
        )
    )


def _written(rows: pl.DataFrame, month: Month, shard: int) -> pl.DataFrame:
    def cell(column: str) -> pl.Expr:
        both = pl.concat_str(f"owner_{column}", f"second_{column}", separator=_SEPARATOR)
        return pl.when("one_cell").then(both).otherwise(f"owner_{column}")

    def digits(value: pl.Expr, width: int) -> pl.Expr:
        return value.cast(pl.String).str.zfill(width)

    unit, serial = pl.col("unit"), digits(pl.col("serial") + shard * 10_000_000, 9)
    land = pl.when(pl.col("acquired") == BUILT).then(pl.lit("JC")).otherwise(pl.lit("GB"))
    number = pl.concat_str(
        "village",
        land,
        digits(unit // (_FLATS * _BUILDINGS) + 1, 5),
        pl.lit("F"),
        digits(unit // _FLATS % _BUILDINGS + 1, 4),
        digits(unit % _FLATS + 1, 4),
    )
    old = pl.concat_str(pl.lit("烟房权证"), pl.col("county_name").str.head(1), pl.lit("字第"), serial, pl.lit("号"))
    new = pl.concat_str(
        pl.lit("鲁("), "year", pl.lit(")烟台市"), "county_name", pl.lit("不动产权第"), serial, pl.lit("号")
    )
    shared, pair = pl.col("is_shared"), pl.col("second").is_not_null()
    return rows.select(
        pl.col("owner").alias("_pid"),
        pl.when(~pl.col("one_cell")).then("owner").alias("_sole"),
        "_eid",
        pl.concat_str(pl.lit("QL"), serial, "part").alias("right_no"),
        pl.when(~pl.col("is_old") | (pl.col("lot") >= _UNNUMBERED_SHARE)).then(number).alias("unit_no"),
        pl.when("is_old").then(old).otherwise(new).alias("cert_no"),
        cell("name").alias("owner_name"),
        pl.when(pl.col("uscc").is_not_null())
        .then(pl.lit("统一社会信用代码"))
        .otherwise(pl.lit("身份证"))
        .alias("owner_id_type"),
        cell("code").alias("owner_code"),
        pl.when(shared)
        .then(pl.lit("按份共有"))
        .when(pair)
        .then(pl.lit("共同共有"))
        .otherwise(pl.lit("单独所有"))
        .alias("ownership_name"),
        pl.when(shared)
        .then(pl.lit("1/2"))
        .when(pair)
        .then(pl.lit("共同共有"))
        .otherwise(pl.lit("100%"))
        .alias("share_text"),
        "area",
        pl.col("use").alias("use_name"),
        pl.concat_str("place", digits(unit, 4), pl.lit("号房")).alias("address"),
        pl.col("village").alias("division_code"),
        pl.col("acquired").alias("acquired_name"),
        pl.col("since").alias("registered_date"),
        pl.when(pl.col("until") <= month.as_of).then(pl.lit("历史")).otherwise(pl.lit("现势")).alias("status_name"),
    )


FEED = Feed(
    code="F13",
    title="不动产登记",
    kind="register",
    rows=register,
    keys=("right_no",),
    order=("right_no",),
    layout=LAYOUT,
    people=(("owner_code", "_sole"),),
    table="bdc_quanli",
)
