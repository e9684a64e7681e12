"""The code lists of the data standard, against what a whole city delivers: only planted errors fall outside."""

from pipelines.kit.contracts import load_contracts
from prefecture.feeds import FEEDS
from prefecture.months import MONTHS
from tests.prefecture.readback import Outbox

# R06 (defects/code_lists.py) as far as it shows in so small a city, and bands the tax office blacks out.
_PLANTED = {
    "F01.ethnic_code": {"99"},
    "F01.relation_code": {"98"},
    "F16.sales_band_name": {"***"},
    "F16.tax_band_name": {"***"},
    "F21.sex_code": {"3"},
    "F32.education_code": {"50"},
    "F32.political_code": {"14"},
}
# Two months: the first has every feed whole, the seventh those that come twice a year.
_MONTHS = (MONTHS[0], MONTHS[6])


def test_a_code_list_fires_on_planted_errors_only(city):
    outbox, strange = Outbox(city.out), {}
    for code, feed in load_contracts().items():
        listed = [c for c in feed.columns if c.code_list]
        if code not in FEEDS or not listed:
            continue
        for month in _MONTHS:
            rows = outbox.sent(code, month)
            for column in (c for c in listed if c.name in rows.columns):
                values = set(rows[column.name].drop_nulls().unique())
                strange.setdefault(f"{code}.{column.name}", set()).update(values - set(column.code_list))
    assert len(strange) > 100
    assert {place: found for place, found in strange.items() if found} == _PLANTED
