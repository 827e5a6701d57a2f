"""A stand-in for a bank: books payments in its own SQLite file and misbehaves on demand, by a script of faults.

It is faithful in what matters: the key identifies a payment, the same key again returns the first outcome and books nothing,
and a time-out may come before or after the booking. Its file is independent of the platform's database, survives kill -9, and
can be shared by several processes. Not for production: no money moves.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import parse_text
from anpei.kernel.errors import Conflict
from anpei.kernel.money import Money
from anpei.payments.ports import BankDown, BankTimedOut, Instruction, Outcome, Result, StatementLine

CallBack = Callable[[str, Outcome], None]
"""Called with the key and the outcome when the bank has booked or refused."""


class Behaviour(StrEnum):
    """What the bank does with an instruction."""

    CONFIRM = "confirm"
    REJECT = "reject"
    TIME_OUT_BEFORE = "time_out_before_booking"
    TIME_OUT_AFTER = "time_out_after_booking"
    PENDING = "pending"
    DOWN = "down"
    DOUBLE_CALL_BACK = "double_call_back"
    SLOW = "slow"


class Fault(BaseModel):
    """One line of the script: which instruction (account suffix, or the n-th new key counted from 1), and what happens to it.

    ``times``: how often the bank times out or is down before it behaves, or how often it answers "pending" before it books.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_suffix: str | None = Field(default=None, pattern=r"^[0-9]{1,19}$")
    sequence: int | None = Field(default=None, ge=1)
    does: Behaviour
    reason: str | None = None
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=0.0, ge=0.0, le=60.0)

    @model_validator(mode="after")
    def _selects_something(self) -> "Fault":
        if (self.account_suffix is None) == (self.sequence is None):
            raise ValueError("give account_suffix or sequence, not both")
        if self.does is Behaviour.REJECT and not self.reason:
            raise ValueError("a rejection needs a reason")
        return self


