"""R17 and R20: dead in one source and alive in another; paid after death.

Belongs here: deaths one department missed. Does not belong here: the deaths of ordinary life (vital.py).
"""

from datetime import date

import polars as pl

from pipelines.keys import key_expr
from pipelines.prefecture import events
from pipelines.prefecture.answers import Replies, record_answers
from pipelines.prefecture.benefits import allowance_rows, assistance_rows
from pipelines.prefecture.defects.common import is_allowance_delivered, plain, turns_of
from pipelines.prefecture.lots import days_between
from pipelines.prefecture.stage import BOTH, Stage, per_person
from pipelines.prefecture.turns import FIRST, SECOND
from pipelines.prefecture.vital import is_dead

DEAD, ALIVE = "确认已死亡", "确认健在"
_CARD_VALID_TO = date(2030, 6, 30)


def plant_death(stage: Stage) -> None:
    """Plant R20, then R17 (which needs no rare people)."""
    _paid_after_death(stage)
    _paid_rightly(stage)
    _still_registered(stage)
    _registered_rightly(stage)


def _f01_keys(people: pl.DataFrame) -> pl.Series:
    return people.select(key_expr("F01", ["id_no", "household_no"])).to_series()


def _payee_keys(feed: str, people: pl.DataFrame) -> pl.Series:
    return people.select(pl.lit(feed).alias("feed"), "id_no").select(key_expr("payee", ["feed", "id_no"])).to_series()


def _candidate() -> pl.Expr:
    """Adults whose death nobody else would notice: no head of a household, no card, no assistance."""
    return plain() & (pl.col("relation") != "01") & pl.col("age").is_between(28, 73)


def _dying(stage: Stage, where: pl.Expr, count: int, first: str, last: str, playing: int = 0) -> pl.DataFrame:
    people = stage.take(where & _candidate() & ~stage.listed("F11"), count, playing)
    return people.with_columns(pl.Series("died_on", days_between(stage.rng("deaths"), first, last, people.height), dtype=pl.Date))


def _still_registered(stage: Stage) -> None:
    """R17. In playing townships most answers are true; one answer comes back wrong in F01, one is confirmed."""
    people = _dying(stage, pl.lit(True), stage.count(28, 8), "2023-07-01", "2023-12-15", playing=stage.count(14, 6))
    rows = events.certificate_rows(people, pl.col("died_on"))
    alone = pl.len().over("name", "birth", "sex") == 1
    unique = people.join(stage.people.filter(alone), on="pid", how="semi", maintain_order="left")["pid"].tail(stage.count(4))
    no_id = pl.col("_pid").is_in(unique.implode())
    stage.add("F04", (1,), rows.with_columns(pl.when(~no_id).then("id_no").alias("id_no")))
    plays = people["township"].is_in(stage.players)
    replies = Replies("R17", "F01", truth=(DEAD, DEAD, DEAD, ALIVE), behaviour=("right", "right", "dispute", "right", "late", "right", "none"),
                      instead={"dispute": ALIVE})
    answered = record_answers(stage, people.filter(plays), replies, _f01_keys(people.filter(plays)))
    dead = answered.filter((pl.col("given_answer") == DEAD) & (pl.col("behaviour") == "right"))["pid"]
    unheard = people.filter(~plays)["pid"].head(stage.count(4, 2))
    gone = pl.concat([dead, unheard])
    _correct_register(stage, people.filter(pl.col("pid").is_in(unheard.implode())))
    later = ~people["pid"].is_in(gone.implode())
    stage.register.defect("R17", "F01", _f01_keys(people), "死亡证明已出，户口仍正常", True, later, people["township"])
    _corrections_seen(stage, people.filter(pl.col("pid").is_in(dead.implode())))


