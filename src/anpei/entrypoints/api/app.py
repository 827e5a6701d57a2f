"""Puts the door together: routes of the API, pages, error answers, the envelope, and a life span that runs the platform's work."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from anpei import __version__
from anpei.entrypoints.api import errors
from anpei.entrypoints.api.door import Door, DoorSettings, open_door
from anpei.entrypoints.api.envelope import Envelope, request_id_of
from anpei.entrypoints.api.routes import (
    bank,
    claims,
    decisions,
    documents,
    leak,
    operations,
    personal,
    records,
    releases,
    reports,
    risk,
    sessions,
    what_if,
)
from anpei.kernel.errors import AnpeiError

if TYPE_CHECKING:
    from anpei.assembly import Platform

log = structlog.get_logger("anpei.http")

ROUTERS = (
    operations.router, sessions.router, reports.router, claims.router, documents.router, decisions.router, personal.router,
    records.router, bank.router, leak.router, risk.router, what_if.router, releases.router,
)  # fmt: skip


def create_app(platform: "Platform | None", *, settings: DoorSettings | None = None) -> FastAPI:
    """The app over a platform: API under ``/v1``, pages beside it. Without a platform it only describes its routes.

    While it serves, the platform's worker and reading processes run; what somebody else started before is left running at the end.
    """
    from anpei.entrypoints import pages

    door = None if platform is None else open_door(platform, settings=settings or DoorSettings.from_environment())
    app = FastAPI(
        title="Anpei 安赔", version=__version__, docs_url=None, redoc_url=None, openapi_url="/openapi.json", lifespan=_life_span(door)
    )
    app.state.door = door
    for router in ROUTERS:
        app.include_router(router)
    pages.connect(app)
    app.add_exception_handler(AnpeiError, _own_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(Envelope)
    return app


def _life_span(door: Door | None):  # type: ignore[no-untyped-def]  # the type of a life span is Starlette's own
    @asynccontextmanager
    async def life_span(_app: FastAPI) -> AsyncIterator[None]:
        if door is None:
            yield
            return
        started_here = _start(door)
        try:
            yield
        finally:
            if started_here:
                door.platform.worker.stop()
                door.platform.reading.close()
                door.platform.early.close()

    return life_span


def _start(door: Door) -> bool:
    """Start worker and reading; False when the worker runs already, because its threads start only once."""
    threading.Thread(target=_warm, args=(door,), name="anpei-reading-start", daemon=True).start()
    try:
        door.platform.start()
    except RuntimeError:
        return False
    return True


def _warm(door: Door) -> None:
    """Start the reading processes beside the first requests; when that fails, health says so and each file tries again."""
    try:
        door.platform.reading.start()
        door.platform.early.start()
    except AnpeiError as error:
        door.reading.failed = True
        log.warning("reading.start_failed", code=error.code)


def _own_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AnpeiError):
        raise error
    return _answer(request, errors.problem_of(error, request_id=request_id_of(request.scope)))


def _malformed(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return _answer(request, errors.invalid(error.errors(), request_id=request_id_of(request.scope)))


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error.__cause__, AnpeiError):
        return _own_error(request, error.__cause__)
    titles = {404: "没有这个页面或接口。", 405: "这个地址不支持这种操作。", 400: "请求的内容无法读取。"}
    detail = titles.get(error.status_code, errors.TITLES.get(error.status_code, "请求没有成功。"))
    body = errors.problem(error.status_code, code=f"http.{error.status_code}", detail=detail, request_id=request_id_of(request.scope))
    return _answer(request, body, headers=dict(error.headers or {}))


def _answer(request: Request, body: dict[str, object], *, headers: dict[str, str] | None = None) -> Response:
    """Problem details for programs, a page for people."""
    from anpei.entrypoints.pages import failures

    if failures.wants_page(request):
        return failures.page_of(request, body)
    return errors.answer(body, headers=headers)
