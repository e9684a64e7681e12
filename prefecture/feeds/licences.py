"""F15: licences, and the register of special equipment.

Belongs here: the register as it stands. Does not belong here: who must have a licence (world/premises.py), or
until when one holds (world/licences.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.licences import holds_on
from prefecture.world.premises import site_of
from prefecture.world.world import World

VALID, ENDED, LAPSED = "有效", "注销", "过期"
LAYOUT = {
    "licence_no": "XKZBH",
    "licence_kind": "XKLB",
    "scope_name": "XKNR",
    "equipment_no": "SBDM",
    "holder_name": "XKXDR",
    "uscc": "TYSHXYDM",
    "holder_id_no": "JYZSFZH",
    "premises_area": "JYMJ",
    "address": "JYCS",
    "division_code": "XZQHDM",
    "valid_from": "YXQZ_KS",
    "valid_to": "YXQZ_JS",
    "status_name": "XKZT",
    "authority_name": "XKJG",
    "change_type": "BDLX",
}


def licences(world: World, month: Month) -> pl.DataFrame:
    """All rows of F15 with `_eid`, `_pid`, `_village` and `_site`; a closed place's licence ends with it."""
    counties = dict(world.divisions.counties.iter_rows())
    ended = pl.col("ended_date").is_not_null() & (pl.col("ended_date") <= month.as_of)
    start, end = holds_on(pl.min_horizontal("ended_date", pl.lit(month.as_of)))
    rows = world.licences.filter(pl.col("first_from") <= month.as_of)
    return rows.select(
        "licence_no",
        "licence_kind",
        "scope_name",
        "equipment_no",
        "holder_name",
        "uscc",
        "holder_id_no",
        "premises_area",
        "address",
        "division_code",
        start.alias("valid_from"),
        end.alias("valid_to"),
        pl.when(ended).then(pl.lit(ENDED)).otherwise(pl.lit(VALID)).alias("status_name"),
        (pl.col("_county").replace_strict(counties) + "市场监督管理局").alias("authority_name"),
        "_eid",
        "_pid",
        "_county",
        "_village",
        site_of("place_no").alias("_site"),
    )


FEED = Feed(
    code="F15",
    title="行政许可",
    kind="register",
    rows=licences,
    keys=("licence_no",),
    order=("_county", "licence_no"),
    layout=LAYOUT,
    format="json",
    people=(("holder_id_no", "_pid"),),
)
