"""The Dagster shell, one file per stage of the way of the data.

Belongs here: assets, checks, jobs, sensors, and turning results into metadata. Does not belong here: any
logic a person could want without Dagster; bodies read, call the core and return.
"""

import warnings

# Dagster calls this parameter beta once per asset; it is the documented way to say "one run per date".
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`")
