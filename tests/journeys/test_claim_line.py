"""The way of one claim through the real platform, on both databases: paid, referred, wanting, zero, withdrawn, reopened, double clicks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anpei.assembly import Platform
from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.documents.model import UploadRefused
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, Lane, SectionName, StateNotAllowed
from anpei.claims.intake.model import ReportInvalid
from anpei.claims.intake.operations import RequestDiffers
from anpei.engines.db import Database
from anpei.notices import queries as notices
from anpei.payments import queries as payments
from anpei.records.partners import operations as partners
from anpei.records.policies import accumulators
from anpei.records.policies.queries import PolicyUnknown
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, readings
from tests.factories.platforms import get_claim, hand_in


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A whole platform with one policy."""
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False))
    yield made
    made.close()


def section(platform: Platform, claim_id: str, name: SectionName) -> dict[str, Any]:
    """The newest section of a claim."""
    with platform.database.read() as conn:
        return queries.get_section(conn, vault=platform.vault, claim_id=claim_id, name=name).payload


def orders(platform: Platform, claim_id: str) -> list[tuple[str, int]]:
    """State and amount of each payment order."""
    with platform.database.read() as conn:
        return [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)]


def test_a_clean_claim_is_paid_to_the_cent_with_a_proof_that_holds(platform: Platform) -> None:
    claim_id = hand_in(platform)
    platform.worker.run_due()
    claim = get_claim(platform, claim_id)
    assert (claim.state, claim.lane) == (ClaimState.PAID, Lane.UNATTENDED)
    assert orders(platform, claim_id) == [("confirmed", 26608)]
    with platform.database.read() as conn:
        made = proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)
        assert verify(made, trusted_key=platform.signer.public_key_b64, snapshot=platform.snapshots.get()) == []
        assert made["body"]["decision"]["total_fen"] == 26608
        assert verify_trail(conn).ok
        assert payments.ledger_faults(conn) == []
        assert accumulators.used(conn, policy_id=claim.policy_id) == {
            ("annual_limit_used", "year:2026-01-01"): 26608,
            ("visits", "day:2026-10-03"): 1,
        }


def test_the_claimant_is_told_at_each_turn(platform: Platform) -> None:
    claim_id = hand_in(platform)
    platform.worker.run_due()
    with platform.database.read() as conn:
        told = [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)]
    assert told == ["claim_reported", "claim_settled", "payment_confirmed"]


def test_a_defect_goes_to_a_person_and_nothing_is_paid(platform: Platform) -> None:
    claim_id = hand_in(platform, cases.pages(name="顾长风"))
    platform.worker.run_due()
    claim = get_claim(platform, claim_id)
    assert (claim.state, claim.lane) == (ClaimState.REFERRED, Lane.INVESTIGATION)
    assert orders(platform, claim_id) == []
    assert "identity.name_mismatch" in section(platform, claim_id, SectionName.REFERRAL)["referral"]["reasons"]
    with platform.database.read() as conn:
        assert verify(proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)) == []


def test_below_the_deductible_the_machine_closes_with_calculation_and_notice(platform: Platform) -> None:
    rows = [readings.item("普通门诊诊查费", "80.00", code=cases.VISIT)]
    claim_id = hand_in(platform, cases.pages(rows=rows, total_amount="80.00", self_paid="80.00", personal_account="80.00"))
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.CLOSED_WITHOUT_PAYMENT
    assert orders(platform, claim_id) == []
    with platform.database.read() as conn:
        assert [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)] == ["claim_reported", "settled_zero"]


def test_missing_papers_are_asked_for_once_and_the_supplement_continues_in_a_new_round(platform: Platform) -> None:
    receipt, record = cases.pages()
    claim_id = hand_in(platform, [receipt])
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.WANTING
    platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=platforms.paper(record), name="record.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    platform.worker.run_due()
    claim = get_claim(platform, claim_id)
    assert (claim.state, claim.round) == (ClaimState.PAID, 2)
    assert orders(platform, claim_id) == [("confirmed", 26608)]


def test_a_second_supplement_needs_a_person(platform: Platform) -> None:
    claim_id = hand_in(platform, [cases.pages()[0]])
    platform.worker.run_due()
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    with platform.database.read() as conn:
        told = [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)]
    assert told == ["claim_reported", "supplement_wanted", "referred_to_person"]


def test_double_clicks_change_nothing(platform: Platform) -> None:
    doors, console = platform.claiming, platform.console
    first, is_new = doors.report(actor=console, data=platforms.report_data(), request_id="r1", channel="test")
    again, is_new_again = doors.report(actor=console, data=platforms.report_data(), request_id="r1", channel="test")
    assert (first.id, is_new, is_new_again) == (again.id, True, False)
    for page in cases.pages():
        one, stored = doors.upload(actor=console, claim_id=first.id, data=platforms.paper(page), name="a.jpg")
        two, stored_again = doors.upload(actor=console, claim_id=first.id, data=platforms.paper(page), name="b.jpg")
        assert (one.id, stored, stored_again) == (two.id, True, False)
    assert doors.submit(actor=console, claim_id=first.id)
    assert not doors.submit(actor=console, claim_id=first.id)
    platform.worker.run_due()
    assert orders(platform, first.id) == [("confirmed", 26608)]


