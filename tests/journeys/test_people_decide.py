"""What only a signed-in person does: settle, reduce, refuse, reopen; and paying again to another account. On both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from anpei.assembly import Platform
from anpei.claims.decision import queries as proofs
from anpei.claims.decision.model import Grounds
from anpei.claims.decision.verification import verify
from anpei.claims.dossier.model import ClaimState, StateNotAllowed
from anpei.engines.db import Database
from anpei.kernel.errors import Forbidden
from anpei.notices import queries as notices
from anpei.payments import queries as payments
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, AuthorityExceeded, Scope
from anpei.trust.identity import IdentityRules, NewAccount
from anpei.trust.signing import PersonRequired
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, readings
from tests.factories.platforms import get_claim, hand_in

PASSWORD = "a-Long-pass-phrase-7"
GROUNDS = Grounds(("exclusion.diagnosis",), "第十条第一项 精神和行为障碍", "门诊病历诊断 F32.900", "这次就诊属于条款约定不赔的情形。")
REJECTED_ACCOUNT, OTHER_ACCOUNT = "6222020200112233446", "6222021001122334458"


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A whole platform with one policy, and a bank that rejects one account."""
    faults = tmp_path / "faults.yaml"
    faults.write_text("faults:\n  - {account_suffix: '2233446', does: reject, reason: 户名与账号不符}\n", encoding="utf-8")
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False), faults=faults)
    yield made
    made.close()


def signed_in(platform: Platform, role: str) -> Actor:
    """A person with this role, really signed in."""
    rules = IdentityRules.load(platform.rulebook)
    new = NewAccount(login=f"the-{role}", kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=Scope.ALL)
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=platforms.AT, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=new.login, password=PASSWORD, at=platforms.AT)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=platforms.AT)


def referred(platform: Platform, account: str = OTHER_ACCOUNT) -> str:
    """A claim that a person has to decide: an excluded diagnosis."""
    pages = [cases.pages()[0], readings.record(cases.NAME, code="F32.900", diagnosis="抑郁发作")]
    claim_id = hand_in(platform, pages, data=platforms.report_data(account=account))
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    return claim_id


def orders(platform: Platform, claim_id: str) -> list[tuple[str, int]]:
    """State and amount of each payment order."""
    with platform.database.read() as conn:
        assert payments.ledger_faults(conn) == []
        return [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)]


def proof_holds(platform: Platform, claim_id: str) -> bool:
    """Whether the newest proof of the claim verifies."""
    with platform.database.read() as conn:
        assert verify_trail(conn).ok
        return verify(proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id), trusted_key=platform.signer.public_key_b64) == []


def test_a_handler_settles_at_the_arithmetic_amount(platform: Platform) -> None:
    claim_id = referred(platform)
    platform.claiming.settle(actor=signed_in(platform, "handler"), claim_id=claim_id)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    assert orders(platform, claim_id) == [("confirmed", 26608)]
    assert proof_holds(platform, claim_id)


def test_a_handler_reduces_below_arithmetic_and_never_above(platform: Platform) -> None:
    claim_id, handler = referred(platform), signed_in(platform, "handler")
    with platform.database.read() as conn:
        line = platform.line.referred(conn, claim=get_claim(platform, claim_id)).inputs
    assert line.facts["bills"][0]["total_fen"] == 43260
    name = reducible_line(platform, claim_id)
    with pytest.raises(Exception, match="amount from 0"):
        platform.claiming.reduce(actor=handler, claim_id=claim_id, payable={name: 26609}, grounds=GROUNDS)
    assert platform.claiming.reduce(actor=handler, claim_id=claim_id, payable={name: 20000}, grounds=GROUNDS) == 20000
    platform.worker.run_due()
    assert orders(platform, claim_id) == [("confirmed", 20000)]
    assert proof_holds(platform, claim_id)


def reducible_line(platform: Platform, claim_id: str) -> str:
    """The line of the assessment that pays."""
    from anpei.claims.decision.adjudication import adjudicate
    from anpei.claims.decision.decide import settle_of

    with platform.database.read() as conn:
        found = platform.line.referred(conn, claim=get_claim(platform, claim_id))
    outputs = adjudicate(inputs=found.inputs, hits=found.hits)
    assert outputs.assessment is not None
    return next(line.line_id for line in settle_of(outputs.assessment).lines if line.payable_fen)


def test_a_handler_refuses_with_reasons_and_the_notice_goes_out(platform: Platform) -> None:
    claim_id = referred(platform)
    platform.claiming.refuse(actor=signed_in(platform, "handler"), claim_id=claim_id, grounds=GROUNDS)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFUSED
    assert orders(platform, claim_id) == []
    assert proof_holds(platform, claim_id)
    with platform.database.read() as conn:
        assert [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)][-1] == "refused"


