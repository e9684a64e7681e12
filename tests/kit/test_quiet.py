"""Files that are still being written are left; nobody waits for the others, and all young ones are waited for once."""

import os
import time
from pathlib import Path

import pytest

from pipelines.ingest.landing import land_feed
from pipelines.ingest.landing.manifest import UNREAD, Declared, declared
from pipelines.kit import quiet
from tests.ingest.conftest import AS_OF, FEEDS, Office, card, cards  # noqa: F401  fixtures

NAME = "F11_残疾人证_370600_202401.csv"


def made(folder: Path, name: str, age: float) -> Path:
    file = folder / name
    file.write_bytes(b"bytes")
    os.utime(file, (time.time() - age,) * 2)
    return file


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """How often and how long was waited."""
    said: list[float] = []
    monkeypatch.setenv(quiet.VARIABLE, "5")
    monkeypatch.setattr(time, "sleep", said.append)
    return said


def test_old_and_marked_files_are_taken_without_waiting(tmp_path, waits):
    old, marked = made(tmp_path, "old.csv", 60), made(tmp_path, "marked.csv", 0)
    made(tmp_path, "marked.csv.ok", 0)
    assert quiet.quiet([old, marked]) == {old, marked} and waits == []


@pytest.mark.parametrize("ending", [".OK", ".Ok", ".DONE", ".Done"])
def test_marks_are_known_in_any_case(tmp_path, waits, ending):
    file = made(tmp_path, NAME, 0)
    made(tmp_path, NAME + ending, 0).write_text('{"rows": 3}')
    assert quiet.quiet([file]) == {file} and waits == []
    assert declared(file) == Declared(rows=3)


def test_young_files_are_looked_at_twice_with_one_wait_for_all(tmp_path, monkeypatch):
    files = [made(tmp_path, f"{n}.csv", 0) for n in range(4)]
    files.append(made(tmp_path, "clock of tomorrow.csv", -90_000))
    waited = []

    def goes_on(seconds: float) -> None:
        waited.append(seconds)
        files[0].write_bytes(b"bytes and more")
        os.utime(files[1], (1, 1))
        files[2].unlink()

    monkeypatch.setenv(quiet.VARIABLE, "3")
    monkeypatch.setattr(time, "sleep", goes_on)
    assert quiet.quiet(files) == {files[3], files[4]} and waited == [3.0]


def test_the_wait_ends_when_the_youngest_has_been_quiet_for_long_enough(tmp_path, waits):
    files = {made(tmp_path, "3.csv", 3), made(tmp_path, "4.csv", 4), made(tmp_path, "old.csv", 60)}
    assert quiet.quiet(files) == files and waits == [pytest.approx(2, abs=0.5)]


def test_links_are_looked_at_themselves_and_what_is_gone_is_not_there(tmp_path, waits):
    (tmp_path / "link").symlink_to("nowhere")
    os.utime(tmp_path / "link", (1, 1), follow_symlinks=False)
    assert quiet.quiet([tmp_path / "link", tmp_path / "gone"]) == {tmp_path / "link"}


@pytest.mark.parametrize("given", ["x", "", "-3"])
def test_a_setting_nobody_can_read_is_no_setting(monkeypatch, given):
    monkeypatch.setenv(quiet.VARIABLE, given)
    assert quiet.quiet_seconds() in (5.0, 0.0)


def test_only_settled_files_land(tmp_path, cards):  # noqa: F811
    office = Office(tmp_path, FEEDS)
    whole = office.drop("F11", NAME, cards(10))
    office.drop("F11", NAME.replace("202401", "202312"), cards(10)[:300])
    taken = land_feed(office.paths, FEEDS["F11"], AS_OF, settled={whole})
    assert [d.file_name for d in taken] == [NAME]
    assert [p.name for p in (office.paths.drop / "F11").iterdir()] == [NAME.replace("202401", "202312")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", Declared()),
        (b"OK\r\n", Declared()),
        (b'{"rows": 10}', Declared(10)),
        ('\ufeff{"rows": 10, "sha256": "AB", "by": "民政"}'.encode(), Declared(10, "ab")),
        (b'{"rows": "10"}', Declared(sha256=UNREAD)),
        (b'{"rows": true}', Declared(sha256=UNREAD)),
        (b'{"sha256": 5}', Declared(sha256=UNREAD)),
        (b'{"rows": 10', Declared(sha256=UNREAD)),
        (b"{" * 9_000, Declared(sha256=UNREAD)),
        (b"\xff\xfe\x00", Declared(sha256=UNREAD)),
    ],
)
def test_what_a_mark_says(tmp_path, text, said):
    file = made(tmp_path, "a.csv", 0)
    (tmp_path / "a.csv.ok").write_bytes(text)
    assert declared(file) == said


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ('{"rows": 10, "sha256": "%s"}', None),
        ('{"rows": 11}', "E_MANIFEST"),
        ('{"sha256": "00"}', "E_MANIFEST"),
        ('{"sha256": ', "E_MANIFEST"),
        ("", None),
    ],
)
def test_a_file_that_is_not_what_its_manifest_says_is_refused(tmp_path, cards, manifest, code):  # noqa: F811
    import hashlib

    office = Office(tmp_path, FEEDS)
    content = cards(10)
    office.drop("F11", NAME + ".ok", manifest.replace("%s", hashlib.sha256(content).hexdigest()).encode())
    refused = office.deliver("F11", NAME, content)
    assert refused.breaker_code == code and list((office.paths.drop / "F11").iterdir()) == []
    if code:
        assert refused.rows_quarantined == 10 and "清单" in refused.breaker_message
        office.drop("F11", NAME + ".ok", b'{"rows": 10}')
        assert office.deliver("F11", NAME, content).status == "accepted", "the same bytes with a right manifest"
