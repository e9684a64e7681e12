"""Whom and what a row of a feed speaks about: `says:` in its feed file, our own reading of what the department sends.

Belongs here: the vocabulary, and whether a feed's columns bear what is said of them. Does not belong here: the SQL
written from it (pipelines.generate). It is no part of the contract: a department does not answer for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Protocol

from pydantic import Field, model_validator

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.model import CITIZEN_NUMBER, CORRECTABLE, CREDIT_CODE, DIVISION, GRID, IDENTIFIER, MONTH
from pipelines.kit.contracts.subjects import (
    Benefit,
    Dwelling,
    Household,
    Incident,
    Insurance,
    Rank,
    Residence,
    Site,
    Strict,
    Where,
    named_codes,
    named_columns,
)
from pipelines.kit.house_files import Name

# A field of a person that feeds tell, and the column of the lake that holds it.
PERSON_FIELDS = {"name": "name", "sex": "sex_code", "birth": "birth_date"}
SELF = "self"
SEXES = {"男": "1", "女": "2"}
# What can be said of a person whose number is only judged.
_JUDGED = {"role", "id", "digits", "mixed", "former", "names"}
# Keys whose columns tell who or what is meant.
_WHO = ("person", "enterprise", "household.number", "dwelling.number", "site.number", "site.firm", "site.keeper")
# Kinds of keys that hold apart the people of one row.
KEYS = ("marriage_party", "family_role", "listed_person")


class Person(Strict):
    """One person a row names, in a `role`. The other words are columns of the feed, or say more:

    `id` holds the identity number, in its first `digits` characters where it holds more; `mixed`: credit codes stand
    in the column, too; `former` the number held before; `seen` the day the row speaks of, else its delivery. `key`: the
    kind of the claim's key where a row names several people. `names` false: the number is judged and nothing else.
    `any_number`: one that is not valid names a person all the same. `vouches`: who is named here may be meant by a row
    without a number. `elsewhere`: the place of the row is not this person's. `phone`: to reach him or his family;
    `kin`: the name of somebody of his household. What the role implies, so that a row without a number is nobody's who
    cannot be: `of_sex`, where no column tells it; `least_age` in full years, had on the day `aged_on`, without one on
    the business date. `rank` in the queue for every field, or field by field; the lowest
    wins, without one a feed is last.
    """

    role: Name = SELF
    id: Name
    digits: int | None = Field(default=None, ge=1)
    mixed: bool = False
    name: Name | None = None
    sex: Name | None = None
    birth: Name | None = None
    seen: Name | None = None
    former: Name | None = None
    key: Literal[*KEYS] | None = None
    names: bool = True
    any_number: bool = False
    vouches: bool = False
    elsewhere: bool = False
    phone: Name | None = None
    kin: Name | None = None
    of_sex: Literal[*SEXES] | None = None
    least_age: int | None = Field(default=None, ge=1)
    aged_on: Name | None = None
    rank: Rank | dict[Literal[*PERSON_FIELDS], Rank] | None = None

    @property
    def number(self) -> str:
        """Column of the identity number in staging."""
        return f"{self.role}_id_no" if self.mixed else "id_no" if self.digits else self.id

    @property
    def defect(self) -> str:
        """Column in staging of what is wrong with the number."""
        return self.number.removesuffix("_no") + "_defect"

    @property
    def ranks(self) -> dict[str, int]:
        """Rank by field, of the fields this feed tells."""
        if not isinstance(self.rank, int):
            return dict(self.rank or {})
        return dict.fromkeys(self.told, self.rank)

    @property
    def told(self) -> tuple[str, ...]:
        """The fields this feed tells."""
        return tuple(field for field in PERSON_FIELDS if getattr(self, field))


class Place(Strict):
    """Where a row lies: its division `code`, or a grid, which is looked up with its village and left to rule R11.

    Rule R07 asks whether the code was in force on its `day`, else on that of the delivery, which also counts for a row
    whose column `changed` is filled; `checked` false: it does not ask. `month` and `of`: a payment, of which a payee
    speaks once a code, through the latest month.
    """

    code: Name
    day: Name | None = None
    changed: Name | None = None
    month: Name | None = None
    of: Name | None = None
    checked: bool = True

    @model_validator(mode="after")
    def _paid(self) -> "Place":
        if bool(self.month) != bool(self.of):
            raise ValueError("month and of go together: give both, or neither")
        if self.month and (self.day or self.changed):
            raise ValueError("a payment speaks of its month: leave out day and changed")
        return self


class Enterprise(Strict):
    """An enterprise a row names by its credit code, in a `role`, with its `name` where it has one. `mixed`: identity
    numbers stand in the column, too."""

    role: Name = SELF
    code: Name
    mixed: bool = False
    name: Name | None = None

    @property
    def number(self) -> str:
        """Column of the credit code in staging."""
        return f"{self.role}_uscc" if self.mixed else self.code


class Each(Strict):
    """Columns in which a row lists several, divided by a sign; staging makes a row of each."""

    columns: Annotated[tuple[Name, ...], Field(min_length=1)]
    separator: Annotated[str, Field(pattern=r"^[^\\w'\\\\{}]$")]


class Event(Strict):
    """What happened to the person of the row (the first named) on a `day`; rows `where` a column has a value, all
    without. `rank` of the feed in the queue for the day."""

    kind: Literal["death"]
    day: Name
    where: Where = {}
    rank: Rank


class Record(Strict):
    """The view of the unified database that has every row of the feed with the keys of those it names: its `name` (one
    row, in the singular) and the `subject` in whose folder it stands."""

    name: Name
    subject: Name


class Says(Strict):
    """What a row says; nothing, where it is staged and names nobody. `without`: columns that stay in bronze, where a
    row is found by its `source_ref`. `each`: the columns in which it lists several. `same`: column -> code -> the code
    that means the same and is used instead."""

    record: Record | None = None
    without: tuple[Name, ...] = ()
    each: Each | None = None
    person: tuple[Person, ...] = ()
    place: Place | None = None
    enterprise: tuple[Enterprise, ...] = ()
    event: tuple[Event, ...] = ()
    benefit: Benefit | None = None
    insurance: Insurance | None = None
    household: Household | None = None
    dwelling: Dwelling | None = None
    residence: Residence | None = None
    incident: Incident | None = None
    site: Site | None = None
    same: dict[Name, Annotated[dict[str, str], Field(min_length=1)]] = {}

    @property
    def named(self) -> tuple[Person, ...]:
        """The people a row names, less those whose number is only judged."""
        return tuple(p for p in self.person if p.names)


class SaidColumn(Protocol):
    """A column as a feed file resolves it."""

    name: str
    tags: tuple[str, ...]
    codes: Mapping[str, str]
    element: Element


def problems(says: Says, columns: Mapping[str, SaidColumn]) -> Iterator[str]:
    """Everything wrong with what a feed says, each with its key and what to do; `columns` by name."""
    for key, name, wanted in _columns(says):
        if name not in columns:
            yield f"says.{key}: no column {name}; name one of {', '.join(columns)}"
        elif wanted and not _is(columns[name], wanted):
            word = key.rpartition(".")[2]
            yield f"says.{key}: column {name} is no {wanted}; name another column, or leave {word} out"
        elif key.startswith(_WHO) and wanted and CORRECTABLE in columns[name].tags:
            yield f"says.{key}: column {name} tells who is meant, so townships cannot correct it; drop correctable"
    for key, entries in (("person", says.person), ("enterprise", says.enterprise)):
        for role in (r for r, count in Counter(entry.role for entry in entries).items() if count > 1):
            yield f"says.{key}: role {role} twice; give each its own role"
    if says.site and says.site.keeper not in {None, *(p.id for p in says.person)}:
        yield f"says.site.keeper: column {says.site.keeper} is judged nowhere; bind it under person, too"
    if says.residence and not says.place:
        yield "says.residence: it is at the place of the row; say which under place"
    for kind in (k for k, count in Counter(e.kind for e in says.event).items() if count > 1):
        yield f"says.event: {kind} twice; a feed tells it once, keep one"
    yield from _of_numbers(says)
    yield from _of_names(says, columns)
    for key, why in _OF_PERSONS.items():
        if getattr(says, key) and not says.named:
            yield f"says.{key}: {why}; say which under person"
    yield from (f"says.person{problem}" for problem in _of_people(says, columns))
    yield from _of_codes(says, columns)
    yield from _of_each(says, columns)


_OF_PERSONS = {
    "event": "it happens to a person", "benefit": "it is paid to a person", "insurance": "a person is insured",
    "household": "it has a person as member",
    "residence": "a person lives there",
}  # fmt: skip


def _of_people(says: Says, columns: Mapping[str, SaidColumn]) -> Iterator[str]:
    if len(says.named) > 1 and any(p.key is None for p in says.named):
        yield ": a row names several people; give each of them a key, e.g. key: marriage_party"
    for p in says.person:
        if p.digits and "id_no" in columns:
            yield f".{p.role}.digits: there is a column id_no already; bind that one"
        if p.sex and p.of_sex:
            yield f".{p.role}.of_sex: column {p.sex} tells the sex; leave of_sex out"
        if p.aged_on and not p.least_age:
            yield f".{p.role}.aged_on: it is the day of an age; say least_age, or leave aged_on out"
        if p.vouches and not p.name:
            yield f".{p.role}.vouches: people are looked for by name; say its column, or leave vouches out"
        yield from (f".{p.role}.{problem}" for problem in (_of_rank(p) if p.names else _of_judged(p)))


def _of_rank(p: Person) -> Iterator[str]:
    if p.rank is not None and not p.ranks:
        yield f"rank: it is of no field; say which of {', '.join(PERSON_FIELDS)} this feed tells, or leave rank out"
    if untold := [field for field in p.ranks if field not in p.told]:
        yield f"rank: this feed does not tell {', '.join(untold)}; say their columns, or leave them out"


def _of_judged(p: Person) -> Iterator[str]:
    """Words beside `names: false`."""
    for word in (w for w in Person.model_fields if w not in _JUDGED and getattr(p, w) not in (None, False)):
        yield f"{word}: with names: false the number is judged and nothing else; leave {word} out"


def _of_numbers(says: Says) -> Iterator[str]:
    """One column, one number: staging writes down once what is wrong with it."""
    people = [n for p in says.person for n in (p.id, p.former) if n]
    for key, numbers in (("person", people), ("enterprise", [e.code for e in says.enterprise])):
        for name in (n for n, count in Counter(numbers).items() if count > 1):
            yield f"says.{key}: column {name} is bound twice; a number means one thing in one role, keep one"
    people, firms = ({e.role for e in entries if e.mixed} for entries in (says.person, says.enterprise))
    if bool(people) != bool(firms):
        yield "says: mixed is of a column with both kinds of numbers; say it of a person and of an enterprise"
    for p in (p for p in says.person if p.mixed and (p.digits or p.former)):
        yield f"says.person.{p.role}.mixed: the whole cell is a number; leave digits and former out"
    if len(cut := [p.role for p in says.person if p.digits]) > 1:
        yield f"says.person: digits in {', '.join(cut)}; staging cuts one number to its id_no, keep one"


def _of_names(says: Says, columns: Mapping[str, SaidColumn]) -> Iterator[str]:
    for key, entries in (("person", says.person), ("enterprise", says.enterprise)):
        for e in (e for e in entries if e.name in columns and not _is_text(columns[e.name])):
            yield f"says.{key}.{e.role}.name: column {e.name} is no name; name another column, or leave name out"


def _is_text(column: SaidColumn) -> bool:
    """Whether anything may stand in a column: words, no number, code, date."""
    bound = column.element.standard or column.codes or {IDENTIFIER, MONTH, DIVISION, GRID}.intersection(column.tags)
    return column.element.type == "string" and not bound


def _of_codes(says: Says, columns: Mapping[str, SaidColumn]) -> Iterator[str]:
    """Codes become texts in SQL: only those of the column may."""
    said = [(f"same.{name}", name, code) for name, same in says.same.items() for code in (*same, *same.values())]
    said += [(f"event.{e.kind}.where.{name}", name, code) for e in says.event for name, code in e.where.items()]
    for key, name, code in (*said, *named_codes(says.benefit, says.residence, says.insurance, says.site)):
        if name in columns and code not in columns[name].codes:
            yield f"says.{key}: {code!r} is no code of column {name}; known are {', '.join(columns[name].codes)}"
    for name, code in ((name, code) for name, same in says.same.items() for code in same if same[code] == code):
        yield f"says.same.{name}: {code!r} means itself without a word; leave it out"


def _of_each(says: Says, columns: Mapping[str, SaidColumn]) -> Iterator[str]:
    """Columns that list several hold texts and numbers of those listed."""
    if not says.each:
        return
    for name in (n for n in says.each.columns if n in columns):
        if columns[name].element.type != "string" or CORRECTABLE in columns[name].tags or columns[name].codes:
            yield f"says.each: column {name} lists nothing: it is a code, a date, a number or correctable; leave it out"
    if any(p.key is None for p in says.named):
        yield "says.each: a row becomes several; give its people a key, e.g. key: listed_person"


def _columns(says: Says) -> Iterator[tuple[str, str, str]]:
    """(key, column, what it must be) of every column that is named."""
    for p in says.person:
        kinds = {"id": "identity number", "former": "identity number", "birth": "date", "seen": "date",
                 "sex": "sex", "name": "", "phone": "", "kin": "", "aged_on": "date or moment"}  # fmt: skip
        if p.digits:
            kinds["id"] = "identifier"
        yield from ((f"person.{p.role}.{k}", getattr(p, k), kind) for k, kind in kinds.items() if getattr(p, k))
    if says.place:
        kinds = {"code": "division or grid", "day": "date", "changed": "", "month": "month", "of": "identifier"}
        yield from ((f"place.{k}", getattr(says.place, k), kind) for k, kind in kinds.items() if getattr(says.place, k))
    for e in says.enterprise:
        yield f"enterprise.{e.role}.code", e.code, "identity number" if e.mixed else "credit code"
        if e.name:
            yield f"enterprise.{e.role}.name", e.name, ""
    for event in says.event:
        yield f"event.{event.kind}.day", event.day, "date"
        yield from ((f"event.{event.kind}.where", column, "") for column in event.where)
    yield from named_columns(says.benefit, says.household, says.dwelling, says.incident, says.residence,
                             says.insurance, says.site)  # fmt: skip
    yield from (("same", column, "") for column in says.same)
    yield from (("each", column, "") for column in (says.each.columns if says.each else ()))
    yield from (("without", column, "") for column in says.without)


def _is(column: SaidColumn, wanted: str) -> bool:
    standard = column.element.standard
    return {
        "date": column.element.type == "date",
        "moment": column.element.type == "timestamp",
        "date or moment": column.element.type in ("date", "timestamp"),
        "amount": column.element.type == "decimal",
        "identifier": IDENTIFIER in column.tags,
        "identity number": standard == CITIZEN_NUMBER,
        "credit code": standard == CREDIT_CODE,
        "month": MONTH in column.tags,
        "division or grid": DIVISION in column.tags or GRID in column.tags,
        "sex": "sex" in column.tags,
        "code list": bool(column.codes),
    }[wanted]
