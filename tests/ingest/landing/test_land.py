import hashlib
import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ingest.landing import Delivery, land_feed, landed, left_alone
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

FEEDS = load_contracts()
F11 = FEEDS["F11"]
JAN, FEB = date(2024, 1, 31), date(2024, 2, 29)
NAME = "F11_残疾人证_370600_202401.csv"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def drop(paths: Paths, name: str, content: bytes, feed: str = "F11") -> Path:
    file = paths.drop / feed / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_bytes_are_kept_with_their_record_and_the_drop_is_emptied(paths: Paths):
    source = drop(paths, NAME, b"bytes")
    (delivery,) = land_feed(paths, F11, JAN)
    digest = hashlib.sha256(b"bytes").hexdigest()
    assert delivery == Delivery(
        feed="F11", delivery_id=f"20240131-{digest[:8]}", delivery_seq=1, delivered_on="2024-01-31",
        file_name=NAME, sha256=digest, size=5, scope="370600", period="202401", mode="full", kind="data",
    )  # fmt: skip
    folder = paths.landing / "F11" / delivery.delivery_id
    assert sorted(p.name for p in folder.iterdir()) == [NAME, "delivery.json"]
    assert (folder / NAME).read_bytes() == b"bytes"
    assert json.loads((folder / "delivery.json").read_text(encoding="utf-8")) == delivery.record()
    assert not source.exists()


def test_files_land_in_order_of_name_and_numbers_go_on(paths: Paths):
    for name in ("F11_残疾人证_370600_202403.csv", "F11_残疾人证_370600_202401.csv"):
        drop(paths, name, name.encode())
    assert [(d.delivery_seq, d.period) for d in land_feed(paths, F11, JAN)] == [(1, "202401"), (2, "202403")]
    drop(paths, "F11_残疾人证_370600_202402.csv", b"more")
    assert [(d.delivery_seq, d.period) for d in land_feed(paths, F11, FEB)] == [(3, "202402")]
    assert [d.delivery_seq for d in landed(paths, "F11")] == [1, 2, 3]


def test_the_same_bytes_about_the_same_are_recorded_once(paths: Paths):
    drop(paths, NAME, b"bytes")
    (first,) = land_feed(paths, F11, JAN)
    again = drop(paths, NAME, b"bytes")
    (repeat,) = land_feed(paths, F11, FEB)
    assert (repeat.is_repeat, repeat.delivery_id) == (True, first.delivery_id)
    assert not again.exists()
    assert landed(paths, "F11") == [first]


def test_the_same_bytes_about_another_period_are_another_delivery(paths: Paths):
    """Nothing changed in February, and nothing in March: two empty deltas, equal to the byte."""
    other = "F11_残疾人证_370600_202402.csv"
    for _ in range(2):
        drop(paths, NAME, b"bytes")
        drop(paths, other, b"bytes")
        land_feed(paths, F11, JAN)
    one, two = landed(paths, "F11")
    assert (one.sha256, one.period, two.period) == (two.sha256, "202401", "202402")
    assert one.delivery_id != two.delivery_id
    assert one.file(paths).read_bytes() == two.file(paths).read_bytes() == b"bytes"


def test_equal_bytes_of_two_feeds_are_two_deliveries(paths: Paths):
    drop(paths, NAME, b"bytes")
    drop(paths, "F17_职工参保_370600_202401.csv", b"bytes", "F17")
    assert len(land_feed(paths, F11, JAN) + land_feed(paths, FEEDS["F17"], JAN)) == 2


def test_an_unknown_name_is_landed_all_the_same(paths: Paths):
    drop(paths, "名单(最终).xlsx", b"bytes")
    (delivery,) = land_feed(paths, F11, JAN)
    assert (delivery.kind, delivery.scope, delivery.period, delivery.mode) == (
        "unrecognised",
        None,
        None,
        None,
    )
    assert delivery.file(paths).read_bytes() == b"bytes"


def test_equal_bytes_under_two_unknown_names_are_two_records(paths: Paths):
    """Bytes alone would make one of them, and nobody would be told what became of the other."""
    for _ in range(2):
        for name in ("名单.xlsx", "名单(最终).xlsx", "F11_残疾人证_202401.csv"):
            drop(paths, name, b"bytes")
        taken = land_feed(paths, F11, JAN)
    kept = landed(paths, "F11")
    assert sorted(d.file_name for d in kept) == ["F11_残疾人证_202401.csv", "名单(最终).xlsx", "名单.xlsx"]
    assert len({d.delivery_id for d in kept}) == 3 and all(d.is_repeat for d in taken)
    assert all(d.file(paths).read_bytes() == b"bytes" for d in kept)


def test_unfinished_and_hidden_files_are_left_alone_and_told(paths: Paths):
    for name in (".hidden", "~$F11.xlsx", ".~lock.F11.csv#", NAME + ".part", NAME + ".TMP", NAME + ".crdownload"):
        drop(paths, name, b"bytes")
    assert land_feed(paths, F11, JAN) == []
    assert len(list((paths.drop / "F11").iterdir())) == 6
    assert [t.split("」")[0][-4:] for t in left_alone(paths, F11)] == [".TMP", "load", "part"]


def test_a_run_killed_while_copying_loses_nothing(paths: Paths):
    half = paths.landing / ".taking" / "F11"
    half.mkdir(parents=True)
    (half / NAME).write_bytes(b"by")
    drop(paths, NAME, b"bytes")
    (delivery,) = land_feed(paths, F11, JAN)
    assert delivery.file(paths).read_bytes() == b"bytes"


def test_a_run_killed_before_the_drop_was_emptied_is_a_repeat(paths: Paths):
    drop(paths, NAME, b"bytes")
    land_feed(paths, F11, JAN)
    drop(paths, NAME, b"bytes")
    assert [d.is_repeat for d in land_feed(paths, F11, JAN)] == [True]


def test_without_a_drop_folder_nothing_happens(paths: Paths):
    assert land_feed(paths, F11, JAN) == []


@given(batches=st.lists(st.lists(st.binary(max_size=3), max_size=4), max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_landing_holds_what_was_said_once_numbered_without_gaps(tmp_path_factory, batches: list[list[bytes]]):
    paths = Paths(tmp_path_factory.mktemp("landing"))
    for day, batch in enumerate(batches, start=1):
        for place, content in enumerate(batch):
            drop(paths, f"F11_残疾人证_370600_2024{place + 1:02d}.csv", content)
        assert len(land_feed(paths, F11, date(2024, 1, day))) == len(batch)
    kept = landed(paths, "F11")
    said = [(d.period, d.file(paths).read_bytes()) for d in kept]
    assert [d.delivery_seq for d in kept] == list(range(1, len(kept) + 1))
    assert set(said) == {(f"2024{place:02d}", c) for batch in batches for place, c in enumerate(batch, start=1)}
    assert len(set(said)) == len(kept) == len({d.delivery_id for d in kept})


def test_a_decomposed_name_is_recognised_and_kept_as_sent(paths: Paths):
    name = unicodedata.normalize("NFD", "F10_高龄津贴发放_370602_202401.xlsx")
    drop(paths, name, b"x", "F10")
    (delivery,) = land_feed(paths, FEEDS["F10"], JAN)
    assert (delivery.kind, delivery.scope, delivery.file_name) == ("data", "370602", name)
