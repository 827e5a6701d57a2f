"""Vehicles: plates with their province, identification numbers with their check digit."""

import re

from anpei.reading._values.base import HAN, Found, Wanted

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MISREAD = {
    **dict.fromkeys("淅折渐逝", "浙"),
    **dict.fromkeys("芬办苈荪", "苏"),
    **dict.fromkeys("泸沂护", "沪"),
    **dict.fromkeys("谕愉偷输", "渝"),
    **dict.fromkeys("翼糞", "冀"),
    **dict.fromkeys("像象", "豫"),
    **dict.fromkeys("院浣睆", "皖"),
    **dict.fromkeys("鱼曾普鲧", "鲁"),
    **dict.fromkeys("奥粵", "粤"),
    **dict.fromkeys("闻闵间", "闽"),
    **dict.fromkeys("责贯", "贵"),
    **dict.fromkeys("臧蔵", "藏"),
    **dict.fromkeys("谅惊掠", "琼"),
    **dict.fromkeys("亰凉", "京"),
    **dict.fromkeys("律汁", "津"),
    **dict.fromkeys("佳挂柱", "桂"),
    **dict.fromkeys("鄠颚", "鄂"),
    **dict.fromkeys("陝俠峡", "陕"),
    **dict.fromkeys("廿", "甘"),
    **dict.fromkeys("墨里", "黑"),
    **dict.fromkeys("相湖", "湘"),
    **dict.fromkeys("辺过迂", "辽"),
    **dict.fromkeys("戆籁贛", "赣"),
    **dict.fromkeys("去", "云"),
    **dict.fromkeys("古", "吉"),
    **dict.fromkeys("斩折", "新"),
    **dict.fromkeys("洲州", "川"),
    **dict.fromkeys("字丁", "宁"),
    **dict.fromkeys("豪", "蒙"),
}
"""Characters that the recogniser takes a province's for; right in front of the rest of a plate they stand for nothing else."""

MARKS = PROVINCES + "".join(_MISREAD)
"""Characters with which a plate may begin as it was read."""

_PLATE = re.compile(rf"([{HAN}])[·.\-_:,' ]*([A-Za-z0-9])[·.\-_:,' ]*([A-Za-z0-9|]{{4,6}})([挂学警港澳试超])?(?![A-Za-z0-9])")
_CITY = str.maketrans("08524l1", "DBSZALL")
_SERIAL = str.maketrans("oOiIl|", "001111")
_ENERGY = frozenset("ABCDEFGHJK")


def plate(wanted: Wanted, text: str) -> Found | None:
    """A plate of a province without separator (GA 36): seven characters, eight on new-energy vehicles."""
    best: Found | None = None
    for match in _PLATE.finditer(text):
        found = _plate(match)
        if found is not None and (best is None or found.fit > best.fit):
            best = found
    return best


def _plate(match: "re.Match[str]") -> Found | None:
    mark, city, serial, tail = match.groups()
    province = mark if mark in PROVINCES else _MISREAD.get(mark)
    if province is None:
        return None
    number = serial.translate(_SERIAL).upper() + (tail or "")
    fit = 1.0 if province == mark else 0.7
    if city.isdigit() or city == "l":
        city, fit = city.translate(_CITY), fit * 0.6
    if number.removesuffix(tail or "") != serial:
        fit *= 0.9
    if len(number) == 6 and not (number[0] in _ENERGY or number[-1] in _ENERGY):
        fit *= 0.5
    if len(number) not in (5, 6) or not city.isalpha() or sum(char.isdigit() for char in number) < 2:
        return None
    return Found(province + city.upper() + number, match.start(), match.end(), fit)


_VIN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9|][ \-]?){16,17}[A-Za-z0-9|](?![A-Za-z0-9])")
_NEVER = str.maketrans("IOQ|", "1001")
_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_TWINS = {"B": "8", "8": "B", "S": "5", "5": "S", "Z": "2", "2": "Z", "G": "6", "6": "G", "D": "0", "0": "D", "U": "V", "V": "UY", "Y": "V"}
_TO_DIGIT = str.maketrans("BSZGDA", "852604")
_NUMERIC_TAIL = 4
"""The last characters of a vehicle identification number are digits (GB 16735)."""


def vin_valid(number: str) -> bool:
    """Whether a vehicle identification number has 17 allowed characters and a right ninth one (GB 16735, ISO 3779)."""
    if len(number) != 17 or not set(number) <= set(_VALUES):
        return False
    rest = sum(_VALUES[char] * weight for char, weight in zip(number, _WEIGHTS, strict=True)) % 11
    return number[8] == ("X" if rest == 10 else str(rest))


def vin(wanted: Wanted, text: str) -> Found | None:
    """A vehicle identification number; characters that are easily confused are put right where exactly one way fits the check digit."""
    best: Found | None = None
    for match in _VIN.finditer(text):
        raw = re.sub(r"[ \-]", "", match.group(0))
        for start in range(len(raw) - 16):
            number, fit = _vin(raw[start : start + 17])
            fit *= 1.0 if len(raw) == 17 else 0.8
            if sum(char.isdigit() for char in number) >= 5 and (best is None or fit > best.fit):
                best = Found(number, match.start(), match.end(), fit)
    return best


def _vin(raw: str) -> tuple[str, float]:
    plain = raw.replace("l", "1").upper().translate(_NEVER)
    number = plain[:-_NUMERIC_TAIL] + plain[-_NUMERIC_TAIL:].translate(_TO_DIGIT)
    if vin_valid(number):
        return number, 1.0 if number == raw else 0.95
    right = {
        number[:place] + twin + number[place + 1 :]
        for place, twins in enumerate(_TWINS.get(char, "") for char in number[:-_NUMERIC_TAIL])
        for twin in twins
    }
    right = {each for each in right if vin_valid(each)}
    return (right.pop(), 0.8) if len(right) == 1 else (number, 0.35)
