"""Structural suites over bronze: the newest delivery, counts only, one feed's trouble is not another's."""

import json
from dataclasses import MISSING, fields
from datetime import date

import polars as pl
import pytest

from pipelines.ingest.bronze.profile import Profile
from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult
from pipelines.ingest.landing.delivery import to_json
from pipelines.ingest.values.typing import dtype
from pipelines.judge.verify import structure
from pipelines.judge.verify.structure import STRUCTURE_FOLDER, verify_structure
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

AS_OF = date(2024, 1, 31)
FEEDS = load_contracts()
SUITE = {
    "name": "structure_X01",
    "expectations": [
        {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": "name"},
            "meta": {"rule_id": "S_X01_01"},
        },
        {
            "type": "expect_column_values_to_be_in_set",
            "kwargs": {"column": "sex_code", "value_set": ["1", "2"]},
            "meta": {"rule_id": "S_X01_02"},
        },
        {
            "type": "expect_compound_columns_to_be_unique",
            "kwargs": {"column_list": ["_delivery_id", "name"]},
            "meta": {"rule_id": "S_X01_03"},
        },
    ],
}


def bronze(paths, feed, delivery, on, **columns):
    folder = paths.bronze / feed / delivery
    folder.mkdir(parents=True)
    frame = pl.DataFrame(columns).with_columns(
        _delivery_id=pl.lit(delivery), _delivered_on=pl.lit(on, pl.Date)
    )
    frame.write_parquet(folder / "rows.parquet")
    if on:
        (folder / "delivery.json").write_text(record(feed, delivery, on, frame.height), encoding="utf-8")


def record(feed, delivery, on, rows):
    """What bronze says of a delivery that was taken in."""
    unsaid = dict.fromkeys(field.name for field in fields(DeliveryResult) if field.default is MISSING)
    said = {
        "feed": feed, "delivery_id": delivery, "delivery_seq": 1, "delivered_on": on.isoformat(), "file_name": "a.csv",
        "sha256": "", "size": 1, "kind": "data", "status": ACCEPTED, "rows_in": rows, "rows_bronze": rows,
        "rows_quarantined": 0, "extra_columns": (), "notices": (), "profile": Profile(), "digests": {},
        "notice_codes": (), "checks": (),
    }  # fmt: skip
    return to_json(DeliveryResult(**{**unsaid, **said}).record())


@pytest.fixture
def paths(tmp_path, gx):
    paths = Paths(tmp_path)
    bronze(paths, "X01", "d1", date(2023, 12, 31), name=[None, None], sex_code=["9", "9"])
    bronze(paths, "X01", "d2", AS_OF, name=["张三", "张三", None], sex_code=["1", "2", "3"])
    bronze(paths, "X01", "d3", date(2024, 2, 29), name=["李四"], sex_code=["1"])
    return paths


def run(paths, tmp_path, suite, as_of=AS_OF, feeds=("X01",)):
    folder = tmp_path / "suites"
    folder.mkdir(exist_ok=True)
    for feed in feeds:
        (folder / f"{feed}.json").write_text(json.dumps(suite), encoding="utf-8")
    return list(verify_structure(paths, as_of, feeds, folder))


def test_the_newest_delivery_up_to_the_date_is_judged(paths, tmp_path):
    (result,) = run(paths, tmp_path, SUITE)
    assert (result.feed, result.rows, result.rules, result.failed, result.passed) == ("X01", 3, 3, 3, False)
    assert [r.unexpected for r in result.results] == [1, 1, 2]
    (later,) = run(paths, tmp_path, SUITE, as_of=date(2024, 3, 1))
    assert (later.rows, later.passed) == (1, True)


def test_a_rule_or_a_feed_that_breaks_does_not_hide_the_others(paths, tmp_path):
    bad = {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "nothing"},
        "meta": {"rule_id": "S_X01_04"},
    }
    suite = {**SUITE, "expectations": [*SUITE["expectations"], bad]}
    first, second = run(paths, tmp_path, suite, feeds=("X01", "X02"))
    assert [r.error is None for r in first.results] == [True, True, True, False]
    assert (first.failed, second.failed, second.rows) == (4, 4, 0)
    assert all(r.error for r in second.results)


def test_what_fails_is_shown_as_the_contract_masks_it(tmp_path, gx):
    """Of F01: two names that are too long, a sex that is no code; who is meant is not shown."""
    paths, feed = Paths(tmp_path), FEEDS["F01"]
    rows = {c.name: pl.Series([None, None], dtype=dtype(c)) for c in feed.columns}
    long = ["王" + "小" * 60, "李" + "明" * 60]
    rows |= {"name": pl.Series(long), "sex_code": pl.Series(["7", "1"])}
    bronze(paths, "F01", "d1", AS_OF, **rows)
    (result,) = verify_structure(paths, AS_OF, ["F01"])
    shown = {result.titles[r.rule_id]: (r.unexpected, r.sample) for r in result.results if not r.passed}
    assert shown["姓名：长度最多 60"] == (2, ("李***", "王***"))
    assert shown["性别：只能是 0、1、2、9"] == (1, ("7",))
    assert shown["公民身份号码：不得为空"] == (2, ("（空）",))
    (again,) = verify_structure(paths, AS_OF, ["F01"])
    assert again == result, "as it was kept"


def test_every_generated_suite_fits_its_bronze(tmp_path, gx):
    paths = Paths(tmp_path)
    for code, feed in FEEDS.items():
        bronze(
            paths, code, "_empty", None, **{c.name: pl.Series([], dtype=dtype(c)) for c in feed.columns}
        )
    results = list(verify_structure(paths, AS_OF, FEEDS))
    assert {r.feed for r in results} == set(FEEDS)
    assert {e.error for r in results for e in r.results} == {None}
    assert sum(r.rules for r in results) == sum(
        len(json.loads(p.read_text())["expectations"]) for p in STRUCTURE_FOLDER.glob("*.json")
    )


def test_what_was_found_is_kept_until_a_delivery_or_the_suite_changes(paths, tmp_path, monkeypatch):
    (first,) = run(paths, tmp_path, SUITE)
    judged = []
    monkeypatch.setattr(structure, "_judged", lambda *asked: judged.append(asked) or first)
    assert run(paths, tmp_path, SUITE) == [first]
    assert judged == []
    run(paths, tmp_path, {**SUITE, "expectations": SUITE["expectations"][:2]})
    bronze(paths, "X01", "d4", AS_OF, name=["王五"], sex_code=["1"])
    run(paths, tmp_path, SUITE)
    assert len(judged) == 2


def test_a_feed_that_broke_is_asked_again(paths, tmp_path):
    (broken,) = run(paths, tmp_path, SUITE, feeds=("X02",))
    assert broken.failed == 3
    bronze(paths, "X02", "d1", AS_OF, name=["王五"], sex_code=["1"])
    (mended,) = run(paths, tmp_path, SUITE, feeds=("X02",))
    assert (mended.rows, mended.failed) == (1, 0)
