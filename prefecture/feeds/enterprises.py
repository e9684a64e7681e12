"""F14: the register of market entities.

Belongs here: the register as it stands. Does not belong here: the enterprises themselves
(world/enterprises.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.world import World

LAYOUT = {
    "uscc": "统一社会信用代码",
    "name": "企业名称",
    "entity_type": "主体类型",
    "industry_code": "行业代码",
    "capital_text": "注册资本",
    "legal_rep_name": "法定代表人",
    "legal_rep_id_no": "法定代表人身份号码",
    "address": "住所",
    "division_code": "行政区划代码",
    "status_name": "登记状态",
    "established_date": "成立日期",
    "cancelled_date": "注销日期",
    "registration_no": "注册号",
    "change_type": "变动类型",
}


def register(world: World, _: Month) -> pl.DataFrame:
    """All rows of F14, with `_eid`, `_village` (of the address) and `_rep` (pid of the legal representative)."""
    return world.enterprises.drop("is_employer", "has_old_code", "township", "door").rename({"village": "_village"})


FEED = Feed(
    code="F14",
    title="市场主体登记",
    kind="register",
    rows=register,
    keys=("uscc",),
    order=("_eid",),
    layout=LAYOUT,
    encoding="gb18030",
    people=(("legal_rep_id_no", "_rep"),),
)
