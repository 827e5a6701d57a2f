"""Accounts, sessions and the outcome of a sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from anpei.kernel.errors import AnpeiError, Conflict, InvalidInput
from anpei.trust.access.actor import ActorKind, Scope


class AccountStatus(StrEnum):
    """Whether an account may be used."""

    ACTIVE = "active"
    DISABLED = "disabled"


class LoginTaken(Conflict):
    """Another account has this login."""

    code = "identity.login_taken"


class PasswordWeak(InvalidInput):
    """A password does not satisfy the rules; the message says which one, never the password."""

    code = "identity.password_weak"


class SignInRefused(AnpeiError):
    """The sign-in failed. The message is the same for an unknown login, a wrong password and a locked account."""

    code = "identity.sign_in_refused"


class SignInRequired(AnpeiError):
    """The token is unknown, expired or revoked, or its account is disabled."""

    code = "identity.sign_in_required"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from. ``insurers``: the scope; ``party_id``: the party that a customer is."""

    login: str
    kind: ActorKind
    display_name: str = field(repr=False)
    roles: frozenset[str]
    insurers: frozenset[str] | Literal[Scope.ALL]
    party_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands. ``locked_until`` lies ahead while it is locked; ``display_name`` was opened from the vault."""

    id: str
    login: str
    kind: ActorKind
    display_name: str = field(repr=False)
    status: AccountStatus
    roles: frozenset[str]
    insurers: frozenset[str] | Literal[Scope.ALL]
    party_id: str | None
    has_password: bool
    locked_until: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """An opened sign-in. ``token`` is shown once, to its bearer; only its hash is kept."""

    id: str
    account_id: str
    created_at: datetime
    expires_at: datetime
    token: str = field(default="", repr=False)


class SignInFailure(StrEnum):
    """Why a sign-in failed: for counting, never for the one who tries."""

    UNKNOWN = "unknown_login"
    WRONG = "wrong_password"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """A session, or a failure. It is a value and no error, so that the failed attempt is committed with the transaction."""

    session: Session | None
    failure: SignInFailure | None

    def session_or_raise(self) -> Session:
        """The session. Raises SignInRefused, always with the same words; call it after the transaction has ended."""
        if self.session is None:
            raise SignInRefused("login or password is wrong, or the account is locked for a while: check both, or try again later")
        return self.session


def scope_data(insurers: frozenset[str] | Literal[Scope.ALL]) -> Mapping[str, Any]:
    """A scope as plain data."""
    return {"all": True} if insurers is Scope.ALL else {"insurers": sorted(insurers)}


def scope_of(data: Mapping[str, Any]) -> frozenset[str] | Literal[Scope.ALL]:
    """A scope from plain data."""
    return Scope.ALL if data.get("all") is True else frozenset(data["insurers"])
