"""Who draws which basic pension.

Belongs here: the scheme of everyone of pensionable age. Does not belong here: payments (feeds/).
"""

from typing import TYPE_CHECKING

import polars as pl

from prefecture.months import LAST

if TYPE_CHECKING:
    from prefecture.world.world import World

RESIDENT, EMPLOYEE = "城乡居民", "企业职工"
_EMPLOYEE_SHARE_URBAN, _EMPLOYEE_SHARE_RURAL = 0.4, 0.07
_AGE = "60y"


def draw_pensions(world: "World") -> pl.DataFrame:
    """One row per registered person who is 60 by the last month: `pid`, `scheme` (RESIDENT or EMPLOYEE),
    `turned_60`. Whoever has a job when the months begin draws no resident's pension, ever."""
    people = world.people
    lot = pl.Series("lot", world.stream("pensions").random(people.height))
    employed = world.employment["_pid"].unique()
    urban = pl.col("village").str.slice(9, 1) == "0"
    share = pl.when(urban).then(_EMPLOYEE_SHARE_URBAN).otherwise(_EMPLOYEE_SHARE_RURAL)
    retired = (pl.col("lot") < share) | pl.col("pid").is_in(employed.implode())
    return (
        people.with_columns(lot, pl.col("birth").dt.offset_by(_AGE).alias("turned_60"))
        .filter((pl.col("turned_60") <= LAST.as_of) & ~pl.col("is_floating"))
        .select("pid", pl.when(retired).then(pl.lit(EMPLOYEE)).otherwise(pl.lit(RESIDENT)).alias("scheme"), "turned_60")
    )
