"""Values that contradict one another: the code square and the print, capitals and figures, parts and their total.

Only values that were read with confidence are compared: a misread character is no hint.
"""

from collections.abc import Iterator, Sequence

from anpei.kernel.money import InvalidAmount, Money
from anpei.reading.hints.model import Sign
from anpei.reading.hints.rules import ValueLimits
from anpei.reading.kinds import Kind
from anpei.reading.model import FieldReading, PageReading

_SQUARE = (
    ("qr_number", ("receipt_number", "invoice_number"), "code_square.number_differs"),
    ("qr_on", ("issued_on",), "code_square.day_differs"),
    ("qr_amount", ("total_amount", "net_amount"), "code_square.amount_differs"),
)


def value_signs(reading: PageReading, kind: Kind | None, limits: ValueLimits) -> Iterator[Sign]:
    """Contradictions on a page."""
    yield from _square(reading, limits)
    if kind is not None:
        yield from _same(reading, kind, limits)
        yield from _parts(reading, kind, limits)
        yield from _rows(reading, kind, limits)


def _square(reading: PageReading, limits: ValueLimits) -> Iterator[Sign]:
    for square, names, code in _SQUARE:
        told = reading.fields.get(square)
        known = [reading.fields[name] for name in names if name in reading.fields]
        if told is None or not known or any(told.value == each.value for each in known) or not _sure(known, limits.code_square):
            continue
        printed = known[0]
        yield Sign(code, printed.box, printed.confidence, {"code": told.value, "printed": printed.value})


def _same(reading: PageReading, kind: Kind, limits: ValueLimits) -> Iterator[Sign]:
    for group in kind.checks.same:
        known = [reading.fields[name] for name in group if name in reading.fields]
        capitals = next((reading.fields[name] for name in group if name.endswith("_upper") and name in reading.fields), None)
        if capitals is None or not _sure(known, limits.sums):
            continue
        for figures in known:
            if figures.value != capitals.value:
                yield Sign("sums.capitals_differ", figures.box, _least(known), {"capitals": capitals.value, "figures": figures.value})


def _parts(reading: PageReading, kind: Kind, limits: ValueLimits) -> Iterator[Sign]:
    for total, names in kind.checks.sums.items():
        parts = [reading.fields[name] for name in names if name in reading.fields]
        whole = reading.fields.get(total)
        if whole is None or len(parts) < len(names) or not _sure([whole, *parts], limits.sums):
            continue
        yield from _apart("sums.parts_differ", "parts", whole, parts)


def _rows(reading: PageReading, kind: Kind, limits: ValueLimits) -> Iterator[Sign]:
    whole = reading.fields.get(kind.checks.rows or "")
    amounts = [row["amount"] for row in reading.rows if "amount" in row]
    complete = len(amounts) == len(reading.rows) and len(amounts) >= limits.least_rows
    if whole is None or not complete or not _sure(amounts, limits.rows) or not _sure([whole], limits.sums) or not _whole_list(reading):
        return
    yield from _apart("sums.rows_differ", "rows", whole, amounts)


def _whole_list(reading: PageReading) -> bool:
    """Whether the page is not one of several that carry the rows together."""
    count = reading.fields.get("page_count")
    return count is None or count.value == "1"


def _apart(code: str, name: str, whole: FieldReading, parts: Sequence[FieldReading]) -> Iterator[Sign]:
    try:
        total, added = Money.parse(whole.value).fen, sum(Money.parse(part.value).fen for part in parts)
    except InvalidAmount:
        return
    if total != added:
        told = {name: Money(added).decimal(), "total": whole.value, "apart": Money(abs(total - added)).decimal()}
        yield Sign(code, whole.box, _least([whole, *parts]), told)


def _sure(fields: Sequence[FieldReading], least: float) -> bool:
    return all(field.confidence >= least for field in fields)


def _least(fields: Sequence[FieldReading]) -> float:
    return min(field.confidence for field in fields)
