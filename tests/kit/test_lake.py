"""One writer at a time: the next one waits, and a killed one leaves nothing behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import duckdb
import pytest

from pipelines.kit.lake import SCHEMAS, connect, default_limit, forget_old_snapshots, memory_limit, writing
from pipelines.kit.paths import PROJECT_ROOT, Paths


def test_a_fresh_lake_has_every_schema(tmp_path):
    with connect(Paths(tmp_path)) as con:
        found = con.execute("SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'lake'").fetchall()
    assert {name for (name,) in found} >= set(SCHEMAS)


def test_a_lake_loads_no_extension_without_its_signature(tmp_path):
    """Not even later: our own was checked before, and the door is closed behind it."""
    for _ in range(2):
        with connect(Paths(tmp_path)) as con:
            assert con.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone() == (False,)
            with pytest.raises(duckdb.Error, match="while database is running"):
                con.execute("SET allow_unsigned_extensions = true")


def test_old_snapshots_go_with_their_files_and_content_stays(tmp_path):
    paths = Paths(tmp_path)
    with connect(paths) as con:
        for i in range(3):
            con.execute(f"CREATE OR REPLACE TABLE lake.ledger.t AS SELECT range + {i} AS a FROM range(1000)")
        assert forget_old_snapshots(con) == 0
        assert forget_old_snapshots(con, keep="0 seconds") == 2
        assert con.execute("SELECT min(a), max(a) FROM lake.ledger.t").fetchall() == [(2, 1001)]


def test_what_a_killed_run_had_written_goes_and_what_stands_stays(tmp_path):
    paths = Paths(tmp_path)
    with connect(paths) as con:
        con.execute("CREATE TABLE lake.ledger.t AS SELECT range AS a FROM range(1000)")
    (standing,) = paths.lake_files.rglob("*.parquet")
    left_behind = standing.with_name("ducklake-left-behind.parquet")
    left_behind.write_bytes(standing.read_bytes())
    with connect(paths) as con:
        assert forget_old_snapshots(con) == 1
        assert standing.exists() and not left_behind.exists()
        assert con.execute("SELECT sum(a) FROM lake.ledger.t").fetchall() == [(499500,)]


def test_a_lake_can_be_moved(tmp_path):
    with connect(Paths(tmp_path / "here")) as con:
        con.execute("CREATE TABLE lake.ledger.t AS SELECT range AS a FROM range(1000)")
    (tmp_path / "here").rename(tmp_path / "there")
    with connect(Paths(tmp_path / "there")) as con:
        assert con.execute("SELECT sum(a) FROM lake.ledger.t").fetchall() == [(499500,)]


def test_tables_are_zstd_and_the_catalog_remembers_it(tmp_path):
    for _ in range(2):
        with connect(Paths(tmp_path)) as con:
            con.execute("CREATE OR REPLACE TABLE lake.ledger.t AS SELECT range AS a FROM range(1000)")
            options = con.execute(
                "SELECT option_name, value FROM ducklake_options('lake') WHERE option_name LIKE 'parquet_compression%'"
            ).fetchall()
        assert dict(options) == {"parquet_compression": "zstd", "parquet_compression_level": "1"}
        files = f"{Paths(tmp_path).lake_files}/ledger/t/*.parquet"
        assert duckdb.execute("SELECT DISTINCT compression FROM parquet_metadata(?)", [files]).fetchall() == [("ZSTD",)]


def test_a_connection_waits_while_another_process_has_the_catalog(tmp_path):
    paths = Paths(tmp_path)
    with connect(paths) as con:
        con.execute("CREATE TABLE lake.ledger.t AS SELECT 1 AS a")
    code = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from pipelines.kit.lake import connect
        from pipelines.kit.paths import Paths
        with connect(Paths(Path({str(tmp_path)!r}))):
            print("held", flush=True)
            time.sleep(1)
    """)
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    assert other.stdout.readline() == "held\n"
    with connect(paths) as con:
        assert other.poll() is not None or other.wait(timeout=10) == 0
        assert con.execute("SELECT a FROM lake.ledger.t").fetchall() == [(1,)]


def _holder(tmp_path, seconds: float) -> subprocess.Popen:
    code = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from pipelines.kit.lake import writing
        from pipelines.kit.paths import Paths
        with writing(Paths(Path({str(tmp_path)!r}))):
            print("held", flush=True)
            time.sleep({seconds})
    """)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_writer_waits_for_the_first(tmp_path):
    first = _holder(tmp_path, 1.0)
    told = []
    with writing(Paths(tmp_path), told.append):
        assert first.wait(timeout=10) == 0
    assert told == ["another run is writing the lake; waiting for it to finish"]


def test_a_killed_writer_does_not_block_the_next(tmp_path):
    first = _holder(tmp_path, 600)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    time.sleep(0.05)
    told = []
    with writing(Paths(tmp_path), told.append):
        assert told == []


def test_memory_is_what_the_variable_says_and_the_rest_goes_to_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHENJIE_DUCKDB_MEMORY", "1500MB")
    with connect(Paths(tmp_path)) as con:
        names = ("memory_limit", "temp_directory")
        found = [con.execute(f"SELECT current_setting('{name}')").fetchone()[0] for name in names]
    assert found == ["1.3 GiB", str(tmp_path / "lake" / "scratch")]


@pytest.mark.parametrize(("own", "ours"), [
    ("18.8 GiB", "5000MB"),  # a machine of 23.5 GiB
    ("6.4 GiB", "4294MB"),  # half of 8 GiB
    ("819.2 MiB", "536MB"),
])
def test_without_the_variable_duckdb_gets_half_of_the_machine_and_no_more_than_5_gb(own, ours):
    assert default_limit(own) == ours


def test_the_default_is_below_what_duckdb_would_take(monkeypatch):
    monkeypatch.delenv("ZHENJIE_DUCKDB_MEMORY", raising=False)
    with duckdb.connect() as con:
        own = con.execute("SELECT current_setting('memory_limit')").fetchone()[0]
    assert memory_limit() == default_limit(own)
