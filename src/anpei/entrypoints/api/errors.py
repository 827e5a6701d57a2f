"""Errors at the door: the one table from an error's class to an HTTP status, and the answer as problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from anpei.claims.benefit import FactsInconsistent, FactsMissing
from anpei.claims.decision.model import DecisionInvalid
from anpei.engines.db import StorageFull
from anpei.kernel.errors import AnpeiError, Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from anpei.reading.errors import FileTooLarge, PageFailed
from anpei.rules.damage import SnapshotDamaged
from anpei.trust.identity import SignInRefused, SignInRequired

MEDIA_TYPE = "application/problem+json"


class TooLarge(InvalidInput):
    """A body or file is larger than what is taken; the rest of it was not kept."""

    code = "input.too_large"


class TooMany(AnpeiError):
    """Too many tries in a short time; ``data["wait"]`` says for how many seconds to wait."""

    code = "input.too_many"


class TokenMissing(Forbidden):
    """A form came without the token that this sign-in's pages carry: it may have been sent by another site."""

    code = "access.form_token_missing"


STATUS: dict[type[AnpeiError], HTTPStatus] = {
    AnpeiError: HTTPStatus.INTERNAL_SERVER_ERROR,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    SignInRequired: HTTPStatus.UNAUTHORIZED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    PageFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    SnapshotDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
    DecisionInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    FactsMissing: HTTPStatus.CONFLICT,
    FactsInconsistent: HTTPStatus.CONFLICT,
}
"""Class -> status; a class that is not named has the status of the nearest class above it."""

TITLES: dict[int, str] = {
    400: "请求无法理解", 401: "请先登录", 403: "没有权限", 404: "没有找到", 405: "不支持这种操作", 409: "当前状态下不能这样做",
    413: "内容太大", 415: "不支持这种内容", 422: "填写的内容有误", 429: "请求太频繁", 500: "系统出错了", 503: "系统有一部分暂时不可用",
    507: "存储空间不足",
}  # fmt: skip

SHOWN = ("field", "advice", "limit", "bytes", "line", "file", "wait", "year", "state")
"""What of an error's data leaves the house; ids of other things and the rest stay inside."""


def status_of(error: AnpeiError) -> HTTPStatus:
    """The status of an error, from the one table."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def problem_of(error: AnpeiError, *, request_id: str) -> dict[str, Any]:
    """The problem details of an error. What is our own fault says only its code and the id under which the log has it."""
    status = int(status_of(error))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return unexpected(request_id=request_id, code=error.code)
    extra = {name: error.data[name] for name in SHOWN if name in error.data}
    return problem(status, code=error.code, detail=str(error.data.get("advice") or error.message), request_id=request_id, **extra)


def problem(status: int, *, code: str, detail: str, request_id: str, **extra: Any) -> dict[str, Any]:
    """Problem details (RFC 9457) with our members ``code`` and ``request_id``."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, "request_id": request_id, **extra}


def unexpected(*, request_id: str, code: str = "anpei.unexpected") -> dict[str, Any]:
    """What leaves the house when something broke: no trace, no message, an id to ask about."""
    return problem(500, code=code, detail=f"处理时出了问题，已记录。请稍后再试；如需帮助，请提供编号 {request_id}。", request_id=request_id)


def invalid(errors: Sequence[Mapping[str, Any]], *, request_id: str) -> dict[str, Any]:
    """The answer to a body or parameter of the wrong form: where and what, never the value that was sent."""
    found = [{"field": ".".join(str(part) for part in error["loc"]), "message": str(error["msg"])} for error in errors]
    first = found[0]["field"] if found else "body"
    return problem(422, code="input.malformed", detail=f"{first} 的内容不对，请检查后再提交。", request_id=request_id, errors=found)


def answer(body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Problem details as a response."""
    status = int(body["status"])
    more: dict[str, str] = dict(headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = "Bearer"
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        more["Retry-After"] = str(body.get("wait", 5))
    return JSONResponse(dict(body), status_code=status, headers=more, media_type=MEDIA_TYPE)
