"""What feeds say beside whom they name: places, enterprises, events, values townships may correct, whose word counts.

Belongs here: the lists that models of these subjects read. Does not belong here: people (people.py).
"""

from collections.abc import Iterable, Iterator

from pipelines.generate.selects import TEXT, SaidList, Select, delivered, holds, same, seen_on, staged
from pipelines.generate.staging import CHANGE_TYPE, POSITION, correctable, is_grid, place_day
from pipelines.kit.contracts.model import ADDRESSES, Feed
from pipelines.kit.contracts.says import PERSON_FIELDS, SELF, Says
from pipelines.kit.house_files import HouseFileError

_DATE_OF = {"death": "death_date"}
RESIDENCE = "residence"


def _places(feed: Feed, says: Says) -> Iterator[Select]:
    place = says.place
    if place is None or not place.checked or is_grid(feed, place):
        return
    names = [e.name for e in says.enterprise] + [p.name for p in says.named]
    key = f"{{{{ derived_key('payee_division', [\"'{feed.code}'\", '{place.of}', '{place.code}']) }}}}"
    columns = {
        "feed": "feed",
        "entity_key": key if place.of else "record_key",
        **same("record_key", "source_ref"),
        "name": next(filter(None, names), TEXT),
        "division_code": place.code,
        "township_code": "township_code",
        "claimed_on": place_day(place),
    }
    if place.of:
        latest = _LATEST.format(of=place.of, month=place.month, code=place.code, rows=staged(feed))
        yield Select(columns, latest, f"month_choice = 1 and choice = 1 and {place.code} is not null")
    else:
        once = f" and {POSITION} = 1" if says.each else ""
        yield Select(columns, staged(feed), f"{place.code} is not null{once}")


# A payee speaks once per code, through the latest month paid: older months are history.
_LATEST = """(
    select
        paid.*,
        rank() over (partition by {of} order by {month} desc nulls last) as month_choice,
        row_number() over (partition by {of}, {code} order by {month} desc nulls last, source_ref) as choice
    from {rows} as paid
) as ranked"""


def _addresses(feed: Feed, says: Says) -> Iterator[Select]:
    for column in feed.columns if says.place else ():
        if column.element in ADDRESSES:
            columns = {
                "feed": "feed",
                **same("record_key", "source_ref"),
                "address": column.name,
                "division_code": says.place.code,
                "village_code": "current_division_code",
                "township_code": "township_code",
            }
            yield Select(columns, staged(feed), f"{column.name} is not null and {says.place.code} is not null")


def _days_ahead(feed: Feed, says: Says) -> Iterator[Select]:
    seen = [p.seen for p in says.person] + [event.day for event in says.event]
    seen += [what.day for what in (says.dwelling, says.site, says.residence) if what]
    seen += [says.insurance.since, says.insurance.until, says.insurance.month] if says.insurance else []
    once = f" and {POSITION} = 1" if says.each else ""
    for column in dict.fromkeys(filter(None, seen)):
        latest = "{{ month_of('delivered_on') }}" if feed.by_name[column].is_month else "delivered_on"
        is_end = says.insurance is not None and column == says.insurance.until
        open_end = f" and not {{{{ is_no_end('{column}') }}}}" if is_end else ""
        columns = {
            "feed": "feed",
            **same("record_key", "source_ref", "delivered_on", "delivery_id"),
            "field": f"'{column}'",
            "told_day": f"cast({column} as string)",
        }
        yield Select(columns, staged(feed), f"{column} > {latest}{open_end}{once}")


def _enterprises(feed: Feed, says: Says) -> Iterator[Select]:
    for e in says.enterprise:
        columns = {
            "feed": "feed",
            "role": f"'{e.role}'",
            **same("record_key", "source_ref"),
            "uscc": e.number,
            "uscc_defect": f"{e.number}_defect",
            "name": e.name or TEXT,
            "township_code": "township_code" if says.place and e.role == SELF else TEXT,
        }
        yield Select(columns, staged(feed), f"{e.number} is not null")


def _events(feed: Feed, says: Says) -> Iterator[Select]:
    for event in says.event:
        columns = {
            "feed": "feed",
            "role": f"'{says.named[0].role}'",
            "event": f"'{event.kind}'",
            "record_key": "record_key",
            "happened_on": seen_on(event.day),
        }
        yield Select(columns, staged(feed), holds(event.where))


def _correctable(feed: Feed, says: Says) -> Iterator[Select]:
    is_deleted = f"coalesce({CHANGE_TYPE}, '') = '删除'" if CHANGE_TYPE in feed.by_name else "false"
    for field in correctable(feed):
        columns = {
            "feed": f"'{feed.code}'",
            "field": f"'{field}'",
            **{c: f"_{c}" for c in ("record_key", "source_ref", "delivery_seq", "delivered_on", "delivery_rank")},
            "row_number_in_file": "_row",
            "value": f"coalesce(cast({field} as string), '')",
            "is_deleted": is_deleted,
        }
        yield Select(columns, delivered(feed))


def _ranked(feed: Feed, says: Says) -> Iterator[Select]:
    for field, rank in _ranks(says).items():
        trusted = says.residence.trusted_months if says.residence and field == RESIDENCE else None
        numbers = {"rank": _whole(rank), "trusted_months": _whole(trusted)}
        yield Select({"feed": f"'{feed.code}'", "field": f"'{field}'", **numbers})


def _whole(number: int | None) -> str:
    return f"cast({'null' if number is None else number} as integer)"


def _ranks(says: Says) -> dict[str, int | None]:
    """The feed's place in the queue of every field it tells; None where it stands behind all that have one."""
    told = dict.fromkeys(PERSON_FIELDS[field] for p in says.named for field in p.told)
    people = {PERSON_FIELDS[field]: rank for p in says.named for field, rank in p.ranks.items()}
    lives = {RESIDENCE: says.residence.rank} if says.residence else {}
    return told | people | {_DATE_OF[event.kind]: event.rank for event in says.event} | lives


def check_ranks(said: Iterable[tuple[Feed, Says]]) -> None:
    """Raises HouseFileError where two feeds hold the same place in a queue."""
    held: dict[tuple[str, int], str] = {}
    for feed, says in said:
        for field, rank in _ranks(says).items():
            # Of evidence where somebody lives the newest speaks, so feeds share a place in that queue.
            if rank and field != RESIDENCE and (other := held.setdefault((field, rank), feed.code)) != feed.code:
                file = f"{feed.department}/{feed.entity}.yaml"
                raise HouseFileError(f"{file}: says: rank {rank} for {field} is {other}'s already; give another one")


THINGS = {
    "said_place": SaidList("要核对区划代码的记录，及其业务日期。", _places),
    "said_address": SaidList("既报区划代码又写地址的记录。", _addresses),
    "said_ahead": SaidList("说到交付之后日期的记录：交付时尚未发生。", _days_ahead),
    "said_enterprise": SaidList("各数据源每一行说的是哪个企业。", _enterprises),
    "said_event": SaidList("各数据源登记的事件：死亡。", _events),
    "said_correctable": SaidList("镇街可更正的值，来源在用交付中怎么说。", _correctable),
    "said_rank": SaidList("多源取值优先级：同一字段以序号最小的来源为准。", _ranked),
}
