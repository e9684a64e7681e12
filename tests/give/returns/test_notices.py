import io
import json
from datetime import date

import openpyxl
import polars as pl
import pytest

from pipelines.give.returns.notices import write_notices
from pipelines.give.returns.own_rows import own_reference
from pipelines.ingest.values.schema import rows_schema
from pipelines.judge.ledger import turns
from pipelines.judge.ledger.decisions import SOURCE, Decision
from pipelines.judge.ledger.reissue import Unfounded
from pipelines.judge.rules import load_rules
from pipelines.kit import decision_files
from pipelines.kit.contracts import load_contracts
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, ticket

FIRST = TOWNSHIPS[0][0]
RULES = load_rules()


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
        "insert into lake.ledger.answer values (?, 'x', 'f', ?, 's', 7, ?, '数据源有误', 'source_wrong', 'dispute', "
        "'', '已入户', '', 'accepted', '', '')",
        [AS_OF, FIRST, ticket(FIRST, 3)],
    )


def rows_of(notice):
    sheet = openpyxl.load_workbook(notice.file).active
    header = next(c.row for c in sheet["A"] if c.value == "序号")
    titles = [c.value for c in sheet[header]]
    return [dict(zip(titles, (c.value or "" for c in row), strict=True)) for row in sheet.iter_rows(min_row=header + 1)]


@pytest.mark.usefixtures("source_tickets")
def test_a_letter_filled_in_is_the_answer(paths, con):
    (notice,) = write_notices(paths, con, AS_OF)
    book = openpyxl.load_workbook(notice.file)
    sheet = book.active
    header = next(c.row for c in sheet["A"] if c.value == "序号")
    places = {cell.value: cell.column for cell in sheet[header]}

    def answer(row: int, **cells) -> None:
        for heading, value in cells.items():
            sheet.cell(header + row, places[heading], value)

    def read() -> tuple[list, list[str]]:
        book.save(filled := io.BytesIO())
        return decision_files.read("答复.xlsx", filled.getvalue(), SOURCE)

    assert read() == ([], [])
    answer(1, 答复="采纳", 答复理由="已更正", 答复人="王五", 复核人="赵六", 答复日期=date(2024, 2, 5))
    answer(3, 答复="不采纳", 答复理由="原值无误", 答复人="王五", 答复日期="2024-02-06")
    entries, problems = read()
    assert problems == []
    first, last = rows_of(notice)[0]["工单号"], rows_of(notice)[2]["工单号"]
    assert [(d.ticket_id, d.event, d.by, d.second, d.on, d.place) for d in map(Decision.of, entries)] == [
        (first, "source_accept", "王五", "赵六", date(2024, 2, 5), f"答复.xlsx 工作表“异议函”第{header + 1}行"),
        (last, "source_reject", "王五", "", date(2024, 2, 6), f"答复.xlsx 工作表“异议函”第{header + 3}行"),
    ]
    answer(2, 答复="同意")
    assert read()[1] == [
        f"答复.xlsx 工作表“异议函”第{header + 2}行：“答复理由”没有填。",
        f"答复.xlsx 工作表“异议函”第{header + 2}行：“答复人”没有填。",
        f"答复.xlsx 工作表“异议函”第{header + 2}行：“答复”只能是 采纳 或 不采纳。",
        f"答复.xlsx 工作表“异议函”第{header + 2}行：“答复日期”应是日期，例如 2024-02-15。",
        "答复.xlsx：因此其中填好的 2 条决定也没有采用；请在原处改好这个文件，下一轮一并收入。",
    ]


@pytest.mark.usefixtures("source_tickets")
def test_disputes_and_flip_backs_come_first_with_file_and_line(paths, con):
    held(paths, "F31", "20240131-aaaaaaaa", {7: {}, 8: {}})
    (notice,) = write_notices(paths, con, AS_OF)
    assert (notice.department, notice.tickets, notice.disputes, notice.is_new) == ("grid_centre", 3, 1, True)
    assert notice.file.parent.parent.parent == paths.notices and notice.file.parent.name == "20240131"
    assert notice.file.name == f"异议函_{notice.department_name}_20240131.xlsx"
    rows = rows_of(notice)
    assert [r["类别"] for r in rows] == ["镇街异议", "更正后仍错", "待更正"]
    assert rows[0]["工单号"] == ticket(FIRST, 3)[:12]
    assert (rows[0]["数据文件"], rows[0]["工作表"], rows[0]["行号"]) == ("F31_20240131-aaaaaaaa.xlsx", "Sheet1", "7")
    assert (rows[0]["字段"], rows[0]["镇街"]) == ("网格编码", "芝罘区向阳街道")
    assert rows[0]["镇街意见"] == "数据源有误：已入户"
    assert rows[1]["镇街更正值"] == "370602001001002 北大街社区居委会第2网格"
    assert [r["办理期限"] for r in rows] == ["2024-02-19"] * 3
    assert {(r["问题说明"], r["建议办理"]) for r in rows} == {(RULES["R11"].problem_zh, RULES["R11"].fix_zh)}
    (late,) = write_notices(paths, con, date(2024, 2, 29))
    assert {r["办理期限"] for r in rows_of(late)} == {"2024-02-19（逾期 8 个工作日）"}


