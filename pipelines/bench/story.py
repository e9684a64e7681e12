"""A benchmark run from an empty folder to a result.

Belongs here: the order of the processes and what is put together from them. Does not belong here: what any
figure means (docs/benchmark.md) or how it is shown (report.py).
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.bench import floor, ratios, scale, sizes
from pipelines.bench.machine import code, load, machine
from pipelines.bench.parts import outbox
from pipelines.bench.process import PartFailed, Watched, python
from pipelines.bench.stages import node_times, stages
from pipelines.bench.usage import used
from pipelines.contracts import load_contracts
from pipelines.models import build_target
from pipelines.paths import Paths
from pipelines.sample.story import TURNS

# Stock GX on pandas is stopped here, so that it cannot take the machine with it.
STOCK_LIMIT = 16 << 30


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
            "-m", "pipelines.bench", "part", name, "--root", str(self.paths.root), "--out", str(out),
            "--scale", str(self.share), *(["--as-of", as_of.isoformat()] if as_of else []),
        ]  # fmt: skip
        watched = self._python(arguments, tag, limit)
        return watched, {} if watched.over_limit else json.loads(out.read_text(encoding="utf-8"))

    def turn(self, as_of: date) -> Watched:
        """The turn as people start it, with dbt asked to keep its timings. Raises PartFailed."""
        return self._python(["-m", "pipelines", "turn", as_of.isoformat()], f"turn-{as_of}", None)

    def _python(self, arguments: list[str], tag: str, limit: int | None) -> Watched:
        log = self.work / f"{tag}.log"
        environment = {
            "ZHENJIE_DATA": str(self.paths.root), "DAGSTER_HOME": str(self.paths.dagster_home),
            "DBT_WRITE_JSON": "true",
        }  # fmt: skip
        watched = python(arguments, log, environment, limit)
        self.say(f"  {tag:<24}{watched.usage.wall:9.1f} s{watched.usage.peak / 1e6:10,.0f} MB")
        if watched.code and not watched.over_limit:
            raise PartFailed(f"{tag} failed, see {log}\n{log.read_text(encoding='utf-8')[-2000:]}")
        return watched


def run(paths: Paths, share: float, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Remake `paths`, play the story there, and return the result. Raises PartFailed."""
    shutil.rmtree(paths.root, ignore_errors=True)
    bench = Bench(paths, share, say)
    bench.work.mkdir(parents=True)
    result: dict[str, Any] = {
        "scale": scale.name(share), "share": share, **code(), "load_before": load(), "machine": machine(),
        "stages": [], "turns": {},
    }  # fmt: skip
    watched, result["generated"] = bench.part("generate")
    result["stages"].append(_line(TURNS[0], "generate", result["generated"]["rows"], watched))
    for number, as_of in enumerate(TURNS):
        if number:
            watched, _ = bench.part("play", TURNS[number - 1])
            result["stages"].append(_line(as_of, "townships answer", None, watched))
        _send(paths, as_of)
        _turn(bench, as_of, result)
    result["sizes"] = sizes.layers(paths)
    watched, found = bench.part("floor")
    result["floor"] = {
        **watched.usage.record(), "by_date": found,
        "seconds": {str(day): round(floor.seconds(found, day), 3) for day in TURNS},
    }  # fmt: skip
    result["instead"] = _instead(bench, TURNS[-1])
    result["ratios"] = ratios.ratios(result)
    return result


def _send(paths: Paths, as_of: date) -> None:
    """The departments' files of a business date arrive where they drop them."""
    for file in sorted(outbox(paths, as_of).glob("*/*")):
        arrived = paths.drop / file.parent.name / file.name
        arrived.parent.mkdir(parents=True, exist_ok=True)
        file.rename(arrived)


def _turn(bench: Bench, as_of: date, result: dict[str, Any]) -> None:
    from pipelines.defs.timeline import newest_turn

    watched = bench.turn(as_of)
    kept = bench.work / f"run_results-{as_of}.json"
    shutil.copyfile(build_target(bench.paths) / "run_results.json", kept)
    steps = newest_turn(bench.paths, as_of)
    named = stages((watched.start, watched.end), steps, node_times(kept), load_contracts())
    _, found = bench.part("judge", as_of)
    rows = found.pop("rows")
    result["stages"] += [
        {"turn": str(as_of), "stage": name, "rows": rows.get(name)}
        | used(watched.samples, intervals).record()
        for name, intervals in named.items()
    ]
    result["turns"][str(as_of)] = found


def _instead(bench: Bench, as_of: date) -> dict[str, Any]:
    """The rules three ways; ours last, because it writes."""
    told = {}
    for name, limit in (("by_hand", None), ("stock", STOCK_LIMIT), ("ours", None)):
        watched, answer = bench.part(name, as_of, limit)
        told[name] = {"process": watched.usage.record(), "is_stopped": watched.over_limit, **answer}
    return told


def _line(as_of: date, stage: str, rows: int | None, watched: Watched) -> dict[str, Any]:
    return {"turn": str(as_of), "stage": stage, "rows": rows, **watched.usage.record()}
