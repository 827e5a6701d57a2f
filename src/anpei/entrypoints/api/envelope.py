"""What surrounds every answer: a request id, one log line of ids, security headers, a bound on bodies, and no trace on a fault."""

import time
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anpei.entrypoints.api import errors
from anpei.kernel import ids
from anpei.kernel.errors import AnpeiError, Forbidden
from anpei.trust.access.logs import LogMask

log = structlog.get_logger("anpei.http")

MAX_BODY = 1_000_000
STREAMED = ("/uploads", "/imports")
"""Endings of the paths whose routes bound their bodies themselves, while they stream in."""

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Envelope:
    """The outermost layer of the app. ``scope["state"]["request_id"]`` is the id that answers and logs carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._mask = LogMask()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = ids.new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        started = time.perf_counter()
        sent = _Sent(send, request_id, is_secure=scope.get("scheme") == "https")
        try:
            _check_origin(Headers(scope=scope), str(scope["method"]))
            await self._app(scope, _bounded(scope, receive), sent)
        except Exception as error:  # whatever broke: an id for the one who asked, type and place for the log
            if not isinstance(error, AnpeiError):
                log.error("http.failed", reason=type(error).__name__, fault=self._mask.exception(error))
            if sent.status:
                raise
            await _problem(error, request_id)(scope, receive, sent)
        finally:
            milliseconds = int((time.perf_counter() - started) * 1000)
            log.info("http.request", method=scope["method"], route=_route(scope), status=sent.status, took_ms=milliseconds)


class _Sent:
    """Passes messages on and adds the headers that every answer has; an answer's own value wins."""

    def __init__(self, send: Send, request_id: str, *, is_secure: bool) -> None:
        self._send = send
        self._request_id = request_id
        self._is_secure = is_secure
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["x-request-id"] = self._request_id
            if self._is_secure:
                headers["strict-transport-security"] = "max-age=31536000"
        await self._send(message)


def _problem(error: Exception, request_id: str) -> ASGIApp:
    if isinstance(error, AnpeiError):
        return errors.answer(errors.problem_of(error, request_id=request_id))
    return errors.answer(errors.unexpected(request_id=request_id))


def _check_origin(headers: Headers, method: str) -> None:
    """Browsers say where a request comes from; what changes something is taken from our own pages only. Raises Forbidden."""
    if method not in ("GET", "HEAD", "OPTIONS") and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise Forbidden("this was sent by another site: use the pages of this installation", data={"advice": "请在本系统的页面上操作。"})


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """The body with an end to it, except where the route bounds it itself. Raises TooLarge."""
    if str(scope["path"]).endswith(STREAMED):
        return receive
    length = Headers(scope=scope).get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise _too_large()
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message: Message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY:
            raise _too_large()
        return message

    return bounded


def _too_large() -> errors.TooLarge:
    return errors.TooLarge(f"the body has more than {MAX_BODY} bytes: send less", data={"advice": "提交的内容太多。", "limit": MAX_BODY})


def _route(scope: Scope) -> str:
    """The route's template, never the path itself: paths may hold more than ids."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "")) or "unmatched"


def request_id_of(scope: Scope) -> str:
    """The id of a request."""
    return str(scope.get("state", {}).get("request_id", ""))
