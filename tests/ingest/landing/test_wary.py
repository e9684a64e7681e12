"""One file is one case: whatever lies in a drop folder, the rest goes on, and no name becomes a path unchecked."""

import json
import os
import socket
from pathlib import Path

import pytest

from pipelines.ingest.bronze import ingest_feed, results
from pipelines.ingest.landing import copying, land_feed, landed, left_alone, unclaimed
from tests.ingest.conftest import AS_OF, FEEDS, Office, card, cards  # noqa: F401  fixtures

F11 = FEEDS["F11"]
NAME = "F11_残疾人证_370600_202401.csv"
SOUND = "F11_残疾人证_370600_202312.csv"


@pytest.fixture
def office(tmp_path, cards) -> Office:  # noqa: F811
    made = Office(tmp_path / "data", FEEDS)
    made.drop("F11", SOUND, cards(10))
    return made


def folder_of_files(path: Path) -> None:
    path.mkdir()
    (path / "inside.csv").write_bytes(b"bytes")


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


IN_PLACE = {
    "folder": (Path.mkdir, "文件夹"),
    "folder of files": (folder_of_files, "文件夹"),
    "link to a system file": (lambda p: p.symlink_to("/etc/passwd"), "链接"),
    "link to a sound file": (lambda p: p.symlink_to(p.with_name(SOUND)), "链接"),
    "dangling link": (lambda p: p.symlink_to("nowhere"), "链接"),
    "looping link": (lambda p: p.symlink_to(p.name), "链接"),
    "link to a folder": (lambda p: p.symlink_to(p.parent), "链接"),
    "pipe": (lambda p: os.mkfifo(p), "管道"),
    "socket": (a_socket, "管道"),
}


@pytest.mark.parametrize("kind", IN_PLACE)
def test_what_is_no_file_is_refused_with_the_reason_and_the_rest_goes_on(office: Office, kind):
    make, why = IN_PLACE[kind]
    place = office.paths.drop / "F11" / NAME
    make(place)
    taken = {r.file_name: r for r in office.run("F11")}
    assert (taken[SOUND].status, taken[SOUND].rows_bronze) == ("accepted", 10)
    refused = taken[NAME]
    assert (refused.status, refused.breaker_code, refused.period) == ("quarantined", "E_FILE_OPEN", "202401")
    assert why in refused.breaker_message and "重新上传" in refused.breaker_message
    assert office.quarantine("F11")["message"].to_list() == [refused.breaker_message]
    assert os.path.lexists(place) and NAME in left_alone(office.paths, F11)[0]
    assert office.run("F11") == [], "told once, and not taken for a new delivery at every run"


def test_a_file_nobody_may_read(office: Office, monkeypatch):
    """Tests may run as root, whom no right stops."""
    office.drop("F11", NAME, b"bytes")
    real = os.open

    def denied(path, *rest, **more):
        if Path(path).name == NAME:
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", denied)
    taken = {r.file_name: (r.status, r.breaker_code) for r in office.run("F11")}
    assert taken == {NAME: ("quarantined", "E_FILE_OPEN"), SOUND: ("accepted", None)}
    monkeypatch.undo()
    assert [(d.file_name, d.size) for d in land_feed(office.paths, F11, AS_OF)] == [(NAME, 5)], "read once it may be"


def test_a_name_in_gb18030_is_read_as_what_it_says(office: Office, cards):  # noqa: F811
    name = os.fsencode(office.paths.drop / "F11") + b"/" + NAME.encode("gb18030")
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(cards(11))
    taken = {r.file_name: (r.status, r.period, r.rows_bronze) for r in office.run("F11")}
    assert taken[NAME] == ("accepted", "202401", 11)
    assert not left_alone(office.paths, F11)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\xff\xfe\x81.csv", "＼xff＼xfe＼x81.csv"),
        (b"a\nb\x1b[31m.csv", "a_b_[31m.csv"),
        ("a\u202evsc.exe".encode(), "a_vsc.exe"),
        ("长".encode() * 84 + b".x", "长" * 66 + ".x"),
        (b"..x", None),
        (b"delivery.json", "delivery.json"),
        (b"_delivery.json", "_delivery.json"),
        (b"%2e%2e%2fetc.csv", "%2e%2e%2fetc.csv"),
    ],
)
def test_any_name_is_landed_byte_for_byte_or_hidden(office: Office, raw, shown):
    with open(os.fsencode(office.paths.drop / "F11") + b"/" + raw, "wb") as file:  # noqa: PTH123
        file.write(b'{"feed": "F99"}')
    taken = {r.file_name: r.breaker_code for r in office.run("F11")}
    assert taken == {SOUND: None} | ({shown: "E_FILE_NAME"} if shown else {})
    for delivery in landed(office.paths, "F11"):
        assert delivery.file(office.paths).stat().st_size == delivery.size
        assert json.loads((delivery.folder(office.paths) / "delivery.json").read_bytes())["feed"] == "F11"
    assert not [p for p in office.paths.landing.rglob("*") if office.paths.root not in p.resolve().parents]


