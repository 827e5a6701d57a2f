"""Amounts, counts, ages, amounts in capital letters, days."""

import datetime as dt
import re

from anpei.reading._values.base import DIGITLIKE, DIGITS, Found, Wanted
from anpei.reading._values.days import written_days

_MONEY = re.compile(rf"(?<![A-Za-z0-9.])-?¥?-?([{DIGITLIKE}][{DIGITLIKE},']*(?:[.,][{DIGITLIKE}]+)*)(?![A-Za-z])")
_SHAPE = re.compile(r"^(\d+)(?:\.(\d+))?$")


def money(wanted: Wanted, text: str) -> Found | None:
    return _amount(wanted, text, decimals=2)


def price(wanted: Wanted, text: str) -> Found | None:
    return _amount(wanted, text, decimals=4)


def _amount(wanted: Wanted, text: str, *, decimals: int) -> Found | None:
    seen = 0
    for match in _MONEY.finditer(text):
        raw = match.group(1)
        if not any(char.isdigit() for char in raw):
            continue
        seen += 1
        if seen < wanted.part:
            continue
        parsed = _decimal(raw, decimals)
        if parsed is None:
            return None
        value, fit = parsed
        negative = "-" in match.group(0)[: match.start(1) - match.start(0)]
        return Found(("-" if negative and value.strip("0.") else "") + value, match.start(), match.end(), fit)
    return None


def _decimal(raw: str, decimals: int) -> tuple[str, float] | None:
    """An amount as it was read to decimal text with at least two decimals; None when its shape is impossible."""
    text = raw.translate(DIGITS).strip(".,'")
    fit = 1.0 if text == raw else 0.9
    if "." not in text and re.search(r",\d{2}$", text):
        text, fit = text[:-3] + "." + text[-2:], fit * 0.85
    if text.count(".") > 1:
        head, _, tail = text.rpartition(".")
        text, fit = head.replace(".", "") + "." + tail, fit * 0.7
    match = _SHAPE.match(text.replace(",", "").replace("'", ""))
    if match is None:
        return None
    whole, cents = match.groups()
    if cents is None:
        return f"{int(whole)}.00", fit * 0.7
    if len(cents) > decimals:
        if set(cents[decimals:]) - {"0"}:
            return None
        cents = cents[:decimals]
    kept = cents.rstrip("0").ljust(2, "0") if decimals > 2 else cents.ljust(2, "0")
    return f"{int(whole)}.{kept}", fit * (1.0 if len(cents) >= 2 else 0.9)


_NUMBER = re.compile(rf"-?[{DIGITLIKE}]+(?:\.[{DIGITLIKE}]+)?")


def number(wanted: Wanted, text: str) -> Found | None:
    seen = 0
    for match in _NUMBER.finditer(text):
        plain = match.group(0).translate(DIGITS)
        if not any(char.isdigit() for char in match.group(0)):
            continue
        seen += 1
        if seen < wanted.part:
            continue
        whole, _, part = plain.partition(".")
        part = part.rstrip("0")
        head = str(int(whole)) if whole not in ("", "-") else "0"
        return Found(head + (f".{part}" if part else ""), match.start(), match.end(), 1.0 if plain == match.group(0) else 0.85)
    return None


_AGE = re.compile(rf"([{DIGITLIKE}]{{1,3}})(?:周?岁|Y)?")


def age(wanted: Wanted, text: str) -> Found | None:
    for match in _AGE.finditer(text):
        if not any(char.isdigit() for char in match.group(1)):
            continue
        years = int(match.group(1).translate(DIGITS))
        if years <= 120:
            return Found(str(years), match.start(), match.end(), 1.0 if match.group(0) != match.group(1) else 0.9)
    return None


