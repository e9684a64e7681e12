"""A pack comes and goes without a trace: every table outside it holds what it held."""

import re
import shutil

import pytest

from pipelines.judge.ledger.content import content_hash
from pipelines.judge.rules import load_rules
from pipelines.kit import build, models
from pipelines.kit.lake import connect
from pipelines.kit.office.sheets import load_sheets
from pipelines.kit.packs import SHAPES, load_packs, of_packs
from pipelines.kit.packs.skeleton import write_skeleton
from pipelines.kit.paths import PROJECT_ROOT, Paths
from tests.dbt.conftest import before_the_build
from tests.dbt.small_prefecture import SECOND

LAYERS = ("reference", "staging", "linkage", "unified", "verify", "returns", "packs", "published")


def tables_of(pack: str) -> set[str]:
    """What a pack's models make."""
    mine = f"models/packs/{pack}/"
    return {f"{n.schema}.{n.name}" for n in models.nodes() if n.kind == models.MODEL and n.file.startswith(mine)}


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """(content, columns of the new pack's table) of a project with one pack more, and one of ours deleted."""
    root = tmp_path_factory.mktemp("project")
    project = root / "dbt_project"
    shutil.copytree(PROJECT_ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.rmtree(project / "models" / "packs" / "emergency_stores")
    write_skeleton("wells", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "DBT_PROJECT", project)
        patch.setattr(models, "TARGET", root / "compiled")
        patch.setattr(build, "DBT_PROJECT", project)
        paths = before_the_build(Paths(root / "data"))
        build.build(paths, SECOND)
    with connect(paths, read_only=True) as con:
        columns = [c for c, *_ in con.execute("DESCRIBE lake.packs.wells__indicator").fetchall()]
        return content_hash(con, LAYERS), columns


def test_all_else_is_as_it_was(paths, changed):
    content, _ = changed
    with connect(paths, read_only=True) as con:
        before = content_hash(con, LAYERS)
    gone = tables_of("emergency_stores")
    assert {"packs.emergency_stores__file", "verify.responsible_stock"} <= gone
    assert before.keys() - content.keys() == gone
    assert content.keys() - before.keys() == {"packs.wells__indicator"}
    assert {t for t in before.keys() & content.keys() if before[t] != content[t]} == set()


def test_a_skeleton_gives_its_shape(changed):
    _, columns = changed
    assert tuple(columns) == SHAPES["indicator"].columns


def test_nothing_of_the_house_reads_a_pack():
    of = {n.key: n.file.split("/")[2] for n in models.nodes() if n.file.startswith("models/packs/")}
    assert set(of.values()) == set(load_packs())
    for node in models.nodes():
        assert all(of[parent] == of.get(node.key) for parent in node.parents if parent in of), node.file


def test_what_is_to_be_done_about_a_finding_is_due_when_its_rule_says():
    sql = next(n for n in models.nodes() if n.name == "emergency_stores__task")
    text = (models.DBT_PROJECT / sql.file).read_text(encoding="utf-8")
    assert f"today.working_day_number + {load_rules()['R43'].working_days}\n" in text


def test_sheets_of_packs_have_words_for_their_codes(ask):
    sheets = [sheet for sheet in load_sheets("township").values() if sheet.table.startswith("packs.")]
    assert {sheet.table for sheet in sheets} == {"packs.emergency_stores__file", "packs.small_places__file"}
    for sheet in sheets:
        for column in sheet.columns:
            values = {str(v) for (v,) in ask(f"select distinct {column.name} from lake.{sheet.table}") if v is not None}
            assert {v for v in values if re.fullmatch("[a-z_]+", v)} <= column.words.keys()


def test_a_packs_rules_have_its_words():
    assert {file.parent.name for file in of_packs("rules.yaml")} == {"emergency_stores", "small_places"}
    rules = load_rules()
    assert rules["R43"].labels["stock_defect"] == "问题"
    assert rules["R43"].value_labels["stock_defect"]["expired"] == "已过有效期"
    assert "stock_defect" not in rules["R40"].labels
    assert "stock_defect" not in rules["R01"].labels
