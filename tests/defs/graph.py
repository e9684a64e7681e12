"""The Dagster graph in words: assets, what each is made of, what is checked of it.

Belongs here: telling it; `python -m tests.defs.graph` writes graph.txt anew. Does not belong here: judging it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg

from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import Paths

SNAPSHOT = Path(__file__).with_name("graph.txt")


def told(defs: dg.Definitions) -> str:
    """One line an asset, below it `< ` what it is made of and `? ` its checks, all in order of name."""
    graph = defs.resolve_asset_graph()
    lines = []
    for key in sorted(graph.materializable_asset_keys):
        lines.append(key.to_user_string())
        lines += sorted(f"  < {parent.to_user_string()}" for parent in graph.get(key).parent_keys)
        lines += sorted(f"  ? {check.name}" for check in graph.get(key).check_keys)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        SNAPSHOT.write_text(told(build_defs(Paths(Path(folder)))), encoding="utf-8")
