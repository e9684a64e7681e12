"""The keys of one installation, all derived from one master key file.

Belongs here: where keys come from and how they are told apart. Does not belong here: what is done with them.
`KeyProvider` is the seam for a hardware module: whoever replaces it answers the same five questions.
"""

import csv
import io
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import pyrage

from pipelines.kit.paths import Paths
from pipelines.kit.security.suite import INTL, KEY_BYTES, Suite, chosen_suite, require_sealed_with
from pipelines.kit.whole_files import PRIVATE, write_whole

# No 0/O, 1/I/L: people read these over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP_LENGTH = 4, 4
RENEW = "ZHENJIE_NEW_KEY"


class LostKeyError(RuntimeError):
    """A key that something was sealed with is not there; a new one in its place would make all of that worthless."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"密钥 {path.parent.name}/{path.name} 不见了或已损坏，而已有文件由它加密、签发：换成新密钥，"
            f"各镇街交回的工作簿都将无法确认。请从备份恢复 keys 文件夹后重跑；确实没有备份的，"
            f"以环境变量 {RENEW}=1 运行一次，再通知各镇街使用重新返还的工作簿和新口令"
        )


class KeyProvider:
    """Answers for passwords, keyed-hash keys, pseudonym keys, bulk keys and the id of the master key."""

    def __init__(self, paths: Paths) -> None:
        """The keys in `paths.keys`; the first call makes `master.key` there, readable by its owner only.

        Raises LostKeyError where the key is gone or damaged and something was sealed with it, OtherSuiteError where
        another suite is asked for then, or remembered.
        """
        self.folder = paths.keys
        self.suite = chosen_suite(paths.keys, lambda: _is_used(paths))
        if not _may_renew():
            require_sealed_with(self.suite, paths.returns.glob("*/*/manifest.json"))
        self._sets = paths.returns
        path = self.folder / "master.key"
        if not path.exists():
            if _is_used(paths):
                raise LostKeyError(path)
            write_whole(path, secrets.token_hex(KEY_BYTES), PRIVATE, keep_existing=True)
            (self.folder / "key_id").unlink(missing_ok=True)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        self._master = _read_master(path)
        self._recognise(path)

    @property
    def key_id(self) -> str:
        """Names the master key in signed headers without saying anything about it."""
        return _key_id(self.suite, self._master)

    def _recognise(self, path: Path) -> None:
        """Raises LostKeyError where the key is another than the one this installation began with."""
        known, mine = self.folder / "key_id", _key_id(INTL, self._master)
        before = known.read_text(encoding="ascii", errors="replace").strip() if known.is_file() else ""
        if before and before != mine and not _may_renew():
            raise LostKeyError(path)
        if before != mine:
            write_whole(known, mine + "\n", PRIVATE)

    def password(self, holder: str) -> str:
        """The workbook password of a township (code) or department (slug), e.g. 'K7QM-2F9A-WXYZ-34HJ' (79 bits)."""
        number = int.from_bytes(self.suite.derive(self._master, f"workbook-password/{holder}"))
        letters = []
        for _ in range(_GROUPS * _GROUP_LENGTH):
            number, index = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[index])
        text = "".join(letters)
        return "-".join(text[i : i + _GROUP_LENGTH] for i in range(0, len(text), _GROUP_LENGTH))

    def mac_key(self, purpose: str) -> bytes:
        """32 bytes for signing one kind of thing; purposes do not share keys."""
        return self.suite.derive(self._master, f"mac/{purpose}")

    def pseudonym_key(self, purpose: str) -> str:
        """64 hexadecimal digits for pseudonyms of one purpose, so that two extracts cannot be joined."""
        return self.suite.derive(self._master, f"pseudonym/{purpose}").hex()

    def bulk_key(self, township_code: str) -> bytes:
        """16 bytes for SM4 bulk files of a township (suite `gm`)."""
        return self.suite.derive(self._master, f"bulk/{township_code}")[:16]

    def age_identity(self, township_code: str) -> pyrage.x25519.Identity:
        """The age key pair of a township's machine, made on first use, kept in `age/{township_code}.key`."""
        path = self.folder / "age" / f"{township_code}.key"
        if not path.exists():
            if not _may_renew() and any((self._sets / township_code).glob("*/*.age")):
                raise LostKeyError(path)
            write_whole(path, str(pyrage.x25519.Identity.generate()), PRIVATE, keep_existing=True)
        try:
            return pyrage.x25519.Identity.from_str(path.read_text(encoding="ascii").strip())
        except (ValueError, pyrage.IdentityError):
            raise LostKeyError(path) from None


def _key_id(suite: Suite, master: bytes) -> str:
    return "k" + suite.derive(master, "key-id").hex()[:8]


def _is_used(paths: Paths) -> bool:
    """Whether anything was sealed with the key of this installation."""
    traces = (
        (paths.decisions / "turns", "*.json"), (paths.returns, "*/*/manifest.json"), (paths.inbox / "received", "*/*"),
        (paths.exports, "**/manifest.json"), (paths.notices, "*/*"), (paths.keys / "age", "*.key"),
    )  # fmt: skip
    return not _may_renew() and any(next(folder.glob(pattern), None) for folder, pattern in traces)


def _may_renew() -> bool:
    return os.environ.get(RENEW) == "1"


def _read_master(path: Path) -> bytes:
    try:
        master = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, IsADirectoryError):
        master = b""
    if len(master) != KEY_BYTES:
        raise LostKeyError(path)
    return master


def write_password_list(
    keys: KeyProvider,
    holders: Iterable[tuple[str, str]],
    name: str = "passwords.csv",
    headings: tuple[str, str, str] = ("镇街代码", "镇街名称", "工作簿口令"),
) -> Path:
    """A list (0600) for the bureau to hand out by another channel than the files.

    `holders`: (code, name) pairs of townships or departments. Replaced whole, sorted by code; equal input gives
    equal bytes.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    for code, holder in sorted(set(holders)):
        writer.writerow([code, holder, keys.password(code)])
    path = keys.folder / name
    write_whole(path, text.getvalue().encode("utf-8-sig"), PRIVATE)
    return path
