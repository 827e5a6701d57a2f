"""The actor (操作者): the person, customer or machine in whose name something is done, with what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, Literal

from anpei.kernel.errors import Forbidden
from anpei.kernel.money import Money


class ActorKind(StrEnum):
    """What stands behind an actor: a member of staff, a customer, or a machine."""

    PERSON = "person"
    CUSTOMER = "customer"
    MACHINE = "machine"


class Scope(Enum):
    """The scope without a limit."""

    ALL = "all"


ALL: Final = Scope.ALL


class AuthorityExceeded(Forbidden):
    """The amount lies above what the actor's roles may decide; somebody with more authority must."""

    code = "access.authority_exceeded"


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as it was at sign-in. Made by ``identity.actor_of_token`` or ``AccessRules.actor``, which resolve its roles.

    ``insurers``: the insurers whose files it may touch. ``authority``: the highest amount in fen by permission (None: no limit).
    ``purposes``: the fields it may open by purpose. ``session_id``: the sign-in behind it; without one it cannot sign as a person.
    ``party_id``: the party that a customer is.
    """

    account_id: str
    kind: ActorKind
    roles: frozenset[str]
    insurers: frozenset[str] | Literal[Scope.ALL]
    permissions: frozenset[str] = frozenset()
    authority: Mapping[str, int | None] = field(default_factory=dict, hash=False)
    purposes: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False, repr=False)
    session_id: str | None = None
    party_id: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether a member of staff acts, who is signed in."""
        return self.kind is ActorKind.PERSON and self.session_id is not None

    def may(self, permission: str) -> bool:
        """Whether its roles hold the permission."""
        return permission in self.permissions

    def covers(self, insurer_id: str) -> bool:
        """Whether the insurer's files are in the actor's scope."""
        return self.insurers is Scope.ALL or insurer_id in self.insurers

    def has_authority(self, permission: str, *, amount: Money) -> bool:
        """Whether the actor may decide this amount with this permission."""
        if permission not in self.permissions or permission not in self.authority:
            return False
        limit = self.authority[permission]
        return limit is None or amount.fen <= limit


def require(actor: Actor, permission: str, *, insurer_id: str | None = None) -> None:
    """Raises Forbidden unless the actor's roles hold the permission and, when one is named, the insurer is in its scope."""
    if permission not in actor.permissions:
        raise Forbidden(
            f"the account {actor.account_id} has no permission {permission}: ask the administrator for a role that holds it",
            data={"account": actor.account_id, "permission": permission},
        )
    if insurer_id is not None and not actor.covers(insurer_id):
        raise Forbidden(
            f"the account {actor.account_id} may not touch files of the insurer {insurer_id}: ask the administrator to widen its scope",
            data={"account": actor.account_id, "permission": permission, "insurer": insurer_id},
        )


def require_authority(actor: Actor, permission: str, *, amount: Money, insurer_id: str | None = None) -> None:
    """As ``require``, and AuthorityExceeded when the amount lies above the actor's authority (核赔权限) for this permission."""
    require(actor, permission, insurer_id=insurer_id)
    if not actor.has_authority(permission, amount=amount):
        raise AuthorityExceeded(
            f"{amount} lies above the authority of the account {actor.account_id} for {permission}: hand it to a supervisor",
            data={"account": actor.account_id, "permission": permission, "amount_fen": amount.fen},
        )
