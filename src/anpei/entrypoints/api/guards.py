"""Guards: who asks, and may they? Every route has one, or stands in ``PUBLIC``; an architecture test looks.

A session comes as a bearer token, or for pages as a cookie; a cookie alone changes nothing: what changes something also carries the
form token of that session, which another site cannot know.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from anpei.entrypoints.api.door import Door, door_of
from anpei.entrypoints.api.errors import TokenMissing
from anpei.kernel.errors import Forbidden
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, require
from anpei.trust.identity import SignInRequired

COOKIE = "anpei_session"
FORM_FIELD = "form_token"
FORM_HEADER = "x-form-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED_IN = "signed_in"
"""The permission that every signed-in account has."""

PUBLIC = ("/", "/healthz", "/openapi.json", "/sign-in", "/static", "/v1/bank/call-back", "/v1/sessions")
"""Routes without a guard: start, health, description, the way to sign in, files of the pages, and the bank's call-back (signed)."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the actor and the session's token; ``by_cookie`` when the browser sent it on its own."""

    actor: Actor
    token: str
    by_cookie: bool

    @property
    def form_token(self) -> str:
        """The token that this session's forms carry."""
        return form_token(self.token)


def form_token(token: str) -> str:
    """A value that only who knows the session's token can make; it says nothing about it."""
    return hmac.new(token.encode(), b"anpei.form_token/1", hashlib.sha256).hexdigest()


def token_of(request: Request) -> tuple[str, bool]:
    """The session's token and whether it came as a cookie. Raises SignInRequired when there is none."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip(), False
    cookie = request.cookies.get(COOKIE)
    if cookie:
        return cookie, True
    raise SignInRequired("no sign-in was sent: sign in first", data={"advice": "请先登录。"})


class Guard:
    """A dependency that gives the visitor, once it may do what the route does.

    ``own``: the permission with which a customer passes instead; the route then shows or does nothing beyond the customer's own claims
    (``scope``). Raises SignInRequired, Forbidden, TokenMissing.
    """

    def __init__(self, permission: str, *, own: str | None = None) -> None:
        self.permission = permission
        self.own = own

    async def __call__(self, request: Request) -> Visitor:
        """The visitor behind a request."""
        door = door_of(request)
        visitor = await run_in_threadpool(_visitor, door, request)
        structlog.contextvars.bind_contextvars(account=visitor.actor.account_id)
        self._check(visitor.actor)
        if visitor.by_cookie and request.method not in SAFE_METHODS:
            await _check_form_token(request, visitor)
        return visitor

    def _check(self, actor: Actor) -> None:
        if self.permission == SIGNED_IN:
            return
        if actor.kind is ActorKind.CUSTOMER and self.own is not None:
            require(actor, self.own)
        else:
            require(actor, self.permission)


def _visitor(door: Door, request: Request) -> Visitor:
    token, by_cookie = token_of(request)
    platform = door.platform
    with platform.database.read() as conn:
        actor = identity.actor_of_token(conn, rules=door.identity, token=token, at=platform.clock.now())
    return Visitor(actor=actor, token=token, by_cookie=by_cookie)


async def _check_form_token(request: Request, visitor: Visitor) -> None:
    """The token comes in the header, or in a field of an ordinary form; files are sent with the header."""
    sent = request.headers.get(FORM_HEADER)
    if sent is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        field = (await request.form()).get(FORM_FIELD)
        sent = field if isinstance(field, str) else None
    if sent is None or not hmac.compare_digest(sent.encode(), visitor.form_token.encode()):
        raise TokenMissing(
            "the form's token is missing or old: load the page again, then send it", data={"advice": "页面已过期，请刷新后再试。"}
        )


def guard(permission: str, *, own: str | None = None) -> Guard:
    """The guard of a route, for ``Depends``."""
    return Guard(permission, own=own)


def staff_only(actor: Actor) -> None:
    """Raises Forbidden for a customer, for things that are not about one claim."""
    if actor.kind is ActorKind.CUSTOMER:
        raise Forbidden(f"the account {actor.account_id} is a customer's: this is for members of staff", data={"account": actor.account_id})


SignedIn = Annotated[Visitor, Depends(guard(SIGNED_IN))]
