"""Sign-in in three steps: the attempt is counted before the password is looked at, so that guesses at once do not slip past the lock.

The middle step costs some 50 ms and holds no connection; ``sign_in_apart`` puts it between two short transactions.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from anpei.engines.db import Connection, Database
from anpei.trust import trail
from anpei.trust.access.actor import ActorKind
from anpei.trust.identity._sessions import open_session
from anpei.trust.identity._tables import accounts
from anpei.trust.identity.model import AccountStatus, Session, SignInFailure, SignInOutcome
from anpei.trust.identity.operations import plain_login
from anpei.trust.identity.passwords import hash_password, is_outdated, password_matches
from anpei.trust.identity.rules import IdentityRules


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt. ``failure``: it fails whatever the password; ``locks``: this failure locks the account."""

    account_id: str | None
    password_hash: str | None = field(repr=False)
    failure: SignInFailure | None
    locks: bool = False

    def matches(self, password: str, *, rules: IdentityRules) -> bool:
        """Whether the password is right; takes the same time for every kind of failure."""
        too_long = len(password) > rules.sign_in.password.max_length
        right = password_matches("" if too_long else password, known=self.password_hash, cost=rules.sign_in.argon2)
        return right and self.failure is None


def begin_sign_in(conn: Connection, *, rules: IdentityRules, login: str, at: datetime) -> Attempt:
    """Count an attempt for this login, in a short transaction of its own."""
    query = select(
        accounts.c.id, accounts.c.kind, accounts.c.password_hash, accounts.c.status, accounts.c.failed_attempts, accounts.c.locked_until
    ).where(accounts.c.login == plain_login(login))
    row = conn.execute(query.with_for_update()).one_or_none()
    if row is None:
        return Attempt(account_id=None, password_hash=None, failure=SignInFailure.UNKNOWN)
    if row.status != AccountStatus.ACTIVE.value or row.password_hash is None or row.kind != ActorKind.PERSON.value:
        return Attempt(account_id=row.id, password_hash=row.password_hash, failure=SignInFailure.DISABLED)
    if row.locked_until is not None and row.locked_until > at:
        return Attempt(account_id=row.id, password_hash=row.password_hash, failure=SignInFailure.LOCKED)
    return _counted(conn, row=row, rules=rules, at=at)


def _counted(conn: Connection, *, row: Row[*tuple[Any, ...]], rules: IdentityRules, at: datetime) -> Attempt:
    """Count as if it failed; a success takes the count back."""
    lockout = rules.sign_in.lockout
    failed = 1 if row.locked_until is not None else row.failed_attempts + 1
    locks = failed >= lockout.failures
    values = {"failed_attempts": failed, "locked_until": at + timedelta(minutes=lockout.minutes) if locks else None}
    conn.execute(update(accounts).where(accounts.c.id == row.id).values(values))
    return Attempt(account_id=row.id, password_hash=row.password_hash, failure=None, locks=locks)


def finish_sign_in(
    conn: Connection, *, rules: IdentityRules, attempt: Attempt, matched: bool, at: datetime, new_hash: str | None = None
) -> SignInOutcome:
    """Open the session, or leave the attempt counted. ``new_hash`` replaces the old one when its cost is out of date."""
    if attempt.account_id is None or attempt.failure is not None:
        return SignInOutcome(session=None, failure=attempt.failure or SignInFailure.UNKNOWN)
    if not matched:
        if attempt.locks:
            facts = {"failures": rules.sign_in.lockout.failures, "minutes": rules.sign_in.lockout.minutes}
            trail.append(conn, at=at, actor=attempt.account_id, action="identity.account.locked", subject=attempt.account_id, facts=facts)
        return SignInOutcome(session=None, failure=SignInFailure.WRONG)
    values = {"failed_attempts": 0, "locked_until": None, "password_hash": new_hash or attempt.password_hash}
    unchanged = (accounts.c.id == attempt.account_id, accounts.c.status == AccountStatus.ACTIVE.value)
    same_password = accounts.c.password_hash == attempt.password_hash
    if conn.execute(update(accounts).where(*unchanged, same_password).values(values)).rowcount != 1:
        return SignInOutcome(session=None, failure=SignInFailure.DISABLED)
    session: Session = open_session(conn, rules=rules, account_id=attempt.account_id, at=at)
    return SignInOutcome(session=session, failure=None)


def sign_in(conn: Connection, *, rules: IdentityRules, login: str, password: str, at: datetime) -> SignInOutcome:
    """All steps in the caller's transaction, which must be committed even for a failure. For doors use ``sign_in_apart``."""
    attempt = begin_sign_in(conn, rules=rules, login=login, at=at)
    matched = attempt.matches(password, rules=rules)
    return finish_sign_in(conn, rules=rules, attempt=attempt, matched=matched, at=at, new_hash=_renewed(attempt, matched, password, rules))


def sign_in_apart(database: Database, *, rules: IdentityRules, login: str, password: str, at: datetime) -> SignInOutcome:
    """Sign in by two short transactions with the costly check between them, so that nobody's writing waits for it."""
    with database.write() as conn:
        attempt = begin_sign_in(conn, rules=rules, login=login, at=at)
    matched = attempt.matches(password, rules=rules)
    new_hash = _renewed(attempt, matched, password, rules)
    with database.write() as conn:
        return finish_sign_in(conn, rules=rules, attempt=attempt, matched=matched, at=at, new_hash=new_hash)


def _renewed(attempt: Attempt, matched: bool, password: str, rules: IdentityRules) -> str | None:
    cost = rules.sign_in.argon2
    if matched and attempt.password_hash is not None and is_outdated(attempt.password_hash, cost=cost):
        return hash_password(password, cost=cost)
    return None
