"""The register of what was planted, with which findings are scored.

Belongs here: collecting cases and answers. Does not belong here: planting, or where cases ended up in files
(output/whereabouts.py). The pipeline never reads the register.
"""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.kit.keys import key_expr
from pipelines.kit.paths import Paths
from prefecture.months import MONTHS

DEFECT, HARD_NEGATIVE = "defect", "hard_negative"
TOWNSHIP, DEPARTMENT, BOTH = "township", "department", "both"
_DEPARTMENTS = (
    "R01 R02 R03 R04 R05 R06 R07 R08 R15 R18 R21 R23 R24 R25 R26 R28 R29 R30 R32 R33 R35 R37 R38 R39 R42 R45 R46 R47"
)
_TOWNSHIPS = "R09 R10 R11 R12 R13 R14 R22 R34 R36"
_BOTH = "R16 R17 R19 R20 R27 R31 R40 R41 R43 R44 R48"
FIXERS = {
    **dict.fromkeys(_DEPARTMENTS.split(), DEPARTMENT),
    **dict.fromkeys(_TOWNSHIPS.split(), TOWNSHIP),
    **dict.fromkeys(_BOTH.split(), BOTH),
}
_DATES = pl.Series([month.as_of for month in MONTHS])


def register_of(paths: Paths) -> Path:
    """The folder of the register, beside what an installation makes of the files."""
    return paths.root / "register"


@dataclass
class Register:
    """Lists of frames, joined when written; `given`: rows of F23 of parcels that others have been given, rightly;
    `stopped`: whose insurance (`_pid`) ends within the months."""

    cases: list[pl.DataFrame] = field(default_factory=list)
    answers: list[pl.DataFrame] = field(default_factory=list)
    places: list[pl.DataFrame] = field(default_factory=list)
    numbers: list[pl.DataFrame] = field(default_factory=list)
    given: list[pl.DataFrame] = field(default_factory=list)
    stopped: list[pl.Series] = field(default_factory=list)

    def defect(
        self,
        rule: str,
        feed: str,
        keys: pl.Series,
        what: str | pl.Series,
        who: pl.DataFrame | None,
        since: int | pl.Series = 0,
        until: int | pl.Series | None = None,
    ) -> None:
        """Entities (`keys`) that a rule must find from the month `since` on, and before `until` (indices).

        `who`: the people (pid, township) or enterprises (_eid, township) they are about, row by row; None
        for what is neither.
        """
        self._note(rule, feed, keys, what, who, since, until, DEFECT)

    def hard_negative(
        self, rule: str, feed: str, keys: pl.Series, what: str | pl.Series, who: pl.DataFrame | None
    ) -> None:
        """Entities that look wrong and are right: no run may name them."""
        self._note(rule, feed, keys, what, who, 0, None, HARD_NEGATIVE)

    def _note(
        self,
        rule: str,
        feed: str,
        keys: pl.Series,
        what: str | pl.Series,
        who: pl.DataFrame | None,
        since: int | pl.Series,
        until: int | pl.Series | None,
        kind: str,
    ) -> None:
        if keys.is_empty():
            return

        def about(column: str) -> pl.Series | None:
            return who[column] if who is not None and column in who.columns else None

        columns = {
            "entity_key": (keys, pl.String),
            "description": (what, pl.String),
            "since": (since, pl.Int64),
            "until": (until, pl.Int64),
            "township_code": (about("township"), pl.String),
            "_pid": (about("pid"), pl.Int64),
            "_eid": (about("_eid"), pl.Int64),
        }
        frame = pl.DataFrame({"entity_key": keys}).with_columns(
            (value if isinstance(value, pl.Series) else pl.lit(value)).cast(dtype).alias(name)
            for name, (value, dtype) in columns.items()
        )
        self.cases.append(
            frame.with_columns(
                pl.lit(rule).alias("rule_id"),
                pl.lit(feed).alias("feed"),
                pl.lit(kind).alias("kind"),
                pl.lit(FIXERS[rule]).alias("fixer"),
            )
        )

    def place(self, feed: str, keys: pl.Series, meant: pl.DataFrame) -> None:
        """What the dated codes of rows (`keys`) mean, row by row of `meant`: kind, meant_code, on, valid_from,
        current."""
        rows = meant.select(
            pl.lit(feed).alias("feed"),
            keys.alias("record_key"),
            "kind",
            pl.col("meant_code").alias("division_code"),
            pl.col("on").alias("on_day"),
            "valid_from",
            pl.col("current").alias("current_code"),
        )
        self.places.append(rows)

    def number(self, feed: str, numbers: pl.Series, meant: pl.Series, kind: pl.Series) -> None:
        """The enterprise (its credit code; null: it cannot be told) that old numbers mean in a feed, and their kind."""
        told = pl.DataFrame({"number": numbers, "uscc": meant, "kind": kind})
        self.numbers.append(told.select(pl.lit(feed).alias("feed"), pl.all()))

    def number_table(self) -> pl.DataFrame:
        """feed, number as the feed writes it; uscc of the enterprise it means (null: none); kind."""
        schema = {"feed": pl.String, "number": pl.String, "uscc": pl.String, "kind": pl.String}
        return pl.concat([pl.DataFrame(schema=schema), *self.numbers]).sort("feed", "number")

    def place_table(self) -> pl.DataFrame:
        """feed, record_key; kind of reorganisation; division_code as the row bears it on_day; valid_from: the unit it
        means is that of the code which was so named from this day; current_code: the unit today (null: the code alone
        cannot tell)."""
        return pl.concat(self.places).sort("feed", "kind", "division_code", "record_key")

    def case_table(self) -> pl.DataFrame:
        """case_id, rule_id, entity_key, kind, feed, fixer, description, township_code; as_of and last_as_of
        (business dates on which it must be found, from and to; last_as_of null: for good; for hard negatives
        all); _pid or _eid of whom it is about. In order of rule, kind, feed and key."""
        rows = pl.concat(self.cases)
        return rows.select(
            key_expr("case", ["rule_id", "kind", "entity_key"]).alias("case_id"),
            "rule_id",
            "entity_key",
            "kind",
            "feed",
            "fixer",
            "description",
            "township_code",
            pl.lit(_DATES).gather("since").alias("as_of"),
            pl.lit(_DATES).gather(pl.col("until") - 1).alias("last_as_of"),
            "_pid",
            "_eid",
        ).sort("rule_id", "kind", "feed", "entity_key")
