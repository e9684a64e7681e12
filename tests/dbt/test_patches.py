"""Tables change in the rows that are affected, and are what a build from nothing makes of the same deliveries."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ingest.arrivals.daily import known
from pipelines.judge.ledger import deliveries
from pipelines.judge.ledger.content import content_hash
from pipelines.judge.ledger.corrections import rebuild_standing
from pipelines.kit import build as building
from pipelines.kit import models, patching
from pipelines.kit.build import Built, build, statement
from pipelines.kit.keys import entity_key, record_key
from pipelines.kit.lake import connect
from pipelines.kit.patched import Patched, Way
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture as small
from tests.dbt.bronze_files import FEEDS, deliver
from tests.dbt.conftest import before_the_build
from tests.dbt.test_build import BUILT

DAYS, COMPARED_EVERY = 9, 3
PEOPLE = [small.HEAD, small.WIFE, small.MOVER, small.NEW_NUMBER, small.TWICE, small.AGED, small.LIVING]


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A lake where a patch is never too large: in this prefecture each would be. Made for each test, as the rows of a
    copied one count as other rows (a file's time of change is that of the copy)."""
    monkeypatch.setattr(patching, "_MOST", float("inf"))
    made = before_the_build(Paths(tmp_path))
    turn(made, small.SECOND)
    return made


def turn(paths: Paths, as_of: date) -> dict[str, Built]:
    """The turn's build, by table."""
    with connect(paths) as con:
        deliveries.record_standing(con, paths, known(paths, FEEDS.values(), as_of))
        rebuild_standing(con, as_of)
        standing = deliveries.in_force(con, paths)
    return {b.node.name: b for b in build(paths, as_of, standing=standing) if b.node.kind != models.TEST}


def differing(paths: Paths, as_of: date) -> set[str]:
    """Tables that a build from nothing would make otherwise; it is taken back."""
    with connect(paths) as con:
        stands = content_hash(con, BUILT)
        con.execute("BEGIN")
        for node in models.nodes():
            con.execute(statement(node, paths, as_of))
        anew = content_hash(con, BUILT)
        con.execute("ROLLBACK")
    return {table for table in stands.keys() | anew.keys() if stands.get(table) != anew.get(table)}


class Days:
    """What departments, townships and stewards do on days that follow each other, by lot; the same lots each time."""

    def __init__(self, paths: Paths) -> None:
        self._paths, self._lots, self._seq, self._sent = paths, random.Random(15), 100, []

    def play(self, today: date) -> None:
        for act in self._lots.sample([self._register, self._event, self._death, self._benefit, self._enterprise,
                                      self._correct, self._decide, self._withdraw, self._incident], 4):  # fmt: skip
            act(today)

    def _send(self, feed: str, row: dict, today: date, mode: str = "delta") -> None:
        self._seq += 1
        deliver(self._paths, feed, [row], seq=self._seq, on=today, mode=mode)
        self._sent.append((feed, f"{today:%Y%m%d}-{self._seq:08d}"))

    def _register(self, today: date) -> None:
        number = self._lots.choice([*PEOPLE, small.id_no("19880808", self._lots.randrange(100, 120))])
        changes = self._lots.choice([
            {"change_type": "删除"}, {"change_type": "变更", "name": "改名"}, {"change_type": "变更", "sex_code": "9"},
            {"change_type": "变更", "relation_code": "30"},
            {"change_type": "变更", "division_code": small.OTHER_VILLAGE},
        ])  # fmt: skip
        household = f"H{self._lots.randrange(1, 9)}"
        self._send("F01", small.person(number, changes.pop("name", "张三"), household, **changes), today)

    def _event(self, today: date) -> None:
        """A number that changes, sometimes into one that another person has: two become one."""
        old, new = self._lots.sample([*PEOPLE, small.id_no("19920202", 51)], 2)
        self._send("F03", {
            "event_no": f"E{self._seq}", "event_type": "身份证号变更", "id_no": new, "old_id_no": old, "name": "换号",
            "event_date": today, "division_code": small.VILLAGE,
        }, today, "append")  # fmt: skip

    def _death(self, today: date) -> None:
        number = self._lots.choice([*PEOPLE, None])
        self._send("F04", {
            "cert_no": f"C{self._lots.randrange(5)}", "name": "何在", "sex_name": "男", "id_no": number,
            "birth_date": date(1955, 5, 5), "division_code": small.VILLAGE, "death_date": today - timedelta(days=9),
        }, today, "append")  # fmt: skip

    def _benefit(self, today: date) -> None:
        self._send("F10", {
            "id_no": self._lots.choice(PEOPLE), "name": "领取人", "band_name": "80-89岁", "amount": 100,
            "pay_month": self._lots.choice(["2024-01", "2024-02"]), "status_name": "发放",
            "division_code": self._lots.choice([small.VILLAGE, small.OLD_VILLAGE]),
        }, today, "append")  # fmt: skip

    def _enterprise(self, today: date) -> None:
        self._send("F14", {
            "uscc": small.USCC, "name": "烟台甲公司", "status_name": self._lots.choice(["存续", "注销"]),
            "division_code": small.VILLAGE, "legal_rep_id_no": self._lots.choice(PEOPLE), "legal_rep_name": "王建国",
            "change_type": self._lots.choice(["变更", "删除"]),
        }, today)  # fmt: skip

    def _incident(self, today: date) -> None:
        self._send("F28", {
            "event_no": f"G{self._lots.randrange(4)}", "grid_code": small.GRID, "status_name": "已办结",
            "class_name": "市容环境-暴露垃圾", "reporter_phone": "13800000000",
            "reported_time": datetime.combine(today, datetime.min.time()),
        }, today, "append")  # fmt: skip

    def _correct(self, today: date) -> None:
        number, household = self._lots.choice([(small.AGED, "H7"), (small.HEAD, "H1")])
        with connect(self._paths) as con:
            con.execute(
                "INSERT INTO lake.ledger.correction "
                "VALUES (?, ?, 'F01', ?, 'status_name', '正常', '死亡注销', 1, ?, 'b', 9)",
                [today, f"t{self._seq}", record_key("F01", number, household), small.XIANGYANG],
            )

    def _decide(self, today: date) -> None:
        """A steward says whose a record is, or is not; the last word on a record counts."""
        number = self._lots.choice(PEOPLE)
        said = self._lots.choice(["same", "not_same"])
        with connect(self._paths) as con:
            con.execute("DELETE FROM lake.ledger.linkage_decision")
            con.execute(
                "INSERT INTO lake.ledger.linkage_decision BY NAME SELECT ? AS as_of, 1 AS decision_no, "
                "record_key AS claim_id, ? AS person_id, ? AS decision, ? AS decided_on "
                "FROM lake.staging.stg_health__death_certificates LIMIT 1",
                [today, entity_key("person", number), said, today],
            )

    def _withdraw(self, today: date) -> None:
        """A delivery was a mistake: it is as if it had never come."""
        if self._sent:
            feed, delivery = self._sent.pop(self._lots.randrange(len(self._sent)))
            for file in (self._paths.bronze / feed / delivery).iterdir():
                file.unlink() if file.name == "delivery.json" else None


