"""Commands of the project: `python -m pipelines run | setup`.

Belongs here: parsing the command line. The Makefile is the way people call it.
"""

import argparse
import sys

from pipelines.paths import Paths


def main() -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="pipelines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="the whole loop on the sample prefecture, then a summary")
    commands.add_parser("setup", help="prepare DAGSTER_HOME for the UI")
    command = parser.parse_args().command

    from pipelines.defs.launch import launch, prepare_home

    paths = Paths.default()
    if command == "setup":
        prepare_home(paths)
        return 0
    from pipelines.sample.story import tell

    return tell(paths, launch)


if __name__ == "__main__":
    sys.exit(main())
