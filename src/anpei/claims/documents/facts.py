"""From pages to facts: plain canonical data without identities, on which audit, benefit, decision and the offline proof work.

Names, numbers of papers of identity and accounts appear only as commitments salted per claim: equal values stay comparable, and
nobody can read them. Amounts are fen, confidences basis points, days ISO text. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.claims.documents.bills import build_bills
from anpei.claims.documents.declared import Declared, Origin, declare
from anpei.claims.documents.model import Page
from anpei.claims.documents.papers import PaperBook
from anpei.kernel.canonical import commitment
from anpei.reading.hints import Hint
from anpei.reading.model import UNKNOWN
from anpei.records.products.model import Terms

FACTS_SCHEMA = 2
"""2: product, departments, days of diagnoses, declared facts and their origins. Facts of schema 1 have none of these."""
_PERSON_NAME = ("patient_name", "name", "holder_name")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is insured, as the policy says."""

    name: str
    id_number: str
    sex: str
    birth_on: date | None


@dataclass(frozen=True, slots=True)
class Cover:
    """The policy's dates and status, as its record says. ``end_on`` is exclusive."""

    number: str
    start_on: date
    end_on: date
    first_covered_on: date | None
    social_insurance: bool
    status: str


def normal_identity(text: str) -> str:
    """A name or number as it is compared: no spaces or dots, upper case."""
    return "".join(ch for ch in text.upper() if ch not in " \t·・.*　")


def build_facts(
    *,
    salt: str,
    report: Mapping[str, Any],
    insured: Person,
    cover: Cover,
    pages: Sequence[Page],
    papers: PaperBook,
    needed: Collection[str],
    terms: Terms | None = None,
    alike: Sequence[Mapping[str, Any]] = (),
    reopened: bool = False,
) -> dict[str, Any]:
    """The facts of a claim. ``report`` is the payload of the report section; ``pages`` are all pages in upload order.

    ``papers``: what is known of papers; ``needed`` (kinds that the product asks for): whose facts count; a page
    of another kind adds nothing but, where it is medical and shows the insured's name, its diagnosis. ``terms``: what the product declares
    beside bills. ``alike``: pages that show a paper which was seen before (``reuse.find_alike``).
    """

    def commit(value: str | None) -> str | None:
        return commitment(salt=salt, value=normal_identity(value)) if value else None

    event = report["event"]
    told = _told_by(pages, insured=insured, papers=papers, needed=needed, commit=commit)
    declared = _declared(pages, terms=terms, report=report, insured=insured, cover=cover, papers=papers, needed=needed)
    return {
        "schema": FACTS_SCHEMA,
        "reopened": reopened,
        "event": {key: event[key] for key in ("kind", "cause", "occurred_on")} | {"hospital": event.get("hospital") or ""}
        | {key: event[key] for key in ("id", "currency", "region") if event.get(key)}
        | {"cause_shown": any(papers.declared.shows_accident(code=one["code"], name=one["name"]) for one in told["diagnoses"])},
        "insured": _insured(insured, report, commit=commit),
        "reporter": {"name": commit(report["insured"].get("name")), "id_number": commit(report["insured"].get("id_number"))},
        "payee": {"name": commit(report["payee"].get("name")), "account": commit(report["payee"].get("account"))},
        "policy": {
            "number": commit(cover.number), "start_on": cover.start_on.isoformat(), "end_on": cover.end_on.isoformat(),
            "first_covered_on": cover.first_covered_on.isoformat() if cover.first_covered_on else None,
            "social_insurance": cover.social_insurance, "status": cover.status,
        },
        **_payees(report, commit=commit), **({} if terms is None else {"product": {"id": terms.product_id, "plan": terms.plan}}),
        **told,
        "declared": dict(declared.values), "declared_by": _origins(declared, report),
        "alike": list(alike),
    }  # fmt: skip


def _payees(report: Mapping[str, Any], *, commit: Any) -> dict[str, Any]:
    """Several payees by number, with parts and order; their names as commitments."""
    named = report.get("payees") or ()
    rows = [{"id": f"p{n}", "parts": row["parts"], "order": row["order"]} for n, row in enumerate(named, start=1)]
    names = {f"p{n}": commit(row["name"]) for n, row in enumerate(named, start=1)}
    return {"payees": rows, "payee_names": names} if rows else {}


def _insured(insured: Person, report: Mapping[str, Any], *, commit: Any) -> dict[str, Any]:
    occurred_on = date.fromisoformat(report["event"]["occurred_on"])
    return {
        "name": commit(insured.name), "id_number": commit(insured.id_number), "sex": insured.sex,
        "age_days": None if insured.birth_on is None else (occurred_on - insured.birth_on).days,
        "work_class": int(report["insured"]["work_class"]) if report["insured"].get("work_class") else None,
    }  # fmt: skip


