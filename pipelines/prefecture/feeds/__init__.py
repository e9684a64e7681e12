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
    housing_fund,
    hukou_events,
    inspections,
    licences,
    marriages,
    medical_enrolments,
    old_age_allowance,
    projects,
    property_rights,
    resident_pensions,
    residents,
    risk_points,
    small_places,
    social_assistance,
    subsidy_payments,
    survey,
    tax_status,
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
    property_rights,
    enterprises,
    licences,
    tax_status,
    employment_insurance,
    resident_pensions,
    housing_fund,
    medical_enrolments,
    emergency_stock,
    inspections,
    small_places,
    risk_points,
    survey,
    civility,
    projects,
    subsidy_payments,
    divisions,
)
FEEDS: dict[str, Feed] = {m.FEED.code: m.FEED for m in _MODULES}
