"""One file is one case: its number, its private log, and names from outside that never become paths."""

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kit.file_names import readable, safe_name
from pipelines.kit.incidents import incident, words
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import write_whole

DAY = date(2024, 2, 29)


def raised(said: str) -> ValueError:
    try:
        raise ValueError(said)
    except ValueError as error:
        return error


def test_the_traceback_is_kept_where_only_its_owner_reads_it(tmp_path):
    paths = Paths(tmp_path)
    number = incident(paths, "drop/F11/甲.csv", "ab12", DAY, raised("张三 370602195001010014"))
    log = paths.incidents / f"{number}.log"
    assert "张三" in log.read_text(encoding="utf-8") and "Traceback" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 == 0o600 and paths.incidents.stat().st_mode & 0o777 == 0o700
    assert number in words(number) and "张三" not in words(number)


def test_the_number_tells_cases_apart_and_is_the_same_when_repeated(tmp_path):
    paths = Paths(tmp_path)
    cases = (("a", "1"), ("a", "1"), ("a", "2"), ("b", "1"))
    numbers = [incident(paths, what, sha, DAY, raised("x")) for what, sha in cases]
    assert numbers[0] == numbers[1] and len(set(numbers)) == 3
    assert len(list(paths.incidents.iterdir())) == 3


@pytest.mark.parametrize("name", ["残疾人证.csv", os.fsdecode("残疾人证.csv".encode("gb18030")), "a\ud800b", "a\nb"])
def test_any_name_can_be_recorded(tmp_path, name):
    number = incident(Paths(tmp_path), name, "", DAY, raised(f"about {name}"))
    assert (tmp_path / "incidents" / f"{number}.log").stat().st_size


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("F11_残疾人证_370600_202401.csv", "F11_残疾人证_370600_202401.csv"),
        ("名单　（新）.xlsx", "名单　（新）.xlsx"),
        (os.fsdecode("F11_残疾人证.csv".encode("gb18030")), "F11_残疾人证.csv"),
        (os.fsdecode(b"\xff\xfe.csv"), "＼xff＼xfe.csv"),
        ("北/南镇", "北／南镇"),
        ("..", "_."),
        ("../../etc/passwd", "_.／..／etc／passwd"),
        (".hidden", "_hidden"),
        ("a\nb\u202ec\u0085d\x00", "a_b_c_d_"),
        ("", "_"),
        ("长" * 100 + ".xlsx", "长" * 65 + ".xlsx"),
    ],
)
def test_a_name_becomes_one_part_of_a_path(name, safe):
    assert safe_name(name) == safe


@given(st.text(alphabet=st.characters(), max_size=300) | st.binary(max_size=300).map(os.fsdecode))
def test_no_name_leaves_its_folder_or_fails_to_be_written(name):
    safe = safe_name(name)
    assert safe not in ("", ".", "..") and "/" not in safe and not safe.startswith(".")
    assert len(safe.encode()) <= 200 and safe == safe_name(safe)
    readable(name).encode()


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "deep" / "record.json"
    write_whole(file, "old")
    write_whole(file, "other", keep_existing=True)
    assert file.read_text() == "old"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "new")
    assert file.read_text() == "old" and [p.name for p in file.parent.iterdir()] == ["record.json"]
