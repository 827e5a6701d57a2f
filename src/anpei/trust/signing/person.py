"""A person's signature under a statement: what a refusal and a reduction by judgement cannot exist without.

个人信息保护法 第二十四条: a decision with a major effect is not left to a machine alone. So the machine cannot make this object:
``sign_as_person`` refuses every actor that is no signed-in member of staff, and plain construction fails without the installation's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anpei.kernel.canonical import canonical, digest
from anpei.kernel.errors import AnpeiError, Forbidden
from anpei.trust.access import Actor
from anpei.trust.signing.signer import Signer, key_id_of, verify_signature

_PURPOSE = "anpei.person_signature/1"


class PersonRequired(Forbidden):
    """A machine, a customer, or a person who is not signed in tried to sign; only a signed-in member of staff may."""

    code = "trust.person_required"


class SignatureInvalid(AnpeiError):
    """A signature does not belong to its content: it was made up or changed."""

    code = "trust.signature_invalid"


@dataclass(frozen=True, slots=True)
class PersonSignature:
    """``account_id`` signed the statement of this digest at this instant, in this sign-in (``session_id``).

    Raises SignatureInvalid unless the Ed25519 signature over exactly these values was made with the key it carries. Whether that key
    is the installation's own is asked by ``person_signature_holds``.
    """

    account_id: str
    session_id: str
    at: datetime
    statement_digest: str
    signature: str
    key_id: str
    public_key_b64: str

    def __post_init__(self) -> None:
        content = _content(account_id=self.account_id, session_id=self.session_id, at=self.at, statement_digest=self.statement_digest)
        if not verify_signature(data=content, signature=self.signature, public_key_b64=self.public_key_b64):
            raise SignatureInvalid("a person's signature does not belong to its content: have the person sign again")
        if self.key_id != key_id_of(self.public_key_b64):
            raise SignatureInvalid(f"a person's signature names the key {self.key_id}, and carries another: have the person sign again")

    def as_data(self) -> dict[str, str]:
        """Plain data for a dossier or a proof; ``from_data`` reads it back."""
        return {
            "account_id": self.account_id, "session_id": self.session_id, "at": _instant(self.at), "key_id": self.key_id,
            "statement_digest": self.statement_digest, "signature": self.signature, "public_key": self.public_key_b64,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, str]) -> "PersonSignature":
        """The signature in plain data. Raises SignatureInvalid when a part is missing, malformed or changed."""
        try:
            return cls(
                account_id=data["account_id"], session_id=data["session_id"], at=datetime.fromisoformat(data["at"]),
                statement_digest=data["statement_digest"], signature=data["signature"], key_id=data["key_id"],
                public_key_b64=data["public_key"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise SignatureInvalid("the data of a person's signature is incomplete or malformed: read it from the dossier again") from error


def sign_as_person(*, signer: Signer, actor: Actor, at: datetime, statement: Mapping[str, Any]) -> PersonSignature:
    """The actor's signature under a statement (plain data without floats, ids and codes only). Raises PersonRequired."""
    if not actor.is_person or actor.session_id is None:
        raise PersonRequired(
            f"the actor {actor.account_id} ({actor.kind.value}) may not sign: a member of staff must sign in and decide",
            data={"account": actor.account_id, "kind": actor.kind.value},
        )
    statement_digest = digest(dict(statement))
    content = _content(account_id=actor.account_id, session_id=actor.session_id, at=at, statement_digest=statement_digest)
    return PersonSignature(
        account_id=actor.account_id, session_id=actor.session_id, at=at, statement_digest=statement_digest,
        signature=signer.sign(content), key_id=signer.key_id, public_key_b64=signer.public_key_b64,
    )  # fmt: skip


def person_signature_holds(signature: PersonSignature, statement: Mapping[str, Any], public_key: str) -> bool:
    """Whether the signature stands under this very statement and was made with the trusted public key (base64)."""
    if signature.public_key_b64 != public_key or signature.statement_digest != digest(dict(statement)):
        return False
    content = _content(
        account_id=signature.account_id, session_id=signature.session_id, at=signature.at, statement_digest=signature.statement_digest
    )
    return verify_signature(data=content, signature=signature.signature, public_key_b64=public_key)


def _content(*, account_id: str, session_id: str, at: datetime, statement_digest: str) -> bytes:
    data = {"account_id": account_id, "session_id": session_id, "at": _instant(at), "statement_digest": statement_digest}
    return canonical({"purpose": _PURPOSE, **data})


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise SignatureInvalid("the instant of a signature has no time zone: give an aware instant")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
