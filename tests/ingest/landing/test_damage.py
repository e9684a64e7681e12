"""Damage on disk: a record emptied, a layer deleted, bytes changed, a full disk, a killed run. The feed goes on, the
damage is named, and nothing is lost that something on disk still says."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.ingest.bronze.result import results
from pipelines.ingest.feeds import FeedState, bring, bring_all
from pipelines.ingest.feeds.stale import stale_feeds
from pipelines.ingest.landing import landed
from pipelines.ingest.landing.delivery import one_at_a_time
from pipelines.kit.whole_files import publish_folder, write_whole
from tests.ingest.conftest import AS_OF, FEEDS, Office, card, cards  # noqa: F401  fixtures

F11 = FEEDS["F11"]
FIRST, SECOND = "F11_残疾人证_370600_202312.csv", "F11_残疾人证_370600_202401.csv"


@pytest.fixture(scope="module")
def sound(tmp_path_factory, cards) -> Path:  # noqa: F811
    """The data folder of two deliveries, brought up to date."""
    made = Office(tmp_path_factory.mktemp("sound") / "data", FEEDS)
    made.drop("F11", FIRST, cards(10))
    made.drop("F11", SECOND, cards(11))
    bring(made.paths, F11, AS_OF)
    return made.paths.root


@pytest.fixture
def office(tmp_path, sound) -> Office:
    """A copy to be damaged."""
    return Office(shutil.copytree(sound, tmp_path / "data"), FEEDS)


def content(office: Office) -> dict[str, bytes]:
    """Everything on disk, by place; but for the indexes of the history, which are made when they are needed."""
    roots = (office.paths.landing, office.paths.bronze, office.paths.history)
    return {str(p.relative_to(office.paths.root)): p.read_bytes() for r in roots for p in r.rglob("*")
            if p.is_file() and "said" not in p.parts}  # fmt: skip


def one(office: Office, pattern: str) -> Path:
    return sorted(office.paths.root.glob(pattern))[-1]


def empty(file: Path) -> None:
    file.chmod(0o600)
    file.write_bytes(b"")


RECORDS = {
    "landing/F11/2*/delivery.json": "landing",
    "bronze/F11/2*/delivery.json": "bronze",
    "bronze/F11/2*/rows.parquet": "bronze",
    "bronze/F11/2*/quarantine.parquet": "bronze",
    "bronze/F11/_empty/rows.parquet": "",
    "history/F11/changes/2*/changes.json": "",
    "history/F11/said/2*/said.json": "",
}


@pytest.mark.parametrize("how", [empty, lambda f: (f.chmod(0o600), f.write_bytes(f.read_bytes()[:-5])), Path.unlink])
@pytest.mark.parametrize("pattern", RECORDS)
def test_a_damaged_record_is_named_and_made_anew(office: Office, cards, pattern, how):  # noqa: F811
    before, file = content(office), one(office, pattern)
    how(file)
    state = bring(office.paths, F11, AS_OF)
    assert content(office) == before
    assert [r.rows_bronze for r in state.known] == [10, 11] and state.by_history == state.by_bronze
    if RECORDS[pattern]:
        assert len(state.told) == 1 and str(file.parent.relative_to(office.paths.root)) in state.told[0]
        assert "重建" in state.told[0]
    office.drop("F11", "F11_残疾人证_370600_202401_增量.csv", cards(1))
    after = bring(office.paths, F11, AS_OF)
    assert len(after.known) == 3 and after.by_history == after.by_bronze
    assert bring(office.paths, F11, AS_OF).told == []


def test_a_record_that_nothing_repeats_is_made_from_the_bytes(office: Office):
    before = content(office)
    shutil.rmtree(office.paths.bronze)
    for record in office.paths.landing.glob("F11/2*/delivery.json"):
        if json.loads(record.read_bytes())["delivery_seq"] == 1:
            empty(record)
    state = bring(office.paths, F11, AS_OF)
    assert content(office) == before and len(state.told) == 1


@pytest.mark.parametrize("layer", ["drop", "bronze", "history", "bronze/F11", "history/F11/said", "landing/.taking"])
def test_a_layer_that_is_made_from_others_comes_back(office: Office, layer):
    before = content(office)
    shutil.rmtree(office.paths.root / layer)
    state = bring(office.paths, F11, AS_OF)
    assert content(office) == before and [r.rows_bronze for r in state.known] == [10, 11]


@pytest.mark.parametrize("layer", ["landing", "landing/F11"])
def test_without_landing_what_was_read_stands_and_numbers_go_on(office: Office, cards, layer):  # noqa: F811
    shutil.rmtree(office.paths.root / layer)
    office.drop("F11", "F11_残疾人证_370600_202401_增量.csv", cards(1))
    state = bring(office.paths, F11, AS_OF)
    assert [r.rows_bronze for r in state.known][:2] == [10, 11] and [d.delivery_seq for d in state.landed] == [3]
    assert len(state.told) == 1 and "2 次交付在 landing 中没有原件" in state.told[0]


@pytest.mark.parametrize("how", [lambda b: b.replace(b"2030", b"2031"), lambda b: b + b"\n", lambda b: b[:-1], None])
def test_bytes_that_were_changed_after_they_came_are_refused_until_they_are_back(office: Office, how):
    file = next(d.file(office.paths) for d in landed(office.paths, "F11") if d.file_name == SECOND)
    kept = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(how(kept)) if how else file.unlink()
    shutil.rmtree(office.paths.bronze)
    first, second = bring(office.paths, F11, AS_OF).known
    assert (first.status, first.rows_bronze) == ("accepted", 10)
    assert (second.status, second.breaker_code, second.rows_bronze) == ("quarantined", "E_CHANGED", 0)
    assert SECOND in second.breaker_message and "恢复" in second.breaker_message
    file.write_bytes(kept)
    assert [r.rows_bronze for r in bring(office.paths, F11, AS_OF).known] == [10, 11]


def test_a_full_disk_stops_the_feed_and_loses_nothing(office: Office, cards, monkeypatch):  # noqa: F811
    before, real = content(office), os.fsync
    dropped = office.drop("F11", "F11_残疾人证_370600_202401_增量.csv", cards(1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ((_, state),) = bring_all(office.paths, [F11], AS_OF, 1)
    assert isinstance(state, OSError) and dropped.exists()
    monkeypatch.setattr(os, "fsync", real)
    assert {k: v for k, v in content(office).items() if k in before} == before
    ((_, state),) = bring_all(office.paths, [F11], AS_OF, 1)
    assert isinstance(state, FeedState) and len(state.known) == 3 and stale_feeds(office.paths) == {}


NO_RECORDS = [
    b"[]", b"null", b'"a"', b"3", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, None,
    *(lambda r, wrong=wrong: r | wrong for wrong in (
        {"delivery_seq": "1"}, {"delivered_on": "2024-13-45"}, {"delivered_on": None}, {"delivered_on": "20240131"},
        {"size": 1.5}, {"file_name": "\ud800"}, {"scope": ["370600"]}, {"delivery_id": "20240131-00000000"},
        {"feed": "F01"},
    )),
]  # fmt: skip


def damage(record: Path, how) -> None:
    """Other bytes, other fields, or a folder in the record's place."""
    record.chmod(0o600)
    content = json.dumps(how(json.loads(record.read_bytes()))).encode() if callable(how) else how
    record.unlink()
    record.mkdir() if content is None else record.write_bytes(content)


