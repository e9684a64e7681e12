"""docs/operations.md speaks of what there is: every sensor, schedule and job, and sentences that are really said."""

import re

import pytest

from pipelines.defs.assembly import build_defs
from pipelines.kit.paths import PROJECT_ROOT, Paths

PAGE = (PROJECT_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SAID = (
    "another run is writing the lake", "is out, and there is none of", "the newest data", "the lake shows",
    "is out with another content", "事件编号",
)  # fmt: skip


def test_whatever_starts_runs_is_on_the_page(tmp_path):
    repository = build_defs(Paths(tmp_path)).get_repository_def()
    automations = {s.name for s in (*repository.sensor_defs, *repository.schedule_defs)}
    jobs = {name for name in repository.job_names if not name.startswith("__")}
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert automations | jobs <= named
    assert {n for n in named if n.endswith(("_sensor", "_turn", "_sources", "_exports", "_arrivals"))} <= automations


@pytest.mark.parametrize("sentence", SAID)
def test_a_sentence_of_the_page_is_one_of_the_code(sentence):
    assert sentence in PAGE
    code = (file.read_text(encoding="utf-8") for file in (PROJECT_ROOT / "pipelines").rglob("*.py"))
    assert any(sentence in text for text in code)
