"""Sessions: opaque tokens of 256 random bits, kept as SHA-256, and the actor behind one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.errors import NotFound
from anpei.trust.access.actor import Actor, ActorKind
from anpei.trust.identity._tables import accounts, tokens
from anpei.trust.identity.model import AccountStatus, Session, SignInRequired, scope_of
from anpei.trust.identity.rules import IdentityRules

MARK = "anpei_"  # so that a token is known as one wherever it turns up, and masked in logs


def open_session(conn: Connection, *, rules: IdentityRules, account_id: str, at: datetime, lifetime: timedelta | None = None) -> Session:
    """Open a session for an account whose bearer has shown who they are (password, code by message, key handed to a machine).

    ``lifetime``: by default that of the account's kind. Raises NotFound when there is no active account with this id.
    """
    query = select(accounts.c.kind).where(accounts.c.id == account_id, accounts.c.status == AccountStatus.ACTIVE.value)
    kind = conn.execute(query).scalar_one_or_none()
    if kind is None:
        raise NotFound(f"no active account {account_id}: create it, or enable it again", data={"account": account_id})
    token = MARK + secrets.token_urlsafe(32)
    expires_at = at + (lifetime or timedelta(hours=rules.sign_in.session_hours[ActorKind(kind)]))
    session = Session(id=ids.new_id(), account_id=account_id, created_at=at, expires_at=expires_at, token=token)
    row = {"id": session.id, "digest": _digest(token), "account_id": account_id, "created_at": at, "expires_at": expires_at}
    conn.execute(insert(tokens).values(row))
    return session


def actor_of_token(conn: Connection, *, rules: IdentityRules, token: str, at: datetime) -> Actor:
    """The actor behind a token, with the roles of this moment. Raises SignInRequired, and RoleInvalid when a role is no longer live."""
    query = (
        select(tokens.c.id.label("session_id"), accounts.c.id, accounts.c.kind, accounts.c.roles, accounts.c.insurers, accounts.c.party_id)
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(
            tokens.c.digest == _digest(token), tokens.c.created_at <= at, tokens.c.expires_at > at, tokens.c.revoked_at.is_(None),
            accounts.c.status == AccountStatus.ACTIVE.value,
        )
    )  # fmt: skip
    row = conn.execute(query).one_or_none()
    if row is None:
        raise SignInRequired("the sign-in is over or was ended: sign in again")
    return rules.access.actor(
        account_id=row.id, kind=ActorKind(row.kind), roles=row.roles, insurers=scope_of(row.insurers),
        session_id=row.session_id, party_id=row.party_id,
    )  # fmt: skip


def revoke(conn: Connection, *, token: str, at: datetime) -> bool:
    """End the session of this token. False when it was over already."""
    query = update(tokens).where(tokens.c.digest == _digest(token), tokens.c.revoked_at.is_(None)).values(revoked_at=at)
    return conn.execute(query).rowcount == 1


def revoke_all(conn: Connection, *, account_id: str, at: datetime) -> int:
    """End all sessions of an account; returns how many."""
    query = update(tokens).where(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None), tokens.c.expires_at > at)
    return conn.execute(query.values(revoked_at=at)).rowcount


def purge_sessions(conn: Connection, *, before: datetime) -> int:
    """Delete sessions that expired before an instant; returns how many. Keep them as long as signatures name them."""
    return conn.execute(delete(tokens).where(tokens.c.expires_at < before)).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
