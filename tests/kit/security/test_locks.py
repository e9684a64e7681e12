import io
import zipfile

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.kit.paths import Paths
from pipelines.kit.security import bulk_seal, workbook_lock
from pipelines.kit.security.bulk_seal import SealBroken, seal, unseal
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner, canonical_json, is_signed, sign
from pipelines.kit.security.suite import CHOICE, GM, INTL
from pipelines.kit.security.workbook_lock import WrongPassword, is_locked, lock, unlock

TOWNSHIP, OTHER = "370602001", "370602002"


@pytest.fixture(scope="module")
def plain():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 9000)
    return out.getvalue()


@pytest.fixture(scope="module")
def locked(plain):
    return lock(plain, "K7QM-2F9A-WXYZ-34HJ")


def test_lock_round_trip(plain, locked):
    assert is_locked(locked) and not is_locked(plain)
    assert b"xl/workbook.xml" not in locked
    assert unlock(locked, "K7QM-2F9A-WXYZ-34HJ") == plain


@pytest.mark.parametrize("password", ["k7qm-2f9a-wxyz-34hj", "x", "K7QM2F9AWXYZ34HJ"])
def test_wrong_password_is_refused(locked, password):
    with pytest.raises(WrongPassword):
        unlock(locked, password)


def test_a_flipped_bit_in_the_content_is_detected(plain, locked):
    with olefile.OleFileIO(io.BytesIO(locked)) as container:
        package = container.openstream("EncryptedPackage").read()
    start = locked.index(package[:64])
    for offset in (8, 600, len(package) // 2):
        changed = bytearray(locked)
        changed[start + offset] ^= 1
        with pytest.raises(WrongPassword):
            unlock(bytes(changed), "K7QM-2F9A-WXYZ-34HJ")


def test_endless_key_derivation_is_refused(locked, monkeypatch):
    monkeypatch.setattr(workbook_lock, "MAX_SPIN_COUNT", workbook_lock.SPIN_COUNT - 1)
    with pytest.raises(WrongPassword, match="without end"):
        unlock(locked, "K7QM-2F9A-WXYZ-34HJ")


def test_lock_checks_what_it_wrote(plain, monkeypatch):
    monkeypatch.setattr(workbook_lock, "unlock", lambda *_: b"something else")
    with pytest.raises(RuntimeError, match="round-trip"):
        lock(plain, "p")


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_any_bytes_are_either_not_locked_or_refused(blob):
    assert is_locked(blob) in (True, False)
    with pytest.raises(WrongPassword):
        unlock(blob, "p")


@pytest.mark.parametrize("suite", [INTL, GM])
def test_bulk_files_open_for_their_township_only(tmp_path, monkeypatch, suite):
    monkeypatch.setenv(CHOICE, suite.name)
    keys = KeyProvider(Paths(tmp_path))
    content = b"PAR1" + bytes(range(256)) * 20
    sealed = seal(keys, TOWNSHIP, content)
    assert content[:40] not in sealed
    assert unseal(keys, TOWNSHIP, sealed) == content
    with pytest.raises(SealBroken):
        unseal(keys, OTHER, sealed)
    changed = bytearray(sealed)
    changed[-30] ^= 1
    with pytest.raises(SealBroken):
        unseal(keys, TOWNSHIP, bytes(changed))
    assert bulk_seal.suffix(keys) == {"intl": ".age", "gm": ".sm4"}[suite.name]


def test_the_header_of_an_sm4_envelope_cannot_be_changed(tmp_path, monkeypatch):
    monkeypatch.setenv(CHOICE, "gm")
    keys = KeyProvider(Paths(tmp_path))
    sealed = seal(keys, TOWNSHIP, b"content")
    with pytest.raises(SealBroken):
        unseal(keys, TOWNSHIP, sealed.replace(TOWNSHIP.encode(), OTHER.encode()))


def test_signature_ignores_the_order_of_keys_and_nothing_else(tmp_path):
    keys = KeyProvider(Paths(tmp_path))
    signature = sign(keys, "purpose", {"b": 1, "a": "镇"})
    assert is_signed(keys, "purpose", {"a": "镇", "b": 1}, signature)
    assert not is_signed(keys, "purpose", {"a": "镇", "b": 2}, signature)
    assert not is_signed(keys, "other", {"a": "镇", "b": 1}, signature)
    assert not is_signed(keys, "purpose", {"a": "镇", "b": 1}, "不是签名")
    assert canonical_json({"b": 1, "a": "镇"}) == '{"a":"镇","b":1}'.encode()


cells = st.lists(st.text(max_size=12), min_size=1, max_size=6)


@settings(max_examples=200)
@given(cells, cells)
def test_two_different_rows_never_share_a_check_value(tmp_path_factory, one, two):
    signer = RowSigner(_keys(tmp_path_factory), "set")
    value = signer.check_value(one)
    assert signer.is_intact(one, value)
    assert signer.is_intact(two, value) == (one == two)


def test_the_check_value_points_at_the_changed_cell(tmp_path_factory):
    signer = RowSigner(_keys(tmp_path_factory), "set")
    value = signer.check_value(["1", "张三", "3706"])
    assert signer.changed_cells(["1", "李四", "3706"], value) == [1]
    assert signer.changed_cells(["1", "张三", "3706"], value[:31] + "x" + value[32:]) == []
    assert signer.changed_cells(["1", "张三", "3706"], "") == [0, 1, 2]


def _keys(tmp_path_factory):
    return KeyProvider(Paths(tmp_path_factory.getbasetemp() / "signer"))
