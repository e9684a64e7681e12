"""Who is asking: a signed cookie, and a token of forms so that no other page can post for somebody.

Belongs here: making and reading both. Does not belong here: who may enter (officers.py). The server keeps nothing of a
session: a cookie names an officer and a moment, and whoever reads it asks again whether the officer still may enter.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.give.page.officers import Officer, with_number
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider

COOKIE = "zhenjie_page"
LASTS = timedelta(hours=8)
_PURPOSE = "answering-page"
_LONGEST = 200


@dataclass(frozen=True)
class Session:
    """An officer who has entered. `form_token` stands in every form of this session, and in no other's."""

    officer: Officer
    form_token: str


def cookie(keys: KeyProvider, officer: Officer, now: datetime) -> str:
    """What the browser keeps."""
    said = f"{officer.number}.{int((now + LASTS).timestamp())}"
    return f"{said}.{_mac(keys, f'session/{officer.token_sha256}/{said}')}"


def session(paths: Paths, keys: KeyProvider, value: str, now: datetime) -> Session | None:
    """Who that is; None for a cookie that is not ours, is over, or whose officer may no longer enter."""
    number, _, rest = value[:_LONGEST].partition(".")
    until, _, mac = rest.partition(".")
    officer = with_number(paths, number)
    if officer is None or not officer.may_enter(now.date()) or not until.isascii() or not until.isdigit():
        return None
    said = f"{number}.{until}"
    is_ours = hmac.compare_digest(_mac(keys, f"session/{officer.token_sha256}/{said}").encode(), mac.encode())
    if not is_ours or int(until) <= now.timestamp():
        return None
    return Session(officer, _mac(keys, f"form/{officer.token_sha256}/{said}"))


def is_of(session: Session, form_token: str) -> bool:
    """Whether a form was made for this session."""
    return hmac.compare_digest(session.form_token.encode(), form_token.encode(errors="surrogatepass"))


def _mac(keys: KeyProvider, text: str) -> str:
    return urlsafe_b64encode(keys.suite.mac(keys.mac_key(_PURPOSE), text.encode())).decode().rstrip("=")
