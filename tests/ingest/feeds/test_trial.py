"""A file tried before it is sent: what it says is what the intake does, and nothing is left behind."""

import json
import subprocess
import sys
from argparse import Namespace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from pipelines.__main__ import inspect
from pipelines.ingest.bronze import ingest_feed
from pipelines.ingest.feeds.trial import LeftAloneError, attempt, feed_of
from pipelines.ingest.feeds.trial_words import as_json, as_text
from pipelines.ingest.landing import land_feed
from pipelines.kit import workers
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.workers import Apart

FEEDS = load_contracts()
NAME = "F11_残疾人证_370600_202401_全量.csv"
HEADER = "残疾人证号,姓名,残疾类别,残疾等级,有效期至,补贴类别,补贴状态,村居代码"
JANUARY = date(2024, 1, 31)


def line(n: int, until: str = "2030-01-01") -> str:
    return f"3706021960010100{n:02d}11,李{n},1,1,{until},生活补贴,发放,370602001001"


def file_of(folder: Path, lines: list[str], name: str = NAME) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes("".join(f"{text}\r\n" for text in [HEADER, *lines]).encode("utf-8-sig"))
    return file


def files_below(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


SOUND = [line(n) for n in range(20)]
ONE_BAD = [*SOUND, line(20, until="2030-13-01")]
MANY_BAD = [*SOUND[:5], *(line(n, until="明年") for n in range(20, 40))]


@pytest.mark.parametrize(
    ("lines", "status", "counts", "codes"),
    [
        (SOUND, "accepted", (20, 20, 0), []),
        (ONE_BAD, "accepted", (21, 20, 1), ["E_DATE"]),
        (MANY_BAD, "quarantined", (25, 0, 25), ["E_QUARANTINE_SHARE", "E_DATE"]),
        ([], "refused", (0, 0, 0), ["E_EMPTY"]),
    ],
)
def test_outcome_is_that_of_the_intake(
    paths: Paths, tmp_path: Path, lines: list[str], status: str, counts: tuple, codes: list[str]
) -> None:
    file = file_of(tmp_path / "mine", lines)
    said = as_json(attempt(paths, FEEDS["F11"], file, JANUARY, rows=2))
    assert (said["status"], said["feed"], said["period"]) == (status, "F11", "202401")
    assert (said["rows_in"], said["rows_bronze"], said["rows_quarantined"]) == counts
    assert [code for code in said["codes"] if code.startswith("E_")] == codes
    assert len(said["rows"]) == min(2, counts[1])

    file_of(paths.drop / "F11", lines)
    land_feed(paths, FEEDS["F11"], JANUARY)
    (taken,) = ingest_feed(paths, FEEDS["F11"], JANUARY)
    assert (taken.rows_in, taken.rows_bronze, taken.rows_quarantined) == counts
    assert taken.breaker_message == said["message"]
    assert [n["text"] for n in said["notices"]] == list(taken.notices)


def test_values_outside_a_code_list_are_named_though_they_come_in(paths: Paths, tmp_path: Path) -> None:
    lines = [line(1), *(line(n).replace(",1,1,", f",{kind},1,") for n, kind in ((2, 9), (3, 8), (4, 9)))]
    found = attempt(paths, FEEDS["F11"], file_of(tmp_path / "mine", lines), JANUARY, rows=0)
    assert as_json(found)["outside_code_lists"] == {"class_code": {"9": 2, "8": 1}}
    assert (as_json(found)["status"], as_json(found)["rows_bronze"]) == ("accepted", 4)
    told = "  ! 「残疾类别」列有 3 行写的是代码表以外的 “9”、“8”：照样入库，请核对更正"
    assert told in as_text(found, FEEDS["F11"]).splitlines()


def test_rows_are_shown_by_column_as_read(paths: Paths, tmp_path: Path) -> None:
    file = file_of(tmp_path / "mine", [line(1, until="2030年1月2日")])
    (row,) = as_json(attempt(paths, FEEDS["F11"], file, JANUARY, rows=5))["rows"]
    assert row["name"] == "李1"
    assert "2030-01-02" in row.values()
    assert not any(name.startswith("_") for name in row)


def test_earlier_deliveries_count_and_nothing_is_written(paths: Paths, tmp_path: Path) -> None:
    file_of(paths.drop / "F11", [line(n) for n in range(99)])
    land_feed(paths, FEEDS["F11"], JANUARY)
    ingest_feed(paths, FEEDS["F11"], JANUARY)
    before = files_below(paths.root)
    file = file_of(tmp_path / "mine", SOUND, NAME.replace("202401", "202402"))
    found = attempt(paths, FEEDS["F11"], file, date(2024, 2, 29), rows=1)
    assert found.result.status == "quarantined"
    assert found.codes[0] in ("E_ROW_COUNT", "E_KEYS_VANISHED")
    assert files_below(paths.root) == before
    assert file.exists()


def test_a_file_sent_already_is_told_as_it_was(paths: Paths, tmp_path: Path) -> None:
    file = file_of(tmp_path / "mine", ONE_BAD)
    file_of(paths.drop / "F11", ONE_BAD)
    land_feed(paths, FEEDS["F11"], JANUARY)
    (taken,) = ingest_feed(paths, FEEDS["F11"], JANUARY)
    found = attempt(paths, FEEDS["F11"], file, date(2024, 2, 1), rows=1)
    assert found.result == taken


def test_feed_by_name_and_by_code() -> None:
    assert feed_of(NAME, FEEDS).code == "F11"
    assert feed_of("F11_随便.csv", FEEDS).code == "F11"
    assert feed_of("残疾人证2024年1月.csv", FEEDS).code == "F11"
    assert feed_of("清单.csv", FEEDS) is None


@pytest.mark.parametrize("name", ["~$F11_残疾人证.xlsx", f"{NAME}.part", f"{NAME}.ok"])
def test_what_nobody_would_take_up_says_so(paths: Paths, tmp_path: Path, name: str) -> None:
    with pytest.raises(LeftAloneError, match="。|传完|标记|不是要收"):
        attempt(paths, FEEDS["F11"], file_of(tmp_path / "mine", SOUND, name), JANUARY, rows=1)


def test_words_for_a_department(paths: Paths, tmp_path: Path) -> None:
    text = as_text(attempt(paths, FEEDS["F11"], file_of(tmp_path / "mine", ONE_BAD), JANUARY, rows=1), FEEDS["F11"])
    assert "可以入库" in text
    assert "共 21 行：入库 20 行，不能入库 1 行" in text
    assert "第 22 行「有效期至」列不是可识别的日期" in text
    assert "读出的第 1 行：" in text


def words(paths: Paths, folder: Path, lines: list[str], name: str = NAME) -> list[str]:
    feed = feed_of(name, FEEDS)
    return as_text(attempt(paths, feed, file_of(folder / "mine", lines, name), JANUARY, rows=0), feed).splitlines()


def test_what_holds_all_rows_back_is_said_once_and_rows_of_their_own_reasons_each(paths: Paths, tmp_path: Path) -> None:
    told = words(paths, tmp_path, MANY_BAD)
    assert [t for t in told if "不能入库的行过多" in t] == [told[4]]
    assert [t.split()[1] for t in told[5:]] == ["E_DATE"] * 20 + ["其余"]
    assert told[-1] == "  … 其余 5 行只随整份文件拦截，不逐行列出"


def test_faulty_rows_above_the_number_shown_are_counted(paths: Paths, tmp_path: Path) -> None:
    bad = [*SOUND[:5], *(line(n, until="明年") for n in range(20, 45))]
    said = as_json(attempt(paths, FEEDS["F11"], file_of(tmp_path / "mine", bad), JANUARY, rows=0))
    assert (said["rows_faulty"], len(said["reasons"])) == (25, 20)
    assert words(paths, tmp_path, bad)[-2:] == [
        "  … 另有 5 行本身有误，原因略",
        "  … 其余 5 行只随整份文件拦截，不逐行列出",
    ]


def test_a_wrong_name_says_which_part(paths: Paths, tmp_path: Path) -> None:
    told = words(paths, tmp_path, SOUND, "F11_残疾证_370600_202401.csv")
    assert told[0] == "F11_残疾证_370600_202401.csv：会退回（没有一行可以入库）"
    assert "名称「残疾证」不对，如「残疾人证」" in told[2]
    assert "如「F11_残疾人证_370600_202401.csv」" in told[2]


def test_a_file_without_rows_is_called_a_nil_return_or_refused_with_why(paths: Paths, tmp_path: Path) -> None:
    feed = FEEDS["F03"]
    file = tmp_path / "F03_户籍变动_370600_202401.csv"
    file.write_text(",".join(c.label for c in feed.columns) + "\n", encoding="utf-8-sig")
    told = as_text(attempt(paths, feed, file, JANUARY, rows=1), feed).splitlines()
    assert told[0] == f"{file.name}：可以入库，但文件中没有数据行（只有表头），按零报告收下"
    assert told[-1] == "  ! N_NO_ROWS 没有数据行，作为零报告收下，按本期无变动处理；不是零报告的请核对导出后重报"
    refused = words(paths, tmp_path, [])
    assert "合同没有约定零报告，全量名单不能为空" in refused[-1]
    file.write_bytes(b"")
    assert "连表头也没有，零报告也要有表头" in as_text(attempt(paths, feed, file, JANUARY, rows=1), feed)


@pytest.mark.parametrize(("page", "said", "lacking"), [(1, 3, "2、3"), (2, 3, "1、3"), (2, None, "1"), (1, None, None)])
def test_a_page_waits_for_the_others(paths: Paths, tmp_path: Path, page: int, said: int | None, lacking: str | None):
    names = HEADER.split(",")
    records = [dict(zip(names, text.split(","), strict=True)) for text in SOUND]
    file = tmp_path / f"F11_残疾人证_370600_202401_p000{page}.json"
    around = {"totalPages": said} if said else {}
    file.write_text(json.dumps({**around, "data": records}, ensure_ascii=False), encoding="utf-8")
    found = as_json(attempt(paths, FEEDS["F11"], file, JANUARY, rows=0))
    told = [n["text"] for n in found["notices"] if n["code"] == "N_WAITING"]
    assert (found["status"], told) == ("accepted", [f"缺第 {lacking} 页，整套暂不生效；请补报缺页"] if lacking else [])


def test_command_line(tmp_path: Path) -> None:
    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipelines", "inspect", *arguments]
        environment = {"ZHENJIE_DATA": str(tmp_path / "none"), "PATH": ""}
        return subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False)

    answer = ask(str(file_of(tmp_path, SOUND)), "--json", "--rows", "3")
    assert answer.returncode == 0
    assert (json.loads(answer.stdout)["rows_bronze"], len(json.loads(answer.stdout)["rows"])) == (20, 3)
    stranger = ask(str(file_of(tmp_path, SOUND, "清单.csv")), "--json")
    assert json.loads(stranger.stdout)["codes"] == ["E_FILE_NAME"]
    assert "应以数据源代码开头" in json.loads(stranger.stdout)["message"]
    assert ask(str(tmp_path / "nothing.csv")).returncode == 2
    assert not (tmp_path / "none").exists()


def test_a_file_that_ends_its_reader_is_told_so(paths: Paths, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(workers, "Apart", partial(Apart, patience=1e-4))
    asked = {"file": file_of(tmp_path, SOUND), "feed": None, "json": True, "rows": 3, "as_of": JANUARY}
    assert inspect(paths, Namespace(**asked)) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["codes"] == ["E_READER"] and "超出内存或时间限制" in said["message"] and NAME in said["message"]
