"""`python -m pipelines.kit.packs NAME`: a new pack that runs, to be turned into a real one.

Belongs here: the command line.
"""

import argparse
import sys

from pipelines.kit.packs.skeleton import PackError, write_skeleton


def main() -> int:
    """Exit code 1 for a name that will not do."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.kit.packs", description=__doc__)
    parser.add_argument("name")
    try:
        files = write_skeleton(parser.parse_args().name)
    except PackError as error:
        print(error, file=sys.stderr)
        return 1
    for file in files:
        print(f"written: {file}")
    print("next: docs/add-a-pack.md says how it becomes a real one 下一步见 docs/add-a-pack.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