def test_one_request_id_for_two_reports_is_refused(platform: Platform) -> None:
    doors, console = platform.claiming, platform.console
    doors.report(actor=console, data=platforms.report_data(), request_id="r1", channel="test")
    with pytest.raises(RequestDiffers):
        doors.report(actor=console, data=platforms.report_data(cause="accident"), request_id="r1", channel="test")


def test_the_same_bill_in_a_second_claim_goes_to_a_person(platform: Platform) -> None:
    hand_in(platform)
    platform.worker.run_due()
    second = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, second).state is ClaimState.REFERRED
    assert "bill.duplicate" in section(platform, second, SectionName.REFERRAL)["referral"]["reasons"]


def test_a_second_photo_with_a_misread_number_is_still_the_same_bill(platform: Platform) -> None:
    hand_in(platform)
    platform.worker.run_due()
    second = hand_in(platform, cases.pages(receipt_number="0012345679"))
    platform.worker.run_due()
    assert "bill.duplicate" in section(platform, second, SectionName.REFERRAL)["referral"]["reasons"]


def test_a_withdrawn_claim_frees_its_bill(platform: Platform) -> None:
    first = hand_in(platform, [cases.pages()[0]])
    platform.worker.run_due()
    platform.claiming.withdraw(actor=platform.console, claim_id=first)
    assert get_claim(platform, first).state is ClaimState.WITHDRAWN
    second = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, second).state is ClaimState.PAID


def test_a_decided_claim_cannot_be_withdrawn_and_takes_no_pages(platform: Platform) -> None:
    claim_id = hand_in(platform)
    platform.worker.run_due()
    with pytest.raises(StateNotAllowed):
        platform.claiming.withdraw(actor=platform.console, claim_id=claim_id)
    with pytest.raises(StateNotAllowed):
        platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=b"x", name="late.jpg")


def test_the_switch_stops_automation_for_one_product_at_once(platform: Platform) -> None:
    claim_id = hand_in(platform)
    with platform.database.write() as conn:
        insurer = get_claim_insurer(platform, claim_id)
        partners.switch_automation(
            conn, insurer_id=insurer, product_id="small-outpatient", on=False, reason="核对条款", actor="t", at=platforms.AT
        )
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    assert section(platform, claim_id, SectionName.REFERRAL)["referral"]["reasons"] == ["automation.switched_off"]


def get_claim_insurer(platform: Platform, claim_id: str) -> str:
    """The insurer of a claim."""
    return get_claim(platform, claim_id).insurer_id


def test_two_claims_never_use_one_limit_twice(platform: Platform) -> None:
    platforms.load_policies(platform, [platforms.policy_row(policy_number="P-2", limit_used="4800.00")])
    ids = [
        hand_in(platform, cases.pages(day=day, receipt_number=f"00{day[-2:]}"), data=platforms.report_data(policy="P-2", occurred_on=day))
        for day in ("2026-10-03", "2026-10-04")
    ]
    platform.worker.run_due()
    amounts = sorted(amount for claim_id in ids for _, amount in orders(platform, claim_id))
    assert amounts == [20000]
    assert {get_claim(platform, claim_id).state for claim_id in ids} == {ClaimState.PAID, ClaimState.CLOSED_WITHOUT_PAYMENT}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-13-40"}}, "event.occurred_on"),
        ({"event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-10-11"}}, "event.occurred_on"),
        ({"event": {"kind": "dental", "cause": "illness", "occurred_on": "2026-10-03"}}, "event.kind"),
        ({"insured": {"name": " "}}, "insured.name"),
        ({"payee": {"account": "not-a-number"}}, "payee.account"),
    ],
)
def test_a_wrong_report_names_the_field_and_opens_nothing(platform: Platform, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ReportInvalid) as caught:
        platform.claiming.report(actor=platform.console, data=platforms.report_data() | change, request_id=None, channel="test")
    assert caught.value.data["field"] == field
    with platform.database.read() as conn:
        assert queries.list_claims(conn, vault=platform.vault, insurers=None) == []


def test_an_unknown_policy_is_named_with_what_to_do(platform: Platform) -> None:
    with pytest.raises(PolicyUnknown, match="import it first"):
        platform.claiming.report(actor=platform.console, data=platforms.report_data(policy="P-NONE"), request_id=None, channel="test")


def test_empty_and_oversized_uploads_are_refused_with_advice(platform: Platform) -> None:
    claim, _ = platform.claiming.report(actor=platform.console, data=platforms.report_data(), request_id=None, channel="test")
    for data in (b"", b"x" * 50_000_000):
        with pytest.raises(UploadRefused) as caught:
            platform.claiming.upload(actor=platform.console, claim_id=claim.id, data=data, name="big.jpg")
        assert caught.value.data["advice"]
    with pytest.raises(UploadRefused, match="no page yet"):
        platform.claiming.submit(actor=platform.console, claim_id=claim.id)
