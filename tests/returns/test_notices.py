import json
from datetime import date

import openpyxl
import pytest

from pipelines.returns.notices import write_notices
from tests.returns.small_lake import AS_OF, TOWNSHIPS, ticket

FIRST = TOWNSHIPS[0][0]
HEADER = 5


@pytest.fixture
def source_tickets(con):
    """R11 of the first township: one disputed, one flipped back, one plain, all with the grid centre."""
    con.execute("delete from lake.ledger.ticket where rule_id <> 'R11' or township_code <> ?", [FIRST])
    con.execute("update lake.ledger.ticket set assignee = 'source'")
    for number, change in (
        (3, "is_disputed = true, state = 'disputed_to_source'"),
        (4, "state = 'returned'"),
    ):
        con.execute(f"update lake.ledger.ticket set {change} where ticket_id = ?", [ticket(FIRST, number)])
    con.execute(
        "insert into lake.ledger.ticket_event values (?, ?, 2, 'flip_back', 'closed', 'reopened', 'source', "
        "'grid_centre', ?, 'R11', null, null)",
        [AS_OF, ticket(FIRST, 4), FIRST],
    )
    con.execute(
        "insert into lake.ledger.correction_standing values (?, 'F31', 'rk4', 'grid_code', '', "
        "'370602001001002', 1, ?, ?, 'x', 4)",
        [ticket(FIRST, 4), FIRST, AS_OF],
    )
    con.execute(
        "insert into lake.ledger.answer values (?, 'x', 'f', ?, 's', 7, ?, '数据源有误', 'dispute', '', "
        "'已入户', '', 'accepted', '', '')",
        [AS_OF, FIRST, ticket(FIRST, 3)],
    )


def rows_of(notice):
    sheet = openpyxl.load_workbook(notice.file).active
    titles = [c.value for c in sheet[HEADER + 1]]
    return [
        dict(zip(titles, (c.value or "" for c in row), strict=True))
        for row in sheet.iter_rows(min_row=HEADER + 2)
    ]


@pytest.mark.usefixtures("source_tickets")
def test_disputes_and_flip_backs_come_first_with_file_and_line(paths, con):
    (notice,) = write_notices(paths, con, AS_OF)
    assert (notice.department, notice.tickets, notice.disputes, notice.is_new) == ("grid_centre", 3, 1, True)
    assert notice.file.parent.parent.parent == paths.notices and notice.file.parent.name == "20240131"
    assert notice.file.name == f"异议函_{notice.department_name}_20240131.xlsx"
    rows = rows_of(notice)
    assert [r["类别"] for r in rows] == ["镇街异议", "更正后复现", "待更正"]
    assert rows[0]["工单号"] == ticket(FIRST, 3)
    assert (rows[0]["数据文件"], rows[0]["行号"]) == ("F31_网格摸排_370602_202401.xlsx", "7")
    assert (rows[0]["字段"], rows[0]["镇街"]) == ("网格编码", "芝罘区向阳街道")
    assert rows[0]["镇街意见"] == "数据源有误：已入户"
    assert rows[1]["镇街更正值"] == "370602001001002"


@pytest.mark.usefixtures("source_tickets")
def test_no_name_and_no_id_number_leaves(paths, con):
    evidence = json.dumps(
        {
            "姓名": "王大锤",
            "身份证号": "370602195001000000",
            "户主姓名": "李四",
            "姓名或名称": "赵五",
            "其他": "号370602195001000000X",
            "年龄段": "80-89岁",
        }
    )
    con.execute(
        "update lake.ledger.ticket set evidence = ?, field = 'id_no', value = '370602195001000000'",
        [evidence],
    )
    (notice,) = write_notices(paths, con, AS_OF)
    text = str(rows_of(notice))
    assert not any(secret in text for secret in ("王大锤", "李四", "赵五", "37060219500100"))
    assert "年龄段：80-89岁" in text and "（见源数据该行）" in text


@pytest.mark.usefixtures("source_tickets")
def test_equal_letters_stay_and_changed_ones_are_issued_again(paths, con):
    (first,) = write_notices(paths, con, AS_OF)
    before = first.file.read_bytes()
    (again,) = write_notices(paths, con, AS_OF)
    assert (again.file, again.is_new, again.file.read_bytes()) == (first.file, False, before)
    con.execute("update lake.ledger.ticket set state = 'closed' where ticket_id = ?", [ticket(FIRST, 5)])
    (second,) = write_notices(paths, con, AS_OF)
    assert (second.issue, second.tickets, second.file.parent.name) == (2, 2, "20240131_2")
    assert first.file.read_bytes() == before
    (later,) = write_notices(paths, con, date(2024, 2, 29))
    assert (later.issue, later.file.parent.name) == (1, "20240229")


def test_departments_without_open_tickets_get_no_letter(paths, con):
    assert write_notices(paths, con, AS_OF) == []


@pytest.mark.usefixtures("source_tickets")
def test_a_dispute_names_the_row_of_the_department_that_has_to_answer(paths, con):
    con.execute(
        "insert into lake.ledger.delivery values (date '2024-01-31', 'F04', '20240120-bbbbbbbb', 1, "
        "date '2024-01-20', 'F04_死亡医学证明_370600_202401.xlsx', 'bb', '370600', '202401', "
        "'append', 'accepted', null, null, 20, 20, 0)"
    )
    evidence = json.dumps({"死亡日期": "2023-11-02", "死亡记录出处": "F04/20240120-bbbbbbbb/231"})
    con.execute("update lake.ledger.ticket set department = 'health', evidence = ?", [evidence])
    (notice,) = write_notices(paths, con, AS_OF)
    row = rows_of(notice)[0]
    assert (row["数据文件"], row["行号"]) == ("F04_死亡医学证明_370600_202401.xlsx", "231")
    assert row["依据"] == "死亡日期：2023-11-02"
