"""A large file never stands in memory: peak memory of a fresh process against the size of what it reads."""

import subprocess
import sys
from pathlib import Path

SIZE = 80 << 20
READ = """
import resource, sys
from pathlib import Path
from pipelines.ingest.formats.readers import read
from tests.ingest.made_files import FEED
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in ("json", "csv"):
    print(sum(b.rows.height for t in read(Path(sys.argv[1]) / name, FEED, Path())[0] for b in t.blocks))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
CSV = b"370602194001010001,a,1940-01-01,2024-01-03 08:15:00,1,2.5,%s\n" % (b"x" * 400)
JSON = b'{"sfzh": "370602194001010001", "xm": "a", "csrq": "", "djsj": "", "cs": 1, "mj": 2, "wz": "%s"}' % (b"x" * 900)


def test_files_take_less_memory_than_they_are_long(tmp_path: Path):
    """A reader that held a file would hold its bytes, its text and its cells: several times its size."""
    lines, records = SIZE // len(CSV), SIZE // 2 // len(JSON)
    (tmp_path / "csv").write_bytes("身份证号,姓名,出生日期,登记时间,次数,面积,位置\n".encode() + CSV * lines)
    (tmp_path / "json").write_bytes(b'{"code": 0, "data": [' + b",\n".join([JSON] * records) + b"]}")
    command = [sys.executable, "-c", READ, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert list(map(int, found[:2])) == [records, lines]
    assert int(found[2]) < SIZE