def visible(office: Office) -> dict[str, bytes]:
    return {k: v for k, v in content(office).items() if "/." not in k}


@pytest.mark.parametrize("how", NO_RECORDS)
@pytest.mark.parametrize("layers", [("landing",), ("bronze",), ("landing", "bronze")])
def test_what_is_no_record_is_named_and_made_anew(office: Office, cards, layers, how):  # noqa: F811
    before = visible(office)
    for layer in layers:
        damage(one(office, f"{layer}/F11/2*/delivery.json"), how)
    office.drop("F11", "F11_残疾人证_370600_202402_全量.csv", cards(12))
    ((_, state),) = bring_all(office.paths, [F11], AS_OF, 1)
    assert {k: v for k, v in visible(office).items() if k in before} == before
    assert [r.rows_bronze for r in state.known] == [10, 11, 12]
    assert len(state.told) == len(layers) and all("重建" in told for told in state.told)
    assert bring(office.paths, F11, AS_OF).told == []


def test_bytes_that_are_not_those_the_folder_is_named_after_give_no_record(office: Office):
    delivery = next(d for d in landed(office.paths, "F11") if d.file_name == SECOND)
    file = delivery.file(office.paths)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"2030", b"2031"))
    for layer in ("landing", "bronze"):
        damage(office.paths.root / layer / "F11" / delivery.delivery_id / "delivery.json", b"[]")
    state = bring(office.paths, F11, AS_OF)
    assert [r.rows_bronze for r in state.known] == [10]
    assert len(state.told) == 2 and "与编号相符的唯一原件" in state.told[0] and "备份" in state.told[1]


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
@pytest.mark.parametrize("name", ["notes", "2024abcd-00000000", "20241345-00000000", "_empty2"])
@pytest.mark.parametrize("layer", ["landing", "bronze"])
def test_what_is_no_delivery_is_named_and_stops_nothing(office: Office, layer, name, make):
    before = content(office)
    make(office.paths.root / layer / "F11" / name)
    state = bring(office.paths, F11, AS_OF)
    assert len(state.told) == 1 and name in state.told[0] and [r.rows_bronze for r in state.known] == [10, 11]
    assert {k: v for k, v in content(office).items() if k in before} == before


