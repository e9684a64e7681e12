"""The index of a delivery is the same, whether it is made by itself or together with others."""

import shutil
from contextlib import closing
from pathlib import Path

import polars as pl

from pipelines.ingest.history import indexes
from pipelines.ingest.history.indexes import Indexes
from pipelines.ingest.history.said import Source, cell_of_null
from pipelines.kit.paths import Paths
from tests.ingest.history.city import FEED, Said, put

SAID = (
    Said(1, "370602", "202401", "full", 1, (("A", "王一", "东"), ("B", "李二", "东"))),
    Said(2, "370602", "202401", "full", 2, (("B", "李二", "西"), ("C", "赵三", None), ("C", "赵三", "北"))),
    Said(3, "370611", "202401", "full", None, ()),
    Said(4, "370612", "202401", "delta", None, (("A", None, None), ("B", "李二", "东"))),
)
SOURCES = (
    Source(FEED, ("d0001", "d0002"), ("d0001", "d0002")),
    Source(FEED, ("d0003",), ("d0003",)),
    Source(FEED, ("d0004",), ("d0004",)),
)


def made(paths: Paths) -> list[tuple[list, list, list]]:
    """Keys, (part, row, deleted) and cells of each source."""
    with closing(Indexes(paths, FEED)) as found:
        found.prepare(SOURCES)
        return [
            (said.keys.tolist(), said.rows[["part", "row", "deleted"]].tolist(), said.rows["cells"].tolist())
            for said in map(found.said, SOURCES)
        ]


def delivered(root: Path) -> Paths:
    paths = Paths(root)
    for said in SAID:
        put(paths, said)
    return paths


def test_many_together_are_as_each_by_itself(tmp_path, monkeypatch):
    together = made(delivered(tmp_path / "together"))
    monkeypatch.setattr(indexes, "_TOGETHER", 0)
    assert made(delivered(tmp_path / "alone")) == together
    paged, nothing, delta = together
    assert sorted(paged[1]) == [(0, 2, False), (1, 2, False), (1, 4, False)], "the last page and row say what counts"
    assert nothing == ([], [], [])
    assert sorted(delta[1]) == [(0, 2, True), (0, 3, False)]


def test_a_file_of_an_older_contract_is_compared_by_the_columns_of_today(tmp_path, monkeypatch):
    paths = delivered(tmp_path / "together")
    rows = paths.bronze / "F01" / "d0004" / "rows.parquet"
    pl.read_parquet(rows).drop("born").write_parquet(rows)
    monkeypatch.setattr(indexes, "_TOGETHER", 8_000_000)
    together = made(paths)
    shutil.rmtree(paths.history)
    monkeypatch.setattr(indexes, "_TOGETHER", 0)
    assert made(paths) == together
    born = SOURCES[0].compared.index("born")
    assert {cells[born] for cells in together[2][2]} == {cell_of_null()}
