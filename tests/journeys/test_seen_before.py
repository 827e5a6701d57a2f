"""Papers that were seen before: found in other claims and in the same one, over restarts, losses of the index and two at once."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from anpei.assembly import Platform
from anpei.claims.documents import seen
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, SectionName
from anpei.journeys import claim_line
from anpei.reading.model import PageReading
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, hand_in

OTHER_NUMBER, OTHER_NAME = "339901198501011231", "顾长河"


@pytest.fixture
def folding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks go into the indexes from the first page on."""
    monkeypatch.setattr(seen, "FOLD_AT", 1)


def run(platform: Platform, *pages: PageReading, **given: Any) -> str:
    """A claim, walked to its rest."""
    claim_id = hand_in(platform, list(pages) or None, **given)
    platform.worker.run_due()
    return claim_id


def visit(day: str, number: str, **changes: str) -> list[PageReading]:
    """Receipt and record of another visit."""
    return cases.pages(day=day, receipt_number=number, **changes)


def alike(platform: Platform, claim_id: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    """What the evidence says of papers seen before: finding, whether within the claim, and by which values."""
    with platform.database.read() as conn:
        evidence = queries.get_section(conn, vault=platform.vault, claim_id=claim_id, name=SectionName.EVIDENCE).payload
    return [(one["finding"], one["within"], tuple(one["same"])) for one in evidence["facts"]["alike"]]


def somebody_else(platform: Platform) -> dict[str, Any]:
    """A policy of another person with the same insurer; returns a report under it."""
    row = platforms.policy_row(
        policy_number="P-ELSE", holder_name=OTHER_NAME, insured_name=OTHER_NAME, insured_id_number=OTHER_NUMBER, insured_gender="M",
        insured_birth_on="1985-01-01", insured_phone="13800000001",
    )  # fmt: skip
    platforms.load_policies(platform, [row])
    data = platforms.report_data(policy="P-ELSE")
    who = {"name": OTHER_NAME, "id_type": "resident_id", "id_number": OTHER_NUMBER, "phone": "13800000001"}
    return data | {"insured": who, "payee": data["payee"] | {"name": OTHER_NAME}}


BY_VALUES = ("total_amount", "day", "hospital_name", "rows")


def test_a_second_photograph_is_found_again_also_when_its_number_was_misread(platform: Platform) -> None:
    first = run(platform)
    second = run(platform, *cases.pages(receipt_number="0012345679"))
    assert (get_claim(platform, first).state, alike(platform, first)) == (ClaimState.PAID, [])
    assert alike(platform, second)[0] == ("bill.duplicate", False, BY_VALUES)
    assert get_claim(platform, second).state is ClaimState.REFERRED


def test_papers_of_one_form_and_even_of_one_picture_hash_are_two_papers(platform: Platform) -> None:
    claims = [run(platform, *visit(f"2026-10-0{n}", f"00{n}"), data=platforms.report_data(occurred_on=f"2026-10-0{n}")) for n in (3, 4, 5)]
    assert [alike(platform, claim_id) for claim_id in claims] == [[], [], []]
    assert {get_claim(platform, claim_id).state for claim_id in claims} == {ClaimState.PAID}


@pytest.mark.usefixtures("folding")
def test_what_was_seen_outlives_a_restart_and_the_loss_or_damage_of_its_index(sqlite_template: Path, tmp_path: Path) -> None:
    file, home = tmp_path / "database.sqlite", tmp_path / "home"
    shutil.copyfile(sqlite_template, file)
    platform = platforms.make_platform(home, f"sqlite:///{file}")
    first = run(platform)
    insurer = home / "likeness" / get_claim(platform, first).insurer_id
    run(platform, *visit("2026-10-04", "0077"), data=platforms.report_data(occurred_on="2026-10-04"))
    assert sorted(path.name for path in insurer.iterdir()) == ["papers", "pictures"]
    for number, spoil in enumerate((lambda: None, lambda: spoil_segments(insurer), lambda: shutil.rmtree(insurer)), start=1):
        platform.close()
        spoil()
        platform = platforms.open_platform(home, f"sqlite:///{file}")
        again = run(platform, *cases.pages(receipt_number=f"001234567{number}"))
        assert alike(platform, again)[0] == ("bill.duplicate", False, BY_VALUES)
        assert any(".aside-" in path.name for path in insurer.iterdir()) is (number == 2)
        run(platform, *cases.pages(receipt_number=f"001234567{number}"))
    platform.close()


def spoil_segments(folder: Path) -> None:
    for path in folder.rglob("segment-*.bin"):
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)


