"""F11: disability cards.

Belongs here: the list of cards. Does not belong here: who else pays their holders.
"""

import numpy as np
import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import FIRST, Month
from prefecture.world.lots import days_between
from prefecture.world.vital import has_left, is_dead, is_present
from prefecture.world.world import World

LAYOUT = {
    "card_no": "残疾人证号",
    "name": "姓名",
    "class_code": "残疾类别",
    "level_code": "残疾等级",
    "valid_to": "有效期至",
    "subsidy_type": "补贴类别",
    "subsidy_status": "补贴状态",
    "division_code": "村居代码",
}
_SHARE, _REISSUED_SHARE, _EXPIRED_SHARE = 0.027, 0.08, 0.05


def cards(world: World, month: Month) -> pl.DataFrame:
    """All rows of F11 with `_pid`. The card number is the holder's number, class, level and, if reissued, B1.

    Nobody is paid on an expired card or after death; holders who died are off the list or 停发.
    """
    rng, people = world.stream("cards"), world.people
    registered = ~(people["is_newborn"] | people["is_floating"]).to_numpy()
    holders = people.filter(pl.Series(registered & (rng.random(people.height) < _SHARE)) & ~has_left(FIRST.as_of))
    count = holders.height
    expired = rng.random(count) < _EXPIRED_SHARE
    valid = np.where(
        expired,
        days_between(rng, "2021-06-01", "2023-11-30", count),
        days_between(rng, "2024-07-01", "2033-12-31", count),
    )
    kind = rng.choice(3, count, p=[0.25, 0.35, 0.4])
    rows = holders.with_columns(
        pl.Series(
            "class_code",
            rng.choice(np.array(list("1234567")), count, p=[0.1, 0.09, 0.02, 0.55, 0.08, 0.1, 0.06]),
        ),
        pl.Series("level_code", rng.choice(np.array(list("1234")), count, p=[0.15, 0.25, 0.3, 0.3])),
        pl.Series("valid_to", valid.astype("datetime64[D]")),
        pl.Series("expired", expired),
        pl.Series("reissue", np.where(rng.random(count) < _REISSUED_SHARE, "B1", "")),
        pl.Series("kind", kind),
        pl.Series("listed", rng.random(count)),
    ).filter(~is_dead(FIRST.as_of) | (pl.col("listed") < 0.35))
    runs = ~pl.col("expired") & (pl.col("valid_to") >= month.as_of)
    paid = (pl.col("kind") < 2) & runs & is_present(month.start)
    return rows.select(
        pl.col("pid").alias("_pid"),
        pl.concat_str("id_no", "class_code", "level_code", "reissue").alias("card_no"),
        "name",
        "class_code",
        "level_code",
        "valid_to",
        pl.when(pl.col("kind") == 0)
        .then(pl.lit("生活补贴"))
        .when(pl.col("kind") == 1)
        .then(pl.lit("护理补贴"))
        .otherwise(pl.lit("无"))
        .alias("subsidy_type"),
        pl.when(paid)
        .then(pl.lit("发放"))
        .when(pl.col("kind") < 2)
        .then(pl.lit("停发"))
        .otherwise(pl.lit("无"))
        .alias("subsidy_status"),
        pl.col("village").alias("division_code"),
    )


FEED = Feed(
    code="F11",
    title="残疾人证",
    kind="snapshot",
    rows=cards,
    keys=("card_no",),
    order=("_pid",),
    layout=LAYOUT,
    encoding="utf-8-sig",
    people=(("card_no", "_pid"),),
)
