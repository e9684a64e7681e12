"""One call makes one turn's deliveries and the register of both.

Belongs here: the order in which the prefecture comes to be. Does not belong here: any part of it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.paths import Paths
from pipelines.prefecture.changes import change_ordinarily, left_payees
from pipelines.prefecture.defects import plant_all
from pipelines.prefecture.feeds import benefits, disability, events, insurance, marriages, residents, survey
from pipelines.prefecture.feeds.deltas import delta
from pipelines.prefecture.months import FIRST, SECOND, TURNS, turn_of
from pipelines.prefecture.output.deliveries import deliveries
from pipelines.prefecture.players import PLAYING_TOWNSHIPS
from pipelines.prefecture.register import Register
from pipelines.prefecture.stage import Stage
from pipelines.prefecture.world import enterprises
from pipelines.prefecture.world.divisions import Divisions, read_divisions
from pipelines.prefecture.world.lots import stream
from pipelines.prefecture.world.people import draw_people

SEED = 20231104
_ORDERS = {
    "F01": ("household_no", "_pid"),
    "F03": ("event_date", "_pid"),
    "F04": ("death_date", "_pid"),
    "F11": ("_pid",),
    "F08": ("_county", "pay_month", "_pid"),
    "F10": ("_county", "pay_month", "_pid"),
    "F17": ("_pid", "start_date"),
}


@dataclass(frozen=True)
class Summary:
    """What one call wrote to the drop folder."""

    files: int
    rows: int
    bytes: int
    residents: int


def generate(paths: Paths, as_of: date, scale: float = 0.01, seed: int = SEED) -> Summary:
    """Write the files departments deliver in the turn of `as_of` to `paths.drop`, and the register to
    `paths.register` (of both turns, the same from either call). Equal arguments give equal bytes.

    `scale` is the share of the real population. Raises ValueError when the sample has no turn on `as_of`.
    """
    turn = turn_of(as_of)
    stage = set_stage(paths.reference, scale, seed)
    plans = {each.number: list(deliveries(stage, each)) for each in TURNS}
    for each in TURNS:
        for plan in plans[each.number]:
            stage.register.quarantine.append(
                plan.marked_rows().with_columns(pl.lit(each.as_of).alias("as_of"))
            )
    stage.register.write(paths.register, players_table(stage))
    for plan in plans[turn.number]:
        plan.write(paths.drop)
    written = plans[turn.number]
    size = sum((paths.drop / p.feed / p.name).stat().st_size for p in written)
    return Summary(len(written), sum(p.frame.height for p in written), size, stage.people.height)


def set_stage(reference: Path, scale: float, seed: int) -> Stage:
    """People, the feeds of both turns with all that is planted in them, and the register."""
    divisions = read_divisions(reference, seed)
    people = draw_people(reference, divisions, scale, seed)
    people = residents.with_registration(people, divisions, stream(seed, "registration"))
    people = benefits.with_assistance(people, stream(seed, "assistance"))
    firms = enterprises.draw_enterprises(people, divisions, reference, scale, seed)
    employment = insurance.draw_employment(people, firms, seed)
    stage = Stage(
        seed=seed,
        scale=scale,
        people=people,
        divisions=divisions,
        enterprises=firms,
        employment=employment,
        players=PLAYING_TOWNSHIPS(seed, reference),
        feeds=_feeds(people, divisions, firms, employment, scale, seed),
        register=Register(),
        free=np.ones(people["household"].max() + 1, dtype=bool),
        free_firms=np.ones(firms.height, dtype=bool),
    )
    change_ordinarily(stage)
    left_payees(stage)
    plant_all(stage)
    _finish(stage)
    return stage


def players_table(stage: Stage) -> pl.DataFrame:
    """The playing townships with their names."""
    names = stage.divisions.villages.select(
        "township_code", "township_name", "county_code", "county_name"
    ).unique()
    return names.filter(pl.col("township_code").is_in(stage.players)).sort("township_code")


def _feeds(
    people: pl.DataFrame,
    divisions: Divisions,
    firms: pl.DataFrame,
    employment: pl.DataFrame,
    scale: float,
    seed: int,
) -> dict[tuple[str, int], pl.DataFrame]:
    cards = disability.draw_cards(people, stream(seed, "cards"))
    feeds = {}
    for turn in TURNS:
        feeds |= {
            ("F01", turn.number): residents.register(people, turn),
            ("F03", turn.number): events.hukou_events(people, turn),
            ("F04", turn.number): events.death_certificates(people, turn, seed),
            ("F07", turn.number): marriages.registrations(people, turn.month, scale, seed),
            ("F08", turn.number): benefits.assistance(people, turn),
            ("F10", turn.number): benefits.allowance(people, turn),
            ("F11", turn.number): cards,
            ("F14", turn.number): firms.drop("is_employer", "has_old_code", "township", "village"),
            ("F17", turn.number): insurance.insured(people, employment, turn),
            ("F20", turn.number): insurance.enrolments(people, employment, turn, seed),
            ("F31", turn.number): survey.survey(people, divisions, turn, seed),
            ("F36", turn.number): divisions.feed(),
        }
    return feeds


def _finish(stage: Stage) -> None:
    """Number the events, put planted rows in their places, and turn the second F01 and F14 into deltas."""
    feeds = stage.feeds
    for turn in TURNS:
        feeds["F03", turn.number] = feeds["F03", turn.number].with_columns(events.event_no(turn))
        feeds["F04", turn.number] = feeds["F04", turn.number].with_columns(events.cert_no(turn))
        for feed, order in _ORDERS.items():
            feeds[feed, turn.number] = feeds[feed, turn.number].sort(
                *order, nulls_last=True, maintain_order=True
            )
    feeds["F01", SECOND.number] = delta(
        feeds["F01", FIRST.number], feeds["F01", SECOND.number], ["id_no", "household_no"]
    )
    feeds["F14", SECOND.number] = delta(feeds["F14", FIRST.number], feeds["F14", SECOND.number], ["uscc"])
