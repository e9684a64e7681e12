"""dbt's own pages about the models of the lake, as one file that opens by double click.

Belongs here: having them made. Does not belong here: the catalogue for departments (pipelines/generate), what analysts
get (the rest of this package).
"""

from pathlib import Path

from pipelines.kit.city_time import today
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.models import run_dbt
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import publish_file

_MADE = "static_index.html"


def write_pages(paths: Paths) -> Path:
    """Write what dbt knows of every model, column, test and of who reads whom, with the types the lake has; returns
    the page. It holds words and SQL, that of the newest turn, no row of data. Raises ModelBuildError."""
    newest = max(issued_turns(paths), default=today())
    run_dbt(paths, ["--write-json", "docs", "generate", "--static"], newest)
    return publish_file(paths.dbt_target / _MADE, paths.published / "dbt_models.html")
