"""A named person ends the quarantine of a delivery; the lake is rebuilt to the same from landing and decisions."""

import hashlib
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from pipelines.ingest.bronze import results
from pipelines.ingest.bronze.result import all_results
from pipelines.ingest.bronze.rulings import problems, take_in
from tests.ingest.conftest import CARD_HEADER, FEEDS, Office

T1, T2, T3, T4 = (date(2024, month, 28) for month in (1, 2, 3, 4))
REFUSED = "F11_残疾人证_370600_202402.csv"


def decide(office: Office, delivery_id: str, decision: str = "release", on: date = T3, name: str = "a.yaml", **more):
    entry = {"feed": "F11", "delivery_id": delivery_id, "decision": decision, "reason": "县里合并，已核实",
             "by": "张三", "on": on.isoformat(), **more}  # fmt: skip
    folder = office.paths.decisions / "deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n  ".join(f"{key}: {value}" for key, value in entry.items())
    (folder / name).write_text(f"- {text}\n", encoding="utf-8")


def known(office: Office) -> dict:
    came = {}
    for result in all_results(office.paths, "F11"):
        came.setdefault(result.delivery_id, result)
    return {"F11": came}


def told(office: Office, as_of: date) -> list[str]:
    return problems(office.paths, as_of, known(office))


def outcomes(office: Office, as_of: date) -> list[tuple]:
    return [(r.period, r.status, r.rows_bronze, r.rows_quarantined) for r in results(office.paths, "F11", as_of)]


def fingerprint(office: Office) -> dict[str, str]:
    folder = office.paths.bronze / "F11"
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def refused(office: Office, cards, card):
    """Ten cards, then thirty (refused; one of them with a bad date), then twelve."""
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), T1)
    lines = [card(n) for n in range(29)] + [card(29).replace("2030-01-01", "?")]
    result = office.deliver("F11", REFUSED, cards(lines), T2)
    assert result.breaker_code == "E_ROW_COUNT"
    return result


def test_a_released_delivery_counts_from_its_turn_in_its_old_place(office: Office, refused, cards):
    decide(office, refused.delivery_id)
    take_in(office.paths, T2)
    assert office.run("F11", T2) == []  # decided after that day
    take_in(office.paths, T3)
    office.drop("F11", "F11_残疾人证_370600_202403.csv", cards(45))
    released, march = office.run("F11", T3)
    assert (released.delivery_id, released.released_on) == (refused.delivery_id, "2024-03-28")
    assert (march.status, march.row_count_ratio) == ("accepted", 1.5)  # against the thirty, which stand now
    assert outcomes(office, T2) == [("202401", "accepted", 10, 0), ("202402", "quarantined", 0, 30)]
    assert outcomes(office, T3)[1:] == [("202402", "accepted", 29, 1), ("202403", "accepted", 45, 0)]
    rows = office.rows("F11").filter(pl.col("_delivery_id") == refused.delivery_id)
    assert (rows["_delivered_on"].unique().to_list(), rows["_delivery_seq"].unique().to_list()) == ([T3], [2])
    entries = pl.read_parquet(office.paths.bronze / "F11" / released.folder / "quarantine.parquet")
    assert entries["code"].to_list() == ["E_DATE"]
    assert "张三" not in str(released.record()) and told(office, T3) == []
    assert office.run("F11", T3) == []


def test_a_rebuild_gives_the_same_bronze(office: Office, refused, cards):
    office.deliver("F11", "F11_残疾人证_370600_202403.csv", cards(12), T3)
    decide(office, refused.delivery_id, on=T4)
    take_in(office.paths, T4)
    office.run("F11", T4)
    before = fingerprint(office)
    assert len(before) == 2 + 4 * 5 - 2  # the refused one has no sketch and no people
    shutil.rmtree(office.paths.bronze)
    office.run("F11", T4)
    assert fingerprint(office) == before


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(st.sampled_from([0, 3, 10, 12, 30, 31, 90]), st.sampled_from(["", "release", "reject"]),
                          st.booleans()), min_size=2, max_size=7))  # fmt: skip
@example([(10, "", False), (30, "", False), (31, "", False), (31, "release", False), (90, "release", True)])
def test_whenever_people_decide_a_rebuild_gives_the_same_bronze(steps):
    """Each step: so many cards come, a decision about the oldest refused delivery, and whether a day passes."""
    with tempfile.TemporaryDirectory() as folder:
        office, day = Office(Path(folder), FEEDS), date(2024, 1, 1)
        for number, (size, decision, passes) in enumerate(steps):
            body = "".join(f"3706021960010100{n:02d}11,李{number},1,1,2030-01-01,,发放,\r\n" for n in range(size))
            content = f"{CARD_HEADER}\r\n{body}".encode()
            office.drop("F11", f"F11_残疾人证_370600_2024{number + 1:02d}.csv", content)
            waiting = [r for r in results(office.paths, "F11", day) if r.status == "quarantined"]
            if decision and waiting:
                decide(office, waiting[0].delivery_id, decision, day, f"{number}.yaml")
            take_in(office.paths, day)
            office.run("F11", day)
            assert office.run("F11", day) == []
            day += timedelta(days=passes)
        before, seen = fingerprint(office), [outcomes(office, date(2024, 1, d)) for d in range(1, 9)]
        shutil.rmtree(office.paths.bronze)
        office.run("F11", day)
        assert fingerprint(office) == before
        assert [outcomes(office, date(2024, 1, d)) for d in range(1, 9)] == seen


def test_a_rejected_delivery_stays_out_for_good(office: Office, refused):
    decide(office, refused.delivery_id, "reject")
    take_in(office.paths, T3)
    assert office.run("F11", T3) == []
    decide(office, refused.delivery_id, "release", T4, "b.yaml")
    take_in(office.paths, T4)
    assert office.run("F11", T4) == []
    assert outcomes(office, T4)[1] == ("202402", "quarantined", 0, 30)
    (message,) = [m for m in told(office, T4) if m.startswith("b.")]
    assert message.endswith("2024-03-28 已决定退回，不能再改。请该部门重新交付。该决定未生效。")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        ("姓名,残疾类别,残疾等级,有效期至,补贴类别,补贴状态,村居代码\r\n李,1,1,,,,\r\n".encode(), "E_COLUMN_MISSING"),
    ],
)
def test_what_nobody_can_read_cannot_be_released(office: Office, content: bytes, code: str):
    result = office.deliver("F11", REFUSED, content, T2)
    assert result.breaker_code == code
    decide(office, result.delivery_id)
    take_in(office.paths, T3)
    assert office.run("F11", T3) == []
    assert "无法读取或缺少必填的列，不能放行" in told(office, T3)[0]


def test_decisions_that_mean_nothing_are_told(office: Office, refused):
    first = results(office.paths, "F11")[0].delivery_id
    decide(office, first, name="a.yaml")
    decide(office, "20240228-00000000", name="b.yaml")
    decide(office, refused.delivery_id, "maybe", name="c.yaml")
    decide(office, refused.delivery_id, feed="F01", name="d.yaml")
    take_in(office.paths, T3)
    assert office.run("F11", T3) == []
    unreadable, *messages = told(office, T3)
    assert unreadable == "c.yaml 第1条：decision 只能是 release（放行） 或 reject（退回）。"
    assert [m.split(" ", 3)[3] for m in messages] == [
        "没有被拦截，无需决定。该决定未生效。",
        "没有这一批交付，请核对数据源代码和交付编号。该决定未生效。",
        "没有这一批交付，请核对数据源代码和交付编号。该决定未生效。",
    ]
