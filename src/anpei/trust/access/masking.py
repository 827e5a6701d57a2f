"""Masking (脱敏): personal values with their middle covered, for pages and exports, and whole texts with what looks personal covered."""

import re

from anpei.trust.access.personal_data import PersonalData, PersonalKind, plain_text, shipped_finder

STAR = "*"
_DIGIT = re.compile(r"[^0-9]")
_ALNUM = re.compile(r"[^0-9A-Za-z]")


def mask_name(name: str) -> str:
    """``张三`` becomes ``张*``, ``欧阳小红`` ``欧**``: the first sign and at most two stars; a single sign is covered."""
    plain = name.strip()
    return plain[0] + STAR * min(len(plain) - 1, 2) if len(plain) > 1 else STAR * len(plain)


def mask_id_number(number: str) -> str:
    """``330106199001011234`` becomes ``3301**********1234``; shorter documents keep two signs at each end, or none."""
    plain = _ALNUM.sub("", plain_text(number))
    return _middle(plain, 4, 4) if len(plain) >= 15 else _middle(plain, 2, 2) if len(plain) >= 8 else STAR * len(plain)


def mask_phone(number: str) -> str:
    """``138****1234`` for a mobile, ``0571****6666`` for a landline; a country code is left out, anything else is covered."""
    plain = _DIGIT.sub("", plain_text(number))
    for prefix in ("0086", "86"):
        if plain.startswith(prefix) and len(plain) == 11 + len(prefix):
            plain = plain[len(prefix) :]
    if len(plain) == 11 and plain.startswith("1"):
        return f"{plain[:3]}****{plain[-4:]}"
    if 10 <= len(plain) <= 12 and plain.startswith("0"):
        return f"{plain[: 3 if plain[1] in '12' else 4]}****{plain[-4:]}"
    return STAR * 4


def mask_card(number: str) -> str:
    """``6222 **** 1234``; a short account number keeps only its last two digits."""
    plain = _DIGIT.sub("", plain_text(number))
    if len(plain) >= 13:
        return f"{plain[:4]} **** {plain[-4:]}"
    return STAR * 4 + plain[-2:] if len(plain) >= 8 else STAR * 4


def mask_email(address: str) -> str:
    """``z***@example.com``: the first sign and the host."""
    local, _, host = address.partition("@")
    return f"{local[:1]}***@{host}" if host and len(local) > 1 else f"***@{host}" if host else "***"


def mask_plate(plate: str) -> str:
    """``浙A***45``: the place and the last two signs."""
    plain = plate.strip()
    return f"{plain[:2]}***{plain[-2:]}" if len(plain) >= 7 else STAR * 4


def mask_address(address: str) -> str:
    """The first six signs (province and city, mostly) and stars; a short address is covered."""
    plain = address.strip()
    return f"{plain[:6]}******" if len(plain) > 10 else STAR * 6


def mask_text(text: str, *, hide: bool = False, finder: PersonalData | None = None) -> str:
    """Free text with everything that looks personal masked in its own way, or, with ``hide``, replaced by its kind like ``[phone]``.

    ``finder``: with the installation's words; the shipped ones otherwise. Names and addresses are found only where a word announces
    them, so a text of this function is not free of personal data for certain.
    """
    parts: list[str] = []
    place = 0
    for finding in (finder or shipped_finder()).find(text):
        value = text[finding.start : finding.end]
        parts += [text[place : finding.start], f"[{finding.kind.value}]" if hide else _mask(finding.kind, value)]
        place = finding.end
    return "".join([*parts, text[place:]]) if parts else text


def _mask(kind: PersonalKind, value: str) -> str:
    match kind:
        case PersonalKind.IDENTITY | PersonalKind.ORGANISATION:
            return mask_id_number(value)
        case PersonalKind.CARD:
            return mask_card(value)
        case PersonalKind.PHONE:
            return mask_phone(value)
        case PersonalKind.EMAIL:
            return mask_email(value)
        case PersonalKind.PLATE:
            return mask_plate(value)
        case PersonalKind.NAME:
            return mask_name(value)
        case PersonalKind.ADDRESS | PersonalKind.NUMBER | PersonalKind.CREDENTIAL:
            return STAR * 6


def _middle(plain: str, head: int, tail: int) -> str:
    return plain[:head] + STAR * (len(plain) - head - tail) + plain[-tail:]
