"""Reading accounts and sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.trust.access.actor import ActorKind
from anpei.trust.identity._tables import accounts, tokens
from anpei.trust.identity.model import Account, AccountStatus, Session, scope_of
from anpei.trust.identity.operations import name_context, plain_login
from anpei.trust.vault import Vault

_COLUMNS = (
    accounts.c.id, accounts.c.login, accounts.c.kind, accounts.c.display_name, accounts.c.status, accounts.c.roles, accounts.c.insurers,
    accounts.c.party_id, accounts.c.password_hash.is_not(None).label("has_password"), accounts.c.locked_until, accounts.c.created_at,
    accounts.c.changed_at,
)  # fmt: skip


def get_account(conn: Connection, *, vault: Vault, account_id: str) -> Account:
    """The account with this id. Raises NotFound."""
    row = conn.execute(select(*_COLUMNS).where(accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(f"no such account {account_id}: look at the list of accounts", data={"account": account_id})
    return _account(row, vault)


def find_account(conn: Connection, *, vault: Vault, login: str) -> Account | None:
    """The account with this login, in any writing of it."""
    row = conn.execute(select(*_COLUMNS).where(accounts.c.login == plain_login(login))).one_or_none()
    return None if row is None else _account(row, vault)


def list_accounts(conn: Connection, *, vault: Vault, kind: ActorKind | None = None, after: str = "", limit: int = 200) -> list[Account]:
    """Accounts in order of login, from the one after ``after``."""
    query = select(*_COLUMNS).where(accounts.c.login > after).order_by(accounts.c.login).limit(limit)
    if kind is not None:
        query = query.where(accounts.c.kind == kind.value)
    return [_account(row, vault) for row in conn.execute(query)]


def list_sessions(conn: Connection, *, account_id: str, at: datetime) -> list[Session]:
    """The sessions of an account that hold at this instant, without their tokens, oldest first."""
    query = select(tokens.c.id, tokens.c.account_id, tokens.c.created_at, tokens.c.expires_at).where(
        tokens.c.account_id == account_id, tokens.c.created_at <= at, tokens.c.expires_at > at, tokens.c.revoked_at.is_(None)
    )
    return [Session(**row._mapping) for row in conn.execute(query.order_by(tokens.c.created_at, tokens.c.id))]


def session_held(conn: Connection, *, session_id: str, account_id: str, at: datetime) -> bool:
    """Whether this session was open for this person at that instant: what stands behind a ``PersonSignature``, asked later."""
    query = (
        select(tokens.c.revoked_at)
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(
            tokens.c.id == session_id, tokens.c.account_id == account_id, accounts.c.kind == ActorKind.PERSON.value,
            tokens.c.created_at <= at, tokens.c.expires_at > at,
        )
    )  # fmt: skip
    row = conn.execute(query).one_or_none()
    return row is not None and (row.revoked_at is None or row.revoked_at > at)


def _account(row: Row[Any], vault: Vault) -> Account:
    values = dict(row._mapping)
    values |= {
        "kind": ActorKind(row.kind), "status": AccountStatus(row.status), "roles": frozenset(row.roles), "insurers": scope_of(row.insurers),
        "has_password": bool(row.has_password), "display_name": vault.open_text(row.display_name, context=name_context(row.id)),
    }  # fmt: skip
    return Account(**values)