_CAPITAL = {
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "〇": 0,
    "○": 0,
    "壶": 1,
    "壱": 1,
    "弍": 2,
    "貳": 2,
    "贾": 2,
    "贡": 2,
    "货": 2,
    "资": 2,
    "参": 3,
    "參": 3,
    "肄": 4,
    "伤": 5,
    "仵": 5,
    "陸": 6,
    "陈": 6,
    "际": 6,
    "隔": 6,
    "染": 7,
    "柴": 7,
    "梁": 7,
    "捌": 8,
    "拐": 8,
    "玫": 9,
    "政": 9,
    "致": 9,
}
_UNIT = {"拾": 10, "十": 10, "佰": 100, "百": 100, "伯": 100, "仟": 1000, "千": 1000, "什": 1000, "任": 1000}
_YUAN = "元圆园圓"
_RUN = re.compile("[" + "".join(_CAPITAL) + "".join(_UNIT) + "万萬亿角分整正" + _YUAN + "]{2,}")


def capitals(wanted: Wanted, text: str) -> Found | None:
    for match in _RUN.finditer(text):
        fen = capital_fen(match.group(0))
        if fen is not None:
            return Found(f"{fen // 100}.{fen % 100:02d}", match.start(), match.end(), 1.0)
    return None


def capital_fen(text: str) -> int | None:
    """An amount in capital letters (``肆佰叁拾贰元陆角整``) in fen, or None when it is no well-formed amount."""
    cut = next((i for i, char in enumerate(text) if char in _YUAN), None)
    if cut is None:
        return None
    whole = _capital_whole(text[:cut])
    rest = text[cut + 1 :].rstrip("整正")
    match = re.fullmatch(r"零?(?:(.)角)?零?(?:(.)分)?", rest)
    if whole is None or match is None:
        return None
    jiao, fen = (_CAPITAL.get(char) if char else 0 for char in match.groups())
    return None if jiao is None or fen is None else whole * 100 + jiao * 10 + fen


def _capital_whole(text: str) -> int | None:
    total, section, digit = 0, 0, 0
    last = 10**9
    for char in text:
        if char in _CAPITAL:
            digit = _CAPITAL[char]
        elif char in _UNIT:
            unit = _UNIT[char]
            if unit >= last:
                return None
            section, last, digit = section + (digit or 1) * unit, unit, 0
        elif char in "万萬亿":
            factor = 10_000 if char in "万萬" else 100_000_000
            total, section, digit, last = (total + section + digit) * factor, 0, 0, 10**9
        else:
            return None
    return total + section + digit


_DAY = re.compile(
    rf"([12OlIZ][{DIGITLIKE}]{{3}})\s*[年\-/.,\\·]\s*([{DIGITLIKE}]{{1,2}})\s*[月\-/.,\\·]\s*([{DIGITLIKE}]{{1,2}})日?"
    rf"|(?<![0-9])([12][0-9]{{3}})[年\-/.]?([01][0-9])[月\-/.]?([0-3][0-9])日?"
)


def date(wanted: Wanted, text: str) -> Found | None:
    seen = 0
    for match in _DAY.finditer(text):
        parts = [part for part in match.groups() if part]
        day = _day(*(part.translate(DIGITS) for part in parts))
        if day is None:
            continue
        seen += 1
        if seen == wanted.part:
            clean = all(part == part.translate(DIGITS) for part in parts)
            return Found(day.isoformat(), match.start(), match.end(), 1.0 if clean else 0.9)
    written = written_days(text)[wanted.part - 1 : wanted.part]
    return next((Found(day.isoformat(), start, end, 1.0) for day, start, end in written), None)


_ENDLESS = re.compile(r"长期有?效?|永久")


def until(wanted: Wanted, text: str) -> Found | None:
    """A day on which something ends, or 长期 where it never does."""
    day = date(wanted, text)
    match = _ENDLESS.search(text) if day is None else None
    return Found("长期", match.start(), match.start() + 2, 1.0) if match else day


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2100 else None


_MONTH = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[/\-](\d{2})(?!\d)")


def month(wanted: Wanted, text: str) -> Found | None:
    match = _MONTH.search(text)
    return Found(f"{match.group(1)}/{match.group(2)}", match.start(), match.end(), 1.0) if match else None
