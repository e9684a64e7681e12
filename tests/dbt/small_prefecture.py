"""A dozen invented people whose fate in every layer is known beforehand.

Belongs here: the rows. Does not belong here: what the models must make of them (the tests say that).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.judge.ledger.corrections import rebuild_standing
from pipelines.kit.keys import entity_key, record_key
from pipelines.kit.paths import Paths
from tests.dbt.bronze_files import deliver, write_empty

FIRST, SECOND = date(2024, 1, 31), date(2024, 2, 29)
XIANGYANG, DONGSHAN = "370602001", "370602002"
VILLAGE, OTHER_VILLAGE, OLD_VILLAGE = "370602001001", "370602002001", "370602001099"
GRID, OTHER_GRID = VILLAGE + "001", OTHER_VILLAGE + "001"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_no(birth: str, serial: int) -> str:
    """A valid number of 芝罘区; odd serials are men."""
    head = f"370602{birth}{serial:03d}"
    return head + "10X98765432"[sum(int(c) * w for c, w in zip(head, _WEIGHTS, strict=True)) % 11]


HEAD, WIFE, MOVER = id_no("19600101", 11), id_no("19610202", 22), id_no("19700303", 13)
OLD_NUMBER, NEW_NUMBER = id_no("19800404", 15), id_no("19800405", 17)
DEAD, WIDOW, CONFIRMED = id_no("19400505", 19), id_no("19410606", 24), id_no("19350707", 31)
TWICE, DELETED, AGED = id_no("19650808", 33), id_no("19660909", 35), id_no("19301010", 37)
LIVING = id_no("19550505", 41)
DAMAGED = "370602195511110000"
F31_FLIPPED = "S3"
USCC = "91370600MA3C4T5L04"


def build(paths: Paths) -> None:
    """Write bronze as of both turns, and one delivery that comes later."""
    write_empty(paths)
    deliver(paths, "F36", _divisions())
    _register(paths)
    _events(paths)
    _survey(paths)
    _benefits(paths)
    _enterprises(paths)


def remember(con: duckdb.DuckDBPyConnection) -> None:
    """What the first turn left in the ledger."""
    correction = "INSERT INTO lake.ledger.correction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    for ticket, feed, key, field, wrong, new in (
        ("t-grid", "F31", record_key("F31", F31_FLIPPED), "grid_code", "", GRID),
        ("t-dead", "F01", record_key("F01", CONFIRMED, "H5"), "status_name", "正常", "死亡注销"),
    ):
        con.execute(correction, [FIRST, ticket, feed, key, field, wrong, new, 1, XIANGYANG, "book", 1])
    rebuild_standing(con, SECOND)
    for ticket, rule, asserts, marks, number, feed, key in (
        ("t-alive", "R17", "健在", "生死", LIVING, "F01", record_key("F01", LIVING, "H9")),
        ("t-where", "R11", None, "网格", MOVER, "F31", record_key("F31", "S2")),
    ):
        con.execute(
            "INSERT INTO lake.ledger.assertion_standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'book', 1)",
            [ticket, rule, asserts, marks, number, feed, key, FIRST, SECOND, XIANGYANG],
        )
    con.execute(
        "INSERT INTO lake.ledger.person_key VALUES (?, ?, ?)",
        [FIRST, OLD_NUMBER, entity_key("person", OLD_NUMBER)],
    )
    for number, name, village in (
        (HEAD, "王建国", "甲村"),
        (CONFIRMED, "周老", "甲村"),
        (MOVER, "李迁", "甲村"),
    ):
        con.execute(
            "INSERT INTO lake.ledger.issued_resident VALUES (?, ?, ?, ?, '男', NULL, ?, NULL, NULL)",
            [FIRST, XIANGYANG, entity_key("person", number), name, village],
        )
    con.execute(
        "INSERT INTO lake.ledger.delivery SELECT ?, 'F31', 'd', 1, ?, 'f.xlsx', '', '370602', '202402', "
        "'full', 'quarantined', 'B_ROWS', '行数不足', 5, 0, 5",
        [SECOND, SECOND],
    )


def _divisions() -> list[Mapping[str, Any]]:
    start, end = date(2016, 7, 31), date(2023, 12, 31)

    def unit(code: str, name: str, level: str, parent: str | None, **more: Any) -> dict[str, Any]:
        return {
            "unit_code": code,
            "name": name,
            "level_name": level,
            "parent_code": parent,
            "valid_from": start,
            **more,
        }

    return [
        unit("370600", "烟台市", "市", None),
        unit("370602", "芝罘区", "县", "370600"),
        unit(XIANGYANG, "向阳街道", "乡镇", "370602"),
        unit(DONGSHAN, "东山街道", "乡镇", "370602"),
        unit(VILLAGE, "甲村", "村", XIANGYANG),
        unit(OTHER_VILLAGE, "乙村", "村", DONGSHAN),
        unit(OLD_VILLAGE, "旧村", "村", XIANGYANG, valid_to=end, successor_code=VILLAGE),
        unit(GRID, "甲村一格", "网格", VILLAGE),
        unit(OTHER_GRID, "乙村一格", "网格", OTHER_VILLAGE),
        unit(VILLAGE + "091", "甲村旧格", "网格", VILLAGE, valid_to=end),
    ]


def person(number: str, name: str, household: str, relation: str = "01", **more: Any) -> dict[str, Any]:
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return {
        "id_no": number,
        "name": name,
        "sex_code": "1" if int(number[16]) % 2 else "2",
        "ethnic_code": "01",
        "birth_date": date.fromisoformat(born),
        "household_no": household,
        "household_type": "家庭户",
        "relation_code": relation,
        "division_code": VILLAGE,
        "status_name": "正常",
        "updated_date": date(2020, 1, 1),
        **more,
    }


def _register(paths: Paths) -> None:
    deliver(
        paths,
        "F01",
        [
            person(HEAD, "王建国", "H1"),
            person(WIFE, "陈秀英", "H1", "10"),
            person(MOVER, "李迁", "H2"),
            person(NEW_NUMBER, "刘换号", "H3", "02", division_code=OLD_VILLAGE),
            person(DEAD, "赵逝", "H4", "10"),
            person(WIDOW, "孙寡", "H4"),
            person(CONFIRMED, "周老", "H5", "50"),
            person(TWICE, "吴双", "H5"),
            person(TWICE, "吴双", "H6", "20"),
            person(DELETED, "郑删", "H6"),
            person(AGED, "冯寿", "H7"),
            person(DAMAGED, "褚损", "H8"),
            person(LIVING, "何在", "H9"),
        ],
    )
    deliver(
        paths,
        "F01",
        [
            person(DELETED, "郑删", "H6", change_type="删除"),
            person(WIFE, "陈秀英", "H1", "10", change_type="变更", ethnic_code="11"),
        ],
        seq=2,
        on=SECOND,
        mode="delta",
    )
    deliver(
        paths,
        "F01",
        [person(WIFE, "将来", "H1", "10", change_type="变更")],
        seq=3,
        on=date(2024, 3, 31),
        mode="delta",
    )


def _events(paths: Paths) -> None:
    deliver(
        paths,
        "F03",
        [
            {
                "event_no": "E1",
                "event_type": "身份证号变更",
                "id_no": NEW_NUMBER,
                "old_id_no": OLD_NUMBER,
                "name": "刘换号",
                "event_date": date(2024, 2, 1),
                "division_code": VILLAGE,
            },
        ],
        on=SECOND,
        mode="append",
    )
    deliver(
        paths,
        "F04",
        [
            {
                "cert_no": "C1",
                "name": "赵逝",
                "sex_name": "男",
                "id_no": None,
                "birth_date": date(1940, 5, 5),
                "division_code": OLD_VILLAGE,
                "death_date": date(2023, 12, 30),
            },
            {
                "cert_no": "C2",
                "name": "何在",
                "sex_name": "男",
                "id_no": LIVING,
                "birth_date": date(1955, 5, 5),
                "division_code": VILLAGE,
                "death_date": date(2023, 11, 30),
            },
        ],
        mode="append",
    )


def _survey(paths: Paths) -> None:
    def lived(number: str, name: str | None, no: str, house: str, grid: str | None) -> dict[str, Any]:
        return {
            "survey_no": no,
            "grid_code": grid,
            "house_no": house,
            "name": name,
            "id_no": number,
            "living_type": "自有" if name else "空置",
            "survey_date": date(2024, 1, 10),
        }

    rows = [
        lived(HEAD, "王建国", "S1", "A1", GRID),
        lived(MOVER, "李迁", "S2", "A2", OTHER_GRID),
        lived(WIFE, "陈秀英", F31_FLIPPED, "A1", None),
        lived(AGED, "冯寿", "S4", "A3", VILLAGE + "091"),
        lived(None, None, "S5", "A4", GRID),
    ]
    deliver(paths, "F31", rows, scope="370602")
    deliver(paths, "F31", rows, scope="370602", seq=2, on=SECOND)


def _benefits(paths: Paths) -> None:
    def paid(number: str, month: str, **more: Any) -> dict[str, Any]:
        return {
            "id_no": number,
            "name": "领取人",
            "band_name": "80-89岁",
            "amount": Decimal(100),
            "pay_month": month,
            "status_name": "发放",
            "division_code": VILLAGE,
            **more,
        }

    deliver(
        paths,
        "F10",
        [
            paid(DEAD, "2023-12"),
            paid(DEAD, "2024-01"),
            paid(DEAD, "2024-02", remark="补发2023年11月"),
            paid(WIDOW, "2024-02", division_code=OLD_VILLAGE),
        ],
        on=SECOND,
        mode="append",
        scope="370602",
    )
    deliver(
        paths,
        "F20",
        [
            {
                "id_no": OLD_NUMBER,
                "name": "刘换号",
                "sex_code": "1",
                "birth_date": date(1980, 4, 4),
                "insurance_kind": "居民",
                "division_code": VILLAGE,
            },
        ],
    )


def _enterprises(paths: Paths) -> None:
    deliver(
        paths,
        "F14",
        [
            {
                "uscc": USCC.lower(),
                "name": "烟台甲公司",
                "status_name": "注销",
                "established_date": date(2010, 1, 1),
                "cancelled_date": date(2023, 12, 5),
                "division_code": VILLAGE,
                "legal_rep_id_no": HEAD,
                "legal_rep_name": "王建国",
            },
        ],
    )
    deliver(
        paths,
        "F17",
        [
            {
                "id_no": MOVER,
                "name": "李迁",
                "employer_code": USCC,
                "insurance_kind": "养老",
                "period_month": "2024-01",
                "status_name": "参保",
            },
        ],
    )
