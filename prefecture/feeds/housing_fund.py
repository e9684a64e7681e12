"""F19: accounts of the housing fund.

Belongs here: who has an account, and whether it is paid into. Does not belong here: jobs
(world/employment.py).
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.vital import is_dead
from prefecture.world.world import World

LAYOUT = {
    "account_no": "个人公积金账号",
    "id_no": "身份证号码",
    "name": "姓名",
    "employer_code": "单位统一社会信用代码",
    "base_band_name": "缴存基数档次",
    "status_name": "账户状态",
    "opened_date": "开户日期",
    "sealed_date": "封存日期",
    "last_paid_month": "最近缴存年月",
}
BANDS = ("3000元以下", "3000-5000元", "5000-8000元", "8000-12000元", "12000元以上")
HIGH = BANDS[3:]
_BAND_SHARES = (0.14, 0.42, 0.29, 0.1, 0.05)
_SHARE = {"有限责任公司": 0.9, "个体工商户": 0.32, "农民专业合作社": 0.2}


def accounts(world: World, month: Month) -> pl.DataFrame:
    """All rows of F19: one per job with an account; of those who left, died or changed jobs it is 封存. In
    households with 低保 bases are low."""
    rng, jobs = world.stream("fund"), world.employment
    lots = pl.DataFrame({"lot": rng.random(jobs.height), "base": rng.random(jobs.height)})
    kinds = world.enterprises.select("_eid", "entity_type")
    people = world.people.with_columns(pl.col("assist").eq_missing("低保").any().over("household").alias("is_poor"))
    people = people.select(pl.col("pid").alias("_pid"), "id_no", "name", "death_date", "is_poor")
    rows = pl.concat([jobs, lots], how="horizontal").join(kinds, on="_eid", how="left", maintain_order="left")
    share = pl.col("entity_type").replace_strict(_SHARE, default=1.0, return_dtype=pl.Float64)
    rows = rows.filter(pl.col("lot") < share).join(people, on="_pid", how="left", maintain_order="left")
    band = np.searchsorted(np.cumsum(_BAND_SHARES[:-1]), rows["base"].to_numpy(), side="right")
    band = np.where(rows["is_poor"].to_numpy(), np.minimum(band, 1), band)
    dead = is_dead(month.as_of)
    stop = pl.when(dead).then("death_date").otherwise("stop_date")
    sealed = pl.col("stop_date").is_not_null()
    return rows.with_columns(stop.alias("stop_date")).select(
        "_pid",
        "_eid",
        pl.concat_str(
            pl.lit("3706"),
            pl.col("_pid").cast(pl.String).str.zfill(9),
            pl.int_range(pl.len()).over("_pid").cast(pl.String),
        ).alias("account_no"),
        "id_no",
        "name",
        "employer_code",
        pl.Series(np.array(BANDS)[band]).alias("base_band_name"),
        pl.when(sealed).then(pl.lit("封存")).otherwise(pl.lit("正常")).alias("status_name"),
        pl.col("start_date").alias("opened_date"),
        pl.col("stop_date").alias("sealed_date"),
        pl.when(sealed)
        .then(pl.col("stop_date").dt.strftime("%Y-%m"))
        .otherwise(pl.lit(month.month))
        .alias("last_paid_month"),
    )


FEED = Feed(
    code="F19",
    title="公积金缴存状态",
    kind="snapshot",
    rows=accounts,
    keys=("account_no",),
    order=("account_no",),
    layout=LAYOUT,
    every=3,
    encoding="utf-8-sig",
)
