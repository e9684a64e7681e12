"""R32: one account for several unrelated payees.

What the rule finds: an account of F35 (entity `payee_account`, account_hash) into which, for one `pay_month`, money
goes to payees of three or more households; the household is the number in F01 of the row 正常, else of any row,
numbers followed through F03; whoever is not in F01 counts for himself. Only rows with account_type 个人账户 or 家庭账户
count: accounts of institutions (供养机构账户) and village collectives (村集体账户) are theirs by right, and a
family's account may serve all of it. What is paid is paid, so it stays found.

Belongs here: F35. Does not belong here: who is entitled.
"""

import polars as pl

from prefecture.defects.common import entity_keys, plain
from prefecture.feeds.subsidy_payments import FAMILY, INSTITUTION, PERSONAL, VILLAGE, account_hash
from prefecture.months import MONTHS
from prefecture.stage import ALWAYS, Span, Stage, per_person

_BEGINNINGS = ((0, 14, 1), (1, 3, 1), *((i, 0.6, 0) for i in (4, 8, 12, 16, 20)))
_SIZE = 3


def plant_shared_accounts(stage: Stage) -> None:
    """At 1 %: 14 accounts in the stock, 3 from the second month, 5 later, of three payees each, some of them given
    up after four months; 14 lookalikes of three kinds."""
    for since, count, least in _BEGINNINGS:
        people, first = _groups(stage, stage.count(count, least))
        half = people.filter(pl.int_range(pl.len()) % (2 * _SIZE) < _SIZE)
        rest = people.filter(pl.int_range(pl.len()) % (2 * _SIZE) >= _SIZE)
        for group, until in ((half, None), (rest, since + 4)):
            stage.edit("F35", Span(since, until), _into(group, PERSONAL))
        stage.register.defect("R32", "F35", _keys(first), "同一账户代领三户以上补贴", first, since)
    _rightly(stage)


def _groups(stage: Stage, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payees in threes, neighbours together, with the account they share (`_account`); and the first of each
    three."""
    items = ("G01", "G02", "J01", "C01", "C02", "N01", "N02")
    always = [_monthly(stage, i, items) for i in (0, 12, 23)]
    listed = stage.among(always[0]) & stage.among(always[1])
    listed &= stage.among(always[2])
    people = stage.take(plain() & listed & (pl.col("age") >= 18), count * _SIZE).sort("township", "pid")
    people = people.head(people.height // _SIZE * _SIZE)
    people = people.with_columns((pl.int_range(pl.len()) // _SIZE).alias("_group"))
    people = people.with_columns((pl.lit("X") + pl.col("pid").first().over("_group").cast(pl.String)).alias("_account"))
    return people, people.unique("_group", keep="first", maintain_order=True)


def _monthly(stage: Stage, index: int, items: tuple[str, ...]) -> pl.Series:
    return stage.truth("F35", MONTHS[index]).filter(pl.col("item_code").is_in(items))["_pid"].unique()


def _into(people: pl.DataFrame, kind: str) -> pl.DataFrame:
    return per_person(
        people, account_hash(pl.col("_account")).alias("account_hash"), pl.lit(kind).alias("account_type")
    )


def _keys(people: pl.DataFrame) -> pl.Series:
    hashed = people.select(account_hash(pl.col("_account")).alias("hash"))
    return entity_keys("payee_account", hashed, "hash")


def _rightly(stage: Stage) -> None:
    register = stage.register
    people, first = _groups(stage, stage.count(4))
    stage.edit("F35", ALWAYS, _into(people, VILLAGE))
    register.hard_negative("R32", "F35", _keys(first), "村集体账户统一代收", first)
    january = stage.truth("F35")
    shared = january.group_by("account_hash", "account_type", maintain_order=True).agg(
        pl.col("_pid").first(), pl.col("_pid").n_unique().alias("payees")
    )
    for kind, what, count in ((FAMILY, "一户一账户，三名以上家庭成员", 6), (INSTITUTION, "供养机构账户", 4)):
        accounts = shared.filter((pl.col("account_type") == kind) & (pl.col("payees") >= _SIZE))
        accounts = accounts.sort("payees", "account_hash", descending=True).head(stage.count(count))
        who = accounts.join(stage.people, left_on="_pid", right_on="pid", maintain_order="left")
        keys = entity_keys("payee_account", accounts, "account_hash")
        register.hard_negative("R32", "F35", keys, what, who.rename({"_pid": "pid"}))
