"""Check digits of the numbers that people and companies carry: identity number, organisation code, card. Pure."""

from datetime import date

YEARS = range(1850, 2100)
_PROVINCES = frozenset(
    str(code) for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_ORGANISATION_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


def identity_is_plausible(number: str) -> bool:
    """Whether the 18 or 15 signs name a province and a real day of birth (GB 11643-1999, 4.2), whatever the check digit."""
    if number[:2] not in _PROVINCES:
        return False
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    try:
        return date(int(born[:4]), int(born[4:6]), int(born[6:8])).year in YEARS
    except ValueError:
        return False


def identity_holds(number: str) -> bool:
    """Whether 18 signs (``X`` as a capital) are a resident identity number: plausible, and the check digit holds (MOD 11-2)."""
    if len(number) != 18 or not number[:17].isdecimal() or not identity_is_plausible(number):
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(number[:17], _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[weighed % 11] == number[17]


def organisation_holds(code: str) -> bool:
    """Whether 18 signs in capitals are a unified social credit code (统一社会信用代码, GB 32100-2015, 4.4: MOD 31)."""
    if len(code) != 18 or any(sign not in _ORGANISATION_SIGNS for sign in code):
        return False
    weighed = sum(_ORGANISATION_SIGNS.index(sign) * weight for sign, weight in zip(code[:17], _ORGANISATION_WEIGHTS, strict=True))
    return _ORGANISATION_SIGNS[-weighed % 31] == code[17]


def card_holds(number: str) -> bool:
    """Whether the digits satisfy the card check (ISO/IEC 7812-1, Luhn)."""
    if not number.isdecimal():
        return False
    return sum(int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10)) for place, digit in enumerate(reversed(number))) % 10 == 0
