"""The answering page as a Starlette application.

Belongs here: routes, who may ask for them, the headers of every answer. Does not belong here: what is shown (views.py,
templates/), what is kept (said.py). Works without JavaScript; htmx only swaps the middle of a page.
"""

import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, PackageLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipelines.give.page import access_log, desk, officers, words
from pipelines.give.page.asked import NotReadable
from pipelines.give.page.desk import Desk, Told
from pipelines.give.page.guesses import Guesses
from pipelines.give.page.session import COOKIE, LASTS, Session, cookie, is_of, session
from pipelines.kit import city_time
from pipelines.kit.incidents import incident, is_ours
from pipelines.kit.paths import Paths

MOST_BYTES, _MOST_FIELDS = 16_384, 40
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Handler = Callable[[Request, Session], Told | Response]


def application(paths: Paths, is_secure: bool) -> Starlette:
    """The page of one installation. `is_secure`: it is served by https, so the cookie goes no other way."""
    return _Page(paths, is_secure).starlette()


class _Page:
    def __init__(self, paths: Paths, is_secure: bool) -> None:
        self._paths, self._is_secure = paths, is_secure
        self._desk, self._guesses = Desk(paths), Guesses()
        self._pages = Environment(loader=PackageLoader("pipelines.give.page"), autoescape=True)

    def starlette(self) -> Starlette:
        own = self._desk
        return Starlette(
            routes=[
                Route("/enter", self._noted("enter", self._enter), methods=["GET", "POST"]),
                Route("/leave", self._noted("leave", self._leave), methods=["POST"]),
                Route("/", self._noted("list", self._for_officers(own.list)), methods=["GET"]),
                Route("/ticket/{ticket}", self._noted("ticket", self._for_officers(own.ticket)), methods=["GET"]),
                Route("/ticket/{ticket}", self._noted("answer", self._for_officers(own.answer)), methods=["POST"]),
                Route("/hand-in", self._noted("hand_in", self._for_officers(own.hand_in)), methods=["POST"]),
                Route("/receipts", self._noted("receipts", self._for_officers(own.receipts)), methods=["GET"]),
                Route(
                    "/receipts/{day}/{name}", self._noted("receipt", self._for_officers(own.receipt)), methods=["GET"]
                ),
                Mount("/static", StaticFiles(packages=[("pipelines.give.page", "static")])),
            ],
            exception_handlers={404: self._lost, 405: self._lost},
        )

    def _noted(self, what: str, handler: Callable[[Request], Awaitable[Response]]) -> Callable:
        """Every answer is logged and carries our headers; what nobody foresaw gets a number."""

        async def answer(request: Request) -> Response:
            now = city_time.now()
            who = request.state.who = session(self._paths, self._desk.keys, request.cookies.get(COOKIE, ""), now)
            try:
                response = await handler(request)
            except BaseException as error:
                if is_ours(error) or isinstance(error, (CancelledError, ClientDisconnect)):
                    raise
                number = incident(self._paths, f"page/{what}/{type(error).__name__}", "", now.date(), error)
                response = self._page("message", 500, message=words.WENT_WRONG.format(number=number))
            response.headers.update(_HEADERS)
            officer = who.officer if who else None
            address = request.client.host if request.client else ""
            access_log.note(
                self._paths, now, address, officer.number if officer else "", officer.township_code if officer else "",
                request.method, what, response.status_code,
            )  # fmt: skip
            return response

        return answer

    def _for_officers(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            who: Session | None = request.state.who
            if who is None:
                return RedirectResponse("/enter?again=1" if COOKIE in request.cookies else "/enter", 303)
            if request.method == "POST":
                form = await self._form(request)
                if form is None:
                    return self._page("message", 413, message=words.TOO_LONG.format(most=desk.MOST_SIGNS))
                if not _is_from_here(request) or not is_of(who, form.get("form_token", "")):
                    return self._page("message", 403, message=words.NOT_FROM_HERE)
                request.state.form = form
            try:
                told = await run_in_threadpool(handler, request, who)
            except NotReadable as error:
                told = Told("message", {"message": str(error)})
            if isinstance(told, Response):
                return told
            return self._page(told.page, told.status, who=who, **told.facts)

        return answer

    async def _enter(self, request: Request) -> Response:
        if request.method == "GET":
            message = words.ENTER_AGAIN if request.query_params.get("again") else ""
            return self._page("enter", 200, message=message)
        form = await self._form(request) or {}
        token, now = form.get("token", "").strip(), time.monotonic()
        sources = [request.client.host if request.client else "", officers.number_of(token)]
        if any(self._guesses.are_too_many(source, now) for source in sources if source):
            return self._page("enter", 429, message=words.TOO_MANY)
        moment = city_time.now()
        officer = officers.holder(self._paths, token, moment.date())
        if officer is None or not _is_from_here(request):
            for source in filter(None, sources):
                self._guesses.wrong(source, now)
            return self._page("enter", 403, message=words.WRONG_TOKEN)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE, cookie(self._desk.keys, officer, moment), max_age=int(LASTS.total_seconds()), httponly=True,
            secure=self._is_secure, samesite="strict",
        )  # fmt: skip
        return response

    async def _leave(self, request: Request) -> Response:
        response = self._page("enter", 200, message=words.SIGNED_OUT)
        response.delete_cookie(COOKIE, httponly=True, secure=self._is_secure, samesite="strict")
        return response

    async def _lost(self, request: Request, error: Exception) -> Response:
        response = self._page("message", 404, message=words.NO_SUCH_PAGE)
        response.headers.update(_HEADERS)
        return response

    async def _form(self, request: Request) -> dict[str, str] | None:
        """What was posted, the first of each name; None where it is too long to be ours."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
        try:
            text = body.decode("utf-8", errors="replace")
            given = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return None
        return {name: values[0] for name, values in given.items()}

    def _page(self, name: str, status: int, **facts: object) -> Response:
        return HTMLResponse(self._pages.get_template(f"{name}.html").render(facts), status)


def _is_from_here(request: Request) -> bool:
    """Whether a browser says that the form was on this very page; one that says nothing has no other page open."""
    origin = request.headers.get("origin")
    return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")
