"""Addresses are held against the village they lie in: right, wrong or silent."""

import polars as pl

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import AddressScore, score_addresses


def test_addresses_are_held_against_the_truth(tmp_path) -> None:
    paths = Paths(tmp_path)
    (register_of(paths) / "addresses").mkdir(parents=True)
    told = [("F15", row, "370602001001") for row in range(2, 7)]
    frame = pl.DataFrame(told, schema=["feed", "row", "village"], orient="row").with_columns(file=pl.lit("f"))
    frame.write_parquet(register_of(paths) / "addresses" / "202401_F15.parquet")
    with connect(paths) as con:
        for schema in ("ledger", "staging", "reference"):
            con.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
        con.execute(
            "CREATE TABLE lake.ledger.delivery AS SELECT 'F15' AS feed, 'f' AS file_name, 'd' AS delivery_id, "
            "'accepted' AS status"
        )
        con.execute(
            "CREATE TABLE lake.staging.stg_market_regulation__licences AS SELECT * FROM (VALUES ('F15/d/2', 'right'), "
            "('F15/d/3', 'town'), ('F15/d/4', 'wrong'), ('F15/d/5', 'never read'), ('F15/d/6', NULL)) "
            "AS s(source_ref, address)"
        )
        con.execute(
            "CREATE TABLE lake.reference.address AS SELECT * FROM (VALUES ('right', '370602001', '370602001001'), "
            "('town', '370602001', NULL), ('wrong', '370602002', '370602002001')) "
            "AS a(address, township_code, village_code)"
        )
        township, village = score_addresses(con, register_of(paths))
    assert township == AddressScore("township", rows=4, right=2, wrong=1)
    assert village == AddressScore("village", rows=4, right=1, wrong=1)
    assert (township.silent, village.silent, village.share) == (1, 2, 1 / 4)


def test_without_a_register_nothing_is_said(tmp_path) -> None:
    with connect(Paths(tmp_path)) as con:
        assert score_addresses(con, register_of(Paths(tmp_path))) == []
