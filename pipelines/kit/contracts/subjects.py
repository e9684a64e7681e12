"""Benefits, insurance, households, dwellings, places and where people live in `says:` of a feed file.

Belongs here: the words for these subjects, and the columns and codes they name. Does not belong here: whether a feed's
columns bear them (says.py).
"""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.kit.house_files import Name

# What becomes a text in SQL.
Word = Annotated[str, Field(pattern=r"^[\w（）()]+$")]
# Rank in a queue; the lowest wins. Who says none stands behind all who do.
Rank = Annotated[int, Field(ge=1, le=98)]
# Role of the enterprise that employs the person of a row.
EMPLOYER = "employer"
# Column -> code it has.
Where = dict[Name, str]


class Strict(BaseModel):
    """What knows no other keys than its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scheme(Strict):
    """What a benefit is called: what a `column` says, `none` being its code for nothing; a `word`, or the one for rows
    where the column says nothing; `prefix` goes before either, `suffix` behind. A code list binds the column of a
    benefit: analysts see the name of a scheme, and nobody's name or number may become one."""

    column: Name | None = None
    word: Word | None = None
    none: str | None = None
    prefix: Word | None = None
    suffix: Word | None = None

    def names(self, codes: Iterable[str]) -> list[str]:
        """All the names there can be. `codes`: the code list of the column."""
        said = [code for code in codes if code != self.none] if self.column else []
        return [f"{self.prefix or ''}{name}{self.suffix or ''}" for name in (*said, *filter(None, [self.word]))]

    @model_validator(mode="after")
    def _named(self) -> "Scheme":
        if not (self.column or self.word):
            raise ValueError("a benefit has a name; give its column, or the word for it")
        if self.none is not None and not self.column:
            raise ValueError("none is a code of the column; give the column, or leave none out")
        return self


class Benefit(Strict):
    """A benefit the row pays to its person (the first named), in a `month` (of its delivery, where none is told).

    Rows `where` a column has a value pay one, all without. Money flows where the columns of `paid` have these values;
    without them, where the `amount` is above nought, and always where none is told. `band`: the age band it is for.
    """

    scheme: Scheme
    month: Name | None = None
    amount: Name | None = None
    band: Name | None = None
    remark: Name | None = None
    where: Where = {}
    paid: Where = {}


class Insurance(Strict):
    """The row says that its person (the first named) is insured, or has an account, in a `scheme`: with a `status`, of
    which one code says that it is `running`; `since` a day and, where that has come, `until` another, the last one;
    paid up to a `month`. Who employs the person is the enterprise of the role employer."""

    scheme: Scheme
    status: Name
    running: Word
    since: Name | None = None
    until: Name | None = None
    month: Name | None = None


class Household(Strict):
    """The household in which a row lists its person (the first named), by its `number`. `numbers` says whose they are:
    those of others never mean the same one. The unified database holds the households of the hukou."""

    numbers: Name = "hukou"
    number: Name
    relation: Name | None = None
    type: Name | None = None
    status: Name | None = None
    ethnic: Name | None = None
    address: Name | None = None


class Dwelling(Strict):
    """The house a row speaks about on a `day`, by its `number`, which counts within what one delivery covers. `numbers`
    says whose they are; the unified database holds the houses of the survey. Who is named (first) lives there, and
    `living` says how."""

    numbers: Name = "survey"
    number: Name
    address: Name | None = None
    living: Name | None = None
    day: Name | None = None


class Site(Strict):
    """The place (shop, school, reservoir: 场所, 点位) a row speaks about on a `day`: by its `number`, of the register
    `numbers`; where none is told by a `licence` a numbered row states too, else by who has it (credit code `firm`,
    identity number `keeper`) and its `address`. A `status` of `open` says that it is open, `until` a day where told.
    A row with an `equipment` is about a thing that stands there: what `kind` it is of and whether it is valid is not
    said of the place. `shape`: where it lies, in the coordinate system `datum`. `rank`: whose word on a place counts
    first."""

    numbers: Name = "small_place"
    number: Name | None = None
    licence: Name | None = None
    name: Name | None = None
    kind: Name | None = None
    address: Name | None = None
    firm: Name | None = None
    keeper: Name | None = None
    status: Name | None = None
    open: Word | None = None
    until: Name | None = None
    equipment: Name | None = None
    shape: Name | None = None
    datum: Name | None = None
    day: Name | None = None
    rank: Rank

    @model_validator(mode="after")
    def _sound(self) -> "Site":
        if bool(self.status) != bool(self.open):
            raise ValueError("status and open go together: give both, or neither")
        return self


