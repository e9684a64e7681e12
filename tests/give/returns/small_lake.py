"""A lake as the pipeline leaves it before returning, for three townships of invented people."""

import json
from datetime import date

import duckdb

from pipelines.give.returns.columns import TOWNSHIP
from pipelines.judge.ledger import schema
from pipelines.kit.keys import ticket_id
from pipelines.kit.office.sheets import load_sheets

AS_OF = date(2024, 1, 31)
TOWNSHIPS = (("370602001", "向阳街道"), ("370602002", "东山街道"), ("370602003", "毓璜顶街道"))
ALL_RULES = ("R20", "R17", "R22", "R11", "R11", "R11")
_TABLES = {
    "unified.division": "division_code varchar, division_name varchar, level_name varchar, "
    "county_name varchar, township_code varchar, "
    "township_name varchar, village_name varchar, is_current boolean",
    "unified.person": "person_id varchar, village_code varchar",
    "verify.corrected_value": "ticket_id varchar, redelivered_value varchar, source_state varchar",
    "returns.return_resident": "township_code varchar, person_id varchar, name varchar, sex_name varchar, "
    "id_no varchar, birth_date date, age_years bigint, household_no varchar, village_code varchar, "
    "village_name varchar, grid_code varchar, living_type varchar, address varchar, is_alive boolean, "
    "disputed varchar",
    "returns.return_special_group": "township_code varchar, person_id varchar, name varchar, id_no varchar, "
    "village_name varchar, group_name varchar, detail varchar, amount decimal(18,2), pay_month varchar, "
    "disputed varchar",
    "returns.return_change": "township_code varchar, change_type varchar, person_id varchar, name varchar, "
    "village_name varchar, field_label varchar, old_value varchar, new_value varchar",
    "returns.return_grid": "township_code varchar, grid_code varchar, grid_name varchar, "
    "village_name varchar",
}


def _of_packs() -> dict[str, str]:
    """Tables of the sheets that packs bring, empty."""
    sheets = [sheet for sheet in load_sheets(TOWNSHIP).values() if sheet.table.startswith("packs.")]
    return {
        sheet.table: ", ".join(f"{name} varchar" for name in ("township_code", *(c.name for c in sheet.listed)))
        for sheet in sheets
    }


def entity(township: str, number: int) -> str:
    """Entity key of the numbered ticket of a township."""
    return f"{township}-{number}"


def ticket(township: str, number: int) -> str:
    """Ticket id of the numbered ticket: 0 = R20, 1 = R17, 2 = R22, then R11."""
    return ticket_id(ALL_RULES[min(number, 5)], entity(township, number))


def fill(con: duckdb.DuckDBPyConnection, residents: int = 20, tickets: int = 6, name: str = "人员") -> None:
    """Create and fill every table a return set is made from."""
    schema.ensure(con)
    con.execute("begin")
    for table, columns in (_TABLES | _of_packs()).items():
        con.execute(f"create table lake.{table} ({columns})")
    for code, town in TOWNSHIPS:
        con.execute(
            "insert into lake.unified.division values (?, ?, '乡镇', '芝罘区', ?, ?, null, true)",
            [code, town, code, town],
        )
        con.execute(
            "insert into lake.returns.return_grid select ?, ? || '001' || lpad(i::varchar, 3, '0'), "
            "'第' || i || '网格', '北大街社区居委会' from range(1, 5) t(i)",
            [code, code],
        )
        con.execute(
            "insert into lake.returns.return_resident select ?, 'p' || i, ? || i, '男', '3706021950010' || "
            "lpad(i::varchar, 5, '0'), date '1950-01-01', 74, 'H' || i // 3, ? || '001', '北大街社区居委会', "
            "? || '001001', '自有', '北大街' || i || '号', true, if(i = 2, '生死有异议', null) from range(?) t(i)",
            [code, name, code, code, residents],
        )
        con.execute(
            "insert into lake.returns.return_special_group select ?, 'p1', '张建国', '370602195001000001', "
            "'北大街社区居委会', '低保', '享受中', 860, '2024-01', null",
            [code],
        )
        con.execute(
            "insert into lake.unified.division "
            "values (?, '北大街社区居委会', '村', '芝罘区', ?, ?, null, true)",
            [f"{code}001", code, town],
        )
        add_tickets(con, code, tickets)
    con.execute(
        "insert into lake.unified.person select 'p' || i, '370602001001' "
        "from range(3) t(i)"
    )
    con.execute(
        "insert into lake.ledger.delivery values (date '2024-01-31', 'F31', '20240131-aaaaaaaa', 1, "
        "date '2024-01-20', 'F31_网格摸排_370602_202401.xlsx', 'aa', '370602', '202401', 'full', 'accepted', "
        "null, null, 20, 20, 0)"
    )
    con.execute(
        "insert into lake.ledger.freshness by name select date '2024-01-31' as as_of, 'F31' as feed, "
        "'370602' as scope, '202401' as last_good_period, date '2024-01-20' as last_good_on, 0 as days_behind, "
        "'current' as state"
    )
    con.execute("commit")


def add_tickets(con: duckdb.DuckDBPyConnection, township: str, count: int) -> None:
    """Open tickets of the township as the ledger leaves them: returned, assigned to the township."""
    for i in range(count):
        rule = ALL_RULES[min(i, 5)]
        feed, field = ("F01", "status_name") if rule == "R17" else ("F31", "grid_code")
        evidence = {"name": f"人员{i}", "id_no": f"3706021950010{i:05d}", "living_type": "自有", "age_years": "74"}
        con.execute(
            "insert into lake.ledger.ticket "
            "values (?, ?, ?, 'returned', 'township', 'grid_centre', ?, ?, ?, ?, "
            "null, 0, false, ?, ?, ?, ?, ?, ?, ?, 'person', ?, ?)",
            [
                ticket(township, i), rule, entity(township, i), township,
                {"R20": "C", "R17": "H", "R22": "H", "R11": "M"}[rule], AS_OF, AS_OF, feed, f"rk{i}",
                f"{feed}/20240131-aaaaaaaa/{i + 4}", field, "正常" if rule == "R17" else "",
                json.dumps(evidence, ensure_ascii=False), f"group-{township}-{i}", f"p{i}", rule,
            ],
        )  # fmt: skip
        con.execute(
            "insert into lake.ledger.ticket_event "
            "values (?, ?, 1, 'return', 'detected', 'returned', 'township', 'grid_centre', ?, ?, null, null)",
            [AS_OF, ticket(township, i), township, rule],
        )
