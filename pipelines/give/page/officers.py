"""Officers of townships who may answer by page: a token each, shown once, of which only the hash stays.

Belongs here: giving one, taking it back, whose it is. Does not belong here: sessions (session.py), counting wrong
guesses (guesses.py). `keys/officers/<number>.json` is one officer: a damaged file shuts out nobody else.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipelines.kit.paths import Paths
from pipelines.kit.records import IsoDate, read_record
from pipelines.kit.security.signature import canonical_json
from pipelines.kit.whole_files import PRIVATE, write_whole

MOST_DAYS = 366
_NUMBER_BYTES, _SECRET_BYTES = 4, 24
_NUMBER_DIGITS = 2 * _NUMBER_BYTES


@dataclass(frozen=True)
class Officer:
    """Somebody who answers for a township until the end of `expires_on`. `number` names the officer in logs and files;
    `token_sha256` is of the whole token; `revoked_on` '' while it holds."""

    number: str
    township_code: str
    name: str
    token_sha256: str
    issued_on: IsoDate
    expires_on: IsoDate
    revoked_on: str = ""

    def may_enter(self, today: date) -> bool:
        """Whether the token holds on that day."""
        return not self.revoked_on and self.issued_on <= today.isoformat() <= self.expires_on


def give(paths: Paths, township_code: str, name: str, days: int, today: date) -> tuple[Officer, str]:
    """A new officer and the token, which is nowhere else. Raises ValueError for a number of days that is none."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"令牌有效天数要在 1 到 {MOST_DAYS} 之间，给的是 {days}")
    number = secrets.token_hex(_NUMBER_BYTES)
    token = f"{number}-{secrets.token_urlsafe(_SECRET_BYTES)}"
    until = (today + timedelta(days=days)).isoformat()
    officer = Officer(number, township_code, name, _hash(token), today.isoformat(), until)
    _keep(paths, officer)
    return officer, token


def revoke(paths: Paths, number: str, today: date) -> Officer | None:
    """Take a token back at once, sessions with it; None where there is no such officer."""
    officer = with_number(paths, number)
    if officer and not officer.revoked_on:
        officer = replace(officer, revoked_on=today.isoformat())
        _keep(paths, officer)
    return officer


def holder(paths: Paths, token: str, today: date) -> Officer | None:
    """Whose token it is; None for one that nobody holds today."""
    officer = with_number(paths, number_of(token))
    is_right = hmac.compare_digest(officer.token_sha256 if officer else "", _hash(token))
    return officer if officer and is_right and officer.may_enter(today) else None


def number_of(token: str) -> str:
    """The part of a token that names its officer, '' in what is no token."""
    number = token.partition("-")[0]
    return number if len(number) == _NUMBER_DIGITS and set(number) <= set("0123456789abcdef") else ""


def with_number(paths: Paths, number: str) -> Officer | None:
    """The officer of that number; None where there is none, or the file is damaged."""
    officer = read_record(_file(paths, number), Officer) if number_of(number) else None
    return officer if officer and officer.number == number else None


def all_officers(paths: Paths) -> Iterator[Officer]:
    """Everybody who ever had a token, by township and day."""
    found = (with_number(paths, file.stem) for file in (paths.keys / "officers").glob("*.json"))
    yield from sorted((o for o in found if o), key=lambda o: (o.township_code, o.issued_on, o.number))


def _file(paths: Paths, number: str):
    return paths.keys / "officers" / f"{number}.json"


def _keep(paths: Paths, officer: Officer) -> None:
    write_whole(_file(paths, officer.number), canonical_json(vars(officer)) + b"\n", PRIVATE)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
