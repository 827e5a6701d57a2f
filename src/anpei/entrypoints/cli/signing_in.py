"""A person at the command line: signs in with login and password for one command, and out again."""

from collections.abc import Iterator
from contextlib import contextmanager

from anpei.assembly import Platform
from anpei.trust import identity
from anpei.trust.access import Actor
from anpei.trust.identity import IdentityRules


@contextmanager
def signed_in(platform: Platform, *, login: str, password: str) -> Iterator[Actor]:
    """The person as an actor; the session ends with the command. Raises the sign-in's own errors."""
    rules, at = IdentityRules.load(platform.rulebook), platform.clock.now()
    session = identity.sign_in_apart(platform.database, rules=rules, login=login, password=password, at=at).session_or_raise()
    try:
        with platform.database.read() as conn:
            actor = identity.actor_of_token(conn, rules=rules, token=session.token, at=at)
        yield actor
    finally:
        with platform.database.write() as conn:
            identity.revoke(conn, token=session.token, at=platform.clock.now())
