"""A person as an insurer's records name them, and the forms in which names and numbers are compared."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class IdType(StrEnum):
    """Papers of identity (证件类型)."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    FOREIGN_RESIDENT_ID = "foreign_resident_id"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Person:
    """What is to be recorded of a person. ``gender`` is M, F or empty; ``id_number`` and ``phone`` may be empty."""

    name: str
    gender: str = ""
    birth_on: date | None = None
    id_type: str = IdType.RESIDENT_ID.value
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A recorded person, opened. ``repr`` shows no personal data."""

    id: str
    insurer_id: str
    name: str
    gender: str
    birth_on: date | None
    id_type: str
    id_number: str
    phone: str

    def __repr__(self) -> str:
        return f"Party(id={self.id!r})"


def comparable_name(name: str) -> str:
    """A name as it is compared: NFKC, upper case, without spaces and middle dots."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).upper() if not sign.isspace() and sign not in "·・•.")


def comparable_number(number: str) -> str:
    """A number of a paper of identity as it is compared: upper case, letters and digits only."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", number).upper() if sign.isalnum())


def comparable_phone(phone: str) -> str:
    """A phone number as it is compared: digits only, without the country code 86."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", phone) if sign.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
