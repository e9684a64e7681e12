"""Files to which a line of JSON is added at a time, and none is ever changed.

Belongs here: adding one. Does not belong here: what a line says, reading them (whoever owns the file knows its kind).
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.kit.whole_files import PRIVATE


def add_line(file: Path, document: Mapping[str, Any], is_lasting: bool = True) -> None:
    """Write one line at the end, in one go, so that two never mix; on disk when this returns, unless `is_lasting` is
    False. A line that a killed process cut off stands alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    opened = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
    try:
        size = os.fstat(opened).st_size
        is_cut = size > 0 and os.pread(opened, 1, size - 1) != b"\n"
        text = json.dumps(document, ensure_ascii=False).encode(errors="backslashreplace")
        os.write(opened, (b"\n" if is_cut else b"") + text + b"\n")
        if is_lasting:
            os.fsync(opened)
    finally:
        os.close(opened)
