"""Which change of a contract needs which version."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.kit.contracts import Column, Feed, load_contracts
from pipelines.kit.contracts.__main__ import main
from pipelines.kit.contracts.compatibility import release, unannounced
from pipelines.kit.contracts.generate import RELEASED, write
from pipelines.kit.paths import PROJECT_ROOT

BASE = replace(
    load_contracts()["F11"],
    version="1.2.3",
    key_columns=("no",),
    columns=(
        Column("no", "编号", ("证号",), required=True, key=True, min_length=4, max_length=10, pattern=r"^\d+$"),
        Column("name", "姓名", max_length=20),
        Column("level", "等级", code_list=("1", "2")),
        Column("area", "面积", type="decimal", scale=4),
    ),
)
Change = Callable[[Feed], Feed]


def _column(name: str, **facts: object) -> Change:
    return lambda feed: replace(
        feed, columns=tuple(replace(c, **facts) if c.name == name else c for c in feed.columns)
    )


def _added(column: Column) -> Change:
    return lambda feed: replace(feed, columns=(*feed.columns, column))


def _without(name: str) -> Change:
    return lambda feed: replace(feed, columns=tuple(c for c in feed.columns if c.name != name))


@pytest.fixture
def released(tmp_path: Path) -> Path:
    release([BASE], tmp_path / "released.json")
    return tmp_path / "released.json"


BREAKING = {
    "column name: months after the file's period are refused": _column("name", ahead="refused"),
    "column name is gone": _without("name"),
    "column area: decimal became string": _column("area", type="string"),
    "column area: 2 decimals, were 4": _column("area", scale=2),
    "key was ['no'], is ['no', 'name']": lambda feed: replace(feed, key_columns=("no", "name")),
    "mode was full, is append": lambda feed: replace(feed, mode="append"),
    "scope was city, is county": lambda feed: replace(feed, scope_kind="county"),
    "table was disabled_federation__disability_cards, is disability__disability_cards": lambda feed: replace(
        feed, department="disability"
    ),
    "column name: may no longer be empty": _column("name", required=True),
    "column name: at most 10 characters, were 20": _column("name", max_length=10),
    "column level: at most 1 characters, were any number": _column("level", max_length=1),
    "column no: at least 6 characters, were 4": _column("no", min_length=6),
    r"column no: the pattern was ^\d+$, is ^\d{6}$": _column("no", pattern=r"^\d{6}$"),
    r"column name: the pattern was none, is ^\S+$": _column("name", pattern=r"^\S+$"),
    "column level: codes are gone: 2": _column("level", code_list=("1", "3")),
    "column name: is now a closed list of codes": _column("name", code_list=("甲",)),
    "column no: headings are no longer taken: 证号": _column("no", aliases=()),
    "column sex is new and required": _added(Column("sex", "性别", required=True)),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKING)
def test_a_breaking_change_needs_a_major_version(released: Path, what: str):
    changed = BREAKING[what](BASE)
    complaint = f"F11: {what}; raise the major version (now VERSION) or take it back"
    assert unannounced([changed], released) == [complaint.replace("VERSION", "1.2.3")]
    assert unannounced([replace(changed, version="1.9.0")], released) == [complaint.replace("VERSION", "1.9.0")]
    assert unannounced([replace(changed, version="2.0.0")], released) == []


WIDER = {
    "sex": _added(Column("sex", "性别")),
    "name": _column("name", max_length=40),
    "no": _column("no", pattern=None, min_length=None, required=False),
    "level": _column("level", code_list=("1", "2", "3")),
    "area": _column("area", aliases=("建筑面积",)),
}


@pytest.mark.parametrize("name", WIDER)
def test_a_wider_contract_needs_a_minor_version(released: Path, name: str):
    changed = WIDER[name](BASE)
    complaint = f"F11: column {name} changed; raise the minor version (now VERSION)"
    assert unannounced([changed], released) == [complaint.replace("VERSION", "1.2.3")]
    assert unannounced([replace(changed, version="1.2.4")], released) == [complaint.replace("VERSION", "1.2.4")]
    assert unannounced([replace(changed, version="1.3.0")], released) == []


def test_what_is_the_same_new_or_gone(released: Path):
    other = replace(BASE, code="F99", entity="other")
    assert unannounced([BASE, other], released) == []
    assert unannounced([replace(BASE, description="别的用途", due_days=3)], released) == []
    assert unannounced([other], released) == ["F11: released, and its feed file is gone"]
    assert unannounced([BASE], released.with_name("nothing.json")) == []


def test_a_version_may_not_fall_even_with_a_break(released: Path):
    fallen = replace(BREAKING["column name is gone"](BASE), version="0.9.0")
    assert unannounced([fallen], released) == ["F11: version 0.9.0 is below the released 1.2.3"]


def test_the_project_announces_its_changes():
    assert unannounced(load_contracts().values(), PROJECT_ROOT / RELEASED) == []


def test_the_command_fails_on_a_break_and_does_not_release_it(change, capsys: pytest.CaptureFixture):
    root = change("code: F11", "code: F11")
    (root / RELEASED).unlink(missing_ok=True)
    for folder in (root / "expectations/feeds").iterdir():
        if folder.name != "disabled_federation":
            shutil.rmtree(folder)
    write(root)
    assert main(["release", "--root", str(root)]) == 0
    before = (root / RELEASED).read_text(encoding="utf-8")
    assert list(json.loads(before)) == ["F11"]
    write(change("  - {element: valid_to, label: 有效期至,", "  - {element: valid_to, label: 止,"))
    for command in ("check", "release"):
        assert main([command, "--root", str(root)]) == 1
        assert "F11: column valid_to: headings are no longer taken" in capsys.readouterr().err
    assert (root / RELEASED).read_text(encoding="utf-8") == before
    write(change("columns:", "version: 2.0.0\ncolumns:"))
    assert main(["release", "--root", str(root)]) == 0
    assert json.loads((root / RELEASED).read_text(encoding="utf-8"))["F11"]["version"] == "2.0.0"
