"""Read pages as the reading machine would hand them out, for tests that are not about reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from anpei.kernel.canonical import digest
from anpei.reading.model import FieldReading, FileReading, PageReading, Quality, QualityReason

HOSPITAL = "临江市第一人民医院"
BLURRED = QualityReason("too_blurred", "照片有点糊，请拿稳手机重拍。", "The picture is blurred: hold the phone still and take it again.")


def field(value: str, *, confidence: float = 0.99) -> FieldReading:
    """One read field."""
    return FieldReading(value=value, text=value, confidence=confidence, box=(10, 10, 200, 40), source="ocr")


def page(
    kind: str,
    fields: Mapping[str, str],
    rows: Sequence[Mapping[str, str]] = (),
    *,
    usable: bool = True,
    confidence: float = 0.99,
    file: str = "",
) -> PageReading:
    """One read page."""
    fingerprint = digest([kind, dict(fields), [dict(row) for row in rows]])[:32]
    return PageReading(
        file=f"{kind}.jpg", page=1, kind=kind, kind_confidence=0.98, layout=f"{kind}/test",
        quality=Quality(usable, () if usable else (BLURRED,)),
        fields={name: field(value, confidence=confidence) for name, value in fields.items()},
        rows=tuple({name: field(value, confidence=confidence) for name, value in row.items()} for row in rows),
        width=1600, height=2200, rotation=0, fingerprint=fingerprint, image_hash="0" * 64, seconds=0.5, source="ocr", words=40,
    )  # fmt: skip


def item(name: str, amount: str, *, code: str = "", quantity: str = "1", insurance_class: str = "甲") -> dict[str, str]:
    """One row of a receipt or fee list."""
    row = {"name": name, "quantity": quantity, "unit_price": amount, "amount": amount, "insurance_class": insurance_class}
    return row | ({"item_code": code} if code else {})


def receipt(
    name: str, *, number: str = "0012345678", day: str = "2026-10-03", rows: Sequence[Mapping[str, str]], **amounts: str
) -> PageReading:
    """An out-patient receipt; ``amounts``: total_amount, pooled_fund, self_paid, own_expense … in yuan."""
    fields: dict[str, Any] = {
        "receipt_code": "33060126", "receipt_number": number, "patient_name": name, "issued_on": day, "visit_on": day,
        "hospital_name": HOSPITAL, "insurance_type": "职工基本医疗保险", "total_upper": amounts.get("total_amount", "0.00"), **amounts,
    }  # fmt: skip
    return page("outpatient_receipt", fields, rows)


def record(name: str, *, day: str = "2026-10-03", code: str = "J06.900", diagnosis: str = "急性上呼吸道感染") -> PageReading:
    """An out-patient record."""
    fields = {"patient_name": name, "hospital_name": HOSPITAL, "visit_on": day, "diagnosis": diagnosis, "diagnosis_code": code}
    return page("outpatient_record", fields)


def file_of(*pages: PageReading, name: str = "page.jpg") -> FileReading:
    """The reading of one file."""
    return FileReading(file=name, pages=pages)
