"""Codes with check digits that the fictional papers carry: plates, vehicle identification numbers, tax numbers, ear tags.

The codes are well-formed and invented: manufacturers (``L99``) and places (city number 99) that nobody has. A plate may coincide
with a real one by chance; nothing else on the papers belongs to it.
"""

from random import Random

PROVINCE_MARKS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MARK_OF = {
    "浙江省": "浙",
    "江苏省": "苏",
    "广东省": "粤",
    "四川省": "川",
    "湖北省": "鄂",
    "陕西省": "陕",
    "山东省": "鲁",
    "湖南省": "湘",
    "辽宁省": "辽",
    "福建省": "闽",
}
_VIN_VALUES = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plate(rng: Random, province: str = "", *, electric: bool = False) -> str:
    """A plate without separator (GA 36): ``浙A1B234``, new-energy ones ``浙AD12345``; ``province`` empty = any."""
    mark = _MARK_OF.get(province) or rng.choice(PROVINCE_MARKS)
    serial = [rng.choice("0123456789") for _ in range(5)]
    if electric:
        return mark + rng.choice(PLATE_LETTERS) + rng.choice("DDDABCEF") + "".join(serial)
    for place in rng.sample(range(4), rng.choice((0, 1, 1, 2))):
        serial[place] = rng.choice(PLATE_LETTERS)
    return mark + rng.choice(PLATE_LETTERS) + "".join(serial)


def vin_check_digit(vin: str) -> str:
    """The ninth character of a vehicle identification number (GB 16735, ISO 3779): a digit or X."""
    rest = sum(_VIN_VALUES[char] * weight for char, weight in zip(vin, _VIN_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def vin(rng: Random) -> str:
    """A vehicle identification number of a manufacturer that does not exist (``L99``)."""
    middle = "".join(rng.choice(_VIN_LETTERS + "0123456789") for _ in range(5))
    tail = rng.choice("HJKLMNPRST") + rng.choice(_VIN_LETTERS) + f"{rng.randint(0, 999_999):06d}"
    return f"L99{middle}{vin_check_digit(f'L99{middle}0{tail}')}{tail}"


def engine_number(rng: Random) -> str:
    """An engine number in one of the usual shapes."""
    digits = f"{rng.randint(0, 9_999_999):07d}"
    return rng.choice((digits, "".join(rng.choice("ABCDEFHKLMNPRTW") for _ in range(3)) + digits[:6], rng.choice("ACDEGHJK") + digits))


def uscc_check(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100, mod 31)."""
    total = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return _USCC[-total % 31]


def tax_number(rng: Random, region: str) -> str:
    """A taxpayer number (unified social credit code) of a company in a region that does not exist (city 99)."""
    body = "MA" + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(6))
    total = sum(_ORGANISATION.index(char) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    last = -total % 11
    first17 = f"91{region}{body}{'X' if last == 10 else last}"
    return first17 + uscc_check(first17)


def ear_tag(rng: Random, region: str, animal: str) -> str:
    """A 15-digit ear tag: one digit of the animal (1 pig, 2 cattle, 3 sheep), six of the county, eight of the animal itself.

    Source: 《畜禽标识和养殖档案管理办法》第十一条.
    """
    return f"{animal}{region}{rng.randint(0, 99_999_999):08d}"
