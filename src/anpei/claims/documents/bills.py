"""Receipts, fee lists and settlement sheets of one claim put together into bills with lines. Pure; amounts in fen."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.documents.model import Page
from anpei.engines.knowledge import Rulebook
from anpei.kernel.canonical import digest
from anpei.kernel.money import InvalidAmount, Money

LEAST_PIECE = 4
"""Signs of a hospital's name that must be readable before the rest may be taken from another paper."""
RECEIPTS = {"outpatient_receipt": "outpatient", "inpatient_receipt": "inpatient"}
_SPLIT = {
    "pooled_fund": "pooled_fen", "serious_illness_fund": "serious_illness_fen", "other_payment": "other_payment_fen",
    "self_paid": "self_paid_fen", "own_expense": "own_expense_fen", "personal_account": "account_fen", "personal_cash": "cash_fen",
}  # fmt: skip
_KEY_FIELDS = ("receipt_number", "total_amount", "issued_on", "pooled_fund", "self_paid", "own_expense")
_CLASS = {"甲": "A", "乙": "B", "丙": "C", "甲类": "A", "乙类": "B", "丙类": "C", "自费": "C", "A": "A", "B": "B", "C": "C"}


class CodeAmount(BaseModel):
    """What the amount in a code square is, told by how its text begins (a regular expression)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    states: Literal["total_amount", "net_amount"]


class BillsFile(BaseModel):
    """The file ``bills.yaml``: what the parts of a bill are called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    fee_categories: frozenset[str]
    name_labels: tuple[str, ...]
    code_amounts: tuple[CodeAmount, ...] = ()

    def amount_stated(self, code_text: str) -> str:
        """Which amount of the paper a code square states: the field's name."""
        return next((each.states for each in self.code_amounts if re.match(each.form, code_text)), "total_amount")

    def hospital(self, text: str) -> str:
        """A hospital's name without the words printed before it."""
        label = next((label for label in sorted(self.name_labels, key=len, reverse=True) if text.startswith(label)), "")
        return text[len(label) :].lstrip(":： ") or text


def load_bill_words(rulebook: Rulebook) -> BillsFile:
    """``bills.yaml``."""
    return rulebook.load("bills.yaml", BillsFile)


def build_bills(pages: Sequence[Page], *, words: BillsFile) -> list[dict[str, Any]]:
    """One bill a receipt page, in upload order, with the lines of its fee list where one fits, and the split of its settlement sheet."""
    receipts = [page for page in pages if page.reading.kind in RECEIPTS]
    lists = [page for page in pages if page.reading.kind == "fee_list"]
    sheets = [page for page in pages if page.reading.kind == "settlement_sheet"]
    hospitals = {name for page in pages if page not in receipts and (name := text_of(page, "hospital_name"))}
    bills = [_bill(page, _belonging(page, lists, receipts), _belonging(page, sheets, receipts), words) for page in receipts]
    for bill in bills:
        bill["hospital"] = _hospital(words.hospital(bill["hospital"]), {words.hospital(name) for name in hospitals})
    return bills


def fen(text: str | None) -> int | None:
    """Decimal text in fen; None where there is no amount."""
    if text is None or text == "":
        return None
    try:
        return Money.parse(text).fen
    except InvalidAmount:
        return None


def text_of(page: Page, name: str) -> str | None:
    """The value of a field, None where it was not read."""
    reading = page.reading.fields.get(name)
    return reading.value if reading is not None and reading.value else None


def _hospital(printed: str, others: set[str]) -> str:
    """The hospital of a bill: as printed; where nothing, only a piece of one name, or a sign twice can be read (a seal lies over it), as
    the other papers of the claim have it. A different name is never replaced.
    """
    if len(others) != 1:
        return printed
    other = next(iter(others))
    is_piece = printed in other and (not printed or len(printed) >= LEAST_PIECE)
    return other if is_piece or _once(printed) == _once(other) else printed


def _once(text: str) -> str:
    """A text with each run of one sign as a single sign."""
    return "".join(sign for index, sign in enumerate(text) if index == 0 or sign != text[index - 1])


def _belonging(receipt: Page, candidates: Sequence[Page], receipts: Sequence[Page]) -> list[Page]:
    """Which fee lists or sheets go with a receipt: all of them when it is alone, else those sharing its visit number, stay or total."""
    if len(receipts) == 1:
        return list(candidates)
    marks = ("admission_number", "outpatient_number", "admitted_on", "total_amount")
    return [page for page in candidates if any(text_of(page, m) and text_of(page, m) == text_of(receipt, m) for m in marks)]


def _bill(page: Page, lists: Sequence[Page], sheets: Sequence[Page], words: BillsFile) -> dict[str, Any]:
    kind = RECEIPTS[page.reading.kind]
    split = _split(page, sheets)
    lines = _lines(lists) or _lines([page])
    number, code = text_of(page, "receipt_number"), text_of(page, "receipt_code")
    return {
        "bill_id": digest([kind, code, number, text_of(page, "total_amount"), page.reading.fingerprint])[:16],
        "page_id": page.id, "kind": kind, "code": code, "number": number,
        "issued_on": text_of(page, "issued_on"), "service_on": _service_on(page, kind),
        "admitted_on": text_of(page, "admitted_on"), "discharged_on": text_of(page, "discharged_on"),
        "hospital": text_of(page, "hospital_name") or "", "insurance_type": text_of(page, "insurance_type") or "",
        "total_fen": _total(page, split, words), "upper_fen": fen(text_of(page, "total_upper")), "qr": _qr(page, words),
        **split,
        "settled_by_social": _settled(page, split, sheets),
        "lines": lines, "itemised": _itemised(page, words.fee_categories), "lines_source": "fee_list" if _lines(lists) else "receipt",
        "receipt_rows_fen": [amount for amount in (fen(_cell(row, "amount")) for row in page.reading.rows) if amount is not None],
        "fee_list_total_fen": [fen(text_of(item, "total_amount")) for item in lists],
        "weak": sorted(name for name in _KEY_FIELDS if name in page.reading.fields and page.reading.fields[name].confidence < 0.5),
        "fingerprint": page.reading.fingerprint, "image_hash": page.reading.image_hash,
    }  # fmt: skip


