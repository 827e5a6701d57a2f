"""The database handle: transactions, the database's own clock, and clear errors for what can go wrong below."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import OperationalError as SqlOperationalError

from anpei.kernel.errors import AnpeiError, Unavailable

__all__ = ["Connection", "Database", "DatabaseFailed", "StorageFull", "metadata"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class DatabaseFailed(Unavailable):
    """The database does not answer or refused the connection."""

    code = "database.failed"


class StorageFull(Unavailable):
    """The disk is full; nothing was stored, what was there is untouched. What needs space waits until there is some."""

    code = "storage.full"


class NestedWrite(RuntimeError):
    """``write()`` inside ``write()`` of the same thread: a mistake in the code, which on SQLite would wait for itself for ever."""


class Database:
    """One database. ``write()`` and ``read()`` are the only ways in; each is one transaction.

    A writing transaction is never nested in another one of the same thread: hand the connection on.
    SQLite: WAL, synchronous=FULL, ``BEGIN IMMEDIATE`` for writers, and one writer at a time inside this process.
    PostgreSQL: READ COMMITTED, a limit on idle transactions so that a frozen process cannot hold locks for ever.
    """

    def __init__(self, url: str) -> None:
        parsed: URL = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_pre_ping": not self.is_sqlite, "hide_parameters": True}  # values never reach a log
        if self.is_sqlite:
            options["connect_args"] = {"check_same_thread": False, "timeout": 30}
        else:
            parsed = parsed.set(drivername="postgresql+psycopg")
            options["connect_args"] = {"options": "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC"}
            options["pool_size"] = 10
        self.url = parsed
        self.engine: Engine = create_engine(parsed, **options)
        self._writer: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self._held = threading.local()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: committed when the block ends, rolled back when it raises."""
        if getattr(self._held, "writing", False):
            raise NestedWrite("a writing transaction is open in this thread: hand its connection on instead of opening another")
        self._held.writing = True
        try:
            with self._writer, self._transaction(writing=True) as conn:
                yield conn
        finally:
            self._held.writing = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction."""
        with self._transaction(writing=False) as conn:
            yield conn

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as raw:
                conn = raw.execution_options(anpei_writing=writing)
                with conn.begin():
                    yield conn
        except DBAPIError as error:
            clear = _clear(error)
            if clear is None:
                raise
            raise clear from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def now(conn: Connection) -> datetime:
    """The database's clock: the one clock that every worker shares."""
    if conn.dialect.name == "sqlite":
        value = conn.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    moment: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    writing = conn.get_execution_options().get("anpei_writing", True)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _clear(error: DBAPIError) -> AnpeiError | None:
    """What people can do about it; None where the statement itself is at fault."""
    words = str(error.orig).lower()
    if "disk is full" in words or "no space left" in words or "disk i/o error" in words:
        return StorageFull("the disk of the database is full: free space, then try again; nothing was changed")
    if isinstance(error, SqlOperationalError):
        return DatabaseFailed(f"the database does not answer ({type(error.orig).__name__}): check that it runs, then try again")
    return None
