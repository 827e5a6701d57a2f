"""What is asked: bills, diagnoses and declared facts as a person tells them, and the facts of a claim that they make. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from anpei.claims.documents.declared import Origin, declare
from anpei.claims.documents.facts import FACTS_SCHEMA, Cover, Person, normal_identity
from anpei.claims.intake.declared import DeclaredFile, parse_declared
from anpei.kernel.errors import InvalidInput
from anpei.kernel.money import InvalidAmount, Money
from anpei.records.products.model import Terms

MOST_BILLS, MOST_LINES, MOST_DIAGNOSES = 30, 200, 20
Text = Annotated[str, Field(max_length=200)]


class QuestionInvalid(InvalidInput):
    """What is asked lacks something or contradicts itself; ``data["field"]`` names it."""

    code = "what_if.invalid"


def _fen(given: Any) -> Any:
    """Yuan as text (or a whole number) to fen; a fraction that is no text has lost its cents already."""
    if isinstance(given, bool | float) or not isinstance(given, str | int):
        raise ValueError("write an amount in yuan as text, such as '432.60'")
    try:
        fen = Money.parse(str(given)).fen
    except InvalidAmount as error:
        raise ValueError(error.message) from error
    if fen < 0:
        raise ValueError("an amount is at least 0")
    return fen


Yuan = Annotated[int, BeforeValidator(_fen, json_schema_input_type=str)]


class Part(BaseModel):
    """The base of what is asked: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AskedLine(Part):
    """One item of a bill: its wording, or its national code."""

    name: Text = ""
    code: Annotated[str, Field(max_length=60)] = ""
    amount: Yuan
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    insurance_class: Literal["A", "B", "C"] | None = None
    charged_on: date | None = None


class AskedBill(Part):
    """One bill, paid or expected. ``settled_by_social``: social insurance settles it first; then ``self_paid`` and ``own_expense`` are
    needed. Amounts in yuan as text.
    """

    kind: Literal["outpatient", "inpatient"] = "outpatient"
    service_on: date | None = None
    discharged_on: date | None = None
    hospital: Text = ""
    total: Yuan
    settled_by_social: bool = True
    pooled: Yuan = 0
    serious_illness: Yuan = 0
    other_payment: Yuan = 0
    self_paid: Yuan | None = None
    own_expense: Yuan | None = None
    insurance_type: Annotated[str, Field(max_length=60)] = ""
    lines: Annotated[list[AskedLine], Field(max_length=MOST_LINES)] = Field(default_factory=list)


class AskedDiagnosis(Part):
    """A disease by its name, its ICD-10 code, or both."""

    name: Text = ""
    code: Annotated[str, Field(max_length=20)] = ""


class AskedEvent(Part):
    """What happened or will happen; a day in the future is a plan."""

    kind: Annotated[str, Field(max_length=60)]
    cause: Literal["illness", "accident", "other"] = "illness"
    occurred_on: date
    hospital: Text = ""
    id: Annotated[str, Field(max_length=60)] = ""
    region: Annotated[str, Field(pattern=r"^([1-9][0-9]{5})?$")] = ""


class AskedInsured(Part):
    """What only the insured can say."""

    work_class: Annotated[int, Field(ge=1, le=6)] | None = None


class AskedPolicy(Part):
    """Which policy."""

    number: Annotated[str, Field(min_length=1, max_length=60, repr=False)]


class Question(Part):
    """A what-if question: which policy, what happened, which bills, which diagnoses, and what the product asks beside bills."""

    policy: AskedPolicy
    event: AskedEvent
    insured: AskedInsured = AskedInsured()
    bills: Annotated[list[AskedBill], Field(max_length=MOST_BILLS)] = Field(default_factory=list)
    diagnoses: Annotated[list[AskedDiagnosis], Field(max_length=MOST_DIAGNOSES)] = Field(default_factory=list)
    declared: Annotated[dict[str, Any], Field(max_length=100)] = Field(default_factory=dict)


def check_question(question: Question, *, terms: Terms) -> None:
    """What the form alone cannot see. Raises QuestionInvalid."""
    if question.event.kind not in terms.event_kinds:
        raise _wrong("event.kind", f"this product does not cover such an event; it covers {', '.join(terms.event_kinds)}")
    if not question.bills and terms.unit != "event":
        raise _wrong("bills", "there is no bill: say what it costs, paid or expected")
    for number, bill in enumerate(question.bills):
        _check_bill(bill, f"bills.{number}", first=bill.service_on or question.event.occurred_on)


def _check_bill(bill: AskedBill, where: str, *, first: date) -> None:
    paid, borne = bill.pooled + bill.serious_illness + bill.other_payment, (bill.self_paid or 0) + (bill.own_expense or 0)
    known = bill.settled_by_social and None not in (bill.self_paid, bill.own_expense)
    if bill.total == 0:
        raise _wrong(f"{where}.total", "must be above 0")
    if paid + (borne if bill.settled_by_social else 0) > bill.total:
        raise _wrong(where, "what others paid, self_paid and own_expense together are more than the total")
    if known and paid + borne != bill.total:
        raise _wrong(where, "pooled, serious_illness, other_payment, self_paid and own_expense must add up to the total")
    if bill.lines and sum(line.amount for line in bill.lines) != bill.total:
        raise _wrong(f"{where}.lines", "the lines must add up to the total; leave them all out if you do not know them")
    for place, line in enumerate(bill.lines):
        if not line.name and not line.code:
            raise _wrong(f"{where}.lines.{place}.name", "give a name or a code")
    if bill.discharged_on and bill.discharged_on < first:
        raise _wrong(f"{where}.discharged_on", "lies before the admission")


