"""Precision and recall per rule, by joining anomalies with the planted defects on (rule_id, entity_key).

Belongs here: the join, the figures and their text table. Does not belong here: planting
(prefecture).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.judge.ledger.findings import standing
from pipelines.judge.rules import load_rules
from pipelines.kit.keys import key_sql
from pipelines.kit.widths import display_width

# What a rule leaves undetermined, because a feed it needs is stale there, is neither found nor missed.
_SCORE = f"""
WITH anomaly AS (
    SELECT DISTINCT rule_id, entity_key FROM {standing()}
),
planted AS (
    SELECT DISTINCT rule_id, entity_key FROM read_parquet($register) WHERE kind = 'defect'
        AND as_of <= $as_of AND (last_as_of IS NULL OR last_as_of >= $as_of)
        AND {key_sql("ticket", ["rule_id", "entity_key"])} NOT IN (
            SELECT ticket_id FROM lake.ledger.withheld WHERE as_of = $as_of)
),
trap AS (
    SELECT DISTINCT rule_id, entity_key FROM read_parquet($register) WHERE kind = 'hard_negative'
)
SELECT coalesce(a.rule_id, p.rule_id) AS rule_id,
    count(p.entity_key) AS planted,
    count(*) FILTER (p.entity_key IS NOT NULL AND a.entity_key IS NOT NULL) AS found,
    count(*) FILTER (p.entity_key IS NULL) AS false_alarms,
    count(*) FILTER (a.entity_key IS NULL) AS missed,
    count(*) FILTER (p.entity_key IS NULL AND t.entity_key IS NOT NULL) AS hard_negatives_fired
FROM anomaly AS a
FULL JOIN planted AS p ON p.rule_id = a.rule_id AND p.entity_key = a.entity_key
LEFT JOIN trap AS t ON t.rule_id = a.rule_id AND t.entity_key = a.entity_key
GROUP BY 1
"""


@dataclass(frozen=True)
class RuleScore:
    """Counts of entities for one rule and turn. `false_alarms` include the hard negatives that fired."""

    rule_id: str
    planted: int
    found: int
    false_alarms: int
    missed: int
    hard_negatives: int
    hard_negatives_fired: int

    @property
    def precision(self) -> float:
        """Share of anomalies that were planted; 1.0 when there are none."""
        return _share(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float:
        """Share of planted defects that were found; 1.0 when none was planted."""
        return _share(self.found, self.planted)


def score(con: duckdb.DuckDBPyConnection, register: Path, as_of: date) -> list[RuleScore]:
    """One score per rule of the catalogue, and per any other rule found; what is planted for rules not yet in
    the catalogue is left out."""
    file = str(register / "defects.parquet")
    counts = {r: n for r, *n in con.execute(_SCORE, {"as_of": as_of, "register": file}).fetchall()}
    traps = dict(
        con.execute(
            "SELECT rule_id, count(DISTINCT entity_key) FROM read_parquet(?) WHERE kind = 'hard_negative' "
            "GROUP BY 1",
            [file],
        ).fetchall()
    )
    scores, rules = [], load_rules()
    for rule_id in sorted({*rules, *(r for r, n in counts.items() if n[1] or n[2])}):
        planted, found, false_alarms, missed, fired = counts.get(rule_id, (0, 0, 0, 0, 0))
        scores.append(RuleScore(rule_id, planted, found, false_alarms, missed, traps.get(rule_id, 0), fired))
    return scores


def format_scores(scores: Sequence[RuleScore]) -> str:
    """A text table for a terminal, one line per rule."""
    rules = load_rules()
    rows = [
        (
            "规则 rule",
            "埋设 planted",
            "查出 found",
            "误报 false",
            "漏报 missed",
            "难例误触 traps",
            "准确率 prec.",
            "召回率 recall",
            "",
        )
    ]
    rows += [
        (
            s.rule_id, str(s.planted), str(s.found), str(s.false_alarms), str(s.missed),
            f"{s.hard_negatives_fired}/{s.hard_negatives}", f"{s.precision:.3f}", f"{s.recall:.3f}",
            rules[s.rule_id].title_zh if s.rule_id in rules else "",
        )
        for s in scores
    ]  # fmt: skip
    widths = [max(display_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    gaps = [" " * (width - display_width(text)) for text, width in zip(row, widths, strict=True)]
    is_text = [i in (0, len(row) - 1) for i in range(len(row))]
    cells = [text + gap if left else gap + text for text, gap, left in zip(row, gaps, is_text, strict=True)]
    return "  ".join(cells).rstrip()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
