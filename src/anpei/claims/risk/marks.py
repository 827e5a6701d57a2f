"""The values of a claim that other claims may share, blind under the insurer's own context: insurers never see one another's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert

from anpei.claims.documents.model import Page
from anpei.claims.dossier.model import Claim
from anpei.claims.risk._tables import claim_marks
from anpei.claims.risk.rules import LinkRules
from anpei.engines.db import Connection
from anpei.trust.vault import Vault

BANK_CARD, PHONE, DEVICE, DOCTOR, BILL_TEXT = "bank_card", "phone", "device", "doctor", "bill_text"


def marks_of(*, report: Mapping[str, Any], facts: Mapping[str, Any], pages: Sequence[Page], rules: LinkRules) -> set[tuple[str, str]]:
    """(kind, plain value) of a claim; the caller blinds them at once. ``pages``: the pages that count."""
    found = {
        (BANK_CARD, _joined(str((report.get("payee") or {}).get("account") or ""))),
        (PHONE, _joined(str((report.get("insured") or {}).get("phone") or ""))[-11:]),
        (DEVICE, str(report.get("device") or "").strip()),
        *_doctors(pages, rules), *_bill_texts(facts, rules),
    }  # fmt: skip
    known = {kind.id for kind in rules.kinds}
    return {(kind, value) for kind, value in found if value and kind in known}


def write_marks(conn: Connection, *, vault: Vault, claim: Claim, insured_id: str, marks: set[tuple[str, str]]) -> None:
    """Keep the marks of a claim's newest round, blind; those of an earlier round that are gone are taken away."""
    conn.execute(delete(claim_marks).where(claim_marks.c.claim_id == claim.id))
    person = vault.blind(insured_id, context=f"claim_marks.person:{claim.insurer_id}")
    rows = [
        {"claim_id": claim.id, "kind": kind, "person": person,
         "mark": vault.blind(value, context=f"claim_marks.{kind}:{claim.insurer_id}")}
        for kind, value in sorted(marks)
    ]  # fmt: skip
    if rows:
        conn.execute(insert(claim_marks), rows)


def release_marks(conn: Connection, *, claim_id: str) -> None:
    """A claim was withdrawn: it links no others."""
    conn.execute(delete(claim_marks).where(claim_marks.c.claim_id == claim_id))


def _doctors(pages: Sequence[Page], rules: LinkRules) -> Iterator[tuple[str, str]]:
    for page in pages:
        hospital = page.reading.fields.get("hospital_name")
        for name in rules.doctor_fields:
            told = page.reading.fields.get(name)
            if told is not None and told.value and hospital is not None and hospital.value:
                yield DOCTOR, f"{_joined(hospital.value)}/{_joined(told.value)}"


def _bill_texts(facts: Mapping[str, Any], rules: LinkRules) -> Iterator[tuple[str, str]]:
    """What a bill lists, without its number and days: the same list under another number is the same list."""
    for bill in facts["bills"]:
        lines = sorted(f"{_joined(line['name'])}={line['amount_fen']}" for line in bill["lines"])
        if len(lines) >= rules.least_bill_lines:
            yield BILL_TEXT, "\n".join([_joined(bill["hospital"]), *lines])


def _joined(text: str) -> str:
    return "".join(text.split())
