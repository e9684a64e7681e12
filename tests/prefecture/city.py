"""One small city for all tests of this folder, generated once however many processes share the tests.

Belongs here: making it and handing it out. Does not belong here: reading its files back. It is read only: a test
that wants to change files copies them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from pipelines.kit.paths import Paths
from prefecture.generate import Order, Summary, deliver
from prefecture.months import MONTHS

SCALE = 0.001
DELIVERED = MONTHS[:7]


@dataclass(frozen=True)
class City:
    """Seven months of every feed at 0.1 %; `made` is what the generator said of it."""

    paths: Paths
    made: Summary

    @property
    def out(self) -> Path:
        """`{YYYYMM}/{feed}/…`."""
        return self.paths.root / "out"


def shared_city(tmp_path_factory: pytest.TempPathFactory, is_alone: bool) -> City:
    """The city of this test run; the first process that asks makes it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    base = base if is_alone else base.parent
    paths, said = Paths(base / "city"), base / "city.json"
    with FileLock(base / "city.lock"):
        if not said.exists():
            made = deliver(paths, Order(DELIVERED, SCALE), lambda month: paths.root / "out" / month.period)
            said.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return City(paths, Summary(**json.loads(said.read_text(encoding="utf-8"))))
