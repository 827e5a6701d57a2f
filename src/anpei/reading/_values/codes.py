"""Codes: digits, letters and digits, identity and card numbers with check digits, diagnosis codes."""

import re

from anpei.reading._values.base import DIGITLIKE, DIGITS, Found, Wanted


def digits(wanted: Wanted, text: str) -> Found | None:
    least, most = wanted.length or (4, 30)
    for match in re.finditer(rf"[{DIGITLIKE}]+", text):
        raw = match.group(0)
        if sum(char.isdigit() for char in raw) * 2 < len(raw) or len(raw) < least:
            continue
        fit = 1.0 if raw.isdigit() else 0.85
        if len(raw) > most:
            fit *= 0.5
            raw = raw[:most]
        return Found(raw.translate(DIGITS), match.start(), match.start() + len(raw), fit)
    return None


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/]*[A-Za-z0-9]|[A-Za-z0-9]")


def code(wanted: Wanted, text: str) -> Found | None:
    least, most = wanted.length or (2, 40)
    for match in _CODE.finditer(text):
        raw = match.group(0)
        if not least <= len(raw) <= most or not (any(char.isdigit() for char in raw) or raw == text.strip(":;,.()")):
            continue
        return Found(_lone_letters(raw), match.start(), match.end(), 0.97)
    return None


def _lone_letters(raw: str) -> str:
    """A code corrected: hexadecimal digits have no l or o, and one such letter inside digits is a digit."""
    if len(raw) <= 8 and set(raw) <= set("0123456789abcdefloIO"):
        return raw.translate(str.maketrans("loIO", "1010"))
    letters = [i for i, char in enumerate(raw) if char.isalpha()]
    digits = sum(char.isdigit() for char in raw)
    if len(letters) == 1 and letters[0] > 0 and digits >= 5 and raw[letters[0]] in "OolIDQ":
        return raw[: letters[0]] + raw[letters[0]].translate(DIGITS) + raw[letters[0] + 1 :]
    return raw


_ID = re.compile(rf"[{DIGITLIKE}]{{17}}[{DIGITLIKE}XxK]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number_valid(number: str) -> bool:
    """Whether an 18-character resident identity number has a right check character (GB 11643, ISO 7064 mod 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def id_number(wanted: Wanted, text: str) -> Found | None:
    match = _ID.search(text)
    if match is None:
        return None
    raw = match.group(0)
    number = raw[:17].translate(DIGITS) + raw[17].upper().replace("K", "X").translate(DIGITS)
    return Found(number, match.start(), match.end(), 1.0 if id_number_valid(number) else 0.25)


def luhn_valid(number: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812, Luhn)."""
    total = 0
    for index, char in enumerate(reversed(number)):
        digit = int(char) * (2 if index % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


_CARD = re.compile(r"[0-9OolIBSD](?:[\s\-]?[0-9OolIBSD]){12,23}")


def card_number(wanted: Wanted, text: str) -> Found | None:
    best: Found | None = None
    for match in _CARD.finditer(text):
        number = re.sub(r"[\s\-]", "", match.group(0)).translate(DIGITS)
        fit = 1.0 if luhn_valid(number) and 16 <= len(number) <= 19 else 0.2
        if best is None or fit > best.fit:
            best = Found(number, match.start(), match.end(), fit)
    return best


_ICD = re.compile(
    r"(?<![A-Za-z0-9])([A-Z0158|l$])([0-9OIl|][0-9OIlSB])(?:\.([0-9OIlxX]{1,3}))?((?:[xX×][0-9OIl]{3}){0,2})([+*])?(?![A-Za-z0-9℃°]|\.\d)"
)
_ICD_FIRST = str.maketrans("0158|l$", "OISBIIS")


def icd(wanted: Wanted, text: str) -> Found | None:
    for match in _ICD.finditer(text):
        first, two, sub, extra, _ = match.groups()
        if first.isdigit() and not (sub or extra):
            continue
        code = first.translate(_ICD_FIRST) + two.translate(DIGITS)
        if sub:
            code += "." + sub.replace("X", "x").translate(DIGITS)
        code += extra.replace("X", "x").replace("×", "x").translate(DIGITS)
        return Found(code, match.start(), match.end(), 1.0 if code.lower() == match.group(0).lower() else 0.85)
    return None
