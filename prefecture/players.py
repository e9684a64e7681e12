"""Which townships play: they answer their return sets after the first turn.

Belongs here: choosing them. Does not belong here: what they answer (answers.py) and sending it
(townships/).
"""

from functools import cache
from pathlib import Path

import polars as pl

from pipelines.kit.paths import Paths
from prefecture.world.lots import stream

SILENT_COUNTY = "370683"
_COUNT, _SILENT_COUNT, _LARGEST = 12, 2, 60


def PLAYING_TOWNSHIPS(seed: int, reference: Path | None = None) -> list[str]:
    """Codes of the 12 playing townships, two of them in the county that does not send its survey again."""
    return list(_chosen(seed, reference or Paths.default().reference))


@cache
def _chosen(seed: int, reference: Path) -> tuple[str, ...]:
    villages = pl.read_csv(reference / "divisions" / "yantai_villages_2023.csv", infer_schema=False)
    busy = villages.with_columns(pl.when(pl.col("code").str.slice(9, 1) == "0").then(8).otherwise(1).alias("weight"))
    busy = busy.group_by("parent").agg(pl.col("weight").sum()).sort("weight", "parent", descending=True).head(_LARGEST)
    order = busy["parent"].gather(stream(seed, "players").permutation(busy.height))
    silent = [c for c in order if c.startswith(SILENT_COUNTY)][:_SILENT_COUNT]
    others = [c for c in order if not c.startswith(SILENT_COUNTY)]
    return tuple(sorted(silent + others[: _COUNT - len(silent)]))
