"""One run of the benchmark: its data folder, and its parts as fresh, watched processes.

Belongs here: starting a part and getting its answer. Does not belong here: which parts there are, or their order.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.kit.paths import Paths
from prefecture.bench.process import PartFailed, Watched, python


@dataclass(frozen=True)
class Bench:
    """One run: its data folder (remade), the size, and how to say what is going on."""

    paths: Paths
    share: float
    say: Callable[[str], None] = print

    @property
    def work(self) -> Path:
        """Answers and logs of the parts."""
        return self.paths.root / "bench"

    def part(self, name: str, as_of: date | None = None, limit: int | None = None) -> tuple[Watched, dict]:
        """Run one part; its answer is empty when it was stopped at `limit`. Raises PartFailed."""
        tag = f"{name}-{as_of}" if as_of else name
        out = self.work / f"{tag}.json"
        arguments = [
            "-m", "prefecture.bench", "part", name, "--root", str(self.paths.root), "--out", str(out),
            "--scale", str(self.share), *(["--as-of", as_of.isoformat()] if as_of else []),
        ]  # fmt: skip
        watched = self._python(arguments, tag, limit)
        return watched, {} if watched.over_limit else json.loads(out.read_text(encoding="utf-8"))

    def turn(self, as_of: date) -> Watched:
        """The turn as people start it. Raises PartFailed."""
        return self._python(["-m", "pipelines", "turn", as_of.isoformat()], f"turn-{as_of}", None)

    def _python(self, arguments: list[str], tag: str, limit: int | None) -> Watched:
        log = self.work / f"{tag}.log"
        environment = {"ZHENJIE_DATA": str(self.paths.root), "DAGSTER_HOME": str(self.paths.dagster_home)}
        watched = python(arguments, log, environment, limit)
        self.say(f"  {tag:<24}{watched.usage.wall:9.1f} s{watched.usage.peak / 1e6:10,.0f} MB")
        if watched.code and not watched.over_limit:
            raise PartFailed(f"{tag} failed, see {log}\n{log.read_text(encoding='utf-8')[-2000:]}")
        return watched
