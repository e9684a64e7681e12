"""Planted errors, a file a subject.

Belongs here: the order in which they are planted. Does not belong here: ordinary life (changes.py).
"""

from prefecture.defects.after_death import plant_after_death
from prefecture.defects.alone import plant_alone
from prefecture.defects.amounts import plant_amounts
from prefecture.defects.births import plant_births
from prefecture.defects.cards import plant_cards
from prefecture.defects.children import plant_children
from prefecture.defects.code_lists import plant_code_lists
from prefecture.defects.confirmations import plant_confirmations
from prefecture.defects.consequences import follow_up
from prefecture.defects.contradiction import plant_contradictions
from prefecture.defects.credit import plant_credit
from prefecture.defects.crowding import plant_crowding
from prefecture.defects.death_dates import plant_death_dates
from prefecture.defects.division import plant_division
from prefecture.defects.double_insurance import plant_double_insurance
from prefecture.defects.double_pensions import plant_double_pensions
from prefecture.defects.elsewhere import plant_elsewhere
from prefecture.defects.enterprise import plant_enterprise
from prefecture.defects.exclusive_benefits import plant_exclusive_benefits
from prefecture.defects.grants import plant_grants
from prefecture.defects.hazards import plant_hazards
from prefecture.defects.house_numbers import plant_house_numbers
from prefecture.defects.household import plant_household
from prefecture.defects.houses import plant_houses
from prefecture.defects.identity import plant_identity
from prefecture.defects.idle_enterprises import plant_idle_enterprises
from prefecture.defects.industries import plant_industries
from prefecture.defects.kin_numbers import plant_kin_numbers
from prefecture.defects.land import plant_land
from prefecture.defects.lookalikes import plant_lookalikes
from prefecture.defects.marriages import plant_marriages
from prefecture.defects.missed_deaths import plant_missed_deaths
from prefecture.defects.names import plant_names
from prefecture.defects.odd_deliveries import send_late_marriages, shrink_survey, tidy_up
from prefecture.defects.old_age import plant_old_age
from prefecture.defects.old_numbers import plant_old_numbers
from prefecture.defects.paid_dead import plant_paid_dead
from prefecture.defects.places import plant_places
from prefecture.defects.quarantine import plant_quarantine
from prefecture.defects.reorganised import plant_reorganised
from prefecture.defects.repeated_reports import plant_repeated_reports
from prefecture.defects.responsible import plant_responsible
from prefecture.defects.schooling import plant_schooling
from prefecture.defects.shared_accounts import plant_shared_accounts
from prefecture.defects.survey import plant_survey
from prefecture.defects.two_numbers import plant_two_numbers
from prefecture.defects.wealthy_recipients import plant_wealthy_recipients
from prefecture.stage import Stage

_IN_ORDER = (
    send_late_marriages,
    plant_quarantine,
    plant_paid_dead,
    plant_missed_deaths,
    plant_old_age,
    plant_enterprise,
    plant_credit,
    plant_household,
    plant_cards,
    plant_division,
    plant_survey,
    plant_identity,
    plant_contradictions,
    plant_lookalikes,
    plant_places,
    plant_hazards,
    plant_grants,
    plant_responsible,
    plant_wealthy_recipients,
    plant_exclusive_benefits,
    plant_amounts,
    plant_after_death,
    plant_double_pensions,
    plant_double_insurance,
    plant_shared_accounts,
    plant_idle_enterprises,
    plant_industries,
    plant_alone,
    plant_land,
    plant_schooling,
    plant_elsewhere,
    plant_code_lists,
    plant_repeated_reports,
    plant_houses,
    plant_house_numbers,
    plant_crowding,
    plant_confirmations,
    plant_death_dates,
    plant_kin_numbers,
    plant_children,
    plant_births,
    plant_marriages,
    plant_two_numbers,
    plant_names,
    plant_reorganised,
    plant_old_numbers,
    follow_up,
)


def plant_all(stage: Stage) -> None:
    """Plant everything; errors that need rare people come first, what wants many ordinary ones last."""
    for plant in _IN_ORDER:
        plant(stage)
    shrink_survey(stage)
    tidy_up(stage)
