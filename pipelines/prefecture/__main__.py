"""`python -m pipelines.prefecture --as-of 2024-01-31 --scale 0.01`: deliver one turn.

Belongs here: the command line. Does not belong here: anything else.
"""

import argparse
from datetime import date

from pipelines.paths import Paths
from pipelines.prefecture.generate import SEED, generate
from pipelines.prefecture.months import FIRST


def main() -> None:
    """Write the files of one turn to the drop folder."""
    parser = argparse.ArgumentParser(prog="pipelines.prefecture", description=__doc__)
    parser.add_argument("--as-of", type=date.fromisoformat, default=FIRST.as_of)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    paths = Paths.default()
    made = generate(paths, given.as_of, given.scale, given.seed)
    print(f"{made.files} files, {made.rows:,} rows, {made.bytes / 1e6:.1f} MB in {paths.drop}")


if __name__ == "__main__":
    main()
