"""Write `published/analyst.duckdb`: pseudonymised, commented, swapped in atomically.

Belongs here: the export itself and the proof that it holds no direct identifier. The unkeyed ids of the lake
could be recomputed from guessed identity numbers, so each leaves under HMAC-SHA256 with the analysts' key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars_hash  # noqa: F401  registers the `chash` namespace

from pipelines.give.published.anonymity import Plan, Withheld, generalise, load_plans, smallest_group
from pipelines.give.published.answers import add_answer, load_answers
from pipelines.give.published.dictionary import COMMENTS, DICTIONARY, add_dictionary
from pipelines.give.published.names import add_names
from pipelines.give.published.words import ABOUT, FRESHNESS, LIMITS, WITHHELD, remarks
from pipelines.kit.disclosure import ANALYST, may_show
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.tables import literal
from pipelines.kit.whole_files import publish_file

PURPOSE = "analyst"
PSEUDONYM_LENGTH = 32
# The file while it is written, as a database beside the lake.
_OUT = "analyst_new"
_BATCH_ROWS = 250_000
# Ids of things, not of people or what people own: they stay readable.
READABLE_IDS = {"rule_id"}
# 17 digits and a check character: GB 11643-1999.
RESIDENT_ID = r"(^|[^0-9])[1-9][0-9]{16}[0-9Xx]([^0-9]|$)"


class IdentifierLeak(RuntimeError):
    """A table meant for analysts holds a direct identifier; nothing is published."""


@dataclass(frozen=True)
class Published:
    """What one export wrote: the file, rows per table, and what was withheld for the sake of privacy."""

    file: Path
    rows: Mapping[str, int]
    withheld: Mapping[str, Withheld]


def publish(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: str, descriptions: Mapping[str, Mapping[str, str]]
) -> Published:
    """Copy every table of `lake.published` into `published/analyst.duckdb`.

    `descriptions` maps table -> column -> text ('' is the table itself). Raises IdentifierLeak and leaves the
    last good file in place when a direct identifier is found, or a group of people that is too small.
    """
    k, plans = load_plans()
    key = KeyProvider(paths).pseudonym_key(PURPOSE)
    paths.published.mkdir(parents=True, exist_ok=True)
    fresh = paths.published / "analyst.duckdb.new"
    fresh.unlink(missing_ok=True)
    con.execute(f"ATTACH '{fresh}' AS {_OUT}")
    try:
        rows, withheld = {}, {}
        # Totals come last: they are judged by what is shown of the table they add up.
        for table in sorted(published_tables(con), key=lambda name: bool(plans.get(name, Plan()).total_of)):
            plan = plans.get(table)
            _gather(con, table, key)
            if plan:
                withheld[table] = _generalise(con, table, plan, k)
            texts = add_names(con, table) | descriptions.get(table, {})
            rows[table] = _write(con, table, texts, remarks(plan, k) if plan else {})
        stale = f"SELECT count(*), min(due_period) FROM {_OUT}.{FRESHNESS} WHERE is_stale"
        count, since = con.execute(stale).fetchone() if FRESHNESS in rows else (None, None)
        con.execute(
            f"CREATE TABLE {_OUT}.about AS SELECT ? AS as_of, ? AS purpose, ? AS k, ? AS limits, "
            "CAST(? AS BIGINT) AS stale_sources, CAST(? AS VARCHAR) AS stale_since",
            [as_of, PURPOSE, k, LIMITS, count, since],
        )
        _comment(con, "about", ABOUT)
        _tell_withheld(con, withheld)
        answers = [answer for answer in load_answers() if add_answer(con, answer, rows, _OUT)]
        for answer in answers:
            _comment(con, answer.name, answer.comments, "VIEW")
        add_dictionary(con, answers, _OUT)
        _comment(con, DICTIONARY, COMMENTS)
    finally:
        con.execute(f"DETACH {_OUT}")
    return Published(publish_file(fresh, paths.published / "analyst.duckdb"), rows, withheld)


def published_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables and views dbt built for analysts."""
    found = con.execute(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_catalog = 'lake' AND table_schema = 'published'"
    ).fetchall()
    return sorted(name for (name,) in found)


