"""Rules a second time, in the plainest form, to prove that the register tells the whole truth.

Belongs here: judging the current rows of all feeds. Does not belong here: speed, or anything the pipeline
uses.
"""

from datetime import date, timedelta

import polars as pl

from pipelines.kit.keys import entity_key, ticket_id
from tests.prefecture.delivered import Delivered, refused
from tests.prefecture.judge import TURN_DAYS, Judge, State
from tests.prefecture.validity import credit_valid, years

Found = set[tuple[str, str]]
# The others have judges of their own (judges/).
RULES = {"R01", "R02", "R05", "R07", "R08", "R11", "R15", "R17", "R20", "R21", "R22", "R25", "R35", "R46", "R47"}


def judge(
    files: list[Delivered], state: State, turn: int, regions: set[str], corrected: pl.DataFrame, raw: State
) -> Found:
    """All (rule, entity) the rules find after a turn. `state` has corrections applied, `raw` has not;
    `corrected` are the answers that took effect: rule_id, record_key, field, wrong, new."""
    j = Judge(state, turn, regions)
    found: Found = set()
    for part in (
        identity,
        codes,
        divisions,
        households,
        survey,
        life,
        paid_dead,
        old_age,
        cards,
        insured,
    ):
        found |= part(j)
    found |= {
        ("R46", ticket_id(r["rule_id"], r["record_key"]))
        for r in corrected.iter_rows(named=True)
        if _flipped(r, raw)
    }
    newest = {(f.feed, f.scope, f.period): f for f in files if f.turn <= turn}
    return found | {("R47", entity_key("delivery", *k)) for k, f in newest.items() if refused(f, files)}


def _flipped(correction: dict, raw: State) -> bool:
    rows = raw[correction["feed"]].filter(
        (pl.col("record_key") == correction["record_key"]) & (pl.col("_turn") >= 2)
    )
    return rows.height == 1 and (rows[correction["field"]].item() or "") == correction["wrong"]


def identity(j: Judge) -> Found:
    found: Found = set()
    columns = {
        "F01": "id_no",
        "F03": "id_no",
        "F04": "id_no",
        "F08": "id_no",
        "F10": "id_no",
        "F11": "card_no",
        "F14": "legal_rep_id_no",
        "F17": "id_no",
        "F20": "id_no",
        "F31": "id_no",
    }
    for feed, column in columns.items():
        for key, number in j.state[feed].select("record_key", column).drop_nulls().iter_rows():
            if not j.is_valid(number[:18] if feed == "F11" else number):
                found.add(("R01", key))
    for party in ("husband", "wife"):
        for key, number in j.state["F07"].select("record_key", f"{party}_id_no").drop_nulls().iter_rows():
            if not j.is_valid(number):
                found.add(("R01", entity_key("marriage_party", key, party)))
    for feed, sex in (("F01", "sex_code"), ("F04", "sex_name"), ("F10", None), ("F20", "sex_code")):
        said = pl.col(sex).replace({"男": "1", "女": "2"}) if sex else pl.lit(None, pl.String)
        for key, number, born, which in (
            j.state[feed].select("record_key", "id_no", "birth_date", said.alias("said")).iter_rows()
        ):
            if not number or not j.is_valid(number):
                continue
            other_sex = which is not None and which != ("1" if int(number[16]) % 2 else "2")
            if other_sex or (born is not None and f"{born:%Y%m%d}" != number[6:14]):
                found.add(("R02", key))
    return found


def codes(j: Judge) -> Found:
    codes = {("F14", c) for c in j.state["F14"]["uscc"]} | {
        ("F17", c) for c in j.state["F17"]["employer_code"]
    }
    return {("R05", entity_key("credit_code", feed, code)) for feed, code in codes if not credit_valid(code)}


def divisions(j: Judge) -> Found:
    units: dict[str, list[tuple[date, date | None]]] = {}
    for unit, since, until in j.state["F36"].select("unit_code", "valid_from", "valid_to").iter_rows():
        units.setdefault(unit, []).append((since, until))
    month_end = pl.concat_str("pay_month", pl.lit("-01")).str.to_date().dt.month_end()
    turn_day = pl.col("_turn").replace_strict(TURN_DAYS, return_dtype=pl.Date)
    dated = {
        "F01": pl.col("updated_date"),
        "F08": month_end,
        "F10": month_end,
        "F11": turn_day,
        "F20": turn_day,
        "F14": pl.when(pl.col("change_type").is_not_null()).then(turn_day).otherwise("established_date"),
    }
    found: Found = set()
    for feed, day in dated.items():
        id_no = "id_no" if feed in ("F08", "F10") else pl.lit("").alias("id_no")
        for key, code, on, number in (
            j.state[feed].select("record_key", "division_code", day.alias("on"), id_no).iter_rows()
        ):
            if not any(since <= on and (not until or on < until) for since, until in units.get(code, [])):
                found.add(("R07", entity_key("payee_division", feed, number, code) if number else key))
    return found


