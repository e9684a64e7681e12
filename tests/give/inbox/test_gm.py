"""The whole way under the suite `gm`: sealed with SM4, signed with SM3, answered and taken in."""

import json
from datetime import date

import pytest

from pipelines.give.inbox.intake import intake
from pipelines.give.returns.sets import write_return_sets
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.suite import CHOICE, INTL
from pipelines.kit.security.workbook_lock import unlock
from tests.give.inbox.desk import R20, fill_in
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS

TOWNSHIP = TOWNSHIPS[0][0]


@pytest.fixture(autouse=True)
def choice(monkeypatch):
    monkeypatch.setenv(CHOICE, "gm")


def test_a_set_goes_out_and_its_answer_comes_in(paths, con):
    folder, keys = write_return_sets(paths, con, AS_OF)[0].folder, KeyProvider(paths)
    assert keys.password(TOWNSHIP) != intl_password(keys)
    manifest = json.loads((folder / "manifest.json").read_text())
    sealed = {f["name"] for f in manifest["files"] if f["name"].endswith(".sm4")}
    assert manifest["suite"] == "gm" and sealed and not list(folder.glob("*.age"))
    for name in sealed:
        assert bulk_seal.unseal(keys, TOWNSHIP, (folder / name).read_bytes()).startswith(b"PAR1")
    plain = unlock(next(folder.glob("*.xlsx")).read_bytes(), keys.password(TOWNSHIP))
    file = paths.inbox / "drop" / TOWNSHIP / "答复.xlsx"
    file.parent.mkdir(parents=True)
    file.write_bytes(fill_in(plain, {R20: ("确认健在",)}))
    report = intake(paths, con, date(2024, 2, 29))
    assert (report.workbooks, report.problems) == (1, [])
    accepted = "select count(*) from lake.ledger.answer where outcome = 'accepted'"
    assert con.execute(accepted).fetchone() == (1,)


def intl_password(keys):
    """What it would be of the same master key under the other suite."""
    keys.suite, mine = INTL, keys.suite
    try:
        return keys.password(TOWNSHIP)
    finally:
        keys.suite = mine
