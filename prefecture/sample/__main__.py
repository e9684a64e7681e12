"""`python -m prefecture.sample [--scale 0.01]`: the whole loop on the sample prefecture, then a summary.

Belongs here: the command line. The Makefile is the way people call it.
"""

import argparse
import sys

from pipelines.defs.launch import launch, warm_up
from pipelines.kit.paths import Paths
from pipelines.kit.security.private import keep_private
from prefecture.__main__ import share
from prefecture.sample.story import tell


def main() -> int:
    """Tell the story; returns the exit code."""
    parser = argparse.ArgumentParser(prog="prefecture.sample", description=__doc__)
    parser.add_argument("--scale", type=share, default=0.01, help="0.01 or 1%% of 7.1 million residents")
    given = parser.parse_args()
    paths = Paths.default()
    keep_private(paths)
    sys.stdout.reconfigure(line_buffering=True)  # what is not written yet, forked processes would write again
    return tell(paths, launch, warm_up, given.scale)


if __name__ == "__main__":
    sys.exit(main())
