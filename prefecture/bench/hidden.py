"""Records whose valid number is hidden: who finds their person, our ways (linkage.person_claim_match) or Splink.

Belongs here: hiding, asking both ways about the same rows, and the figures by feed. Does not belong here: Splink's
settings (stock_linkage.py), records that have no number anyway (linkage.py). Nothing in the lake changes: the models'
compiled SQL reads views in memory in which some rows have lost their numbers. A record whose person no other row
vouches for can be found by nobody and is not asked about.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

import duckdb

from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.models import AS_OF, DATA, manifest
from pipelines.kit.paths import Paths
from prefecture.bench.linkage import scores

# Rows of a feed: at most so many, and at most one in so many, as households are seldom without all numbers at once.
ROWS, ONE_IN = 300, 10
_CHOSEN = """
CREATE OR REPLACE TEMP TABLE hidden AS
SELECT source_ref FROM (
    SELECT source_ref, row_number() OVER (PARTITION BY feed ORDER BY md5(source_ref)) AS place,
        count(*) OVER (PARTITION BY feed) AS rows
    FROM (SELECT DISTINCT feed, source_ref FROM lake.unified.person_claim WHERE basis IN ('own_id', 'id_change'))
)
WHERE place <= least($most, rows // $one_in)
"""
# Whom a record means: the person most numbered records of its true person are counted under.
_ASKED = """
CREATE OR REPLACE TEMP TABLE asked AS
WITH meant AS (
    SELECT person, arg_max(person_id, n) AS person_id
    FROM (SELECT person, person_id, count(*) AS n FROM linked WHERE basis IN ('own_id', 'id_change') GROUP BY ALL)
    GROUP BY person
)
SELECT claim.claim_id, claim.feed, claim.role, meant.person_id
FROM unnumbered AS claim
JOIN lake.unified.person_claim AS numbered USING (claim_id)
JOIN truth ON truth.feed = claim.feed AND truth.role = claim.role AND truth.source_ref = claim.source_ref
JOIN meant USING (person)
WHERE claim.source_ref IN (FROM hidden) AND numbered.basis IN ('own_id', 'id_change')
    AND meant.person_id IN (SELECT person_id FROM known)
"""
_FIGURES = """
SELECT asked.feed, asked.role, count(*), count(ours.person_id), count(*) FILTER (ours.person_id = asked.person_id),
    count(stock.person_id), count(*) FILTER (stock.person_id = asked.person_id)
FROM asked
LEFT JOIN ours USING (claim_id)
LEFT JOIN stock USING (claim_id)
GROUP BY ALL ORDER BY ALL
"""


def compare(
    con: duckdb.DuckDBPyConnection,
    paths: Paths,
    stock: Callable[[duckdb.DuckDBPyConnection], None] | None,
    one_in: int = ONE_IN,
) -> list[dict[str, Any]]:
    """By feed and role: `records` asked about, and of `ours` and `stock` how many are linked, rightly, with precision,
    recall and F1. `con`, on the lake of `paths`, has the tables of linkage.load; `stock` makes the table
    stock(claim_id, person_id) of
    `unnumbered` and `known`; None: there is nobody beside us."""
    con.execute(_CHOSEN, {"most": ROWS, "one_in": one_in})
    hidden = dict(_hide())
    for name, select in hidden.items():
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")
    (as_of,) = con.execute("SELECT max(as_of) FROM lake.ledger.delivery_standing").fetchone()
    said = partial(_sql, hidden=hidden, paths=paths, as_of=as_of)
    con.execute(f"CREATE OR REPLACE TEMP TABLE unnumbered AS {said('said_unnumbered')}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT person_id, max(said.name) AS name, max(coalesce(said.sex_code, "
        f"identifier.sex_code)) AS sex_code, max(coalesce(said.birth_date, identifier.birth_date)) AS birth_date, "
        f"max(current_division_code) AS village_code, max(substr(township_code, 1, 6)) AS county_code, max(phone) AS "
        f"phone FROM ({said('said_vouched')}) AS said JOIN lake.linkage.person_identifier AS identifier USING (id_no) "
        f"GROUP BY person_id"
    )
    con.execute(_ASKED)
    con.execute(f"CREATE OR REPLACE TEMP TABLE ours AS {said('person_claim_match')}")
    con.execute("CREATE OR REPLACE TEMP TABLE stock (claim_id VARCHAR, person_id VARCHAR)")
    if stock:
        stock(con)
    return [
        {"feed": feed, "role": role, "records": records,
         "ours": {"linked": linked, "right": right, **scores(right, linked, records)},
         "stock": {"linked": stock_linked, "right": stock_right, **scores(stock_right, stock_linked, records)}
         if stock else None}
        for feed, role, records, linked, right, stock_linked, stock_right in con.execute(_FIGURES).fetchall()
    ]  # fmt: skip


def markdown(found: Iterable[Mapping[str, Any]]) -> str:
    """What `compare` gives, as a table, with a last line for all."""
    found = list(found)
    lines = [
        "| feed | role | records | ours: linked, rightly | F1 | Splink: linked, rightly | F1 |",
        "|---|---|---|---|---|---|---|",
        *(f"| {f['feed']} | {f['role']} | {f['records']} | {_told(f['ours'])} | {_told(f['stock'])} |" for f in found),
    ]  # fmt: skip
    records = sum(f["records"] for f in found)
    both = []
    for way in ("ours", "stock"):
        if any(f[way] is None for f in found):
            both.append(_told(None))
            continue
        linked, right = (sum(f[way][name] for f in found) for name in ("linked", "right"))
        both.append(_told({"linked": linked, "right": right, **scores(right, linked, records)}))
    return "\n".join([*lines, f"| all | | {records} | {both[0]} | {both[1]} |"])


def _told(figures: Mapping[str, Any] | None) -> str:
    return "not installed | –" if figures is None else f"{figures['linked']}, {figures['right']} | {figures['f1']:.4f}"


def _hide() -> Iterator[tuple[str, str]]:
    """Name -> SELECT of the views that are read in place of tables of the lake."""
    for feed in (feed for feed in load_feed_files() if feed.says):
        numbers = sorted({n for p in feed.says.named for n in (p.number, f"{p.number}_norm")})
        lost = ", ".join(f"CASE WHEN source_ref NOT IN (FROM hidden) THEN {n} END AS {n}" for n in numbers)
        model = f"stg_{feed.slug}__{feed.entity}"
        yield model, f"SELECT * {f'REPLACE ({lost})' if lost else ''} FROM lake.staging.{model}"


def _sql(model: str, hidden: Collection[str], paths: Paths, as_of: date) -> str:
    """A model's compiled SQL, which reads the views instead of their tables."""
    sql = manifest()["nodes"][f"model.zhenjie.{model}"]["compiled_code"]
    sql = sql.replace(DATA, str(paths.root)).replace(AS_OF, as_of.isoformat())
    return re.sub(rf'"lake"\."\w+"\."({"|".join(hidden)})"', r"\1", sql)
