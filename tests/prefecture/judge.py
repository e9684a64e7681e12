"""What the rules look up, and the answers of the townships laid over it.

Belongs here: people, deaths, corrections. Does not belong here: the rules (rules.py).
"""

import calendar
from datetime import date

import polars as pl

from tests.prefecture.validity import id_valid, with_century

TURN_DAYS = {i + 1: date(2024, i + 1, calendar.monthrange(2024, i + 1)[1]) for i in range(12)}
State = dict[str, pl.DataFrame]


class Judge:
    """Everything the rules look up, for one turn."""

    def __init__(self, state: State, turn: int, regions: set[str]) -> None:
        self.state, self.turn, self.day, self.regions = state, turn, TURN_DAYS[turn], regions
        self.valid: dict[str, bool] = {}
        chain = state["F03"].filter(pl.col("event_type") == "身份证号变更")
        self.newer = dict(zip(chain["old_id_no"], chain["id_no"], strict=True))
        self.deaths = self._deaths()

    def is_valid(self, number: str) -> bool:
        if number not in self.valid:
            self.valid[number] = id_valid(number, self.regions)
        return self.valid[number]

    def person(self, number: str) -> str:
        """The newest number of whoever bears this one; 15 digits count as their 18."""
        if len(number) == 15 and number.isdigit():
            number = with_century(number)
        return self.newer.get(number, number)

    def _deaths(self) -> dict[str, date]:
        known: dict[tuple, set[str]] = {}
        for feed in ("F01", "F20"):
            rows = self.state[feed].filter(pl.col("birth_date").is_not_null())
            for name, sex, born, number in rows.select("name", "sex_code", "birth_date", "id_no").iter_rows():
                known.setdefault((name, {"1": "男", "2": "女"}.get(sex), born), set()).add(
                    self.person(number)
                )
        deaths: dict[str, date] = {}
        for number, day in (
            self.state["F03"]
            .filter(pl.col("event_type") == "死亡注销")
            .select("id_no", "event_date")
            .iter_rows()
        ):
            deaths[self.person(number)] = day
        for number, *who, day in (
            self.state["F04"].select("id_no", "name", "sex_name", "birth_date", "death_date").iter_rows()
        ):
            if number is None:
                same = known.get(tuple(who), set())
                number = next(iter(same)) if len(same) == 1 else None
            if number:
                deaths[self.person(number)] = day
        return deaths


def effective(answers: pl.DataFrame, raw: State) -> pl.DataFrame:
    """Corrections that follow from true answers: rule_id, feed, record_key, field, wrong, new."""
    fixes = {("R11", "更正网格"): ("F31", "grid_code"), ("R17", "确认已死亡"): ("F01", "status_name")}
    rows = []
    for a in answers.filter(pl.col("behaviour") == "right").iter_rows(named=True):
        if (a["rule_id"], a["answer_code"]) not in fixes:
            continue
        feed, column = fixes[a["rule_id"], a["answer_code"]]
        wrong = raw[feed].filter(pl.col("record_key") == a["record_key"])[column].item()
        rows.append(
            (a["rule_id"], feed, a["record_key"], column, wrong or "", a["given_value"] or "死亡注销")
        )
    return pl.DataFrame(rows, schema=["rule_id", "feed", "record_key", "field", "wrong", "new"], orient="row")


def overlaid(raw: State, corrections: pl.DataFrame) -> State:
    """The state with every correction applied whose wrong value still stands."""
    state = dict(raw)
    for feed, column in (("F31", "grid_code"), ("F01", "status_name")):
        mine = corrections.filter(pl.col("feed") == feed).select("record_key", "wrong", "new")
        stands = pl.col(column).fill_null("") == pl.col("wrong")
        state[feed] = (
            raw[feed]
            .join(mine, on="record_key", how="left", maintain_order="left")
            .with_columns(pl.when(stands).then("new").otherwise(column).alias(column))
            .drop("wrong", "new")
        )
    return state