def test_pages_of_an_older_version_are_marked_and_found(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_line, "MARKED_AT_ONCE", 1)
    run(platform)
    withdrawn = hand_in(platform, visit("2026-10-04", "0088")[:1], data=platforms.report_data(occurred_on="2026-10-04"))
    platform.worker.run_due()
    platform.claiming.withdraw(actor=platform.console, claim_id=withdrawn)
    with platform.database.engine.begin() as conn:
        conn.execute(text("DELETE FROM page_marks"))
        conn.execute(text("DELETE FROM page_numbers"))
    platform.line.mark_old_pages()
    platform.worker.run_due()
    platform.line.mark_old_pages()
    with platform.database.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM page_marks WHERE taken")).scalar_one() == 2
        assert conn.execute(text("SELECT count(*) FROM page_marks")).scalar_one() == 3
        assert conn.execute(text("SELECT count(*) FROM jobs WHERE kind = 'claim.mark_pages' AND state = 'done'")).scalar_one() == 4
        assert conn.execute(text("SELECT count(*) FROM jobs WHERE state = 'ready'")).scalar_one() == 0
    assert alike(platform, run(platform))[0][:2] == ("bill.duplicate", False)


def test_a_reopened_or_supplemented_claim_is_no_duplicate_of_itself(platform: Platform) -> None:
    receipt, record = cases.pages()
    claim_id = run(platform, receipt)
    assert get_claim(platform, claim_id).state is ClaimState.WANTING
    platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=platforms.paper(receipt), name="again.jpg")
    platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=platforms.paper(record), name="record.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    platform.worker.run_due()
    assert (get_claim(platform, claim_id).state, alike(platform, claim_id)) == (ClaimState.PAID, [])


def test_two_photographs_of_one_bill_in_one_claim_are_looked_at_by_a_person(platform: Platform) -> None:
    receipt, record = cases.pages()
    other = replace(receipt, fingerprint="f" * 32, fields={**receipt.fields, "receipt_number": readings.field("0012345679")})
    claim_id = run(platform, receipt, other, record)
    assert alike(platform, claim_id) == [("bill.repeated", True, BY_VALUES)]
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED


def test_a_record_may_serve_two_claims_of_its_person_but_nobody_else(platform: Platform) -> None:
    record = cases.pages()[1]
    visit_number = readings.field("MZ-20261003-17")
    record = replace(record, fields={**record.fields, "outpatient_number": visit_number})
    first = run(platform, cases.pages()[0], record)
    second = run(
        platform,
        visit("2026-10-03", "0099", total_amount="80.00", self_paid="80.00", personal_account="80.00", total_upper="80.00")[0],
        record,
    )
    by_visit = ("visit", "day", "diagnosis")
    assert (alike(platform, first), alike(platform, second)) == ([], [("page.seen_before", False, by_visit)])
    renamed = replace(record, fields={**record.fields, "patient_name": readings.field(OTHER_NAME)})
    else_pages = visit("2026-10-03", "0055", name=OTHER_NAME)
    third = run(platform, else_pages[0], renamed, data=somebody_else(platform))
    assert ("page.reused", False, by_visit) in alike(platform, third)
    assert get_claim(platform, third).state is ClaimState.REFERRED


def test_two_processes_that_collect_one_bill_at_once_pay_it_once(platform: Platform, tmp_path: Path) -> None:
    twin = platforms.open_platform(tmp_path / "home", platform.database.url.render_as_string(hide_password=False))
    claims = [hand_in(platform), hand_in(platform)]
    threads = [threading.Thread(target=one.worker.run_due) for one in (platform, twin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    platform.worker.run_due()
    states = sorted(get_claim(platform, claim_id).state for claim_id in claims)
    twin.close()
    assert states == [ClaimState.PAID, ClaimState.REFERRED]
    assert sorted(len(alike(platform, claim_id)) > 0 for claim_id in claims) == [False, True]


@pytest.fixture
def at_door(sqlite_template: Path, tmp_path: Path) -> Iterator[Doors]:
    file = tmp_path / "doors.sqlite"
    shutil.copyfile(sqlite_template, file)
    made = platforms.make_platform(tmp_path / "doors", f"sqlite:///{file}")
    yield doors.open_doors(made)
    made.close()


def test_a_handler_sees_both_places_and_the_claimant_neither(at_door: Doors) -> None:
    first, second = run(at_door.platform), run(at_door.platform)
    number = get_claim(at_door.platform, first).claim_no
    handler, customer = at_door.staff("handler"), at_door.customer()
    finding = handler.get(f"/v1/claims/{second}/reasoning").json()["findings"][0]
    assert (finding["code"], finding["others"]) == ("bill.duplicate", [{"claim_id": first, "claim_no": number, "page": 1}])
    assert finding["details"] == [{"label": "两处相同的内容", "text": "票据或报告号码、票据代码"}]
    assert finding["pages"] == [handler.get(f"/v1/claims/{second}/papers").json()["files"][0]["pages"][0]["id"]]
    assert f"另见赔案 {number} 第 1 页" in handler.get(f"/claims/{second}").text
    seen_by_customer = customer.get(f"/v1/claims/{second}/reasoning").json()["findings"][0]
    assert (seen_by_customer["code"], seen_by_customer["others"], seen_by_customer["details"]) == ("bill.duplicate", [], [])
    assert number not in customer.get(f"/claims/{second}").text


def test_insurers_never_learn_of_one_anothers_papers(at_door: Doors) -> None:
    doors.add_other_insurer(at_door.platform)
    run(at_door.platform)
    elsewhere = run(at_door.platform, data=doors.report(policy=doors.OTHER_POLICY))
    assert alike(at_door.platform, elsewhere) == []
