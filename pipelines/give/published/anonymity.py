"""Nobody in the analysts' file stands alone: k-anonymity of rows about people, suppression of small cells.

Belongs here: generalising one table by its plan in `expectations/disclosure.yaml`. Does not belong here: which columns
analysts may have (disclosure), pseudonyms, writing the file (export.py). After L. Sweeney, k-anonymity (2002), and the
primary and complementary suppression of the Handbook on Statistical Disclosure Control (Hundepool et al., 2010).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import duckdb
from pydantic import ConfigDict, Field

from pipelines.kit.disclosure.columns import DISCLOSURE_FILE, declared
from pipelines.kit.house_files import Name, name_of, typed
from pipelines.kit.tables import literal


@dataclass(frozen=True)
class Plan:
    """How one table leaves.

    `drop`: columns that do not leave. `bands`: number columns -> lower ends of their bands, or their width. `known`:
    what others may know of a person; `blanked`: those of them that are blanked, in this order, where fewer than k rows
    agree in all.
    `people`: column -> values of the rows that stand for a person (blank may be one); without it every row does.
    `cells`: the table holds sums over people; of each group the first column is how many. `within`: cells whose total
    may be known. `merged`: columns that are blanked, group by group, where there are fewer than k, rows that agree then
    being added up: with `within` and `cells` all there are, so that no cell is blank. `total_of`: the table whose cells
    are added up here, `within` being what they agree in.
    `rounded`: number columns -> the unit they are rounded to, so that a month less the one before is no person's;
    what rounds to nothing is blank, an exact 0 too, which would say of each of k people what he got.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    drop: tuple[Name, ...] = ()
    bands: Mapping[Name, Sequence[int] | int] = field(default_factory=dict)
    known: tuple[Name, ...] = ()
    blanked: tuple[Name, ...] = ()
    people: Mapping[Name, Sequence[str]] = field(default_factory=dict)
    cells: tuple[Sequence[Name], ...] = ()
    merged: tuple[Sequence[Name], ...] = ()
    within: tuple[Name, ...] = ()
    total_of: str = ""
    rounded: Mapping[Name, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _File:
    __pydantic_config__ = ConfigDict(extra="forbid")
    k: Annotated[int, Field(ge=2)]
    tables: dict[Name, Plan]


@dataclass(frozen=True)
class Withheld:
    """What one table lost: rows some of whose columns were blanked, rows or cells that do not leave."""

    blanked: int
    withheld: int


def load_plans(file: Path = DISCLOSURE_FILE) -> tuple[int, dict[str, Plan]]:
    """(k, plan by table). Raises HouseFileError."""
    said = typed(_File, declared(file).analyst_file, f"{name_of(file)}: analyst_file")
    return said.k, said.tables


def generalise(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int, out: str = "temp") -> Withheld:
    """Replace a temporary table by what may leave of it. `out`: the database that holds what left before."""
    banded = ", ".join(f"{_band(column, ends)} AS {_q(column)}" for column, ends in plan.bands.items())
    replace = f" REPLACE ({banded})" if banded else ""
    without = f" EXCLUDE ({', '.join(map(_q, plan.drop))})" if plan.drop else ""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *{without}{replace} FROM temp.{table}")
    if not plan.cells:
        return _rows(con, table, plan, k)
    if plan.merged:
        return _merged(con, table, plan, k)
    if plan.total_of:
        withheld = _totals(con, table, plan, f'{out}."{plan.total_of}"', k)
    else:
        withheld = sum(_cells(con, table, cells, plan.within, k) for cells in plan.cells)
    if plan.rounded:
        _round(con, table, plan.rounded)
    return Withheld(0, withheld)


def smallest_group(con: duckdb.DuckDBPyConnection, table: str, plan: Plan) -> int | None:
    """Rows of the smallest group that agrees in all that is known; of a table of cells, the smallest count shown."""
    if plan.cells:
        counts = ", ".join(f"min({_q(count)})" for count, *_ in plan.cells)
        return con.execute(f"SELECT least({counts}) FROM temp.{table}").fetchone()[0]
    known = ", ".join(map(_q, plan.known))
    groups = f"SELECT count(*) AS n FROM temp.{table} WHERE {_is_person(plan)} GROUP BY {known}"
    return con.execute(f"SELECT min(n) FROM ({groups})").fetchone()[0]


def _rows(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    group = f"count(*) OVER (PARTITION BY {', '.join(map(_q, plan.known))}, {_is_person(plan)})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *, false AS _blanked FROM temp.{table}")
    for column in plan.blanked:
        few = f"({_is_person(plan)} AND {group} < {k})"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE (CASE WHEN {few} THEN NULL "
            f"ELSE {_q(column)} END AS {_q(column)}, _blanked OR {few} AS _blanked) FROM temp.{table}"
        )
    before = con.execute(f"SELECT count(*) FROM temp.{table}").fetchone()[0]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM temp.{table} "
        f"QUALIFY NOT {_is_person(plan)} OR {group} >= {k}"
    )
    left, blanked = con.execute(f"SELECT count(*), count(*) FILTER (_blanked) FROM temp.{table}").fetchone()
    con.execute(f"ALTER TABLE temp.{table} DROP COLUMN _blanked")
    return Withheld(blanked, before - left)


