"""Hints on pages: strong ones on pages that count are for a person, all others are shown; none refuses or reduces."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from anpei.claims.audit.model import Outcome
from anpei.claims.decision.adjudication import Inputs, Outputs, adjudicate
from anpei.reading.hints import Hint
from anpei.reading.model import PageReading
from tests.factories import cases, readings

BOX = (10, 20, 30, 40)
RECEIPT, RECORD, OTHER = "p0", "p1", "p2"


def hint(code: str, strength: float) -> Hint:
    return Hint(code, BOX, strength, "请看一眼。", "Please look.", {"digits": "2"})


def judged(found: dict[str, Sequence[Hint]], extra: Sequence[PageReading] = ()) -> Outputs:
    """The clean claim with hints on some of its pages."""
    inputs: Inputs = cases.inputs(read=[*cases.pages(), *extra])
    pages = [
        page
        | {
            "hints": [
                {"code": one.code, "strength_bp": round(one.strength * 10_000), "box": list(BOX), "zh": one.zh, "en": one.en}
                for one in found.get(page["page_id"], ())
            ]
        }
        for page in inputs.facts["pages"]
    ]
    return adjudicate(inputs=replace(inputs, facts={**inputs.facts, "pages": pages}), hits=())


def told(outputs: Outputs) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    return [(item.code, item.subjects, dict(item.values)) for item in outputs.findings]


def test_a_weak_hint_is_shown_and_the_claim_stays_unattended() -> None:
    clean, found = judged({}), judged({RECEIPT: [hint("number.height_breaks", 0.6), hint("picture.saved_again", 0.1)]})
    assert told(found) == [("page.weak_hint", ("p0", "p0#0"), {"hint": "number.height_breaks", "strength_bp": 6000, "count": 2})]
    assert (found.lane.value, found.decision) == ("unattended", clean.decision)


def test_a_strong_hint_is_for_a_person_and_changes_no_amount() -> None:
    clean, found = judged({}), judged({RECORD: [hint("number.ink_breaks", 0.4), hint("picture.place_differs", 0.7)]})
    assert told(found) == [("page.hint", ("p1", "p1#1"), {"hint": "picture.place_differs", "strength_bp": 7000, "count": 2})]
    assert (found.lane.value, found.decision.to_dict()["decision"], found.lane_reasons) == ("specialist", "refer", ("page.hint",))
    assert found.assessment == clean.assessment


def test_the_limit_is_data() -> None:
    limit = cases.table().hint_bp / 10_000
    assert told(judged({RECEIPT: [hint("picture.place_differs", limit)]}))[0][0] == "page.hint"
    assert told(judged({RECEIPT: [hint("picture.place_differs", limit - 0.0001)]}))[0][0] == "page.weak_hint"


@pytest.mark.parametrize("code", ["sums.capitals_differ", "sums.rows_differ", "code_square.amount_differs"])
def test_what_a_check_of_the_bill_compares_gives_no_second_finding(code: str) -> None:
    assert told(judged({RECEIPT: [hint(code, 0.9)]})) == []
    assert told(judged({RECORD: [hint(code, 0.9)]}))[0][0] == "page.hint"


def test_on_a_paper_that_the_claim_does_not_need_even_a_strong_hint_is_only_shown() -> None:
    extra = readings.page("vat_invoice", {"invoice_number": "12345678", "total_amount": "10.00"})
    found = judged({OTHER: [hint("code_square.number_differs", 0.9)]}, [extra])
    assert [code for code, _, _ in told(found)] == ["page.other_paper", "page.weak_hint"]
    assert found.lane.value == "unattended"


def test_no_hint_of_the_rulebook_can_refuse() -> None:
    for code in ("page.hint", "page.weak_hint"):
        assert cases.table().kind(code).outcome in (Outcome.REFER, Outcome.NOTE)
