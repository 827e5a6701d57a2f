"""Resident identity numbers (居民身份证号, GB 11643-1999): form, day of birth, gender, check digit (ISO 7064 mod 11-2)."""

import re
from dataclasses import dataclass
from datetime import date

from anpei.kernel.errors import InvalidInput

_FORM = re.compile(r"^[1-9]\d{16}[\dX]$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


class ResidentIdInvalid(InvalidInput):
    """A number is no resident identity number; ``code`` says why, the number is not repeated."""

    code = "id.form"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """What a valid number says: day of birth and gender (M or F)."""

    birth_on: date
    gender: str


def read_resident_id(number: str) -> ResidentId:
    """Read a number of 18 characters. Raises ResidentIdInvalid with code ``id.form``, ``id.birth_day`` or ``id.check_digit``."""
    if not _FORM.match(number):
        raise ResidentIdInvalid("a resident ID has 18 characters, 17 digits and a digit or X: compare it with the card")
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise ResidentIdInvalid("the day of birth in the ID does not exist: compare it with the card", code="id.birth_day") from error
    if not 1880 <= birth_on.year <= 2200:
        raise ResidentIdInvalid("the year of birth in the ID is impossible: compare it with the card", code="id.birth_day")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECK[total % 11] != number[17]:
        raise ResidentIdInvalid("the check digit of the ID does not fit: compare it with the card", code="id.check_digit")
    return ResidentId(birth_on=birth_on, gender="M" if int(number[16]) % 2 else "F")
