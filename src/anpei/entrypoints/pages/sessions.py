"""Sign in and out on pages: the session goes into a cookie that scripts cannot read and other sites cannot send."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.errors import TooMany
from anpei.entrypoints.api.guards import COOKIE, SIGNED_IN, Visitor, guard
from anpei.entrypoints.api.routes.sessions import sign_in
from anpei.entrypoints.pages.drawing import draw, language_of, link
from anpei.trust import identity
from anpei.trust.identity import SignInRefused, SignInRequired

router = APIRouter()
HOME = "/claims"


@router.get("/")
def start(request: Request) -> RedirectResponse:
    """The way in."""
    return RedirectResponse(link(HOME, language_of(request.query_params)), status_code=303)


@router.get("/sign-in")
def sign_in_page(request: Request, door: DoorIn) -> Response:
    """The sign-in page."""
    return draw(request, door.words, "sign_in.html", problem=None, login="", after=_after(request))


@router.post("/sign-in")
def sign_in_form(
    request: Request,
    door: DoorIn,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Sign in with account and password, or with an access code."""
    lang = language_of(request.query_params)
    try:
        token = _token_of_code(door, request, code) if code else sign_in(door, request, login=login, password=password).token
    except SignInRefused:
        return _again(request, door, door.words.say("sign_in.refused", lang), login=login)
    except SignInRequired:
        return _again(request, door, door.words.say("sign_in.code_refused", lang))
    except TooMany as error:
        return _again(request, door, door.words.say("sign_in.too_many", lang, wait=error.data["wait"]), login=login, status=429)
    response = RedirectResponse(link(_after(request), lang), status_code=303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/")
    return response


def _again(request: Request, door: Door, problem: str, *, login: str = "", status: int = 401) -> Response:
    return draw(request, door.words, "sign_in.html", status=status, problem=problem, login=login, after=_after(request))


def _token_of_code(door: Door, request: Request, code: str) -> str:
    """The access code is a session's token that was handed out before. Raises TooMany, SignInRequired."""
    door.sign_ins.check(request.client.host if request.client else "unknown")
    with door.platform.database.read() as conn:
        identity.actor_of_token(conn, rules=door.identity, token=code.strip(), at=door.platform.clock.now())
    return code.strip()


def _after(request: Request) -> str:
    """Where to go after signing in: a path of ours, nothing else."""
    wanted = request.query_params.get("next", HOME)
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted
    return wanted if is_path else HOME


@router.post("/sign-out")
def sign_out(request: Request, door: DoorIn, visitor: Annotated[Visitor, Depends(guard(SIGNED_IN))]) -> Response:
    """Sign out: the session ends here and everywhere."""
    with door.platform.database.write() as conn:
        identity.revoke(conn, token=visitor.token, at=door.platform.clock.now())
    response = RedirectResponse(link("/sign-in", language_of(request.query_params)), status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response