def _is_person(plan: Plan) -> str:
    """SQL: whether a row stands for a person."""
    told = (f"{_q(c)} IN ({', '.join(map(literal, v))}) OR {_q(c)} IS NULL" for c, v in plan.people.items())
    return f"({' OR '.join(told) or 'true'})"


def _merged(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    """Add rows of fewer than k people up until there are k, group by group; a group that has too few in all does not
    leave. What is left over of one goes with the smallest of its other rows, so that all that leaves adds up to the
    total."""
    (cells,), blanked = plan.cells, []
    count, group = _q(cells[0]), ", ".join(map(_q, plan.within))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *, 1 AS _rows, false AS _lost FROM temp.{table}")
    for columns in plan.merged:
        blanked += columns
        _add_up(con, table, f"{count} < {k}", blanked, cells)
    place = f"row_number() OVER (PARTITION BY {group}, {count} < {k} ORDER BY {count}, {', '.join(map(_q, blanked))})"
    left = f"min({count}) OVER (PARTITION BY {group}) < {k}"
    _add_up(con, table, f"{left} AND ({count} < {k} OR {place} = 1)", blanked, cells)
    withheld = con.execute(f"SELECT coalesce(sum(_rows), 0) FROM temp.{table} WHERE {count} < {k}").fetchone()[0]
    con.execute(f"DELETE FROM temp.{table} WHERE {count} < {k}")
    lost = con.execute(f"SELECT coalesce(sum(_rows) FILTER (_lost), 0) FROM temp.{table}").fetchone()[0]
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * EXCLUDE (_rows, _lost) FROM temp.{table}")
    return Withheld(int(lost), int(withheld))


def _add_up(
    con: duckdb.DuckDBPyConnection, table: str, which: str, blanked: Sequence[str], cells: Sequence[str]
) -> None:
    """Rows for which `which` (SQL) is true lose columns and are added to those they are equal to then."""
    types = dict(row[:2] for row in con.execute(f"DESCRIBE temp.{table}").fetchall())
    blank = ", ".join(f"CASE WHEN NOT _few THEN {_q(c)} END AS {_q(c)}" for c in blanked)
    summed = ", ".join(f"CAST(sum({_q(c)}) AS {types[c]}) AS {_q(c)}" for c in (*cells, "_rows"))
    others = ", ".join(_q(c) for c in types if c not in (*cells, "_rows", "_lost"))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {others}, {summed}, bool_or(_lost) AS _lost FROM ("
        f"SELECT * EXCLUDE (_few) REPLACE ({blank}, _lost OR _few AS _lost) "
        f"FROM (SELECT *, {which} AS _few FROM temp.{table})) GROUP BY {others}"
    )


def _cells(con: duckdb.DuckDBPyConnection, table: str, cells: Sequence[str], within: Sequence[str], k: int) -> int:
    """How many cells were blanked.

    A cell of fewer than k people is blank; where the total of its group would give it away, so is the smallest of the
    others. Each blank stands for one person at least: any of m may be k while they have k + m - 1 in all.
    """
    count, group = _q(cells[0]), ", ".join(map(_q, within))
    columns = [name for name, *_ in con.execute(f"DESCRIBE temp.{table}").fetchall()]
    order = ", ".join(map(_q, (cells[0], *columns)))
    blank = ", ".join(f"CASE WHEN _withheld THEN NULL ELSE {_q(c)} END AS {_q(c)}" for c in cells)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        WITH few AS (SELECT *, {count} < {k} AS _few FROM temp.{table}),
        counted AS (
            SELECT *, count(*) FILTER (_few) OVER (PARTITION BY {group}) AS _cells,
                coalesce(sum({count}) FILTER (_few) OVER (PARTITION BY {group}), 0) AS _people,
                row_number() OVER (PARTITION BY {group}, _few ORDER BY {order}) AS _place
            FROM few
        ),
        judged AS (
            SELECT * EXCLUDE (_few, _cells, _people, _place),
                _few OR (_place = 1 AND _cells > 0 AND _people < {k} + _cells - 1) AS _withheld
            FROM counted
        )
        SELECT * REPLACE ({blank}) FROM judged""")
    withheld = con.execute(f"SELECT count(*) FILTER (_withheld) FROM temp.{table}").fetchone()[0]
    con.execute(f"ALTER TABLE temp.{table} DROP COLUMN _withheld")
    return withheld


def _totals(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, parts: str, k: int) -> int:
    """How many totals were blanked: those that, less the cells shown, would give away a blank one."""
    (cells,), group = plan.cells, ", ".join(map(_q, plan.within))
    same = " AND ".join(f"total.{_q(c)} IS NOT DISTINCT FROM shown.{_q(c)}" for c in plan.within)
    count = _q(cells[0])
    blank = ", ".join(f"CASE WHEN _withheld THEN NULL ELSE {_q(c)} END AS {_q(c)}" for c in cells)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        WITH shown AS (
            SELECT {group}, coalesce(sum({count}), 0) AS _shown, count(*) - count({count}) AS _cells
            FROM {parts} GROUP BY {group}
        ),
        judged AS (
            SELECT total.*, _cells > 0 AND total.{count} - _shown < {k} + _cells - 1 AS _withheld
            FROM temp.{table} AS total JOIN shown ON {same}
        )
        SELECT * REPLACE ({blank}) FROM judged""")
    withheld = con.execute(f"SELECT count(*) FILTER (_withheld) FROM temp.{table}").fetchone()[0]
    con.execute(f"ALTER TABLE temp.{table} DROP COLUMN _withheld")
    return withheld


