"""The record of a feed in the unified database: its rows with the keys of those they name.

Belongs here: one view a feed, for what is modelled as no subject of its own. Does not belong here: golden rows, which
several feeds decide (written by hand).
"""

from pipelines.generate.people import claim_id
from pipelines.generate.staging import HEAD, model_name, model_yml, staged_grain, staging_columns
from pipelines.kit.contracts.model import Feed
from pipelines.kit.contracts.says import SELF, Says


def record_sql(feed: Feed, says: Says) -> str:
    """The view's SQL."""
    keys, joins = [], []
    for p in says.named:
        keys.append(f"{p.role}_claim.person_id as {_key('person', p.role)}")
        joins.append(
            f"left join {{{{ ref('person_claim') }}}} as {p.role}_claim\n"
            f"    on {p.role}_claim.claim_id = {claim_id(p, says, 'stated.')} and {p.role}_claim.feed = '{feed.code}'"
        )
    for e in says.enterprise:
        firm = f"{e.role}_firm"
        keys.append(f"{firm}.enterprise_id as {_key('enterprise', e.role)}")
        keys.append(f"{firm}.basis as {_basis(e.role)}")
        joins.append(
            f"left join {{{{ ref('enterprise_number') }}}} as {firm} on {firm}.number = stated.{e.number}"
        )
    if says.site:
        keys.append("site.place_id")
        joins.append(
            f"left join {{{{ ref('place_claim') }}}} as site\n"
            f"    on site.record_key = stated.record_key and site.feed = '{feed.code}'"
        )
    columns = ",\n    ".join([*keys, *(f"stated.{name}" for name, _ in staging_columns(feed, says))])
    head = "-- " + HEAD.format(f"/{feed.department}/{feed.entity}.yaml")
    source = f"from {{{{ ref('{model_name(feed)}') }}}} as stated"
    return "\n".join([head, "{{ config(materialized='view') }}", f"select\n    {columns}", source, *joins, ""])


def record_yml(feed: Feed, says: Says) -> str:
    """The view's description."""
    keys = [(_key("person", p.role), '{{ doc("person_id") }}') for p in says.named]
    for e in says.enterprise:
        keys.append((_key("enterprise", e.role), '{{ doc("enterprise_id") }}'))
        keys.append((_basis(e.role), '{{ doc("enterprise_basis") }}'))
    keys += [("place_id", '{{ doc("place_id") }}')] if says.site else []
    title = f"{staged_grain(feed, says)}：{feed.title}（{feed.department_name} {feed.code}），带统一底册主键。"
    return model_yml(says.record.name, title, [*keys, *staging_columns(feed, says)])


def _key(subject: str, role: str) -> str:
    return f"{subject}_id" if role == SELF else f"{role}_{subject}_id"


def _basis(role: str) -> str:
    return "enterprise_basis" if role == SELF else f"{role}_enterprise_basis"
