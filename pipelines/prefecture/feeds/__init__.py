"""What departments know and deliver, a file a feed.

Belongs here: the list of feeds. Does not belong here: errors in them (defects/).
"""

from pipelines.prefecture.feeds import (
    civility,
    death_certificates,
    disability_cards,
    divisions,
    emergency_stock,
    employment_insurance,
    enterprises,
    hukou_events,
    inspections,
    land_contracts,
    licences,
    marriages,
    medical_enrolments,
    old_age_allowance,
    party_members,
    poverty_register,
    projects,
    residents,
    risk_points,
    school_rolls,
    small_places,
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
    licences,
    employment_insurance,
    medical_enrolments,
    school_rolls,
    poverty_register,
    land_contracts,
    emergency_stock,
    inspections,
    small_places,
    risk_points,
    survey,
    party_members,
    civility,
    projects,
    divisions,
)
FEEDS: dict[str, Feed] = {m.FEED.code: m.FEED for m in _MODULES}
