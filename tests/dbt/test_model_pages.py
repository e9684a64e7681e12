"""dbt's own pages about the lake: one file that opens offline and calls nobody."""

from pipelines.give.published.dbt_pages import write_pages
from pipelines.kit.paths import Paths
from tests.generate.browser import after_scripts


def test_the_pages_open_by_double_click(paths: Paths) -> None:
    page = write_pages(paths)
    text = page.read_text(encoding="utf-8")
    assert '"send_anonymous_usage_stats": false' in text  # else the page would tell dbt's makers who reads it
    seen = after_scripts(page)
    assert "zhenjie" in seen and "unified" in seen
