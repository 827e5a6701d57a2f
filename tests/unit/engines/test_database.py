"""One handle, two databases: whole transactions, aware instants, plain data back, and clear words when something below fails."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from anpei.engines.db import Connection, Database, DatabaseFailed, Instant, Json, StorageFull
from anpei.engines.db.database import NestedWrite, _clear, now

own = MetaData()
notes = Table(
    "notes", own, Column("id", Integer, primary_key=True), Column("at", Instant), Column("data", Json), Column("word", String(20))
)


@pytest.fixture
def db(database: Database) -> Database:
    own.create_all(database.engine)
    return database


def words(database: Database) -> list[str | None]:
    with database.read() as conn:
        return [row.word for row in conn.execute(select(notes.c.word).order_by(notes.c.id))]


def put(conn: Connection, number: int, word: str) -> None:
    conn.execute(insert(notes).values(id=number, word=word))


def test_a_transaction_is_whole_or_nothing(db: Database) -> None:
    with db.write() as conn:
        put(conn, 1, "kept")
    with pytest.raises(RuntimeError, match="stop"), db.write() as conn:
        put(conn, 2, "lost")
        raise RuntimeError("stop")
    assert words(db) == ["kept"]


def test_an_instant_comes_back_in_utc(db: Database) -> None:
    shanghai = datetime(2026, 11, 21, 14, 5, 6, 789012, tzinfo=timezone(timedelta(hours=8)))
    with db.write() as conn:
        conn.execute(insert(notes).values(id=1, at=shanghai))
        conn.execute(insert(notes).values(id=2, at=None))
    with db.read() as conn:
        rows = [row.at for row in conn.execute(select(notes.c.at).order_by(notes.c.id))]
        found = conn.execute(select(notes.c.id).where(notes.c.at <= shanghai.astimezone(UTC))).scalars().all()
    assert rows == [datetime(2026, 11, 21, 6, 5, 6, 789012, tzinfo=UTC), None]
    assert rows[0].utcoffset() == timedelta(0)
    assert found == [1]


def test_a_naive_instant_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"), db.write() as conn:
        conn.execute(insert(notes).values(id=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake under test
    assert words(db) == []


def test_plain_data_comes_back(db: Database) -> None:
    data = {"名": ["张", 1, None, True], "a": {"b": '"\\\n'}}
    with db.write() as conn:
        conn.execute(insert(notes).values(id=1, data=data))
        conn.execute(insert(notes).values(id=2, data=None))
    with db.read() as conn:
        assert [row.data for row in conn.execute(select(notes.c.data).order_by(notes.c.id))] == [data, None]


def test_the_database_tells_the_time(db: Database) -> None:
    with db.read() as conn:
        moments = [now(conn) for _ in range(3)]
    assert moments == sorted(moments)
    assert {moment.utcoffset() for moment in moments} == {timedelta(0)}


def test_a_write_inside_a_write_is_a_mistake_and_not_a_hang(db: Database) -> None:
    with db.write() as conn:
        put(conn, 1, "outer")
        with pytest.raises(NestedWrite, match="hand its connection on"), db.write():
            pass
    with db.write() as conn:
        put(conn, 2, "later")
    assert words(db) == ["outer", "later"]


def test_a_read_inside_a_write_sees_what_was_committed(db: Database) -> None:
    with db.write() as conn:
        put(conn, 1, "inside")
        assert words(db) == []
    assert words(db) == ["inside"]


def test_writers_of_many_threads_lose_nothing(db: Database) -> None:
    with db.write() as conn:
        conn.execute(insert(notes).values(id=1, word="0"))

    def add() -> None:
        for _ in range(10):
            with db.write() as conn:
                locked = select(notes.c.word).where(notes.c.id == 1).with_for_update()
                value = int(conn.execute(locked).scalar_one())
                conn.execute(notes.update().where(notes.c.id == 1).values(word=str(value + 1)))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(db) == ["40"]


WRITER = """
import sys
from anpei.engines.db import Database
from sqlalchemy import text
database = Database(sys.argv[1])
for _ in range(10):
    with database.write() as conn:
        value = int(conn.execute(text("SELECT word FROM notes WHERE id = 1" + sys.argv[2])).scalar_one())
        conn.execute(text("UPDATE notes SET word = :word WHERE id = 1"), {"word": str(value + 1)})
"""


def test_writers_of_many_processes_lose_nothing(db: Database, database_url: str) -> None:
    with db.write() as conn:
        put(conn, 1, "0")
    lock = "" if db.is_sqlite else " FOR UPDATE"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, database_url, lock]) for _ in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert words(db) == ["30"]


def test_a_mistake_in_a_statement_stays_what_it_is_and_shows_no_values(db: Database) -> None:
    with db.write() as conn:
        put(conn, 1, "first")
    with pytest.raises(IntegrityError) as caught, db.write() as conn:
        put(conn, 1, "身份证110101")
    assert "110101" not in str(caught.value)
    assert caught.value.__cause__ is not caught.value
    assert words(db) == ["first"]


def test_what_is_full_or_silent_is_said_so() -> None:
    full = OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))
    locked = OperationalError("insert", {}, sqlite3.OperationalError("database is locked"))
    clear = [_clear(error) for error in (full, locked)]
    assert [type(error) for error in clear] == [StorageFull, DatabaseFailed]
    assert [error.code for error in clear if error] == ["storage.full", "database.failed"]
    assert clear[1] is not None
    assert clear[1].message == "the database does not answer (OperationalError): check that it runs, then try again"
    assert _clear(IntegrityError("insert", {}, sqlite3.IntegrityError("UNIQUE"))) is None


def test_a_full_sqlite_file_leaves_what_was_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/small.sqlite")
    own.create_all(database.engine)
    with database.write() as conn:
        put(conn, 1, "kept")
    with pytest.raises(StorageFull, match="nothing was changed"), database.write() as conn:
        conn.execute(text("PRAGMA max_page_count = 3"))
        for number in range(2, 2000):
            conn.execute(insert(notes).values(id=number, data=["x" * 500]))
    assert words(database) == ["kept"]
    database.close()


def test_an_absent_server_is_said_so() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(DatabaseFailed, match="check that it runs"), database.read():
        pass


def test_sqlite_is_set_up_for_money(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/t.sqlite")
    with database.read() as conn:
        found = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    database.close()
