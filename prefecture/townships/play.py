"""One play: every playing township answers the set of a turn, and what it owes from the turn before.

Belongs here: the order of the steps. Does not belong here: any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.give.returns.issue import issued_set
from pipelines.judge.rules import load_rules
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock
from prefecture.generate import SEED
from prefecture.register import register_of
from prefecture.townships import ways
from prefecture.townships.chance import chance
from prefecture.townships.filling import (
    fill,
    grid_labels,
    open_book,
    read_rows,
    rearrange,
    sign_off,
)
from prefecture.townships.office import require_office, saved_by_office
from prefecture.townships.post import Letter, address, drop, sending_day
from prefecture.townships.report import PlayReport, report
from prefecture.townships.rows import AGAIN, Asked, Said, first_thought, late, plan
from prefecture.townships.saving import frozen_bytes, locked_again
from prefecture.townships.sent import Debt, debts, write_sent

_SAME_COPY_SHARE = _EARLY_SHARE = 0.5


@dataclass(frozen=True)
class _Desk:
    """A workbook as it lies before the officer."""

    township: str
    as_of: date
    name: str
    plain: bytes
    asked: list[Asked]
    grids: frozenset[str]


def play(
    paths: Paths,
    as_of: date,
    office: bool = False,
    losses: bool = False,
    seed: int = SEED,
    given: Mapping[str, str] | None = None,
) -> PlayReport:
    """Answer the sets issued on `as_of` for the playing townships, into `inbox/drop`, and send what they still
    owe from the turn played before. Writes register/sent_<as_of>.parquet.

    `office`: some save with LibreOffice (raises OfficeMissing without it). `losses`: some workbooks never come
    back, come after the next turn, or stay refused; without it every planned answer arrives in its turn, on
    which the sample's expectations rest. `given`: township -> way (ways.py), instead of dealing them out.
    """
    keys, rules = KeyProvider(paths), load_rules()
    known = {
        (row["township_code"], row["ticket_id"]): row
        for row in pl.read_parquet(register_of(paths) / "answers.parquet").iter_rows(named=True)
    }
    players = sorted(pl.read_parquet(register_of(paths) / "players.parquet")["township_code"].to_list())
    owed = debts(paths, as_of, known)
    dealt = dict(ways.deal(players, seed, as_of, office, losses) if given is None else given)
    if set(dealt.values()) & set(ways.KIND):
        require_office()
    letters: list[Letter] = []
    for code in players:
        knows = {ticket: row for (township, ticket), row in known.items() if township == code}
        late_letters, debt = [], owed.get(code)
        if debt is not None:
            before = _desk(paths, keys, code, debt.set_as_of)
            late_letters = _late_letters(before, debt, knows, rules, as_of, seed)
        meanwhile = frozenset(s.ticket_id for x in late_letters for s in x.said if s.is_taken(before.grids))
        letters += late_letters
        desk = _desk(paths, keys, code, as_of)
        if desk is not None and desk.asked:
            letters += _letters(desk, dealt[code], knows, rules, seed, losses, meanwhile)
    _save(letters, keys)
    address(letters, seed)
    for letter in letters:
        if letter.is_sent:
            drop(paths, letter)
    return report(write_sent(paths, as_of, letters))


def _desk(paths: Paths, keys: KeyProvider, code: str, as_of: date) -> _Desk | None:
    issued = issued_set(paths, code, as_of)
    if issued is None:
        return None
    (source,) = issued.folder.glob("返还_*.xlsx")
    plain = unlock(source.read_bytes(), keys.password(code))
    book = open_book(plain)
    return _Desk(code, as_of, source.name, plain, read_rows(book), frozenset(grid_labels(book)))


def _letters(
    desk: _Desk, way: str, knows: Mapping, rules: Mapping, seed: int, losses: bool, meanwhile: frozenset[str]
) -> list[Letter]:
    """What a township sends in time: one file, two, or none."""
    named = (seed, desk.as_of, desk.township)
    said = plan(desk.asked, knows, rules, *named, meanwhile=meanwhile)
    if all(s.is_blank for s in said):
        return [_letter(desk, ways.NOTHING_TO_SAY, said, desk.as_of, seed)]
    if way == ways.SHEET_RENAMED and not losses:
        return [_letter(desk, w, said, desk.as_of, seed) for w in (way, ways.PUT_RIGHT)]
    if way == ways.TWICE:
        early = _early(desk, said, rules, *named)
        return [_letter(desk, ways.TWICE, early, desk.as_of, seed),
                _letter(desk, ways.TWICE_AGAIN, said, desk.as_of, seed)]  # fmt: skip
    return [_letter(desk, way, said, desk.as_of, seed)]


def _early(desk: _Desk, said: list[Said], rules: Mapping, *named: object) -> list[Said]:
    """The first of two files: some rows are still blank, one says what the second takes back.

    Only rows the inbox will accept in the second file may stand in the first, else the first would count.
    """
    of = {a.ticket_id: a for a in desk.asked}
    safe = {s.ticket_id for s in said if s.is_taken(desk.grids)}
    unsafe = {of[s.ticket_id].group_key for s in said if s.ticket_id not in safe and not s.is_blank}
    early, has_revised = [], False
    for s in said:
        thought = first_thought(s, rules[of[s.ticket_id].rule_id])
        if s.ticket_id not in safe or of[s.ticket_id].group_key in unsafe:
            early.append(Said(s.ticket_id, "none"))
        elif not has_revised and thought is not None:
            early.append(thought)
            has_revised = True
        elif chance(*named, s.ticket_id, "early") < _EARLY_SHARE:
            early.append(s)
        else:
            early.append(Said(s.ticket_id, "none"))
    return early


def _late_letters(
    desk: _Desk | None, debt: Debt, knows: Mapping, rules: Mapping, as_of: date, seed: int
) -> list[Letter]:
    """What should have come in the turn before, in the workbook of that turn."""
    if desk is None:
        return []
    named = (seed, desk.as_of, desk.township)
    before = plan(desk.asked, knows, rules, *named)
    if debt.is_whole:
        way = ways.LATE_WORKBOOK
    else:
        is_same = chance(*named, "same copy") < _SAME_COPY_SHARE
        way = ways.LATE_SAME_COPY if is_same else ways.LATE_ROWS
    said = [
        late(s.ticket_id, knows[s.ticket_id]) if s.ticket_id in debt.tickets
        else s if debt.is_whole
        else _again(s, desk.grids) if way == ways.LATE_SAME_COPY
        else Said(s.ticket_id, "none")
        for s in before
    ]  # fmt: skip
    return [] if all(s.is_blank for s in said) else [_letter(desk, way, said, as_of, seed)]


def _again(said: Said, grids: frozenset[str]) -> Said:
    """A row of the copy that was sent before."""
    return replace(said, behaviour=AGAIN) if said.is_taken(grids) else said


def _letter(desk: _Desk, way: str, said: list[Said], as_of: date, seed: int) -> Letter:
    named = (seed, desk.as_of, desk.township)
    day = sending_day(way, as_of, *named)
    letter = Letter(desk.township, way, desk.as_of, desk.name, said, day)
    is_due = way not in ways.UNSENT or as_of > desk.as_of
    if is_due:
        book = open_book(desk.plain)
        fill(book, desk.asked, said)
        sign_off(book, day)
        letter.said = said + rearrange(book, way, *named)
        letter.content = frozen_bytes(book, day)
    return letter


def _save(letters: list[Letter], keys: KeyProvider) -> None:
    """LibreOffice first, once per kind of file, then the password."""
    for kind in sorted(set(ways.KIND.values())):
        own = [letter for letter in letters if ways.KIND.get(letter.way) == kind]
        if own:
            contents = [letter.content for letter in own]
            for letter, content in zip(own, saved_by_office(contents, kind), strict=True):
                letter.content = content
    for letter in letters:
        if letter.is_sent and letter.way in ways.WITH_PASSWORD:
            letter.content = locked_again(letter.content, keys.password(letter.township), letter.sent_on)
