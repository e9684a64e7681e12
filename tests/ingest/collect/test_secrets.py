"""No report shows what opens a source, whatever the driver says."""

from datetime import date

import pytest

from pipelines.ingest.collect import FAILED
from pipelines.ingest.collect.report import scrubbed
from tests.ingest.collect.office import CONNECTION, Office

SECRET = "Mima-8151-秘"
FROM = date(2024, 1, 31)


@pytest.mark.parametrize(
    ("kind", "dsn"),
    [
        ("postgres", f"postgresql://qzk:{SECRET}@127.0.0.1:1/qzk"),
        ("postgres", f"host=127.0.0.1 port=1 user=qzk password={SECRET}"),
        ("postgres", f"nonsense {SECRET}"),
        ("mysql", f"mysql://qzk:{SECRET}@127.0.0.1:1/qzk"),
        ("mysql", f"host=127.0.0.1 port=1 user=qzk passwd={SECRET}"),
        ("mysql", f"nonsense {SECRET}"),
    ],
)
def test_a_server_that_is_not_there_is_reported_without_the_address(tmp_path, monkeypatch, kind, dsn):
    monkeypatch.setenv(CONNECTION, dsn)
    report = Office.of(tmp_path, kind).collect(FROM)
    assert report.status == FAILED
    assert CONNECTION in report.message
    assert SECRET not in str(report) and "Mima" not in str(report)


def test_what_a_driver_quotes_of_an_address_is_struck_out():
    text = "could not connect to x://u:geheim@h/db password='ge heim' token = abc\nsecond line"
    assert scrubbed(text, []) == "could not connect to x***h/db *** *** second line"
    assert scrubbed("key abcdef", ["abcdef", "abc"]) == "key ***"