@pytest.mark.usefixtures("source_tickets")
def test_no_name_and_no_id_number_leaves(paths, con):
    evidence = json.dumps(
        {
            "name": "王大锤",
            "id_no": "370602195001000000",
            "head_names": "李四",
            "scheme_name": "号370602195001000000X",
            "no_such_column": "赵五",
            "band_name": "80-89岁",
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


@pytest.fixture
def is_out(con, paths):
    """The turn is closed, with one set."""
    con.execute("insert into lake.ledger.return_set values (?, 's1', ?, 1, 'd', 0, 0)", [AS_OF, FIRST])
    turns.close_turn(con, paths, AS_OF, {FIRST: "s1"})


@pytest.mark.usefixtures("source_tickets", "is_out")
def test_equal_letters_stay_and_another_needs_a_reason(paths, con):
    (first,) = write_notices(paths, con, AS_OF)
    before = first.file.read_bytes()
    (again,) = write_notices(paths, con, AS_OF)
    assert (again.file, again.is_new, again.file.read_bytes()) == (first.file, False, before)
    con.execute("update lake.ledger.ticket set state = 'closed' where ticket_id = ?", [ticket(FIRST, 5)])
    with pytest.raises(Unfounded, match=f"{first.department} of {AS_OF}"):
        write_notices(paths, con, AS_OF)
    assert [f.name for f in first.file.parent.parent.iterdir()] == ["20240131"]
    (second,) = write_notices(paths, con, AS_OF, because="复核后撤销一条")
    assert (second.issue, second.tickets, second.file.parent.name) == (2, 2, "20240131_2")
    assert "替代同一日期的第 1 号函，以本函为准。原因：复核后撤销一条。" in str(
        openpyxl.load_workbook(second.file).active["A6"].value
    )
    assert first.file.read_bytes() == before
    assert [n.is_new for n in write_notices(paths, con, AS_OF)] == [False]
    (later,) = write_notices(paths, con, date(2024, 2, 29), because="")
    assert (later.issue, later.file.parent.name) == (1, "20240229")


@pytest.mark.usefixtures("source_tickets", "is_out")
def test_a_turn_that_was_issued_again_gives_its_reason_to_the_letters(paths, con):
    write_notices(paths, con, AS_OF)
    con.execute("update lake.ledger.ticket set state = 'closed' where ticket_id = ?", [ticket(FIRST, 5)])
    con.execute("delete from lake.ledger.return_set")
    con.execute("insert into lake.ledger.return_set values (?, 's2', ?, 2, 'e', 0, 0)", [AS_OF, FIRST])
    turns.close_turn(con, paths, AS_OF, {FIRST: "s2"}, because="新到交付 1 份")
    (second,) = write_notices(paths, con, AS_OF)
    assert (second.issue, json.loads((second.file.parent / "letter.json").read_bytes())["because"]) == (
        2,
        "新到交付 1 份",
    )


@pytest.mark.usefixtures("source_tickets", "is_out")
def test_a_department_with_nothing_left_is_told_so(paths, con):
    write_notices(paths, con, AS_OF)
    con.execute("update lake.ledger.ticket set state = 'closed'")
    (second,) = write_notices(paths, con, AS_OF, because="工单均已办结")
    assert (second.issue, second.tickets, rows_of(second)) == (2, 0, [])


@pytest.mark.usefixtures("source_tickets", "is_out")
@pytest.mark.parametrize(("damaged", "content"), [
    ("*.xlsx", b"changed"), ("letter.json", b""), ("letter.json", b"[]"), ("letter.json", b"[" * 100_000),
    ("letter.json", b'{"content_digest": "", "issue": 1, "because": null, "turns_issued": 1, "file": 5, "sha256": ""}'),
])  # fmt: skip
def test_a_letter_that_was_damaged_is_sent_again(paths, con, damaged, content):
    (first,) = write_notices(paths, con, AS_OF)
    (broken,) = first.file.parent.glob(damaged)
    broken.write_bytes(content)
    (second,) = write_notices(paths, con, AS_OF)
    assert (second.issue, second.tickets, second.is_new) == (2, first.tickets, True)


def test_departments_without_open_tickets_get_no_letter(paths, con):
    assert write_notices(paths, con, AS_OF) == []


def held(paths, code, delivery, rows, sheet="Sheet1", order=0):
    """Bronze as ingestion leaves it: `rows` by row number."""
    feed = load_contracts()[code]
    suffix = f"@{order + 1}" if order else ""
    lines = [
        {
            **dict.fromkeys(rows_schema(feed)), **row,
            "_file": f"{code}_{delivery}.xlsx", "_sheet": sheet, "_row": number,
            "_source_ref": f"{code}/{delivery}/{number}{suffix}",
        }
        for number, row in rows.items()
    ]  # fmt: skip
    folder = paths.bronze / code / delivery
    folder.mkdir(parents=True)
    pl.DataFrame(lines, schema=rows_schema(feed)).write_parquet(folder / "rows.parquet")


CERTIFICATES = {11: {"cert_no": "C9", "name": "钱多"}, 12: {"cert_no": "C1", "name": "赵逝"}}


@pytest.mark.usefixtures("source_tickets")
@pytest.mark.parametrize(("delivery", "order"), [("20240120-bbbbbbbb", 0), ("20240120-bbbbbbbb", 1)])
def test_a_dispute_names_the_row_of_the_department_that_reads_it(paths, con, delivery, order):
    held(paths, "F04", delivery, CERTIFICATES, sheet="二月", order=order)
    held(paths, "F01", "20240131-aaaaaaaa", {7: {"name": "赵逝", "id_no": "370602194005050199"}})
    reference = f"F04/{delivery}/12" + ("@2" if order else "")
    evidence = json.dumps({"death_date": "2023-11-02", "death_source_ref": reference})
    con.execute(
        "update lake.ledger.ticket set department = 'health', value = '正常', evidence = ?, "
        "source_ref = 'F01/20240131-aaaaaaaa/7'",
        [evidence],
    )
    (notice,) = write_notices(paths, con, AS_OF)
    row = rows_of(notice)[0]
    assert (row["数据文件"], row["工作表"], row["行号"]) == (f"F04_{delivery}.xlsx", "二月", "12")
    assert row["记录"] == "姓名：赵***"
    assert row["依据"] == "死亡日期：2023-11-02"
    assert (row["字段"], row["当前值"]) == ("", "")  # F31's, which this row does not have


@pytest.mark.usefixtures("source_tickets")
def test_a_row_of_another_department_is_not_cited(paths, con):
    held(paths, "F01", "20240131-aaaaaaaa", {7: {"name": "赵逝", "id_no": "370602194005050199"}})
    con.execute("update lake.ledger.ticket set department = 'health', source_ref = 'F01/20240131-aaaaaaaa/7'")
    (notice,) = write_notices(paths, con, AS_OF)
    assert {(r["数据文件"], r["行号"], r["记录"]) for r in rows_of(notice)} == {("", "", "")}


@pytest.mark.parametrize(
    ("reference", "cited"),
    [("F23M/20240131-aaaaaaaa/5", True), ("F23M/20240131-aaaaaaaa/5@3", True), ("F101/20240131-aaaaaaaa/5", False),
     ("F23M/20240131-aaaaaaaa", False), ("ticket/57b4434824d4bc21", False)],
)  # fmt: skip
def test_references_of_every_feed_are_known(reference, cited):
    feeds = load_contracts()
    department = feeds["F23M"].department
    assert own_reference(department, ["F01/20240131-aaaaaaaa/7", reference], feeds) == (reference if cited else "")


@pytest.mark.usefixtures("source_tickets")
def test_a_finding_the_township_agrees_with_is_no_dispute(paths, con):
    con.execute("update lake.ledger.ticket set state = 'confirmed_to_source', is_disputed = false")
    con.execute(
        "update lake.ledger.ticket set evidence = ? where ticket_id = ?",
        [json.dumps({"life_word": "健在"}), ticket(FIRST, 3)],
    )
    con.execute("delete from lake.ledger.ticket_event where event = 'flip_back'")
    (notice,) = write_notices(paths, con, AS_OF)
    assert [r["类别"] for r in rows_of(notice)] == ["镇街异议", "镇街已核实", "镇街已核实"]
    assert {r["目前状态"] for r in rows_of(notice)} == {"已核实，已转部门办理"}
    assert notice.disputes == 1
