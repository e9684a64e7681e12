"""One small city for all tests of this folder, generated once however many processes share the tests.

Belongs here: what it is. Does not belong here: reading its files back.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import pytest

from pipelines.kit.paths import Paths
from prefecture import generate
from prefecture.generate import Order, Summary, deliver
from prefecture.months import MONTHS
from tests.once import once

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


def shared_city(factory: pytest.TempPathFactory) -> City:
    """The city of this test run."""

    def make(folder: Path) -> str:
        made = deliver(Paths(folder), Order(DELIVERED, SCALE), lambda month: folder / "out" / month.period)
        return json.dumps(asdict(made))

    folder, said = once(factory, "city", make)
    return City(Paths(folder), Summary(**json.loads(said)))


@contextmanager
def drawn_once() -> Iterator[None]:
    """Equal people are drawn once however often their files are made: that they are equal whenever they are drawn is
    what test_generate.py shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate, "set_stage", cache(generate.set_stage))
        yield