class FaultScript(BaseModel):
    """The faults, first match wins; everything else is confirmed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    faults: tuple[Fault, ...] = ()


FIRST = frozenset({Behaviour.DOWN, Behaviour.TIME_OUT_BEFORE, Behaviour.SLOW})
"""What the bank does before it books."""
GOOD = Fault(sequence=1, does=Behaviour.CONFIRM)
NOW = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"
INSTRUCTIONS = """CREATE TABLE IF NOT EXISTS instructions (
  key TEXT PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, account TEXT NOT NULL, amount_fen INTEGER NOT NULL, calls INTEGER NOT NULL,
  queries INTEGER NOT NULL)"""
BOOKINGS = """CREATE TABLE IF NOT EXISTS bookings (
  key TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, result TEXT NOT NULL, reason TEXT, name TEXT NOT NULL, bank TEXT NOT NULL,
  account TEXT NOT NULL, amount_fen INTEGER NOT NULL, purpose TEXT NOT NULL, booked_at TEXT)"""


def load_script(path: Path) -> FaultScript:
    """Read a fault script (YAML or JSON). Raises KnowledgeError with file and line."""
    return parse_text(path.read_text(encoding="utf-8"), FaultScript, name=str(path))


class SandboxBank:
    """Implements ``payments.ports.Bank``. ``sleep`` is replaceable for tests; the time of booking is its database's."""

    def __init__(
        self,
        *,
        path: Path,
        script: FaultScript | None = None,
        on_outcome: CallBack | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self.script = script or FaultScript()
        self.on_outcome = on_outcome
        self._sleep = sleep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._conn = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        self._conn.execute("PRAGMA journal_mode=WAL")
        with self._transaction() as conn:
            for statement in (INSTRUCTIONS, BOOKINGS):
                conn.execute(statement)

    @classmethod
    def open(cls, path: Path, *, faults: Path | None = None, on_outcome: CallBack | None = None) -> "SandboxBank":
        """The bank of a file, with the fault script of another (YAML or JSON) if there is one. Raises KnowledgeError."""
        return cls(path=path, script=None if faults is None else load_script(faults), on_outcome=on_outcome)

    def submit(self, instruction: Instruction) -> Outcome:
        """Take an instruction. Raises BankTimedOut or BankDown when the script says so, Conflict for a key used with other content."""
        with self._transaction() as conn:
            known = _outcome(conn, instruction.key)
            sequence, calls = _count_call(conn, instruction)
            fault = self._fault(instruction.account, sequence)
            at_once = fault.does not in FIRST or (fault.does is not Behaviour.SLOW and calls > fault.times)
            outcome = known or (_book(conn, instruction, fault) if at_once else None)
        if known is not None:
            return known
        if outcome is None:
            outcome = self._hesitate(instruction, fault)
        self._call_back(instruction.key, outcome, times=2 if fault.does is Behaviour.DOUBLE_CALL_BACK else 1)
        if fault.does is Behaviour.TIME_OUT_AFTER and calls <= fault.times:
            raise BankTimedOut("the sandbox bank booked and did not answer (fault script)")
        return outcome

    def query(self, key: str) -> Outcome | None:
        """What became of the instruction with this key; a pending one is booked after it was asked for often enough."""
        with self._transaction() as conn:
            known = _outcome(conn, key)
            if known is None or known.result is not Result.PENDING:
                return known
            row = conn.execute("UPDATE instructions SET queries = queries + 1 WHERE key = ? RETURNING account, sequence, queries", (key,))
            account, sequence, asked = row.fetchone()
            if asked < self._fault(account, sequence).times:
                return known
            conn.execute(f"UPDATE bookings SET result = ?, booked_at = {NOW} WHERE key = ?", (Result.CONFIRMED.value, key))  # noqa: S608
            booked = Outcome(Result.CONFIRMED, known.reference)
        self._call_back(key, booked, times=1)
        return booked

    def statement(self) -> list[StatementLine]:
        """Every booked payment, in the order of booking."""
        with self._transaction() as conn:
            query = "SELECT key, reference, amount_fen, booked_at FROM bookings WHERE result = ? ORDER BY booked_at, reference"
            rows = conn.execute(query, (Result.CONFIRMED.value,)).fetchall()
        return [StatementLine(key=r[0], reference=r[1], amount=Money(r[2]), booked_at=datetime.fromisoformat(r[3])) for r in rows]

    def _hesitate(self, instruction: Instruction, fault: Fault) -> Outcome:
        """Do what comes before booking: be down, not answer, or be slow."""
        if fault.does is Behaviour.DOWN:
            raise BankDown("the sandbox bank is down (fault script)")
        if fault.does is Behaviour.TIME_OUT_BEFORE:
            raise BankTimedOut("the sandbox bank did not answer; it booked nothing (fault script)")
        self._sleep(fault.seconds)
        with self._transaction() as conn:
            return _book(conn, instruction, fault)

    def _call_back(self, key: str, outcome: Outcome, *, times: int) -> None:
        if self.on_outcome is None or outcome.result is Result.PENDING:
            return
        for _ in range(times):
            self.on_outcome(key, outcome)

    def _fault(self, account: str, sequence: int) -> Fault:
        for fault in self.script.faults:
            if fault.sequence == sequence or (fault.account_suffix is not None and account.endswith(fault.account_suffix)):
                return fault
        return GOOD

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._conn.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._conn.execute("BEGIN IMMEDIATE")
            try:
                yield self._conn
            except BaseException:
                self._conn.execute("ROLLBACK")
                raise
            self._conn.execute("COMMIT")


def _count_call(conn: sqlite3.Connection, instruction: Instruction) -> tuple[int, int]:
    """The place of this key in the order of first calls, and how often it was called now."""
    row = conn.execute(
        "INSERT INTO instructions VALUES (?, (SELECT COALESCE(MAX(rowid), 0) + 1 FROM instructions), ?, ?, 1, 0) "
        "ON CONFLICT (key) DO UPDATE SET calls = calls + 1 RETURNING sequence, calls, account, amount_fen",
        (instruction.key, instruction.account, instruction.amount.fen),
    ).fetchone()
    if (row[2], row[3]) != (instruction.account, instruction.amount.fen):
        raise Conflict(f"the key {instruction.key} stands for another account or amount: one key is one payment", code="bank.key_reused")
    return int(row[0]), int(row[1])


def _book(conn: sqlite3.Connection, instruction: Instruction, fault: Fault) -> Outcome:
    """Write the booking, or find the one that another process has written meanwhile."""
    result = {Behaviour.REJECT: Result.REJECTED, Behaviour.PENDING: Result.PENDING}.get(fault.does, Result.CONFIRMED)
    count = conn.execute("SELECT COALESCE(MAX(rowid), 0) FROM bookings").fetchone()[0]
    outcome = Outcome(result, f"SB{count + 1:08d}", fault.reason if result is Result.REJECTED else None)
    values = (
        instruction.key, outcome.reference, result.value, outcome.reason, instruction.name, instruction.bank, instruction.account,
        instruction.amount.fen, instruction.purpose,
    )  # fmt: skip
    booked_at = NOW if result is Result.CONFIRMED else "NULL"
    conn.execute(f"INSERT INTO bookings VALUES (?,?,?,?,?,?,?,?,?,{booked_at}) ON CONFLICT (key) DO NOTHING", values)  # noqa: S608
    return _outcome(conn, instruction.key) or outcome


def _outcome(conn: sqlite3.Connection, key: str) -> Outcome | None:
    row = conn.execute("SELECT result, reference, reason FROM bookings WHERE key = ?", (key,)).fetchone()
    return None if row is None else Outcome(Result(row[0]), row[1], row[2])