def test_a_file_that_changes_while_it_is_copied_waits(office: Office, monkeypatch):
    place, real = office.drop("F11", NAME, b"bytes"), copying._chunks

    def growing(source):
        yield from real(source)
        if source == place:
            with place.open("ab") as more:
                more.write(b" and more")

    monkeypatch.setattr(copying, "_chunks", growing)
    assert [d.file_name for d in land_feed(office.paths, F11, AS_OF)] == [SOUND]
    monkeypatch.undo()
    assert [d.size for d in land_feed(office.paths, F11, AS_OF)] == [14]


@pytest.mark.parametrize("error", [ZeroDivisionError("张三"), RecursionError(), type("Panic", (BaseException,), {})()])
def test_whatever_goes_wrong_with_a_file_is_the_case_of_that_file(office: Office, cards, monkeypatch, error):  # noqa: F811
    from pipelines.ingest.bronze import taking

    office.drop("F11", NAME, cards(11))
    real = taking.read

    def broken(file, *rest):
        if file.name == NAME:
            raise error
        return real(file, *rest)

    monkeypatch.setattr(taking, "read", broken)
    taken = {r.file_name: r for r in office.run("F11")}
    assert taken[SOUND].status == "accepted" and taken[NAME].breaker_code == "E_INCIDENT"
    number = taken[NAME].breaker_message.split("事件编号 ")[1].split("）")[0]
    log = (office.paths.incidents / f"{number}.log").read_text(encoding="utf-8")
    assert "Traceback" in log and "张三" not in taken[NAME].breaker_message
    (again,) = office.run("F11")
    assert again.breaker_message == taken[NAME].breaker_message
    monkeypatch.undo()
    assert [(r.status, r.rows_bronze) for r in office.run("F11")] == [("accepted", 11)], "mended, it is read"


def test_a_full_disk_is_not_the_fault_of_the_file(office: Office, monkeypatch):
    from pipelines.ingest.bronze import taking

    def full(*_):
        raise OSError(28, "No space left on device")

    land_feed(office.paths, F11, AS_OF)
    monkeypatch.setattr(taking, "read", full)
    with pytest.raises(OSError, match="No space"):
        ingest_feed(office.paths, F11, AS_OF)
    monkeypatch.undo()
    assert results(office.paths, "F11") == []
    assert [r.status for r in ingest_feed(office.paths, F11, AS_OF)] == ["accepted"]


def test_what_lies_in_no_feeds_folder_is_told(office: Office):
    (office.paths.drop / "F99").mkdir()
    (office.paths.drop / "清单.csv").write_bytes(b"1")
    (office.paths.drop / ".hidden").write_bytes(b"1")
    told = unclaimed(office.paths, FEEDS)
    assert [text.split("」")[0] for text in told] == ["收件目录中「F99", "收件目录中「清单.csv"]
    assert unclaimed(type(office.paths)(office.paths.root / "none"), FEEDS) == []


def test_a_link_in_place_of_a_folder_of_pages_is_not_followed(office: Office, tmp_path: Path):
    behind = tmp_path / "behind"
    behind.mkdir()
    (behind / "F11_残疾人证_370600_202401_p0001.csv").write_bytes(b"not ours")
    (office.paths.drop / "F11" / "x.pages").symlink_to(behind, target_is_directory=True)
    land_feed(office.paths, F11, AS_OF)
    assert [d.kind for d in landed(office.paths, "F11") if d.file_name == "x.pages"] == ["link"]
    assert [p.read_bytes() for p in behind.iterdir()] == [b"not ours"]
    assert not any("p0001" in d.file_name for d in landed(office.paths, "F11"))
