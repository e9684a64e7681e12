"""The machine and the code a result was measured on.

Belongs here: facts that make two results comparable or not. No host name, no path.
"""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pipelines.kit.paths import PROJECT_ROOT

PACKAGES = ("duckdb", "polars", "dagster", "dbt-core", "dbt-duckdb", "great-expectations", "xlsxwriter")


def machine() -> dict[str, object]:
    """Cores this process may use, memory, processor, versions."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in PACKAGES},
    }


def code() -> dict[str, object]:
    """Commit and whether files were changed since, and the moment of measuring."""
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "is_changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def load() -> float:
    """Load average of the last minute; far above 0 before a measurement means a busy machine."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    return done.stdout.strip()
