"""What stands as it would become is not built again, and the lake is the same as if all had been."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.ingest.arrivals.daily import known
from pipelines.judge.ledger import deliveries
from pipelines.judge.ledger.content import content_hash
from pipelines.judge.ledger.corrections import rebuild_standing
from pipelines.kit import models
from pipelines.kit.build import build
from pipelines.kit.keys import record_key
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture as small
from tests.dbt.bronze_files import FEEDS, deliver
from tests.dbt.conftest import before_the_build
from tests.dbt.test_build import BUILT

DAY = timedelta(days=1)
EMPLOYED = {"name": "李迁", "employer_code": small.USCC, "insurance_kind": "养老", "period_month": "2024-02"}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A lake of its own: what is done to it here, no other file need know."""
    made = before_the_build(Paths(tmp_path_factory.mktemp("unchanged")))
    again(made, small.SECOND)
    return made


def again(paths: Paths, as_of: date) -> set[str]:
    """The turn's build; the tables that were made."""
    with connect(paths) as con:
        deliveries.record_standing(con, paths, known(paths, FEEDS.values(), as_of))
        rebuild_standing(con, as_of)
        standing = deliveries.in_force(con, paths)
    done = build(paths, as_of, standing=standing)
    assert [one.node for one in done] == models.nodes(), "each is told of, whether made or not"
    return {one.node.name for one in done if one.is_new and one.node.kind != models.TEST}


def staged(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("stg_") and "__" in name and "ledger" not in name}


@pytest.fixture
def as_if_all_were_built(paths: Paths, tmp_path: Path) -> Iterator[Callable[[date], None]]:
    def check(as_of: date) -> None:
        copied = Paths(shutil.copytree(paths.root, tmp_path / "copy"))
        build(copied, as_of, {(n.schema, n.name) for n in models.nodes()})
        with connect(copied, read_only=True) as whole, connect(paths, read_only=True) as kept:
            assert content_hash(kept, BUILT) == content_hash(whole, BUILT)

    yield check


def test_nothing_new_means_only_what_reads_the_ledger_is_made_and_what_reads_that_stands(paths: Paths) -> None:
    made = again(paths, small.SECOND)
    assert staged(made) == set()
    assert "delivery" in made, "it reads the ledger, of which nobody knows whether it changed"
    assert not made & {"stg_ledger__corrections", "person_identifier"}, "computed and found as they were"
    assert not made & {"division", "stg_division_version", "stg_resident_id", "person", "tag"}


def test_another_day_stages_no_feed_again(paths: Paths) -> None:
    made = again(paths, small.SECOND + DAY)
    assert staged(made) == set()
    assert not made & {"stg_division_version", "stg_resident_id"}, "they ask for the date, and say what they said"
    assert {"precedence", "school_entry"} <= made


def test_a_delivery_has_its_own_feed_staged_and_what_reads_it(paths: Paths) -> None:
    today = small.SECOND + 2 * DAY
    deliver(paths, "F17", [{"id_no": small.MOVER, **EMPLOYED}], seq=7, on=today)
    made = again(paths, today)
    assert staged(made) == {"stg_human_resources__employment_insurance"}
    assert {"enterprise_insured", "person_claim"} <= made
    assert "division" not in made


def test_a_correction_has_the_feed_staged_whose_record_is_corrected(paths: Paths, as_if_all_were_built) -> None:
    today = small.SECOND + 3 * DAY
    with connect(paths) as con:
        con.execute(
            "INSERT INTO lake.ledger.correction "
            "VALUES (?, 't-new', 'F01', ?, 'status_name', '正常', '死亡注销', 1, ?, 'book', 9)",
            [today, record_key("F01", small.AGED, "H7"), small.XIANGYANG],
        )
    assert staged(again(paths, today)) == {"stg_public_security__residents"}, "of the other feed's records none"
    as_if_all_were_built(today)


def test_a_birthday_that_has_come_has_numbers_judged_again_that_stand(paths: Paths, as_if_all_were_built) -> None:
    """A number whose day of birth lies ahead is wrong until then; nobody sends it once more."""
    today, born = small.SECOND + 4 * DAY, small.SECOND + 6 * DAY
    number = small.id_no(f"{born:%Y%m%d}", 11)
    deliver(paths, "F17", [{"id_no": number, **EMPLOYED}], seq=8, on=today)
    assert again(paths, today) and _defects(paths, number) == ["date"]
    assert staged(again(paths, born)), "whose numbers are judged cannot be told apart, so all are"
    assert _defects(paths, number) == [None]
    as_if_all_were_built(born)


