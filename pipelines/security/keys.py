"""The keys of one installation, all derived from one master key file.

Belongs here: where keys come from and how they are told apart. Does not belong here: what is done with them.
`KeyProvider` is the seam for a hardware module: whoever replaces it answers the same five questions.
"""

import csv
import io
import secrets
from collections.abc import Iterable
from pathlib import Path

import pyrage

from pipelines.paths import Paths
from pipelines.security.suite import INTL, KEY_BYTES, Suite
from pipelines.whole_files import PRIVATE, write_whole

# No 0/O, 1/I/L: people read these over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _GROUP_LENGTH = 4, 4


class KeyProvider:
    """Answers for passwords, keyed-hash keys, pseudonym keys, bulk keys and the id of the master key."""

    def __init__(self, paths: Paths, suite: Suite = INTL) -> None:
        """The keys in `paths.keys`; the first call makes `master.key` there, readable by its owner only."""
        self.folder = paths.keys
        self.suite = suite
        path = self.folder / "master.key"
        if not path.exists():
            write_whole(path, secrets.token_hex(KEY_BYTES), PRIVATE, keep_existing=True)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        self._master = bytes.fromhex(path.read_text(encoding="ascii").strip())

    @property
    def key_id(self) -> str:
        """Names the master key in signed headers without saying anything about it."""
        return "k" + self.suite.derive(self._master, "key-id").hex()[:8]

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
            write_whole(path, str(pyrage.x25519.Identity.generate()), PRIVATE, keep_existing=True)
        return pyrage.x25519.Identity.from_str(path.read_text(encoding="ascii").strip())


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
