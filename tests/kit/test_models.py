"""How dbt is called by those who start together."""

import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.kit import models

TOGETHER = 3
MANIFEST = json.dumps(dict.fromkeys(("sources", "parent_map", "docs", "unit_tests"), {}) | {"nodes": {"x": {}}})


def test_those_who_start_together_compile_once_and_wait_for_the_manifest(tmp_path, monkeypatch):
    """The lock is the operating system's on a file opened anew, so it holds threads apart as it does processes.
    dbt is slow here: without the lock all three find no manifest."""
    start, compiled = threading.Barrier(TOGETHER), []

    def slow_dbt(target: Path, arguments: list[str], _: Mapping[str, str]) -> None:
        compiled.append(arguments)
        time.sleep(0.3)
        (target / "manifest.json").write_text(MANIFEST, encoding="utf-8")

    def prepare(_: int) -> str:
        start.wait()
        return models.manifest_file().read_text(encoding="utf-8")

    monkeypatch.setattr(models, "TARGET", tmp_path)
    monkeypatch.setattr(models, "_run", slow_dbt)
    with ThreadPoolExecutor(TOGETHER) as pool:
        assert list(pool.map(prepare, range(TOGETHER))) == [MANIFEST] * TOGETHER
    assert len(compiled) == 1


@pytest.mark.parametrize(
    "damaged",
    [b"", b'{"nodes": {', b"{}", b"[]", "清单".encode("gb18030"), None, MANIFEST.replace("x", "y").encode(),
     json.dumps(json.loads(MANIFEST) | {"nodes": {}}).encode()],
)  # fmt: skip
def test_a_manifest_that_is_damaged_is_compiled_anew(tmp_path, monkeypatch, damaged):
    def dbt(target: Path, arguments: list[str], _: Mapping[str, str]) -> None:
        (target / "manifest.json").write_text(MANIFEST, encoding="utf-8")

    monkeypatch.setattr(models, "TARGET", tmp_path)
    monkeypatch.setattr(models, "_run", dbt)
    kept = models.manifest_file()
    monkeypatch.setattr(models, "_KNOWN", {})  # as in another process
    if damaged is None:
        kept.unlink()
        kept.mkdir()
    else:
        kept.write_bytes(damaged)
    assert models.manifest() == json.loads(MANIFEST)
    assert kept.read_text(encoding="utf-8") == MANIFEST
