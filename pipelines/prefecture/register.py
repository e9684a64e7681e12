"""The register of what was planted, with which the sample's findings are scored.

Belongs here: collecting and writing `register/*.parquet`. Does not belong here: planting. The pipeline never
reads these files.
"""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.prefecture.months import FIRST, SECOND

DEFECT, HARD_NEGATIVE = "defect", "hard_negative"


@dataclass
class Register:
    """Lists of frames, joined when written."""

    defects: list[pl.DataFrame] = field(default_factory=list)
    answers: list[pl.DataFrame] = field(default_factory=list)
    quarantine: list[pl.DataFrame] = field(default_factory=list)

    def defect(
        self,
        rule: str,
        feed: str,
        keys: pl.Series,
        description: str | pl.Series,
        first: bool | pl.Series,
        second: bool | pl.Series,
        township: pl.Series | None = None,
    ) -> None:
        """Entities a rule must find after the first and/or the second turn."""
        self._note(rule, feed, keys, description, first, second, township, DEFECT)

    def hard_negative(
        self, rule: str, feed: str, keys: pl.Series, description: str, township: pl.Series | None = None
    ) -> None:
        """Entities that look wrong and are right: no rule run may name them."""
        self._note(rule, feed, keys, description, False, False, township, HARD_NEGATIVE)

    def _note(
        self,
        rule: str,
        feed: str,
        keys: pl.Series,
        description: str | pl.Series,
        first: bool | pl.Series,
        second: bool | pl.Series,
        township: pl.Series | None,
        kind: str,
    ) -> None:
        columns = {
            "entity_key": keys,
            "description": description,
            "found_turn1": first,
            "found_turn2": second,
            "township_code": township,
        }
        types = {"found_turn1": pl.Boolean, "found_turn2": pl.Boolean}
        frame = pl.DataFrame({"entity_key": keys}).with_columns(
            (value if isinstance(value, pl.Series) else pl.lit(value))
            .cast(types.get(name, pl.String))
            .alias(name)
            for name, value in columns.items()
        )
        self.defects.append(
            frame.with_columns(
                pl.lit(rule).alias("rule_id"), pl.lit(feed).alias("feed"), pl.lit(kind).alias("kind")
            )
        )

    def defect_table(self) -> pl.DataFrame:
        """rule_id, entity_key, as_of (first turn that must find it; for hard negatives the first turn),
        last_as_of (null: still there at the second), feed, kind, description, township_code, found_turn1,
        found_turn2."""
        rows = pl.concat(self.defects)
        only_second = ~pl.col("found_turn1") & pl.col("found_turn2")
        return rows.select(
            "rule_id",
            "entity_key",
            pl.when(only_second).then(pl.lit(SECOND.as_of)).otherwise(pl.lit(FIRST.as_of)).alias("as_of"),
            pl.when(pl.col("found_turn1") & ~pl.col("found_turn2"))
            .then(pl.lit(FIRST.as_of))
            .alias("last_as_of"),
            "feed",
            "kind",
            "description",
            "township_code",
            "found_turn1",
            "found_turn2",
        ).sort("rule_id", "kind", "feed", "entity_key")

    def write(self, folder: Path, players: pl.DataFrame) -> None:
        """Write defects, quarantine, answers and players."""
        folder.mkdir(parents=True, exist_ok=True)
        self.defect_table().write_parquet(folder / "defects.parquet")
        pl.concat(self.quarantine).sort("as_of", "feed", "file", "row").write_parquet(
            folder / "quarantine.parquet"
        )
        answers = pl.concat(self.answers).sort("township_code", "rule_id", "entity_key")
        answers.write_parquet(folder / "answers.parquet")
        players.write_parquet(folder / "players.parquet")