def check_no_identifier(table: str, frame: pl.DataFrame) -> None:
    """Raise IdentifierLeak when analysts may not have a column, or any text in it is an identity number."""
    named = [c for c in frame.columns if not may_show(f"published.{table}", c, ANALYST)]
    # A hash may hold eighteen digits in a row by chance; ids are hashes.
    texts = [c for c, t in frame.schema.items() if t == pl.String and not c.endswith("_id")]
    shaped = [c for c in texts if frame[c].str.contains(RESIDENT_ID).any()]
    if named or shaped:
        raise IdentifierLeak(f"published.{table}: direct identifiers in {sorted({*named, *shaped})}; nothing published")


def descriptions_of(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Table and column descriptions of the published models, out of dbt's manifest."""
    nodes = manifest["nodes"].values()
    models = [n for n in nodes if n["resource_type"] == "model" and n["schema"] == "published"]
    return {
        m["alias"]: {"": m["description"], **{c: v["description"] for c, v in m["columns"].items()}} for m in models
    }


def _gather(con: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
    """One table, batch by batch, under pseudonyms, as the temporary table of its name.

    A frame never holds more than a batch; what DuckDB cannot hold, it spills.
    """
    # A cursor that a failure left open would hold the lake, and nothing after it in this run could open it.
    with con.cursor() as beside:
        reader = beside.execute(f'SELECT * FROM lake.published."{table}"').to_arrow_reader(_BATCH_ROWS)
        frame = pl.from_arrow(reader.schema.empty_table())
        check_no_identifier(table, frame)
        con.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS SELECT * FROM frame')
        for batch in reader:
            frame = pl.from_arrow(batch)
            check_no_identifier(table, frame)
            frame = _pseudonymised(frame, key)
            con.execute(f'INSERT INTO temp."{table}" SELECT * FROM frame')


def _generalise(con: duckdb.DuckDBPyConnection, table: str, plan: Plan, k: int) -> Withheld:
    """Raises IdentifierLeak when a group that is too small is left."""
    lost = generalise(con, table, plan, k, _OUT)
    smallest = smallest_group(con, table, plan)
    if smallest is not None and smallest < k:
        raise IdentifierLeak(f"published.{table}: a group of fewer than {k} people is left; nothing published")
    return lost


def _write(
    con: duckdb.DuckDBPyConnection, table: str, texts: Mapping[str, str], done: Mapping[str, str]
) -> int:
    """The temporary table, in order, into the file; returns its rows. Comments say what was done to a column, too."""
    columns = [name for name, *_ in con.execute(f'DESCRIBE temp."{table}"').fetchall()]
    order = ", ".join(f'"{column}" NULLS FIRST' for column in columns)
    con.execute(f'CREATE TABLE {_OUT}."{table}" AS SELECT * FROM temp."{table}" ORDER BY {order}')
    con.execute(f'DROP TABLE temp."{table}"')
    said = {c: " ".join(filter(None, (texts.get(c, ""), done.get(c)))) for c in columns}
    _comment(con, table, ({"": texts[""]} if "" in texts else {}) | said)
    return con.execute(f'SELECT count(*) FROM {_OUT}."{table}"').fetchone()[0]


def _tell_withheld(con: duckdb.DuckDBPyConnection, withheld: Mapping[str, Withheld]) -> None:
    con.execute(f"CREATE TABLE {_OUT}.withheld (table_name VARCHAR, rows_blanked BIGINT, rows_withheld BIGINT)")
    for table, lost in sorted(withheld.items()):
        con.execute(f"INSERT INTO {_OUT}.withheld VALUES (?, ?, ?)", [table, lost.blanked, lost.withheld])
    _comment(con, "withheld", WITHHELD)


def _pseudonymised(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    ids = [c for c in frame.columns if c.endswith("_id") and c not in READABLE_IDS]
    return frame.with_columns(
        pl.col(c).chash.hmac_sha256(key=key).str.head(PSEUDONYM_LENGTH) for c in ids  # ty: ignore[missing-attribute]
    )


def _comment(con: duckdb.DuckDBPyConnection, table: str, texts: Mapping[str, str], kind: str = "TABLE") -> None:
    """Comments by column; '' is the table itself."""
    for column, text in texts.items():
        what = f'COLUMN {_OUT}."{table}"."{column}"' if column else f'{kind} {_OUT}."{table}"'
        con.execute(f"COMMENT ON {what} IS {literal(text)}")
