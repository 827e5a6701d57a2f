"""What the tests of payments share: a vault, a clock, a sandbox bank, an outbox that only remembers, and orders with sensible values."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anpei.connectors.sandbox_bank import FaultScript, SandboxBank
from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Worker
from anpei.kernel.clock import FixedClock
from anpei.kernel.events import Event
from anpei.kernel.money import Money
from anpei.payments import operations
from anpei.payments.jobs import submit_handler, take_call_back
from anpei.payments.model import Order, Payee
from anpei.payments.ports import Outcome
from anpei.trust.vault import KeyRing, Vault

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
NO_WAIT = (timedelta(0),)


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
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(KeyRing.fresh())


@pytest.fixture
def card() -> Payee:
    return Payee(name="王小安", bank="样例银行", account="6222 0200 0000 0000 000")


@pytest.fixture
def make_order(database: Database, vault: Vault, card: Payee) -> Callable[..., Order]:
    def make(
        *, claim: str = "claim-1", round: int = 1, fen: int = 866_567, decision: str = "a" * 64, payee: Payee = card, **more: str
    ) -> Order:
        with database.write() as conn:
            return operations.create_order(
                conn, vault=vault, claim_id=claim, round=round, insurer_id="insurer-1", payee=payee, amount=Money(fen),
                decision_digest=decision, at=AT, **more,
            )  # fmt: skip

    return make


@pytest.fixture
def make_bank(database: Database, tmp_path: Path, outbox: Outbox) -> Callable[..., SandboxBank]:
    """A bank with a script; ``calls_back``: it reports every booking by itself, too."""

    def make(*faults: dict[str, object], calls_back: bool = False) -> SandboxBank:
        def report(key: str, outcome: Outcome) -> None:
            take_call_back(database, idempotency_key=key, outcome=outcome, at=AT, emit=outbox)

        return SandboxBank(
            path=tmp_path / "bank.sqlite",
            script=FaultScript.model_validate({"faults": faults}),
            on_outcome=report if calls_back else None,
            sleep=lambda _seconds: None,
        )

    return make


@pytest.fixture
def make_worker(database: Database, vault: Vault, outbox: Outbox) -> Callable[[SandboxBank], Worker]:
    """A worker that pays, without waiting between tries."""

    def make(bank: SandboxBank) -> Worker:
        handler = submit_handler(database=database, vault=vault, bank=bank, clock=FixedClock(AT), emit=outbox, waits=NO_WAIT)
        return Worker(database=database, handlers={operations.SUBMIT_JOB: handler})

    return make