def _defects(paths: Paths, number: str) -> list[str | None]:
    asked = "SELECT id_defect FROM lake.staging.stg_human_resources__employment_insurance WHERE id_no = ?"
    with connect(paths, read_only=True) as con:
        return [defect for (defect,) in con.execute(asked, [number]).fetchall()]


def test_a_table_somebody_else_replaced_is_made_again(paths: Paths) -> None:
    today = small.SECOND + 6 * DAY
    again(paths, today)
    done = {
        "stg_market_regulation__enterprises": "CREATE OR REPLACE TABLE {0} AS FROM {0} LIMIT 0",
        "stg_civil_affairs__marriages": "DROP TABLE {0}",
        "stg_health__death_certificates": "COMMENT ON TABLE {0} IS NULL",
        "stg_civil_affairs__divisions": f"COMMENT ON TABLE {{0}} IS 'made of {'0' * 16}, seen as {'0' * 16}, 1 rows'",
        "stg_civil_affairs__old_age_allowance": "DELETE FROM {0}",
        "stg_public_security__residents": "UPDATE {0} SET name = '改名' WHERE name = '王建国'",
        "stg_human_resources__employment_insurance": "INSERT INTO {0} FROM {0} LIMIT 1",
        "stg_grid_centre__grid_survey": "ALTER TABLE {0} ADD COLUMN more INTEGER",
    }
    rows = "SELECT count(*) FROM lake.staging.stg_market_regulation__enterprises"
    with connect(paths) as con:
        before = con.execute(rows).fetchone()
        for table, statement in done.items():
            con.execute(statement.format(f"lake.staging.{table}"))
    assert staged(again(paths, today)) == done.keys()
    with connect(paths, read_only=True) as con:
        assert con.execute(rows).fetchone() == before != (0,)


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: os.truncate(file, file.stat().st_size - 5)])
def test_a_table_whose_file_is_damaged_is_made_again(paths: Paths, damage: Callable[[Path], None]) -> None:
    today = small.SECOND + 6 * DAY
    again(paths, today)
    files = paths.lake_files.glob("staging/stg_public_security__residents*/*.parquet")
    damage(max(files, key=lambda file: file.stat().st_mtime))
    assert staged(again(paths, today)) == {"stg_public_security__residents"}


def test_what_was_built_alone_is_built_again_with_the_rest(paths: Paths, as_if_all_were_built) -> None:
    """Its parents may have stood for less than it read: a number nobody had judged yet has nobody behind it."""
    today, number = small.SECOND + 7 * DAY, small.id_no("19770707", 61)
    again(paths, today)
    deliver(paths, "F17", [{"id_no": number, **EMPLOYED}], seq=9, on=today)
    with connect(paths) as con:
        deliveries.record_standing(con, paths, known(paths, FEEDS.values(), today))
    build(paths, today, {("staging", "stg_human_resources__employment_insurance")})
    assert "stg_human_resources__employment_insurance" in again(paths, today)
    as_if_all_were_built(today)


def test_bronze_read_once_more_is_staged_once_more(paths: Paths) -> None:
    today = small.SECOND + 6 * DAY
    again(paths, today)
    file = next((paths.bronze / "F14").glob("2*/rows.parquet"))
    file.touch()
    assert staged(again(paths, today)) == {"stg_market_regulation__enterprises"}


def test_without_word_of_what_stands_every_feed_is_staged(paths: Paths) -> None:
    made = {one.node.name for one in build(paths, small.SECOND + 6 * DAY) if one.is_new}
    assert staged(made) == staged({node.name for node in models.nodes()})


def test_who_reads_bronze_asks_what_stands_feed_by_feed() -> None:
    """Otherwise a model would not notice another feed's delivery: kit/unchanged.py leaves the rest of the table out."""
    readers = [n for n in models.nodes() if any(p.startswith("source.zhenjie.bronze.") for p in n.parents)]
    assert len(readers) > 15
    for node in readers:
        asked = node.sql.count('"delivery_standing"')
        told = re.findall(r"standing\.feed = '(F\d+M?)'\s+and standing\.is_current", node.sql)
        feeds = {s.feed for s in models.sources() if s.key in node.parents and s.schema == models.BRONZE}
        assert asked == len(told) and set(told) == feeds, node.name
