"""What Dagster loads: the code location on the data folder of this process."""

from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import Paths

defs = build_defs(Paths.default())
