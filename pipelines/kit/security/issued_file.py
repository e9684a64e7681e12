"""One file of an issue and its line in the manifest.

Belongs here: writing it and saying what it is. Does not belong here: locking it (workbook_lock.py, bulk_seal.py),
signing the manifest (signature.py).
"""

import hashlib
from pathlib import Path
from typing import Any


def put(folder: Path, name: str, content: bytes, plain: bytes, rows: int) -> dict[str, Any]:
    """Write `content`; returns name, rows, bytes and digests. `plain` is what it is without its lock."""
    (folder / name).write_bytes(content)
    return {
        "name": name,
        "rows": rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "plain_sha256": hashlib.sha256(plain).hexdigest(),
    }