def _corrections_seen(stage: Stage, people: pl.DataFrame) -> None:
    """R46 on F01.status_name: the delta repeats 正常 for some, confirms the death of others, is silent on the rest."""
    tickets = people.with_columns(_f01_keys(people).alias("record")).select(
        pl.lit("R17").alias("rule"), "record"
    ).select(key_expr("ticket", ["rule", "record"])).to_series()
    flips = max(1, people.height // 5)
    moved = per_person(people.head(flips), (pl.col("hukou_address") + "附1").alias("hukou_address"))
    stage.edit("F01", (2,), moved)
    _correct_register(stage, people.slice(flips, flips))
    register = stage.register
    register.defect("R46", "F01", tickets.head(flips), "增量又送来正常", False, True, people["township"].head(flips))
    register.hard_negative("R46", "F01", tickets.slice(flips, flips), "来源已改为死亡注销")
    register.hard_negative("R46", "F01", tickets.slice(2 * flips), "来源未再交付")


def _correct_register(stage: Stage, people: pl.DataFrame) -> None:
    stage.edit("F01", (2,), per_person(people, pl.lit("死亡注销").alias("status_name")))
    stage.add("F03", (2,), events.event_rows(people, events.DEATH, pl.col("died_on")))


def _registered_rightly(stage: Stage) -> None:
    register = stage.register
    recent = _dying(stage, pl.lit(True), stage.count(6, 2), "2024-01-08", "2024-01-27")
    stage.add("F04", (1,), events.certificate_rows(recent, pl.col("died_on")))
    overdue = recent.head(recent.height // 2)
    _correct_register(stage, recent.slice(overdue.height))
    register.defect("R17", "F01", _f01_keys(overdue), "一月死亡，二月底仍未注销", False, True, overdue["township"])
    register.hard_negative("R17", "F01", _f01_keys(recent.slice(overdue.height)), "死亡不足30天，随后注销", recent["township"].slice(overdue.height))
    february = _dying(stage, pl.lit(True), stage.count(4), "2024-02-06", "2024-02-22")
    stage.add("F04", (2,), events.certificate_rows(february, pl.col("died_on")))
    register.hard_negative("R17", "F01", _f01_keys(february), "死亡不足30天", february["township"])
    late = _dying(stage, pl.lit(True), stage.count(3), "2023-11-01", "2023-12-20")
    stage.add("F04", (2,), events.certificate_rows(late, pl.col("died_on")))
    register.defect("R17", "F01", _f01_keys(late), "二月才到的死亡证明", False, True, late["township"])
    pairs = stage.people.filter(pl.col("namesake").is_not_null() & pl.col("namesake").is_between(0, stage.count(5, 4) - 1))
    twice = pairs.filter(pl.col("death_date").is_null() & pl.col("left_date").is_null()).filter(pl.len().over("namesake") == 2)
    shown = twice.unique("namesake", keep="first", maintain_order=True)
    certificates = events.certificate_rows(shown, pl.lit(date(2023, 10, 20))).with_columns(pl.lit(None, pl.String).alias("id_no"))
    stage.add("F04", (1,), certificates)
    register.hard_negative("R17", "F01", _f01_keys(twice), "死亡证明无身份证号，同名同生日者有两人", twice["township"])
    stage.settle(twice)


def _paid_after_death(stage: Stage) -> None:
    """R20 in F10, F08 and F11; history cannot be undone, so it stays found."""
    long_dead = is_dead(date(2023, 12, 20)) & (pl.col("death_date") >= date(2023, 6, 1)) & pl.col("stays") & ~pl.col("is_collective")
    replies = Replies("R20", None, truth=(DEAD,), behaviour=("right", "late", "right", "none", "wrong"), instead={"wrong": ALIVE})

    def note(feed: str, people: pl.DataFrame, what: str) -> None:
        keys = _payee_keys(feed, people)
        plays = people["township"].is_in(stage.players)
        record_answers(stage, people.filter(plays), replies, keys.filter(plays), feed)
        stage.register.defect("R20", feed, keys, what, True, True, people["township"])

    aged = stage.take(long_dead & (pl.col("age") >= 81) & pl.col("assist").is_null(), stage.count(16, 3), playing=stage.count(6, 2))
    for month in FIRST.months:
        unpaid = aged.filter(pl.col("death_date") < date.fromisoformat(f"{month}-01"))
        stage.add("F10", (1,), allowance_rows(unpaid, month))
    note("F10", aged, "身故后仍发高龄津贴")
    poor = stage.take(long_dead & pl.col("assist").is_null() & pl.col("age").is_between(40, 78), stage.count(7, 2), playing=stage.count(3))
    poor = poor.with_columns(pl.lit("低保").alias("assist"))
    for month in FIRST.months:
        stage.add("F08", (1,), assistance_rows(poor, month))
    note("F08", poor, "身故后仍发低保")
    carded = stage.take(long_dead & pl.col("assist").is_null() & (pl.col("age") < 78) & ~stage.listed("F11"), stage.count(4), playing=1)
    stage.add("F11", BOTH, _paid_cards(carded))
    note("F11", carded, "身故后仍发残疾人补贴")
    january = is_dead(FIRST.as_of) & (pl.col("death_date") >= date(2024, 1, 1)) & pl.col("stays")
    later = stage.take(january & (pl.col("age") >= 81) & pl.col("assist").is_null() & is_allowance_delivered(), stage.count(4))
    stage.add("F10", (2,), allowance_rows(later, SECOND.month))
    stage.register.defect("R20", "F10", _payee_keys("F10", later), "一月死亡，二月仍发", False, True, later["township"])


def _paid_cards(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        pl.col("pid").alias("_pid"), (pl.col("id_no") + "43").alias("card_no"), "name", pl.lit("4").alias("class_code"),
        pl.lit("3").alias("level_code"), pl.lit(_CARD_VALID_TO).alias("valid_to"), pl.lit("生活补贴").alias("subsidy_type"),
        pl.lit("发放").alias("subsidy_status"), pl.col("village").alias("division_code"),
    )


def _paid_rightly(stage: Stage) -> None:
    register = stage.register
    in_window = is_dead(FIRST.as_of) & (pl.col("death_date") >= date(2023, 11, 1)) & (pl.col("age") >= 81) & pl.col("assist").is_null()
    december = stage.take(in_window & (pl.col("death_date") < date(2024, 1, 1)), stage.count(4))
    back = allowance_rows(december, FIRST.month, remark="补发2023年10月津贴")
    stage.add("F10", (1,), back)
    register.hard_negative("R20", "F10", _payee_keys("F10", december), "身故后补发以前月份", december["township"])
    paid = stage.feeds["F10", 1].join(stage.people.select(pl.col("pid").alias("_pid"), "death_date"), on="_pid")
    same_month = paid.filter(pl.col("pay_month") == pl.col("death_date").dt.strftime("%Y-%m"))["_pid"]
    month_of_death = stage.take(in_window & pl.col("pid").is_in(same_month.implode()), stage.count(6))
    register.hard_negative("R20", "F10", _payee_keys("F10", month_of_death), "死亡当月照发", month_of_death["township"])
    stopped = stage.take(is_dead(FIRST.as_of) & stage.listed("F11"), stage.count(4))
    register.hard_negative("R20", "F11", _payee_keys("F11", stopped), "残疾人补贴已停发", stopped["township"])
