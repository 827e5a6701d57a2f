"""Taxes: taxpayer numbers with their check character, rates in per cent."""

import re

from anpei.reading._values.base import DIGITLIKE, DIGITS, Found, Wanted
from anpei.reading._values.codes import id_number_valid

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9|]{15,20}(?![A-Za-z0-9])")
_NEVER = str.maketrans("IOSZV|", "1052U1")
_TWINS = {"B": "8", "8": "B", "G": "6", "6": "G", "D": "0Q", "0": "DQ", "Q": "0D", "5": "6", "U": "W", "W": "U", "T": "7", "7": "T"}
_SIZES = (15, 17, 18, 20)


def uscc_valid(number: str) -> bool:
    """Whether a unified social credit code has 18 allowed characters and a right last one (GB 32100, mod 31)."""
    if len(number) != 18 or not set(number) <= set(_USCC):
        return False
    total = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(number[:17]))
    return _USCC[-total % 31] == number[17]


def tax_number(wanted: Wanted, text: str) -> Found | None:
    """A taxpayer number: a unified social credit code, or one of the older kinds (15, 17 or 20 characters)."""
    best: Found | None = None
    for match in _NUMBER.finditer(text):
        raw = match.group(0).replace("l", "1").upper()
        if len(raw) not in _SIZES or sum(char.isdigit() for char in raw) < 6:
            continue
        if len(raw) == 20 and uscc_valid(raw[:18]):  # what stands behind it in the next cell (the code area of an invoice) is not its end
            raw = raw[:18]
        number, fit = _uscc(raw) if len(raw) == 18 else (raw.translate(_NEVER), 0.8 if raw.isdigit() else 0.6)
        if best is None or fit > best.fit:
            best = Found(number, match.start(), match.start() + len(raw), fit)
    return best


def _uscc(raw: str) -> tuple[str, float]:
    """The code as it must be: no I, O, S, V, Z anywhere, digits in its region; one confusion put right where exactly one way fits."""
    if id_number_valid(raw):
        return raw, 0.95
    number = raw.translate(_NEVER)
    number = number[:2] + number[2:8].translate(DIGITS).replace("G", "6") + number[8:]
    if uscc_valid(number):
        return number, 1.0 if number == raw else 0.95
    right = {
        number[:place] + twin + number[place + 1 :]
        for place in (0, 1, *range(8, 18))
        for twin in _TWINS.get(number[place], "")
        if uscc_valid(number[:place] + twin + number[place + 1 :])
    }
    return (right.pop(), 0.8) if len(right) == 1 else (number, 0.35)


_PERCENT = re.compile(rf"(?<![{DIGITLIKE}.])([{DIGITLIKE}]{{1,3}}(?:\.[{DIGITLIKE}]{{1,2}})?)%")
_BARE = re.compile(r"^(?:0|1|1\.5|3|5|6|9|10|11|13|16|17)$")
_WORDS = ("免税", "不征税", "零税率", "普通零税率", "出口零税")


def percent(wanted: Wanted, text: str) -> Found | None:
    """A rate as printed (``13%``), a usual one also without its sign, or a word that stands in its place (``免税``)."""
    for match in _PERCENT.finditer(text):
        rate = match.group(1).translate(DIGITS)
        whole, _, part = rate.partition(".")
        value = str(int(whole)) + (f".{part.rstrip('0')}" if part.rstrip("0") else "")
        return Found(value + "%", match.start(), match.end(), 1.0 if rate == match.group(1) else 0.9)
    for word in _WORDS:
        at = text.find(word)
        if at >= 0:
            return Found(word, at, at + len(word), 1.0)
    bare = text.strip()
    if _BARE.match(bare):
        at = text.find(bare)
        return Found(bare + "%", at, at + len(bare), 0.7)
    return None
