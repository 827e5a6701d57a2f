"""Values (值): find a typed value in a piece of plain text, put right what optical reading confuses, say how well it fits.

Texts come from ``_sense.lines.plain`` (one sign form, no spaces). A parser gives the value, where it stands in the text, and a
factor (0..1) for how well it fits its type.
"""

from collections.abc import Callable

from anpei.reading._values import codes, numbers, personal, taxes, vehicles, words
from anpei.reading._values.base import Found, Wanted

_PARSERS: dict[str, Callable[[Wanted, str], Found | None]] = {
    "money": numbers.money,
    "price": numbers.price,
    "number": numbers.number,
    "age": numbers.age,
    "capitals": numbers.capitals,
    "date": numbers.date,
    "until": numbers.until,
    "month": numbers.month,
    "digits": codes.digits,
    "code": codes.code,
    "id_number": codes.id_number,
    "card_number": codes.card_number,
    "icd": codes.icd,
    "plate": vehicles.plate,
    "vin": vehicles.vin,
    "tax_number": taxes.tax_number,
    "percent": taxes.percent,
    "phone": personal.phone,
    "grade": personal.grade,
    "lettered": personal.lettered,
    "result": personal.result,
    "reference": personal.reference,
    "name": words.name,
    "gender": words.gender,
    "place": words.place,
    "choice": words.choice,
    "unit": words.unit,
    "item": words.item,
    "diagnosis": words.diagnosis,
    "text": words.text_value,
    "paragraph": words.paragraph,
}


PLATE = rf"[{vehicles.MARKS}][A-Za-z0-9][·.\-]?[A-Za-z0-9]{{4,6}}[挂学警港澳]?"
"""A regular expression for anything in a text that may be a plate."""


def find(wanted: Wanted, text: str) -> Found | None:
    """The first value of the wanted type in ``text``, or None."""
    return _PARSERS[wanted.type](wanted, text)


__all__ = ["PLATE", "Found", "Wanted", "find"]
