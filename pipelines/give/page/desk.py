"""What an officer can do on the page: look at the list, at one ticket, answer it, hand in, fetch receipts.

Belongs here: one method per page, from what was asked to what is told. Does not belong here: who may ask (app.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from pipelines.give.page import said, views, words
from pipelines.give.page.answer_book import answered, file_of
from pipelines.give.page.asked import Asked, Shelf
from pipelines.give.page.judged import judged
from pipelines.give.page.said import Answer, SaidMeanwhile
from pipelines.give.page.session import Session
from pipelines.give.returns.guide import chinese_date
from pipelines.judge.rules import Rule, load_rules
from pipelines.kit import city_time
from pipelines.kit.office.styles import clean
from pipelines.kit.paths import Paths
from pipelines.kit.receipt_files import receipts
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import lock
from pipelines.kit.whole_files import PRIVATE, write_whole

MOST_SIGNS = 500
_MOST_RECEIPTS = 200


@dataclass(frozen=True)
class Told:
    """A page to be shown: its template and what stands in it."""

    page: str
    facts: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True)
class _Look:
    """A set with what was said about it so far."""

    asked: Asked
    lines: list[said.Line]
    tickets: list[views.Ticket]

    @property
    def new(self) -> int:
        """Answers that are not handed in yet and would be accepted."""
        last = said.last_handed_in(self.lines)
        since = last.number if last else 0
        return sum(1 for t in self.tickets if t.line and t.state == views.GOOD and t.line.number > since)


class Desk:
    """The page's work for one installation."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.keys = KeyProvider(paths)
        self._shelf = Shelf(paths, self.keys)

    def list(self, request: Request, who: Session) -> Told:
        """All tickets of the newest set, filtered."""
        look, query = self._newest(who), request.query_params
        wanted = {name: query.get(name, "") for name in ("rule", "village", "state")}
        found = views.filtered(look.tickets, **wanted)
        first = min(_number(query.get("from", "")), max(0, len(found) - 1))
        shown = found[first : first + views.PAGE]
        return Told("list", {
            **self._about(look), "wanted": wanted, "shown": shown, "found": len(found), "first": first,
            "later": _url("/", wanted, first + views.PAGE) if first + views.PAGE < len(found) else "",
            "earlier": _url("/", wanted, max(0, first - views.PAGE)) if first else "",
            "rules": list(dict.fromkeys(t.cells["rule"] for t in look.tickets)),
            "villages": sorted({t.cells["village_name"] for t in look.tickets} - {""}),
            "states": views.STATES, "message": _message(query.get("said", ""), query.get("count", "")),
        })  # fmt: skip

    def ticket(self, request: Request, who: Session) -> Told:
        """One ticket, to be answered."""
        return self._ticket(self._newest(who), request.path_params["ticket"], request.query_params.get("said", ""))

    def answer(self, request: Request, who: Session) -> Told | Response:
        """Keep an answer; then on to the next that wants one."""
        form, ticket_id = request.state.form, request.path_params["ticket"]
        asked = self._shelf.newest(who.officer.township_code)
        if form.get("set") != asked.identity.set_id:
            return Told("message", {"message": words.TOO_OLD}, 409)
        if ticket_id not in asked.rows:
            return Told("message", {"message": words.NO_SUCH_TICKET}, 404)
        answer = _given(form, _rule(asked, ticket_id))
        if any(len(text) > MOST_SIGNS for text in vars(answer).values()):
            return Told("message", {"message": words.TOO_LONG.format(most=MOST_SIGNS)}, 413)
        by, seen = (_now(), who.officer.number, who.officer.name), _number(form.get("seen", ""))
        try:
            said.add(self._paths, asked, *by, ticket_id, answer, seen)
        except SaidMeanwhile as meanwhile:
            return self._ticket(self._look(asked), ticket_id, "", meanwhile.line, answer, 409)
        look = self._look(asked)
        now = next(t for t in look.tickets if t.ticket_id == ticket_id)
        if now.state == views.WRONG:
            return self._ticket(look, ticket_id, "", status=422)
        following = views.following(look.tickets, ticket_id)
        what = "saved" if answer.answer else "taken_back"
        return RedirectResponse(_url(f"/ticket/{following}" if following else "/", {"said": what}), 303)

    def hand_in(self, request: Request, who: Session) -> Response:
        """Everything said so far into the inbox, as the township's workbook, locked with its password."""
        look, officer = self._newest(who), who.officer
        if not look.new:
            return RedirectResponse(_url("/", {"said": "nothing"}), 303)
        standing = said.standing(look.lines)
        answers = {t.ticket_id: standing[t.ticket_id].said for t in look.tickets if t.state == views.GOOD}
        identity = look.asked.identity
        book = answered(look.asked, answers, officer.name, city_time.today())
        plain = file_of(book, identity.as_of, f"{identity.place} 网上答复")
        content = lock(plain, self.keys.password(identity.township_code))
        name = f"网上答复_{identity.as_of:%Y%m%d}_{len(look.lines) + 1:04d}.xlsx"
        write_whole(self._paths.inbox / "drop" / identity.township_code / name, content, PRIVATE)
        said.hand_in(self._paths, look.asked, _now(), officer.number, officer.name, name)
        return RedirectResponse(_url("/", {"said": "handed_in", "count": str(look.new)}), 303)

    def receipts(self, request: Request, who: Session) -> Told:
        """The receipts of the township, the newest first."""
        found = [(file.parent.name, file.name) for file in receipts(self._paths, who.officer.township_code)]
        return Told("receipts", {"receipts": sorted(found, reverse=True)[:_MOST_RECEIPTS]})

    def receipt(self, request: Request, who: Session) -> Told | Response:
        """One of them, as a file."""
        wanted = request.path_params["day"], request.path_params["name"]
        for file in receipts(self._paths, who.officer.township_code):
            if (file.parent.name, file.name) == wanted:
                return FileResponse(file, filename=file.name)
        return Told("message", {"message": words.NO_SUCH_RECEIPT}, 404)

    def _newest(self, who: Session) -> _Look:
        return self._look(self._shelf.newest(who.officer.township_code))

    def _look(self, asked: Asked) -> _Look:
        lines = said.said(self._paths, asked)
        standing = {i: line for i, line in said.standing(lines).items() if i in asked.rows}
        answers = {i: line.said for i, line in standing.items()}
        results = judged(asked, answers, self.keys, load_rules(), city_time.today())
        return _Look(asked, lines, views.tickets(asked, standing, results))

    def _about(self, look: _Look) -> dict[str, Any]:
        last = said.last_handed_in(look.lines)
        due = look.asked.due_on
        return {
            "identity": look.asked.identity, "due": chinese_date(due) if due else "", "total": len(look.tickets),
            "counts": views.counts(look.tickets), "new": look.new, "last": last,
            "is_over": bool(due) and city_time.today().isoformat() > due,
        }  # fmt: skip

    def _ticket(
        self, look: _Look, ticket_id: str, what: str, meanwhile: said.Line | None = None, mine: Answer | None = None,
        status: int = 200,
    ) -> Told:
        row = look.asked.rows.get(ticket_id)
        if row is None:
            return Told("message", {"message": words.NO_SUCH_TICKET}, 404)
        ticket = next(t for t in look.tickets if t.ticket_id == ticket_id)
        return Told("ticket", {
            **self._about(look), "ticket": ticket,
            "choices": views.choices(look.asked, row, _rule(look.asked, ticket_id)),
            "mine": mine or (ticket.line.said if ticket.line else Answer()), "meanwhile": meanwhile,
            "message": words.MEANWHILE.format(name=meanwhile.name) if meanwhile else _message(what, ""),
        }, status)  # fmt: skip


