"""Sign in and out. Members of staff sign in with a password; customers and machines are given tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from anpei.entrypoints.api import answers, requests
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import SIGNED_IN, Visitor, guard
from anpei.trust import identity
from anpei.trust.identity import Session

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


def sign_in(door: Door, request: Request, *, login: str, password: str) -> Session:
    """A session for login and password. Raises TooMany, SignInRefused."""
    door.sign_ins.check(request.client.host if request.client else "unknown")
    with door.checks:
        outcome = identity.sign_in_apart(
            door.platform.database, rules=door.identity, login=login, password=password, at=door.platform.clock.now()
        )
    return outcome.session_or_raise()


@router.post("", status_code=201)
def open_session(request: Request, form: requests.SignIn, door: DoorIn) -> answers.Session:
    """Sign in; the token goes into ``Authorization: Bearer …``."""
    session = sign_in(door, request, login=form.login, password=form.password)
    return answers.Session(token=session.token, expires_at=session.expires_at, account_id=session.account_id)


@router.get("/current")
def current(visitor: Annotated[Visitor, Depends(guard(SIGNED_IN))]) -> answers.WhoAmI:
    """Who is signed in, and what it may do."""
    actor = visitor.actor
    return answers.WhoAmI(
        account_id=actor.account_id, kind=actor.kind.value, roles=sorted(actor.roles), permissions=sorted(actor.permissions),
        purposes=sorted(actor.purposes),
    )  # fmt: skip


@router.delete("/current", status_code=204)
def end(door: DoorIn, visitor: Annotated[Visitor, Depends(guard(SIGNED_IN))]) -> None:
    """Sign out: the token is worth nothing from now on."""
    with door.platform.database.write() as conn:
        identity.revoke(conn, token=visitor.token, at=door.platform.clock.now())
