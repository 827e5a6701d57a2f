"""kill -9 at any point of a payment: one payment at the bank, one posting, one event."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anpei.connectors.sandbox_bank import SandboxBank
from anpei.engines.db import Database
from anpei.payments import queries
from anpei.payments.model import Entry, OrderState
from anpei.trust.vault import ENVIRONMENT_NAME, KeyRing, Vault

CHILD = Path(__file__).with_name("crash_child.py")


@pytest.fixture(scope="module")
def keyring() -> KeyRing:
    return KeyRing.fresh()


@pytest.fixture(scope="module")
def vault(keyring: KeyRing) -> Vault:
    return Vault(keyring)


@pytest.mark.parametrize(("point", "booked_before"), [("before_bank", 0), ("after_booking", 1), ("before_finish", 1), ("before_commit", 1)])
def test_a_killed_worker_pays_once(
    database: Database,
    database_url: str,
    tmp_path: Path,
    make_order: Any,
    make_worker: Any,
    outbox: Any,
    keyring: KeyRing,
    point: str,
    booked_before: int,
) -> None:
    order = make_order()
    bank_file = tmp_path / "bank.sqlite"
    environment = os.environ | {ENVIRONMENT_NAME: keyring.to_text()}
    child = subprocess.run([sys.executable, str(CHILD), database_url, str(bank_file), point], env=environment, check=False, timeout=60)
    assert child.returncode == -signal.SIGKILL
    bank = SandboxBank(path=bank_file)
    assert len(bank.statement()) == booked_before
    with database.read() as conn:
        assert queries.get_order(conn, order_id=order.id).state is OrderState.SUBMITTED

    with database.write() as conn:
        conn.exec_driver_sql("UPDATE jobs SET lease_until = created_at")
    assert make_worker(bank).run_due() == 1
    with database.read() as conn:
        assert queries.get_order(conn, order_id=order.id).state is OrderState.CONFIRMED
        assert [posting.entry for posting in queries.list_postings(conn, order_id=order.id)] == [
            Entry.ACCRUED,
            Entry.SUBMITTED,
            Entry.CONFIRMED,
        ]
        assert queries.ledger_faults(conn) == []
    assert [line.key for line in bank.statement()] == [order.idempotency_key]
    assert len(outbox.events) == 1