def test_days_of_all_kinds_leave_what_a_build_from_nothing_makes(paths: Paths) -> None:
    days, part = Days(paths), set()
    for number in range(1, DAYS + 1):
        today = small.SECOND + timedelta(days=number)
        days.play(today)
        part |= {name for name, b in turn(paths, today).items() if b.changed}
        if number % COMPARED_EVERY == 0:
            assert differing(paths, today) == set(), today
    assert {
        "stg_public_security__residents", "person_identifier", "person_claim", "person_value", "household", "person",
        "death", "benefit", "identity_claim", "return_resident",
    } <= part  # fmt: skip


def test_a_record_sent_again_touches_its_person_alone(paths: Paths) -> None:
    today = small.SECOND + timedelta(days=1)
    deliver(paths, "F01", [small.person(small.AGED, "冯寿", "H7", change_type="变更", ethnic_code="11")],
            seq=50, on=today, mode="delta")  # fmt: skip
    done = turn(paths, today)
    for table in ("stg_public_security__residents", "household_member", "person"):
        assert done[table].changed == 2, f"{table}: one row went, one came"
    assert not done["dwelling"].is_new and not done["enterprise"].is_new
    assert differing(paths, today) == set()


EMPLOYED = {"employer_code": small.USCC, "insurance_kind": "养老", "period_month": "2024-02", "status_name": "参保"}


def an_earlier_day(paths: Paths) -> date:
    """A permit that had run out has not yet, and a day of birth lies ahead again."""
    permit = {"permit_no": "P1", "permit_type": "居住证", "id_no": small.AGED, "name": "冯寿", "sex_code": "1",
              "residence_address": "某路1号", "division_code": small.OTHER_VILLAGE, "from_date": date(2024, 2, 1),
              "valid_to": date(2024, 3, 15), "status_name": "有效"}  # fmt: skip
    deliver(paths, "F02", [permit], seq=60, on=small.SECOND, mode="delta")
    child = {"id_no": small.id_no("20240312", 11), "name": "婴", **EMPLOYED}
    deliver(paths, "F17", [child], seq=61, on=small.SECOND)
    turn(paths, date(2024, 3, 20))
    return date(2024, 3, 10)


def the_first_insured_of_all(paths: Paths) -> date:
    """Nobody insured is a fact only where the feed has come, for every enterprise."""
    deliver(paths, "F14", [{"uscc": "91370602MA3ABCDE1X", "name": "烟台乙公司", "status_name": "存续",
                            "division_code": small.VILLAGE}], seq=60, on=small.SECOND, mode="delta")  # fmt: skip
    turn(paths, small.SECOND + timedelta(days=1))
    deliver(paths, "F17", [{"id_no": small.MOVER, "name": "李迁", **EMPLOYED}], seq=61, on=small.SECOND)
    return small.SECOND + timedelta(days=2)


