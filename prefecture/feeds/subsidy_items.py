"""Who is entitled to which item of F35, and to how much.

Belongs here: items and amounts of a month. Does not belong here: accounts and rows (subsidy_payments.py), or the
benefits of F08, F10 and F11 themselves, which are read from there.
"""

from datetime import date

import polars as pl

from prefecture.feeds.disability_cards import cards
from prefecture.feeds.old_age_allowance import BANDS, allowance
from prefecture.feeds.payments import may_be_paid, start_of
from prefecture.feeds.social_assistance import assistance
from prefecture.feeds.standards import standards
from prefecture.months import Month
from prefecture.world.ages import completed_years
from prefecture.world.world import World

_CATEGORIES = {"低保": "D01", "特困": "D02", "低边": "D03"}
_REWARDED_SHARE, _FARMING_SHARE = 0.45, 0.9
_LAND_MONTH, _FESTIVAL_MONTH, _ADULT = 6, 1, 18


def entitlements(world: World, month: Month) -> pl.DataFrame:
    """`_pid`, `item_code`, `quantity`, `unit_name`, `amount` of all items of the month."""
    on = start_of(month.month)
    amounts = standards(world.reference, "F35", on)
    may = may_be_paid(month.month) & ~pl.col("is_floating")

    def fixed(rows: pl.DataFrame, code: pl.Expr, quantity: pl.Expr, unit: str = "月") -> pl.DataFrame:
        rows = rows.with_columns(code.alias("item_code"), quantity.cast(pl.Float64).alias("quantity"))
        rate = pl.col("item_code").replace_strict(amounts, return_dtype=pl.Float64)
        return rows.select(
            "_pid",
            "item_code",
            "quantity",
            pl.lit(unit).alias("unit_name"),
            (rate * pl.col("quantity")).alias("amount"),
        )

    one = pl.lit(1.0)
    aged = allowance(world, month).filter(pl.col("pay_month") == month.month)
    bands = dict(zip(BANDS, ("G01", "G02", "G03"), strict=True))
    poor = assistance(world, month).filter(
        (pl.col("pay_month") == month.month) & pl.col("category").is_in(list(_CATEGORIES))
    )
    parts = [
        fixed(aged, pl.col("band_name").replace_strict(bands), one),
        fixed(_disabled(world, month), pl.col("item_code"), one),
        fixed(_rewarded(world, may, on), pl.lit("J01"), one),
        poor.select(
            "_pid",
            pl.col("category").replace_strict(_CATEGORIES).alias("item_code"),
            one.alias("quantity"),
            pl.lit("月").alias("unit_name"),
            "amount",
        ),
    ]
    if on.month == _LAND_MONTH:
        parts.append(fixed(_farmers(world, may, on), pl.lit("L01"), pl.col("area"), "亩"))
    if on.month == _FESTIVAL_MONTH:
        poor_family = pl.col("assist").eq_missing("低保").any().over("household")
        born = ~pl.col("is_newborn") | (pl.col("registered_on") < on)
        guests = world.people.filter(may).filter(poor_family & born).select(pl.col("pid").alias("_pid"))
        parts.append(fixed(guests, pl.lit("S01"), one, "次"))
    return pl.concat(parts)


def _disabled(world: World, month: Month) -> pl.DataFrame:
    severe = pl.col("level_code")
    living = pl.when(severe.is_in(["1", "2"])).then(pl.lit("C01")).otherwise(pl.lit("C02"))
    care = pl.when(severe == "1").then(pl.lit("N01")).otherwise(pl.lit("N02"))
    paid = cards(world, month).filter(pl.col("subsidy_status") == "发放")
    return paid.with_columns(
        pl.when(pl.col("subsidy_type") == "生活补贴").then(living).otherwise(care).alias("item_code")
    )


def _rewarded(world: World, may: pl.Expr, on: date) -> pl.DataFrame:
    """Parents of one child (or two daughters) in villages, from 60 on."""
    lot = pl.Series(world.stream("rewarded").random(world.people.height))
    village = pl.col("village").str.slice(9, 1) != "0"
    chosen = may & village & (completed_years("birth", on) >= 60) & (lot < _REWARDED_SHARE)
    return world.people.filter(chosen).select(pl.col("pid").alias("_pid"))


def _farmers(world: World, may: pl.Expr, on: date) -> pl.DataFrame:
    """One payee of every household that farms, with its land."""
    count = world.people["household"].max() + 1
    rng = world.stream("farmland")
    lots = pl.DataFrame({"farms": rng.random(count), "area": (0.6 + rng.gamma(2.2, 1.6, count)).round(1)})
    village = pl.col("village").str.slice(9, 1) != "0"
    adults = world.people.filter(may & village & ~pl.col("is_collective") & (completed_years("birth", on) >= _ADULT))
    payees = adults.unique("household", keep="first", maintain_order=True)
    rows = pl.concat([payees, lots[payees["household"].to_numpy()]], how="horizontal")
    return rows.filter(pl.col("farms") < _FARMING_SHARE).select(pl.col("pid").alias("_pid"), "area")
