"""One loss under several policies: what an earlier claim paid is set off, fixed benefits are not; heirs share; rounds are compared."""

from typing import Any

from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.dossier.model import ClaimState
from anpei.payments import queries as payments
from tests.factories import cases, doors, platforms
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, hand_in

SECOND = "P-TEST-2"


def second_policy(at: Doors, **changes: str) -> None:
    """Another policy of the same insured, without a deductible."""
    platforms.load_policies(at.platform, [platforms.policy_row(policy_number=SECOND, plan="plus", **changes)])


def claimed(at: Doors, policy: str, *, pages: Any = None, **data: Any) -> str:
    """A claim under a policy, walked as far as the machine goes."""
    claim_id = hand_in(at.platform, pages, data=platforms.report_data(policy=policy) | data)
    at.platform.worker.run_due()
    return claim_id


def calculation(at: Doors, claim_id: str, lang: str = "zh") -> dict[str, Any]:
    """The calculation as a handler reads it."""
    told: dict[str, Any] = at.staff("supervisor").get(f"/v1/claims/{claim_id}/reasoning?lang={lang}").json()["calculation"]
    return told


def paid(at: Doors, claim_id: str) -> list[int]:
    """The amounts of the payment orders."""
    with at.platform.database.read() as conn:
        return [order.amount.fen for order in payments.list_orders(conn, claim_id=claim_id)]


def test_the_second_policy_pays_only_what_the_first_left(at_door: Doors) -> None:
    second_policy(at_door)
    first = claimed(at_door, platforms.POLICY)
    second = claimed(at_door, SECOND)
    assert (paid(at_door, first), paid(at_door, second)) == ([26_608], [])
    assert get_claim(at_door.platform, second).state is ClaimState.REFERRED
    told = calculation(at_door, second)
    assert told["total"]["fen"] == 13_322
    assert told["several"] == [
        "实际损失432.60元。",
        "费用补偿型保险《小额门诊医疗保险》：266.08元（应付266.08元，此前已付0.00元）；按其应付金额全额赔付。",
        "费用补偿型保险《小额门诊医疗保险》：133.22元（应付133.22元，此前已付266.08元）；按其应付金额全额赔付。",
        "由被保险人自行承担33.30元。",
    ]
    supervisor = at_door.staff("supervisor")
    assert supervisor.post(f"/v1/claims/{second}/settle").status_code == 200
    at_door.platform.worker.run_due()
    assert paid(at_door, second) == [13_322]
    with at_door.platform.database.read() as conn:
        for claim_id in (first, second):
            made = proofs.get_proof(conn, vault=at_door.platform.vault, claim_id=claim_id)
            assert verify(made, trusted_key=at_door.platform.signer.public_key_b64) == []


def test_a_claim_that_was_not_decided_is_not_set_off(at_sqlite_door: Doors) -> None:
    second_policy(at_sqlite_door)
    first = claimed(at_sqlite_door, platforms.POLICY, payee={"name": cases.NAME, "bank": "", "account": ""})
    assert get_claim(at_sqlite_door.platform, first).state is ClaimState.REFERRED
    told = calculation(at_sqlite_door, claimed(at_sqlite_door, SECOND))
    assert (told["total"]["fen"], told["several"]) == (34_608, [])


def test_somebody_elses_bill_is_not_set_off(at_sqlite_door: Doors) -> None:
    second_policy(at_sqlite_door, insured_name="顾长河", holder_name="顾长河", insured_id_number=doors.OTHER_NUMBER, insured_gender="",
                  insured_birth_on="")  # fmt: skip
    claimed(at_sqlite_door, platforms.POLICY)
    told = calculation(at_sqlite_door, claimed(at_sqlite_door, SECOND))
    assert (told["total"]["fen"], told["several"]) == (34_608, [])


def test_heirs_share_to_the_fen_and_nobody_is_paid_everything(at_sqlite_door: Doors) -> None:
    heirs = [{"name": name, "parts": 1} for name in ("沈一", "沈二", "沈三")] + [{"name": "沈四", "parts": 1, "order": 2}]
    claim_id = claimed(at_sqlite_door, platforms.POLICY, payees=heirs)
    told = calculation(at_sqlite_door, claim_id)
    assert told["total"]["fen"] == 26_608
    assert [(share["payee"], share["amount"]["fen"]) for share in told["shares"]] == [("p1", 8_870), ("p2", 8_869), ("p3", 8_869)]
    answer = at_sqlite_door.staff("supervisor").post(f"/v1/claims/{claim_id}/settle")
    assert (answer.status_code, answer.json()["code"]) == (409, "decision.several_payees")
    assert paid(at_sqlite_door, claim_id) == []


def test_a_reopened_claim_is_compared_with_what_was_paid(at_sqlite_door: Doors) -> None:
    claim_id = claimed(at_sqlite_door, platforms.POLICY)
    assert calculation(at_sqlite_door, claim_id)["changed"] is None
    supervisor = at_sqlite_door.staff("supervisor")
    assert supervisor.post(f"/v1/claims/{claim_id}/reopen", json={"reason": "客户有异议"}).status_code == 200
    console = at_sqlite_door.platform.console
    at_sqlite_door.platform.claiming.submit(actor=console, claim_id=claim_id)
    at_sqlite_door.platform.worker.run_due()
    changed = calculation(at_sqlite_door, claim_id)["changed"]
    assert {name: changed[name]["fen"] for name in ("paid", "now", "supplement", "recovery")} == {
        "paid": 26_608, "now": 26_608, "supplement": 0, "recovery": 0,
    }  # fmt: skip
    assert changed["lines"] == []
