"""What the playing townships know, and what each of them says.

Belongs here: the rows of register/answers.parquet. Does not belong here: writing workbooks (townships/).
"""

from dataclasses import dataclass, field

import polars as pl

from pipelines.kit.keys import key_expr
from prefecture.stage import Stage

RIGHT, WRONG, DISPUTE, LATE, NONE = "right", "wrong", "dispute", "late", "none"


@dataclass(frozen=True)
class Replies:
    """`truth` and `behaviour` are dealt out in turn. `feed`: whose record keys the entity keys are, if they
    are. `instead`: what is answered where a behaviour departs from the truth."""

    rule: str
    feed: str | None
    truth: tuple[str, ...]
    behaviour: tuple[str, ...]
    instead: dict[str, str] = field(default_factory=dict)


def record_answers(
    stage: Stage,
    people: pl.DataFrame,
    replies: Replies,
    keys: pl.Series,
    feed: str | None = None,
    true_value: pl.Series | None = None,
    wrong_value: pl.Series | None = None,
) -> pl.DataFrame:
    """Add these people's rows to the register of answers; returns pid, behaviour, answer_code.

    `answer_code` is what the township chooses (null for `none`; `late` chooses it after the second turn),
    `true_answer` what is the case; `true_value` the true value where the answer needs one, `given_value`
    what is typed (`wrong_value` by townships that err).
    """
    truth = _dealt(replies.truth, people.height)
    behaviour = _dealt(replies.behaviour, people.height)
    unknown = _dealt((None,), people.height)
    rows = people.select("pid", pl.col("township").alias("township_code")).with_columns(
        pl.lit(replies.rule).alias("rule_id"),
        keys.alias("entity_key"),
        pl.lit(replies.feed or feed).alias("feed"),
        (keys if replies.feed else unknown).alias("record_key"),
        behaviour.alias("behaviour"),
        truth.alias("true_answer"),
        (unknown if true_value is None else true_value).alias("true_value"),
        (unknown if wrong_value is None else wrong_value).alias("wrong_value"),
    )
    departs = pl.col("behaviour").is_in(list(replies.instead))
    rows = rows.with_columns(
        key_expr("ticket", ["rule_id", "entity_key"]).alias("ticket_id"),
        pl.when(pl.col("behaviour") == NONE)
        .then(None)
        .when(departs)
        .then(pl.col("behaviour").replace(replies.instead))
        .otherwise("true_answer")
        .alias("answer_code"),
        pl.when(pl.col("behaviour") == WRONG)
        .then("wrong_value")
        .when(pl.col("behaviour").is_in([RIGHT, LATE]))
        .then("true_value")
        .alias("given_value"),
    )
    stage.register.answers.append(rows.drop("pid", "wrong_value"))
    return rows.select("pid", "behaviour", "answer_code")


def _dealt(values: tuple[str | None, ...], count: int) -> pl.Series:
    return pl.Series([values[i % len(values)] for i in range(count)], dtype=pl.String)
