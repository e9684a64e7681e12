"""The three tables of arrivals, written from bronze and read back."""

from datetime import date

from pipelines.ingest.arrivals.daily import known
from pipelines.ingest.bronze import ingest_feed, withdrawals
from pipelines.ingest.landing import land_feed
from pipelines.judge.ledger import schema
from pipelines.judge.ledger.arrivals import record_arrivals
from pipelines.kit.contracts import load_contracts

JAN, MARCH = date(2024, 1, 31), date(2024, 3, 12)
CARD = "残疾人证号,姓名,残疾类别,残疾等级,有效期至,补贴类别,补贴状态,村居代码\r\n"


def drop(paths, name, text, as_of):
    feed = load_contracts()["F11"]
    folder = paths.drop / "F11"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8-sig", newline="")
    land_feed(paths, feed, as_of)
    ingest_feed(paths, feed, as_of)


def test_the_tables_say_what_bronze_says_and_are_replaced(con, paths):
    line = "37060219600101001511,李一,1,1,2030-01-01,生活补贴,发放,370602001001\r\n"
    drop(paths, "F11_残疾人证_370600_202401_全量.csv", CARD + line, JAN)
    drop(paths, "F11_残疾人证_370600_202402_全量.csv", CARD, date(2024, 2, 29))
    cells = record_arrivals(con, paths, known(paths, load_contracts().values(), MARCH))
    assert con.execute("SELECT count(*), min(as_of) FROM lake.ledger.arrival").fetchall() == [(cells, MARCH)]
    rows = con.execute(
        "SELECT period, state, arrived_on, rows, reason <> '' FROM lake.ledger.arrival WHERE feed = 'F11' ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("202401", "on_time", JAN, 1, False),
        ("202402", "refused", None, 0, True),
        ("202403", "not_yet_due", None, None, False),
    ]
    shares = dict(
        con.execute(
            "SELECT period, share FROM lake.ledger.coverage WHERE level_name = 'feed' AND code = 'F11'"
        ).fetchall()
    )
    assert shares == {None: 0.5, "202401": 1.0, "202402": 0.0, "202403": None}
    stale = con.execute(
        "SELECT scope, last_good_period, behind_period, days_behind, state FROM lake.ledger.freshness "
        "WHERE feed = 'F11'"
    ).fetchall()
    assert stale == [("370600", "202401", "202402", 7, "refused")]

    record_arrivals(con, paths, known(paths, load_contracts().values(), JAN))
    assert con.execute("SELECT DISTINCT as_of, period FROM lake.ledger.arrival").fetchall() == [(JAN, "202401")]
    assert con.execute("SELECT DISTINCT as_of FROM lake.ledger.coverage").fetchall() == [(JAN,)]


def test_a_withdrawn_delivery_has_to_be_sent_anew(paths):
    line = "37060219600101001511,李一,1,1,2030-01-01,生活补贴,发放,370602001001\r\n"
    drop(paths, "F11_残疾人证_370600_202401_全量.csv", CARD + line, JAN)
    cards = [load_contracts()["F11"]]
    (cell,) = known(paths, cards, JAN).lines
    folder = paths.decisions / "withdrawals"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(
        f"- {{feed: F11, delivery_id: {cell.delivery_id}, decision: withdraw, reason: 误报, by: 张主任, on: {MARCH}}}",
        encoding="utf-8",
    )
    withdrawals.take_in(paths, MARCH)
    withdrawn = known(paths, cards, MARCH).lines[0]
    assert (withdrawn.state, withdrawn.arrived_on, withdrawn.reason) == ("refused", None, "已撤回，不再使用；请重报。")
    assert known(paths, cards, date(2024, 3, 11)).lines[0] == cell


def test_a_lake_of_an_older_version_gets_the_columns_it_lacks(con):
    con.execute("ALTER TABLE lake.ledger.arrival DROP COLUMN mode")
    schema.ensure(con)
    assert "mode" in {name for name, *_ in con.execute("DESCRIBE lake.ledger.arrival").fetchall()}
