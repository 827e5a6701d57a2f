"""What the tests of notices share: the rulebook's texts, a vault, an outbox, and a carrier that does as it is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Worker
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.clock import FixedClock, local_day
from anpei.kernel.events import Event
from anpei.kernel.money import Money
from anpei.notices import operations
from anpei.notices.jobs import deliver_handler
from anpei.notices.model import Notice
from anpei.notices.ports import Message
from anpei.notices.templates import TemplateBook, load_templates
from anpei.trust.vault import KeyRing, Vault

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
LATER = AT + timedelta(minutes=3)
PAID = {"claim_number": "AP-2026-000123", "amount": Money(866_567), "account_tail": "1234", "paid_at": AT, "bank_reference": "SB00000001"}


class Carrier:
    """Takes messages; raises the errors it was given first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(message)


class Outbox:
    """Remembers the events it was given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, _conn: Connection, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def later() -> datetime:
    return LATER


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def make_carrier() -> type[Carrier]:
    return Carrier


@pytest.fixture(scope="session")
def texts() -> TemplateBook:
    return load_templates(shipped_rulebook())


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(KeyRing.fresh())


@pytest.fixture
def tell(database: Database, vault: Vault, texts: TemplateBook) -> Callable[..., Notice]:
    def tell(*, round: int = 1, address: str | None = None, recipient: str = "party-1", **values: object) -> Notice:
        with database.write() as conn:
            return operations.create_notice(
                conn, vault=vault, template=texts.get("payment_confirmed", on=local_day(AT)), values=PAID | values, claim_id="claim-1",
                round=round, recipient_id=recipient, at=AT, address=address,
            )  # fmt: skip

    return tell


@pytest.fixture
def make_worker(database: Database, vault: Vault, outbox: Outbox) -> Callable[[Carrier], Worker]:
    """A worker that sends, without waiting between tries, three minutes later."""

    def make(carrier: Carrier) -> Worker:
        handler = deliver_handler(
            database=database, vault=vault, delivery=carrier, clock=FixedClock(LATER), emit=outbox, waits=(timedelta(0),)
        )
        return Worker(database=database, handlers={operations.DELIVER_JOB: handler})

    return make
