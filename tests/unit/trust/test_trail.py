"""The trail: a chain that grows in the caller's transaction, and a check that names what was touched."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from anpei.engines.db import Connection, Database
from anpei.kernel.canonical import digest
from anpei.trust import trail
from anpei.trust.trail import Head, TrailFault, TrailInvalid
from anpei.trust.trail.model import GENESIS

AT = datetime(2026, 11, 21, 8, 30, 0, 123456, tzinfo=UTC)


def add(conn: Connection, number: int, **changes: Any) -> int:
    values: dict[str, Any] = {
        "at": AT,
        "actor": "a-1",
        "action": "claims.decision.signed",
        "subject": f"c-{number}",
        "facts": {"n": number},
    }
    return trail.append(conn, **values | changes)


@pytest.fixture
def chain(database: Database) -> Database:
    with database.write() as conn:
        for number in range(1, 6):
            add(conn, number)
    return database


def tamper(database: Database, *statements: str) -> trail.TrailReport:
    with database.write() as conn:
        for statement in statements:
            conn.exec_driver_sql(statement)
    with database.read() as conn:
        return trail.verify(conn)


def test_an_empty_chain_holds(database: Database) -> None:
    with database.read() as conn:
        report = trail.verify(conn)
        assert trail.head(conn) == Head(seq=0, hash=GENESIS)
    assert (report.ok, report.length, report.first_bad_seq, report.reason, report.head_hash) == (True, 0, None, None, GENESIS)


def test_entries_are_numbered_linked_and_hashed_over_their_content(chain: Database) -> None:
    with chain.read() as conn:
        entries = [trail.list_entries(conn, subject=f"c-{number}")[0] for number in range(1, 6)]
        end = trail.head(conn)
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert end == Head(seq=5, hash=entries[-1].hash)
    assert entries[1].hash == digest(
        {
            "seq": 2, "at": "2026-11-21T08:30:00.123456+00:00", "actor": "a-1", "action": "claims.decision.signed",
            "subject": "c-2", "facts": {"n": 2}, "previous_hash": entries[0].hash,
        }
    )  # fmt: skip


def test_an_untouched_chain_holds_whatever_the_zone_and_facts(database: Database) -> None:
    facts = {"amount_fen": 10**15, "codes": ["A.1", "B-2"], "nested": {"yes": True, "none": None}, "pair": (1, 2)}
    with database.write() as conn:
        add(conn, 1, at=AT.astimezone(timezone(timedelta(hours=8))), facts=facts)
        add(conn, 2, at=AT.replace(microsecond=0))
    with database.read() as conn:
        report = trail.verify(conn)
        assert trail.list_entries(conn, subject="c-1")[0].facts == facts | {"pair": [1, 2]}
    assert (report.ok, report.length) == (True, 2)


def test_what_is_rolled_back_leaves_no_gap(chain: Database) -> None:
    def fail() -> None:
        with chain.write() as conn:
            assert add(conn, 6) == 6
            raise RuntimeError("the caller's work fails")

    with pytest.raises(RuntimeError):
        fail()
    with chain.write() as conn:
        assert add(conn, 7) == 6
    with chain.read() as conn:
        assert trail.verify(conn).ok
        assert trail.list_entries(conn, subject="c-6") == []


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"n\":4}'", "facts = 'broken'", "actor = 'a-2'", "action = 'claims.decision.paid'", "subject = 'c-9'",
        "at = '2026-11-21 08:30:00.123457'", f"hash = '{'1' * 64}'",
    ],
)  # fmt: skip
def test_an_edited_entry_is_named(chain: Database, change: str) -> None:
    report = tamper(chain, f"UPDATE trail SET {change} WHERE seq = 3")
    assert (report.ok, report.length, report.first_bad_seq, report.reason) == (False, 2, 3, TrailFault.EDITED)


def test_an_edited_link_is_named(chain: Database) -> None:
    report = tamper(chain, f"UPDATE trail SET previous_hash = '{'1' * 64}' WHERE seq = 3")
    assert (report.first_bad_seq, report.reason) == (3, TrailFault.UNLINKED)


def test_a_removed_entry_is_named_even_when_the_others_move_up(chain: Database) -> None:
    report = tamper(chain, "DELETE FROM trail WHERE seq = 2")
    assert (report.first_bad_seq, report.reason) == (2, TrailFault.MISSING)
    report = tamper(chain, "UPDATE trail SET seq = 2 WHERE seq = 3", "UPDATE trail SET seq = 3 WHERE seq = 4")
    assert (report.first_bad_seq, report.reason) == (2, TrailFault.UNLINKED)


def test_swapped_entries_are_named(chain: Database) -> None:
    report = tamper(
        chain,
        "UPDATE trail SET seq = 99 WHERE seq = 2",
        "UPDATE trail SET seq = 2 WHERE seq = 3",
        "UPDATE trail SET seq = 3 WHERE seq = 99",
    )
    assert (report.first_bad_seq, report.reason) == (2, TrailFault.UNLINKED)


def test_a_cut_tail_is_named(chain: Database) -> None:
    report = tamper(chain, "DELETE FROM trail WHERE seq >= 4")
    assert (report.length, report.first_bad_seq, report.reason) == (3, 4, TrailFault.TAIL_MISSING)


def test_everything_deleted_is_named(chain: Database) -> None:
    report = tamper(chain, "DELETE FROM trail")
    assert (report.length, report.first_bad_seq, report.reason) == (0, 1, TrailFault.TAIL_MISSING)


def test_a_tail_cut_together_with_the_head_is_found_by_the_anchor(chain: Database) -> None:
    with chain.read() as conn:
        anchor = trail.head(conn)
    report = tamper(
        chain, "DELETE FROM trail WHERE seq >= 4", "UPDATE trail_head SET seq = 3, hash = (SELECT hash FROM trail WHERE seq = 3)"
    )
    assert report.ok
    with chain.read() as conn:
        report = trail.verify(conn, anchor=anchor)
    assert (report.ok, report.first_bad_seq, report.reason) == (False, 4, TrailFault.TAIL_MISSING)


def test_a_rewritten_chain_is_found_by_the_anchor(chain: Database) -> None:
    with chain.read() as conn:
        anchor = trail.head(conn)
    tamper(chain, "DELETE FROM trail", "DELETE FROM trail_head")
    with chain.write() as conn:
        for number in range(1, 8):
            add(conn, number, actor="a-2")
    with chain.read() as conn:
        assert trail.verify(conn).ok
        report = trail.verify(conn, anchor=anchor)
    assert (report.first_bad_seq, report.reason) == (5, TrailFault.ANCHOR_DIFFERS)


def test_an_anchor_holds_while_the_chain_grows(chain: Database) -> None:
    with chain.write() as conn:
        anchor = trail.head(conn)
        add(conn, 6)
    with chain.read() as conn:
        assert trail.verify(conn, anchor=anchor).ok


def test_a_head_that_is_gone_or_lies_is_named(chain: Database) -> None:
    report = tamper(chain, f"UPDATE trail_head SET hash = '{'1' * 64}'")
    assert (report.length, report.first_bad_seq, report.reason) == (4, 5, TrailFault.HEAD_DIFFERS)
    report = tamper(chain, "UPDATE trail_head SET seq = 3, hash = (SELECT hash FROM trail WHERE seq = 3)")
    assert (report.length, report.first_bad_seq, report.reason) == (3, 4, TrailFault.HEAD_DIFFERS)
    report = tamper(chain, "DELETE FROM trail_head")
    assert (report.ok, report.first_bad_seq, report.reason) == (False, 1, TrailFault.HEAD_MISSING)


def test_the_check_goes_over_more_entries_than_it_holds(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anpei.trust.trail.queries.CHUNK", 4)
    with database.write() as conn:
        for number in range(1, 12):
            add(conn, number)
    with database.read() as conn:
        assert trail.verify(conn).length == 11
    assert tamper(database, "UPDATE trail SET facts = '{}' WHERE seq = 10").first_bad_seq == 10


def test_entries_of_a_subject_come_page_by_page(database: Database) -> None:
    with database.write() as conn:
        for number in range(6):
            add(conn, number % 2)
    with database.read() as conn:
        first = trail.list_entries(conn, subject="c-1", limit=2)
        rest = trail.list_entries(conn, subject="c-1", after=first[-1].seq)
    assert [entry.seq for entry in first] == [2, 4]
    assert [entry.seq for entry in rest] == [6]


def test_writers_at_once_never_fork_the_chain(database: Database) -> None:
    """The first use is part of the race: the head row does not exist yet."""
    start = threading.Barrier(6)
    seen: list[int] = []

    def work(number: int) -> None:
        start.wait()
        for _ in range(5):
            with database.write() as conn:
                seen.append(add(conn, number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 31))
    with database.read() as conn:
        report = trail.verify(conn)
    assert (report.ok, report.length) == (True, 30)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"facts": {"name": "张三"}}, "facts of claims.decision.signed, name: the text is no id"),
        ({"facts": {"list": ["ok", {"deep": "王 五"}]}}, r"facts of claims.decision.signed, list\[1\], deep"),
        ({"facts": {"mail": "a@b.cn"}}, "mail: the text is no id"),
        ({"facts": {"ratio": 0.5}}, "ratio: float does not belong"),
        ({"facts": {"Zhang San": 1}}, "a key is no plain name"),
        ({"facts": {"long": "x" * 201}}, "long: the text is no id"),
        ({"facts": {"party": "33010619900101123X"}}, r"party: the text holds personal data \(id_number\)"),
        ({"facts": {"to": ["13812341234"]}}, r"to\[0\]: the text holds personal data \(phone\)"),
        ({"facts": {"account": "6222020200112233446"}}, r"account: the text holds personal data \(card\)"),
        ({"actor": "张三"}, "`actor` is no id"),
        ({"action": "signed"}, "'signed' is no code"),
        ({"subject": ""}, "`subject` of claims.decision.signed is no id"),
    ],
)
def test_only_ids_codes_numbers_and_amounts_go_in(database: Database, change: dict[str, Any], words: str) -> None:
    with database.write() as conn:
        with pytest.raises(TrailInvalid, match=words) as caught:
            add(conn, 1, **change)
        assert trail.head(conn).seq == 0
    assert "张三" not in str(caught.value)
    assert "王" not in str(caught.value)
    assert not any(number in str(caught.value) for number in ("33010619900101123X", "13812341234", "6222020200112233446"))
