"""What Dagster loads: the code location on the data folder of this process."""

import dagster as dg

from pipelines.defs import dbt_tests
from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import Paths

defs = dg.Definitions.merge(build_defs(Paths.default()), dbt_tests.defs)
