"""What goes in and comes out has one plain form; anything else is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, Assessment, BillFacts, BillLine
from anpei.kernel.canonical import digest
from anpei.records.products.model import Terms, TermsInvalid

Build = Callable[..., BillFacts]


def bill(visit: Build) -> BillFacts:
    lines = (BillLine("l1", "XA01", "阿莫西林胶囊", 30_000, "A", True), BillLine("l2", "", "冷敷贴", 13_260, None, False))
    return visit(inside=30_000, outside=13_260, lines=lines, visit="v")


def test_facts_read_back_are_equal(visit: Build) -> None:
    facts = bill(visit)
    assert BillFacts.from_dict(facts.to_dict()) == facts
    used = Accumulators.of(policy_start_on=date(2026, 1, 1), used={("visits", "day:2026-03-02"): 1})
    assert Accumulators.from_dict(used.to_dict()) == used


def test_an_assessment_from_plain_data_is_the_same(standard: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[bill(visit)], accumulators=unused)
    again = benefit.assess(
        terms=Terms.from_dict(standard.to_dict()),
        bills=[BillFacts.from_dict(bill(visit).to_dict())],
        accumulators=Accumulators.from_dict(unused.to_dict()),
    )
    assert again == made
    assert Assessment.from_dict(made.to_dict()) == made
    assert digest(Assessment.from_dict(made.to_dict()).to_dict()) == digest(made.to_dict())


def test_an_assessment_says_by_which_terms_it_was_made(standard: Terms, plus: Terms, unused: Accumulators, visit: Build) -> None:
    made = benefit.assess(terms=standard, bills=[visit(inside=43_260)], accumulators=unused)
    assert (made.product_id, made.product_version, made.plan, made.terms_digest) == (
        "small-outpatient", "2025.1", "standard", standard.digest,
    )  # fmt: skip
    assert standard.digest != plus.digest


def drop(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}


@pytest.mark.parametrize("name", ["bill_id", "total_fen", "service_on", "lines", "visit", "social_insurance"])
def test_facts_that_lack_something_are_refused(visit: Build, name: str) -> None:
    with pytest.raises(benefit.BenefitInvalid) as caught:
        BillFacts.from_dict(drop(bill(visit).to_dict(), name))
    assert caught.value.code == "benefit.invalid"


@pytest.mark.parametrize(
    "change",
    [{"total_fen": 1.5}, {"total_fen": "100"}, {"service_on": "2. März"}, {"extra": 1}, {"lines": [{"line_id": "l"}]}, {"visit": 2.0}],
)
def test_facts_of_another_form_are_refused(visit: Build, change: dict[str, Any]) -> None:
    with pytest.raises(benefit.BenefitInvalid):
        BillFacts.from_dict({**bill(visit).to_dict(), **change})


def test_a_changed_assessment_is_refused_or_different(standard: Terms, unused: Accumulators, visit: Build) -> None:
    data = benefit.assess(terms=standard, bills=[visit(inside=43_260)], accumulators=unused).to_dict()
    assert Assessment.from_dict({**data, "total_fen": 26_609}) != Assessment.from_dict(data)
    for broken in (drop(data, "steps"), {**data, "zero_cause": "mood"}, {**data, "total_fen": 1.0}):
        with pytest.raises(benefit.BenefitInvalid):
            Assessment.from_dict(broken)


def test_terms_keep_their_digest_or_are_refused(million: Terms) -> None:
    data = million.to_dict()
    assert Terms.from_dict(data) == million
    assert Terms.from_dict(data).digest == million.digest
    for broken in (drop(data, "steps"), {**data, "waiting_days": 30.0}, {**data, "valid_from": "soon"}, {**data, "more": 1}):
        with pytest.raises(TermsInvalid) as caught:
            Terms.from_dict(broken)
        assert caught.value.code == "products.terms_invalid"
