"""R17: dead in one source and alive in the police register.

Belongs here: deaths one department missed, and the townships' answers about them. Does not belong here: the
deaths of ordinary life (world/vital.py).
"""

import polars as pl

from prefecture.answers import Replies, record_answers
from prefecture.defects.common import RARE, plain, record_keys, tickets
from prefecture.feeds.death_certificates import certificate_rows
from prefecture.feeds.hukou_events import DEATH, event_rows
from prefecture.months import MONTHS
from prefecture.stage import Span, Stage, only, per_person
from prefecture.world.lots import days_between

_LONG_AGO = ("2023-07-01", "2023-12-15")
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
    _later(stage)
    _ambiguous(stage)


def _candidate(stage: Stage) -> pl.Expr:
    """Adults whose death nobody else would notice: no head of a household, no card, no assistance, no
    support of a veteran, no employer."""
    unseen = ~stage.listed("F11") & ~stage.listed("F12") & ~stage.listed("F17")
    return plain() & (pl.col("relation") != "01") & pl.col("age").is_between(28, 73) & unseen


def _dying(
    stage: Stage, count: int, first: str, last: str, playing: int = 0, where: pl.Expr | bool = True
) -> pl.DataFrame:
    people = stage.take(_candidate(stage) & where, count, playing)
    return people.with_columns(
        pl.Series("died_on", days_between(stage.rng("deaths"), first, last, people.height), dtype=pl.Date)
    )


def _certified(stage: Stage, people: pl.DataFrame, month: int) -> None:
    stage.add("F04", only(month), certificate_rows(people, pl.col("died_on")))


def _still_registered(stage: Stage) -> None:
    """R17. In playing townships most answers are true; one answer comes back wrong in F01, one is
    confirmed. Some certificates have no id; with a rare character in the name nobody else in the city, whatever
    shard he is of, has the same name and birth date."""
    known = _dying(stage, stage.count(24, 7), *_LONG_AGO, playing=stage.count(14, 6))
    alone = pl.len().over("name", "birth", "sex") == 1
    nameless = _dying(stage, stage.count(4), *_LONG_AGO, where=alone & pl.col("name").str.contains(RARE))
    people = pl.concat([known, nameless])
    rows = certificate_rows(people, pl.col("died_on"))
    no_id = pl.int_range(pl.len()) >= known.height
    stage.add("F04", only(0), rows.with_columns(pl.when(~no_id).then("id_no").alias("id_no")))
    plays = people["township"].is_in(stage.players)
    playing = people.filter(plays)
    answered = record_answers(stage, playing, _REPLIES, record_keys("F01", playing))
    dead = answered.filter((pl.col("answer_code") == DEAD) & (pl.col("behaviour") == "right"))["pid"]
    unheard = people.filter(~plays)["pid"].head(stage.count(4, 2))
    _correct_register(stage, people.filter(stage.among(unheard)), 1)
    ends = people["pid"].is_in(pl.concat([dead, unheard]).implode())
    untils = pl.select(pl.when(ends).then(1)).to_series().cast(pl.Int64)
    keys = record_keys("F01", people)
    stage.register.defect("R17", "F01", keys, "死亡证明已出，户口仍正常", people, 0, untils)
    _corrections_seen(stage, people.filter(stage.among(dead)))


def _corrections_seen(stage: Stage, people: pl.DataFrame) -> None:
    """R46 on F01.status_name: the delta repeats 正常 for some, confirms the death of others, is silent on
    the rest."""
    found = tickets("R17", record_keys("F01", people))
    flips = min(people.height, max(1, people.height // 5))
    moved = per_person(people.head(flips), (pl.col("hukou_address") + "附1").alias("hukou_address"))
    stage.edit("F01", Span(1), moved)
    _correct_register(stage, people.slice(flips, flips), 1)
    register = stage.register
    register.defect("R46", "F01", found.head(flips), "增量又送来正常", people.head(flips), 1)
    confirmed, silent = people.slice(flips, flips), people.slice(2 * flips)
    register.hard_negative("R46", "F01", found.slice(flips, flips), "来源已改为死亡注销", confirmed)
    register.hard_negative("R46", "F01", found.slice(2 * flips), "来源未再交付", silent)


def _correct_register(stage: Stage, people: pl.DataFrame, month: int) -> None:
    stage.edit("F01", Span(month), per_person(people, pl.lit("死亡注销").alias("status_name")))
    stage.add("F03", only(month), event_rows(people, DEATH, pl.col("died_on")))


def _recent(stage: Stage) -> None:
    """Dead for less than 30 days at one of the first business dates; some of January's are forgotten until
    the second."""
    register = stage.register
    recent = _dying(stage, stage.count(6, 2), "2024-01-08", "2024-01-27")
    _certified(stage, recent, 0)
    overdue, done = recent.head(recent.height // 2), recent.slice(recent.height // 2)
    _correct_register(stage, done, 1)
    register.defect("R17", "F01", record_keys("F01", overdue), "一月死亡，二月底仍未注销", overdue, 1)
    register.hard_negative("R17", "F01", record_keys("F01", done), "死亡不足30天，随后注销", done)
    february = _dying(stage, stage.count(4), "2024-02-06", "2024-02-22")
    _certified(stage, february, 1)
    _correct_register(stage, february, 2)
    register.hard_negative("R17", "F01", record_keys("F01", february), "死亡不足30天，随后注销", february)
    late = _dying(stage, stage.count(3), "2023-11-01", "2023-12-20")
    _certified(stage, late, 1)
    register.defect("R17", "F01", record_keys("F01", late), "二月才到的死亡证明", late, 1)


def _later(stage: Stage) -> None:
    """Deaths of later months the police hear of three months later; each is overdue the month after."""
    for month in (3, 7, 11, 15, 19):
        first = MONTHS[month].start
        people = _dying(stage, stage.count(1.5, 0), str(first.replace(day=2)), str(first.replace(day=20)))
        _certified(stage, people, month)
        _correct_register(stage, people, month + 3)
        keys = record_keys("F01", people)
        stage.register.defect("R17", "F01", keys, "死亡三个月后才注销", people, month + 1, month + 3)


def _ambiguous(stage: Stage) -> None:
    """Certificates without an id that fit two living people."""
    pairs = stage.people.filter(
        pl.col("namesake").is_not_null() & pl.col("namesake").is_between(0, stage.count(5, 4) - 1)
    )
    lives_on = pl.col("death_date").is_null() & pl.col("left_date").is_null()
    twice = pairs.filter(lives_on).filter(pl.len().over("namesake") == 2)
    shown = twice.unique("namesake", keep="first", maintain_order=True)
    certificates = certificate_rows(shown, pl.lit(MONTHS[0].as_of.replace(year=2023, month=10, day=20)))
    stage.add("F04", only(0), certificates.with_columns(pl.lit(None, pl.String).alias("id_no")))
    keys = record_keys("F01", twice)
    stage.register.hard_negative("R17", "F01", keys, "死亡证明无身份证号，同名同生日者有两人", twice)
    stage.settle(twice)