def _declared(
    pages: Sequence[Page], *, terms: Terms | None, report: Mapping[str, Any], insured: Person, cover: Cover, papers: PaperBook,
    needed: Collection[str],
) -> Declared:  # fmt: skip
    """The facts that the product declares: of the policy record, of the pages that count, of the report."""
    if terms is None or not terms.inputs:
        return Declared({}, {})
    first = cover.first_covered_on
    record = {
        "start_on": cover.start_on.isoformat(), "renewed": first is not None and first < cover.start_on,
        "born_on": None if insured.birth_on is None else insured.birth_on.isoformat(),
    }  # fmt: skip
    counting = [page for page in _usable(pages) if papers.rules.counts(page.reading.kind, needed=needed)]
    return declare(
        terms=terms, said=report.get("declared", {}), record=record, pages=counting, insured=normal_identity(insured.name),
        file=papers.declared,
    )  # fmt: skip


def _origins(declared: Declared, report: Mapping[str, Any]) -> dict[str, str]:
    """Where the declared facts come from, and those beside them that only the report can say (class of work, place, same event)."""
    said = {
        "work_class": report["insured"].get("work_class"),
        "region": report["event"].get("region"),
        "event_id": report["event"].get("id"),
    }
    return {**declared.origins, **{name: Origin.REPORT.value for name, value in said.items() if value}}


def _usable(pages: Sequence[Page]) -> list[Page]:
    return [page for page in pages if page.repeats is None and page.reading.quality.usable]


def _told_by(pages: Sequence[Page], *, insured: Person, papers: PaperBook, needed: Collection[str], commit: Any) -> dict[str, Any]:
    """What the pages tell: those that count all they say, other medical ones of the insured their diagnosis."""
    usable = _usable(pages)
    counting = [page for page in usable if papers.rules.counts(page.reading.kind, needed=needed)]
    telling = [page for page in usable if page in counting or (page.reading.kind in papers.rules.medical and _names(page, insured))]
    return {
        "persons": [person for page in counting for person in _persons(page, commit)],
        "bills": build_bills(counting, words=papers.words),
        "stays": [stay for page in counting for stay in _stays(page)],
        "diagnoses": _diagnoses(telling),
        "departments": sorted({found for page in telling if (found := _value(page, "department"))}),
        "pages": [_page_facts(page, is_other=not papers.rules.counts(page.reading.kind, needed=needed)) for page in pages],
    }


def _names(page: Page, insured: Person) -> bool:
    """Whether the page shows the insured's name."""
    return normal_identity(_value(page, "patient_name") or _value(page, "name") or "") == normal_identity(insured.name)


def _page_facts(page: Page, *, is_other: bool) -> dict[str, Any]:
    """What a page is and whether it can be used. ``other``: of a known kind that this claim does not need."""
    return {
        "page_id": page.id, "kind": page.reading.kind, "kind_confidence_bp": round(page.reading.kind_confidence * 10_000),
        "usable": page.reading.quality.usable, "repeats": page.repeats, "reasons": [reason.code for reason in page.reading.quality.reasons],
        "other": is_other and page.reading.kind != UNKNOWN, "examined": page.hints is not None,
        "hints": [_hint(hint) for hint in page.hints or ()],
    }  # fmt: skip


def _hint(hint: Hint) -> dict[str, Any]:
    """A hint with its place and words; what these name are numbers, amounts and days of the paper, never persons."""
    box = None if hint.box is None else list(hint.box)
    return {"code": hint.code, "strength_bp": round(hint.strength * 10_000), "box": box, "zh": hint.zh, "en": hint.en}


def _persons(page: Page, commit: Any) -> list[dict[str, Any]]:
    """Every name and identity number that a page shows, as commitments."""
    fields = page.reading.fields
    name = next((fields[key] for key in _PERSON_NAME if key in fields and fields[key].value), None)
    number = fields.get("id_number")
    if name is None and (number is None or not number.value):
        return []
    sex = fields["gender"].value if "gender" in fields else ""
    return [
        {
            "page_id": page.id, "kind": page.reading.kind, "name": commit(name.value) if name else None,
            "id_number": commit(number.value) if number and number.value else None,
            "sex": {"男": "M", "女": "F"}.get(sex, sex) or None,
            "confidence_bp": round((name.confidence if name else 1.0) * 10_000),
        }
    ]  # fmt: skip


def _stays(page: Page) -> list[dict[str, Any]]:
    fields = page.reading.fields
    if page.reading.kind not in ("discharge_summary", "settlement_sheet") or "admitted_on" not in fields:
        return []
    return [
        {
            "page_id": page.id, "kind": page.reading.kind, "admitted_on": _value(page, "admitted_on"),
            "discharged_on": _value(page, "discharged_on"), "hospital": _value(page, "hospital_name") or "",
        }
    ]  # fmt: skip


def _diagnoses(pages: Sequence[Page]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for page in pages:
        name = _value(page, "discharge_diagnosis") or _value(page, "diagnosis") or ""
        code = _value(page, "diagnosis_code") or ""
        if name or code:
            day = _value(page, "visit_on") or _value(page, "admitted_on") or _value(page, "issued_on")
            known = found.setdefault((code, name), {"code": code, "name": name, "page_id": page.id, "on": day})
            known["on"] = min((on for on in (known["on"], day) if on), default=None)
    return [found[key] for key in sorted(found)]


def _value(page: Page, name: str) -> str | None:
    reading = page.reading.fields.get(name)
    return reading.value if reading is not None and reading.value else None
