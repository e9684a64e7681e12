"""Nobody in the analysts' file stands alone: k-anonymity of rows about people, suppression of small cells.

Belongs here: generalising one table by its plan in `expectations/disclosure.yaml`. Does not belong here: which columns
analysts may have (disclosure), pseudonyms, writing the file (export.py). After L. Sweeney, k-anonymity (2002), and the
primary and complementary suppression of the Handbook on Statistical Disclosure Control (Hundepool et al., 2010).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from pipelines.disclosure.columns import declared


@dataclass(frozen=True)
class Plan:
    """How one table leaves.

    `drop`: columns that do not leave. `bands`: number columns -> lower ends of
    their bands, or their width. `known`: what others may
    know of a person; `blanked`: those of them that are blanked, in this order, where fewer than k rows agree in all.
    `cells`: the table holds sums over people, `cells[0]` being how many; `within`: cells whose total may be known.
    """

    drop: tuple[str, ...] = ()
    bands: Mapping[str, Sequence[int] | int] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    blanked: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """What one table lost: rows some of whose columns were blanked, rows or cells that do not leave."""

    blanked: int
    withheld: int


def load_plans() -> tuple[int, dict[str, Plan]]:
    """(k, plan by table)."""
    said = declared()["analyst_file"]
    return said["k"], {
        table: Plan(**{name: tuple(v) if isinstance(v, list) else v for name, v in plan.items()})
        for table, plan in said["tables"].items()
    }


def generalise(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    """Replace a temporary table by what may leave of it."""
    banded = ", ".join(f"{_band(column, ends)} AS {_q(column)}" for column, ends in plan.bands.items())
    replace = f" REPLACE ({banded})" if banded else ""
    without = f" EXCLUDE ({', '.join(map(_q, plan.drop))})" if plan.drop else ""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *{without}{replace} FROM temp.{table}")
    return _cells(con, table, plan, k) if plan.cells else _rows(con, table, plan, k)


def smallest_group(con: duckdb.DuckDBPyConnection, table: str, plan: Plan) -> int | None:
    """Rows of the smallest group that agrees in all that is known; of a table of cells, the smallest count shown."""
    if plan.cells:
        return con.execute(f"SELECT min({_q(plan.cells[0])}) FROM temp.{table}").fetchone()[0]
    known = ", ".join(map(_q, plan.known))
    return con.execute(f"SELECT min(n) FROM (SELECT count(*) AS n FROM temp.{table} GROUP BY {known})").fetchone()[0]


def _rows(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    known = ", ".join(map(_q, plan.known))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT *, false AS _blanked FROM temp.{table}")
    for column in plan.blanked:
        few = f"count(*) OVER (PARTITION BY {known}) < {k}"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE (CASE WHEN {few} THEN NULL "
            f"ELSE {_q(column)} END AS {_q(column)}, _blanked OR {few} AS _blanked) FROM temp.{table}"
        )
    before = con.execute(f"SELECT count(*) FROM temp.{table}").fetchone()[0]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM temp.{table} "
        f"QUALIFY count(*) OVER (PARTITION BY {known}) >= {k}"
    )
    left, blanked = con.execute(f"SELECT count(*), count(*) FILTER (_blanked) FROM temp.{table}").fetchone()
    con.execute(f"ALTER TABLE temp.{table} DROP COLUMN _blanked")
    return Withheld(blanked, before - left)


def _cells(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    """A cell of fewer than k people is blank; where the total of its group would give it away (one cell alone, or fewer
    than k people in all), so is the smallest of the others."""
    count, group = _q(plan.cells[0]), ", ".join(map(_q, plan.within))
    columns = [name for name, *_ in con.execute(f"DESCRIBE temp.{table}").fetchall()]
    order = ", ".join(map(_q, (plan.cells[0], *columns)))
    blank = ", ".join(f"CASE WHEN _withheld THEN NULL ELSE {_q(c)} END AS {_q(c)}" for c in plan.cells)
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
                _few OR (_place = 1 AND _cells > 0 AND (_cells = 1 OR _people < {k})) AS _withheld
            FROM counted
        )
        SELECT * REPLACE ({blank}) FROM judged""")
    withheld = con.execute(f"SELECT count(*) FILTER (_withheld) FROM temp.{table}").fetchone()[0]
    con.execute(f"ALTER TABLE temp.{table} DROP COLUMN _withheld")
    return Withheld(0, withheld)


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
