"""What is paid, who is insured or of which household, what stands in which dwelling, which places there are, what has
happened, feed by feed.

Belongs here: the lists that the models of benefits, insurance, households, dwellings, places and incidents read. Does
not belong here: which row speaks where several do.
"""

from collections.abc import Iterator

from pipelines.generate.people import claim_id, township
from pipelines.generate.selects import DAY, FLAG, TEXT, SaidList, Select, holds, lacks, same, seen_on, staged
from pipelines.generate.staging import is_grid, value_ref_column
from pipelines.kit.contracts.model import CORRECTABLE, Feed
from pipelines.kit.contracts.says import Says
from pipelines.kit.contracts.subjects import EMPLOYER, Benefit, Scheme
from pipelines.kit.tables import literal


def _benefits(feed: Feed, says: Says) -> Iterator[Select]:
    benefit = says.benefit
    if benefit is None:
        return
    payee = says.named[0]
    columns = {
        "feed": "feed",
        "claim_id": claim_id(payee, says),
        **same("record_key", "source_ref", "delivered_on", "scope"),
        "id_no": payee.number,
        "name": payee.name or TEXT,
        "township_code": township(payee, says),
        "scheme_name": _scheme(benefit.scheme),
        "pay_month": benefit.month or "{{ month_of('delivered_on') }}",
        "amount": benefit.amount or "cast(null as decimal(18, 2))",
        "is_paid": _is_paid(benefit),
        "band_name": benefit.band or TEXT,
        "stated_birth_date": payee.birth or DAY,
        "remark": benefit.remark or TEXT,
    }
    yield Select(columns, staged(feed), holds(benefit.where))


def _scheme(scheme: Scheme) -> str:
    """Name of the scheme: a column's word, a fixed one where that says nothing, what goes before either."""
    name = scheme.column or literal(scheme.word or "")
    if scheme.column and scheme.none is not None:
        name = f"nullif({name}, {literal(scheme.none)})"
    if scheme.column and scheme.word:
        name = f"coalesce({name}, {literal(scheme.word)})"
    around = [scheme.prefix and literal(scheme.prefix), name, scheme.suffix and literal(scheme.suffix)]
    return " || ".join(filter(None, around))


def _is_paid(benefit: Benefit) -> str:
    if benefit.paid:
        return " and ".join(f"coalesce({column}, '') = {literal(code)}" for column, code in benefit.paid.items())
    return f"coalesce({benefit.amount}, 0) > 0" if benefit.amount else "true"


def _insurances(feed: Feed, says: Says) -> Iterator[Select]:
    insurance = says.insurance
    if insurance is None:
        return
    columns = {
        "feed": "feed",
        "claim_id": claim_id(says.named[0], says),
        **same("record_key", "source_ref", "delivered_on"),
        "scheme_name": _scheme(insurance.scheme),
        "employer_code": next((e.number for e in says.enterprise if e.role == EMPLOYER), TEXT),
        "status_name": insurance.status,
        "is_running": f"coalesce({insurance.status}, '') = {literal(insurance.running)}",
        "since_date": insurance.since or DAY,
        "until_date": insurance.until or DAY,
        "last_paid_month": f"{{{{ seen_in('{insurance.month}') }}}}" if insurance.month else TEXT,
    }
    yield Select(columns, staged(feed))


def _households(feed: Feed, says: Says) -> Iterator[Select]:
    household = says.household
    if household is None:
        return
    member = says.named[0]
    columns = {
        "feed": "feed",
        "numbers": f"'{household.numbers}'",
        "claim_id": claim_id(member, says),
        **same("record_key", "source_ref", "delivery_seq"),
        "household_no": household.number,
        "relation_code": household.relation or TEXT,
        "household_type": household.type or TEXT,
        "status_name": household.status or TEXT,
        "status_source_ref": _value_ref(feed, household.status),
        "ethnic_code": household.ethnic or TEXT,
        "hukou_address": household.address or TEXT,
        "id_no": member.number,
        "updated_date": seen_on(member.seen),
        "current_division_code": "current_division_code" if says.place and not member.elsewhere else TEXT,
        "township_code": township(member, says),
    }
    yield Select(columns, staged(feed))


