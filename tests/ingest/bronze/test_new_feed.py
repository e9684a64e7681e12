"""One more feed is one YAML file and a data file; no code. The example is the one of docs/add-a-feed.md."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.generate.catalogue.feed_page import page
from pipelines.generate.catalogue.uses import house
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.__main__ import main
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.contracts.feed_text import feed_text
from pipelines.kit.paths import PROJECT_ROOT
from tests.ingest.conftest import Office

GUIDE = (PROJECT_ROOT / "docs/add-a-feed.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    """The guide's first block in a language; those that follow in YAML are other feeds' lines."""
    return re.search(rf"```{language}\n(.*?)```", GUIDE, re.S)[1]


def _named(pattern: str) -> str:
    return re.search(rf"`({pattern})`", GUIDE)[1]


def _made(root: Path, feed: str) -> int:
    """Generate a project of the data standard and one feed; the exit code."""
    path = root / _named(r"expectations/feeds/\S+\.yaml")
    path.parent.mkdir(parents=True)
    for name in ("elements.yaml", "standards.yaml"):
        shutil.copyfile(PROJECT_ROOT / "expectations" / name, root / "expectations" / name)
    path.write_text(feed, encoding="utf-8")
    return main(["generate", "--root", str(root)])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data standard and the guide's feed, generated."""
    root = tmp_path_factory.mktemp("project")
    assert _made(root, _block("yaml")) == 0
    return root


def test_the_guides_file_arrives_and_can_be_asked(project: Path, tmp_path: Path, monkeypatch):
    office = Office(tmp_path / "data", load_contracts(project / "expectations/contracts"))
    file = Path(_named(r"data/drop/F37/\S+\.csv"))
    result = office.deliver("F37", file.name, _block("csv").encode("gb18030"))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 4, 3)
    assert office.quarantine("F37").row(0, named=True)["row"] == 5
    monkeypatch.chdir(tmp_path)
    answer = duckdb.sql(_block("sql")).fetchall()
    assert [(*row[:2], row[2].isoformat(), row[3], str(row[4]), *row[5:]) for row in answer] == [
        ("测试甲", "护林员", "2023-03-01", "在岗", "1820.00", file.name, 2),
        ("测试乙", "保洁员", "2023-05-06", "离职", "1820.00", file.name, 3),
        ("测试丁", "保洁员", "2023-05-06", "在岗", "1820.00", file.name, 4),
    ]


def test_everything_else_follows_from_the_file(project: Path):
    suite = json.loads((project / "expectations/suites/structure/F37.json").read_text(encoding="utf-8"))
    (codes,) = [e["kwargs"] for e in suite["expectations"] if e["type"].endswith("in_set")]
    assert codes == {"column": "status_name", "value_set": ["在岗", "离岗"]}
    sources = (project / "dbt_project/models/staging/_sources.generated.yml").read_text(encoding="utf-8")
    assert "- name: human_resources__public_posts" in sources
    (feed,) = load_contracts(project / "expectations/contracts").values()
    assert "| 1 | 公民身份号码 | `id_no` |" in page(feed, house())


def test_the_guides_file_is_laid_out_as_the_others_are(project: Path):
    (feed,) = load_feed_files(project / "expectations/feeds")
    assert feed_text(feed) == _block("yaml")


KEYLESS = _block("yaml").replace(", key: 1}", ", required: true}").replace(", key: 2}", "}")


IDENTITY = "identity: row\ndelivery:"


def test_a_list_without_a_key_keeps_equal_rows_and_is_replaced_as_a_whole(tmp_path: Path):
    project = tmp_path / "project"
    assert _made(project, KEYLESS.replace("delivery:", IDENTITY)) == 0
    office = Office(tmp_path / "data", load_contracts(project / "expectations/contracts"))
    (head, first, second, *_) = _block("csv").splitlines()
    name = Path(_named(r"data/drop/F37/\S+\.csv")).name
    office.deliver("F37", name, "\n".join([head, first, first, second]).encode("gb18030"))
    assert office.rows("F37")["_record_key"].n_unique() == 3
    others = [first.replace("X", str(n)).replace("甲", "某") for n in range(3)]
    result = office.deliver("F37", name.replace("01.csv", "02.csv"), "\n".join([head, *others]).encode("gb18030"))
    assert (result.status, result.rows_bronze, result.duplicate_ratio) == ("accepted", 3, 0)
    suite = json.loads((project / "expectations/suites/structure/F37.json").read_text(encoding="utf-8"))
    assert "expect_compound_columns_to_be_unique" not in {e["type"] for e in suite["expectations"]}
    (feed,) = load_contracts(project / "expectations/contracts").values()
    assert "没有主键" in page(feed, house())


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        (KEYLESS, "no primaryKey; a list without one says so"),
        (_block("yaml").replace("delivery:", IDENTITY), "identity row, and a primaryKey"),
        (KEYLESS.replace("delivery:", IDENTITY).replace("mode: full", "mode: append"), "needs deliveryMode full"),
        (KEYLESS.replace("delivery:", IDENTITY).replace(", required: true", ""), "needs a required column"),
    ],
)
def test_a_list_without_a_key_says_so(tmp_path: Path, capsys, feed: str, told: str):
    assert _made(tmp_path, feed) == 1
    assert told in capsys.readouterr().err
