"""The bills in themselves: sums, capitals against digits, the split of social insurance, QR against print, dates."""

from collections.abc import Iterator
from typing import Any

from anpei.claims.audit.model import Case, Finding, finding
from anpei.claims.documents.bills import RECEIPTS


def check_bills(case: Case) -> Iterator[Finding]:
    """All checks of each bill on its own; that there is none matters where the product asks for a receipt and nothing else will do."""
    wanted = case.terms.documents_for(case.facts["event"]["kind"])
    if not case.facts["bills"] and (not wanted or any(RECEIPTS.keys() >= set(one.any_of) for one in wanted)):
        yield finding("bill.none")
    for bill in case.facts["bills"]:
        yield from _amounts(bill)
        yield from _split(bill)
        yield from _qr(bill)
        yield from _dates(case, bill)


def _amounts(bill: dict[str, Any]) -> Iterator[Finding]:
    page, total = bill["page_id"], bill["total_fen"]
    if total is None:
        yield finding("bill.total_missing", page)
        return
    if total <= 0:
        yield finding("bill.amount_not_positive", page, total_fen=total)
    if bill["upper_fen"] is not None and bill["upper_fen"] != total:
        yield finding("bill.upper_case_differs", page, total_fen=total, upper_fen=bill["upper_fen"])
    rows = sum(bill["receipt_rows_fen"])
    if bill["receipt_rows_fen"] and rows != total:
        yield finding("bill.rows_do_not_sum", page, rows_fen=rows, total_fen=total, where="receipt")
    lines = sum(line["amount_fen"] for line in bill["lines"])
    if bill["lines_source"] == "fee_list" and lines != total:
        yield finding("bill.rows_do_not_sum", page, rows_fen=lines, total_fen=total, where="fee_list")
    if not bill["lines"]:
        yield finding("bill.no_lines", page)


def _split(bill: dict[str, Any]) -> Iterator[Finding]:
    """total = pooled fund + serious illness + other + self-paid + own expense; account + cash = self-paid + own expense."""
    page, total = bill["page_id"], bill["total_fen"]
    if bill["settled_by_social"] is None:
        yield finding("bill.settlement_unknown", page)
    own = (bill["self_paid_fen"], bill["own_expense_fen"])
    if total is None or None in own:
        if bill["settled_by_social"]:
            yield finding("bill.split_missing", page)
        return
    paid = sum(bill[key] or 0 for key in ("pooled_fen", "serious_illness_fen", "other_payment_fen"))
    borne = own[0] + own[1]
    if paid + borne != total:
        yield finding("bill.split_does_not_add_up", page, split_fen=paid + borne, total_fen=total)
    if bill["account_fen"] is not None and bill["cash_fen"] is not None and bill["account_fen"] + bill["cash_fen"] != borne:
        yield finding("bill.split_does_not_add_up", page, split_fen=bill["account_fen"] + bill["cash_fen"], total_fen=borne)
    sheet = bill["sheet_pooled_fen"]
    if sheet is not None and bill["pooled_fen"] is not None and sheet != bill["pooled_fen"]:
        yield finding("bill.sheet_differs", page, sheet_fen=sheet, receipt_fen=bill["pooled_fen"])


def _qr(bill: dict[str, Any]) -> Iterator[Finding]:
    """The QR text is a second source: it must say what the print says; its amount is the total, or the net amount on old invoices."""
    qr = bill["qr"]
    if qr is None:
        return
    pairs = (
        ("code", qr["code"], bill["code"]),
        ("number", qr["number"], bill["number"]),
        ("total_fen", qr["amount_fen"], qr["printed_fen"] if qr.get("states") == "net_amount" else bill["total_fen"]),
    )
    for name, coded, printed in pairs:
        if coded is not None and printed is not None and coded != printed:
            yield finding("bill.qr_differs", bill["page_id"], field=name)


def _dates(case: Case, bill: dict[str, Any]) -> Iterator[Finding]:
    page = bill["page_id"]
    if bill["service_on"] is None:
        yield finding("bill.date_missing", page)
        return
    if bill["issued_on"] and bill["issued_on"] < bill["service_on"]:
        yield finding("bill.dates_out_of_order", page, first=bill["service_on"], then=bill["issued_on"])
    if bill["admitted_on"] and bill["discharged_on"] and bill["discharged_on"] < bill["admitted_on"]:
        yield finding("bill.dates_out_of_order", page, first=bill["admitted_on"], then=bill["discharged_on"])
    for stay in case.facts["stays"]:
        if bill["kind"] == "inpatient" and stay["admitted_on"] and bill["admitted_on"] and stay["admitted_on"] != bill["admitted_on"]:
            yield finding("bill.stay_differs", page, receipt_on=bill["admitted_on"], summary_on=stay["admitted_on"])
