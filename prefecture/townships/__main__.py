"""`python -m prefecture.townships --as-of 2024-01-31 [--office] [--losses]`: the townships answer.

Belongs here: the command line. Does not belong here: anything else.
"""

import argparse
import sys
from datetime import date

from pipelines.kit.paths import Paths
from prefecture.generate import SEED
from prefecture.months import FIRST
from prefecture.register import register_of
from prefecture.townships.office import OfficeMissing
from prefecture.townships.play import play


def main() -> int:
    """Play one turn and print what was sent; returns the exit code."""
    parser = argparse.ArgumentParser(prog="prefecture.townships", description=__doc__)
    parser.add_argument("--as-of", type=date.fromisoformat, default=FIRST.as_of, help="turn whose sets are answered")
    parser.add_argument("--office", action="store_true", help="some save with LibreOffice")
    parser.add_argument("--losses", action="store_true", help="some workbooks never come back, or too late")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    paths = Paths.default()
    try:
        done = play(paths, given.as_of, given.office, given.losses, given.seed)
    except OfficeMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    print(done.table())
    print(f"\nregister: {register_of(paths) / f'sent_{given.as_of}.parquet'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
