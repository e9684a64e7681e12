"""Whatever the power takes of a file that was made, the next run tells what a sound one tells."""

import json
import os
import shutil
from pathlib import Path

import pytest

from pipelines.kit.paths import Paths
from tests.ingest.history.city import Said, put, told

SCOPE = "370600"
BEFORE = (
    ("202401", "full", (("A", "王一", "东"), ("B", "李二", "东"), ("C", "赵三", "东"), ("E", "孙五", "南"))),
    ("202402", "delta", (("A", "王一", "西"), ("B", None, None), ("D", "钱四", "东"))),
    ("202403", "delta", (("C", None, None), ("E2", "孙五", "南"))),
)
# Returned, changed, same, deleted and new: wrong in any file that is believed in part.
AFTER = ("202404", "full", (("A", "王一", "北"), ("B", "李二", "东"), ("D", "钱四", "东"), ("F", "周六", "东")))


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("lived")
    for number, (period, mode, rows) in enumerate(BEFORE, start=1):
        put(Paths(root), Said(number, SCOPE, period, mode, None, rows))
    told(Paths(root))
    return root


def goes_on(root: Path) -> tuple[list, dict[str, bytes]]:
    """Counts of each delivery and every file of the history, after one more delivery."""
    paths = Paths(root)
    period, mode, rows = AFTER
    put(paths, Said(len(BEFORE) + 1, SCOPE, period, mode, None, rows))
    counts = [(h.new, h.changed, h.deleted, h.returned, h.same, h.standing) for h in told(paths)]
    folder = paths.history / "F01"
    return counts, {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("length", [lambda n: 0, lambda n: min(n - 1, 16), lambda n: n // 2, lambda n: n - 1])
def test_a_file_that_was_cut_is_made_again(lived, tmp_path, length):
    sound = goes_on(shutil.copytree(lived, tmp_path / "sound"))
    files = [p.relative_to(lived) for p in Paths(lived).history.rglob("*") if p.is_file() and p.stat().st_size]
    names = {f.name for f in files}
    assert names >= {"keys.bin", "rows.bin", "said.json", "changes.parquet", "deleted.bin", "changes.json"}
    for number, file in enumerate(files):
        root = shutil.copytree(lived, tmp_path / str(number))
        os.truncate(root / file, length((root / file).stat().st_size))
        assert goes_on(root) == sound, file


def test_a_file_that_is_gone_is_made_again(lived, tmp_path):
    sound = goes_on(shutil.copytree(lived, tmp_path / "sound"))
    for number, file in enumerate(p for p in Paths(lived).history.rglob("*") if p.is_file()):
        root = shutil.copytree(lived, tmp_path / str(number))
        (root / file.relative_to(lived)).unlink()
        assert goes_on(root) == sound, file


def test_a_record_that_does_not_say_how_long_the_files_are_counts_for_nothing(lived, tmp_path):
    sound = goes_on(shutil.copytree(lived, tmp_path / "sound"))
    root = shutil.copytree(lived, tmp_path / "older")
    for record in Paths(root).history.rglob("*.json"):
        said = json.loads(record.read_bytes())
        del said["sizes"]
        record.write_text(json.dumps(said))
    for cut in Paths(root).history.rglob("*.bin"):
        os.truncate(cut, 0)
    assert goes_on(root) == sound
