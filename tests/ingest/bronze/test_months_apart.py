"""Months in rows far from the period of their file: told, or kept out where the contract says so; never unseen."""

from dataclasses import replace
from datetime import date

import pytest

from tests.ingest.conftest import FEEDS, Office

NAME = "F10_高龄津贴发放_370602_202402.xlsx"
FEB = date(2024, 2, 29)


def deliver(office: Office, workbook, allowance, header, months: list[str], **facts):
    """F10 of 2024-02 whose first rows bear these months; `facts` of the month column."""
    columns = tuple(replace(c, **facts) if c.name == "pay_month" else c for c in FEEDS["F10"].columns)
    office.feeds = {**FEEDS, "F10": replace(FEEDS["F10"], columns=columns)}
    rows = [allowance(n, c5=month) for n, month in enumerate([*months, *["2024-02"] * 10])]
    return office.deliver("F10", NAME, workbook([header, *rows]), FEB)


@pytest.mark.parametrize("month", ["2024-03", "2042-02", "2025年1月"])
def test_a_month_after_the_period_is_kept_out_where_the_contract_says_so(
    office: Office, workbook, allowance, allowance_header, month
):
    result = deliver(office, workbook, allowance, allowance_header, [month])
    assert (result.status, result.rows_bronze, result.rows_quarantined) == ("accepted", 10, 1)
    (entry,) = office.quarantine("F10").to_dicts()
    assert (entry["code"], entry["column"], entry["row"]) == ("E_MONTH_AHEAD", "发放月份", 2)
    assert "第 2 行「发放月份」列晚于文件的所属期，请核对年月" in entry["message"]
    assert month[:4] in entry["raw"]


def test_else_it_comes_in_and_is_told(office: Office, workbook, allowance, allowance_header):
    result = deliver(office, workbook, allowance, allowance_header, ["2024-03", "2044-01"], ahead="told")
    assert (result.rows_bronze, result.rows_quarantined) == (12, 0)
    assert result.notices == ("「发放月份」列有 2 个值晚于文件的所属期，请核对是否写错年月",)
    assert result.notice_codes == ("N_MONTH_AHEAD",)


def test_a_month_too_far_back_is_told(office: Office, workbook, allowance, allowance_header):
    result = deliver(office, workbook, allowance, allowance_header, ["2023-01", "2023-02", "1999-12"])
    assert (result.rows_bronze, result.notice_codes) == (13, ("N_MONTH_BACK",))
    assert result.notices == ("「发放月份」列有 2 个值早于文件的所属期太多，请核对是否写错年月",)
    assert deliver(office, workbook, allowance, allowance_header, ["2019-01"], months_before=None).notices == ()


def test_rows_of_a_refused_file_keep_this_reason(office: Office, workbook, allowance, allowance_header):
    result = deliver(office, workbook, allowance, allowance_header, ["2024-03"] * 9)
    assert (result.breaker_code, result.rows_quarantined) == ("E_QUARANTINE_SHARE", 19)
    assert office.quarantine("F10")["code"].to_list() == ["E_MONTH_AHEAD"] * 9 + ["E_QUARANTINE_SHARE"] * 10
