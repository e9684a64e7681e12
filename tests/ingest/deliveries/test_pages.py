"""Pages as they arrive: from files in the drop folder to what counts."""

import json
from datetime import date

import pytest

from pipelines.ingest.bronze import ingest_feed
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.landing import land_feed
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
from tests.ingest.deliveries.known import known, standings

F28 = load_contracts()["F28"]
DAYS = [date(2024, 2, day) for day in range(1, 5)]


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path)


def receive(paths: Paths, day: date, *pages: int, of: object) -> dict[int, str]:
    """Drop some pages of January; returns the state of every page by then."""
    folder = paths.drop / "F28"
    folder.mkdir(parents=True, exist_ok=True)
    for page in pages:
        record = {c.label: "2024-01-05" if c.type in ("date", "timestamp") else f"{page}" for c in F28.columns}
        answer = {"code": 0, "total": 9, "page": page, "pages": of, "data": [record]}
        name = f"F28_{F28.title}_370600_202401_p{page:04d}.json"
        (folder / name).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    land_feed(paths, F28, day)
    assert all(r.status == "accepted" for r in ingest_feed(paths, F28, day))
    return {n: s.state for n, s in enumerate(known_deliveries(paths, F28, day), start=1)}


def test_the_last_page_is_missed_by_what_the_answer_says(paths):
    assert receive(paths, DAYS[0], 1, 2, of=3) == {1: "waiting", 2: "waiting"}
    assert "缺第 3 页" in known_deliveries(paths, F28, DAYS[0])[0].note
    assert receive(paths, DAYS[1], 3, of=3) == {1: "in_force", 2: "in_force", 3: "in_force"}


@pytest.mark.parametrize("said", ["三", True, 0, 10**6, None, [3]])
def test_nonsense_about_the_number_of_pages_says_nothing(paths, said):
    assert receive(paths, DAYS[0], 1, of=said) == {1: "in_force"}


def test_a_first_page_without_a_number_joins_the_others(paths):
    receive(paths, DAYS[0], 1, of=3)
    (one,) = (paths.landing / "F28").iterdir()
    assert receive(paths, DAYS[1], 2, 3, of=3) == {1: "in_force", 2: "in_force", 3: "in_force"}
    other = Paths(paths.root / "other")
    folder = other.drop / "F28"
    folder.mkdir(parents=True)
    (named,) = one.glob("*_p0001.json")
    (folder / named.name.replace("_p0001", "")).write_bytes(named.read_bytes())
    assert receive(other, DAYS[0], 2, 3, of=3) == {1: "in_force", 2: "in_force", 3: "in_force"}


def test_a_file_without_a_page_number_may_be_one_of_several():
    found = standings(known(1, "a", "202401", "full", pages=3), known(2, "b", "202402", "full", pages=1))
    assert found["a"].state == "waiting" and "2、3" in found["a"].note
    assert found["b"].state == "in_force"