def households(j: Judge) -> Found:
    rows = j.state["F01"].select("id_no", "household_no", "household_type", "relation_code", "status_name")
    active = rows.filter(pl.col("status_name") == "正常")
    homes: dict[str, set[str]] = {}
    for number, home in active.select("id_no", "household_no").iter_rows():
        homes.setdefault(j.person(number), set()).add(home)
    doubled = {p for p, h in homes.items() if len(h) > 1}
    numbers = {n for n in active["id_no"] if j.person(n) in doubled}
    heads = (
        active.filter(pl.col("household_type") == "家庭户")
        .group_by("household_no")
        .agg((pl.col("relation_code") == "01").sum())
    )
    wrong = heads.filter(pl.col("relation_code") != 1)["household_no"]
    return {("R08", entity_key("person", n)) for n in numbers} | {
        ("R15", entity_key("household", h)) for h in wrong
    }


def survey(j: Judge) -> Found:
    live = set(
        j.state["F36"].filter((pl.col("level_name") == "网格") & pl.col("valid_to").is_null())["unit_code"]
    )
    dead = {j.person(n) for n in j.state["F01"].filter(pl.col("status_name") == "死亡注销")["id_no"]} | set(
        j.deaths
    )
    rows = j.state["F31"].filter(pl.col("name").is_not_null()).select("record_key", "grid_code", "id_no")
    return {
        ("R11", k)
        for k, grid, number in rows.iter_rows()
        if grid not in live and not (number and j.person(number) in dead)
    }


def life(j: Judge) -> Found:
    found: Found = set()
    for key, number in (
        j.state["F01"].filter(pl.col("status_name") == "正常").select("record_key", "id_no").iter_rows()
    ):
        day = j.deaths.get(j.person(number))
        if day and (j.day - day).days > 30:
            found.add(("R17", key))
    return found


def paid_dead(j: Judge) -> Found:
    found: Found = set()
    for feed in ("F08", "F10"):
        paid = j.state[feed].filter(
            (pl.col("amount").cast(pl.Float64) > 0)
            & ~pl.col("remark").str.starts_with("补发").fill_null(False)
        )
        for number, month in paid.select("id_no", "pay_month").iter_rows():
            day = j.deaths.get(j.person(number))
            if day and month > f"{day:%Y-%m}":
                found.add(("R20", entity_key("payee", feed, number)))
    for card, turn in (
        j.state["F11"].filter(pl.col("subsidy_status") == "发放").select("card_no", "_turn").iter_rows()
    ):
        day = j.deaths.get(j.person(card[:18]))
        if day and f"{day:%Y-%m}" < f"{TURN_DAYS[turn]:%Y-%m}":
            found.add(("R20", entity_key("payee", "F11", card[:18])))
    return found


def old_age(j: Judge) -> Found:
    found: Found = set()
    paid = j.state["F10"].filter(
        (pl.col("status_name") == "发放") & ~pl.col("remark").str.starts_with("补发").fill_null(False)
    )
    last: dict[str, str] = {}
    by_number: dict[str, tuple] = {}
    for number, month, band in paid.sort("pay_month").select("id_no", "pay_month", "band_name").iter_rows():
        last[j.person(number)] = month
        by_number[number] = (month, band)
    bands = {"80-89岁": (80, 89), "90-99岁": (90, 99), "100岁及以上": (100, 200)}
    for number, (month, band) in by_number.items():
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        first = date.fromisoformat(f"{month}-01")
        end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        low, high = bands[band]
        if years(born, end) < low or years(born, first - timedelta(days=1)) > high:
            found.add(("R21", entity_key("payee", "F10", number)))
    latest = dict(j.state["F10"].group_by("_scope").agg(pl.col("pay_month").max()).iter_rows())
    month = f"{j.day:%Y-%m}"
    provided = {
        j.person(n)
        for n in j.state["F08"].filter((pl.col("category") == "特困") & (pl.col("pay_month") == month))[
            "id_no"
        ]
    }
    rows = (
        j.state["F01"]
        .filter(pl.col("status_name") == "正常")
        .select("record_key", "id_no", "birth_date", "household_no")
    )
    for key, number, born, home in rows.iter_rows():
        if (
            years(born, j.day - timedelta(days=60)) < 80
            or j.person(number) in j.deaths
            or j.person(number) in provided
        ):
            continue
        if home[:6] in latest and last.get(j.person(number), "") < latest[home[:6]]:
            found.add(("R22", key))
    return found


def cards(j: Judge) -> Found:
    paid = pl.col("subsidy_status") == "发放"
    turn_day = pl.col("_turn").replace_strict(TURN_DAYS, return_dtype=pl.Date)
    wrong = j.state["F11"].filter(
        (pl.col("card_no").str.slice(18, 1) != pl.col("class_code"))
        | (pl.col("card_no").str.slice(19, 1) != pl.col("level_code"))
        | (paid & (pl.col("valid_to") < turn_day))
    )
    return {("R25", key) for key in wrong["record_key"]}


def insured(j: Judge) -> Found:
    closed = (
        j.state["F14"]
        .filter(pl.col("status_name") != "存续")
        .select(
            pl.col("uscc").alias("employer_code"),
            pl.col("cancelled_date").dt.strftime("%Y-%m").alias("end"),
            pl.col("record_key").alias("firm"),
        )
    )
    insured = j.state["F17"].filter(pl.col("status_name") == "参保").join(closed, on="employer_code")
    return {("R35", key) for key in insured.filter(pl.col("period_month") > pl.col("end"))["firm"]}
