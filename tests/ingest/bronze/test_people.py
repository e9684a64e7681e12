"""An id column that has slipped by a row, and names that change as in life."""

from pathlib import Path

import polars as pl

from pipelines.ingest.bronze.people import ENOUGH, People, renamed_share
from pipelines.kit.contracts import load_contracts
from tests.ingest.bronze.test_breakers_planted import DAYS, number
from tests.ingest.conftest import CARD_HEADER, Office

FEED = load_contracts()["F10"]
HEAD = "身份证号,姓名,出生日期,年龄段,发放金额(元),发放月份,状态,最近认证日期,村居代码,备注"


def month(number_of: int, ids: list[str], first: int = 0) -> bytes:
    lines = [
        f"{i},人{n},1950-01-01,80-89岁,100,2024-{number_of:02d},正常,,370602001001,"
        for n, i in enumerate(ids[first:], first)
    ]
    return "".join(f"{line}\r\n" for line in [HEAD, *lines]).encode()


def test_ids_one_row_too_low_are_refused_and_ordinary_months_are_not(office: Office):
    ids = [number(n) for n in range(80)]
    slipped = [ids[-1], *ids[:-1]]
    sent = [month(1, ids), month(2, ids, first=2), month(3, slipped), month(4, ids)]
    found = [
        office.deliver("F10", f"F10_高龄津贴发放_370602_2024{n:02d}.csv", content, DAYS[n - 1])
        for n, content in enumerate(sent, 1)
    ]
    assert [r.breaker_code for r in found] == [None, None, "E_IDS_SHIFTED", None]


def cards(ids: list[str]) -> bytes:
    lines = [f"{i}11,人{n},1,1,2030-01-01,生活补贴,发放,370602001001" for n, i in enumerate(ids)]
    return "".join(f"{line}\r\n" for line in [CARD_HEADER, *lines]).encode()


def test_any_id_of_a_person_shows_that_names_have_slipped(office: Office):
    ids = [number(n) for n in range(80)]
    sent = [ids, [ids[-1], *ids[:-1]], ids[:78]]
    found = [
        office.deliver("F11", f"F11_残疾人证_370600_2024{n:02d}.csv", cards(content), DAYS[n - 1])
        for n, content in enumerate(sent, 1)
    ]
    assert [r.breaker_code for r in found] == [None, "E_IDS_SHIFTED", None]


def test_which_id_goes_with_which_name():
    feeds = load_contracts()
    assert {code: feeds[code].named_id for code in ("F01", "F07", "F11", "F13", "F14", "F16", "F24", "F28")} == {
        "F01": ("id_no", "name"),
        "F07": ("husband_id_no", "husband_name"),
        "F11": ("card_no", "name"),
        "F13": ("owner_code", "owner_name"),
        "F14": ("legal_rep_id_no", "legal_rep_name"),
        "F16": None,
        "F24": None,
        "F28": None,
    }


def test_a_share_needs_enough_people(tmp_path: Path):
    def sample(count: int, name: str) -> pl.DataFrame:
        people = People(FEED)
        people.add(pl.DataFrame({"id_no": [str(n) for n in range(count)], "name": [name] * count}))
        return people.sample()

    assert renamed_share(sample(ENOUGH - 1, "甲"), sample(ENOUGH - 1, "乙")) is None
    assert renamed_share(sample(ENOUGH, "甲"), sample(ENOUGH, "乙")) == 1.0
    assert renamed_share(sample(ENOUGH, "甲"), sample(900, "甲")) == 0.0
    assert renamed_share(None, sample(900, "甲")) is None
