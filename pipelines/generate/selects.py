"""What several feeds say of one thing, as SQL: one select a feed, put under each other.

Belongs here: the shape of a select and of a list of them. Does not belong here: what a feed says (people.py,
things.py).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipelines.generate.staging import HEAD, argument, model_name, model_yml, place_day
from pipelines.kit.contracts.model import Feed
from pipelines.kit.contracts.says import Says
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.tables import literal

TEXT, DAY, FLAG = "cast(null as string)", "cast(null as date)", "cast(null as boolean)"
NUMBER = "cast(null as integer)"


@dataclass(frozen=True)
class Select:
    """`columns` are SQL by name, the same names in the same order in every select of a list."""

    columns: dict[str, str]
    source: str = ""
    where: str = ""

    def __str__(self) -> str:
        named = [sql if sql.rpartition(".")[2] == name else f"{sql} as {name}" for name, sql in self.columns.items()]
        head = "select " + ", ".join(named) if len(named) < 4 else "select\n    " + ",\n    ".join(named)
        return "\n".join([head, *([f"from {self.source}"] if self.source else []),
                          *([f"where {self.where}"] if self.where else []), ""])  # fmt: skip


@dataclass(frozen=True)
class SaidList:
    """A list of what feeds say, with its Chinese description."""

    title: str
    selects: Callable[[Feed, Says], Iterable[Select]]


def said_model(name: str, what: SaidList, said: Iterable[tuple[Feed, Says]]) -> tuple[str, str]:
    """SQL and description of a list. Raises HouseFileError where no feed says anything of the kind."""
    selects = [select for feed, says in said for select in what.selects(feed, says)]
    if not selects:
        raise HouseFileError(f"{name}: no feed says anything of the kind; models read it, so the says: of one must")
    sql = f"-- {HEAD.format('')}\n" + "union all\n".join(map(str, selects))
    return sql, model_yml(name, what.title, [(column, f'{{{{ doc("{column}") }}}}') for column in selects[0].columns])


def same(*names: str) -> dict[str, str]:
    """Columns taken as they are."""
    return {name: name for name in names}


def seen_on(day: str | None) -> str:
    """The day a row speaks of, else that of its delivery; none, where it lies ahead of that."""
    return f"{{{{ seen_on('{day}') }}}}" if day else "delivered_on"


def holds(where: Mapping[str, str]) -> str:
    """Every column has its code."""
    return " and ".join(f"{column} = {literal(code)}" for column, code in where.items())


def lacks(unless: Mapping[str, Iterable[str]]) -> str:
    """No column has any of its codes."""
    told = ((column, ", ".join(map(literal, codes))) for column, codes in unless.items())
    return " and ".join(f"coalesce({column}, '') not in ({codes})" for column, codes in told)


def staged(feed: Feed) -> str:
    """A feed's staging model."""
    return f"{{{{ ref('{model_name(feed)}') }}}}"


def delivered(feed: Feed) -> str:
    """A feed's rows as they came, of the deliveries in force."""
    return f"{{{{ {delivered_rows(feed)} }}}} as delivered"


def gone(feed: Feed, says: Says, number: str) -> str:
    """Rows of records a feed deleted, with what staging would add of `number` and the place."""
    told = f"source('bronze', '{feed.table}'), '{feed.code}', ref('{model_name(feed)}'), '{number}'"
    if says.place:
        told += f", '{says.place.code}', {argument(place_day(says.place, 'identified.', '_delivered_on'))}"
    return f"{{{{ gone_rows({told}) }}}} as gone"


def delivered_rows(feed: Feed) -> str:
    """The macro that gives those rows."""
    return f"delivered_rows(source('bronze', '{feed.table}'), '{feed.code}')"
