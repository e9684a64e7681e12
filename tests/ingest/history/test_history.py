"""What the history tells, on deliveries whose every change is known."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.ingest.bronze.store import empty_bronze
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.history import reconcile, trace, update_history
from pipelines.ingest.history.said import Said as Index
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.masks import masked
from pipelines.kit.paths import Paths
from tests.ingest.history.city import FEED, LAST_DAY, Said, key, put, told

SCOPE = "370600"


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path)


def deliver(paths: Paths, *files: tuple) -> list[Said]:
    """(period, mode, rows) each, in order of landing."""
    said = [Said(n, SCOPE, period, mode, None, rows) for n, (period, mode, rows) in enumerate(files, start=1)]
    for file in said:
        put(paths, file)
    return said


def changes(paths: Paths, *columns: str) -> list[tuple]:
    frame = pl.read_parquet(paths.history / "F01" / "changes" / "*" / "changes.parquet").sort("ordinal", "record_key")
    return frame.select(columns).rows()


FULL = ("202401", "full", (("A", "王一", "东"), ("B", "李二", "东"), ("C", "赵三", "东")))


def test_every_kind_of_change_with_its_columns_and_both_rows(paths):
    deliver(
        paths, FULL,
        ("202402", "delta", (("A", "王一", "西"), ("B", None, None), ("D", "钱四", "东"), ("X", None, None))),
        ("202403", "full", (("A", "王一", "西"), ("B", "李二", "东"))),
    )  # fmt: skip
    first, second, third = told(paths)
    assert (first.is_first, first.new, first.standing) == (True, 3, 3)
    assert (second.new, second.changed, second.deleted, second.unknown_deleted) == (1, 1, 1, 1)
    assert (third.returned, third.deleted, third.same, third.standing) == (1, 2, 1, 2)
    assert sorted(changes(paths, "ordinal", "record_key", "kind", "columns", "source_ref", "previous_ref")) == sorted([
        (2, key("A"), "changed", "place", "F01/d0002/2", "F01/d0001/2"),
        (2, key("B"), "deleted", None, "F01/d0002/3", "F01/d0001/3"),
        (2, key("D"), "new", None, "F01/d0002/4", None),
        (3, key("B"), "returned", None, "F01/d0003/3", "F01/d0002/3"),
        (3, key("C"), "deleted", None, None, "F01/d0001/4"),
        (3, key("D"), "deleted", None, None, "F01/d0002/4"),
    ])  # fmt: skip


def test_a_second_run_makes_nothing_and_a_late_delivery_makes_only_what_follows_it(paths):
    deliver(paths, FULL, ("202402", "delta", (("A", "王一", "西"),)), ("202404", "delta", (("A", "王一", "北"),)))
    assert [h.is_made for h in told(paths)] == [True, True, True]
    assert [h.is_made for h in told(paths)] == [False, False, False]
    put(paths, Said(4, SCOPE, "202403", "delta", None, (("A", "王一", "北"),)))
    late = told(paths)
    assert [(h.period, h.is_made, h.changed) for h in late] == [
        ("202401", False, 0), ("202402", False, 1), ("202403", True, 1), ("202404", True, 0),
    ]  # fmt: skip


def test_a_history_that_lost_a_record_is_found_out(paths):
    deliver(paths, FULL, ("202402", "delta", (("A", "王一", "西"), ("D", "钱四", "东"))))
    standings = known_deliveries(paths, FEED, LAST_DAY)
    full, delta = update_history(paths, FEED, standings)
    assert reconcile(paths, FEED, standings, [full, delta]) == ({SCOPE: 4, "d0002": 2}, {SCOPE: 4, "d0002": 2})
    wrong = [full, replace(delta, new=0, standing=3)]
    assert reconcile(paths, FEED, standings, wrong) == ({SCOPE: 3, "d0002": 1}, {SCOPE: 4, "d0002": 2})
    later = [replace(full, is_made=False), replace(delta, standing=3)]
    assert reconcile(paths, FEED, standings, later) == ({"d0002": 2}, {"d0002": 2})


def test_an_earlier_business_date_knows_no_later_delivery(paths):
    _, second = deliver(paths, FULL, ("202402", "delta", (("A", "王一", "西"),)))
    told(paths)
    assert len(told(paths, date(2024, 1, 2))) == 1
    assert changes(paths, "kind") == []
    assert told(paths, second.on)[1].changed == 1


def test_a_column_of_the_contract_that_is_new_makes_all_comparisons_again(paths):
    deliver(paths, FULL, ("202402", "delta", (("A", "王一", "东"),)))
    told(paths)
    wider = replace(FEED, columns=(*FEED.columns, replace(FEED.columns[3], name="phone", label="电话")))
    empty_bronze(paths, wider)
    assert [(h.is_made, h.same) for h in told(paths, feed=wider)] == [(True, 0), (True, 1)]


def test_a_person_under_another_key_is_noticed_and_left_alone(paths):
    deliver(
        paths, FULL,
        ("202402", "full", (("A2", "王一", "别处"), ("B", "李二", "东"), ("E", "赵三", "东"), ("F", "赵三", "东"))),
    )  # fmt: skip
    *_, history = told(paths)
    assert (history.new, history.deleted, history.key_changes, history.key_changes_noticed) == (3, 2, 0, 1)
    pairs = pl.read_parquet(paths.history / "F01" / "changes" / "*" / "key_changes.parquet")
    assert pairs.select("old_key", "new_key", "is_said", "source_ref").rows() == [
        (key("A"), key("A2"), False, "F01/d0002/2")
    ]


def test_the_trace_of_a_record_says_everything_masked(paths):
    deliver(
        paths, FULL, ("202402", "delta", (("A", "王一", "西"),)), ("202402", "delta", (("A", "王一", "北"),)),
        ("202403", "full", (("B", "李二", "东"),)),
    )  # fmt: skip
    versions = trace(paths, FEED, key("A"), LAST_DAY)
    assert [(v.delivery.delivery_id, v.kind, v.changed, v.row, v.stands) for v in versions] == [
        ("d0001", "new", (), 2, False), ("d0003", "changed", ("place",), 2, False),
        ("d0004", "deleted", (), None, False), ("d0002", None, (), 2, False),
    ]  # fmt: skip
    assert versions[0].values == (("name", "王***"), ("born", "1990"), ("place", "东"))
    (only,) = trace(paths, FEED, key("A"), date(2024, 1, 2))
    assert (only.stands, only.file) == (True, "F01_户籍人口_370600_202401_全量.csv")
    assert trace(paths, FEED, key("Z"), LAST_DAY) == []


def test_keys_are_found_exactly():
    keys = np.sort(np.array([bytes([n]) * 15 + end for n in (0, 7, 255) for end in (b"\0", b"\1")], dtype="S16"))
    index = Index(keys, keys)
    assert index.find(keys).tolist() == list(range(6))
    assert index.find(np.array([b"\7" * 16, b"\xff" * 16, b""], dtype="S16")).tolist() == [-1, -1, 0]
    assert Index(keys[:0], keys[:0]).find(keys).tolist() == [-1] * 6


@pytest.mark.parametrize(
    ("feed", "column", "value", "shown"),
    [
        ("F01", "name", "王小明", "王***"), ("F01", "id_no", "370602199001010011", "***11"),
        ("F01", "hukou_address", "烟台市芝罘区凤凰台街道凤珠社区128号", "烟台市芝罘区凤凰台街道凤珠社区***"),
        ("F01", "hukou_address", "无门牌", "***"), ("F01", "birth_date", date(1990, 1, 2), "1990"),
        ("F01", "household_no", "370602001", "***"), ("F31", "phone", "13812345678", "138***78"),
        ("F10", "amount", 200, "***"), ("F01", "name", None, None), ("F01", "status_name", "正常", "正常"),
    ],
)  # fmt: skip
def test_masks(feed, column, value, shown):
    assert masked(load_contracts()[feed].by_name[column], value) == shown
