"""Days written in characters, as courts and appraisers date their papers: 二〇二六年七月二十日."""

import datetime as dt
import re

_DIGITS = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "O": 0, "o": 0, "0": 0}
_WRITTEN = re.compile(r"([一二][〇○零Oo0一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")


def written_days(text: str) -> list[tuple[dt.date, int, int]]:
    """All such days of a text with the characters (from, to) they take."""
    found: list[tuple[dt.date, int, int]] = []
    for match in _WRITTEN.finditer(text):
        year, month, day = match.groups()
        try:
            value = dt.date(int("".join(str(_DIGITS[char]) for char in year)), _count(month), _count(day))
        except ValueError:
            continue
        found.append((value, match.start(), match.end()))
    return found


def _count(text: str) -> int:
    """A number up to 99 in characters: 七, 十, 十二, 二十, 三十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[text] if len(text) == 1 else 0
    return 10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
