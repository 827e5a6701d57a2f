"""A paper of each of the kinds that reading knows, uploaded to a medical claim: what counts, counts; all others are kept and harmless."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from anpei.claims.decision.adjudication import Outputs, adjudicate
from anpei.claims.documents import completeness
from anpei.claims.documents.model import Page
from anpei.reading.model import PageReading
from anpei.samples.layouts import LAYOUTS, layouts_of
from anpei.samples.pages import document_for
from tests.factories import cases, readings

TITLES = cases.PAPERS.titles
COUNTING = {
    "outpatient_receipt", "inpatient_receipt", "fee_list", "settlement_sheet", "outpatient_record", "diagnosis_certificate", "id_card",
    "bank_card",
}  # fmt: skip
OTHERS = sorted(set(TITLES) - COUNTING)


def drawn(kind: str, **changes: str) -> PageReading:
    """The declared reading of a paper of this kind, about some other fictional person."""
    layout = next((one for one in layouts_of("known") if one.kind == kind), None) or next(o for o in LAYOUTS.values() if o.kind == kind)
    document = document_for(layout, Random(kind))
    return readings.page(kind, {**document.facts, **changes}, document.rows)


def judged(*extra: PageReading) -> Outputs:
    """The clean claim with further papers."""
    inputs: Any = cases.inputs(read=[*cases.pages(), *extra])
    return adjudicate(inputs=inputs, hits=())


def codes(outputs: Outputs) -> set[str]:
    return {item.code for item in outputs.findings}


def test_there_are_twenty_eight_kinds() -> None:
    assert len(TITLES) == 28
    assert set(TITLES) > COUNTING


@pytest.mark.parametrize("kind", OTHERS)
def test_a_paper_that_the_claim_does_not_need_is_kept_and_changes_nothing(kind: str) -> None:
    clean, found = judged(), judged(drawn(kind))
    assert codes(found) == {"page.other_paper"}
    assert (found.lane, found.decision) == (clean.lane, clean.decision)
    assert found.lane.value == "unattended"
    assert found.findings[0].subjects == ("p2",)
    assert dict(found.findings[0].values) == {"kind": kind}


@pytest.mark.parametrize("kind", ["outpatient_record", "diagnosis_certificate", "id_card"])
def test_a_needed_or_personal_paper_of_somebody_else_is_looked_at_by_a_person(kind: str) -> None:
    found = judged(drawn(kind))
    assert "identity.name_mismatch" in codes(found)
    assert found.lane.value == "investigation"


@pytest.mark.parametrize("kind", ["outpatient_record", "diagnosis_certificate"])
def test_a_needed_paper_of_the_insured_counts(kind: str) -> None:
    mine = drawn(kind, patient_name=cases.NAME, gender="女")
    assert codes(judged(mine)) == set()
    receipt = cases.pages()[0]
    pages = [Page(f"p{n}", f"u{n}", 1, 1, one, None) for n, one in enumerate((receipt, mine))]
    found = cases.inputs(read=[receipt, mine])
    missing = completeness.missing_documents(
        terms=cases.terms(),
        event_kind="outpatient",
        pages=pages,
        conditions=completeness.conditions_of(found.facts["bills"]),
        titles=TITLES,
    )
    assert missing == []


def test_a_bank_card_counts_without_its_name() -> None:
    assert codes(judged(drawn("bank_card"))) == set()


@pytest.mark.parametrize("kind", ["outpatient_receipt", "inpatient_receipt"])
def test_a_further_bill_counts_and_a_strange_one_is_looked_at_by_a_person(kind: str) -> None:
    found = judged(drawn(kind))
    assert "identity.name_mismatch" in codes(found)
    assert (found.lane.value, found.decision.to_dict()["decision"]) == ("investigation", "refer")


@pytest.mark.parametrize("kind", ["fee_list", "settlement_sheet"])
def test_a_strange_list_or_sheet_is_never_paid_on(kind: str) -> None:
    assert judged(drawn(kind)).decision.to_dict()["decision"] == "refer"


@pytest.mark.parametrize("kind", OTHERS)
def test_another_paper_never_stands_for_a_missing_one(kind: str) -> None:
    extra = drawn(kind)
    pages = [Page(f"p{n}", f"u{n}", 1, 1, one, None) for n, one in enumerate((cases.pages()[0], extra))]
    missing = completeness.missing_documents(terms=cases.terms(), event_kind="outpatient", pages=pages, conditions=(), titles=TITLES)
    assert [item.requirement for item in missing] == ["outpatient_record"]
    assert missing[0].advice_zh.endswith(f"{TITLES[kind]}已经收到，但不能代替。")


def test_a_medical_paper_of_the_insured_tells_its_diagnosis_and_a_strange_one_does_not() -> None:
    mine = drawn("prescription", patient_name=cases.NAME, diagnosis="抑郁发作", diagnosis_code="F32.900")
    strange = drawn("prescription", diagnosis="抑郁发作", diagnosis_code="F32.900")
    assert "exclusion.diagnosis" in codes(judged(mine))
    assert codes(judged(strange)) == {"page.other_paper"}


def test_an_other_paper_told_with_little_certainty_is_still_only_a_note() -> None:
    page = drawn("household_register")
    assert codes(judged(replace(page, kind_confidence=0.3))) == {"page.other_paper"}
