"""The benefit of many claims of thirty lines: the reference one by one, and programs over columns, beside each other, on equal claims.

Both calculate the same rows of the same table, and every amount is compared before a figure is printed. Reading the table is part of
the time of the programs, making the facts of a claim from its row is not part of that of the reference.
"""

import random
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from anpei.claims import benefit
from anpei.claims.benefit import compiled
from anpei.engines.knowledge import shipped_rulebook
from anpei.records.products.library import load_library
from anpei.records.products.model import Terms
from bench.command import module
from bench.figures import Figure, Report, median_of

LINES = 30
PRODUCTS = (("million-medical", "standard"), ("small-outpatient", "plus"), ("city-supplementary", "standard"))
"""By bill, by visit and by event: a deductible of the year, limits a visit and a day, and ten accumulators."""
START = date(2026, 1, 1)


def measure(report: Report, *, quick: bool, seconds: float, seed: int) -> None:
    """Each product by both ways."""
    count = 2_000 if quick else 10_000
    library = load_library(shipped_rulebook())
    for product, plan in PRODUCTS:
        terms = library.terms(product, plan, at=START)
        chance = random.Random(seed)
        rows = [_row(terms, number, chance) for number in range(count)]
        _show(report, terms, rows)


def _show(report: Report, terms: Terms, rows: list[dict[str, Any]]) -> None:
    table, program = compiled.table_of(rows), compiled.program_of(terms)
    sample = table.slice(0, min(len(rows), 1_000)).to_pylist()
    facts = [compiled.facts_of(row=row, terms=terms) for row in sample]

    def by_reference() -> list[benefit.Assessment]:
        return [benefit.assess(terms=terms, bills=f.bills, accumulators=f.accumulators, event=f.event) for f in facts]

    def by_program() -> compiled.Outcome:
        return compiled.calculate(program=program, cases=compiled.read_cases(table, terms=terms))

    outcome, cases = by_program(), compiled.read_cases(table, terms=terms)
    wrong = sum(int(outcome.total_fen[place]) != one.total_fen or bool(outcome.why[place]) for place, one in enumerate(by_reference()))
    told = {"product": terms.product_id, "claims": len(rows), "lines": LINES, "left_to_the_reference": int((outcome.why != 0).sum())}
    report.show(Figure(f"benefit.{terms.product_id}.wrong", wrong, "claims", details={"compared": len(facts)}))
    ways: Mapping[str, tuple[Callable[[], Any], int]] = {
        "reference": (by_reference, len(facts)),
        "columns": (by_program, len(rows)),
        "columns_read": (lambda: compiled.read_cases(table, terms=terms), len(rows)),
        "columns_calculated": (lambda: compiled.calculate(program=program, cases=cases), len(rows)),
    }
    for name, (work, claims) in ways.items():
        spent = [_cpu(work) / claims * 1e6 for _ in range(5)]
        report.show(median_of(f"benefit.{terms.product_id}.{name}_cpu", spent, "CPU-µs a claim", details=told | {"measured": claims}))


def _cpu(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _row(terms: Terms, number: int, chance: random.Random) -> dict[str, Any]:
    """A claim of one bill of thirty lines that add up to it; something was used before in every third."""
    on = START + timedelta(days=chance.randrange(365))
    amounts = [chance.randrange(1, 60_000) for _ in range(LINES)]
    lines = [
        {
            "line_id": str(place), "item_code": f"X{place:04}", "name": "项目", "amount_fen": amount,
            "insurance_class": chance.choice("AABBC"), "covered": chance.random() > 0.05,
        }
        for place, amount in enumerate(amounts)
    ]  # fmt: skip
    total = sum(amounts)
    pooled = total * chance.randrange(0, 60) // 100
    own = (total - pooled) * chance.randrange(0, 40) // 100
    bill = {
        "bill_id": f"b{number}", "kind": terms.event_kinds[-1], "service_on": on, "total_fen": total, "pooled_fen": pooled,
        "self_paid_fen": total - pooled - own, "own_expense_fen": own, "settled_by_social": True, "lines": lines,
    }  # fmt: skip
    facts = [{"name": item.name, "number": chance.randrange(2)} for item in terms.inputs if item.of == "event"]
    used = [
        {"name": data.name, "period_key": f"year:{START}", "used": chance.randrange(3_000_000)}
        for data in terms.accumulators
        if data.period == "policy_year" and not data.per and chance.random() < 1 / 3
    ]
    return {
        "claim_no": f"C{number:08}", "product_id": terms.product_id, "plan": terms.plan, "occurred_on": on, "policy_start_on": START,
        "social_insurance": True, "bills": [bill], "facts": facts, "rows": [], "used": used,
    }  # fmt: skip


if __name__ == "__main__":
    module(measure, seconds=60, seed=20_260_101)
