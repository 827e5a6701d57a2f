"""What a pass decides for a past claim is what the live line decides on the same inputs, whatever snapshot it stands on."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpei.claims.benefit import Accumulators
from anpei.claims.decision.adjudication import Inputs
from anpei.claims.decision.decide import Automation
from anpei.claims.replay.passes import OpenedPass, PassPlan, decide, decide_by_reference, open_pass
from anpei.claims.replay.recording import table_of
from anpei.engines.knowledge import shipped_rulebook
from anpei.reading.model import PageReading
from anpei.records.catalogues.compiling import source_of
from anpei.records.catalogues.words import decode
from anpei.rules.model import CatalogueRow, RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.templates.library import load_templates
from tests.factories import cases, past, readings

START = date(2020, 1, 1)
CODES = (cases.VISIT, cases.BLOOD, cases.UTERUS, "009900000010000", "")
NAMES = ("普通门诊诊查费", "血常规", "子宫附件超声", "手写项目")
PRODUCTS = ("small-outpatient", "million-medical", "city-supplementary", "hospital-allowance", "accident")
ROWS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sex", cases.UTERUS, {"sex": "F"}), ("age", cases.BLOOD, {"age_min_years": 40}),
    ("frequency-day", cases.BLOOD, {"max_quantity": 1000}),
    ("mutual-exclusion", cases.VISIT, {"other": cases.UTERUS, "same_day": True}),
    ("indication", cases.UTERUS, {"icd_prefixes": ("N",)}), ("sex", "手写项目", {"sex": "M"}),
)  # fmt: skip


def rule(template: str, subject: str, parameters: dict[str, Any]) -> RuleRow:
    rule_id = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=START, document="test")
    return RuleRow(rule_id, template, subject, parameters, START, Source("test"))


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenedPass, OpenedPass]:
    """A snapshot, and one with other rules and classes."""
    folder: Path = tmp_path_factory.mktemp("snapshots")
    templates = load_templates(shipped_rulebook())
    rows = [rule(*given) for given in ROWS]
    old = [CatalogueRow("CN", code, START, cases.payload(code)) for code in sorted(cases.CATALOGUE)]
    new = [
        replace(row, payload={**row.payload, "class": "C", "covered": row.item != cases.VISIT}) for row in old if row.item != cases.UTERUS
    ]
    made = [
        compile_snapshot(rows, templates, source_of(old), folder, as_of=START),
        compile_snapshot(rows[2:], templates, source_of(new), folder, as_of=START),
    ]
    return tuple(open_pass(PassPlan(snapshot.folder)) for snapshot in made)  # type: ignore[misc]


@st.composite
def receipts(draw: st.DrawFn, number: int) -> PageReading:
    """A receipt with lines; sums that hold mostly."""
    rows, total = [], 0
    for _ in range(draw(st.integers(0, 4))):
        place, amount = draw(st.integers(0, 3)), draw(st.integers(1, 900_00))
        quantity = draw(st.sampled_from(["1", "2", "0.5"]))
        name, code = NAMES[place], draw(st.sampled_from([CODES[place], CODES[place], ""]))
        rows.append(readings.item(name, yuan(amount), code=code, quantity=quantity, insurance_class=draw(st.sampled_from("甲乙丙"))))
        total += amount
    pooled = draw(st.sampled_from([0, 0, total // 3]))
    own = draw(st.sampled_from([0, total // 5]))
    amounts = {"total_amount": yuan(total + draw(st.sampled_from([0, 0, 0, 1]))), "pooled_fund": yuan(pooled)}
    if draw(st.integers(0, 5)):
        amounts |= {"own_expense": yuan(own), "self_paid": yuan(total - pooled - own)}
    day = draw(st.sampled_from(["2026-10-03", "2026-10-05", "2025-12-30"]))
    return readings.receipt(cases.NAME, number=f"{number:010}", day=day, rows=rows, **amounts)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


@st.composite
def drawn(draw: st.DrawFn) -> Inputs:
    """Live inputs."""
    count = draw(st.integers(0, 3))
    bills = [draw(receipts(number)) for number in range(count)]
    record = readings.record(cases.NAME, code=draw(st.sampled_from(["J06.900", "N83.200", "F32.900", ""])))
    cover = {"social_insurance": draw(st.booleans()), "first_covered_on": draw(st.sampled_from([None, date(2024, 1, 1)]))}
    cover["status"] = draw(st.sampled_from(["in_force", "in_force", "lapsed"]))
    event = {"kind": draw(st.sampled_from(["outpatient", "inpatient"])), "cause": draw(st.sampled_from(["illness", "accident"]))}
    used = {("annual_limit_used", "year:2026-01-01"): draw(st.sampled_from([0, 499_000, 500_000]))}
    made = cases.inputs([*bills, record], cover=cover, sex=draw(st.sampled_from("FM")), event=event)
    product = draw(st.sampled_from(PRODUCTS))
    plan = next(iter(next(file for file in cases.library().files() if file.id == product).plans))
    return replace(
        made, terms=cases.terms(product, plan), accumulators=Accumulators.of(policy_start_on=date(2026, 1, 1), used=used),
        automation=Automation(on=draw(st.booleans()), limit_fen=draw(st.sampled_from([None, 1_000_000, 10_000]))),
        providers={readings.HOSPITAL: draw(st.sampled_from([cases.PROVIDER, {**cases.PROVIDER, "grade": "一级"}, None]))},
    )  # fmt: skip


def on_snapshot(inputs: Inputs, opened: OpenedPass) -> Inputs:
    """The same inputs with the items that this snapshot's catalogue has, as the live line resolves them."""
    items = {}
    for key, item in inputs.items.items():
        entry = opened.snapshot.catalogue.entry(region="CN", item=item["code"], on=date(2026, 10, 3)) if item["code"] else None
        absent = {"match": "none", "code": "", "region": "CN", "score_bp": 0, "payload": {}}
        items[key] = absent if entry is None else {**item, "payload": decode(entry.word, entry.detail)}
    return replace(inputs, items=items)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.lists(drawn(), min_size=1, max_size=4))
def test_a_pass_decides_as_the_live_line_does(passes: tuple[OpenedPass, OpenedPass], claims: list[Inputs]) -> None:
    table = table_of([past.row_of(inputs, claim_no=f"c{number}") for number, inputs in enumerate(claims)])
    for opened in passes:
        decided = decide(table, opened=opened)
        found = decided.to_pylist()
        for row, wanted in zip(found, decide_by_reference(table, opened=opened).to_pylist(), strict=True):
            assert {name: value for name, value in row.items() if value != wanted[name]} == {}
            assert row == wanted
        for number, inputs in enumerate(claims):
            row = found[number]
            assert (row["claim_no"], row["told"]) == (f"c{number}", None)
            wanted = past.told(*past.decided_live(on_snapshot(inputs, opened), opened.snapshot))
            assert {name: row[name] for name in wanted} == wanted
