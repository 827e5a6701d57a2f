"""Roles, permissions and purposes, read from ``rulebook/access`` and resolved once per set of roles."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.kernel.errors import InvalidInput
from anpei.trust.access.actor import Actor, ActorKind, Scope


class RoleInvalid(InvalidInput):
    """A role that does not exist, does not suit the kind of account, or does not go together with another role."""

    code = "access.role_invalid"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A title for people, Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Permission(Title):
    """A permission; ``person_only``: no machine and no customer ever holds it."""

    person_only: bool = False


class _Entry(_Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    title: Title
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    valid_from: date


class Role(_Entry):
    """A role: for which kinds of account, with which permissions and authority (fen)."""

    kinds: frozenset[ActorKind]
    permissions: frozenset[str]
    authority: dict[str, int | Literal["unlimited"]] = {}
    not_with: frozenset[str] = frozenset()


class RolesFile(_Entry):
    """``access/roles.yaml``."""

    permissions: dict[str, Permission]
    roles: tuple[Role, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = {role.id for role in self.roles}
        if len(known) != len(self.roles):
            raise ValueError("two roles have the same id: give each its own")
        person_only = {name for name, permission in self.permissions.items() if permission.person_only}
        for role in self.roles:
            _check_role(role, known=known, permissions=set(self.permissions), person_only=person_only)
        return self


def _check_role(role: Role, *, known: set[str], permissions: set[str], person_only: set[str]) -> None:
    if strange := (role.permissions | set(role.authority)) - permissions:
        raise ValueError(f"role {role.id} names permissions that are not listed: {', '.join(sorted(strange))}")
    if strange := role.not_with - known:
        raise ValueError(f"role {role.id} names roles that do not exist: {', '.join(sorted(strange))}")
    if role.kinds != {ActorKind.PERSON} and (taken := role.permissions & person_only):
        raise ValueError(f"role {role.id} is not for people alone and may not hold: {', '.join(sorted(taken))}")
    if idle := set(role.authority) - role.permissions:
        raise ValueError(f"role {role.id} has an authority without the permission: {', '.join(sorted(idle))}")
    if any(isinstance(limit, int) and limit < 0 for limit in role.authority.values()):
        raise ValueError(f"role {role.id} has a negative authority: write an amount in fen or `unlimited`")


class Purpose(_Strict):
    """For what personal data may be opened, with which permission, and which fields are enough."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    permission: str
    fields: frozenset[str]


class PurposesFile(_Entry):
    """``access/purposes.yaml``."""

    fields: dict[str, Title]
    purposes: tuple[Purpose, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for purpose in self.purposes:
            if strange := purpose.fields - set(self.fields):
                raise ValueError(f"purpose {purpose.id} names fields that are not listed: {', '.join(sorted(strange))}")
        return self


@dataclass(frozen=True, slots=True)
class _Resolved:
    permissions: frozenset[str]
    authority: dict[str, int | None]
    purposes: dict[str, frozenset[str]]


@dataclass(frozen=True)
class AccessRules:
    """The rules of access of one installation."""

    roles: dict[str, Role]
    permissions: dict[str, Permission]
    purposes: dict[str, Purpose]
    fields: dict[str, Title]
    _cache: dict[frozenset[str], _Resolved] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, rulebook: Rulebook) -> "AccessRules":
        """Read ``access/roles.yaml`` and ``access/purposes.yaml``. Raises KnowledgeError."""
        roles = rulebook.load("access/roles.yaml", RolesFile)
        purposes = rulebook.load("access/purposes.yaml", PurposesFile)
        for purpose in purposes.purposes:
            if purpose.permission not in roles.permissions:
                raise RoleInvalid(
                    f"the purpose {purpose.id} names the permission {purpose.permission}, which access/roles.yaml does not list"
                )
        return cls(
            roles={role.id: role for role in roles.roles if role.status == "live"}, permissions=roles.permissions,
            purposes={purpose.id: purpose for purpose in purposes.purposes}, fields=purposes.fields,
        )  # fmt: skip

    def check_roles(self, *, kind: ActorKind, roles: Iterable[str]) -> None:
        """Raises RoleInvalid unless the roles are live, suit this kind of account and go together."""
        chosen = frozenset(roles)
        for role_id in sorted(chosen):
            role = self.roles.get(role_id)
            if role is None:
                raise RoleInvalid(f"there is no live role {role_id}: choose from {', '.join(sorted(self.roles))}")
            if kind not in role.kinds:
                raise RoleInvalid(f"the role {role_id} is not for an account of the kind {kind.value}: choose another")
            if clash := role.not_with & chosen:
                raise RoleInvalid(f"the roles {role_id} and {min(clash)} do not go together: give them to two people")

    def actor(
        self,
        *,
        account_id: str,
        kind: ActorKind,
        roles: Iterable[str],
        insurers: frozenset[str] | Literal[Scope.ALL],
        session_id: str | None = None,
        party_id: str | None = None,
    ) -> Actor:
        """An actor with what its roles give. Raises RoleInvalid."""
        chosen = frozenset(roles)
        self.check_roles(kind=kind, roles=chosen)
        resolved = self._cache.get(chosen)
        if resolved is None:
            resolved = self._cache[chosen] = self._resolve(chosen)
        return Actor(
            account_id=account_id, kind=kind, roles=chosen, insurers=insurers, permissions=resolved.permissions,
            authority=resolved.authority, purposes=resolved.purposes, session_id=session_id, party_id=party_id,
        )  # fmt: skip

    def _resolve(self, roles: frozenset[str]) -> _Resolved:
        permissions = frozenset[str]().union(*(self.roles[role].permissions for role in roles))
        authority: dict[str, int | None] = {}
        for role in sorted(roles):
            for permission, limit in self.roles[role].authority.items():
                before = authority.get(permission, 0)
                authority[permission] = None if limit == "unlimited" or before is None else max(before, limit)
        purposes = {purpose.id: purpose.fields for purpose in self.purposes.values() if purpose.permission in permissions}
        return _Resolved(permissions, authority, purposes)


@lru_cache(maxsize=1)
def shipped_rules() -> AccessRules:
    """The rules that come with the package, for tests and the demo; an installation loads its own with the overlay."""
    return AccessRules.load(shipped_rulebook())
