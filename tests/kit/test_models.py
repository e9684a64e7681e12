"""How dbt is called by those who start together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from pipelines.kit import models
from pipelines.kit.paths import Paths

TOGETHER = 3


def test_those_who_start_together_parse_once_and_wait_for_the_manifest(tmp_path, monkeypatch):
    """The lock is the operating system's on a file opened anew, so it holds threads apart as it does processes.
    dbt is slow here: without the lock all three find no manifest."""
    paths, start, parses = Paths(tmp_path), threading.Barrier(TOGETHER), []

    def slow_dbt(_: Paths, arguments: list[str]) -> None:
        parses.append(arguments)
        time.sleep(0.3)
        models.manifest_file(paths).write_text("{}", encoding="utf-8")

    def prepare(_: int) -> str:
        start.wait()
        return models.prepare_manifest(paths).read_text(encoding="utf-8")

    monkeypatch.setattr(models, "run_dbt", slow_dbt)
    with ThreadPoolExecutor(TOGETHER) as pool:
        assert list(pool.map(prepare, range(TOGETHER))) == ["{}"] * TOGETHER
    assert len(parses) == 1
