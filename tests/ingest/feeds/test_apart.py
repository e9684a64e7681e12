"""A file that ends the process of its reader: it is named and refused, everything else is read, and it is not met again
until its reader is another."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.bronze import awaiting, ingest, reading, results
from pipelines.ingest.feeds import bring_all, many
from pipelines.ingest.formats.kinds import may_unfold
from pipelines.ingest.landing import land_feed
from tests.ingest import made_files as f
from tests.ingest.conftest import AS_OF, FEEDS, Office, allowance, allowance_header, card, cards, workbook  # noqa: F401

BOMB, SOUND = "F11_残疾人证_370600_202401.parquet", "F11_残疾人证_370600_202402.csv"


def bomb() -> bytes:
    """A few kilobytes: one text of 60,000 signs in 50,000 rows, which no guard weighs."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), pa.array(["x" * 60_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"残疾人证号": column}), out, compression="zstd")
    return out.getvalue()


def test_a_file_that_ends_its_reader_costs_itself(
    tmp_path, monkeypatch, cards, workbook, allowance, allowance_header  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(many, "READER_MEMORY", 3 << 29)
    made = Office(tmp_path, FEEDS)
    content = bomb()
    assert len(content) < 50_000
    made.drop("F11", BOMB, content)
    made.drop("F11", SOUND, cards(10))
    made.drop("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook([allowance_header, *map(allowance, range(5))]))
    feeds = [FEEDS["F11"], FEEDS["F10"]]
    states = {feed.code: state for feed, state in bring_all(made.paths, feeds, AS_OF)}
    refused, sound = states["F11"].taken
    assert (refused.file_name, refused.breaker_code, refused.rows_in) == (BOMB, "E_READER", 0)
    assert (sound.file_name, sound.status, sound.rows_bronze) == (SOUND, "accepted", 10)
    assert [r.rows_bronze for r in states["F10"].taken] == [5]
    number = refused.breaker_message.partition("事件编号 ")[2].partition("）")[0]
    assert (made.paths.incidents / f"{number}.log").is_file()
    assert not list((made.paths.bronze / ".reading").glob("*"))
    monkeypatch.setattr(many, "Apart", None)
    again = {feed.code: state for feed, state in bring_all(made.paths, feeds, AS_OF)}
    assert again["F11"].taken == again["F10"].taken == [], "it is not read again"


def test_a_file_that_is_never_read_through_costs_itself(
    tmp_path, monkeypatch, cards, workbook, allowance, allowance_header  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(many, "READER_PATIENCE", 1e-4)
    made = Office(tmp_path, FEEDS)
    made.drop("F11", SOUND, cards(10))
    made.drop("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook([allowance_header, *map(allowance, range(5))]))
    states = {feed.code: state for feed, state in bring_all(made.paths, [FEEDS["F11"], FEEDS["F10"]], AS_OF)}
    (refused,), (sound,) = states["F10"].taken, states["F11"].taken
    assert (refused.breaker_code, refused.rows_in) == ("E_READER", 0) and "时间" in refused.breaker_message
    assert (sound.status, sound.rows_bronze) == ("accepted", 10)


@pytest.fixture
def killed(tmp_path, cards) -> Office:  # noqa: F811
    """Two deliveries, the first of which has ended two readers."""
    made = Office(tmp_path, FEEDS)
    made.drop("F11", "F11_残疾人证_370600_202401.csv", cards(10))
    made.drop("F11", SOUND, cards(12))
    first, _ = land_feed(made.paths, FEEDS["F11"], AS_OF)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), reading.being_read(made.paths, first):
            note = reading._note(made.paths, "F11").read_bytes()
            raise KeyboardInterrupt
        reading._note(made.paths, "F11").write_bytes(note)
        assert reading.blame(made.paths, "F11")
    return made


def outcomes(made: Office) -> list[tuple]:
    return [(r.breaker_code, r.rows_bronze) for r in results(made.paths, "F11")]


def test_it_is_read_again_when_its_reader_is_another(killed: Office, monkeypatch):
    killed.run("F11")
    assert outcomes(killed) == [("E_READER", 0), (None, 12)]
    assert killed.run("F11") == [] and awaiting(killed.paths, FEEDS["F11"], AS_OF) == []
    monkeypatch.setattr(ingest, "reader_version", lambda: "another")
    assert len(awaiting(killed.paths, FEEDS["F11"], AS_OF)) == 1
    killed.run("F11")
    assert outcomes(killed) == [(None, 10), (None, 12)]


def test_a_third_death_is_not_the_files(killed: Office):
    assert not reading.blame(killed.paths, "F11")
    assert not reading.blame(killed.paths, "F10"), "no file was being read"


def test_deaths_of_one_file_are_not_those_of_another(killed: Office):
    first, second = awaiting(killed.paths, FEEDS["F11"], AS_OF)
    assert (reading.deaths_of(killed.paths, first), reading.deaths_of(killed.paths, second)) == (2, 0)
    with reading.being_read(killed.paths, second):
        assert reading.blame(killed.paths, "F11")
        assert not reading.has_killed(killed.paths, second)


@pytest.mark.parametrize(("name", "is_apart"), [
    ("csv", False), ("csv-gb18030", False), ("json-array", False), ("geojson", False), ("xlsx", True), ("xls", True),
    ("ods", True), ("html", True), ("parquet", True), ("zip-csv", True),
])  # fmt: skip
def test_only_plain_text_is_read_in_the_process_of_the_run(tmp_path, name: str, is_apart: bool):
    file = tmp_path / "file"
    file.write_bytes(f.FORMATS[name](f.people()))
    assert may_unfold(file) == is_apart
