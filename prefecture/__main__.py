"""`python -m prefecture --months 2024-01..2024-03 --scale 0.01 --out DIR`: deliver some months.

Belongs here: the command line. Does not belong here: anything else.
"""

import argparse
from pathlib import Path

from pipelines.kit.paths import Paths
from prefecture.feeds import FEEDS
from prefecture.generate import SEED, Order, deliver
from prefecture.months import MONTHS, Month
from prefecture.register import register_of


def main() -> None:
    """Write the files of the months asked for, and the register of what is planted in them."""
    parser = argparse.ArgumentParser(prog="prefecture", description=__doc__)
    parser.add_argument("--months", type=months, default=MONTHS[:1], help="2024-01 or 2024-01..2025-12")
    parser.add_argument("--scale", type=share, default=0.01, help="0.01 or 1%% of 7.1 million residents")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--feeds", nargs="+", choices=sorted(FEEDS), default=sorted(FEEDS), metavar="Fxx")
    parser.add_argument("--out", type=Path, help="a folder for OUT/{YYYYMM}/{feed}/…; without it, the drop folder")
    parser.add_argument("--front-end", metavar="DSN", help="a PostgreSQL database for the feeds that have a table")
    given = parser.parse_args()
    paths = Paths.default()
    order = Order(given.months, given.scale, given.seed, tuple(given.feeds))
    made = deliver(paths, order, lambda month: given.out / month.period if given.out else paths.drop, given.front_end)
    print(
        f"{made.residents:,} people, {made.files:,} files, {made.rows:,} rows, {made.bytes / 1e6:,.1f} MB in "
        f"{given.out or paths.drop}; what is planted in them: {register_of(paths)}"
    )


def months(text: str) -> tuple[Month, ...]:
    """`2024-01` or `2024-01..2025-12`. Raises ValueError for months the prefecture does not live through."""
    first, _, last = text.partition("..")
    known = [month.month for month in MONTHS]
    return MONTHS[known.index(first) : known.index(last or first) + 1]


def share(text: str) -> float:
    """`0.01` or `1%`."""
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


if __name__ == "__main__":
    main()
