"""The actor (操作者): the person, customer or machine in whose name something is done, with what it may do."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Literal


class ActorKind(StrEnum):
    """What stands behind an actor: a member of staff, a customer, or a machine."""

    PERSON = "person"
    CUSTOMER = "customer"
    MACHINE = "machine"


class Scope(Enum):
    """The scope without a limit."""

    ALL = "all"


ALL: Final = Scope.ALL


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as it was at sign-in. Made by ``identity.actor_of_token`` or ``AccessRules.actor``; permissions come from its roles.

    ``insurers``: the insurers whose files it may touch. ``authority``: pairs of permission and the highest amount in fen (None: no
    limit). ``session_id``: the sign-in behind it; without one it cannot sign as a person. ``party_id``: the party a customer is.
    """

    account_id: str
    kind: ActorKind
    roles: frozenset[str]
    insurers: frozenset[str] | Literal[Scope.ALL]
    permissions: frozenset[str] = frozenset()
    authority: tuple[tuple[str, int | None], ...] = ()
    session_id: str | None = None
    party_id: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether a member of staff acts, who is signed in."""
        return self.kind is ActorKind.PERSON and self.session_id is not None

    def covers(self, insurer_id: str) -> bool:
        """Whether the insurer's files are in the actor's scope."""
        return self.insurers is Scope.ALL or insurer_id in self.insurers
