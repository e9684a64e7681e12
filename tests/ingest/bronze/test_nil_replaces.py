"""A file without rows never takes the place of rows of its period, unless a named person says so."""

from datetime import date

import pytest

from pipelines.give.returns.delivery_notices import write_delivery_notices
from pipelines.ingest.bronze import withdrawals
from pipelines.ingest.bronze.rulings import take_in
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.feeds.trial import attempt
from tests.ingest.bronze.test_release import decide
from tests.ingest.conftest import FEEDS, Office

FIRST, SECOND, THIRD = date(2024, 3, 5), date(2024, 3, 6), date(2024, 3, 7)
NAME = "F10_高龄津贴发放_370602_202402.csv"
FEED = FEEDS["F10"]


@pytest.fixture
def allowances(allowance, allowance_header):
    def make(rows: int) -> bytes:
        lines = [allowance_header, *(allowance(n, c5="2024-02") for n in range(rows))]
        return "".join(",".join(map(str, line)) + "\r\n" for line in lines).encode("utf-8-sig")

    return make


def states(office: Office, as_of: date) -> list[str]:
    return [s.state for s in known_deliveries(office.paths, FEED, as_of)]


def test_a_header_alone_wipes_no_month(office: Office, allowances):
    before = office.deliver("F10", NAME, allowances(12), FIRST)
    (office.paths.root / NAME).write_bytes(allowances(0))
    tried = attempt(office.paths, FEED, office.paths.root / NAME, SECOND, rows=1).result
    refused = office.deliver("F10", NAME, allowances(0), SECOND)
    assert (refused.status, refused.breaker_code, refused.rows_in) == ("quarantined", "E_NIL_REPLACES", 0)
    assert refused.breaker_message == tried.breaker_message == (
        f"文件「{NAME}」：文件中没有数据行，会替代同期已有数据的交付"
        f"（「{NAME}」2024-03-05 交付，编号 {before.delivery_id}，12 行，仍然有效），"
        "请核对导出条件后重报；本期确无数据的请与市大数据局联系，放行后才替代。"
    )
    assert states(office, SECOND) == ["in_force", "refused"]
    notices = write_delivery_notices(office.paths, SECOND, {"F10": FEED})
    assert len(notices) == 1


def test_a_named_person_releases_it(office: Office, allowances):
    office.deliver("F10", NAME, allowances(12), FIRST)
    refused = office.deliver("F10", NAME, allowances(0), SECOND)
    decide(office, refused.delivery_id, on=THIRD, feed="F10")
    take_in(office.paths, THIRD)
    (released,) = office.run("F10", THIRD)
    assert (released.status, released.rows_bronze) == ("accepted", 0)
    assert states(office, THIRD) == ["superseded", "in_force"]


def test_what_was_withdrawn_is_replaced_by_nobody(office: Office, allowances):
    before = office.deliver("F10", NAME, allowances(12), FIRST)
    decide(office, before.delivery_id, "withdraw", on=FIRST, feed="F10")
    folder = office.paths.decisions / "deliveries"
    folder.rename(office.paths.decisions / "withdrawals")
    withdrawals.take_in(office.paths, SECOND)
    (office.paths.root / NAME).write_bytes(allowances(0))
    assert attempt(office.paths, FEED, office.paths.root / NAME, SECOND, rows=1).result.status == "accepted"
    assert office.deliver("F10", NAME, allowances(0), SECOND).status == "accepted"


def test_another_period_or_scope_is_not_replaced(office: Office, allowances):
    office.deliver("F10", NAME, allowances(12), FIRST)
    for name in (NAME.replace("202402", "202401"), NAME.replace("370602", "370611")):
        assert office.deliver("F10", name, allowances(0), SECOND).status == "accepted"


def test_a_last_page_without_rows_ends_a_list(office: Office, allowances):
    page = NAME.removesuffix(".csv") + "_p000{}.csv"
    assert office.deliver("F10", page.format(1), allowances(12), FIRST).status == "accepted"
    assert office.deliver("F10", page.format(2), allowances(0), FIRST).status == "accepted"
    assert office.deliver("F10", page.format(1), allowances(0) + b"\r\n", SECOND).breaker_code == "E_NIL_REPLACES"
    assert office.deliver("F10", NAME, allowances(0) + b"\r\n", THIRD).breaker_code == "E_NIL_REPLACES"
