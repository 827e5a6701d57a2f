"""What one may see at all: customers their own claims, others the insurers in their scope. What is out of sight is not found."""

from dataclasses import dataclass
from datetime import date, datetime

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim
from anpei.claims.dossier.queries import ClaimNotFound
from anpei.engines.db import Connection
from anpei.entrypoints.api.answers import Amount, Coded
from anpei.entrypoints.api.door import Door
from anpei.entrypoints.api.words import Lang
from anpei.kernel.clock import local_day
from anpei.kernel.money import Money
from anpei.records.parties import queries as parties
from anpei.records.policies import queries as policies
from anpei.records.policies.model import Policy
from anpei.records.policies.queries import PolicyUnknown
from anpei.trust.access import ALL, Actor, ActorKind
from anpei.trust.access.masking import mask_id_number, mask_name, mask_phone


@dataclass(frozen=True)
class Sight:
    """One look: through which door, on which connection, by whom, in which language, when."""

    door: Door
    conn: Connection
    actor: Actor
    lang: Lang
    at: datetime

    @property
    def today(self) -> date:
        """The day in China."""
        return local_day(self.at)

    @property
    def insurers(self) -> frozenset[str] | None:
        """The insurers in scope; None is all."""
        return None if self.actor.insurers is ALL else self.actor.insurers

    def say(self, key: str, /, **values: object) -> str:
        """A text in this look's language."""
        return self.door.words.say(key, self.lang, **values)

    def coded(self, group: str, code: str) -> Coded:
        """A code with its title."""
        return Coded(code=code, title=self.door.words.title(group, code, self.lang))


def amount(fen: int) -> Amount:
    """An amount as answers show it."""
    return Amount(fen=fen, text=str(Money(fen)))


def is_own_policy(actor: Actor, policy: Policy) -> bool:
    """Whether the policy names this customer as the insured or the policyholder."""
    return actor.party_id is not None and actor.party_id in (policy.insured_id, policy.holder_id)


def policy_in_sight(sight: Sight, *, number: str) -> Policy:
    """The policy of this number. Raises PolicyUnknown also when it is somebody else's, in the same words."""
    vault = sight.door.platform.vault
    if sight.insurers is None:
        candidates = [policies.find_by_number(sight.conn, vault=vault, number=number)]
    else:
        candidates = [
            policies.find_by_number(sight.conn, vault=vault, number=number, insurer_id=insurer_id) for insurer_id in sorted(sight.insurers)
        ]
    seen = [policy for policy in candidates if policy is not None and sees_policy(sight.actor, policy)]
    if len(seen) != 1:
        raise PolicyUnknown("there is no policy of this number here: check the number on the policy", data={"field": "policy.number"})
    return seen[0]


def sees_policy(actor: Actor, policy: Policy) -> bool:
    """Whether a policy is in sight at all."""
    if actor.kind is ActorKind.CUSTOMER:
        return is_own_policy(actor, policy)
    return actor.covers(policy.insurer_id)


def claim_in_sight(sight: Sight, claim_id: str) -> Claim:
    """The claim. Raises ClaimNotFound also when it is out of sight, in the same words."""
    vault = sight.door.platform.vault
    claim = dossier.get_claim(sight.conn, vault=vault, claim_id=claim_id)
    if sight.actor.kind is ActorKind.CUSTOMER:
        policy = policies.get_policy(sight.conn, vault=vault, policy_id=claim.policy_id)
        seen = is_own_policy(sight.actor, policy)
    else:
        seen = sight.actor.covers(claim.insurer_id)
    if not seen:
        raise ClaimNotFound(f"no claim {claim_id}", data={"claim": claim_id})
    return claim


@dataclass(frozen=True, slots=True)
class MaskedPerson:
    """A person as everybody may see it."""

    name: str
    id_number: str
    phone: str


def masked_person(sight: Sight, *, party_id: str) -> MaskedPerson:
    """A person with the middle of everything covered; the open values end here."""
    party = parties.get_party(sight.conn, vault=sight.door.platform.vault, party_id=party_id)
    return MaskedPerson(
        name=mask_name(party.name), id_number=mask_id_number(party.id_number), phone=mask_phone(party.phone) if party.phone else ""
    )


def mask_policy_number(number: str) -> str:
    """A policy number with only its ends: ``SO25****0012``."""
    return f"{number[:4]}****{number[-4:]}" if len(number) > 8 else f"****{number[-2:]}"
