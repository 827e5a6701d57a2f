"""What personal papers and laboratory reports state: telephone numbers, grades, numbers led by a letter, results and their ranges."""

import re

from anpei.reading._values.base import DIGITLIKE, DIGITS, Found, Wanted

_MOBILE = re.compile(rf"(?<![0-9A-Za-z])(?:\(?\+?86\)?[- ]?)?([1Il|][3-9B](?:[- ]?[{DIGITLIKE}]){{9}})(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z])\(?(0[1-9]\d{1,2})\)?[- ]?([2-9]\d{6,7})(?![0-9])")


def phone(wanted: Wanted, text: str) -> Found | None:
    """A mobile number (eleven digits) or, less likely meant, a fixed line as ``0571-88881234``."""
    match = _MOBILE.search(text)
    if match is not None:
        raw = re.sub(r"[- ]", "", match.group(1))
        return Found(raw.translate(DIGITS), match.start(1), match.end(), 1.0 if raw.isdigit() else 0.85)
    match = _LANDLINE.search(text)
    return None if match is None else Found(f"{match.group(1)}-{match.group(2)}", match.start(), match.end(), 0.9)


_GRADES = "一二三四五六七八九十"
_CAPITALS = dict(zip("壹贰叁肆伍陆柒捌玖拾", _GRADES, strict=True))
_ROMAN = {"Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "Ⅵ": 6, "Ⅶ": 7, "Ⅷ": 8, "Ⅸ": 9, "Ⅹ": 10}
_LATIN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
_GRADE = re.compile(r"(?<![0-9一二三四五六七八九十])(10|[1-9]|[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾Ⅰ-Ⅹ]|[IVX]{1,4})[级級]")


def grade(wanted: Wanted, text: str) -> Found | None:
    """A grade of one to ten in any of its forms (十级, 10级, X级, 拾级), always written 一级 … 十级."""
    for match in _GRADE.finditer(text):
        raw = match.group(1)
        number = int(raw) if raw.isdigit() else _ROMAN.get(raw) or _LATIN.get(raw)
        name = _GRADES[number - 1] if number else _CAPITALS.get(raw, raw)
        if name in _GRADES:
            return Found(name + "级", match.start(), match.end(), 1.0)
    return None


_LETTERED = re.compile(rf"(?<![0-9A-Za-z])([A-Z0-9])[- ]?([{DIGITLIKE}]{{6,12}})(?![0-9A-Za-z])")
_LETTER = str.maketrans("01582", "OISBZ")


def lettered(wanted: Wanted, text: str) -> Found | None:
    """A number led by one capital letter: a digit in its first place is the letter that looks like it.

    ``length`` limits the digits behind the letter.
    """
    least, most = wanted.length or (6, 12)
    for match in _LETTERED.finditer(text):
        first, rest = match.groups()
        letter = first.translate(_LETTER)
        if not least <= len(rest) <= most or not letter.isalpha() or sum(char.isdigit() for char in rest) * 2 < len(rest):
            continue
        clean = letter == first and rest.isdigit()
        return Found(letter + rest.translate(DIGITS), match.start(), match.end(), 1.0 if clean else 0.7)
    return None


_MARKS = "↑↓⬆⬇▲▼△▽∧∨个介*"
_NUMBER = re.compile(rf"^([<>≤≥]?\d+(?:\.\d+)?)[{_MARKS}HLhl]*$")
_MARKED = re.compile(rf"^([{_MARKS}]*)(.*?)([{_MARKS}]*)$")


def result(wanted: Wanted, text: str) -> Found | None:
    """The result of a test, a number or words, without the mark that says high or low."""
    start = len(text) - len(text.lstrip(" :;,.|"))
    bare = text[start:].rstrip(" :;,|")
    match = _NUMBER.match(bare.translate(str.maketrans("OoQ", "000")) if any(char.isdigit() for char in bare) else bare)
    if match is not None:
        return Found(match.group(1), start, start + match.end(1), 1.0)
    match = _MARKED.match(bare)
    word = match.group(2).strip() if match else ""
    return Found(word, start, start + len(bare), 0.9) if word else None


_RANGE = re.compile(r"([<>≤≥]?\d+(?:\.\d+)?)\s*(?:--|[-~–—])\s*(\d+(?:\.\d+)?)")


def _shorn(low: str, high: str, rest: str) -> str:
    """The upper end of a range without the unit that was read as one with it: both ends have as many decimals."""
    decimals = len(low.partition(".")[2])
    if decimals and len(high.partition(".")[2]) > decimals:
        return high[: high.index(".") + 1 + decimals]
    return high[:-2] if rest.startswith("^") and high.endswith("10") and len(high) > 2 else high


def reference(wanted: Wanted, text: str) -> Found | None:
    """What is healthy: a range as ``3.5-9.5`` whatever stands between its ends, a limit (``<5.0``), or words."""
    match = _RANGE.search(text)
    if match is not None:
        low, high = match.groups()
        high = _shorn(low, high, text[match.end() :])
        return Found(f"{low}-{high}", match.start(), match.start(2) + len(high), 1.0 if float(low.lstrip("<>≤≥")) <= float(high) else 0.6)
    bare = text.strip(" :;,|")
    return Found(bare, 0, len(text), 0.9) if any(char.isalnum() for char in bare) else None


_POWER = re.compile(r"^[x*×]?[1Il][0Oo][\^*']?(\d{1,2})/([Ll1I])$")


def measure(text: str) -> str:
    """A unit of measurement in one form: ``10^9/L`` for a power of ten, ``u`` for micro."""
    match = _POWER.match(text)
    if match is not None:
        return f"10^{match.group(1)}/L"
    if text.strip("0oO°") == "%":
        return "%"
    return text.replace("μ", "u").replace("µ", "u")
