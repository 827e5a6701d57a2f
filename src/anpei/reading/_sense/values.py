"""Typed values: find one in a piece of plain text, correct what optical reading typically confuses, and say how sure it is.

Texts come from ``lines.plain`` (one sign form, no spaces). Each parser gives the value, where it stands in the text, and a
factor (0..1) for how well it fits its type.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A typed value inside a text: characters ``start`` to ``end``, and how well it fits its type."""

    value: str
    start: int
    end: int
    fit: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the type and its limits. ``breaks`` are positions where a gap (a new cell) begins."""

    type: str
    length: tuple[int, int] | None = None
    choices: Mapping[str, Sequence[str]] | None = None
    part: int = 1
    breaks: frozenset[int] = frozenset()


_DIGITS = str.maketrans({"O": "0", "o": "0", "D": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "i": "1", "Z": "2", "z": "2", "S": "5", "s": "5", "B": "8"})
_DIGITLIKE = "0-9OoDQIlZzSB|"
_HAN = r"\u4e00-\u9fff\u3400-\u4dbf"
_LEAD = re.compile(r"^[\s:;,.\-_=|/]*")


def find(wanted: Wanted, text: str) -> Found | None:
    """The first value of the wanted type in ``text``, or None."""
    parser = _PARSERS.get(wanted.type, _text)
    return parser(wanted, text)


# --- numbers ------------------------------------------------------------------------------------------------------------

_MONEY = re.compile(rf"(?<![A-Za-z0-9.])-?¥?-?([{_DIGITLIKE}][{_DIGITLIKE},']*(?:[.,][{_DIGITLIKE}]+)*)(?![A-Za-z])")
_SHAPE = re.compile(r"^(\d+)(?:\.(\d+))?$")


def _money(wanted: Wanted, text: str) -> Found | None:
    return _amount(wanted, text, decimals=2)


def _price(wanted: Wanted, text: str) -> Found | None:
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
    text = raw.translate(_DIGITS).strip(".,'")
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


_NUMBER = re.compile(rf"-?[{_DIGITLIKE}]+(?:\.[{_DIGITLIKE}]+)?")


def _number(wanted: Wanted, text: str) -> Found | None:
    seen = 0
    for match in _NUMBER.finditer(text):
        plain = match.group(0).translate(_DIGITS)
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


_AGE = re.compile(rf"([{_DIGITLIKE}]{{1,3}})(?:周?岁|Y)?")


def _age(wanted: Wanted, text: str) -> Found | None:
    for match in _AGE.finditer(text):
        if not any(char.isdigit() for char in match.group(1)):
            continue
        years = int(match.group(1).translate(_DIGITS))
        if years <= 120:
            return Found(str(years), match.start(), match.end(), 1.0 if match.group(0) != match.group(1) else 0.9)
    return None


# --- amounts in capital letters -----------------------------------------------------------------------------------------

_CAPITAL = {
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **{"〇": 0, "○": 0, "壶": 1, "壱": 1, "弍": 2, "貳": 2, "贾": 2, "贡": 2, "货": 2, "资": 2, "叄": 3, "叄": 3, "参": 3, "參": 3, "肄": 4, "伤": 5, "仵": 5},
    **{"陸": 6, "陈": 6, "际": 6, "隔": 6, "染": 7, "柴": 7, "梁": 7, "捌": 8, "拐": 8, "玫": 9, "政": 9, "致": 9},
}
_UNIT = {"拾": 10, "十": 10, "佰": 100, "百": 100, "伯": 100, "仟": 1000, "千": 1000, "什": 1000, "任": 1000}
_YUAN = "元圆园圓"
_RUN = re.compile("[" + "".join(_CAPITAL) + "".join(_UNIT) + "万萬亿角分整正" + _YUAN + "]{2,}")


def _capitals(wanted: Wanted, text: str) -> Found | None:
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


# --- days ---------------------------------------------------------------------------------------------------------------

_DAY = re.compile(
    rf"([12OlIZ][{_DIGITLIKE}]{{3}})\s*[年\-/.,\\·]\s*([{_DIGITLIKE}]{{1,2}})\s*[月\-/.,\\·]\s*([{_DIGITLIKE}]{{1,2}})日?"
    rf"|(?<![0-9])([12][0-9]{{3}})[年\-/.]?([01][0-9])[月\-/.]?([0-3][0-9])日?"
)


def _date(wanted: Wanted, text: str) -> Found | None:
    seen = 0
    for match in _DAY.finditer(text):
        parts = [part for part in match.groups() if part]
        day = _day(*(part.translate(_DIGITS) for part in parts))
        if day is None:
            continue
        seen += 1
        if seen == wanted.part:
            clean = all(part == part.translate(_DIGITS) for part in parts)
            return Found(day.isoformat(), match.start(), match.end(), 1.0 if clean else 0.9)
    return None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2100 else None


_MONTH = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[/\-](\d{2})(?!\d)")


def _month(wanted: Wanted, text: str) -> Found | None:
    match = _MONTH.search(text)
    return Found(f"{match.group(1)}/{match.group(2)}", match.start(), match.end(), 1.0) if match else None


# --- codes --------------------------------------------------------------------------------------------------------------


def _digits(wanted: Wanted, text: str) -> Found | None:
    least, most = wanted.length or (4, 30)
    for match in re.finditer(rf"[{_DIGITLIKE}]+", text):
        raw = match.group(0)
        if sum(char.isdigit() for char in raw) * 2 < len(raw) or len(raw) < least:
            continue
        fit = 1.0 if raw.isdigit() else 0.85
        if len(raw) > most:
            fit *= 0.5
            raw = raw[:most]
        return Found(raw.translate(_DIGITS), match.start(), match.start() + len(raw), fit)
    return None


_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/]*[A-Za-z0-9]|[A-Za-z0-9]")


def _code(wanted: Wanted, text: str) -> Found | None:
    least, most = wanted.length or (2, 40)
    for match in _CODE.finditer(text):
        raw = match.group(0)
        if not least <= len(raw) <= most or not any(char.isdigit() for char in raw):
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
        return raw[: letters[0]] + raw[letters[0]].translate(_DIGITS) + raw[letters[0] + 1 :]
    return raw


_ID = re.compile(rf"[{_DIGITLIKE}]{{17}}[{_DIGITLIKE}XxK]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number_valid(number: str) -> bool:
    """Whether an 18-character resident identity number has a right check character (GB 11643, ISO 7064 mod 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _id_number(wanted: Wanted, text: str) -> Found | None:
    match = _ID.search(text)
    if match is None:
        return None
    raw = match.group(0)
    number = raw[:17].translate(_DIGITS) + raw[17].upper().replace("K", "X").translate(_DIGITS)
    return Found(number, match.start(), match.end(), 1.0 if id_number_valid(number) else 0.25)


def luhn_valid(number: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812, Luhn)."""
    total = 0
    for index, char in enumerate(reversed(number)):
        digit = int(char) * (2 if index % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


_CARD = re.compile(r"[0-9OolIBSD](?:[\s\-]?[0-9OolIBSD]){12,18}")


def _card_number(wanted: Wanted, text: str) -> Found | None:
    best: Found | None = None
    for match in _CARD.finditer(text):
        number = re.sub(r"[\s\-]", "", match.group(0)).translate(_DIGITS)
        fit = 1.0 if luhn_valid(number) and len(number) >= 16 else 0.2
        if best is None or fit > best.fit:
            best = Found(number, match.start(), match.end(), fit)
    return best


_ICD = re.compile(r"(?<![A-Za-z0-9])([A-Z0158|l$])([0-9OIl|][0-9OIlSB])(?:\.([0-9OIlxX]{1,3}))?((?:[xX×][0-9OIl]{3}){0,2})([+*])?(?![A-Za-z0-9℃°])")
_ICD_FIRST = str.maketrans("0158|l$", "OISBIIS")


def _icd(wanted: Wanted, text: str) -> Found | None:
    for match in _ICD.finditer(text):
        first, two, sub, extra, _ = match.groups()
        if first.isdigit() and not (sub or extra):
            continue
        code = first.translate(_ICD_FIRST) + two.translate(_DIGITS)
        if sub:
            code += "." + sub.replace("X", "x").translate(_DIGITS)
        code += extra.replace("X", "x").replace("×", "x").translate(_DIGITS)
        return Found(code, match.start(), match.end(), 1.0 if code.lower() == match.group(0).lower() else 0.85)
    return None


# --- words --------------------------------------------------------------------------------------------------------------

_NAME = re.compile(rf"[{_HAN}]{{2,5}}(?:·[{_HAN}]{{1,12}})*")
_NOT_NAME = ("性别", "年龄", "医院", "科室", "日期", "费用", "票据", "签章", "签名", "姓名", "号码", "住院", "门诊", "出生", "民族", "住址", "病案", "床号", "医保")


def _name(wanted: Wanted, text: str) -> Found | None:
    match = _NAME.search(text)
    if match is None or match.start() > 2:
        return None
    end = next((b for b in sorted(wanted.breaks) if match.start() + 2 <= b < match.end()), match.end())
    value = text[match.start() : end]
    if any(word in value for word in _NOT_NAME):
        return None
    fit = 1.0 if len(value) in (2, 3) else 0.9 if len(value) == 4 or "·" in value else 0.6
    return Found(value, match.start(), end, fit)


def _gender(wanted: Wanted, text: str) -> Found | None:
    match = re.search("[男女]", text[:8])
    return Found(match.group(0), match.start(), match.end(), 1.0) if match else None


_PLACE = re.compile(
    rf"[{_HAN}A-Za-z0-9()·]{{2,36}}?(?:医院(?:[\u4e00-\u9fff]{{1,6}}院区|[\u4e00-\u9fff]{{1,4}}分院|\([\u4e00-\u9fff]{{2,8}}\))?|卫生院|卫生服务中心|卫生服务站|保健院|保健中心|诊所|门诊部|疗养院|防治所|防治院|医学中心|急救中心|卫生所|医务室|研究所)"
)


def _place(wanted: Wanted, text: str) -> Found | None:
    match = _PLACE.search(text)
    if match is None:
        return None
    start = match.start()
    for point in sorted(wanted.breaks):
        if start < point < match.end() - 1:
            start = point
    value = text[start : match.end()]
    found = _PLACE.search(value)
    if found is None:
        return None
    return Found(value[found.start() :], start + found.start(), match.end(), 1.0)


def _choice(wanted: Wanted, text: str) -> Found | None:
    hits: list[tuple[int, int, str]] = []
    for value, words in (wanted.choices or {}).items():
        for word in (value, *words):
            at = text.find(word)
            if at >= 0 and (word == value or len(word) > 1 or len(text) <= 2):
                hits.append((at, -len(word), value))
    if not hits:
        return None
    at, size, value = min(hits, key=lambda hit: (hit[0] > 2, hit[1], hit[0]))
    return Found(value, at, at - size, 1.0 if at <= 2 else 0.8)


def _unit(wanted: Wanted, text: str) -> Found | None:
    match = re.search(rf"[{_HAN}A-Za-z%/().0-9]+", text)
    if match is None or len(match.group(0)) > 12 or match.group(0).isdigit():
        return None
    return Found(match.group(0), match.start(), match.end(), 1.0 if len(match.group(0)) <= 4 else 0.8)


def _text(wanted: Wanted, text: str) -> Found | None:
    start = len(text) - len(_LEAD.sub("", text))
    end = len(text.rstrip(" :;,-_=|/"))
    if end <= start or not any(char.isalnum() for char in text[start:end]):
        return None
    return Found(text[start:end], start, end, 0.95)


_ROMAN = (("IⅡ", "Ⅱ"), ("ⅠI", "Ⅱ"), ("III级", "Ⅲ级"), ("II级", "Ⅱ级"))


def _item(wanted: Wanted, text: str) -> Found | None:
    """The name of an item: as text, with the letters that optical reading confuses in such names put right."""
    found = _text(wanted, text)
    if found is None:
        return None
    value = re.sub(rf"(?<=[A-Z])0(?=[{_HAN}])", "O", found.value)
    value = re.sub(r"(?<![A-Za-z])c(?=T)", "C", value)
    for wrong, right in _ROMAN:
        value = value.replace(wrong, right)
    return Found(value, found.start, found.end, found.fit)


_NUMBERED = re.compile(r"(?:^|(?<=[^\d.]))[(]?\d{1,2}[.、)](?!\d)")
_CODE_TAIL = re.compile(r"[(\[]?(?<![A-Za-z0-9])[A-Z0158|l$][0-9OIl|]{2}\.[0-9OIlxX]{1,3}(?:[xX][0-9OIl]{3}){0,2}[+*]?[)\]]?|[(\[][A-Z][0-9]{2}[)\]]")


def _diagnosis(wanted: Wanted, text: str) -> Found | None:
    """One or several diagnoses without their codes and running numbers, joined by a semicolon."""
    found = _text(wanted, text)
    if found is None:
        return None
    bare = re.sub(r"\(?(?:ICD-?10|疾病编码|诊断编码|编码)[::]?\)?", "", _CODE_TAIL.sub(";", found.value))
    parts = [_trimmed(part) for piece in _NUMBERED.split(bare) for part in piece.split(";")]
    value = ";".join(part for part in parts if part)
    return Found(value, found.start, found.end, found.fit) if value else None


def _trimmed(text: str) -> str:
    """Text without signs around it; a bracket that was opened inside stays closed."""
    bare = text.strip(" :;,.、()-[]")
    return bare + ")" if bare.count("(") > bare.count(")") else bare


_PARSERS: dict[str, Callable[[Wanted, str], Found | None]] = {
    "money": _money,
    "price": _price,
    "number": _number,
    "age": _age,
    "capitals": _capitals,
    "date": _date,
    "month": _month,
    "digits": _digits,
    "code": _code,
    "id_number": _id_number,
    "card_number": _card_number,
    "icd": _icd,
    "name": _name,
    "gender": _gender,
    "place": _place,
    "choice": _choice,
    "unit": _unit,
    "item": _item,
    "diagnosis": _diagnosis,
    "text": _text,
    "paragraph": _text,
}
