"""`python -m pipelines.disclosure generate`: lineage of every column of the lake, written anew.

Belongs here: the command line.
"""

import sys

from pipelines.disclosure.columns import LINEAGE_FILE
from pipelines.disclosure.generate import as_text, compiled_origins


def main() -> int:
    """Write the file; returns the exit code."""
    if sys.argv[1:] != ["generate"]:
        print(__doc__, file=sys.stderr)
        return 2
    LINEAGE_FILE.write_text(as_text(compiled_origins()), encoding="utf-8")
    print(f"{LINEAGE_FILE.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
