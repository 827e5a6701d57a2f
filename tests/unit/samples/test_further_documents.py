"""Documents of vehicles, repairs, invoices and livestock: complete, seeded, and right in their sums and check digits."""

from decimal import Decimal

import pytest

from anpei.samples.world import codes
from anpei.samples.world.dice import dice
from anpei.samples.world.documents import Document
from anpei.samples.world.further_documents import MAKERS
from anpei.samples.world.invoice_documents import digital
from anpei.samples.world.people import make_person

SEEDS = range(30)


def made(kind: str, seed: int) -> Document:
    rng = dice(kind, seed)
    return MAKERS[kind](rng, make_person(rng))


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_the_same_seed_makes_the_same_document_and_no_fact_is_empty(kind: str) -> None:
    for seed in SEEDS:
        document = made(kind, seed)
        assert document == made(kind, seed)
        assert document.kind == kind
        assert all(document.facts.values())
        assert all(all(row.values()) for row in document.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_invoices_add_up(seed: int) -> None:
    invoice = made("vat_invoice", seed)
    net, tax, total = (Decimal(invoice.facts[name]) for name in ("net_amount", "tax_amount", "total_amount"))
    assert net == sum(Decimal(row["amount"]) for row in invoice.rows)
    assert tax == sum(Decimal(row["tax"]) for row in invoice.rows)
    assert total == net + tax
    for row in invoice.rows:
        assert Decimal(row["quantity"]) * Decimal(row["unit_price"]) == Decimal(row["amount"])
    assert len(invoice.facts["invoice_code"]) == 12
    whole = digital(invoice)
    assert "invoice_code" not in whole.facts
    assert len(whole.facts["invoice_number"]) == 20
    assert whole.extra["qr"].split(",")[2:5] == ["", whole.facts["invoice_number"], whole.facts["total_amount"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_estimates_add_up(seed: int) -> None:
    estimate = made("repair_estimate", seed)
    assert Decimal(estimate.facts["total_amount"]) == sum(Decimal(row["amount"]) for row in estimate.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_livestock_sheets_count_their_animals(seed: int) -> None:
    sheet = made("livestock_loss_sheet", seed)
    assert int(sheet.facts["death_count"]) == len(sheet.rows)
    assert all(len(row["ear_tag"]) == 15 for row in sheet.rows)
    assert sheet.facts["occurred_on"] <= sheet.facts["issued_on"]


def test_check_digits_are_those_of_the_standards() -> None:
    assert codes.vin_check_digit("1M8GDM9A0KP042788") == "X"
    assert codes.uscc_check("91350100M000100Y4") == "3"


def test_shares_of_liability_fit_together() -> None:
    pairs = {tuple(row["liability"] for row in made("traffic_accident_certificate", seed).rows) for seed in SEEDS}
    assert pairs <= {("全部", "无"), ("主要", "次要"), ("同等", "同等")}
    assert len(pairs) > 1
