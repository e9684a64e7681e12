"""One Great Expectations session on the lake: a quiet ephemeral context and batches of whole tables.

Belongs here: setting GX up. Importing this module imports GX: do it inside functions. Does not belong here:
rules and what is done with their results.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import duckdb  # noqa: E402
import great_expectations as gx  # noqa: E402
from great_expectations.datasource.fluent.interfaces import Batch  # noqa: E402

from pipelines.judge.verify import datasource, sql_expectation  # noqa: E402, F401  defining them registers them


class Session:
    """Batches and suites over one DuckDB connection; `schema` is where the tables are, e.g. lake.verify.

    Use it as a context manager: an open cursor would keep the lake's files locked after `con` is closed.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, schema: str):
        logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._source = self._context.data_sources.add_duckdb(name="lake").bind(con, f"USE {schema}")

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    def batch(self, table: str) -> Batch:
        """The whole table. Raises when it does not exist."""
        self._source.get_execution_engine().settle()
        name = f"{table} {len(self._source.assets)}"  # the same table may be asked for again
        asset = self._source.add_table_asset(name, table_name=table)
        return asset.add_batch_definition_whole_table("all").get_batch()

    @staticmethod
    def suite(document: Mapping[str, Any]) -> gx.ExpectationSuite:
        """The suite as GX objects. Raises ValueError when GX dropped an expectation type it does not know."""
        wanted = list(document["expectations"])
        suite = gx.ExpectationSuite(name=document["name"], expectations=wanted)
        known = {e.expectation_type for e in suite.expectations}
        if len(suite.expectations) != len(wanted):
            unknown = sorted({w["type"] for w in wanted} - known)
            raise ValueError(f"{document['name']}: expectation types unknown to GX: {unknown}")
        return suite
