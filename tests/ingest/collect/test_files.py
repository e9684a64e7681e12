"""Files fetched over SFTP from a real OpenSSH server, from S3 over real HTTP, and from a shared folder."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem

from pipelines.ingest.collect import FAILED, FETCHED, UNCHANGED, collect, files
from pipelines.ingest.landing import landed
from tests.ingest.collect import sshd
from tests.ingest.collect.office import CONNECTION, Office

JAN, FEB = date(2024, 1, 31), date(2024, 2, 29)
NAME, NEXT = "F98_测试补贴_370600_202401_全量.csv", "F98_测试补贴_370600_202402_增量.csv"


@dataclass
class Place:
    """Where a department puts files: `put` one there, with its time where the place has times of its own."""

    kind: str
    place: str
    put: Callable[[str, bytes], None]


@pytest.fixture(scope="module")
def ssh_server() -> Iterator[sshd.Server]:
    with sshd.server() as running:
        yield running


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture(params=["sftp", "s3", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Place:
    def write(root: Path) -> Callable[[str, bytes], None]:
        def put(name: str, content: bytes) -> None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)

        return put

    if request.param == "folder":
        monkeypatch.setenv(CONNECTION, str(tmp_path / "share"))
        (tmp_path / "share" / "jiaohuan").mkdir(parents=True)
        return Place("folder", "jiaohuan", write(tmp_path / "share" / "jiaohuan"))
    if request.param == "sftp":
        server = request.getfixturevalue("ssh_server")
        monkeypatch.setenv(CONNECTION, server.address)
        monkeypatch.setenv(CONNECTION + "_KEY", str(server.key))
        monkeypatch.setenv(CONNECTION + "_KNOWN_HOSTS", str(server.known_hosts))
        root = server.root / tmp_path.name
        root.mkdir()
        return Place("sftp", str(root), write(root))
    address = request.getfixturevalue("s3_server")
    for name, value in {"": address, "_KEY": "yaoshi-8151", "_SECRET": "mima-8151"}.items():
        monkeypatch.setenv(CONNECTION + name, value)
    s3 = S3FileSystem(
        endpoint_override=address.removeprefix("http://"), scheme="http", access_key="a", secret_key="b",
        allow_bucket_creation=True,
    )  # fmt: skip
    bucket = f"b{abs(hash(tmp_path.name))}"
    s3.create_dir(bucket)

    def put(name: str, content: bytes) -> None:
        with s3.open_output_stream(f"{bucket}/jiaohuan/{name}") as out:
            out.write(content)

    return Place("s3", f"{bucket}/jiaohuan", put)


@pytest.fixture
def office(place: Place, tmp_path: Path, monkeypatch) -> Office:
    return Office.of(tmp_path / "data", place.kind, place=place.place)


def test_files_come_once_byte_for_byte(place: Place, office: Office, monkeypatch):
    place.put(NAME, b"one")
    place.put("county/" + NEXT, b"two")
    place.put("F99_others_370600_202401.csv", b"not ours")
    place.put(".hidden.csv", b"")
    place.put(NEXT.replace("02_", "03_") + ".part", b"half")
    report = office.collect(JAN)
    assert (report.status, sorted(report.files)) == (FETCHED, [NAME, NEXT])
    assert [n.split("「")[1].split("」")[0] for n in report.notices] == ["F99_others_370600_202401.csv"]
    assert {d.file_name: d.file(office.paths).read_bytes() for d in office.land(JAN)} == {NAME: b"one", NEXT: b"two"}
    monkeypatch.setattr(files, "_take", None)  # whoever copies again, fails
    assert office.collect(FEB).status == UNCHANGED
    assert office.dropped() == []


def test_the_same_bytes_under_another_name_are_let_go(place: Place, office: Office):
    place.put(NAME, b"one")
    office.turn(JAN)
    place.put(NAME.replace(".csv", ".json"), b"one")
    assert office.collect(FEB).status == UNCHANGED
    assert office.dropped() == []


def test_a_file_sent_anew_under_its_name_comes_again(place: Place, office: Office):
    place.put(NAME, b"one")
    office.turn(JAN)
    place.put(NAME, b"three")
    assert office.turn(FEB).files == (NAME,)
    assert [d.size for d in landed(office.paths, "F98")] == [3, 5]


def test_what_grows_waits_unless_it_is_marked(place: Place, office: Office, monkeypatch):
    place.put(NAME, b"one")
    place.put(NEXT, b"two")
    place.put(NEXT + ".ok", b"")
    monkeypatch.setattr(time, "sleep", lambda _: place.put(NAME, b"one and more"))
    report = office.collect(JAN)
    assert (report.files, report.notices) == ((NEXT,), (f"F98 文件「{NAME}」还在变化，下次再收",))
    monkeypatch.undo()


def test_a_place_that_is_not_there_is_reported(place: Place, office: Office):
    (source,) = office.feed.sources
    office.feed = replace(office.feed, sources=(replace(source, place="nirgends-8151/x"),))
    report = office.collect(JAN)
    assert report.status == FAILED and CONNECTION in report.message
    assert "mima-8151" not in str(report)


def test_a_server_with_another_key_gets_nothing(ssh_server, tmp_path, monkeypatch):
    monkeypatch.setenv(CONNECTION, ssh_server.address.replace("@", ":mima-8151@"))
    monkeypatch.setenv(CONNECTION + "_KNOWN_HOSTS", str(tmp_path / "none"))
    report = Office.of(tmp_path, "sftp", place="/").collect(JAN)
    assert report.status == FAILED and "known_hosts" in report.message and "mima-8151" not in str(report)


def test_a_wrong_key_of_ours_is_reported(ssh_server, tmp_path, monkeypatch):
    monkeypatch.setenv(CONNECTION, ssh_server.address.replace("@", ":mima-8151@"))
    monkeypatch.setenv(CONNECTION + "_KNOWN_HOSTS", str(ssh_server.known_hosts))
    report = Office.of(tmp_path, "sftp", place="/").collect(JAN)
    assert report.status == FAILED and "Authentication" in report.message and "mima-8151" not in str(report)


def test_several_feeds_share_a_place_and_name_a_stranger_once(tmp_path, monkeypatch):
    monkeypatch.setenv(CONNECTION, str(tmp_path))
    office = Office.of(tmp_path / "data", "folder", place="share")
    pattern = office.feed.file_pattern.replace("F98", "F99")
    both = [office.feed, replace(office.feed, code="F99", file_pattern=pattern)]
    for name in (NAME, NAME.replace("F98", "F99"), "名单.xlsx"):
        (tmp_path / "share").mkdir(exist_ok=True)
        (tmp_path / "share" / name).write_bytes(name.encode())
    reports = [r for feed in both for r in collect(office.paths, feed, JAN, both)]
    assert [r.files for r in reports] == [(NAME,), (NAME.replace("F98", "F99"),)]
    assert [len(r.notices) for r in reports] == [1, 0] and "名单.xlsx" in reports[0].notices[0]


def test_a_link_in_a_shared_folder_leads_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv(CONNECTION, str(tmp_path))
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / NAME).symlink_to("/etc/hostname")
    report = Office.of(tmp_path / "data", "folder", place="share").collect(JAN)
    assert (report.status, report.files) == (UNCHANGED, ())
    assert "不是文件" in report.notices[0]


def test_one_file_nobody_can_read_stops_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv(CONNECTION, str(tmp_path))
    share = tmp_path / "share"
    share.mkdir()
    (share / NAME).write_bytes(b"one")
    os.rename(share / NAME, os.fsencode(share) + b"/" + NAME.encode("gb18030"))  # noqa: PTH104
    (share / NEXT).write_bytes(b"two")
    office = Office.of(tmp_path / "data", "folder", place="share")
    real = LocalFileSystem.get_file

    def denied(self, path, *rest, **more):
        if path.endswith(NEXT):
            raise PermissionError(13, "Permission denied")
        return real(self, path, *rest, **more)

    monkeypatch.setattr(LocalFileSystem, "get_file", denied)
    report = office.collect(JAN)
    assert (report.status, report.files) == (FETCHED, (NAME,)), "its name in GB18030 is read as what it says"
    assert len(report.notices) == 1 and f"「{NEXT}」读不了" in report.notices[0]
    monkeypatch.undo()
    monkeypatch.setenv(CONNECTION, str(tmp_path))
    assert office.collect(JAN).files == (NEXT,)
