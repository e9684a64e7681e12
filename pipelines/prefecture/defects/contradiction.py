"""R02: numbers that contradict the birth date or the sex beside them.

Belongs here: wrong birth dates and sexes next to valid numbers. Does not belong here: wrong numbers
(identity.py).
"""

from datetime import timedelta

import polars as pl

from pipelines.prefecture.defects.common import is_allowance_delivered, plain, settled
from pipelines.prefecture.defects.identity import overwrite
from pipelines.prefecture.months import FIRST, SECOND
from pipelines.prefecture.stage import Stage


def plant_contradictions(stage: Stage) -> None:
    """Plant R02. Birth dates are wrong by ten days inside one month, so that no age moves."""
    early = pl.col("birth").dt.day() <= 15
    other_sex = (3 - pl.col("sex")).cast(pl.String)
    other_day = pl.col("birth") + timedelta(days=10)

    def plant(feed: str, where: pl.Expr, count: int, column: str, value: pl.Expr, **how) -> None:
        people = stage.take(where & early, stage.count(count))
        overwrite(
            stage,
            feed,
            people,
            column,
            people.select(value).to_series(),
            rule="R02",
            what="与号码中的生日或性别不符",
            **how,
        )

    registered = plain() & (pl.col("age") < 70)
    plant("F01", registered, 6, "sex_code", other_sex, fixed=stage.count(2, 0))
    plant("F01", registered, 3, "birth_date", other_day)
    plant("F01", registered, 2, "sex_code", other_sex, only_second=True)
    plant("F20", plain() & stage.listed("F20"), 4, "sex_code", other_sex)
    plant("F20", plain() & stage.listed("F20"), 4, "birth_date", other_day)
    payee = settled() & pl.col("age").is_between(82, 87) & pl.col("assist").is_null()
    plant("F10", payee, 2, "birth_date", other_day, month=FIRST.month)
    plant(
        "F10",
        payee & is_allowance_delivered(),
        1,
        "birth_date",
        other_day,
        month=SECOND.month,
        only_second=True,
    )
