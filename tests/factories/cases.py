"""A clean out-patient case and variations of it, for audit, decision and proof."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from anpei.claims.audit.model import FindingsTable, load_findings
from anpei.claims.benefit import Accumulators
from anpei.claims.decision.adjudication import Inputs
from anpei.claims.decision.decide import Automation
from anpei.claims.documents import facts
from anpei.claims.documents.model import Page
from anpei.claims.documents.papers import load_papers
from anpei.engines.knowledge import shipped_rulebook
from anpei.reading.model import PageReading
from anpei.records.catalogues.compiling import source_of
from anpei.records.products.library import ProductLibrary, load_library
from anpei.records.products.model import Terms
from anpei.rules.model import CatalogueRow, RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.templates.library import load_templates
from tests.factories import readings

PAPERS = load_papers(shipped_rulebook())
NAME, NUMBER, ACCOUNT = "沈若溪", "339901199203041226", "6222020200112233446"
VISIT, BLOOD, UTERUS = "001102000010000", "002501010150000", "003114000010000"
CATALOGUE = {VISIT: ("普通门诊诊查费", "A"), BLOOD: ("血常规", "A"), UTERUS: ("子宫附件超声", "B")}
PROVIDER = {
    "provider_id": "h1", "name": readings.HOSPITAL, "grade": "三级甲等", "ownership": "public", "region": "339901", "designated": True,
    "score_bp": 10000,
}  # fmt: skip


@lru_cache(maxsize=1)
def library() -> ProductLibrary:
    """The shipped products."""
    return load_library(shipped_rulebook())


@lru_cache(maxsize=1)
def table() -> FindingsTable:
    """The shipped findings table."""
    return load_findings(shipped_rulebook())


def terms(product: str = "small-outpatient", plan: str = "standard") -> Terms:
    """The terms on the day of loss."""
    return library().terms(product, plan, at=date(2026, 10, 3))


def needed(event_kind: str = "outpatient") -> frozenset[str]:
    """The kinds of paper that the product asks for."""
    return frozenset(kind for wanted in terms().documents_for(event_kind) for kind in wanted.any_of)


def report(**event: str) -> dict[str, Any]:
    """The report section of the clean case."""
    return {
        "insured": {"name": NAME, "id_number": NUMBER},
        "event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-10-03", "hospital": ""} | event,
        "payee": {"name": NAME, "bank": "演示银行", "account": ACCOUNT},
    }


def pages(*, name: str = NAME, day: str = "2026-10-03", rows: list[dict[str, str]] | None = None, **amounts: str) -> list[PageReading]:
    """Receipt and record of the clean case: 432.60, all self-paid inside the catalogue (worked example O01)."""
    items = rows or [readings.item("普通门诊诊查费", "10.00", code=VISIT), readings.item("血常规", "422.60", code=BLOOD)]
    given = {
        "total_amount": "432.60", "pooled_fund": "0.00", "self_paid": "432.60", "own_expense": "0.00", "personal_account": "432.60",
        "personal_cash": "0.00",
    } | amounts  # fmt: skip
    return [readings.receipt(name, day=day, rows=items, **given), readings.record(name, day=day)]


def inputs(read: list[PageReading] | None = None, *, cover: dict[str, Any] | None = None, sex: str = "F", **changes: Any) -> Inputs:
    """The inputs of the clean case; ``cover`` changes the policy, ``changes`` replace whole inputs."""
    insured = facts.Person(name=NAME, id_number=NUMBER, sex=sex, birth_on=date(1992, 3, 4))
    policy = {
        "number": "P1", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1), "first_covered_on": None, "social_insurance": True,
        "status": "in_force",
    } | (cover or {})  # fmt: skip
    stored = [Page(f"p{n}", f"u{n}", 1, 1, one, None) for n, one in enumerate(pages() if read is None else read)]
    event = changes.pop("event", {})
    found = facts.build_facts(
        salt="s",
        report=report(**event),
        insured=insured,
        cover=facts.Cover(**policy),
        pages=stored,
        papers=PAPERS,
        needed=needed(),
    )
    items = {f"{bill['bill_id']}/{line['line_id']}": _item(line["item_code"]) for bill in found["bills"] for line in bill["lines"]}
    clean = Inputs(
        facts=found, terms=terms(), table=table(), providers={readings.HOSPITAL: PROVIDER}, items=items,
        accumulators=Accumulators.of(policy_start_on=policy["start_on"]), automation=Automation(on=True, limit_fen=1_000_000),
    )  # fmt: skip
    return replace(clean, **changes)


def _item(code: str) -> dict[str, Any]:
    if code not in CATALOGUE:
        return {"match": "none", "code": "", "region": "CN", "score_bp": 0, "payload": {}}
    return {"match": "code", "code": code, "region": "CN", "score_bp": 10000, "payload": payload(code)}


def payload(code: str) -> dict[str, Any]:
    """The catalogue payload of an item."""
    name, insurance_class = CATALOGUE[code]
    return {"name": name, "class": insurance_class, "covered": True}


def sex_row(code: str, sex: str) -> RuleRow:
    """A row of the template ``sex``."""
    start = date(2020, 1, 1)
    rule_id = rule_id_for(template_id="sex", subject=code, parameters={"sex": sex}, valid_from=start, document="test")
    return RuleRow(rule_id, "sex", code, {"sex": sex}, start, Source("test"))


def snapshot(folder: Path, *more: RuleRow) -> Snapshot:
    """A small published snapshot: the catalogue of the case, two sex rules, and whatever rows a test adds."""
    catalogue = [CatalogueRow("CN", code, date(2020, 1, 1), payload(code)) for code in sorted(CATALOGUE)]
    rows = [sex_row(UTERUS, "F"), sex_row(VISIT + "X", "M"), *more]
    return compile_snapshot(rows, load_templates(shipped_rulebook()), source_of(catalogue), folder, as_of=date(2026, 10, 1))
