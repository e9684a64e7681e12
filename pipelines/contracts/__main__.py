"""`python -m pipelines.contracts generate [--check]`: write the generated files, or only say what drifted."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.elements import StandardError
from pipelines.contracts.generate import drift, write
from pipelines.contracts.load import ContractError
from pipelines.paths import PROJECT_ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all is in line (or was brought in line), 1 on drift with --check or a bad feed file."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.contracts", description=__doc__)
    parser.add_argument("command", choices=["generate"])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something drifted")
    parser.add_argument("--root", type=Path, default=PROJECT_ROOT)
    options = parser.parse_args(arguments)
    try:
        paths = drift(options.root) if options.check else write(options.root)
    except (ContractError, StandardError) as error:
        print(error, file=sys.stderr)
        return 1
    for path in paths:
        print(("drifted: " if options.check else "written: ") + path.as_posix())
    return 1 if options.check and paths else 0


if __name__ == "__main__":
    sys.exit(main())
