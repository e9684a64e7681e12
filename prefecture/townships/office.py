"""LibreOffice, as townships without Excel use it: opens a workbook and saves it in its own way.

Belongs here: starting it. Does not belong here: who uses it (ways.py). Its output is not equal byte for byte from
one run to the next; the cells are.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 600


class OfficeMissing(RuntimeError):
    """LibreOffice is wanted and not installed."""


def require_office() -> str:
    """Path of soffice. Raises OfficeMissing, saying what to do."""
    found = shutil.which("soffice")
    if found is None:
        raise OfficeMissing(
            "LibreOffice (soffice) is NOT installed, so no workbook can be saved by it and NOTHING was sent. "
            "Install it (apt-get install --no-install-recommends libreoffice-calc) or play without --office."
        )
    return found


def saved_by_office(workbooks: Sequence[bytes], kind: str) -> list[bytes]:
    """The workbooks as LibreOffice saves them ('xlsx' or 'ods'), in one start of a fresh profile."""
    soffice = require_office()
    with tempfile.TemporaryDirectory(prefix="office-") as folder:
        home = Path(folder)
        given = [home / f"{number:05}.xlsx" for number in range(len(workbooks))]
        for path, content in zip(given, workbooks, strict=True):
            path.write_bytes(content)
        subprocess.run(
            [soffice, f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", kind,
             "--outdir", str(home / "saved"), *map(str, given)],
            check=True, capture_output=True, timeout=_SECONDS,
        )  # fmt: skip
        return [(home / "saved" / f"{path.stem}.{kind}").read_bytes() for path in given]
