"""A worker process that is killed (SIGKILL) at a named point. Started by test_kill.py; not a test itself.

Arguments: database URL, the bank's file, the point: before_bank, after_booking, before_finish, before_commit.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from anpei.connectors.sandbox_bank import SandboxBank
from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Handler, Worker
from anpei.kernel.clock import SystemClock
from anpei.kernel.events import Event
from anpei.payments import operations
from anpei.payments.jobs import submit_handler
from anpei.payments.ports import Instruction, Outcome
from anpei.trust.vault import KeyRing, Vault


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Bank(SandboxBank):
    point = ""

    def submit(self, instruction: Instruction) -> Outcome:
        if self.point == "before_bank":
            die()
        outcome = super().submit(instruction)
        if self.point == "after_booking":
            die()
        return outcome


def emit(_conn: Connection, _event: Event) -> None:
    die()


def main(url: str, bank_file: str, point: str) -> None:
    database = Database(url)
    bank = Bank(path=Path(bank_file))
    bank.point = point
    vault = Vault(KeyRing.find(path=Path("absent")))
    handler = submit_handler(database=database, vault=vault, bank=bank, clock=SystemClock(), emit=emit, waits=(timedelta(0),))
    if point == "before_finish":
        handler = Handler(work=handler.work, finish=lambda _conn, _job, _result: die())
    Worker(database=database, handlers={operations.SUBMIT_JOB: handler}).run_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
