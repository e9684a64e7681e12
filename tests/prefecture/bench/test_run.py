"""The benchmark itself, once, at 0.1 %: every stage is there and its rows are those of the lake."""

from pathlib import Path

import pytest

from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench import report, scale, story
from prefecture.bench.stages import ALWAYS
from prefecture.sample.story import TURNS


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Paths, dict, list[str]]:
    paths, said = Paths(tmp_path_factory.mktemp("bench") / scale.name(0.001)), []
    return paths, story.run(paths, 0.001, said.append, months=0), said


def stages(result: dict, turn: str) -> dict[str, dict]:
    return {s["stage"]: s for s in result["stages"] if s["turn"] == turn}


@pytest.mark.parametrize("turn", [str(t) for t in TURNS])
def test_every_stage_is_there(run, turn):
    _, result, _ = run
    found = stages(result, turn)
    assert set(ALWAYS) | {f"bronze {code}" for code in load_contracts()} <= set(found)
    assert ("generate" in found) == (turn == str(TURNS[0]))
    assert ("townships answer" in found) == (turn == str(TURNS[1]))


@pytest.mark.parametrize("turn", [str(t) for t in TURNS])
def test_parts_of_a_turn_add_up_to_it(run, turn):
    _, result, _ = run
    found = stages(result, turn)
    models = sum(s["wall"] for name, s in found.items() if name.startswith("models "))
    assert models == pytest.approx(found["models"]["wall"], rel=0.1)
    bronze = sum(s["rows"] for name, s in found.items() if name.startswith("bronze "))
    assert bronze == found["bronze"]["rows"] > 0


def test_rows_are_those_of_the_lake(run):
    paths, result, _ = run
    found = stages(result, str(TURNS[1]))
    with connect(paths, read_only=True) as con:
        for layer in ("linkage", "unified", "verify"):
            tables = con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = ?",
                [layer],
            ).fetchall()
            total = sum(
                con.execute(f"SELECT count(*) FROM lake.{layer}.{t}").fetchone()[0] for (t,) in tables
            )
            assert found[f"models {layer}"]["rows"] == total > 0
        quarantined_and_not = con.execute(
            "SELECT sum(rows_in) FROM lake.ledger.delivery WHERE delivered_on = ?", [TURNS[1]]
        ).fetchone()[0]
    assert found["bronze"]["rows"] == quarantined_and_not


def test_the_rules_by_hand_find_the_same_keys(run):
    _, result, _ = run
    hand, stock, ours = (result["instead"][n] for n in ("by_hand", "stock", "ours"))
    assert hand["differing"] == {}
    assert ours["errors"] == {}
    written = {r: n for r, n in ours["counts"].items() if n and r not in hand["not_written"]}
    assert hand["counts"] == written
    assert {r: n for r, n in stock["counts"].items() if n} == {
        r: n for r, n in ours["counts"].items() if n and r not in stock["not_expressible"]
    }


def test_scores_sizes_and_the_floor_are_there(run):
    paths, result, _ = run
    for turn in result["turns"].values():
        assert turn["workbooks"] == 159
        judged = {s["rule_id"]: s for s in turn["scores"]}
        assert set(judged) == set(load_rules())
        assert {r for r, s in judged.items() if (s["precision"], s["recall"]) != (1.0, 1.0)} == set()
        assert sum(s["planted"] for s in judged.values()) > 0
    landed = sum(p.stat().st_size for p in paths.landing.rglob("*") if p.is_file())
    assert result["sizes"]["landing"]["bytes"] == landed
    read = sum(f["in"] for feeds in result["floor"]["by_date"].values() for f in feeds.values())
    assert 0.9 * landed < read <= landed
    assert all(value is not None and value > 0 for value in result["ratios"].values())


def test_the_page_can_be_written(run, tmp_path: Path):
    _, result, _ = run
    file = report.write(result, tmp_path)
    assert "| models verify |" in file.with_suffix(".md").read_text(encoding="utf-8")