def test_neither_the_machine_nor_an_invented_person_decides(platform: Platform) -> None:
    claim_id = referred(platform)
    for roles, kind in ((("claim_machine",), ActorKind.MACHINE), (("console",), ActorKind.MACHINE)):
        actor = platform.access.actor(account_id="m", kind=kind, roles=roles, insurers=Scope.ALL)
        with pytest.raises((PersonRequired, Forbidden)):
            platform.claiming.refuse(actor=actor, claim_id=claim_id, grounds=GROUNDS)
        with pytest.raises((PersonRequired, Forbidden)):
            platform.claiming.settle(actor=actor, claim_id=claim_id)
    ghost = platform.access.actor(account_id="g", kind=ActorKind.PERSON, roles=("handler",), insurers=Scope.ALL, session_id="made-up")
    for decide in (platform.claiming.settle, lambda **who: platform.claiming.refuse(**who, grounds=GROUNDS)):
        with pytest.raises(PersonRequired):
            decide(actor=ghost, claim_id=claim_id)
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    assert orders(platform, claim_id) == []


def test_authority_is_an_amount(platform: Platform) -> None:
    platforms.load_policies(platform, [platforms.policy_row(policy_number="P-BIG", product="million-medical")])
    rows = [readings.item("血常规", "90000.00", code=cases.BLOOD)]
    fields = {
        "patient_name": cases.NAME, "receipt_code": "3", "receipt_number": "77", "total_amount": "90000.00", "total_upper": "90000.00",
        "hospital_name": readings.HOSPITAL, "admitted_on": "2026-10-01", "discharged_on": "2026-10-05", "issued_on": "2026-10-05",
        "insurance_type": "职工基本医疗保险", "pooled_fund": "0.00", "self_paid": "90000.00", "own_expense": "0.00",
    }  # fmt: skip
    stay = {"patient_name": cases.NAME, "admitted_on": "2026-10-01", "discharged_on": "2026-10-05", "diagnosis_code": "K35.800"}
    pages = [
        readings.page("inpatient_receipt", fields), readings.page("fee_list", {"total_amount": "90000.00"}, rows),
        readings.page("discharge_summary", stay), readings.page("settlement_sheet", {"pooled_fund": "0.00"}),
    ]  # fmt: skip
    data = platforms.report_data(policy="P-BIG", kind="inpatient", occurred_on="2026-10-01", account=OTHER_ACCOUNT)
    claim_id = hand_in(platform, pages, data=data)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    with pytest.raises(AuthorityExceeded):
        platform.claiming.settle(actor=signed_in(platform, "handler"), claim_id=claim_id)
    platform.claiming.settle(actor=signed_in(platform, "supervisor"), claim_id=claim_id)
    platform.worker.run_due()
    assert orders(platform, claim_id) == [("confirmed", 8_000_000)]


def test_a_rejected_payment_is_paid_once_to_another_account(platform: Platform) -> None:
    claim_id = hand_in(platform, data=platforms.report_data(account=REJECTED_ACCOUNT))
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAYMENT_FAILED
    payee = {"name": cases.NAME, "bank": "演示银行", "account": OTHER_ACCOUNT}
    platform.claiming.pay_again(actor=signed_in(platform, "handler"), claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    assert orders(platform, claim_id) == [("rejected", 26608), ("confirmed", 26608)]


def test_a_reopened_claim_goes_to_a_person_and_is_never_paid_twice(platform: Platform) -> None:
    claim_id = hand_in(platform, data=platforms.report_data(account=OTHER_ACCOUNT))
    platform.worker.run_due()
    supervisor = signed_in(platform, "supervisor")
    platform.claiming.reopen(actor=supervisor, claim_id=claim_id, reason="客户补充了说明")
    platform.worker.run_due()
    claim = get_claim(platform, claim_id)
    assert (claim.state, claim.round) == (ClaimState.REFERRED, 2)
    platform.claiming.settle(actor=supervisor, claim_id=claim_id)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.CLOSED_WITHOUT_PAYMENT
    assert orders(platform, claim_id) == [("confirmed", 26608)]


def test_an_open_claim_cannot_be_reopened_or_decided(platform: Platform) -> None:
    claim_id = hand_in(platform, [cases.pages()[0]])
    platform.worker.run_due()
    supervisor = signed_in(platform, "supervisor")
    with pytest.raises(StateNotAllowed):
        platform.claiming.settle(actor=supervisor, claim_id=claim_id)
    with pytest.raises(Exception, match="not ended"):
        platform.claiming.reopen(actor=supervisor, claim_id=claim_id, reason="试一下")
