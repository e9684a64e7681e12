"""One more feed is one YAML file and a data file; no code. The example is the one of docs/add-a-feed.md."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts import load_contracts
from pipelines.contracts.__main__ import main
from pipelines.contracts.feed_file import load_feed_files
from pipelines.contracts.feed_text import feed_text
from pipelines.paths import PROJECT_ROOT
from tests.bronze.conftest import Office

GUIDE = (PROJECT_ROOT / "docs/add-a-feed.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    """The guide's one block in a language."""
    (text,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S)
    return text


def _named(pattern: str) -> str:
    return re.search(rf"`({pattern})`", GUIDE)[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data standard and the guide's feed, generated."""
    root = tmp_path_factory.mktemp("project")
    feed = root / _named(r"expectations/feeds/\S+\.yaml")
    feed.parent.mkdir(parents=True)
    for name in ("elements.yaml", "standards.yaml"):
        shutil.copyfile(PROJECT_ROOT / "expectations" / name, root / "expectations" / name)
    feed.write_text(_block("yaml"), encoding="utf-8")
    assert main(["generate", "--root", str(root)]) == 0
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
    assert "| 1 | 公民身份号码 | `id_no` |" in (project / "docs/catalogue/F37.md").read_text(encoding="utf-8")
    assert "公益性岗位" in (project / "docs/catalogue/index.html").read_text(encoding="utf-8")


def test_the_guides_file_is_laid_out_as_the_others_are(project: Path):
    (feed,) = load_feed_files(project / "expectations/feeds")
    assert feed_text(feed) == _block("yaml")