def a_withdrawn_delivery_rewritten(paths: Paths) -> date:
    today = small.SECOND + timedelta(days=1)
    changed = small.person(small.AGED, "改名", "H7", change_type="变更")
    deliver(paths, "F01", [changed], seq=60, on=today, mode="delta")
    turn(paths, today)
    other = small.person(small.HEAD, "别人", "H1", change_type="变更")
    sent = deliver(paths, "F01", [other], seq=60, on=today, mode="delta")
    (paths.bronze / "F01" / sent / "delivery.json").unlink()
    return today + timedelta(days=1)


def a_long_chain_of_reports_cut(paths: Paths) -> date:
    def report(number: int, related: str | None) -> dict:
        at = datetime(2024, 2, 1) + timedelta(hours=number)
        return {"event_no": f"G{number:02d}", "grid_code": small.GRID, "class_name": "市容环境-暴露垃圾",
                "reported_time": at, "status_name": "已办结", "related_no": related}  # fmt: skip

    linked = [report(i, f"G{i - 1:02d}" if i else None) for i in range(13)]
    deliver(paths, "F28", linked, seq=60, on=small.SECOND, mode="append")
    turn(paths, small.SECOND + timedelta(days=1))
    today = small.SECOND + timedelta(days=2)
    deliver(paths, "F28", [report(6, None)], seq=61, on=today, mode="append")
    return today


@pytest.mark.parametrize("what", [
    an_earlier_day, the_first_insured_of_all, a_withdrawn_delivery_rewritten, a_long_chain_of_reports_cut,
])  # fmt: skip
def test_what_once_was_missed_is_seen(paths: Paths, what: Callable[[Paths], date]) -> None:
    today = what(paths)
    turn(paths, today)
    assert differing(paths, today) == set()


def test_a_view_that_changed_has_its_readers_made_anew(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = {"contract_code": "3706020010010010001J", "parcel_code": "3706020010010000001", "parcel_name": "东地",
                "head_name": "王建国", "head_id_no": small.HEAD, "division_code": small.VILLAGE,
                "contract_status_name": "有效"}  # fmt: skip
    today = small.SECOND + timedelta(days=1)
    deliver(paths, "F23", [contract], seq=60, on=today, mode="delta")
    turn(paths, today)
    edited = [replace(n, sql=n.sql.replace("stated.parcel_name", "'改' || stated.parcel_name as parcel_name"))
              if n.name == "land_contract" else n for n in models.nodes()]  # fmt: skip
    for module in (building, models):
        monkeypatch.setattr(module, "nodes", lambda: edited)
    turn(paths, today)
    assert differing(paths, today) == set()
    with connect(paths, read_only=True) as con:
        assert con.execute("SELECT parcel_name FROM lake.unified.parcel").fetchall() == [("改东地",)]


def promises() -> Iterator[tuple[models.Node, Patched]]:
    for node in models.nodes():
        if node.kind == models.MODEL and (spec := Patched.of(node)):
            yield node, spec


def test_promises_name_parents_and_tables_that_are_made_before() -> None:
    order = {n.name: place for place, n in enumerate(models.nodes()) if n.kind == models.MODEL}
    parents = {s.key: s.schema for s in models.sources()} | {n.key: n.schema for n in models.nodes()}
    views = {n.key: n for n in models.nodes() if n.materialized == models.VIEW}
    for node, spec in promises():
        beneath = {p for key in node.parents for p in (views[key].parents if key in views else (key,))}
        names = {key.rpartition(".")[2] for key in beneath} | {parents[key] for key in beneath}
        assert set(spec.ways) <= names, node.name
        assert spec.once <= names, node.name
        for way in spec.ways.values():
            assert not way.via or way.via == "self" or order[way.via] < order[node.name], node.name


def test_a_list_that_ranks_rows_of_a_feed_is_no_record_by_itself() -> None:
    """`staging: record_key` promises that a row of a list depends on its record alone."""
    ranked, told = next((node, spec.ways) for node, spec in promises() if node.name == "division_claim")
    payees = {f"stg_{feed.table}" for feed in FEEDS.values() if f"'{feed.code}'" in _payees(ranked.sql)}
    assert payees and payees == {parent for parent, way in told.items() if way.query}


def _payees(sql: str) -> str:
    return " ".join(line for line in sql.splitlines() if "PAYEE_DIVISION" in line)


@pytest.mark.parametrize(("text", "way"), [
    ("person_id", Way("person_id")),
    ("record_key = person_claim.record_key", Way("record_key", "person_claim", "record_key")),
    ("id_no = self.coalesce(id_no_norm, id_no)", Way("id_no", "self", "coalesce(id_no_norm, id_no)")),
    ("coalesce(house_no, '')", Way("coalesce(house_no, '')")),
    ("select a from @gone@ where b = c.d", Way(query="select a from @gone@ where b = c.d")),
])  # fmt: skip
def test_a_way_is_read(text: str, way: Way) -> None:
    assert Way.read(text) == way
