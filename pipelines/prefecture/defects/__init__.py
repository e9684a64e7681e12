"""Planted errors, a file a subject.

Belongs here: the order in which they are planted. Does not belong here: ordinary life (changes.py).
"""

from pipelines.prefecture.defects.after_death import plant_after_death
from pipelines.prefecture.defects.alone import plant_alone
from pipelines.prefecture.defects.amounts import plant_amounts
from pipelines.prefecture.defects.births import plant_births
from pipelines.prefecture.defects.cards import plant_cards
from pipelines.prefecture.defects.children import plant_children
from pipelines.prefecture.defects.code_lists import plant_code_lists
from pipelines.prefecture.defects.confirmations import plant_confirmations
from pipelines.prefecture.defects.consequences import follow_up
from pipelines.prefecture.defects.contradiction import plant_contradictions
from pipelines.prefecture.defects.credit import plant_credit
from pipelines.prefecture.defects.crowding import plant_crowding
from pipelines.prefecture.defects.death_dates import plant_death_dates
from pipelines.prefecture.defects.division import plant_division
from pipelines.prefecture.defects.double_insurance import plant_double_insurance
from pipelines.prefecture.defects.double_pensions import plant_double_pensions
from pipelines.prefecture.defects.elsewhere import plant_elsewhere
from pipelines.prefecture.defects.enterprise import plant_enterprise
from pipelines.prefecture.defects.exclusive_benefits import plant_exclusive_benefits
from pipelines.prefecture.defects.grants import plant_grants
from pipelines.prefecture.defects.hazards import plant_hazards
from pipelines.prefecture.defects.house_numbers import plant_house_numbers
from pipelines.prefecture.defects.household import plant_household
from pipelines.prefecture.defects.houses import plant_houses
from pipelines.prefecture.defects.identity import plant_identity
from pipelines.prefecture.defects.idle_enterprises import plant_idle_enterprises
from pipelines.prefecture.defects.industries import plant_industries
from pipelines.prefecture.defects.land import plant_land
from pipelines.prefecture.defects.lookalikes import plant_lookalikes
from pipelines.prefecture.defects.marriages import plant_marriages
from pipelines.prefecture.defects.missed_deaths import plant_missed_deaths
from pipelines.prefecture.defects.names import plant_names
from pipelines.prefecture.defects.odd_deliveries import send_late_marriages, shrink_survey, tidy_up
from pipelines.prefecture.defects.old_age import plant_old_age
from pipelines.prefecture.defects.paid_dead import plant_paid_dead
from pipelines.prefecture.defects.places import plant_places
from pipelines.prefecture.defects.quarantine import plant_quarantine
from pipelines.prefecture.defects.repeated_reports import plant_repeated_reports
from pipelines.prefecture.defects.responsible import plant_responsible
from pipelines.prefecture.defects.schooling import plant_schooling
from pipelines.prefecture.defects.shared_accounts import plant_shared_accounts
from pipelines.prefecture.defects.survey import plant_survey
from pipelines.prefecture.defects.two_numbers import plant_two_numbers
from pipelines.prefecture.defects.wealthy_recipients import plant_wealthy_recipients
from pipelines.prefecture.stage import Stage

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
    plant_children,
    plant_births,
    plant_marriages,
    plant_two_numbers,
    plant_names,
    follow_up,
)


def plant_all(stage: Stage) -> None:
    """Plant everything; errors that need rare people come first, what wants many ordinary ones last."""
    for plant in _IN_ORDER:
        plant(stage)
    shrink_survey(stage)
    tidy_up(stage)