def _split(page: Page, sheets: Sequence[Page]) -> dict[str, int | None]:
    """The split of social insurance: the receipt's own figures first, the settlement sheet's where the receipt has none.

    A receipt's 其他支付 holds the serious-illness money too; where the sheet states it apart, both figures are the sheet's.
    """
    result: dict[str, int | None] = {}
    for name, key in _SPLIT.items():
        own = fen(text_of(page, name))
        from_sheets = [amount for amount in (fen(text_of(sheet, name)) for sheet in sheets) if amount is not None]
        result[key] = own if own is not None else (from_sheets[0] if from_sheets else None)
    if result["serious_illness_fen"] and fen(text_of(page, "serious_illness_fund")) is None:
        from_sheet = [amount for amount in (fen(text_of(sheet, "other_payment")) for sheet in sheets) if amount is not None]
        result["other_payment_fen"] = from_sheet[0] if from_sheet else 0
    result["sheet_pooled_fen"] = next((amount for sheet in sheets if (amount := fen(text_of(sheet, "pooled_fund"))) is not None), None)
    result["sheet_total_fen"] = next((amount for sheet in sheets if (amount := fen(text_of(sheet, "total_amount"))) is not None), None)
    return result


def _settled(page: Page, split: dict[str, int | None], sheets: Sequence[Page]) -> bool | None:
    """Whether social insurance settled this bill: yes by a sheet, a payment of it, or a scheme with a split on the receipt; no where
    the receipt says 自费. None when the paper does not tell: then nobody may calculate as if it were known.
    """
    if sheets or any((split[key] or 0) > 0 for key in ("pooled_fen", "serious_illness_fen", "account_fen")):
        return True
    scheme = text_of(page, "insurance_type") or ""
    if "自费" in scheme:
        return False
    has_split = split["self_paid_fen"] is not None and split["own_expense_fen"] is not None
    return True if "医" in scheme and has_split else None


def _service_on(page: Page, kind: str) -> str | None:
    if kind == "inpatient":
        return text_of(page, "admitted_on") or text_of(page, "issued_on")
    return text_of(page, "visit_on") or text_of(page, "issued_on")


def _qr(page: Page, words: BillsFile) -> dict[str, Any] | None:
    """What the code square says. ``states``: which printed amount its own is (total, or net on old invoices)."""
    if "qr_number" not in page.reading.fields:
        return None
    return {
        "code": text_of(page, "qr_code"), "number": text_of(page, "qr_number"), "amount_fen": fen(text_of(page, "qr_amount")),
        "states": _stated(page, words), "printed_fen": fen(text_of(page, _stated(page, words))), "on": text_of(page, "qr_on"),
    }  # fmt: skip


def _stated(page: Page, words: BillsFile) -> str:
    coded = page.reading.fields.get("qr_amount")
    return words.amount_stated("" if coded is None else coded.text)


def _lines(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The rows of the pages as bill lines with deterministic ids (page position and row number)."""
    lines: list[dict[str, Any]] = []
    for position, page in enumerate(pages):
        for number, row in enumerate(page.reading.rows):
            amount = fen(_cell(row, "amount"))
            if amount is None:
                continue
            lines.append(
                {
                    "line_id": f"{position + 1}.{number + 1}", "page_id": page.id, "item_code": _cell(row, "item_code") or "",
                    "name": _cell(row, "name") or "", "quantity_milli": _milli(_cell(row, "quantity")), "amount_fen": amount,
                    "unit_price_fen": fen(_cell(row, "unit_price")), "charged_on": _cell(row, "charged_on"),
                    "insurance_class": _CLASS.get((_cell(row, "insurance_class") or "").strip()),
                }
            )  # fmt: skip
    return lines


def _itemised(page: Page, fee_categories: frozenset[str]) -> bool:
    """Whether the receipt itself names the items, not only fee categories such as 西药费."""
    names = [(_cell(row, "name") or "").replace(" ", "") for row in page.reading.rows]
    return bool(names) and any(name and name not in fee_categories for name in names)


def _total(page: Page, split: dict[str, int | None], words: BillsFile) -> int | None:
    """The total: the digits as printed; where they cannot be read, the capitals, but only if another source on the paper agrees."""
    printed = fen(text_of(page, "total_amount"))
    if printed is not None:
        return printed
    capitals = fen(text_of(page, "total_upper"))
    rows = [amount for amount in (fen(_cell(row, "amount")) for row in page.reading.rows) if amount is not None]
    parts = [split[key] or 0 for key in ("pooled_fen", "serious_illness_fen", "other_payment_fen", "self_paid_fen", "own_expense_fen")]
    coded = fen(text_of(page, "qr_amount")) if _stated(page, words) == "total_amount" else None
    seconds = (coded, sum(rows) if rows else None, sum(parts) if any(parts) else None)
    return capitals if capitals is not None and capitals in seconds else None


def _cell(row: Any, name: str) -> str | None:
    reading = row.get(name)
    return reading.value if reading is not None and reading.value else None


def _milli(text: str | None) -> int | None:
    """A quantity in thousandths; None where it is not a plain number."""
    if text is None:
        return None
    whole, _, part = text.strip().partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        return None
    return int(whole) * 1000 + int((part[:3] or "0").ljust(3, "0"))
