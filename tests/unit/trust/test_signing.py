"""Signing: the installation's key, and signatures that only a signed-in person can make."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpei.trust.access import ALL, Actor, ActorKind
from anpei.trust.signing import (
    PersonRequired,
    PersonSignature,
    SignatureInvalid,
    Signer,
    key_id_of,
    person_signature_holds,
    sign_as_person,
    verify_signature,
)
from anpei.trust.vault import PrivateFileUnsafe

AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
STATEMENT = {"claim": "c-1", "kind": "refuse", "reason": "R-12", "amount_fen": 123400}


def person(**changes: object) -> Actor:
    actor = Actor(account_id="a-1", kind=ActorKind.PERSON, roles=frozenset({"handler"}), insurers=ALL, session_id="s-1")
    return replace(actor, **changes)  # type: ignore[arg-type]


def test_the_key_file_is_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    first = Signer.load_or_create(path)
    second = Signer.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (first.key_id, first.public_key_b64) == (second.key_id, second.public_key_b64)
    assert first.key_id == key_id_of(first.public_key_b64)
    path.chmod(0o644)
    with pytest.raises(PrivateFileUnsafe):
        Signer.load_or_create(path)


def test_a_signature_holds_for_its_bytes_and_key_only() -> None:
    signer, other = Signer.fresh(), Signer.fresh()
    signature = signer.sign(b"proof")
    assert verify_signature(data=b"proof", signature=signature, public_key_b64=signer.public_key_b64)
    assert not verify_signature(data=b"proof.", signature=signature, public_key_b64=signer.public_key_b64)
    assert not verify_signature(data=b"proof", signature=signature, public_key_b64=other.public_key_b64)
    assert not verify_signature(data=b"proof", signature="?", public_key_b64=signer.public_key_b64)
    assert not verify_signature(data=b"proof", signature=signature, public_key_b64="AAAA")


def test_a_person_signs_and_the_signature_survives_storing() -> None:
    signer = Signer.fresh()
    signature = sign_as_person(signer=signer, actor=person(), at=AT, statement=STATEMENT)
    again = PersonSignature.from_data(signature.as_data())
    assert again == signature
    assert (again.account_id, again.session_id, again.at, again.key_id) == ("a-1", "s-1", AT, signer.key_id)
    assert person_signature_holds(again, STATEMENT, signer.public_key_b64)


@pytest.mark.parametrize(
    "actor",
    [person(kind=ActorKind.MACHINE), person(kind=ActorKind.CUSTOMER), person(session_id=None)],
    ids=["machine", "customer", "not signed in"],
)
def test_who_is_no_signed_in_person_cannot_sign(actor: Actor) -> None:
    with pytest.raises(PersonRequired) as caught:
        sign_as_person(signer=Signer.fresh(), actor=actor, at=AT, statement=STATEMENT)
    assert caught.value.code == "trust.person_required"


@pytest.mark.parametrize(
    "change",
    [
        {"account_id": "a-2"}, {"session_id": "s-2"}, {"at": AT + timedelta(microseconds=1)}, {"statement_digest": "0" * 64},
        {"signature": "AAAA"}, {"key_id": "0" * 16}, {"public_key_b64": Signer.fresh().public_key_b64}, {"at": AT.replace(tzinfo=None)},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_no_part_of_a_signature_can_be_changed(change: dict[str, object]) -> None:
    signature = sign_as_person(signer=Signer.fresh(), actor=person(), at=AT, statement=STATEMENT)
    with pytest.raises(SignatureInvalid):
        replace(signature, **change)  # type: ignore[arg-type]


def test_a_made_up_signature_does_not_come_into_being() -> None:
    signer = Signer.fresh()
    with pytest.raises(SignatureInvalid):
        PersonSignature(
            account_id="a-1", session_id="s-1", at=AT, statement_digest="0" * 64, signature=signer.sign(b"anything"),
            key_id=signer.key_id, public_key_b64=signer.public_key_b64,
        )  # fmt: skip


def test_a_signature_holds_for_its_statement_and_the_trusted_key_only() -> None:
    signer, forger = Signer.fresh(), Signer.fresh()
    signature = sign_as_person(signer=forger, actor=person(), at=AT, statement=STATEMENT)
    assert not person_signature_holds(signature, STATEMENT, signer.public_key_b64)
    assert not person_signature_holds(signature, STATEMENT | {"amount_fen": 1}, forger.public_key_b64)
    assert person_signature_holds(signature, STATEMENT, forger.public_key_b64)


@pytest.mark.parametrize("data", [{}, {"account_id": "a-1"}])
def test_incomplete_data_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        PersonSignature.from_data(data)
