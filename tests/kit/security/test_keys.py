import pickle
import re

import pytest

from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import RENEW, KeyProvider, LostKeyError, write_password_list
from pipelines.kit.security.suite import CHOICE, GM, INTL, OtherSuiteError

TOWNSHIP, OTHER = "370602001", "370602002"


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


def test_master_key_is_made_once_and_only_its_owner_reads_it(paths):
    first = KeyProvider(paths)
    file = paths.keys / "master.key"
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    assert len(bytes.fromhex(content.decode())) == 32
    second = KeyProvider(paths)
    assert file.read_bytes() == content
    assert second.password(TOWNSHIP) == first.password(TOWNSHIP)


def test_loose_permissions_are_tightened(paths):
    KeyProvider(paths)
    (paths.keys / "master.key").chmod(0o644)
    KeyProvider(paths)
    assert (paths.keys / "master.key").stat().st_mode & 0o777 == 0o600


TRACES = (
    "decisions/turns/2024-01-31.json", "returns/370602001/20240131/manifest.json", "inbox/received/2024-02-29/a.json",
    "exports/bank/x/20240131/manifest.json", "notices/civil_affairs/20240131/letter.xlsx", "keys/age/370602001.key",
)  # fmt: skip


@pytest.mark.parametrize("trace", TRACES)
def test_a_lost_key_is_not_replaced_where_something_was_sealed_with_it(paths, monkeypatch, trace):
    before = KeyProvider(paths).key_id
    file = paths.root / trace
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
    assert KeyProvider(paths).key_id == before
    (paths.keys / "master.key").unlink()
    with pytest.raises(LostKeyError, match=r"master\.key.*从备份恢复"):
        KeyProvider(paths)
    assert not (paths.keys / "master.key").exists()
    monkeypatch.setenv(RENEW, "1")
    assert KeyProvider(paths).key_id != before, "who says so gets a new one"


@pytest.mark.parametrize("content", ["", "\n", "00", "xyz", "00" * 31, "ключ"])
def test_a_damaged_key_is_no_key(paths, content):
    KeyProvider(paths)
    (paths.keys / "master.key").write_text(content, encoding="utf-8")
    with pytest.raises(LostKeyError):
        KeyProvider(paths)
    assert (paths.keys / "master.key").read_text(encoding="utf-8") == content


def test_another_key_in_its_place_is_not_believed(paths, monkeypatch):
    before = KeyProvider(paths).key_id
    other = "ab" * 32
    (paths.keys / "master.key").write_text(other)
    with pytest.raises(LostKeyError, match=r"master\.key"):
        KeyProvider(paths)
    monkeypatch.setenv(RENEW, "1")
    renewed = KeyProvider(paths).key_id
    monkeypatch.delenv(RENEW)
    assert KeyProvider(paths).key_id == renewed != before
    (paths.keys / "master.key").unlink()
    (paths.keys / "master.key").mkdir()
    with pytest.raises(LostKeyError):
        KeyProvider(paths)


def test_the_key_of_a_machine_is_not_replaced_either(paths):
    keys = KeyProvider(paths)
    keys.age_identity(TOWNSHIP)
    (paths.returns / TOWNSHIP / "20240131").mkdir(parents=True)
    (paths.returns / TOWNSHIP / "20240131" / "people.parquet.age").write_bytes(b"sealed")
    keys.age_identity(TOWNSHIP)
    (paths.keys / "age" / f"{TOWNSHIP}.key").write_text("")
    with pytest.raises(LostKeyError, match=TOWNSHIP):
        keys.age_identity(TOWNSHIP)
    (paths.keys / "age" / f"{TOWNSHIP}.key").unlink()
    with pytest.raises(LostKeyError, match=TOWNSHIP):
        keys.age_identity(TOWNSHIP)
    keys.age_identity(OTHER)


def test_password_is_readable_and_per_township(paths):
    keys = KeyProvider(paths)
    assert re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}", keys.password(TOWNSHIP))
    assert keys.password(TOWNSHIP) != keys.password(OTHER)


def test_purposes_do_not_share_keys(paths):
    keys = KeyProvider(paths)
    assert keys.pseudonym_key("analyst") != keys.pseudonym_key("research")
    assert keys.mac_key("x").hex() != keys.pseudonym_key("x")
    assert len(bytes.fromhex(keys.pseudonym_key("analyst"))) == 32


def test_two_installations_have_nothing_in_common(tmp_path):
    one, two = KeyProvider(Paths(tmp_path / "1")), KeyProvider(Paths(tmp_path / "2"))
    assert one.key_id != two.key_id
    assert one.password(TOWNSHIP) != two.password(TOWNSHIP)


