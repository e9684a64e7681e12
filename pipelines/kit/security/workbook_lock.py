"""Encrypting a workbook so that office software asks for the password (ECMA-376 agile encryption).

Belongs here: lock and unlock. Does not belong here: which password. The library calls its encryption
experimental, so every locked file is opened again before it is handed out. It draws 128 random bits for the
AES key whatever the header says; the password carries 79.
"""

import io

import msoffcrypto
from msoffcrypto.method.ecma376_agile import ECMA376Agile

# Stretching slows down guessing what people choose. Our passwords are 79 random bits; a turn locks hundreds
# of workbooks, twice the stretching each, which took a third of a small one's time at 10,000; office software uses
# 100,000 and opens any number. Files that ask for far more are an attack.
SPIN_COUNT = 1_000
MAX_SPIN_COUNT = 1_000_000
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")


class WrongPassword(ValueError):
    """The file is locked with another password, or has been changed since."""


def lock(plain: bytes, password: str) -> bytes:
    """Encrypted workbook. Raises RuntimeError if what was written does not open again byte for byte."""
    locked = ECMA376Agile.encrypt(password, io.BytesIO(plain), spin_count=SPIN_COUNT)
    if unlock(locked, password) != plain:
        raise RuntimeError("encryption did not round-trip")
    return locked


def is_locked(blob: bytes) -> bool:
    """Whether the bytes are an encrypted workbook (an old binary .xls, same container, is not)."""
    if not blob.startswith(OLE_MAGIC):
        return False
    try:
        return msoffcrypto.OfficeFile(io.BytesIO(blob)).is_encrypted()
    except Exception:  # damaged containers fail in many ways inside the library; none of them is a lock
        return False


def unlock(locked: bytes, password: str) -> bytes:
    """Decrypted workbook. Raises WrongPassword if the password is wrong or any byte was changed."""
    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(locked))
        if file.type == "agile" and file.info["spinValue"] > MAX_SPIN_COUNT:
            raise WrongPassword("key derivation without end")
        # The integrity check below already fails under a wrong key, at half the cost of verify_password.
        file.load_key(password=password)
        file.decrypt(plain, **({"verify_integrity": True} if file.type == "agile" else {}))
    except WrongPassword:
        raise
    except (
        Exception
    ) as error:  # beside its own errors, a flipped bit may break the container or its XML header
        raise WrongPassword("wrong password or changed file") from error
    return plain.getvalue()