def _round(con: duckdb.DuckDBPyConnection, table: str, units: Mapping[str, int]) -> None:
    """To whole units; what would be 0 then is blank: it is not nothing, and any number in its place would add up."""
    shown = {column: f"nullif(round({_q(column)} / {unit}) * {unit}, 0)" for column, unit in units.items()}
    replace = ", ".join(f"CAST({sql} AS BIGINT) AS {_q(column)}" for column, sql in shown.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({replace}) FROM temp.{table}")


def _band(column: str, ends: Sequence[int] | int) -> str:
    """SQL of a number's band in words: 1950-1959 for a width of ten; 1, 2, 3及以上 for the lower ends 1, 2, 3."""
    name = _q(column)
    if isinstance(ends, int):
        start = f"({name} // {ends}) * {ends}"
        return f"{start} || '-' || ({start} + {ends - 1})"
    bands = zip(ends, (*ends[1:], None), strict=True)
    parts = [f"WHEN {name} >= {end} THEN '{_between(end, above)}'" for end, above in bands]
    return f"CASE {' '.join(reversed(parts))} END"


def _between(low: int, above: int | None) -> str:
    if above is None:
        return f"{low}及以上"
    return str(low) if above == low + 1 else f"{low}-{above - 1}"


def _q(name: str) -> str:
    return f'"{name}"'
