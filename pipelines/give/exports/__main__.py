"""`python -m give.exports check | release`: are the export contracts sound, allowed and kept to; release them.

Belongs here: the command line. `make check` runs the first.
"""

import argparse
import sys

from pipelines.give.exports.check import refusals
from pipelines.give.exports.compatibility import release, unannounced
from pipelines.give.exports.contract import load_exports
from pipelines.kit.contracts import load_contracts
from pipelines.kit.house_files import HouseFileError


def main() -> int:
    """Exit code 1 when a contract is refused or breaks its receivers; then nothing is released."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.give.exports", description=__doc__)
    parser.add_argument("command", choices=["check", "release"])
    command = parser.parse_args().command
    try:
        exports, feeds = load_exports(), load_contracts()
    except HouseFileError as error:
        print(error, file=sys.stderr)
        return 1
    found = [f"{e.code}: {why}" for e in exports.values() for why in refusals(e, feeds)]
    found += unannounced(exports.values())
    for line in found:
        print(line, file=sys.stderr)
    if found:
        return 1
    if command == "release":
        release(exports.values())
    return 0


if __name__ == "__main__":
    sys.exit(main())
