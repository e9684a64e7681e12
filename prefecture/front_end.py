"""`python -m prefecture.front_end --dsn postgresql://…`: departments fill their front-end database.

Belongs here: the command line. Does not belong here: the tables (output/tables.py). Nothing else is written:
who wants the files of the other feeds too, and the register, says `python -m prefecture --front-end`.
"""

import argparse
import tempfile
from pathlib import Path

from pipelines.kit.paths import Paths
from prefecture.__main__ import months, share
from prefecture.feeds import FEEDS
from prefecture.generate import SEED, Order, Summary, deliver
from prefecture.months import MONTHS, Month

TABLED = tuple(code for code, feed in FEEDS.items() if feed.table)


def fill_front_end(
    dsn: str,
    given: tuple[Month, ...],
    scale: float,
    seed: int = SEED,
    feeds: tuple[str, ...] = TABLED,
) -> Summary:
    """Bring the tables of the feeds through the months. Raises ValueError when a table holds other months than
    the ones before these, duckdb.Error when the database cannot be reached or refuses."""
    with tempfile.TemporaryDirectory(prefix="front_end_") as scratch:
        order = Order(given, scale, seed, feeds)
        return deliver(Paths(Path(scratch)), order, lambda month: Path(scratch) / month.period, dsn)


def main() -> None:
    """Fill the tables of the months asked for."""
    parser = argparse.ArgumentParser(prog="prefecture.front_end", description=__doc__)
    parser.add_argument("--dsn", required=True, help="postgresql://user:password@host:port/database")
    parser.add_argument("--months", type=months, default=MONTHS[:1], help="2024-01 or 2024-01..2025-12")
    parser.add_argument("--scale", type=share, default=0.01, help="0.01 or 1%% of 7.1 million residents")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--feeds", nargs="+", choices=TABLED, default=TABLED, metavar="Fxx")
    given = parser.parse_args()
    made = fill_front_end(given.dsn, given.months, given.scale, given.seed, tuple(given.feeds))
    tables = ", ".join(FEEDS[code].table for code in given.feeds)
    print(f"{made.residents:,} people, {made.rows:,} rows into {tables}")


if __name__ == "__main__":
    main()
