"""Errors of the calculation and the one way from frozen data to its plain form and back."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from anpei.kernel.canonical import digest
from anpei.kernel.errors import AnpeiError, InvalidInput


class BenefitInvalid(InvalidInput):
    """Data handed to the calculation is not of the right form."""

    code = "benefit.invalid"


class FactsMissing(AnpeiError):
    """A step needs a fact that the evidence does not give; the claim goes to a person or a supplement is asked for."""

    code = "benefit.facts_missing"


class FactsInconsistent(AnpeiError):
    """Facts of a bill contradict each other; the claim goes to a person."""

    code = "benefit.facts_inconsistent"


class CurrencyRefused(FactsInconsistent):
    """An amount is in another currency; nothing is converted in silence, the claim goes to a person."""


def check_amount(name: str, value: Any, *, optional: bool = False) -> None:
    """Raise BenefitInvalid unless the value is a whole number of fen from 0 (or None when optional)."""
    if optional and value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BenefitInvalid(f"{name} must be a whole number of fen from 0, not {type(value).__name__}: read the amount again")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def plain_row(item: Any) -> dict[str, Any]:
    """The fields of a frozen object as plain values."""
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def checked(kind: str, data: Mapping[str, Any], build: Any) -> Any:
    """Build from plain data; whatever is wrong with it becomes BenefitInvalid, and it must come out as it went in."""
    try:
        made = build(data)
        same = digest(made.to_dict()) == digest(dict(data))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BenefitInvalid(f"this is not the canonical form of {kind} ({error!r}): use what to_dict gave") from error
    if not same:
        raise BenefitInvalid(f"this {kind} does not keep its digest when read: use what to_dict gave, unchanged")
    return made
