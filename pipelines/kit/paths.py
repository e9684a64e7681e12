"""Where everything the pipeline makes lives on disk.

Belongs here: the layout of the data folder. Does not belong here: reading or writing any of it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_CHECKOUT, _INSTALLED = Path(__file__).resolve().parents[2], Path(__file__).resolve().parents[1] / "house"
IS_INSTALLED = _INSTALLED.is_dir()
# Models, expectations, reference data: at the top of a checkout, inside the package of an installed wheel.
PROJECT_ROOT = _INSTALLED if IS_INSTALLED else _CHECKOUT


@dataclass(frozen=True)
class Paths:
    """The data folder of one installation; every property is a path below `root`."""

    root: Path

    @classmethod
    def default(cls) -> "Paths":
        """The folder named by ZHENJIE_DATA, else `data/` of this checkout, or of the current folder when installed."""
        data = Path("data") if IS_INSTALLED else PROJECT_ROOT / "data"
        return cls(Path(os.environ.get("ZHENJIE_DATA", data)).resolve())

    @property
    def drop(self) -> Path:
        """Departments put files here, one folder a feed; landing empties it."""
        return self.root / "drop"

    @property
    def landing(self) -> Path:
        """Original bytes, never edited, never deleted."""
        return self.root / "landing"

    @property
    def bronze(self) -> Path:
        """Parquet, one folder per feed and delivery."""
        return self.root / "bronze"

    @property
    def history(self) -> Path:
        """What every delivery changed, one folder per feed; made from bronze."""
        return self.root / "history"

    @property
    def lake_catalog(self) -> Path:
        return self.root / "lake" / "catalog.ducklake"

    @property
    def lake_files(self) -> Path:
        return self.root / "lake" / "files"

    @property
    def lake_scratch(self) -> Path:
        """Where DuckDB puts what does not fit into memory; empty between runs."""
        return self.root / "lake" / "scratch"

    @property
    def returns(self) -> Path:
        """One folder per township and business date."""
        return self.root / "returns"

    @property
    def notices(self) -> Path:
        """One folder per source department and business date."""
        return self.root / "notices"

    @property
    def reports(self) -> Path:
        """What the bureau reads: `daily/{date}/`."""
        return self.root / "reports"

    @property
    def receipts(self) -> Path:
        """What became of every row a township sent back."""
        return self.root / "receipts"

    @property
    def exports(self) -> Path:
        """What departments, the province and other systems get, by contract: receiver, name, business date."""
        return self.root / "exports"

    @property
    def exported(self) -> Path:
        """What each export held in full when it was issued; the next delta is told against it. Never sent."""
        return self.root / "exported"

    @property
    def queries(self) -> Path:
        """查询核验: lists of questions (`drop/`, `received/`), answers, and the record of who asked."""
        return self.root / "queries"

    @property
    def inbox(self) -> Path:
        """Workbooks coming back from townships: `drop/` as sent, `received/` as taken in."""
        return self.root / "inbox"

    @property
    def page(self) -> Path:
        """The answering page: answers that are not handed in yet, by township and set, and who looked at what."""
        return self.root / "page"

    @property
    def decisions(self) -> Path:
        """What people decided: turns issued, answers of source departments. Replayed on a rebuild."""
        return self.root / "decisions"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def incidents(self) -> Path:
        """Private logs of what went wrong with one file, by the number its sender was told."""
        return self.root / "incidents"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def dbt_target(self) -> Path:
        return self.root / "dbt_target"

    @property
    def dagster_home(self) -> Path:
        return self.root / "dagster_home"

    @property
    def reference(self) -> Path:
        """Real reference data, versioned with the code; it does not move with ZHENJIE_DATA."""
        return PROJECT_ROOT / "data" / "reference"


# What dbt and Great Expectations make of models and rules, by hash of what it was made of; may be deleted at any time.
# An installed package is not written to.
COMPILED = (Paths.default().root if IS_INSTALLED else PROJECT_ROOT) / ".compiled"
