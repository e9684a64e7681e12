"""What departments know and deliver, a file a feed.

Belongs here: the list of feeds. Does not belong here: errors in them (defects/).
"""

from pipelines.prefecture.feeds import (
    birth_certificates,
    children_in_need,
    civility,
    cremations,
    death_certificates,
    disability_cards,
    divisions,
    emergency_stock,
    employment_insurance,
    enterprises,
    entitled_veterans,
    hukou_events,
    inspections,
    licences,
    marriages,
    medical_enrolments,
    old_age_allowance,
    projects,
    residence_permits,
    residents,
    risk_points,
    small_places,
    social_assistance,
    survey,
)
from pipelines.prefecture.feeds.feed import Feed

_MODULES = (
    residents,
    residence_permits,
    hukou_events,
    death_certificates,
    cremations,
    birth_certificates,
    marriages,
    social_assistance,
    children_in_need,
    old_age_allowance,
    disability_cards,
    entitled_veterans,
    enterprises,
    licences,
    employment_insurance,
    medical_enrolments,
    emergency_stock,
    inspections,
    small_places,
    risk_points,
    survey,
    civility,
    projects,
    divisions,
)
FEEDS: dict[str, Feed] = {m.FEED.code: m.FEED for m in _MODULES}
