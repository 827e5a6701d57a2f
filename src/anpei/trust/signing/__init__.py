"""Signing (签章): the installation's Ed25519 key, and a person's signature under a statement.

Owns no table; signatures are kept by the rooms that need them. A refusal or a reduction by judgement exists only with a
``PersonSignature``, and that is made only by ``sign_as_person``.
"""

from anpei.trust.signing.person import PersonRequired, PersonSignature, SignatureInvalid, person_signature_holds, sign_as_person
from anpei.trust.signing.signer import Signer, key_id_of, verify_signature

__all__ = [
    "PersonRequired",
    "PersonSignature",
    "SignatureInvalid",
    "Signer",
    "key_id_of",
    "person_signature_holds",
    "sign_as_person",
    "verify_signature",
]
