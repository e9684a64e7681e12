"""How well records were linked to persons, against the identities the prefecture knows.

Belongs here: pairwise precision and recall, the same feed by feed for rows without a number, and whether keys stay when
data is added. Does not belong here:
linking. A record is one person named by one row of a delivered file; two records are a pair when they speak
of one person. Pairs are counted from the sizes of (true person x linked person) cells, never listed. A record
without a linked person is in no linked pair.
"""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.kit.paths import Paths
from prefecture.register import register_of

# Which part of a row speaks of a person; everything else is the person of the row itself.
_ROLE = """CASE WHEN ends_with("column", '_id_no') THEN left("column", -6) ELSE 'self' END"""
_TRUTH = f"""
CREATE OR REPLACE TEMP TABLE truth AS
SELECT t.feed, {_ROLE} AS role, t.feed || '/' || d.delivery_id || '/' || t.row AS source_ref, t.person
FROM read_parquet($files) AS t
JOIN (SELECT DISTINCT feed, file_name, delivery_id FROM lake.ledger.delivery WHERE status = 'accepted') AS d
    ON d.feed = t.feed AND d.file_name = t.file
WHERE t.person IS NOT NULL
"""
_LINKED = """
CREATE OR REPLACE TEMP TABLE linked AS
SELECT t.person, c.person_id, c.feed, c.role, c.basis
FROM truth AS t
JOIN lake.unified.person_claim AS c ON c.feed = t.feed AND c.role = t.role AND c.source_ref = t.source_ref
"""
_CELLS = """
WITH cell AS (SELECT person, person_id, count(*)::HUGEINT AS n FROM linked GROUP BY ALL),
true_size AS (SELECT sum(n) AS n FROM cell GROUP BY person),
linked_size AS (SELECT sum(n) AS n FROM cell WHERE person_id IS NOT NULL GROUP BY person_id)
SELECT
    (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM cell WHERE person_id IS NOT NULL),
    (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM linked_size),
    (SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM true_size)
"""


def identity_files(register: Path) -> list[str]:
    """`identity.parquet`, or every file of the folder `identity/`."""
    one, many = register / "identity.parquet", sorted((register / "identity").glob("*.parquet"))
    return [str(one)] if one.is_file() else [str(p) for p in many]


def load(con: duckdb.DuckDBPyConnection, paths: Paths) -> bool:
    """Make the temporary table `linked(person, person_id)` of the records standing; False without truth."""
    files = identity_files(register_of(paths))
    if files:
        con.execute(_TRUTH, {"files": files})
        con.execute(_LINKED)
    return bool(files)


def pairwise(con: duckdb.DuckDBPyConnection) -> dict[str, float | int]:
    """Precision, recall and F1 over pairs of records of `linked`; 1.0 where there is nothing to judge."""
    both, linked, true = (int(n) for n in con.execute(_CELLS).fetchone())
    records, persons, keys, unlinked = con.execute(
        "SELECT count(*), count(DISTINCT person), count(DISTINCT person_id), "
        "count(*) FILTER (person_id IS NULL) FROM linked"
    ).fetchone()
    return {
        "records": records, "persons": persons, "person_keys": keys, "unlinked": unlinked,
        "pairs_both": both, "pairs_linked": linked, "pairs_true": true,
        **scores(both, linked, true),
    }  # fmt: skip


# Whom a key means: the person most of its numbered records are of.
_BY_FEED = """
WITH meant AS (
    SELECT person_id, arg_max(person, n) AS person
    FROM (SELECT person_id, person, count(*) AS n FROM linked WHERE basis IN ('own_id', 'id_change') GROUP BY ALL)
    GROUP BY person_id
)
SELECT linked.feed, linked.role, count(*) AS records,
    count(*) FILTER (linked.person IN (SELECT person FROM meant)) AS findable,
    count(linked.person_id) AS linked,
    count(*) FILTER (linked.person = meant.person) AS right
FROM linked LEFT JOIN meant USING (person_id)
WHERE linked.basis NOT IN ('own_id', 'id_change')
GROUP BY ALL ORDER BY ALL
"""


def by_feed(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Of the records of `linked` without a valid number, by feed and role: how many there are, how many are of a person
    whom a number makes known, are linked, and are linked to the right one; precision, recall and F1 of that."""
    found = con.execute(_BY_FEED).fetchall()
    names = [column[0] for column in con.description or ()]
    rows = (dict(zip(names, row, strict=True)) for row in found)
    return [row | scores(row["right"], row["linked"], row["findable"]) for row in rows]


def scores(both: int, linked: int, true: int) -> dict[str, float]:
    """Precision, recall and F1; 1.0 where there is nothing to judge."""
    precision, recall = both / linked if linked else 1.0, both / true if true else 1.0
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def keep_keys(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write the keys each person of `linked` has now, and by how many records, for `stability` later."""
    file.parent.mkdir(parents=True, exist_ok=True)
    con.execute(
        "COPY (SELECT person, person_id, count(*) AS records FROM linked WHERE person_id IS NOT NULL "
        f"GROUP BY ALL ORDER BY ALL) TO '{file}' (FORMAT parquet)"
    )


def stability(con: duckdb.DuckDBPyConnection, before: Path) -> dict[str, float | int]:
    """Of the persons known in `before` and in `linked`: `share` has the key most of her records had then, and
    `same_set` exactly the same keys: a record that bears somebody else's valid number comes or goes with that key."""
    persons, kept, same = con.execute(
        """
        WITH old AS (
            SELECT person, arg_max(person_id, (records, person_id)) AS meant, list(person_id ORDER BY person_id) AS keys
            FROM read_parquet($1) GROUP BY person
        ),
        counted AS (
            SELECT person, person_id, count(*) AS records FROM linked WHERE person_id IS NOT NULL GROUP BY ALL
        ),
        new AS (
            SELECT person, arg_max(person_id, (records, person_id)) AS meant, list(person_id ORDER BY person_id) AS keys
            FROM counted GROUP BY person
        )
        SELECT count(*), count(*) FILTER (old.meant = new.meant), count(*) FILTER (old.keys = new.keys)
        FROM old JOIN new USING (person)
        """,
        [str(before)],
    ).fetchone()
    shares = (n / persons if persons else 1.0 for n in (kept, same))
    return {"persons": persons, "unchanged": kept, **dict(zip(("share", "same_set"), shares, strict=True))}