def _wrong(field: str, what: str) -> QuestionInvalid:
    return QuestionInvalid(f"{field}: {what}", data={"field": field})


def facts_of(
    question: Question, *, terms: Terms, insured: Person, cover: Cover, diagnoses: list[dict[str, str]], file: DeclaredFile
) -> dict[str, Any]:  # fmt: skip
    """The facts that a claim would have whose papers say exactly this. ``diagnoses``: name and code, resolved.

    Who and to whom is paid is not in question: it is what the policy says. Facts that papers can state count as stated by papers.
    Raises ReportInvalid for declared facts of another form.
    """
    event, me = question.event, {"name": "insured", "id_number": "insured"}
    said = parse_declared(question.declared, terms=terms)
    return {
        "schema": FACTS_SCHEMA, "reopened": False,
        "event": {
            "kind": event.kind, "cause": event.cause, "occurred_on": event.occurred_on.isoformat(), "hospital": event.hospital,
            "cause_shown": not diagnoses or any(file.shows_accident(code=one["code"], name=one["name"]) for one in diagnoses),
        } | {name: value for name, value in (("id", event.id), ("region", event.region)) if value},
        "insured": me | {
            "sex": insured.sex, "age_days": None if insured.birth_on is None else (event.occurred_on - insured.birth_on).days,
            "work_class": question.insured.work_class,
        },
        "reporter": me, "payee": {"name": "insured", "account": "account"},
        "policy": {
            "number": "policy", "start_on": cover.start_on.isoformat(), "end_on": cover.end_on.isoformat(),
            "first_covered_on": cover.first_covered_on.isoformat() if cover.first_covered_on else None,
            "social_insurance": cover.social_insurance, "status": cover.status,
        },
        "product": {"id": terms.product_id, "plan": terms.plan},
        "persons": [], "bills": [_bill(bill, number, event) for number, bill in enumerate(question.bills, start=1)],
        "stays": [], "diagnoses": [one | {"page_id": "", "on": event.occurred_on.isoformat()} for one in diagnoses],
        "departments": [], "pages": [], **_declared(said, terms=terms, insured=insured, cover=cover, file=file), "alike": [],
    }  # fmt: skip


def _declared(said: Mapping[str, Any], *, terms: Terms, insured: Person, cover: Cover, file: DeclaredFile) -> dict[str, Any]:
    """The declared facts as the later claim has them: what papers of this product can state will be stated by them."""
    first = cover.first_covered_on
    record = {
        "start_on": cover.start_on.isoformat(), "renewed": first is not None and first < cover.start_on,
        "born_on": None if insured.birth_on is None else insured.birth_on.isoformat(),
    }  # fmt: skip
    made = declare(terms=terms, said=said, record=record, pages=(), insured=normal_identity(insured.name), file=file)
    told = file.on_papers(terms.product_id)
    origins = {
        name: Origin.PAPERS.value if origin == Origin.REPORT and name in told else str(origin) for name, origin in made.origins.items()
    }
    return {"declared": dict(made.values), "declared_by": origins}


def _bill(bill: AskedBill, number: int, event: AskedEvent) -> dict[str, Any]:
    day = (bill.service_on or event.occurred_on).isoformat()
    stay = bill.kind == "inpatient"
    lines = bill.lines or [AskedLine.model_construct(name="", amount=bill.total)]
    return {
        "bill_id": f"b{number}", "page_id": f"b{number}", "kind": bill.kind, "code": None, "number": None, "issued_on": None,
        "service_on": day, "admitted_on": day if stay else None,
        "discharged_on": bill.discharged_on.isoformat() if stay and bill.discharged_on else None,
        "hospital": bill.hospital or event.hospital, "insurance_type": bill.insurance_type or ("" if bill.settled_by_social else "自费"),
        "total_fen": bill.total, "upper_fen": None, "qr": None,
        "pooled_fen": bill.pooled, "serious_illness_fen": bill.serious_illness, "other_payment_fen": bill.other_payment,
        "self_paid_fen": bill.self_paid, "own_expense_fen": bill.own_expense, "account_fen": None, "cash_fen": None,
        "sheet_pooled_fen": None, "sheet_total_fen": None, "settled_by_social": bill.settled_by_social,
        "lines": [_line(line, f"b{number}", place) for place, line in enumerate(lines, start=1)], "itemised": bool(bill.lines),
        "lines_source": "receipt", "receipt_rows_fen": [], "fee_list_total_fen": [], "weak": [], "fingerprint": "", "image_hash": "",
    }  # fmt: skip


def _line(line: AskedLine, bill_id: str, place: int) -> dict[str, Any]:
    return {
        "line_id": f"1.{place}", "page_id": bill_id, "item_code": line.code, "name": line.name, "quantity_milli": line.quantity * 1000,
        "amount_fen": line.amount, "unit_price_fen": None, "charged_on": line.charged_on.isoformat() if line.charged_on else None,
        "insurance_class": line.insurance_class,
    }  # fmt: skip
