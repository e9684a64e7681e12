"""What departments know and deliver, a file a feed.

Belongs here: the list of feeds. Does not belong here: errors in them (defects/).
"""

from pipelines.prefecture.feeds import (
    death_certificates,
    disability_cards,
    divisions,
    employment_insurance,
    enterprises,
    hukou_events,
    land_contracts,
    marriages,
    medical_enrolments,
    old_age_allowance,
    party_members,
    poverty_register,
    residents,
    school_rolls,
    social_assistance,
    survey,
)
from pipelines.prefecture.feeds.feed import Feed

_MODULES = (
    residents,
    hukou_events,
    death_certificates,
    marriages,
    social_assistance,
    old_age_allowance,
    disability_cards,
    enterprises,
    employment_insurance,
    medical_enrolments,
    school_rolls,
    poverty_register,
    land_contracts,
    survey,
    party_members,
    divisions,
)
FEEDS: dict[str, Feed] = {m.FEED.code: m.FEED for m in _MODULES}
