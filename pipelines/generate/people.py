"""Whom feeds name.

Belongs here: the lists that linkage and the person models read. Does not belong here: who is who.
"""

from collections.abc import Iterator

from pipelines.generate.selects import (
    DAY,
    NUMBER,
    TEXT,
    SaidList,
    Select,
    delivered,
    delivered_rows,
    gone,
    same,
    seen_on,
    staged,
)
from pipelines.generate.staging import CHANGE_TYPE, POSITION, each, numbers_made, sex_column, sex_told
from pipelines.kit.contracts.model import Feed
from pipelines.kit.contracts.says import SEXES, Person, Says
from pipelines.kit.tables import literal


def _numbers(feed: Feed, says: Says) -> Iterator[Select]:
    made = numbers_made(says)
    source = each(delivered_rows(feed), says.each) + " as listed" if says.each else delivered(feed)
    for p in says.person:
        number = made.get(p.number, p.id)
        yield Select({"id_no": number}, source, f"{number if p.mixed else p.id} is not null")
        if p.former:
            yield Select({"id_no": p.former}, source, f"{p.former} is not null")


def _known_numbers(feed: Feed, says: Says) -> Iterator[Select]:
    for p in says.named:
        for number in (_linked(p), f"{p.former}_norm" if p.former else None):
            if number:
                yield Select({"id_no": number}, staged(feed), f"{number} is not null")


def _people(feed: Feed, says: Says) -> Iterator[Select]:
    for p in says.named:
        values = _values(feed, p)
        # What may only be asked (查询核验) helps to tell people apart and is checked, but is never returned.
        is_returned = feed.return_mode == "rows"
        columns = {
            "feed": "feed",
            "role": f"'{p.role}'",
            "id_field": f"'{p.id}'" if p.id else TEXT,
            "claim_id": claim_id(p, says),
            **same("record_key", "source_ref", "delivered_on"),
            "id_no": p.number,
            "id_defect": p.defect,
            "id_no_norm": f"{p.number}_norm",
            "linked_id_no": _linked(p),
            **values,
            **{f"returned_{name}": sql if is_returned else _NOTHING[name] for name, sql in values.items()},
            "seen_date": seen_on(p.seen),
            "township_code": township(p, says),
        }
        yield Select(columns, staged(feed), " or ".join(f"{c} is not null" for c in (p.number, p.name) if c))


def _vouched(feed: Feed, says: Says) -> Iterator[Select]:
    for p in says.named:
        if p.vouches:
            columns = {"id_no": _linked(p), **_values(feed, p), **_known_by(p, says)}
            yield Select(columns, staged(feed), f"{p.name} is not null")


def _vouched_once(feed: Feed, says: Says) -> Iterator[Select]:
    """Only feeds that send deletions tell that somebody is gone; who lacks a valid number is nobody then."""
    for p in says.named:
        if p.vouches and CHANGE_TYPE in feed.by_name:
            sex = {"sex_code": sex_told(feed, p.sex)} if p.sex else {}
            columns = {"id_no": f"{p.number}_norm", **_values(feed, p) | sex, **_known_by(p, says)}
            yield Select(columns, gone(feed, says, p.number), f"{p.number}_norm is not null and {p.name} is not null")


def _known_by(p: Person, says: Says) -> dict[str, str]:
    household = says.household.number if says.household else TEXT
    return {**_place(p, says), "household_no": household, "phone": p.phone or TEXT}


def _unnumbered(feed: Feed, says: Says) -> Iterator[Select]:
    for p in says.named:
        if p.name:
            columns = {
                "feed": "feed",
                "role": f"'{p.role}'",
                "claim_id": claim_id(p, says),
                **same("record_key", "source_ref"),
                "id_no": p.number,
                **_values(feed, p) | _of_role(p),
                **_place(p, says),
                "company": _company(says) or TEXT,
                "phone": p.phone or TEXT,
                "kin_name": p.kin or TEXT,
                "least_age": str(p.least_age) if p.least_age else NUMBER,
                "aged_on": f"cast({p.aged_on} as date)" if p.aged_on else DAY,
            }
            firms = [f"{e.number} is null" for e in says.enterprise if e.mixed]
            nobody = [f"{_linked(p)} is null", f"{p.name} is not null", *firms]
            yield Select(columns, staged(feed), " and ".join(nobody))


def _companies(feed: Feed, says: Says) -> Iterator[Select]:
    company = _company(says)
    for p in says.named if company else ():
        columns = {"feed": "feed", "company": company, "id_no": _linked(p)}
        yield Select(columns, staged(feed), f"{_linked(p)} is not null and {company} is not null")


def _of_role(p: Person) -> dict[str, str]:
    """SQL of the sex a role implies."""
    return {"sex_code": literal(SEXES[p.of_sex])} if p.of_sex else {}


_NOTHING = {"name": TEXT, "sex_code": TEXT, "birth_date": DAY}


def _values(feed: Feed, p: Person) -> dict[str, str]:
    """SQL of every field of a person, null where the feed does not tell it."""
    told = {"name": p.name, "sex_code": sex_column(feed, p.sex) if p.sex else None, "birth_date": p.birth}
    return {name: column or _NOTHING[name] for name, column in told.items()}


def _company(says: Says) -> str | None:
    """SQL of what people are named together by: a dwelling, else a row that names several; None, where each stands
    alone."""
    if says.dwelling:
        return says.dwelling.number
    return "record_key" if says.each or len(says.named) > 1 else None


def _place(p: Person, says: Says) -> dict[str, str]:
    """SQL of village (12 digits, or what the row gives) and township in which a row says a person is."""
    here = says.place and not p.elsewhere
    return {"current_division_code": "current_division_code" if here else TEXT, "township_code": township(p, says)}


def _linked(p: Person) -> str:
    """The number under which a person is known."""
    return f"coalesce({p.number}_norm, {p.number})" if p.any_number else f"{p.number}_norm"


def claim_id(p: Person, says: Says, of: str = "") -> str:
    """SQL of the key of what a row (its alias `of`, with the dot) claims of a person."""
    place = f", '{of}{POSITION}'" if says.each else ""
    key = f"{of}record_key"
    return f"{{{{ derived_key('{p.key}', ['{key}', \"'{p.role}'\"{place}]) }}}}" if p.key else key


def township(p: Person, says: Says) -> str:
    """SQL of the township in which a row says a person is."""
    return "township_code" if says.place and not p.elsewhere else TEXT


PEOPLE = {
    "said_person_number": SaidList("各数据源在用交付中的公民身份号码。", _numbers),
    "said_known_number": SaidList("指明某人的号码，含换号以前的。", _known_numbers),
    "said_person": SaidList("各数据源每一行说的是谁，一个角色一行。", _people),
    "said_vouched": SaidList("无证号记录可能指的人。", _vouched),
    "said_vouched_once": SaidList("曾经在册、现已删除的人，只用来判断是否唯一。", _vouched_once),
    "said_unnumbered": SaidList("没有有效证号、要按姓名等比对的记录，一个角色一行。", _unnumbered),
    "said_company": SaidList("同一房屋、同一行里有证号的人。", _companies),
}