@pytest.mark.parametrize("name", ["rows.parquet", "quarantine.parquet", "keys.parquet"])
def test_bytes_changed_inside_a_file_of_bronze_are_seen_and_read_anew(office: Office, name):
    before, file = content(office), one(office, f"bronze/F11/2*/{name}")
    held = bytearray(file.read_bytes())
    held[len(held) // 3] ^= 1
    file.write_bytes(held)
    state = bring(office.paths, F11, AS_OF)
    assert content(office) == before
    assert len(state.told) == 1 and str(file.parent.relative_to(office.paths.root)) in state.told[0]


def test_a_record_of_before_there_were_digests_is_completed(office: Office):
    before = content(office)
    damage(one(office, "bronze/F11/2*/delivery.json"), lambda r: {k: v for k, v in r.items() if k != "digests"})
    assert bring(office.paths, F11, AS_OF).told == [] and content(office) == before


_BRING = """
import sys
from datetime import date
from pathlib import Path
from pipelines.kit.contracts import load_contracts
from pipelines.ingest.feeds import bring
from pipelines.kit.paths import Paths
bring(Paths(Path(sys.argv[1])), load_contracts()["F11"], date(2024, 1, 31))
"""


def test_a_second_process_waits_for_the_feed_and_says_so(office: Office, cards):  # noqa: F811
    office.drop("F11", "F11_残疾人证_370600_202402_全量.csv", cards(12))
    with one_at_a_time(office.paths, "F11"):
        command = [sys.executable, "-c", _BRING, str(office.paths.root)]
        second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert "F11 正由另一个进程入库" in second.stderr.readline()
        assert len(landed(office.paths, "F11")) == 2 and second.poll() is None
    assert second.communicate()[1] == "" and second.returncode == 0
    assert [r.rows_bronze for r in results(office.paths, "F11")] == [10, 11, 12]


_KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from pipelines.kit.contracts import load_contracts
from pipelines.ingest.feeds import bring
from pipelines.kit.paths import Paths
place, root = sys.argv[1:]
module, name = place.rsplit(".", 1)
__import__(module)
setattr(sys.modules[module], name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
bring(Paths(Path(root)), load_contracts()["F11"], date(2024, 1, 31))
"""


@pytest.mark.parametrize(
    "place",
    ["pipelines.ingest.landing.land.publish_folder", "pipelines.ingest.landing.land.remove_sent",
     "pipelines.ingest.bronze.store.publish_folder", "pipelines.ingest.feeds.one.reconcile"],
)  # fmt: skip
def test_a_run_killed_anywhere_is_finished_by_the_next(tmp_path, cards, place):  # noqa: F811
    killed, whole = Office(tmp_path / "one", FEEDS), Office(tmp_path / "two", FEEDS)
    for made in (killed, whole):
        made.drop("F11", FIRST, cards(10))
        made.drop("F11", SECOND, cards(11))
    ended = subprocess.run([sys.executable, "-c", _KILLED, place, str(killed.paths.root)], check=False)
    assert ended.returncode == -signal.SIGKILL
    for made in (killed, whole):
        bring(made.paths, F11, AS_OF)
    left = {k: v for k, v in content(killed).items() if "/.writing/" not in k and "/.taking/" not in k}
    assert left == {k: v for k, v in content(whole).items() if "/.writing/" not in k and "/.taking/" not in k}
    assert [r.rows_bronze for r in results(killed.paths, "F11")] == [10, 11]


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted here: a really full disk is NOT tested")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_really_full_disk_leaves_the_old_record(small_disk):
    write_whole(small_disk / "record.json", "old")
    with pytest.raises(OSError, match="No space"):
        write_whole(small_disk / "record.json", "new" * 100_000)
    assert (small_disk / "record.json").read_text() == "old" and len(list(small_disk.iterdir())) == 1


def test_a_folder_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "a").write_text("a")
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space")))
        with pytest.raises(OSError):
            publish_folder(tmp_path / "draft", tmp_path / "there" / "one")
    assert not (tmp_path / "there" / "one").exists()
    publish_folder(tmp_path / "draft", tmp_path / "there" / "one")
    assert (tmp_path / "there" / "one" / "a").read_text() == "a"


@pytest.mark.parametrize("name", ["people.parquet", "keys.parquet"])
def test_a_damaged_side_file_of_bronze_refuses_no_later_delivery(office: Office, cards, name):  # noqa: F811
    files = list(office.paths.bronze.glob(f"F11/2*/{name}"))
    assert files or name == "people.parquet"  # a sample of people may be too small to be kept
    for file in files:
        empty(file)
    office.drop("F11", "F11_残疾人证_370600_202402_全量.csv", cards(11))
    state = bring(office.paths, F11, AS_OF)
    assert state.known[-1].status == "accepted", state.known[-1].breaker_message
