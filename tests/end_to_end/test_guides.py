"""The commands of the guides, run as they stand there on the played story: each answers, and with something.

What stands for a value of one's own (T and D, 工单号, 交付编号) is put in from the story. Two guides have tests of
their own: docs/add-a-feed.md (tests/ingest/bronze/test_new_feed.py) and docs/analysts.md (test_analysts.py).
"""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipelines import __main__ as commands
from pipelines.asking import ask
from pipelines.ingest.bronze.rulings import DELIVERIES
from pipelines.judge.ledger.decisions import SOURCE, Decision
from pipelines.judge.ledger.ticket_numbers import meant, short
from pipelines.judge.rules import load_rules
from pipelines.kit import decision_files
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"
GUIDES = sorted(DOCS.glob("*.md"))
_TESTED = ("add-a-feed.md", "analysts.md")
ENTRANCES = [PROJECT_ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")]
STEWARD, LOOP, UNIFIED = DOCS / "部门使用说明.md", DOCS / "return-loop.md", DOCS / "unified-database.md"
NAMED = "F10_高龄津贴发放_370602_202401.xlsx"


def _blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", file.read_text(encoding="utf-8"), re.S)


def _queries(file: Path) -> list[str]:
    """Every query of a guide, in blocks or as `make query SQL="…"`; not where it only says that one stands there."""
    text = file.read_text(encoding="utf-8")
    asked = [*_blocks(file, "sql"), *re.findall(r'make query SQL="(.*?)"', text, re.S)]
    return [sql for sql in asked if not sql.rstrip().endswith("…")]


QUERIES = [(file, sql) for file in GUIDES if file.name not in _TESTED for sql in _queries(file)]


@pytest.fixture(scope="module")
def picked(story) -> dict[str, str]:
    """T and D: the ticket docs/return-loop.md picks by its first query, and the delivery its row came in."""
    with connect(story[0], read_only=True) as con:
        con.execute("USE lake")
        ticket = con.execute(_queries(LOOP)[0]).fetchone()[0]
        found = con.execute("SELECT min(source_ref) FROM ledger.anomaly WHERE ticket_id = ?", [ticket])
        (reference,) = found.fetchone()
    return {"'T'": f"'{ticket}'", "ticket/T": f"ticket/{ticket}", "'D'": f"'{reference.split('/')[1]}'"}


def test_the_guide_names_the_ticket_its_query_picks(picked):
    assert f"`{picked['ticket/T'].removeprefix('ticket/')}`" in LOOP.read_text(encoding="utf-8")


@pytest.mark.parametrize(("file", "sql"), QUERIES, ids=[f"{f.stem}-{n}" for n, (f, _) in enumerate(QUERIES)])
def test_every_query_of_a_guide_answers_with_rows(story, picked, capsys, file: Path, sql: str):
    for placeholder, value in picked.items():
        sql = sql.replace(placeholder, value)
    ask(story[0], sql)
    shown = capsys.readouterr().out
    assert "│" in shown and not re.search(r"\b0 rows", shown)


def test_the_stewards_guide_names_the_folder_of_every_department():
    text = STEWARD.read_text(encoding="utf-8")
    assert [f.department for f in load_contracts().values() if f"`{f.department}`" not in text] == []


def _run(command: list[str], folder: Path, data: Path) -> str:
    environment = {**os.environ, "ZHENJIE_DATA": str(data)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_townships_guide_has_every_question_and_every_answer():
    told = (DOCS / "镇街使用说明.md").read_text(encoding="utf-8")
    for rule in load_rules().values():
        if rule.asks_township:
            assert f"| {rule.title_zh} |" in told
            assert [a.words for a in rule.answers if a.words not in told] == [], rule.rule_id


def test_commands_of_the_stewards_guide_do_what_it_says(story, tmp_path: Path):
    paths, _ = story
    (sent,) = paths.landing.glob(f"F10/*/{NAMED}")
    out = tmp_path / "F10_数据合同.xlsx"
    trial, contract = (block for block in _blocks(STEWARD, "sh") if "make query" not in block)
    said = trial.replace(NAMED, str(sent)).split()
    # What is installed is not installed anew.
    told = _run([said[0], "-s", "-o", ".venv/ready", *said[1:]], PROJECT_ROOT, paths.root)
    assert "F10 高龄津贴发放" in told and "可以入库" in told
    _run(contract.replace(out.name, str(out)).split(), PROJECT_ROOT, paths.root)
    assert out.read_bytes().startswith(b"PK")


def test_its_decisions_are_ones_the_next_turn_takes_in(story, query):
    answer, release = _blocks(STEWARD, "yaml")
    ((ticket,),) = query("SELECT min(ticket_id) FROM lake.ledger.ticket")
    (entry,), problems = decision_files.read("答复", answer.replace("工单号", short(ticket)).encode(), SOURCE)
    assert (problems, entry.text["decision"]) == ([], "accepted")
    with connect(story[0], read_only=True) as con:
        (meaning,) = meant(con, [Decision.of(entry)])
    assert meaning.ticket_id == ticket
    (entry,), problems = decision_files.read("放行", release.encode(), DELIVERIES)
    assert (problems, entry.text["decision"], entry.text["feed"]) == ([], "release", "F20")


def test_points_are_read_beside_their_rows(story, tmp_path: Path):
    (tmp_path / "data").symlink_to(story[0].root)
    (tmp_path / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    (command,) = (block for block in _blocks(DOCS / "formats.md", "sh") if "points.parquet" in block)
    assert "datum" in _run(["sh", "-c", command], tmp_path, story[0].root)


def test_a_row_is_read_in_bronze_in_its_file_and_in_quarantine(story, tmp_path: Path):
    (tmp_path / "data").symlink_to(story[0].root)
    (tmp_path / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    blocks = [block for block in _blocks(UNIFIED, "sh") if "make " not in block]
    bronze, files, quarantine = (_run(["sh", "-c", block], tmp_path, story[0].root) for block in blocks)
    assert "F31/20240229-" in bronze
    headings, line, record = files.splitlines()
    assert "统一社会信用代码" in headings and headings.count(",") == line.count(",")
    assert "'sjbh': 'WG" in record
    assert "F11_残疾人证" in quarantine and "E_" in quarantine


def test_the_life_of_a_record_is_told(story, query):
    ((key,),) = query("SELECT min(record_key) FROM lake.staging.stg_public_security__residents")
    (command,) = (b.partition("#")[0] for b in _blocks(DOCS / "deliveries.md", "sh") if "pipelines trace" in b)
    assert "F01_户籍人口" in _run(command.replace("<record_key>", key).split(), PROJECT_ROOT, story[0].root)


@pytest.mark.parametrize("file", [*GUIDES, *ENTRANCES], ids=lambda f: f.stem)
def test_no_guide_names_a_page_or_a_command_that_is_not_there(file: Path):
    text = file.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (file.parent / link).exists()] == []
    targets = re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M)) <= set(targets)
    modules = set(re.findall(r"python -m ((?:pipelines|prefecture|tests)[\w.]*)", text))
    assert [module for module in modules if find_spec(module) is None] == []


def test_no_guide_names_a_command_of_the_product_that_is_not_there(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["pipelines", "--help"])
    with pytest.raises(SystemExit):
        commands.main()
    known = set(re.search(r"\{([\w,]+)\}", capsys.readouterr().out)[1].split(","))
    texts = [file.read_text(encoding="utf-8") for file in (*GUIDES, *ENTRANCES)]
    named = {name for text in texts for name in re.findall(r"python -m pipelines ([a-z]+)", text)}
    assert {"turn", "setup", "trace", "inspect"} <= named <= known
