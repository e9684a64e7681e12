"""How dbt is called by processes that start together."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pipelines.models import manifest_file, prepare_manifest
from pipelines.paths import Paths


def parsed_at(paths: Paths) -> tuple[int, int]:
    """When the manifest was written that this process was given (ns), and how many nodes it could read."""
    manifest = prepare_manifest(paths)
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return manifest.stat().st_mtime_ns, len(nodes)


def test_processes_that_start_together_parse_once_and_read_one_manifest(tmp_path):
    paths = Paths(tmp_path)
    with ProcessPoolExecutor(3, get_context("spawn")) as pool:
        seen = list(pool.map(parsed_at, [paths] * 3))
    assert len(set(seen)) == 1
    assert seen[0][0] == manifest_file(paths).stat().st_mtime_ns
    assert seen[0][1] > 0
