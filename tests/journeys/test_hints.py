"""Hints on the way of a claim: kept with the page, shown to handlers with their place, never to whom the papers belong to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.documents import queries as documents
from anpei.claims.dossier.model import ClaimState, Lane
from anpei.kernel.errors import AnpeiError
from anpei.reading.errors import ReadingCrashed
from anpei.reading.hints import Hint
from anpei.reading.model import PageReading
from tests.factories import doors, platforms
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, hand_in

BOX = (100, 200, 180, 240)
STRONG = Hint("picture.place_differs", BOX, 0.7, "这一处与其余部分不同，请放大看。", "This place differs: please look closely.")
WEAK = Hint("number.height_breaks", BOX, 0.5, "第 2 位的字高不一致，请放大看。", "Digit 2 differs in height: please look closely.")


class Looker:
    """Finds what it is told to find on receipts."""

    def __init__(self) -> None:
        self.found: tuple[Hint, ...] = ()
        self.fails: AnpeiError | None = None

    def __call__(self, data: bytes, page: PageReading) -> tuple[Hint, ...]:
        assert data
        if self.fails is not None:
            raise self.fails
        return self.found if page.kind == "outpatient_receipt" else ()


@pytest.fixture
def looker() -> Looker:
    return Looker()


@pytest.fixture
def at_door(sqlite_template: Path, tmp_path: Path, looker: Looker) -> Iterator[Doors]:
    file = tmp_path / "database.sqlite"
    shutil.copyfile(sqlite_template, file)
    made = platforms.make_platform(tmp_path / "home", f"sqlite:///{file}", hints=looker)
    yield doors.open_doors(made)
    made.close()


def walked(at_door: Doors) -> str:
    claim_id = hand_in(at_door.platform)
    at_door.platform.worker.run_due()
    return claim_id


def test_a_strong_hint_sends_the_claim_to_a_person_who_sees_its_place_and_the_claimant_does_not(at_door: Doors, looker: Looker) -> None:
    looker.found = (STRONG,)
    claim_id = walked(at_door)
    claim = get_claim(at_door.platform, claim_id)
    assert (claim.state, claim.lane) == (ClaimState.REFERRED, Lane.SPECIALIST)
    handler, customer = at_door.staff("handler"), at_door.customer()
    page = handler.get(f"/v1/claims/{claim_id}/papers").json()["files"][0]["pages"][0]
    assert page["hints"] == [{"key": f"{page['id']}.hint.0", "code": STRONG.code, "text": STRONG.zh, "strength_bp": 7000, "box": list(BOX)}]
    finding = handler.get(f"/v1/claims/{claim_id}/reasoning").json()["findings"][0]
    assert (finding["code"], finding["pages"], finding["keys"]) == ("page.hint", [page["id"]], [f"{page['id']}.hint.0"])
    assert {"label": "疑点", "text": STRONG.zh} in finding["details"]
    seen = customer.get(f"/v1/claims/{claim_id}/reasoning").json()["findings"][0]
    assert (seen["code"], seen["details"], seen["keys"]) == ("page.hint", [], [])
    assert customer.get(f"/v1/claims/{claim_id}/papers").json()["files"][0]["pages"][0]["hints"] == []
    assert STRONG.zh in handler.get(f"/claims/{claim_id}").text
    assert STRONG.zh not in customer.get(f"/claims/{claim_id}").text


def test_a_weak_hint_changes_nothing_and_the_proof_carries_it(at_door: Doors, looker: Looker) -> None:
    looker.found = (WEAK,)
    claim_id = walked(at_door)
    claim = get_claim(at_door.platform, claim_id)
    assert (claim.state, claim.lane) == (ClaimState.PAID, Lane.UNATTENDED)
    with at_door.platform.database.read() as conn:
        proof = proofs.get_proof(conn, vault=at_door.platform.vault, claim_id=claim_id)
    hint = proof["body"]["inputs"]["facts"]["pages"][0]["hints"][0]
    assert (hint["code"], hint["strength_bp"], hint["box"]) == (WEAK.code, 5000, list(BOX))
    assert [item["code"] for item in proof["body"]["outputs"]["findings"]] == ["page.weak_hint"]
    assert verify(proof) == []


def test_where_looking_fails_the_page_is_not_lost(at_door: Doors, looker: Looker) -> None:
    looker.fails = ReadingCrashed("the process died")
    claim_id = walked(at_door)
    assert get_claim(at_door.platform, claim_id).state is ClaimState.PAID
    with at_door.platform.database.read() as conn:
        assert {page.hints for page in documents.list_pages(conn, vault=at_door.platform.vault, claim_id=claim_id)} == {None}
