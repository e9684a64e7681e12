"""What the playing townships know, and what each of them says.

Belongs here: the rows of register/answers.parquet. Does not belong here: writing workbooks (townships.py).
"""

from dataclasses import dataclass, field

import polars as pl

from pipelines.keys import key_expr
from pipelines.prefecture.stage import Stage

RIGHT, WRONG, DISPUTE, LATE, NONE = "right", "wrong", "dispute", "late", "none"


@dataclass(frozen=True)
class Replies:
    """`truth` and `behaviour` are dealt out in turn. `feed`: the feed whose record key the entity key is, if it is
    one. `instead`: what is answered where a behaviour departs from the truth."""

    rule: str
    feed: str | None
    truth: tuple[str, ...]
    behaviour: tuple[str, ...]
    instead: dict[str, str] = field(default_factory=dict)


def record_answers(stage: Stage, people: pl.DataFrame, replies: Replies, keys: pl.Series, feed: str | None = None,
                   value: pl.Series | None = None, given_value: pl.Series | None = None) -> pl.DataFrame:
    """Add these people's rows to the register of answers; returns pid, behaviour and given_answer.

    `value` is the truth where the answer needs one, `given_value` what a `wrong` township writes in its place.
    `none` gives nothing; `late` gives the truth, but only after the second turn.
    """
    count = people.height
    truth = pl.Series([replies.truth[i % len(replies.truth)] for i in range(count)], dtype=pl.String)
    behaviour = pl.Series([replies.behaviour[i % len(replies.behaviour)] for i in range(count)], dtype=pl.String)
    empty = pl.Series([None] * count, dtype=pl.String)
    rows = people.select("pid", pl.col("township").alias("township_code")).with_columns(
        pl.lit(replies.rule).alias("rule_id"), keys.alias("entity_key"),
        pl.lit(replies.feed or feed).alias("feed"),
        (keys if replies.feed else empty).alias("record_key"), truth.alias("answer"),
        (empty if value is None else value).alias("value"), behaviour.alias("behaviour"),
    ).with_columns(
        key_expr("ticket", ["rule_id", "entity_key"]).alias("ticket_id"),
        pl.when(behaviour == NONE).then(None)
        .when(behaviour.is_in(list(replies.instead))).then(behaviour.replace(replies.instead))
        .otherwise("answer").alias("given_answer"),
        pl.when(behaviour == WRONG).then(empty if given_value is None else given_value)
        .when(behaviour.is_in([RIGHT, LATE])).then("value").alias("given_value"),
    )
    stage.register.answers.append(rows.drop("pid"))
    return rows.select("pid", "behaviour", "given_answer", "answer")
