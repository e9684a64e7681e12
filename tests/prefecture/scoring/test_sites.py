"""Pairs of rows of one place are counted, and rows without a number by what they were led to."""

import polars as pl

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import SiteScore, score_sites


def test_rows_of_places_are_held_against_the_truth(tmp_path) -> None:
    paths = Paths(tmp_path)
    (register_of(paths) / "sites").mkdir(parents=True)
    told = [("F26", 2, "a"), ("F26", 3, "b"), ("F15", 2, "a"), ("F15", 3, "a"), ("F15", 4, "a"), ("F15", 5, "E1")]
    frame = pl.DataFrame(told, schema=["feed", "row", "site"], orient="row")
    frame.with_columns(file=pl.lit("f")).write_parquet(register_of(paths) / "sites" / "202401_F15.parquet")
    with connect(paths) as con:
        con.execute("CREATE SCHEMA IF NOT EXISTS lake.ledger")
        con.execute(
            "CREATE OR REPLACE TABLE lake.ledger.delivery AS SELECT unnest(['F15', 'F26']) AS feed, 'f' AS file_name, "
            "'d' AS delivery_id, 'accepted' AS status"
        )
        con.execute("CREATE SCHEMA IF NOT EXISTS lake.unified")
        con.execute(
            "CREATE TABLE lake.unified.place_claim AS SELECT * FROM (VALUES "
            "('F26', 'F26/d/2', 'ka', 'number'), ('F26', 'F26/d/3', 'kb', 'number'), "
            "('F15', 'F15/d/2', 'ka', 'licence'), ('F15', 'F15/d/3', 'kb', 'holder'), "
            "('F15', 'F15/d/4', 'kc', 'address'), ('F15', 'F15/d/5', 'kd', 'record')) "
            "AS c(feed, source_ref, place_id, basis)"
        )
        score = score_sites(con, register_of(paths))
    assert score == SiteScore(
        rows=6, sites=3, keys=4, pairs_both=1, pairs_linked=2, pairs_true=6, findable=3, found=1, misled=1
    )
    assert (score.precision, score.recall) == (1 / 2, 1 / 6)


def test_without_a_register_nothing_is_said(tmp_path) -> None:
    with connect(Paths(tmp_path)) as con:
        assert score_sites(con, register_of(Paths(tmp_path))) is None
