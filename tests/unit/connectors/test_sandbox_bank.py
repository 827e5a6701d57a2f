"""The stand-in bank: one booking per key, faults by script, a statement, shared by processes."""

import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from anpei.connectors.sandbox_bank import FaultScript, SandboxBank, load_script
from anpei.engines.knowledge import KnowledgeError
from anpei.kernel.errors import Conflict
from anpei.kernel.money import Money
from anpei.payments.ports import BankDown, BankTimedOut, Instruction, Outcome, Result

Make = Callable[..., SandboxBank]


def told(key: str = "k1", *, fen: int = 100, account: str = "6222020000000000000") -> Instruction:
    return Instruction(key=key, amount=Money(fen), purpose="理赔款", name="王小安", bank="样例银行", account=account)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(*faults: dict[str, Any], **more: Any) -> SandboxBank:
        script = FaultScript.model_validate({"faults": faults})
        return SandboxBank(path=tmp_path / "bank.sqlite", script=script, **{"sleep": lambda _seconds: None} | more)

    return make


def test_the_same_key_is_the_same_payment(make: Make) -> None:
    bank = make()
    first = bank.submit(told())
    assert first == Outcome(Result.CONFIRMED, "SB00000001")
    assert [bank.submit(told()), bank.query("k1")] == [first, first]
    assert bank.submit(told("k2")).reference == "SB00000002"
    assert [(line.key, line.amount) for line in bank.statement()] == [("k1", Money(100)), ("k2", Money(100))]
    assert bank.statement()[0].booked_at.tzinfo == UTC


def test_a_key_is_not_used_for_something_else(make: Make) -> None:
    bank = make()
    bank.submit(told())
    for other in (told(fen=101), told(account="4111111111111111")):
        with pytest.raises(Conflict, match="another account or amount"):
            bank.submit(other)
    assert len(bank.statement()) == 1


def test_an_unknown_key_is_unknown(make: Make) -> None:
    assert make().query("nobody") is None


def test_a_time_out_before_booking_books_nothing(make: Make) -> None:
    bank = make({"sequence": 1, "does": "time_out_before_booking", "times": 2})
    for _ in range(2):
        with pytest.raises(BankTimedOut):
            bank.submit(told())
        assert (bank.query("k1"), bank.statement()) == (None, [])
    assert bank.submit(told()).result is Result.CONFIRMED


def test_a_time_out_after_booking_has_booked(make: Make) -> None:
    bank = make({"sequence": 1, "does": "time_out_after_booking"})
    with pytest.raises(BankTimedOut):
        bank.submit(told())
    booked = bank.query("k1")
    assert booked == Outcome(Result.CONFIRMED, "SB00000001")
    assert bank.submit(told()) == booked
    assert len(bank.statement()) == 1


def test_down_takes_nothing(make: Make) -> None:
    bank = make({"account_suffix": "000", "does": "down"})
    with pytest.raises(BankDown):
        bank.submit(told())
    assert bank.query("k1") is None
    assert bank.submit(told()).result is Result.CONFIRMED


def test_pending_is_booked_when_it_was_asked_for(make: Make) -> None:
    bank = make({"sequence": 1, "does": "pending", "times": 2})
    assert bank.submit(told()).result is Result.PENDING
    assert bank.submit(told()).result is Result.PENDING
    assert bank.statement() == []
    assert [bank.query("k1"), bank.query("k1"), bank.query("k1")] == [
        Outcome(Result.PENDING, "SB00000001"), Outcome(Result.CONFIRMED, "SB00000001"), Outcome(Result.CONFIRMED, "SB00000001"),
    ]  # fmt: skip
    assert len(bank.statement()) == 1


def test_a_rejection_is_kept_and_not_on_the_statement(make: Make) -> None:
    bank = make({"account_suffix": "0000", "does": "reject", "reason": "户名与账号不符"})
    assert bank.submit(told()) == Outcome(Result.REJECTED, "SB00000001", "户名与账号不符")
    assert bank.query("k1") == Outcome(Result.REJECTED, "SB00000001", "户名与账号不符")
    assert bank.submit(told("k2", account="6222020000000000018")).result is Result.CONFIRMED
    assert [line.key for line in bank.statement()] == ["k2"]


def test_the_sequence_counts_new_keys(make: Make) -> None:
    bank = make({"sequence": 2, "does": "reject", "reason": "x"})
    results = [bank.submit(told(key)).result.value for key in ("a", "a", "b", "c")]
    assert results == ["confirmed", "confirmed", "rejected", "confirmed"]


def test_call_backs_come_once_or_twice(make: Make) -> None:
    heard: list[tuple[str, Result]] = []
    bank = make(
        {"sequence": 1, "does": "double_call_back"}, {"sequence": 2, "does": "pending"},
        on_outcome=lambda key, outcome: heard.append((key, outcome.result)),
    )  # fmt: skip
    for key in ("a", "b", "c", "c"):
        bank.submit(told(key))
    for _ in range(2):
        bank.query("b")
    assert heard == [("a", Result.CONFIRMED), ("a", Result.CONFIRMED), ("c", Result.CONFIRMED), ("b", Result.CONFIRMED)]


def test_slow_waits_as_told(make: Make) -> None:
    waited: list[float] = []
    make({"sequence": 1, "does": "slow", "seconds": 2.5}, sleep=waited.append).submit(told())
    assert waited == [2.5]


def test_the_file_remembers_and_is_independent(make: Make, tmp_path: Path) -> None:
    first = make({"sequence": 1, "does": "down", "times": 2})
    with pytest.raises(BankDown):
        first.submit(told())
    again = make({"sequence": 1, "does": "down", "times": 2})
    with pytest.raises(BankDown):
        again.submit(told())
    assert again.submit(told()) == first.query("k1")
    tables = {row[0] for row in sqlite3.connect(tmp_path / "bank.sqlite").execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"instructions", "bookings"}


def test_many_at_once_book_each_key_once(make: Make) -> None:
    bank = make()
    heard: list[Outcome] = []
    threads = [threading.Thread(target=lambda n=n: heard.append(bank.submit(told(f"k{n % 3}")))) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 9
    assert sorted(line.key for line in bank.statement()) == ["k0", "k1", "k2"]


def test_a_script_is_read_from_yaml_and_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("faults:\n  - {account_suffix: '0000', does: reject, reason: 户名不符}\n", encoding="utf-8")
    (tmp_path / "b.json").write_text(
        json.dumps({"faults": [{"account_suffix": "0000", "does": "reject", "reason": "户名不符"}]}), encoding="utf-8"
    )
    assert load_script(tmp_path / "a.yaml") == load_script(tmp_path / "b.json")
    bank = SandboxBank.open(tmp_path / "bank.sqlite", faults=tmp_path / "a.yaml")
    assert bank.submit(told()).result is Result.REJECTED


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{does: confirm}", "give account_suffix or sequence"),
        ("{sequence: 1, account_suffix: '1', does: confirm}", "not both"),
        ("{sequence: 1, does: reject}", "a rejection needs a reason"),
        ("{sequence: 1, does: vanish}", "does"),
        ("{sequence: 0, does: confirm}", "sequence"),
        ("{sequence: 1, does: slow, seconds: 61}", "seconds"),
    ],
)
def test_a_wrong_script_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(f"faults:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message) as caught:
        load_script(path)
    assert caught.value.data["line"] == 2
