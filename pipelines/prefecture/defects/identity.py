"""R01 and R02: numbers that cannot be, and numbers that contradict birth date or sex.

Belongs here: whose number is damaged, in which feed. The damaged row is always one from which nothing else
follows. Does not belong here: the kinds of damage (identity_numbers.py).
"""

from datetime import timedelta

import polars as pl

from pipelines.keys import key_expr
from pipelines.prefecture import events
from pipelines.prefecture.defects.common import is_allowance_delivered, is_resurveyed, plain, settled, turns_of
from pipelines.prefecture.defects.identity_numbers import damaged, fifteen_digits, full_width
from pipelines.prefecture.stage import BOTH, Stage, per_person
from pipelines.prefecture.turns import FIRST, SECOND
from pipelines.prefecture.vital import is_dead

_KEYS = {"F01": ["id_no", "household_no"], "F08": ["id_no", "category", "pay_month"], "F10": ["id_no", "pay_month"],
         "F17": ["id_no", "employer_code"], "F20": ["id_no", "insurance_kind"], "F31": ["survey_no"],
         "F11": ["card_no"], "F04": ["cert_no"], "F03": ["event_no"], "F07": ["cert_no"], "F14": ["uscc"]}
_TYPED = ("checksum", "short", "region", "date", "zeros", "long")


def plant_identity(stage: Stage) -> None:
    """Plant R01 and R02."""
    _in_payments(stage)
    _in_insurance(stage)
    _in_survey(stage)
    _in_register(stage)
    _in_events(stage)
    _in_marriages(stage)
    _in_enterprises(stage)
    _contradictions(stage)
    _harmless(stage)


def _plant(stage: Stage, feed: str, people: pl.DataFrame, column: str, values: pl.Series, fixed: int = 0,
           only_second: bool = False, month: str | None = None, rule: str = "R01", what: str = "号码无效") -> None:
    """Overwrite `column` for `people`; the first `fixed` of them are right again at the second turn."""
    table = per_person(people, values.alias(column))
    on = ("_pid",)
    if month:
        table, on = table.with_columns(pl.lit(month).alias("pay_month")), ("_pid", "pay_month")
    wrong_turn = 2 if only_second else 1
    stage.edit(feed, (wrong_turn,), table, on)
    if not only_second and not month:
        stage.edit(feed, (2,), table.slice(fixed), on)
    rows = table.select(on).join(stage.feeds[feed, wrong_turn], on=list(on), how="left", maintain_order="left")
    keys = rows.select(key_expr(feed, _KEYS[feed])).to_series()
    later = turns_of(people.height, fixed) if not only_second else True
    stage.register.defect(rule, feed, keys, what, not only_second, later, people["township"])


def _in_payments(stage: Stage) -> None:
    payee = settled() & (pl.col("assist") == "低保") & (pl.col("age") < 75) & (pl.col("birth").dt.year() < 2000)
    for only_second, count, month in ((False, 8, FIRST.month), (True, 3, SECOND.month)):
        people = stage.take(payee, stage.count(count))
        _plant(stage, "F08", people, "id_no", damaged(people["id_no"]), only_second=only_second, month=month)


