"""Reading an untrusted workbook in a process of its own, with a memory limit and a time limit.

Belongs here: the process and the cells it gives back. Does not belong here: what the cells must say. A file
can make a parser allocate without bound or crash it; then only that process dies, and the file is refused.
"""

import io
import multiprocessing
import os
import resource
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from multiprocessing.connection import Connection

from pipelines.give.inbox.container import Position, check_container, formula_cells
from pipelines.give.inbox.problems import Refused
from pipelines.give.returns import columns as layout
from pipelines.kit.office.sheets import load_sheets
from pipelines.kit.workers import spawning

MEMORY_BYTES = 2 << 30
SECONDS = 60
MAX_ROWS = 100_000

Cell = str | float | int | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Book:
    """Cells of the sheets we look at (forms, and our own), from A1 on, and the formula cells of 异常清单."""

    sheets: dict[str, list[list[Cell]]]
    formulas: frozenset[Position]


def read_book(blob: bytes) -> Book:
    """Cells of an .xlsx or .ods. Raises Refused; call it through `Reader`, which survives a crash."""
    from python_calamine import CalamineWorkbook

    check_container(blob)
    forms = (sheet.title for sheet in load_sheets(layout.TOWNSHIP).values() if sheet.comes_back)
    with CalamineWorkbook.from_filelike(io.BytesIO(blob)) as book:
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS)
            for name in (*forms, layout.RECEIPT, layout.META, layout.CODES)
            if name in book.sheet_names
        }
    return Book(sheets, formula_cells(blob, layout.ANOMALIES))


class Reader:
    """A reading process, started on first use and again after a file has killed it."""

    def __init__(self) -> None:
        self._context = spawning()
        self._process: multiprocessing.Process | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def read(self, blob: bytes) -> Book:
        """Cells of the file. Raises Refused."""
        if self._process is None:
            self._start()
        try:
            self._pipe.send(blob)
            if not self._pipe.poll(SECONDS):
                raise EOFError
            result = self._pipe.recv()
        except (EOFError, OSError):
            self._stop()
            raise Refused("E_UNREADABLE") from None
        if isinstance(result, Refused):
            raise result
        return result

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._pipe.recv()
        except EOFError:  # no file has been looked at yet, so none is at fault
            self._stop()
            raise RuntimeError("the reading process did not start") from None

    def _stop(self) -> None:
        if self._process is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
            self._process = None


def _serve(pipe: Connection) -> None:
    with suppress(ValueError, OSError):  # not every system can limit memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    pipe.send(None)
    while True:
        try:
            blob = pipe.recv()
        except EOFError:
            return
        try:
            result = read_book(blob)
        except Refused as refused:
            result = refused
        except (
            BaseException
        ):  # a panic of the Rust reader is no Exception; whatever it was, the file is at fault
            result = Refused("E_UNREADABLE")
        pipe.send(result)
