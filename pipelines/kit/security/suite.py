"""Which family of algorithms an installation uses: `intl` (SHA-256) or `gm` (SM3, with SM4 for bulk files).

Belongs here: the choice and the keyed hash made with it. Does not belong here: keys and files. The library's
SM3/SM4 is not a certified cryptographic module: `gm` prepares for GB/T 39786 (密评), it does not claim it.
Workbooks for people are agile-encrypted in both suites, since office software opens nothing else.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


@dataclass(frozen=True)
class Suite:
    """One family of algorithms; `name` is written into everything signed with it."""

    name: str

    def _hash(self) -> hashes.HashAlgorithm:
        return hashes.SM3() if self.name == "gm" else hashes.SHA256()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """32 bytes: HMAC (RFC 2104) over the suite's hash."""
        if self.name == "intl":
            return hmac.digest(key, message, "sha256")
        keyed = HMAC(key, self._hash())
        keyed.update(message)
        return keyed.finalize()

    def derive(self, master: bytes, context: str) -> bytes:
        """32 bytes for one use: HKDF (RFC 5869) of the master key; other contexts give unrelated keys."""
        info = f"zhenjie/{self.name}/{context}".encode()
        return HKDF(algorithm=self._hash(), length=KEY_BYTES, salt=None, info=info).derive(master)


INTL = Suite("intl")
GM = Suite("gm")


def suite_named(name: str) -> Suite:
    """Raises ValueError for a name other than 'intl' or 'gm'."""
    for suite in (INTL, GM):
        if suite.name == name:
            return suite
    raise ValueError("unknown suite")
