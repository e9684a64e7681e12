"""Deliveries of some feeds of the shared city arrive in four months: what the benchmark says of them is true."""

import os
import shutil
from pathlib import Path

import pytest

from pipelines.ingest.bronze import results
from pipelines.kit.paths import Paths
from prefecture.bench import arrivals, compare, report
from prefecture.bench.arriving import arrive
from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.prefecture.bench.result import RESULT, stage

FEEDS = ("F05", "F07", "F11", "F30")
SENT = (*MONTHS[:2], *MONTHS[3:5])


@pytest.fixture(scope="module")
def played(tmp_path_factory, city) -> tuple[Paths, dict]:
    paths = Paths(tmp_path_factory.mktemp("arrivals"))
    (register_of(paths)).symlink_to(register_of(city.paths))
    waiting = []
    for month in SENT:
        folder: Path = paths.root / "departments" / month.period
        for feed in FEEDS:
            shutil.copytree(city.out / month.period / feed, folder / feed, copy_function=os.link)
        waiting.append((month.as_of, folder))
    return paths, arrive(paths, waiting)


def test_every_file_arrives_and_no_row_is_lost(played):
    paths, told = played
    found = [r for feed in FEEDS for r in results(paths, feed)]
    assert sum(m["files"] for m in told["months"]) == len(found) + 1 == 20  # one was known
    assert sum(m["rows"] for m in told["months"]) == sum(r.rows_bronze + r.rows_quarantined for r in found) > 0
    assert not any(m["lost"] for m in told["months"])
    assert all(m["start"] < m["read"] < m["end"] for m in told["months"])


def test_broken_ones_are_refused_and_what_never_came_is_no_success(played):
    """F07 breaks in January, F11 in February; F05 comes twice in May. Nothing of the other feeds came at all."""
    _, told = played
    assert sum(m["refused"] for m in told["months"]) == told["refused"] == 2 < told["broken"]
    assert not {d["feed"] for d in told["leaked"] + told["falsely_refused"]} & set(FEEDS)
    right = {k["kind"]: k["right"] for k in told["kinds"]}
    assert (right["heading_renamed"], right["column_missing"], right["repeat"], right["truncated"]) == (1, 1, 1, 0)
    assert 0 < told["cells_arrived"] < told["cells_expected"]


def test_coverage_is_that_of_the_ledger(played):
    covered = [m["coverage"] for m in played[1]["months"]]
    assert covered[0]["arrived"] < covered[1]["arrived"] < covered[2]["arrived"] < covered[3]["arrived"]
    assert all(c["due"] == c["arrived"] + c["refused"] + c["missing"] for c in covered)


def test_a_result_with_arrivals_can_be_shown_and_compared(played, tmp_path):
    told = {**played[1], "share": 0.01, "asked_share": 1.0}
    lines = [stage(m["day"], "arrivals", m["rows"], 2.0) for m in told["months"]]
    ledgers = [stage(m["day"], "arrivals ledgers", None, 1.0) for m in told["months"]]
    result = {**RESULT, "stages": [*RESULT["stages"], *lines, *ledgers], "arrivals": told, "ratios": {}}
    result["ratios"] = arrivals.ratios(result)
    assert result["ratios"]["arrivals: broken deliveries refused, share"] == 2 / told["broken"]
    assert result["ratios"]["arrivals: seconds of a later month"] == 2.0
    rows = [m["rows"] for m in told["months"]]
    later = result["ratios"]["arrivals: seconds a row, later months / stock"]
    assert later == pytest.approx((6 / sum(rows[1:])) / (2 / rows[0]))
    page = report.write(result, tmp_path).with_suffix(".md").read_text(encoding="utf-8")
    assert "at 1 % (not 100 %: arrivals run at no more)" in page and "### Leaked" in page
    assert f"{lines[0]['turn']} | arrivals |" in compare.markdown(result, result)
