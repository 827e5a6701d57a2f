"""Accounts: create, change roles, disable, unlock, set a password. Each change goes into the trail."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.trust import trail
from anpei.trust.access.actor import ActorKind, Scope
from anpei.trust.access.personal_data import certain_kind
from anpei.trust.identity._sessions import revoke_all
from anpei.trust.identity._tables import accounts
from anpei.trust.identity.model import AccountStatus, LoginTaken, NewAccount, scope_data
from anpei.trust.identity.passwords import check_password, hash_password
from anpei.trust.identity.rules import IdentityRules
from anpei.trust.vault import Vault

_LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{2,63}$")


def name_context(account_id: str) -> str:
    """Where an account's display name is sealed to."""
    return f"accounts.display_name:{account_id}"


def plain_login(login: str) -> str:
    """A login in the one form in which it is kept and compared."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def create_account(
    conn: Connection, *, vault: Vault, rules: IdentityRules, account: NewAccount, at: datetime, by: str, password: str | None = None
) -> str:  # fmt: skip
    """Create an active account and return its id. Only people have passwords; machines and customers get sessions.

    ``by``: the account id of the administrator, or the name of the machine. Raises LoginTaken, PasswordWeak, RoleInvalid, InvalidInput.
    """
    login = plain_login(account.login)
    _check_login(login)
    rules.access.check_roles(kind=account.kind, roles=account.roles)
    if (password is not None) != (account.kind is ActorKind.PERSON):
        raise InvalidInput(f"an account of the kind {account.kind.value} and its password do not go together: only people sign in with one")
    account_id = ids.new_id()
    row = {
        "id": account_id, "login": login, "kind": account.kind.value, "status": AccountStatus.ACTIVE.value,
        "display_name": vault.seal_text(account.display_name, context=name_context(account_id)),
        "password_hash": None if password is None else _checked_hash(password, login=login, rules=rules),
        "roles": sorted(account.roles), "insurers": scope_data(account.insurers), "party_id": account.party_id,
        "failed_attempts": 0, "locked_until": None, "created_at": at, "changed_at": at,
    }  # fmt: skip
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(accounts).values(row).on_conflict_do_nothing(index_elements=["login"])
    if conn.execute(statement.returning(accounts.c.id)).scalar_one_or_none() is None:
        raise LoginTaken("an account with this login exists: choose another login")
    facts = {"kind": row["kind"], "roles": row["roles"], "scope": row["insurers"]}
    trail.append(conn, at=at, actor=by, action="identity.account.created", subject=account_id, facts=facts)
    return account_id


def set_password(conn: Connection, *, rules: IdentityRules, account_id: str, password: str, at: datetime, by: str) -> None:
    """Give a person's account a new password, unlock it and end its sessions. Raises PasswordWeak, NotFound."""
    query = select(accounts.c.login).where(accounts.c.id == account_id, accounts.c.kind == ActorKind.PERSON.value)
    login = conn.execute(query).scalar_one_or_none()
    if login is None:
        raise _unknown(account_id)
    values = {"password_hash": _checked_hash(password, login=login, rules=rules), "failed_attempts": 0, "locked_until": None}
    ended = revoke_all(conn, account_id=account_id, at=at)
    _change(conn, account_id=account_id, values=values, at=at, by=by, action="identity.password.changed", facts={"sessions_ended": ended})


def set_roles(
    conn: Connection,
    *,
    rules: IdentityRules,
    account_id: str,
    roles: frozenset[str],
    insurers: frozenset[str] | Literal[Scope.ALL],
    at: datetime,
    by: str,
) -> None:
    """Give an account other roles and another scope; they hold from the next request on. Raises RoleInvalid, NotFound."""
    kind = conn.execute(select(accounts.c.kind).where(accounts.c.id == account_id)).scalar_one_or_none()
    if kind is None:
        raise _unknown(account_id)
    rules.access.check_roles(kind=ActorKind(kind), roles=roles)
    values = {"roles": sorted(roles), "insurers": scope_data(insurers)}
    facts = {"roles": values["roles"], "scope": values["insurers"]}
    _change(conn, account_id=account_id, values=values, at=at, by=by, action="identity.roles.changed", facts=facts)


def set_status(conn: Connection, *, account_id: str, status: AccountStatus, at: datetime, by: str) -> None:
    """Disable an account, which ends its sessions, or enable it again. Raises NotFound."""
    ended = revoke_all(conn, account_id=account_id, at=at) if status is AccountStatus.DISABLED else 0
    facts = {"status": status.value, "sessions_ended": ended}
    _change(conn, account_id=account_id, values={"status": status.value}, at=at, by=by, action="identity.status.changed", facts=facts)


def unlock(conn: Connection, *, account_id: str, at: datetime, by: str) -> None:
    """Take the lock after failed sign-ins off. Raises NotFound."""
    values = {"failed_attempts": 0, "locked_until": None}
    _change(conn, account_id=account_id, values=values, at=at, by=by, action="identity.account.unlocked", facts={})


def _change(
    conn: Connection, *, account_id: str, values: Mapping[str, Any], at: datetime, by: str, action: str, facts: Mapping[str, Any]
) -> None:  # fmt: skip
    if conn.execute(update(accounts).where(accounts.c.id == account_id).values(changed_at=at, **values)).rowcount != 1:
        raise _unknown(account_id)
    trail.append(conn, at=at, actor=by, action=action, subject=account_id, facts=facts)


def _checked_hash(password: str, *, login: str, rules: IdentityRules) -> str:
    check_password(password, login=login, rules=rules.sign_in.password)
    return hash_password(password, cost=rules.sign_in.argon2)


def _check_login(login: str) -> None:
    if not _LOGIN.match(login):
        raise InvalidInput("the login is not of the form needed: use 3 to 64 of a-z, 0-9, `.`, `_`, `-`, beginning with a letter or digit")
    if (kind := certain_kind(login)) is not None:
        raise InvalidInput(f"the login is personal data ({kind.value}): choose a login that tells nothing")


def _unknown(account_id: str) -> NotFound:
    return NotFound(f"no such account {account_id}: look at the list of accounts", data={"account": account_id})
