"""When what a turn makes is out of date, and what follows by itself when something it is made of is new.

Belongs here: the two policies that assets share. Bronze has one of its own: that of its department's deliveries.
"""

from datetime import timedelta

import dagster as dg

from pipelines.kit.cadence import cadence
from pipelines.kit.city_time import CITY_TIME

# A turn that was run by hand up to a day before it is due counts as this one's.
EVERY_TURN = dg.FreshnessPolicy.cron(
    deadline_cron=cadence().turn_over, lower_bound_delta=timedelta(days=1), timezone=CITY_TIME
)

_Condition = dg.AutomationCondition
# Not `eager`: that would also make what is missing, for every business date that was ever offered.
FOLLOWS = (
    _Condition.any_deps_updated().since_last_handled()
    & ~_Condition.any_deps_in_progress()
    & ~_Condition.in_progress()
).with_label("follows_what_it_is_made_of")
# Dagster's own, under its own name, with words.
follows = dg.AutomationConditionSensorDefinition(
    "default_automation_condition_sensor", target=dg.AssetSelection.all(),
    description="Makes the daily report 归集日报 anew when something came without a turn.",
)
