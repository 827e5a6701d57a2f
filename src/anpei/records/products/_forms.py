"""The shared pieces of the file format: names, texts, amounts as they are written in YAML, and their whole numbers."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from anpei.kernel.errors import AnpeiError
from anpei.kernel.money import FULL_BP, Money

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Source = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.left)?$")]
MAX_RATE_BP = 100 * FULL_BP
"""The largest rate a table or a fact may hold: one hundred times the whole."""


class Part(BaseModel):
    """A part of a product file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse(title: str, problems: Sequence[tuple[tuple[str | int, ...], str]]) -> None:
    """Raise a ValidationError that carries the place of each problem of meaning; nothing when there is none."""
    if problems:
        details = [InitErrorDetails(type=PydanticCustomError("product", "{m}", {"m": m}), loc=where, input=None) for where, m in problems]
        raise ValidationError.from_exception_data(title, details)


class Words(Part):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


def parameter_value(unit: str, given: str | int) -> int:
    """A plan's value in the unit's whole numbers (fen, basis points, count, thousandths). Raises ValueError with what would be right."""
    if isinstance(given, bool):
        raise ValueError(f"{given!r} is no value")
    if unit == "yuan":
        return _fen_of(given)
    if unit == "measure":
        return thousandths(given)
    if isinstance(given, str) or given < 0 or (unit == "bp" and given > FULL_BP):
        right = f"a whole number from 0 to {FULL_BP} basis points" if unit == "bp" else "a whole number from 0"
        raise ValueError(f"{given!r} must be {right}")
    return given


def _fen_of(given: str | int) -> int:
    try:
        fen = Money.parse(str(given)).fen
    except AnpeiError as error:
        raise ValueError(error.message) from error
    if fen < 0:
        raise ValueError(f"{given!r} must not be negative: an amount, a deductible or a limit is at least 0")
    return fen


def thousandths(given: Any) -> int:
    """A measure (weight, hours) with at most three decimals as thousandths. Raises ValueError."""
    whole, _, part = str(given).partition(".")
    right = isinstance(given, str | int) and not isinstance(given, bool) and whole.isascii() and whole.isdigit()
    if not right or len(part) > 3 or (part and not part.isdigit()) or len(whole) > 9:
        raise ValueError(f"{given!r} is no measure: write a number from 0 with at most three decimals, in quotes if it has any")
    return int(whole) * 1000 + int(part.ljust(3, "0"))


def fact_value(unit: str, given: Any) -> int | str:
    """A fact as it is written in a file (yuan, days, words) in the plain form of ``benefit.EventFacts``. Raises ValueError."""
    if unit in {"fen", "measure"}:
        return parameter_value("yuan" if unit == "fen" else unit, _no_float(given))
    if unit == "date":
        return _day(given)
    if unit == "flag":
        if not isinstance(given, bool):
            raise ValueError(f"{given!r} is neither true nor false")
        return int(given)
    if unit == "text" or unit.startswith("code:"):
        if not isinstance(given, str) or not given:
            raise ValueError(f"{given!r} is no text")
        return given
    return _number(unit, given)


def _no_float(given: Any) -> str | int:
    if isinstance(given, str) or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    raise ValueError(f"{given!r}: write an amount in yuan as quoted text, such as '432.60'")


def _day(given: Any) -> str:
    if isinstance(given, date):
        return given.isoformat()
    try:
        return date.fromisoformat(str(given)).isoformat()
    except ValueError as error:
        raise ValueError(f"{given!r} is no day: write it like 2026-03-02") from error


LARGEST = {"bp": MAX_RATE_BP, "grade": 10, "count": 10**9}
SMALLEST = {"grade": 1}


def _number(unit: str, given: Any) -> int:
    least, most = SMALLEST.get(unit, 0), LARGEST.get(unit, 10**9)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise ValueError(f"{given!r} is no {unit}: write a whole number from {least} to {most}")
    return given


def _fen(value: Any) -> Any:
    """Yuan as quoted text (or a whole number) to fen; a YAML float is refused, it has already lost its cents."""
    if isinstance(value, bool | float):
        raise ValueError("write an amount in yuan as quoted text, such as '432.60'")
    return parameter_value("yuan", value) if isinstance(value, str | int) else value


Yuan = Annotated[int, BeforeValidator(_fen), Field(ge=0)]
