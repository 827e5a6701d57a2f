"""The rules of sign-in, from ``rulebook/access/sign_in.yaml``."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.trust.access.actor import ActorKind
from anpei.trust.access.rules import AccessRules, Title


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PasswordRules(_Strict):
    """What a password must be; ``min_kinds`` counts small letters, capitals, digits and other signs."""

    min_length: int = Field(ge=8)
    max_length: int = Field(le=1024)
    min_kinds: int = Field(ge=1, le=4)
    blocked: tuple[str, ...]


class Lockout(_Strict):
    """After how many failures in a row an account locks, and for how long."""

    failures: int = Field(ge=2)
    minutes: int = Field(ge=1)


class Argon2Cost(_Strict):
    """The cost of an Argon2id hash (RFC 9106)."""

    time_cost: int = Field(ge=1)
    memory_kib: int = Field(ge=8)
    parallelism: int = Field(ge=1)


class SignInRules(_Strict):
    """``access/sign_in.yaml``."""

    id: str
    title: Title
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    valid_from: date
    password: PasswordRules
    lockout: Lockout
    session_hours: dict[ActorKind, int]
    argon2: Argon2Cost


@dataclass(frozen=True)
class IdentityRules:
    """The rules of access and of sign-in of one installation."""

    access: AccessRules
    sign_in: SignInRules

    @classmethod
    def load(cls, rulebook: Rulebook) -> "IdentityRules":
        """Read the files of ``access/``. Raises KnowledgeError."""
        return cls(access=AccessRules.load(rulebook), sign_in=rulebook.load("access/sign_in.yaml", SignInRules))


@lru_cache(maxsize=1)
def shipped_identity_rules() -> IdentityRules:
    """The rules that come with the package."""
    return IdentityRules.load(shipped_rulebook())
