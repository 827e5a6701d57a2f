"""Payees, orders, their states, and which postings each state change makes. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anpei.kernel.errors import Conflict, InvalidInput
from anpei.kernel.money import Money


class InvalidPayee(InvalidInput):
    """A payee's name, bank or account cannot be right; ``data`` names the field."""

    code = "payments.invalid_payee"


class OrderConflict(Conflict):
    """The order is in a state in which this cannot be done (any more)."""

    code = "payments.order_conflict"


class ContradictoryOutcome(Conflict):
    """The bank said one thing before and another thing now. Raised before anything is written."""

    code = "payments.contradictory_outcome"


class AccountKind(StrEnum):
    """A bank card carries a check digit, a passbook or company account does not."""

    CARD = "card"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets the money. Kept out of ``repr``, so that it does not end up in a log."""

    name: str = field(repr=False)
    bank: str = field(repr=False)
    account: str = field(repr=False)
    kind: AccountKind = AccountKind.CARD


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the ones before it (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def checked_payee(payee: Payee) -> Payee:
    """The payee with spaces and hyphens taken out of the account number. Raises InvalidPayee when it cannot be right.

    Whether the name is the insured's or an authorised payee's is decided elsewhere.
    """
    account = payee.account.replace(" ", "").replace("-", "")
    if not payee.name.strip():
        raise _wrong("name", "is empty: give the account holder's name as the bank has it")
    if not payee.bank.strip():
        raise _wrong("bank", "is empty: give the name of the bank that keeps the account")
    if not (account.isascii() and account.isdigit()):
        raise _wrong("account", "holds something else than digits: type the number again")
    if payee.kind is AccountKind.CARD and not 13 <= len(account) <= 19:
        raise _wrong("account", f"has {len(account)} digits; a bank card has 13 to 19: type the number again")
    if payee.kind is AccountKind.CARD and not passes_luhn(account):
        raise _wrong("account", "has a wrong digit (the check digit does not fit): compare it with the card")
    if payee.kind is AccountKind.ACCOUNT and not 8 <= len(account) <= 32:
        raise _wrong("account", f"has {len(account)} digits; an account has 8 to 32: type the number again")
    return Payee(name=payee.name.strip(), bank=payee.bank.strip(), account=account, kind=payee.kind)


def _wrong(field_name: str, words: str) -> InvalidPayee:
    return InvalidPayee(f"payee.{field_name} {words}", data={"field": field_name})


class OrderState(StrEnum):
    """The life of a payment order.

    ``UNKNOWN``: the bank did not answer; it is asked by the same key before anything is sent again.
    ``REVERSED``: the money was paid and came back.
    """

    CREATED = "created"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVERSED = "reversed"
    CANCELLED = "cancelled"


ALLOWED: dict[OrderState, frozenset[OrderState]] = {
    OrderState.CREATED: frozenset({OrderState.SUBMITTED, OrderState.CANCELLED}),
    OrderState.SUBMITTED: frozenset({OrderState.UNKNOWN, OrderState.CONFIRMED, OrderState.REJECTED}),
    OrderState.UNKNOWN: frozenset({OrderState.SUBMITTED, OrderState.CONFIRMED, OrderState.REJECTED}),
    OrderState.CONFIRMED: frozenset({OrderState.REVERSED}),
    OrderState.REJECTED: frozenset(),
    OrderState.REVERSED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}
LIVE = frozenset({OrderState.CREATED, OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.CONFIRMED})
"""In these states the order has paid or may still pay: its decision cannot pay a second time."""
WITH_BANK = frozenset({OrderState.SUBMITTED, OrderState.UNKNOWN})
"""The bank may know the order: it is asked first."""
UNPAID = frozenset({OrderState.REJECTED, OrderState.REVERSED})
"""The order ended without money at the payee; what it owed is still owed, until a later order takes the debt over."""


@dataclass(frozen=True, slots=True)
class Order:
    """A payment order as the database has it; the sealed payee is opened by ``queries.open_payee`` only."""

    id: str
    claim_id: str
    round: int
    insurer_id: str
    amount: Money
    decision_digest: str
    state: OrderState
    idempotency_key: str
    account_tail: str
    bank_reference: str | None
    attempts: int
    reason: str | None
    created_at: datetime
    changed_at: datetime


class Entry(StrEnum):
    """What a set of postings stands for; each happens at most once to an order."""

    ACCRUED = "accrued"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVERSED = "reversed"
    CANCELLED = "cancelled"
    RELEASED = "released"


REVERSES: dict[Entry, tuple[Entry, ...]] = {
    Entry.REJECTED: (Entry.SUBMITTED,),
    Entry.REVERSED: (Entry.CONFIRMED, Entry.SUBMITTED),
    Entry.CANCELLED: (Entry.ACCRUED,),
    Entry.RELEASED: (Entry.ACCRUED,),
}
"""Entries that only take earlier ones back: the same accounts and amount, the other way round."""


def forward_accounts(*, entry: Entry, insurer_id: str, claim_id: str) -> tuple[str, str]:
    """Source and destination of an entry that moves money forward. An account's balance is what came in minus what went out."""
    owed = f"insurer:{insurer_id}:claims_payable"
    clearing = f"insurer:{insurer_id}:bank_clearing"
    if entry is Entry.ACCRUED:
        return f"insurer:{insurer_id}:claims_expense", owed
    if entry is Entry.SUBMITTED:
        return owed, clearing
    if entry is Entry.CONFIRMED:
        return clearing, f"claim:{claim_id}:payee"
    raise ValueError(f"{entry} only takes earlier entries back")


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount that moved from one account to another; never edited, only taken back by a posting that names it."""

    id: str
    order_id: str
    entry: Entry
    line: int
    source: str
    destination: str
    amount: Money
    reverses: str | None
    posted_at: datetime


class CaseKind(StrEnum):
    """Why people must look at a payment."""

    CONTRADICTION = "contradiction"
    STUCK = "stuck"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """Something about a payment that only a person may settle. ``facts`` hold ids, states and amounts, no personal data.

    ``order_id`` is None for a payment on the bank's statement that no order stands behind.
    """

    id: str
    order_id: str | None
    kind: CaseKind
    facts: dict[str, str | int | None]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an order's state, for the progress page."""

    order_id: str
    number: int
    from_state: OrderState | None
    to_state: OrderState
    note: str | None
    at: datetime