def _dwellings(feed: Feed, says: Says) -> Iterator[Select]:
    dwelling = says.dwelling
    if dwelling is None:
        return
    lives = says.named[0] if says.named else None
    has_grid = says.place is not None and is_grid(feed, says.place)
    columns = {
        "feed": "feed",
        "numbers": f"'{dwelling.numbers}'",
        "claim_id": claim_id(lives, says) if lives else TEXT,
        **same("record_key", "source_ref", "delivery_seq", "scope"),
        "house_no": dwelling.number,
        "house_address": dwelling.address or TEXT,
        "name": lives.name if lives and lives.name else TEXT,
        "living_type": dwelling.living or TEXT,
        "living_type_source_ref": _value_ref(feed, dwelling.living),
        "survey_date": seen_on(dwelling.day),
        "current_grid_code": "current_grid_code" if has_grid else TEXT,
        "current_division_code": "current_division_code" if says.place else TEXT,
        "township_code": "township_code" if says.place else TEXT,
        "place_source_ref": _value_ref(feed, says.place.code if says.place else None),
    }
    yield Select(columns, staged(feed))


def _sites(feed: Feed, says: Says) -> Iterator[Select]:
    site = says.site
    if site is None:
        return

    def of_place(told: str | None, none: str) -> str:
        """A thing that stands there tells nothing of the place."""
        if told and site.equipment:
            return f"case when {site.equipment} is null then {told} end"
        return told or none

    is_open = f"{site.status} = {literal(site.open)}" if site.open else None
    if is_open and site.until:
        is_open = f"{is_open} and coalesce({site.until} >= {{{{ as_of() }}}}, true)"
    columns = {
        "feed": "feed",
        "numbers": f"'{site.numbers}'",
        **same("record_key", "source_ref"),
        "place_no": site.number or TEXT,
        "licence_no": site.licence or TEXT,
        "name": site.name or TEXT,
        "kind_name": of_place(site.kind, TEXT),
        "address": site.address or TEXT,
        "village_code": "current_division_code" if says.place else TEXT,
        "township_code": "township_code" if says.place else TEXT,
        "uscc": site.firm or TEXT,
        "keeper_id_no": f"{site.keeper}_norm" if site.keeper else TEXT,
        "status_name": of_place(site.status, TEXT),
        "is_open": of_place(is_open, FLAG),
        "geometry": site.shape or TEXT,
        "datum_name": site.datum or TEXT,
        "seen_date": seen_on(site.day),
        "rank": str(site.rank),
    }
    yield Select(columns, staged(feed))


def _residences(feed: Feed, says: Says) -> Iterator[Select]:
    residence = says.residence
    if residence is None or says.place is None:
        return
    columns = {
        "feed": "feed",
        "claim_id": claim_id(says.named[0], says),
        **same("record_key", "delivery_seq"),
        "source_ref": _value_ref(feed, says.place.code),
        "seen_date": seen_on(residence.day),
        "until_date": residence.until or DAY,
        "grid_code": "current_grid_code" if is_grid(feed, says.place) else TEXT,
        "village_code": "current_division_code",
        "township_code": "township_code",
        "address": residence.address or TEXT,
    }
    yield Select(columns, staged(feed), " and ".join(filter(None, [holds(residence.where), lacks(residence.unless)])))


def _incidents(feed: Feed, says: Says) -> Iterator[Select]:
    incident = says.incident
    if incident is None:
        return
    spoken = f"{{{{ rx_find('{incident.said}', '1[0-9]{{10}}') }}}}" if incident.said else TEXT
    columns = {
        "feed": "feed",
        **same("record_key", "source_ref"),
        "report_no": incident.number,
        "words": literal(incident.words),
        "class_words": incident.kind,
        "reported_at": incident.at,
        "closed_at": incident.closed or "cast(null as timestamp)",
        "status_name": incident.status,
        "is_void": f"coalesce({incident.status}, '') = {literal(incident.void)}",
        "phone": f"coalesce({incident.phone or TEXT}, {spoken})",
        "part_code": incident.part or TEXT,
        "related_no": incident.related or TEXT,
        "grid_code": "current_grid_code" if says.place and is_grid(feed, says.place) else TEXT,
        "township_code": "township_code" if says.place else TEXT,
    }
    yield Select(columns, staged(feed))


def _value_ref(feed: Feed, column: str | None) -> str:
    """Where a value comes from: the row, or the ticket that corrected it."""
    is_correctable = column is not None and CORRECTABLE in feed.by_name[column].tags
    return value_ref_column(column) if is_correctable else "source_ref"


SUBJECTS = {
    "said_benefit": SaidList("各数据源发放的补贴，一次发放一行。", _benefits),
    "said_insurance": SaidList("各数据源说谁参加哪项保险、缴存公积金。", _insurances),
    "said_household": SaidList("各数据源每一行说的是哪一户的谁。", _households),
    "said_dwelling": SaidList("各数据源每一行说的是哪一处房屋。", _dwellings),
    "said_site": SaidList("各数据源每一行说的是哪一处场所或点位。", _sites),
    "said_residence": SaidList("各数据源哪些记录能证明某人住在某处。", _residences),
    "said_incident": SaidList("各平台收到的事件、工单、案件。", _incidents),
}
