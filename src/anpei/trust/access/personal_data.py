"""Finds personal data in free text by form, check digits and announcing words; names and addresses only where a word announces them.

Forms: resident identity number (GB 11643), organisation code (GB 32100), bank card (ISO/IEC 7812, Luhn), mobile and landline numbers,
e-mail, number plates. Full width characters, zero-width characters, spaces and dashes in between do not hide a number. What is found
without its check digit counts too, marked as not certain: a mistyped identity number is personal all the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.trust.access.check_digits import card_holds, identity_holds, identity_is_plausible, organisation_holds

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = r"[ \-._/]{0,2}"
_UUID_OR_HASH = re.compile(
    r"(?<![0-9a-zA-Z_])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])[0-9a-f]{32,128})(?![0-9a-zA-Z])"
)
_IDENTITY = re.compile(rf"(?<!\d)[1-8]\d(?:{_GAP}\d){{15}}{_GAP}[\dXx](?!\d)")
_IDENTITY_15 = re.compile(r"(?<!\d)[1-8]\d{14}(?!\d)")
_ORGANISATION = re.compile(r"(?<![0-9A-Za-z])[159ANY][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")
_CARD = re.compile(rf"(?<!\d)[3-69]\d{{3}}(?:{_GAP}\d){{11,15}}(?!\d)")
_MOBILE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9](?:\d{9}|\d[ \-._]\d{4}[ \-._]\d{4}|\d[ \-._]\d{3}[ \-._]\d{5}|\d{2}[ \-._]\d{3}[ \-._]\d{4}"
    r"|\d[ \-._]\d{2}(?:[ \-._]\d{3}){2}|(?:[ \-._]{1,2}\d){9})(?!\d)"
    r"|(?<!\d)1[ \-._]{1,2}[3-9](?:[ \-._]{1,2}\d){9}(?!\d)"
)
_LANDLINE = re.compile(r"(?<!\d)\(?0\d{2,3}(?:\)[ -]?|[ -])[2-9]\d{6,7}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_SECRET = re.compile(r"(?<![0-9A-Za-z_-])anpei_[A-Za-z0-9_-]{43}(?![0-9A-Za-z_-])|(?<=Bearer )[A-Za-z0-9._~+/-]{8,512}=*")
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Za-z][ ·•.-]?(?=[A-Za-z]{0,4}[0-9])"
    "(?:[DFdf][A-HJ-NP-Za-hj-np-z0-9][0-9]{4}|[0-9]{5}[DFdf]|[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_STREET = re.compile(
    rf"[{CJK}]{{1,20}}(?:路|街|大道|巷|弄|胡同|村|小区|花园|苑|里)[{CJK}A-Za-z0-9]{{0,8}}?[0-9]+[-0-9]*(?:号|弄|栋|幢|楼|层|室|单元|组)"
    r"(?:[ ,-]?[A-Za-z0-9-]{1,6}(?:号|栋|幢|楼|层|室|单元|组)?)*"
)
_LAST_GAP = re.compile(r"(?<=\d)[^\d]+\d*$")
_NOT_DIGITS = re.compile(r"[^0-9Xx]")


class PersonalKind(StrEnum):
    """What was found."""

    IDENTITY = "id_number"
    ORGANISATION = "organisation_code"
    CARD = "card"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    NUMBER = "number"
    NAME = "name"
    ADDRESS = "address"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at ``text[start:end]``; ``certain``: its check digits (or its form, standing alone) leave no doubt."""

    kind: PersonalKind
    start: int
    end: int
    certain: bool


