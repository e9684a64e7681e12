"""R17: dead in one source and alive in the police register.

Belongs here: deaths one department missed, and the townships' answers about them. Does not belong here: the
deaths of ordinary life (vital.py).
"""

from datetime import date

import polars as pl

from pipelines.prefecture.answers import Replies, record_answers
from pipelines.prefecture.defects.common import plain, record_keys, tickets
from pipelines.prefecture.feeds import events
from pipelines.prefecture.stage import Stage, per_person
from pipelines.prefecture.world.lots import days_between

DEAD, ALIVE = "确认已死亡", "确认健在"
_REPLIES = Replies(
    "R17",
    "F01",
    truth=(DEAD, DEAD, DEAD, ALIVE),
    behaviour=("right", "right", "dispute", "right", "late", "right", "none"),
    instead={"dispute": ALIVE},
)


def plant_missed_deaths(stage: Stage) -> None:
    """Plant R17, and deaths that are too recent or too vague to count."""
    _still_registered(stage)
    _recent(stage)
    _ambiguous(stage)


def _candidate() -> pl.Expr:
    """Adults whose death nobody else would notice: no head of a household, no card, no assistance."""
    return plain() & (pl.col("relation") != "01") & pl.col("age").is_between(28, 73)


def _dying(stage: Stage, where: pl.Expr, count: int, first: str, last: str, playing: int = 0) -> pl.DataFrame:
    people = stage.take(where & _candidate() & ~stage.listed("F11"), count, playing)
    return people.with_columns(
        pl.Series("died_on", days_between(stage.rng("deaths"), first, last, people.height), dtype=pl.Date)
    )


def _still_registered(stage: Stage) -> None:
    """R17. In playing townships most answers are true; one answer comes back wrong in F01, one is
    confirmed."""
    people = _dying(
        stage, pl.lit(True), stage.count(28, 8), "2023-07-01", "2023-12-15", playing=stage.count(14, 6)
    )
    rows = events.certificate_rows(people, pl.col("died_on"))
    alone = pl.len().over("name", "birth", "sex") == 1
    unique = people.join(stage.people.filter(alone), on="pid", how="semi", maintain_order="left")["pid"].tail(
        stage.count(4)
    )
    no_id = pl.col("_pid").is_in(unique.implode())
    stage.add("F04", (1,), rows.with_columns(pl.when(~no_id).then("id_no").alias("id_no")))
    plays = people["township"].is_in(stage.players)
    answered = record_answers(stage, people.filter(plays), _REPLIES, record_keys("F01", people.filter(plays)))
    dead = answered.filter((pl.col("answer_code") == DEAD) & (pl.col("behaviour") == "right"))["pid"]
    unheard = people.filter(~plays)["pid"].head(stage.count(4, 2))
    gone = pl.concat([dead, unheard])
    _correct_register(stage, people.filter(pl.col("pid").is_in(unheard.implode())))
    later = ~people["pid"].is_in(gone.implode())
    stage.register.defect(
        "R17", "F01", record_keys("F01", people), "死亡证明已出，户口仍正常", True, later, people["township"]
    )
    _corrections_seen(stage, people.filter(pl.col("pid").is_in(dead.implode())))


def _corrections_seen(stage: Stage, people: pl.DataFrame) -> None:
    """R46 on F01.status_name: the delta repeats 正常 for some, confirms the death of others, is silent on
    the rest."""
    found = tickets("R17", record_keys("F01", people))
    flips = max(1, people.height // 5)
    moved = per_person(people.head(flips), (pl.col("hukou_address") + "附1").alias("hukou_address"))
    stage.edit("F01", (2,), moved)
    _correct_register(stage, people.slice(flips, flips))
    register = stage.register
    register.defect(
        "R46", "F01", found.head(flips), "增量又送来正常", False, True, people["township"].head(flips)
    )
    register.hard_negative("R46", "F01", found.slice(flips, flips), "来源已改为死亡注销")
    register.hard_negative("R46", "F01", found.slice(2 * flips), "来源未再交付")


def _correct_register(stage: Stage, people: pl.DataFrame) -> None:
    stage.edit("F01", (2,), per_person(people, pl.lit("死亡注销").alias("status_name")))
    stage.add("F03", (2,), events.event_rows(people, events.DEATH, pl.col("died_on")))


def _recent(stage: Stage) -> None:
    """Dead for less than 30 days at one of the turns; some of January's are forgotten until the second."""
    register = stage.register
    recent = _dying(stage, pl.lit(True), stage.count(6, 2), "2024-01-08", "2024-01-27")
    stage.add("F04", (1,), events.certificate_rows(recent, pl.col("died_on")))
    overdue = recent.head(recent.height // 2)
    _correct_register(stage, recent.slice(overdue.height))
    register.defect(
        "R17",
        "F01",
        record_keys("F01", overdue),
        "一月死亡，二月底仍未注销",
        False,
        True,
        overdue["township"],
    )
    register.hard_negative(
        "R17",
        "F01",
        record_keys("F01", recent.slice(overdue.height)),
        "死亡不足30天，随后注销",
        recent["township"].slice(overdue.height),
    )
    february = _dying(stage, pl.lit(True), stage.count(4), "2024-02-06", "2024-02-22")
    stage.add("F04", (2,), events.certificate_rows(february, pl.col("died_on")))
    register.hard_negative("R17", "F01", record_keys("F01", february), "死亡不足30天", february["township"])
    late = _dying(stage, pl.lit(True), stage.count(3), "2023-11-01", "2023-12-20")
    stage.add("F04", (2,), events.certificate_rows(late, pl.col("died_on")))
    register.defect(
        "R17", "F01", record_keys("F01", late), "二月才到的死亡证明", False, True, late["township"]
    )


def _ambiguous(stage: Stage) -> None:
    """Certificates without an id that fit two living people."""
    pairs = stage.people.filter(
        pl.col("namesake").is_not_null() & pl.col("namesake").is_between(0, stage.count(5, 4) - 1)
    )
    twice = pairs.filter(pl.col("death_date").is_null() & pl.col("left_date").is_null()).filter(
        pl.len().over("namesake") == 2
    )
    shown = twice.unique("namesake", keep="first", maintain_order=True)
    certificates = events.certificate_rows(shown, pl.lit(date(2023, 10, 20))).with_columns(
        pl.lit(None, pl.String).alias("id_no")
    )
    stage.add("F04", (1,), certificates)
    stage.register.hard_negative(
        "R17", "F01", record_keys("F01", twice), "死亡证明无身份证号，同名同生日者有两人", twice["township"]
    )
    stage.settle(twice)
