"""What Dagster loads: the code location on the data folder of this process."""

import sys

import dagster as dg

from pipelines.defs import dbt_tests
from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import PROJECT_ROOT, Paths

# Dagster may have put the project on the path for this import alone; the processes a run starts look for it later.
if str(PROJECT_ROOT) not in sys.path:
    sys.path.append(str(PROJECT_ROOT))
defs = dg.Definitions.merge(build_defs(Paths.default()), dbt_tests.defs)
