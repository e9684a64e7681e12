"""An old number counts where its row leads to the enterprise it means, and as wrong where it leads to another."""

import polars as pl

from pipelines.kit.keys import derived_key
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import NumberScore, score_numbers


def test_rows_are_counted_by_where_they_lead(tmp_path) -> None:
    paths = Paths(tmp_path)
    register_of(paths).mkdir()
    told = [("F16", "right", "U1"), ("F16", "lost", "U2"), ("F16", "other", "U3"), ("F16", "none", None),
            ("F16", "guessed", None), ("F17", "right", "U4")]  # fmt: skip
    pl.DataFrame(told, schema=["feed", "number", "uscc"], orient="row").write_parquet(
        register_of(paths) / "numbers.parquet"
    )
    firm = derived_key("enterprise", "U1")
    with connect(paths) as con:
        con.execute("CREATE SCHEMA IF NOT EXISTS lake.unified")
        for table, columns in (
            ("licence", "uscc, holder_enterprise_id"),
            ("employment_insurance", "employer_code, employer_enterprise_id"),
            ("fund_account", "employer_code, employer_enterprise_id"), ("inspection", "uscc, enterprise_id"),
            ("tax_status", "uscc, enterprise_id"),
        ):  # fmt: skip
            con.execute(f"CREATE TABLE lake.unified.{table} ({columns.replace(',', ' VARCHAR,')} VARCHAR)")
        con.executemany(
            "INSERT INTO lake.unified.tax_status VALUES (?, ?)",
            [("right", firm), ("right", firm), ("lost", None), ("other", firm), ("none", None), ("guessed", firm)],
        )
        assert score_numbers(con, register_of(paths)) == NumberScore(rows=6, findable=4, found=2, wrong=2)