class Residence(Strict):
    """The row is evidence that its person (the first named) lives at its place, from a `day` on and, where told,
    `until` another. Rows `where` a column has a value are, `unless` another has one of these. `rank` of the feed in
    the queue; evidence older than `trusted_months` stands behind the household register."""

    day: Name
    until: Name | None = None
    address: Name | None = None
    where: Where = {}
    unless: dict[Name, tuple[str, ...]] = {}
    rank: Rank
    trusted_months: Annotated[int, Field(ge=1, le=600)] | None = None


class Incident(Strict):
    """What a platform was told `at` a time to have happened: the report's `number`, its `kind` in the platform's words
    (the column `words` of the reference table incident_class), the `phone` of who told it, else the one `said` in a
    text, the `part` of the city it is about, the report it is `related` to, when it was `closed`. A `status` of `void`
    counts for nothing."""

    words: Name
    number: Name
    kind: Name
    at: Name
    closed: Name | None = None
    status: Name
    void: Word
    phone: Name | None = None
    said: Name | None = None
    part: Name | None = None
    related: Name | None = None


def named_columns(
    benefit: Benefit | None, household: Household | None, dwelling: Dwelling | None, incident: Incident | None,
    residence: Residence | None, insurance: Insurance | None, site: Site | None,
) -> Iterator[tuple[str, str, str]]:
    """(key, column, what it must be) of every column that is named."""
    if benefit:
        kinds = {"month": "month", "amount": "amount", "band": "", "remark": ""}
        yield from _of("benefit", benefit, kinds)
        yield from _of("benefit.scheme", benefit.scheme, {"column": "code list"})
        yield from ((f"benefit.{key}", column, "") for key in ("where", "paid") for column in getattr(benefit, key))
    if insurance:
        kinds = {"status": "code list", "since": "date", "until": "date", "month": "month"}
        yield from _of("insurance", insurance, kinds)
        yield from _of("insurance.scheme", insurance.scheme, {"column": ""})
    if household:
        kinds = {"number": "identifier", "relation": "", "type": "", "status": "", "ethnic": "", "address": ""}
        yield from _of("household", household, kinds)
    if dwelling:
        yield from _of("dwelling", dwelling, {"number": "identifier", "address": "", "living": "", "day": "date"})
    if site:
        kinds = {"number": "identifier", "licence": "identifier", "name": "", "kind": "", "address": "",
                 "firm": "credit code", "keeper": "identity number", "status": "code list", "until": "date",
                 "equipment": "", "shape": "", "datum": "", "day": "date"}  # fmt: skip
        yield from _of("site", site, kinds)
    if residence:
        yield from _of("residence", residence, {"day": "date", "until": "date", "address": ""})
        yield from ((f"residence.where.{column}", column, "code list") for column in residence.where)
        yield from ((f"residence.unless.{column}", column, "code list") for column in residence.unless)
    if incident:
        kinds = {"number": "identifier", "kind": "code list", "at": "moment", "closed": "moment", "status": "code list",
                 "phone": "", "said": "", "part": "", "related": ""}  # fmt: skip
        yield from _of("incident", incident, kinds)


def _of(key: str, said: Strict, kinds: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    yield from ((f"{key}.{word}", getattr(said, word), kind) for word, kind in kinds.items() if getattr(said, word))


def named_codes(
    benefit: Benefit | None, residence: Residence | None, insurance: Insurance | None, site: Site | None
) -> Iterator[tuple[str, str, str]]:
    """(key, column, code) of every code that is named."""
    if insurance:
        yield "insurance.running", insurance.status, insurance.running
    if site and site.status and site.open:
        yield "site.open", site.status, site.open
    if residence:
        yield from ((f"residence.where.{column}", column, code) for column, code in residence.where.items())
        yield from ((f"residence.unless.{column}", column, code) for column, codes in residence.unless.items()
                    for code in codes)  # fmt: skip
    if benefit:
        yield from ((f"benefit.{key}.{column}", column, code) for key in ("where", "paid")
                    for column, code in getattr(benefit, key).items())  # fmt: skip
        if benefit.scheme.column and benefit.scheme.none is not None:
            yield "benefit.scheme.none", benefit.scheme.column, benefit.scheme.none
