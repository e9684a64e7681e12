"""R27: 低保 in a household that owns too much. A clue, not a finding of wrong.

What the rule finds: a present payee of 低保 (entity `payee`, F08, id): F08 pays him 低保, amount above 0, for the
latest month paid in the county, and he is 正常 in F01. His household are the people 正常 in F01 under his household
number, other relatives (relation 97) left out. It is found when one of them
  is legal representative in F14 of a company (有限责任公司) in 存续, or of a shop (个体工商户) in 存续 with a capital
  of 100 万元 or more,
  has an account 正常 in F19 with a base of 8000 元 or more (F17 has no base), or
  owns, alone or with others of them, two or more homes: rights 现势 with use 住宅 in F13, counted by certificate,
  shares inherited (继承, 按份共有) left out. Cells of F13 may name two owners divided by 、.
A closed company, a small shop and a share of a parental home are no signs.

Belongs here: 低保 that should not be. Does not belong here: who owns what (world/).
"""

import polars as pl

from prefecture.defects.common import payee_keys, settled, waves
from prefecture.defects.exclusive_benefits import pay
from prefecture.feeds.housing_fund import HIGH
from prefecture.feeds.tax_status import COMPANY
from prefecture.months import FIRST, LAST, MONTHS
from prefecture.stage import Stage
from prefecture.world.dwellings import HOME
from prefecture.world.vital import is_present

_LARGE = 100
_CORE = ("01", "10", "20", "30", "50")


def plant_wealthy_recipients(stage: Stage) -> None:
    """At 1 %: of each of three signs 6 in the stock (a third ended in the second month), 2 from the second
    month, 5 later; 12 lookalikes of three kinds."""
    signs = _signs(stage)
    for sign, what in (("firm", "名下有存续企业"), ("fund", "公积金缴存基数高"), ("homes", "名下两套以上住房")):
        for wave in waves(6, 1.5, 0.6, fixed=1 / 3):
            holders = stage.take(_holder() & stage.among(_persons(signs, sign)), wave.count(stage))
            _keep_firms(stage, holders)
            people = _payees(stage, holders)
            fixed = wave.fixed_of(people.height)
            for month in MONTHS[wave.since :]:
                pay(stage, people if month.index < (wave.until or 0) else people.slice(fixed), month)
            keys, untils = payee_keys("F08", people), wave.untils(people.height)
            stage.register.defect("R27", "F08", keys, f"低保家庭成员{what}", people, wave.since, untils)
    _rightly(stage, signs)


def _holder() -> pl.Expr:
    """A member of the inner family, where nobody has assistance."""
    needless = pl.col("assist").is_null().all().over("household")
    return settled() & pl.col("relation").is_in(_CORE) & needless & pl.col("age").is_between(18, 74)


def _persons(signs: pl.DataFrame, sign: str) -> pl.Series:
    return signs.filter(pl.col("sign") == sign)["pid"]


def _signs(stage: Stage) -> pl.DataFrame:
    """`pid`, `sign`: firm, fund, homes (from the first month to the last); and what is none or unclear: closed,
    shop, heir, some (any other firm, a home more now and then)."""
    free = stage.enterprises.with_columns(pl.Series("is_free", stage.free_firms), pl.col("_rep").alias("pid"))
    capital = pl.col("capital_text").str.extract(r"^(\d+)").cast(pl.Int64)
    company, live = pl.col("entity_type") == COMPANY, pl.col("status_name") == "存续"
    shop = pl.col("entity_type") == "个体工商户"
    kind = (
        pl.when(~pl.col("is_free"))
        .then(pl.lit("some"))
        .when(live & (company | (shop & (capital >= _LARGE))))
        .then(pl.lit("firm"))
        .when(live & shop)
        .then(pl.lit("shop"))
        .when(company & (pl.col("status_name") == "注销"))
        .then(pl.lit("closed"))
        .otherwise(pl.lit("some"))
    )
    firms = free.select("pid", kind.alias("sign"))
    rich = (pl.col("status_name") == "正常") & pl.col("base_band_name").is_in(HIGH)
    fund = stage.truth("F19").filter(rich).select(pl.col("_pid").alias("pid"), pl.lit("fund").alias("sign"))
    return pl.concat([firms, fund, _home_signs(stage)]).unique(maintain_order=True)


def _home_signs(stage: Stage) -> pl.DataFrame:
    """Homes are counted by household; its first owner bears the sign."""
    homes = stage.world.dwellings.with_row_index("right").filter(pl.col("use") == HOME)
    owners = pl.concat([homes.with_columns(pl.col(c).alias("pid")) for c in ("owner", "second")])
    owners = owners.filter(pl.col("pid").is_not_null() & (pl.col("since") <= LAST.as_of))
    owners = owners.join(stage.people.select("pid", "household"), on="pid", how="left", maintain_order="left")
    lasting = ~pl.col("is_shared") & (pl.col("since") <= FIRST.as_of) & pl.col("until").is_null()
    count = owners.group_by("household", maintain_order=True).agg(
        pl.col("pid").filter(lasting).first().alias("first"),
        pl.col("pid").first(),
        pl.col("right").filter(lasting).n_unique().alias("always"),
        pl.col("right").filter(~pl.col("is_shared")).n_unique().alias("ever"),
        pl.col("is_shared").any(),
    )
    many, few = pl.col("always") >= 2, pl.col("ever") <= 1
    return pl.concat(
        [
            count.filter(many).select(pl.col("first").alias("pid"), pl.lit("homes").alias("sign")),
            count.filter(~many & ~few).select("pid", pl.lit("some").alias("sign")),
            count.filter(few & pl.col("is_shared") & (pl.col("always") == 1)).select(
                "pid", pl.lit("heir").alias("sign")
            ),
        ]
    )


def _payees(stage: Stage, holders: pl.DataFrame) -> pl.DataFrame:
    """Somebody else of the holder's household where there is one, else the holder."""
    there = pl.col("household").is_in(holders["household"].implode()) & is_present() & ~pl.col("is_newborn")
    members = stage.people.filter(there & ~stage.among(holders["pid"]))
    both = pl.concat([holders, members]).unique("household", keep="last", maintain_order=True)
    order = holders.select("household").join(both, on="household", how="left", maintain_order="left")
    return order.select(stage.people.columns).with_columns(pl.lit("低保").alias("assist"))


def _rightly(stage: Stage, signs: pl.DataFrame) -> None:
    household = signs.join(stage.people.select("pid", "household"), on="pid", how="left", maintain_order="left")
    for sign, what in (("closed", "企业已注销"), ("shop", "小规模个体工商户"), ("heir", "仅有继承房产份额")):
        other = household.filter(pl.col("sign") != sign)["household"].unique()
        clear = stage.among(_persons(signs, sign)) & ~pl.col("household").is_in(other.implode())
        people = stage.take(_holder() & clear, stage.count(4)).with_columns(pl.lit("低保").alias("assist"))
        for month in MONTHS:
            pay(stage, people, month)
        stage.register.hard_negative("R27", "F08", payee_keys("F08", people), f"低保家庭，{what}", people)
        _keep_firms(stage, people)


def _keep_firms(stage: Stage, people: pl.DataFrame) -> None:
    """Nothing else may happen to the firms of these people."""
    stage.free_firms[stage.enterprises["_rep"].is_in(people["pid"].implode()).to_numpy()] = False