class MaskingWords(BaseModel):
    """``access/masking.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: dict[Literal["zh", "en"], str]
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    valid_from: date
    name_labels: tuple[str, ...]
    name_openings: tuple[str, ...]
    number_labels: tuple[str, ...]
    phone_labels: tuple[str, ...]
    address_labels: tuple[str, ...]
    hidden_fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Announced:
    """What a word announces: the word with what stands between, and the value in group 1."""

    pattern: re.Pattern[str]
    kind: PersonalKind


class PersonalData:
    """A finder with the announcing words of one installation."""

    def __init__(self, words: MaskingWords) -> None:
        self.hidden_fields = frozenset(name.lower() for name in words.hidden_fields)
        number = r"[^0-9A-Za-z*\n]{0,6}([A-Za-z]{0,4}[0-9](?:[ \-._/]?[0-9A-Za-z]){3,31})(?![0-9A-Za-z]| ?\*)"
        self._announced = (
            _Announced(_after(words.number_labels, number), PersonalKind.NUMBER),
            _Announced(_after(words.phone_labels, r"[^0-9A-Za-z\n]{0,6}(\+?[0-9](?:[ \-]{0,2}[0-9]){6,14})"), PersonalKind.PHONE),
            _Announced(
                _after(words.name_labels, rf"(?:姓名)?[ \t]*:[ \t]*([{CJK}][{CJK}·]{{1,14}}|[A-Za-z][A-Za-z .]{{1,40}})"), PersonalKind.NAME
            ),
            _Announced(_after(words.name_openings, rf"[ \t]*:?[ \t]*([{CJK}][{CJK}·]{{1,3}})"), PersonalKind.NAME),
            _Announced(_after(words.address_labels, r"(?:[ \t]*:[ \t]*|是|在|为|)([^\n,;。!?]{4,80})"), PersonalKind.ADDRESS),
        )

    @classmethod
    def load(cls, rulebook: Rulebook) -> "PersonalData":
        """With the words of ``access/masking.yaml``. Raises KnowledgeError."""
        return cls(rulebook.load("access/masking.yaml", MaskingWords))

    def find(self, text: str) -> list[Finding]:
        """The findings in order of place; they do not overlap."""
        plain, places = _plain(text)
        covered = bytearray(len(plain))
        for match in _UUID_OR_HASH.finditer(plain):
            covered[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        found: list[Finding] = []
        for finding in self._candidates(plain):
            if not any(covered[finding.start : finding.end]):
                covered[finding.start : finding.end] = b"\x01" * (finding.end - finding.start)
                found.append(finding)
        found.sort(key=lambda finding: finding.start)
        if places is None:
            return found
        return [Finding(item.kind, places[item.start], places[item.end - 1] + 1, item.certain) for item in found]

    def _candidates(self, plain: str) -> Iterator[Finding]:
        """Everything that looks personal, the surest forms first."""
        yield from _scan(plain, _SECRET, PersonalKind.CREDENTIAL, lambda _: True)
        yield from _scan(plain, _IDENTITY, PersonalKind.IDENTITY, _identity)
        yield from _scan(plain, _ORGANISATION, PersonalKind.ORGANISATION, _organisation)
        yield from _scan(plain, _CARD, PersonalKind.CARD, _card)
        yield from _scan(plain, _IDENTITY_15, PersonalKind.IDENTITY, _identity_15)
        yield from _scan(plain, _MOBILE, PersonalKind.PHONE, _mobile)
        yield from _scan(plain, _LANDLINE, PersonalKind.PHONE, lambda _: True)
        if "@" in plain:
            yield from _scan(plain, _EMAIL, PersonalKind.EMAIL, lambda _: True)
        if not plain.isascii() or ":" in plain or "passport" in plain.lower():
            yield from _scan(plain, _PLATE, PersonalKind.PLATE, lambda _: True)
            for announced in self._announced:
                for match in announced.pattern.finditer(plain):
                    yield Finding(announced.kind, match.start(1), match.end(1), certain=False)
            yield from _scan(plain, _STREET, PersonalKind.ADDRESS, lambda _: False)


@lru_cache(maxsize=1)
def shipped_finder() -> PersonalData:
    """The finder with the words that come with the package."""
    return PersonalData.load(shipped_rulebook())


def _after(labels: tuple[str, ...], value: str) -> re.Pattern[str]:
    words = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"(?:{words}){value}", re.IGNORECASE)


def _scan(plain: str, pattern: re.Pattern[str], kind: PersonalKind, judge: Callable[[str], bool | None]) -> Iterator[Finding]:
    """Matches that ``judge`` does not reject (None); a rejected one does not hide a shorter one, nor one that begins inside it."""
    place = 0
    while (match := pattern.search(plain, place)) is not None:
        start = match.start()
        shorter: re.Match[str] | None = match
        while shorter is not None and (verdict := judge(shorter.group())) is None:
            shorter = _shorter(plain, pattern, shorter)
        if shorter is None:
            place = start + 1
        else:
            yield Finding(kind, start, shorter.end(), certain=bool(verdict) and _stands_alone(plain, shorter))
            place = shorter.end()


def _shorter(plain: str, pattern: re.Pattern[str], match: re.Match[str]) -> re.Match[str] | None:
    """The match that ends at an earlier gap: a number may be followed by another one that does not belong to it."""
    end = match.end()
    while end > match.start():
        gap = _LAST_GAP.search(plain, match.start(), end)
        if gap is None:
            return None
        end = gap.start()
        if (found := pattern.match(plain, match.start(), end)) is not None and found.end() == end:
            return found
    return None


def _stands_alone(plain: str, match: re.Match[str]) -> bool:
    before, after = plain[match.start() - 1 : match.start()], plain[match.end() : match.end() + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def certain_kind(text: str) -> PersonalKind | None:
    """The kind of the first identity number, mobile number or card of the Chinese scheme that stands in the text beyond doubt, or None.

    For places that refuse personal data: what may be a plain number by chance passes.
    """
    plain, _ = _plain(text)
    for pattern, kind, judge in (
        (_IDENTITY, PersonalKind.IDENTITY, _identity),
        (_MOBILE, PersonalKind.PHONE, _mobile),
        (_CARD, PersonalKind.CARD, _card),
    ):
        for finding in _scan(_UUID_OR_HASH.sub(" ", plain), pattern, kind, judge):
            if finding.certain and (kind is not PersonalKind.CARD or plain[finding.start : finding.start + 2] == "62"):
                return kind
    return None


def plain_text(text: str) -> str:
    """The text with compatibility characters (full width and the like) made plain and invisible ones left out."""
    return _plain(text)[0]


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text with compatibility characters made plain and invisible ones left out, and the place of each of its characters."""
    if text.isascii():
        return text, None
    signs: list[str] = []
    places: list[int] = []
    for index, sign in enumerate(text):
        if sign.isascii() or "\u4e00" <= sign <= "\u9fff":
            plain = sign
        elif unicodedata.category(sign) == "Cf":
            continue
        elif unicodedata.category(sign) in ("Pd", "Zs"):
            plain = "-" if unicodedata.category(sign) == "Pd" else " "
        elif unicodedata.category(sign) == "Nd":
            plain = str(unicodedata.digit(sign))
        else:
            normal = unicodedata.normalize("NFKC", sign)
            plain = normal if len(normal) == 1 else sign
        signs.append(plain)
        places.append(index)
    return "".join(signs), places


def _digits(value: str) -> str:
    return _NOT_DIGITS.sub("", value).upper()


def _identity(value: str) -> bool | None:
    """Region and day of birth must be real; the check digit makes it certain. Spread out, it needs the check digit."""
    digits = _digits(value)
    certain = identity_holds(digits)
    return certain if certain or (len(value) == 18 and identity_is_plausible(digits)) else None


def _identity_15(value: str) -> bool | None:
    return False if identity_is_plausible(value) else None


def _mobile(value: str) -> bool:
    """Eleven digits on end are certain."""
    return len(value) == 11


def _organisation(value: str) -> bool | None:
    """The check sign must hold; digits alone may hold by chance."""
    return not value.isdigit() if organisation_holds(value) else None


def _card(value: str) -> bool | None:
    """The check digit makes it certain; the prefix 62 of the Chinese scheme alone is enough when nothing stands between the digits."""
    digits = _digits(value)
    if card_holds(digits):
        return True
    return False if digits.startswith("62") and len(value) == len(digits) else None
