"""R01: resident numbers that cannot be.

Belongs here: whose number is damaged, in which feed. The damaged row is always one from which nothing else
follows. Does not belong here: the kinds of damage (identity_numbers.py), numbers that only look wrong
(lookalikes.py).
"""

import polars as pl

from pipelines.prefecture.defects.common import (
    entity_keys,
    is_resurveyed,
    plain,
    record_keys,
    settled,
    turns_of,
)
from pipelines.prefecture.defects.identity_numbers import damaged, fifteen_digits
from pipelines.prefecture.feeds import events
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.stage import BOTH, Stage, per_person
from pipelines.prefecture.world.vital import is_dead

_TYPED = ("checksum", "short", "region", "date", "zeros", "long")


def plant_identity(stage: Stage) -> None:
    """Plant R01."""
    _in_payments(stage)
    _in_insurance(stage)
    _in_survey(stage)
    _in_register(stage)
    _in_events(stage)
    _in_marriages(stage)
    _in_enterprises(stage)


def overwrite(
    stage: Stage,
    feed: str,
    people: pl.DataFrame,
    column: str,
    values: pl.Series,
    fixed: int = 0,
    only_second: bool = False,
    month: str | None = None,
    rule: str = "R01",
    what: str = "号码无效",
) -> None:
    """Overwrite `column` for `people` and register it: from the first turn on (the first `fixed` of them
    are right again at the second), or only at the second; with `month`, in the payment of that month."""
    table = per_person(people, values.alias(column))
    on = ("_pid",)
    if month:
        table, on = table.with_columns(pl.lit(month).alias("pay_month")), ("_pid", "pay_month")
    wrong_turn = 2 if only_second else 1
    stage.edit(feed, (wrong_turn,), table, on)
    if not only_second and not month:
        stage.edit(feed, (2,), table.slice(fixed), on)
    rows = table.select(on).join(
        stage.feeds[feed, wrong_turn], on=list(on), how="left", maintain_order="left"
    )
    keys = record_keys(feed, rows)
    later = turns_of(people.height, fixed) if not only_second else True
    stage.register.defect(rule, feed, keys, what, not only_second, later, people["township"])


def _in_payments(stage: Stage) -> None:
    payee = (
        settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75) & (pl.col("birth").dt.year() < 2000)
    )
    for only_second, count, month in ((False, 8, FIRST.month), (True, 3, SECOND.month)):
        people = stage.take(payee, stage.count(count))
        overwrite(
            stage, "F08", people, "id_no", damaged(people["id_no"]), only_second=only_second, month=month
        )


def _in_insurance(stage: Stage) -> None:
    jobs = stage.feeds["F17", 1].group_by("_pid").len().filter(pl.col("len") == 1)["_pid"]
    employee = plain() & pl.col("pid").is_in(jobs.implode()) & (pl.col("birth").dt.year() < 2000)
    people = stage.take(employee, stage.count(8))
    overwrite(stage, "F17", people, "id_no", damaged(people["id_no"], _TYPED), fixed=people.height // 3)
    people = stage.take(employee, stage.count(3))
    overwrite(stage, "F17", people, "id_no", damaged(people["id_no"], _TYPED), only_second=True)
    people = stage.take(plain() & stage.listed("F20") & (pl.col("birth").dt.year() < 2000), stage.count(10))
    overwrite(stage, "F20", people, "id_no", damaged(people["id_no"], (*_TYPED, "fifteen_digit")))


def _in_survey(stage: Stage) -> None:
    seen = plain() & is_resurveyed() & stage.listed("F31") & (pl.col("birth").dt.year() < 2000)
    people = stage.take(seen, stage.count(12, 2))
    overwrite(stage, "F31", people, "id_no", damaged(people["id_no"]), fixed=people.height // 3)
    people = stage.take(seen, stage.count(4))
    overwrite(
        stage, "F31", people, "id_no", damaged(people["id_no"], ("scientific", *_TYPED)), only_second=True
    )


def _in_register(stage: Stage) -> None:
    """Old 15-digit numbers; some are replaced in the delta by deleting the old key and adding a new one."""
    people = stage.take(
        plain() & pl.col("age").is_between(41, 70) & (pl.col("relation") != "01"), stage.count(8, 2)
    )
    overwrite(
        stage,
        "F01",
        people,
        "id_no",
        fifteen_digits(people["id_no"]),
        fixed=people.height // 3,
        what="15位旧号码",
    )


def _in_events(stage: Stage) -> None:
    """Only people who are dead or gone in every source."""
    gone = is_dead(FIRST.as_of) & ~pl.col("is_collective")
    with_id = stage.feeds["F04", 1].filter(pl.col("id_no").is_not_null())["_pid"]
    people = stage.take(gone & pl.col("pid").is_in(with_id.implode()), stage.count(2))
    stage.feeds["F04", 1] = stage.feeds["F04", 1].with_columns(events.cert_no(FIRST))
    _plant_once(stage, "F04", people, damaged(people["id_no"], ("checksum", "short")))
    people = stage.take(pl.col("left_date").is_not_null() & (pl.col("age") < 75), stage.count(2))
    stage.feeds["F03", 1] = stage.feeds["F03", 1].with_columns(events.event_no(FIRST))
    _plant_once(stage, "F03", people, damaged(people["id_no"], ("date", "checksum")))
    holders = stage.take(plain() & stage.listed("F11"), stage.count(2))
    cards = stage.rows("F11", 1, holders)["card_no"]
    spoilt = damaged(cards.str.head(18), ("checksum",)) + cards.str.slice(18)
    overwrite(stage, "F11", holders, "card_no", spoilt)


def _plant_once(stage: Stage, feed: str, people: pl.DataFrame, values: pl.Series) -> None:
    stage.edit(feed, (1,), per_person(people, values.alias("id_no")))
    keys = record_keys(feed, stage.rows(feed, 1, people))
    stage.register.defect("R01", feed, keys, "号码无效", True, True, people["township"])


def _in_marriages(stage: Stage) -> None:
    for turn, count in ((1, 3), (2, 2)):
        couples = stage.take(
            pl.col("pid").is_in(stage.feeds["F07", turn]["_pid"].implode()), stage.count(count)
        )
        half = (couples.height + 1) // 2
        for party, group in (("husband", couples.head(half)), ("wife", couples.slice(half))):
            column = f"{party}_id_no"
            numbers = stage.rows("F07", turn, group)[column]
            stage.edit(
                "F07", (turn,), per_person(group, damaged(numbers, ("checksum", "long")).alias(column))
            )
            records = record_keys("F07", stage.rows("F07", turn, group)).to_frame("record")
            keys = entity_keys("marriage_party", records, "record", pl.lit(party))
            stage.register.defect("R01", "F07", keys, "婚姻登记当事人号码无效", turn == 1, True)


def _in_enterprises(stage: Stage) -> None:
    firms = stage.take_firms(
        (pl.col("status_name") == "存续") & ~pl.col("has_old_code") & ~pl.col("is_employer"), stage.count(4)
    )
    table = firms.select("_eid", damaged(firms["legal_rep_id_no"], _TYPED).alias("legal_rep_id_no"))
    stage.edit("F14", BOTH, table, ("_eid",))
    keys = record_keys("F14", firms)
    stage.register.defect("R01", "F14", keys, "法定代表人号码无效", True, True, firms["township"])
