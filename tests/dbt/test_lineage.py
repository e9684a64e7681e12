"""The lineage that the disclosure policy reads is that of the models as they are."""

from pipelines.generate.disclosure import COLUMNS, as_text, origins_of
from pipelines.kit.disclosure.columns import LINEAGE_FILE
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths


def test_generated_lineage_is_up_to_date(paths: Paths) -> None:
    with connect(paths, read_only=True) as con:
        known = con.execute(COLUMNS).fetchall()
    found = as_text(origins_of(known))
    assert LINEAGE_FILE.read_text(encoding="utf-8") == found, "make generate"
