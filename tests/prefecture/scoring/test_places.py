"""A dated code counts where it leads to the unit of its day, and where to the unit of today."""

from datetime import date

import polars as pl

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import PlaceScore, score_places

OLD, NEW = date(2016, 1, 1), date(2021, 1, 1)


def test_units_of_the_day_and_of_today_are_counted(tmp_path) -> None:
    paths = Paths(tmp_path)
    register_of(paths).mkdir()
    told = [
        ("right", "c", date(2017, 1, 1), OLD, "heir"),
        ("right_and_split", "s", date(2017, 1, 1), OLD, None),
        ("wrong_today", "c", date(2022, 1, 1), NEW, "c"),
        ("wrong_day", "c", date(2022, 1, 1), OLD, "heir"),
        ("not_delivered", "c", date(2022, 1, 1), NEW, "c"),
    ]
    names = ["record_key", "division_code", "on_day", "valid_from", "current_code"]
    frame = pl.DataFrame(told, schema=names, orient="row").with_columns(pl.lit("F01").alias("feed"))
    frame.write_parquet(register_of(paths) / "places.parquet")
    with connect(paths) as con:
        con.execute("CREATE SCHEMA IF NOT EXISTS lake.staging")
        con.execute(
            "CREATE TABLE lake.staging.stg_public_security__residents AS "
            "SELECT 'F01' AS feed, * FROM (VALUES ('right', 'c', 'heir'), ('right_and_split', 's', NULL), "
            "('wrong_today', 'c', 'heir'), ('wrong_day', 'c', 'heir')) "
            "AS r(record_key, division_code, current_division_code)"
        )
        con.execute("CREATE SCHEMA IF NOT EXISTS lake.unified")
        con.execute(
            "CREATE TABLE lake.unified.division_version AS SELECT * FROM (VALUES ('s', DATE '2016-01-01', NULL, NULL), "
            "('c', DATE '2016-01-01', NULL, DATE '2021-01-01'), ('c', DATE '2021-01-01', DATE '2021-01-01', NULL)) "
            "AS v(division_code, valid_from, means_from, means_until)"
        )
        assert score_places(con, register_of(paths)) == PlaceScore(planted=4, of_day=3, of_today=3)
