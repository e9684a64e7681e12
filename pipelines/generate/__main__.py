"""`python -m pipelines.generate`: contracts, suites, catalogue and the lineage of the lake's columns, written anew.

Belongs here: the order. `--check` belongs to contracts alone (`python -m pipelines.kit.contracts generate --check`):
lineage needs the models compiled.
"""

import sys

from pipelines.generate import disclosure
from pipelines.kit.contracts import generate as contracts
from pipelines.kit.disclosure.columns import LINEAGE_FILE
from pipelines.kit.paths import PROJECT_ROOT


def main() -> int:
    """Write what drifted; returns the exit code."""
    for path in contracts.write(PROJECT_ROOT):
        print(f"written: {path.as_posix()}")
    LINEAGE_FILE.write_text(disclosure.as_text(disclosure.compiled_origins()), encoding="utf-8")
    print(f"written: {LINEAGE_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
