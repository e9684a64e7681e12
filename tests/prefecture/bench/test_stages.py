"""Steps and models become stages."""

from dataclasses import dataclass, field

import pytest

from pipelines.defs.assembly import build_defs
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
from prefecture.bench.stages import STEPS as NAMED
from prefecture.bench.stages import stages


@dataclass
class Step:
    key: str
    start: float
    end: float
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)


STEPS = [
    Step("bronze", 110, 121, {
        "bronze/public_security__residents": (112, 120), "bronze/civil_affairs__divisions": (111, 115),
    }),
    Step("ledger__turn", 122, 123),
    Step("models", 123, 150, {
        "staging/a": (130, 132), "reference/band": (132, 133), "staging/b": (133, 134), "verify/c": (135, 140),
    }),
    Step("ledger__anomaly", 150, 154),
    Step("ledger__ticket", 154, 155),
]


@pytest.fixture
def found() -> dict:
    return stages((100, 160), STEPS, load_contracts())


def test_every_step_of_a_turn_has_its_stage(tmp_path):
    steps = {node.name for node in build_defs(Paths(tmp_path)).resolve_job_def("turn").nodes}
    assert {s for s in steps if not s.startswith("collected__")} == set(NAMED)


def test_bronze_is_told_by_feed_and_in_all(found):
    assert found["bronze F01"] == [(112, 120)]
    assert found["bronze"] == [(110, 121)]


def test_inside_the_models_step_the_start_the_layers_and_the_look_at_tables_are_apart(found):
    assert found["models start"] == [(123, 130)]
    assert found["models staging"] == [(130, 132), (133, 134)]
    assert found["models seeds and tests"] == [(132, 133), (134, 135)]
    assert found["models verify"] == [(135, 140)]
    assert found["models described"] == [(140, 150)]


def test_ledger_adds_its_steps(found):
    assert found["ledger"] == [(122, 123), (154, 155)]
    assert found["rules"] == [(150, 154)]


def test_start_and_gaps_cover_the_rest_of_the_turn(found):
    assert found["start"] == [(100, 110)]
    assert found["between steps"] == [(121, 122), (155, 160)]
    totals = {"turn", "ledger", "models"}
    whole = [spans for name, spans in found.items() if name not in totals and not name.startswith("bronze ")]
    parts = sum(b - a for spans in whole for a, b in spans)
    assert parts == 60


def test_a_step_without_a_name_is_an_error():
    with pytest.raises(KeyError):
        stages((0, 2), [Step("something_new", 0, 1)], load_contracts())