def test_neither_text_nor_error_shows_the_master_key(paths):
    keys = KeyProvider(paths)
    secret = (paths.keys / "master.key").read_text()
    assert secret not in repr(keys) + str(keys) + keys.key_id


def test_keys_travel_to_worker_processes(paths):
    keys = KeyProvider(paths)
    assert pickle.loads(pickle.dumps(keys)).password(TOWNSHIP) == keys.password(TOWNSHIP)


def test_password_list_is_private_sorted_and_repeatable(paths):
    keys = KeyProvider(paths)
    file = write_password_list(keys, [(OTHER, "东山街道"), (TOWNSHIP, "向阳街道"), (OTHER, "东山街道")])
    content = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    lines = content.decode("utf-8-sig").splitlines()
    assert lines == [
        "镇街代码,镇街名称,工作簿口令",
        f"{TOWNSHIP},向阳街道,{keys.password(TOWNSHIP)}",
        f"{OTHER},东山街道,{keys.password(OTHER)}",
    ]
    write_password_list(keys, [(TOWNSHIP, "向阳街道"), (OTHER, "东山街道")])
    assert file.read_bytes() == content


def test_age_identity_stays_the_same(paths):
    keys = KeyProvider(paths)
    assert str(keys.age_identity(TOWNSHIP).to_public()) == str(
        KeyProvider(paths).age_identity(TOWNSHIP).to_public()
    )
    assert (paths.keys / "age" / f"{TOWNSHIP}.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("suite", [INTL, GM])
def test_suites_give_32_bytes_and_differ(suite):
    assert len(suite.mac(b"k" * 32, b"m")) == 32
    assert INTL.mac(b"k" * 32, b"m") != GM.mac(b"k" * 32, b"m")
    assert INTL.derive(b"k" * 32, "c") != GM.derive(b"k" * 32, "c")


def test_known_answers():
    # RFC 4231 test case 2, and the same input under SM3 (GB/T 32905).
    assert (
        INTL.mac(b"Jefe", b"what do ya want for nothing?")
        .hex()
        .startswith("5bdcc146bf60754e6a042426089575c7")
    )
    assert (
        GM.mac(b"Jefe", b"what do ya want for nothing?").hex().startswith("2e87f1d16862e6d964b50a5200bf2b10")
    )


def test_the_suite_is_chosen_when_an_installation_begins(paths, monkeypatch):
    assert KeyProvider(paths).suite == INTL
    monkeypatch.setenv(CHOICE, "gm")
    chosen = KeyProvider(paths)
    assert chosen.suite == GM
    monkeypatch.delenv(CHOICE)
    again = KeyProvider(paths)
    assert again.suite == GM
    assert again.password(TOWNSHIP) == chosen.password(TOWNSHIP)


@pytest.mark.parametrize("trace", TRACES)
def test_another_suite_is_refused_where_something_was_sealed(paths, monkeypatch, trace):
    KeyProvider(paths)
    file = paths.root / trace
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
    monkeypatch.setenv(CHOICE, "gm")
    with pytest.raises(OtherSuiteError, match=f"{CHOICE}=gm.*用 intl 加密"):
        KeyProvider(paths)
    monkeypatch.setenv(CHOICE, "intl")
    assert KeyProvider(paths).suite == INTL


def test_a_suite_nobody_knows_is_refused(paths, monkeypatch):
    monkeypatch.setenv(CHOICE, "md5")
    with pytest.raises(OtherSuiteError, match="「md5」不是密码套件.*intl 或 gm"):
        KeyProvider(paths)
    monkeypatch.delenv(CHOICE)
    paths.keys.mkdir(exist_ok=True)
    (paths.keys / "suite").write_text("¤")
    with pytest.raises(OtherSuiteError, match="suite 已损坏"):
        KeyProvider(paths)


def test_a_suite_that_was_altered_is_told_with_what_to_write(paths):
    KeyProvider(paths)
    manifest = paths.returns / "370601001" / "2024-01-31" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"suite": "intl"}', encoding="utf-8")
    assert KeyProvider(paths).suite == INTL
    (paths.keys / "suite").write_text("gm\n", encoding="ascii")
    with pytest.raises(OtherSuiteError, match="suite 写的是 gm，而已有文件用 intl .*请改回 intl"):
        KeyProvider(paths)
    (paths.keys / "suite").unlink()
    (paths.keys / "suite").mkdir()
    with pytest.raises(OtherSuiteError, match="suite 已损坏"):
        KeyProvider(paths)
