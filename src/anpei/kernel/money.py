"""Money in integer fen and rates in basis points. Floats never enter; rounding happens in one named function."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anpei.kernel.errors import InvalidInput

FULL_BP = 10_000
MAX_FEN = 9_200_000_000_000_00
_DECIMAL = re.compile(r"(-?)¥? ?(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,2}))?", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．￥－", "0123456789,.¥-")


class InvalidAmount(InvalidInput):
    """A text is no amount of money, or an amount is out of range."""

    code = "money.invalid_amount"


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in fen (分, 1/100 yuan). Negative values exist only in ledgers and differences."""

    fen: int

    def __post_init__(self) -> None:
        if not isinstance(self.fen, int) or isinstance(self.fen, bool) or abs(self.fen) > MAX_FEN:
            raise InvalidAmount(f"{self.fen!r} is no amount in fen: give an integer of at most {MAX_FEN} fen")

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read a decimal text in yuan such as ``1234.5``, ``¥1,234.50`` or ``-¥12.00`` (full-width too). Raises InvalidAmount.

        Commas stand between groups of three digits only: ``12,34`` may be a misread ``12.34`` and is refused.
        """
        match = _DECIMAL.fullmatch(text.translate(_FULL_WIDTH).strip())
        if match is None:
            raise InvalidAmount(f"{text[:40]!r} is no amount in yuan: write it like 1234.56")
        sign, whole, cents = match.groups()
        fen = int(whole.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))
        return cls(-fen if sign else fen)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen)

    def __neg__(self) -> "Money":
        return Money(-self.fen)

    def decimal(self) -> str:
        """The amount in yuan with two decimals and no separators: ``1234.56``."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}¥{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """The exact sum."""
    return Money(sum(amount.fen for amount in amounts))


def half_up(*, fen: int, rate_bp: int) -> int:
    """``fen`` times a rate in basis points, rounded half up to a whole fen: the only rounding of the platform.

    Both are non-negative. Source: rounding HALF_UP at each benefit line, stated in each product version.
    """
    if fen < 0 or rate_bp < 0:
        raise InvalidAmount(f"rounding takes no negative values (fen={fen}, rate_bp={rate_bp})")
    return (fen * rate_bp + FULL_BP // 2) // FULL_BP


def split(*, amount: Money, weights: Sequence[int]) -> list[Money]:
    """Share an amount in proportion to integer weights by the largest remainder, so that the shares add up exactly.

    Ties go to the earlier share. Raises InvalidAmount when no weight is positive or one is negative.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0 or amount.fen < 0:
        raise InvalidAmount(f"cannot split {amount} by weights {list(weights)}: give non-negative weights with a positive sum")
    floors = [amount.fen * weight // whole for weight in weights]
    left = amount.fen - sum(floors)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount.fen * weights[i] % whole), i))
    for index in by_remainder[:left]:
        floors[index] += 1
    return [Money(fen) for fen in floors]