def _given(form: Mapping[str, str], rule: Rule | None) -> Answer:
    """What was chosen and written; each choice has its own list of values on the page, and only the chosen one's
    counts."""
    chosen, note = clean(form.get("answer", "")).strip(), clean(form.get("note", "")).strip()
    place = next((i for i, a in enumerate(rule.answers) if a.words == chosen and a.needs_value), None) if rule else None
    value = clean(form.get(f"new_value_{place}", "")).strip() if place is not None else ""
    return Answer(chosen, value, note)


def _rule(asked: Asked, ticket_id: str) -> Rule | None:
    return load_rules().get(asked.rows[ticket_id].text("rule").partition(" ")[0])


def _number(text: str) -> int:
    """What a form or an address says; 0 for what is no number of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _now() -> str:
    return city_time.now().isoformat(timespec="seconds")


def _message(what: str, count: str) -> str:
    told = {
        "saved": words.SAVED, "taken_back": words.TAKEN_BACK, "nothing": words.NOTHING_TO_HAND_IN,
        "handed_in": words.HANDED_IN.format(count=count if count.isascii() and count.isdigit() else ""),
    }  # fmt: skip
    return told.get(what, "")


def _url(path: str, query: Mapping[str, str], first: int = 0) -> str:
    given = {name: text for name, text in query.items() if text} | ({"from": str(first)} if first else {})
    return f"{path}?{urlencode(given)}" if given else path
