"""`python -m pipelines.kit.packs new NAME | check`: a new pack that runs; are the packs there are sound?

Belongs here: the command line.
"""

import argparse
import sys

from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.packs.load import PackError, check_models, load_packs
from pipelines.kit.packs.skeleton import write_skeleton


def main() -> int:
    """Exit code 1 for a name that will not do, or a pack that is not sound."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.kit.packs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new", help="write the files of a new pack").add_argument("name")
    commands.add_parser("check", help="shapes, declared models, no look into another pack")
    options = parser.parse_args()
    try:
        if options.command == "new":
            for file in write_skeleton(options.name):
                print(f"written: {file}")
            return 0
        found = check_models(load_packs(), load_lineage())
    except PackError as error:
        found = [str(error)]
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
