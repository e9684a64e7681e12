"""What departments know and deliver, a file a feed.

Belongs here: the list of feeds. Does not belong here: errors in them (defects/).
"""

from pipelines.prefecture.feeds import (
    death_certificates,
    disability_cards,
    divisions,
    employment_insurance,
    enterprises,
    grid_events,
    hotline_tickets,
    hukou_events,
    marriages,
    medical_enrolments,
    municipal_events,
    old_age_allowance,
    reports,
    residents,
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
    grid_events,
    hotline_tickets,
    municipal_events,
    survey,
    divisions,
    reports,
)
FEEDS: dict[str, Feed] = {m.FEED.code: m.FEED for m in _MODULES}
