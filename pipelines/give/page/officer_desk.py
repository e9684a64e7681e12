"""Officers' tokens on the command line: what is asked, what is told.

Belongs here: sentences for the bureau. Does not belong here: tokens themselves (officers.py). Whoever may read the keys
may give tokens: it is the account the program runs under.
"""

from datetime import date

from pipelines.give.page import officers
from pipelines.kit import city_time
from pipelines.kit.office.styles import clean
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import LEVELS, read_divisions

_LONGEST_NAME = 20


class NotDone(ValueError):
    """What was asked cannot be; the message says why and what to do."""


def give(paths: Paths, township: str, name: str, days: int) -> str:
    """What to tell the officer, once. Raises NotDone."""
    unit, said = read_divisions(paths.reference).on(city_time.today()).get(township), clean(name).strip()
    if unit is None or unit.level != LEVELS["township"]:
        raise NotDone(f"没有代码为 {township[:20]} 的镇街；请写 9 位代码，例如 370602001")
    if not said or len(said) > _LONGEST_NAME:
        raise NotDone(f"请写经办人姓名，不超过 {_LONGEST_NAME} 字")
    try:
        officer, token = officers.give(paths, township, said, days, city_time.today())
    except ValueError as problem:
        raise NotDone(str(problem)) from None
    return (
        f"镇街 {unit.name}（{township}），经办人 {said}，编号 {officer.number}，有效至 {officer.expires_on}\n"
        f"令牌（只显示这一次，请当面或以密封方式交给本人）：\n{token}"
    )


def revoke(paths: Paths, number: str) -> str:
    """That it is taken back. Raises NotDone."""
    officer = officers.revoke(paths, number, city_time.today())
    if officer is None:
        raise NotDone(f"没有编号为 {number[:20]} 的经办人；编号见 officer list")
    return f"已收回：{officer.township_code} {officer.name}（{officer.number}），已登录的也即时失效"


def listed(paths: Paths) -> str:
    """A line an officer."""
    today = city_time.today()
    lines = [
        f"{o.number}  {o.township_code}  {o.name}  {o.issued_on} 至 {o.expires_on}  {_state(o, today)}"
        for o in officers.all_officers(paths)
    ]
    return "\n".join(lines) or "还没有发过令牌。"


def _state(officer: officers.Officer, today: date) -> str:
    if officer.revoked_on:
        return f"{officer.revoked_on} 收回"
    return "有效" if officer.may_enter(today) else "已过期"
