"""What became of units besides new codes: new names, mergers, splits, and codes that were taken up again.

Belongs here: which units these are, and what a code of theirs means on a day. Names are as the yearly snapshots tell
them; what villages really gone were merged or split into is published nowhere, so that is made up for a few, and so are
the communities that took up a code. Does not belong here: recoded units (divisions.py), or rows that bear their codes
(defects/reorganised.py).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

RENAMED, MERGED, SPLIT, REUSED = "renamed", "merged", "split", "reused"
_EACH = 5
_TAKEN_UP = date(2023, 3, 1)
_LONG_GONE = date(2021, 10, 31)
# Below so many villages a township is a zone where hardly anybody lives.
_INHABITED = 5


@dataclass(frozen=True)
class Reorganised:
    """`units` with the links of made-up mergers and splits; `added`: rows of F36 of communities that took up a code,
    with a grid each; `became`: `kind`, `unit_code` of every unit this is about, and the code it is `current` under
    (null: cannot be told by the old code alone)."""

    units: pl.DataFrame
    added: pl.DataFrame
    became: pl.DataFrame


def reorganise(units: pl.DataFrame, villages: pl.DataFrame) -> Reorganised:
    """Make up mergers, splits and codes taken up again among the villages that are gone without a successor, of each
    kind a few, one a township."""
    gone = _gone(units, villages)
    split = _one_a_township(gone.join(_founded(villages), on=["parent_code", "valid_to"]))
    heirs = _heirs(gone.join(split, on="parent_code", how="anti"), villages)
    reused = _one_a_township(heirs.filter(pl.col("valid_to") <= _LONG_GONE))
    merged = heirs.join(reused, on="parent_code", how="anti").sort("unit_code")
    merged = merged.filter(pl.len().over("parent_code", "valid_to") > 1)
    merged = merged.filter(pl.int_range(pl.len()).over("parent_code") < 2).head(2 * _EACH)
    parts = split.select("unit_code", "founded").explode("founded")
    ends = pl.concat([reused, merged])
    linked = units.with_columns(
        pl.coalesce(_mapped(ends, "unit_code", "heir"), "successor_code").alias("successor_code"),
        _mapped(parts, "founded", "unit_code").alias("predecessor_code"),
    )
    became = [
        _became(MERGED, merged, "unit_code", "heir"),
        _became(MERGED, merged.unique("heir", keep="first", maintain_order=True), "heir", "heir"),
        _became(SPLIT, split.with_columns(pl.lit(None, pl.String).alias("heir")), "unit_code", "heir"),
        _became(SPLIT, parts, "founded", "founded"),
        _became(REUSED, reused, "unit_code", "heir"),
    ]
    return Reorganised(linked, _communities(reused), pl.concat(became))


def _mapped(rows: pl.DataFrame, old: str, new: str) -> pl.Expr:
    pairs = dict(rows.select(old, new).iter_rows())
    return pl.col("unit_code").replace_strict(pairs, default=None, return_dtype=pl.String)


def _became(kind: str, rows: pl.DataFrame, code: str, current: str) -> pl.DataFrame:
    return rows.select(pl.lit(kind).alias("kind"), pl.col(code).alias("unit_code"), pl.col(current).alias("current"))


def _gone(units: pl.DataFrame, villages: pl.DataFrame) -> pl.DataFrame:
    """Villages gone without a successor where people live; the first of each township stays so."""
    inhabited = villages.group_by(parent_code="township_code").len().filter(pl.col("len") >= _INHABITED)
    is_gone = (pl.col("level_name") == "村") & pl.col("valid_to").is_not_null() & pl.col("successor_code").is_null()
    gone = units.filter(is_gone).join(inhabited, on="parent_code", how="semi", maintain_order="left")
    return gone.filter(pl.int_range(pl.len()).over("parent_code") > 0)


def _founded(villages: pl.DataFrame) -> pl.DataFrame:
    """`founded`: two villages of a township (`parent_code`) that began on one day (`valid_to` of what was before)."""
    new = villages.filter(pl.col("old_code").is_null()).group_by(parent_code="township_code", valid_to="since")
    return new.agg(pl.col("code").sort().head(2).alias("founded")).filter(pl.col("founded").list.len() == 2)


def _heirs(gone: pl.DataFrame, villages: pl.DataFrame) -> pl.DataFrame:
    """`heir`: the first village of today in the township that was there when the other ended."""
    there = villages.filter(~pl.col("is_virtual")).select(parent_code="township_code", heir="code", there="since")
    pairs = gone.join(there, on="parent_code").filter(pl.col("there") < pl.col("valid_to"))
    return pairs.sort("unit_code", "heir").unique("unit_code", keep="first", maintain_order=True)


def _one_a_township(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("unit_code").unique("parent_code", keep="first", maintain_order=True).head(_EACH)


def _communities(reused: pl.DataFrame) -> pl.DataFrame:
    """The communities and their first grids as rows of F36."""
    nobody = pl.lit(None, pl.String)
    name = pl.format("新区第{}社区", pl.int_range(1, pl.len() + 1))
    rows = reused.select(
        "unit_code", "parent_code", valid_from=pl.lit(_TAKEN_UP), valid_to=pl.lit(None, pl.Date),
        name=name + "居委会", level_name=pl.lit("村"),
        successor_code=nobody, predecessor_code=nobody, grid_officer=nobody,
    )  # fmt: skip
    grids = rows.with_columns(
        (pl.col("unit_code") + "001").alias("unit_code"),
        pl.col("unit_code").alias("parent_code"),
        (pl.col("name").str.strip_suffix("居委会") + "第1网格").alias("name"),
        pl.lit("网格").alias("level_name"),
    )
    return pl.concat([rows, grids])


def named(units: pl.DataFrame, snapshots: pl.DataFrame, starts: pl.Series) -> pl.DataFrame:
    """Units with a row for each name they bore, in order; a name ends where the next begins, under the same code.

    `snapshots`: `code`, `name`, `at` (an index of `starts`, the day from which a snapshot holds).
    """
    runs = (
        snapshots.sort("code", "at")
        .with_columns(pl.col("name").rle_id().over("code").alias("run"))
        .group_by(pl.col("code").alias("unit_code"), "run", maintain_order=True)
        .agg(pl.col("name").first().alias("called"), pl.col("at").min())
        .select("unit_code", "run", "called", pl.lit(starts).gather("at").alias("from"))
    )
    rows = units.join(runs, on="unit_code", how="left", maintain_order="left_right")
    following = pl.col("from").shift(-1).over("unit_code")
    is_first = pl.col("run").fill_null(0) == 0
    return rows.with_columns(
        pl.coalesce("called", "name").alias("name"),
        pl.when(is_first).then("valid_from").otherwise("from").alias("valid_from"),
        pl.coalesce(following, "valid_to").alias("valid_to"),
        pl.when(following.is_null()).then("successor_code").otherwise("unit_code").alias("successor_code"),
        pl.when(is_first).then("predecessor_code").alias("predecessor_code"),
    ).select(units.columns)


def meant(versions: pl.DataFrame, villages: pl.DataFrame, became: pl.DataFrame) -> pl.DataFrame:
    """What a dated code means: `kind`, `township`, `meant_code`, from `valid_from` (as in F36) until `valid_to`, and
    the `current` code; of the villages in `became`, and of today's that bore another name."""
    named_twice = versions.filter(pl.len().over("unit_code") > 1)
    named_twice = named_twice.join(villages, left_on="unit_code", right_on="code", how="semi")
    new_names = _became(RENAMED, named_twice.unique("unit_code"), "unit_code", "unit_code")
    rows = versions.join(pl.concat([new_names, became]), on="unit_code").filter(pl.col("level_name") == "村")
    return rows.select(
        "kind",
        pl.col("parent_code").alias("township"),
        pl.col("unit_code").alias("meant_code"),
        "valid_from",
        "valid_to",
        pl.when(pl.col("valid_to").is_null()).then("unit_code").otherwise("current").alias("current"),
    ).sort("kind", "meant_code", "valid_from")
