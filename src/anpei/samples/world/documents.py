"""The facts each kind of document states about a visit, under the names of ``docs/fields.md``: what a layout may print."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from anpei.samples.world.people import Person
from anpei.samples.world.visits import Line, Visit

KINDS = (
    "outpatient_receipt",
    "inpatient_receipt",
    "fee_list",
    "discharge_summary",
    "outpatient_record",
    "diagnosis_certificate",
    "settlement_sheet",
    "id_card",
    "bank_card",
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document before it is drawn.

    ``facts`` and ``rows`` are truth values (money decimal text, dates ISO); ``extra`` is decoration that is no field (names of
    staff, free text, the text of the QR code).
    """

    kind: str
    facts: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def change(self, **facts: str) -> "Document":
        """The same document with other facts: how deliberate defects are made."""
        return replace(self, facts={**self.facts, **facts})


def yuan(fen: int) -> str:
    """Fen as decimal text in yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def _who(visit: Visit) -> dict[str, str]:
    return {
        "patient_name": visit.person.name,
        "gender": visit.person.gender_label,
        "hospital_name": visit.hospital.name,
    }


def _stay(visit: Visit) -> dict[str, str]:
    if not visit.inpatient:
        return {"outpatient_number": visit.visit_number, "visit_on": visit.started_on.isoformat()}
    return {
        "admission_number": visit.visit_number,
        "admitted_on": visit.started_on.isoformat(),
        "discharged_on": visit.ended_on.isoformat(),
    }


def by_day(lines: Iterable[Line], until: date) -> tuple[Line, ...]:
    """Lines of several days cut into one line a day before ``until``, in the order of days: what dated lists print."""
    cut: list[Line] = []
    for line in lines:
        days = (until - line.charged_on).days
        per_day = line.quantity // days if days > 1 and line.quantity > line.item.max_per_day else 0
        if per_day and per_day * days == line.quantity:
            cut += [replace(line, quantity=per_day, charged_on=line.charged_on + timedelta(days=day)) for day in range(days)]
        else:
            cut.append(line)
    return tuple(sorted(cut, key=lambda line: line.charged_on))


def item_rows(lines: Iterable[Line]) -> tuple[dict[str, str], ...]:
    """One row per billed line; ``fee_category`` is for layouts that group by it, none prints it as a cell."""
    return tuple(
        {
            "item_code": line.item.code,
            "name": line.item.name,
            "spec": line.item.spec,
            "unit": line.item.unit,
            "quantity": str(line.quantity),
            "unit_price": yuan(line.price_fen),
            "amount": yuan(line.amount_fen),
            "insurance_class": line.item.class_label,
            "charged_on": line.charged_on.isoformat(),
            "fee_category": line.item.fee_category,
        }
        for line in lines
    )


def category_rows(visit: Visit) -> tuple[dict[str, str], ...]:
    """One row per fee category, as receipts that do not itemise print them."""
    sums: dict[str, int] = defaultdict(int)
    for line in visit.lines:
        sums[line.item.fee_category] += line.amount_fen
    return tuple({"name": name, "quantity": "1", "unit": "项", "unit_price": yuan(fen), "amount": yuan(fen)} for name, fen in sums.items())


def receipt(visit: Visit) -> Document:
    """The out-patient or in-patient receipt; serious-illness money is part of 其他支付 here."""
    split = visit.split
    facts = {
        **_who(visit),
        **_stay(visit),
        "receipt_code": visit.receipt_code,
        "receipt_number": visit.receipt_number,
        "verification_code": visit.verification_code,
        "issued_on": visit.ended_on.isoformat(),
        "hospital_type": visit.hospital.grade if visit.hospital.ownership == "public" else "民营医院",
        "insurance_type": visit.scheme,
        "total_amount": yuan(split.total),
        "total_upper": yuan(split.total),
        "pooled_fund": yuan(split.pooled),
        "other_payment": yuan(split.other + split.serious),
        "personal_account": yuan(split.account),
        "personal_cash": yuan(split.cash),
        "self_paid": yuan(split.self_paid),
        "own_expense": yuan(split.own),
    }
    kind = "inpatient_receipt" if visit.inpatient else "outpatient_receipt"
    rows = category_rows(visit) if visit.inpatient else item_rows(visit.lines)
    return Document(kind=kind, facts=facts, rows=rows, extra=_receipt_extra(visit, facts))


def _receipt_extra(visit: Visit, facts: Mapping[str, str]) -> dict[str, str]:
    return {
        "province": visit.hospital.province,
        "cashier": visit.cashier,
        "reviewer": visit.reviewer,
        "department": visit.diagnosis.department,
        "qr": qr_text(facts),
        "serial": visit.receipt_number[::-1] + visit.verification_code.upper(),
    }


def qr_text(facts: Mapping[str, str]) -> str:
    """The text of the code printed on a receipt: ``01,code,number,verification,yyyymmdd,total``."""
    day = facts["issued_on"].replace("-", "")
    return ",".join(("01", facts["receipt_code"], facts["receipt_number"], facts["verification_code"], day, facts["total_amount"]))


def receipt_categories(visit: Visit) -> Document:
    """An out-patient receipt with fee categories only; it needs a fee list beside it."""
    return replace(receipt(visit), rows=category_rows(visit))


def fee_list(visit: Visit, *, daily: bool = False) -> Document:
    """The whole fee list, ``daily`` with one row per day; layouts cut it into pages."""
    facts = {**_who(visit), **_stay(visit), "total_amount": yuan(visit.split.total)}
    lines = by_day(visit.lines, visit.ended_on) if daily else visit.lines
    extra = {"department": visit.diagnosis.department, "province": visit.hospital.province}
    return Document(kind="fee_list", facts=facts, rows=item_rows(lines), extra=extra)


def _clinical(visit: Visit) -> dict[str, str]:
    return {**_who(visit), "age": str(visit.person.age_on(visit.started_on)), "department": visit.diagnosis.department}


def _story(visit: Visit) -> dict[str, str]:
    name = visit.diagnosis.name
    operated = any(line.item.fee_category == "手术费" for line in visit.lines)
    treated = "在麻醉下行手术治疗，手术顺利，" if operated else "予药物及对症支持治疗，"
    return {
        "doctor": visit.doctor,
        "complaint": visit.diagnosis.complaint,
        "course": f"入院后完善相关检查，诊断{name}明确，{treated}病情好转，生命体征平稳，予以出院。",
        "advice": "1.注意休息，清淡饮食；2.按时服药，不适随诊；3.一周后门诊复查。",
        "province": visit.hospital.province,
        "number": visit.visit_number,
        "issued_on": visit.ended_on.isoformat(),
    }


def discharge_summary(visit: Visit) -> Document:
    """出院小结 / 出院记录."""
    facts = {
        **_clinical(visit),
        **_stay(visit),
        "admission_diagnosis": visit.diagnosis.name,
        "discharge_diagnosis": visit.diagnosis.name,
        "diagnosis_code": visit.diagnosis.code,
    }
    return Document(kind="discharge_summary", facts=facts, extra=_story(visit))


def outpatient_record(visit: Visit) -> Document:
    """门诊病历."""
    story = _story(visit)
    facts = {
        **_clinical(visit),
        "visit_on": visit.started_on.isoformat(),
        "chief_complaint": story["complaint"],
        "diagnosis": visit.diagnosis.name,
        "diagnosis_code": visit.diagnosis.code,
    }
    return Document(kind="outpatient_record", facts=facts, extra=story)


def diagnosis_certificate(visit: Visit) -> Document:
    """诊断证明书."""
    facts = {
        **_clinical(visit),
        "diagnosis": visit.diagnosis.name,
        "diagnosis_code": visit.diagnosis.code,
        "issued_on": visit.ended_on.isoformat(),
    }
    return Document(kind="diagnosis_certificate", facts=facts, extra=_story(visit))


def settlement_sheet(visit: Visit) -> Document:
    """基本医疗保险结算单; here serious-illness money stands on its own, apart from other_payment."""
    split = visit.split
    facts = {
        **_who(visit),
        **_stay(visit),
        "id_number": visit.person.id_number,
        "insurance_type": visit.scheme,
        "settled_on": visit.ended_on.isoformat(),
        "total_amount": yuan(split.total),
        "pooled_fund": yuan(split.pooled),
        "serious_illness_fund": yuan(split.serious),
        "other_payment": yuan(split.other),
        "personal_account": yuan(split.account),
        "personal_cash": yuan(split.cash),
        "self_paid": yuan(split.self_paid),
        "own_expense": yuan(split.own),
    }
    extra = {
        **_story(visit),
        "department": visit.diagnosis.department,
        "diagnosis": visit.diagnosis.name,
        "grade": visit.hospital.grade[:2],
    }
    return Document(kind="settlement_sheet", facts=facts, extra=extra)


def id_card(person: Person) -> Document:
    """Both sides of the resident identity card; a layout draws one of them."""
    until = person.id_issued_on.replace(year=person.id_issued_on.year + 20).isoformat()
    facts = {
        "name": person.name,
        "gender": person.gender_label,
        "ethnicity": person.ethnicity,
        "birth_on": person.birth_on.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
        "issuer": person.address[3:6] + "公安局" + person.address[6:9].rstrip("0123456789") + "分局",
        "valid_from": person.id_issued_on.isoformat(),
        "valid_to": "长期" if person.age_on(person.id_issued_on) >= 46 else until,
    }
    return Document(kind="id_card", facts=facts)


def bank_card(person: Person) -> Document:
    """银行卡."""
    facts = {
        "card_number": person.card_number,
        "bank_name": person.bank_name,
        "holder_name": person.name,
        "valid_thru": person.card_valid_thru,
    }
    return Document(kind="bank_card", facts=facts)