def _in_insurance(stage: Stage) -> None:
    jobs = stage.feeds["F17", 1].group_by("_pid").len().filter(pl.col("len") == 1)["_pid"]
    employee = plain() & pl.col("pid").is_in(jobs.implode()) & (pl.col("birth").dt.year() < 2000)
    people = stage.take(employee, stage.count(8))
    _plant(stage, "F17", people, "id_no", damaged(people["id_no"], _TYPED), fixed=people.height // 3)
    people = stage.take(employee, stage.count(3))
    _plant(stage, "F17", people, "id_no", damaged(people["id_no"], _TYPED), only_second=True)
    people = stage.take(plain() & stage.listed("F20") & (pl.col("birth").dt.year() < 2000), stage.count(10))
    _plant(stage, "F20", people, "id_no", damaged(people["id_no"], (*_TYPED, "fifteen_digit")))


def _in_survey(stage: Stage) -> None:
    seen = plain() & is_resurveyed() & stage.listed("F31") & (pl.col("birth").dt.year() < 2000)
    people = stage.take(seen, stage.count(12, 2))
    _plant(stage, "F31", people, "id_no", damaged(people["id_no"]), fixed=people.height // 3)
    people = stage.take(seen, stage.count(4))
    _plant(stage, "F31", people, "id_no", damaged(people["id_no"], ("scientific", *_TYPED)), only_second=True)


def _in_register(stage: Stage) -> None:
    """Old 15-digit numbers; some are replaced in the delta by deleting the old key and adding a new one."""
    people = stage.take(plain() & pl.col("age").is_between(41, 70) & (pl.col("relation") != "01"), stage.count(8, 2))
    _plant(stage, "F01", people, "id_no", fifteen_digits(people["id_no"]), fixed=people.height // 3, what="15位旧号码")


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
    _plant(stage, "F11", holders, "card_no", spoilt)


def _plant_once(stage: Stage, feed: str, people: pl.DataFrame, values: pl.Series) -> None:
    stage.edit(feed, (1,), per_person(people, values.alias("id_no")))
    keys = stage.rows(feed, 1, people).select(key_expr(feed, _KEYS[feed])).to_series()
    stage.register.defect("R01", feed, keys, "号码无效", True, True, people["township"])


def _in_marriages(stage: Stage) -> None:
    for turn, count in ((1, 3), (2, 2)):
        couples = stage.take(pl.col("pid").is_in(stage.feeds["F07", turn]["_pid"].implode()), stage.count(count))
        half = (couples.height + 1) // 2
        for party, group in (("husband", couples.head(half)), ("wife", couples.slice(half))):
            column = f"{party}_id_no"
            numbers = stage.rows("F07", turn, group)[column]
            stage.edit("F07", (turn,), per_person(group, damaged(numbers, ("checksum", "long")).alias(column)))
            records = stage.rows("F07", turn, group).select(key_expr("F07", _KEYS["F07"]).alias("record"), pl.lit(party).alias("party"))
            keys = records.select(key_expr("marriage_party", ["record", "party"])).to_series()
            stage.register.defect("R01", "F07", keys, "婚姻登记当事人号码无效", turn == 1, True)


def _in_enterprises(stage: Stage) -> None:
    firms = stage.take_firms((pl.col("status_name") == "存续") & ~pl.col("has_old_code") & ~pl.col("is_employer"), stage.count(4))
    table = firms.select("_eid", damaged(firms["legal_rep_id_no"], _TYPED).alias("legal_rep_id_no"))
    stage.edit("F14", BOTH, table, ("_eid",))
    keys = firms.select(key_expr("F14", ["uscc"])).to_series()
    stage.register.defect("R01", "F14", keys, "法定代表人号码无效", True, True, firms["township"])


def _contradictions(stage: Stage) -> None:
    """R02. Birth dates are wrong by ten days inside one month, so that no age moves."""
    early = pl.col("birth").dt.day() <= 15
    other_sex = (3 - pl.col("sex")).cast(pl.String)
    other_day = pl.col("birth") + timedelta(days=10)

    def plant(feed: str, where: pl.Expr, count: int, column: str, value: pl.Expr, **how) -> None:  # noqa: ANN003
        people = stage.take(where & early, stage.count(count))
        _plant(stage, feed, people, column, people.select(value).to_series(), rule="R02", what="与号码中的生日或性别不符", **how)

    registered = plain() & (pl.col("age") < 70)
    plant("F01", registered, 6, "sex_code", other_sex, fixed=stage.count(2, 0))
    plant("F01", registered, 3, "birth_date", other_day)
    plant("F01", registered, 2, "sex_code", other_sex, only_second=True)
    plant("F20", plain() & stage.listed("F20"), 4, "sex_code", other_sex)
    plant("F20", plain() & stage.listed("F20"), 4, "birth_date", other_day)
    payee = settled() & pl.col("age").is_between(82, 87) & pl.col("assist").is_null()
    plant("F10", payee, 2, "birth_date", other_day, month=FIRST.month)
    plant("F10", payee & is_allowance_delivered(), 1, "birth_date", other_day, month=SECOND.month, only_second=True)


def _harmless(stage: Stage) -> None:
    """Numbers that look odd and are right."""
    register, f01 = stage.register, key_expr("F01", ["id_no", "household_no"])
    old = stage.take(plain() & pl.col("id_no").str.starts_with("3721"), stage.count(6, 2))
    register.hard_negative("R01", "F01", old.select(f01).to_series(), "烟台地区旧区划号码(3721)", old["township"])
    permits = stage.take(pl.col("id_no").str.contains("^8[123]") & stage.listed("F31"), stage.count(9, 3))
    keys = stage.rows("F31", 1, permits).select(key_expr("F31", ["survey_no"])).to_series()
    register.hard_negative("R01", "F31", keys, "港澳台居民居住证号码")
    for feed, of_feed in (("F20", plain() & stage.listed("F20")), ("F17", plain() & stage.listed("F17"))):
        lower = stage.take(of_feed & pl.col("id_no").str.ends_with("X"), stage.count(5, 2))
        _retype(stage, feed, lower, lower["id_no"].str.to_lowercase(), "末位小写 x")
    wide = stage.take(plain() & stage.listed("F20"), stage.count(3))
    _retype(stage, "F20", wide, full_width(wide["id_no"]), "全角数字")
    twins = stage.take(plain() & (pl.len().over("household", "birth") > 1), stage.count(5, 2))
    for rule in ("R01", "R02"):
        register.hard_negative(rule, "F01", twins.select(f01).to_series(), "双胞胎，只有顺序码不同", twins["township"])
    blank = stage.take(plain() & stage.listed("F20"), stage.count(4))
    stage.edit("F20", BOTH, per_person(blank, pl.lit(None, pl.Date).alias("birth_date"), pl.lit(None, pl.String).alias("sex_code")))
    keys = stage.rows("F20", 1, blank).select(key_expr("F20", _KEYS["F20"])).to_series()
    register.hard_negative("R02", "F20", keys, "生日和性别未填", blank["township"])
    pairs = stage.people.filter(pl.col("namesake") % 2 == 0)
    for rule in ("R01", "R02"):
        register.hard_negative(rule, "F01", pairs.select(f01).to_series(), "同名同生日的两个人", pairs["township"])


def _retype(stage: Stage, feed: str, people: pl.DataFrame, typed: pl.Series, what: str) -> None:
    keys = stage.rows(feed, 1, people).filter(pl.col("id_no").is_not_null()).select(key_expr(feed, _KEYS[feed])).to_series()
    stage.edit(feed, BOTH, per_person(people, typed.alias("id_no")))
    stage.register.hard_negative("R01", feed, keys, what)
