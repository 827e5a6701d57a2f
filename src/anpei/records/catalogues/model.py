"""A catalogue item, its payload in a rules snapshot, and what the search for a bill line gives."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.kernel.period import Period


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One item in a region over a period.

    ``insurance_class`` is A, B, C (甲乙丙) or empty; ``self_pay_bp`` the part to be paid by oneself first (先行自付).
    """

    region: str
    code: str
    name: str
    category: str
    fee_category: str
    insurance_class: str
    self_pay_bp: int
    unit: str
    price_cap_fen: int | None
    covered: bool
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the item is in force on a day."""
        return Period(self.valid_from, self.valid_to).contains(day)


@dataclass(frozen=True, slots=True)
class CatalogueAlias:
    """Another name (别名) of an item in a region over a period, as imported. ``plain`` is its compared form (``names.plain_name``)."""

    region: str
    plain: str
    alias: str
    code: str
    valid_from: date
    valid_to: date | None


def payload_of(item: CatalogueItem) -> dict[str, Any]:
    """The item as the opaque payload of a snapshot row. ``class`` is A, B, C or None."""
    return {
        "name": item.name,
        "category": item.category,
        "fee_category": item.fee_category,
        "class": item.insurance_class or None,
        "self_pay_bp": item.self_pay_bp,
        "unit": item.unit,
        "price_cap_fen": item.price_cap_fen,
        "covered": item.covered,
    }


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """The item that a bill line means; ``how`` is code, name, alias or similar; ``score_bp`` the likeness in basis points."""

    code: str
    how: str
    score_bp: int
