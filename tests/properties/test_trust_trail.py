"""Properties of the trail: any chain of entries holds, and any change of any field of any entry is named."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from anpei.engines.db import Database, metadata
from anpei.trust import trail
from anpei.trust.trail._tables import trail as table
from anpei.trust.trail._tables import trail_head

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,20}", fullmatch=True).filter(lambda text: text.isascii())
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda text: text.isascii())
CODES = st.from_regex(r"[A-Z]{2,4}-[0-9]{1,5}", fullmatch=True).filter(lambda text: text.isascii())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(min_value=-(2**63), max_value=2**63) | CODES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - the zone is drawn
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])
)  # fmt: skip
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"at": MOMENTS, "actor": IDS, "action": st.just("a.b"), "subject": IDS, "facts": st.dictionaries(KEYS, VALUES, max_size=3)}
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One database for all examples, emptied by each."""
    path: Path = tmp_path_factory.mktemp("trail") / "trail.sqlite"
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine, tables=[table, trail_head])
    return database


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(entries=ENTRIES, place=st.integers(min_value=0), change=st.sampled_from(["at", "actor", "action", "subject", "facts", "hash"]))
def test_a_chain_holds_until_an_entry_is_changed(sqlite: Database, entries: list[dict[str, Any]], place: int, change: str) -> None:
    with sqlite.write() as conn:
        conn.execute(table.delete())
        conn.execute(trail_head.delete())
        for entry in entries:
            trail.append(conn, **entry)
        report = trail.verify(conn)
        assert (report.ok, report.length) == (True, len(entries))
        bad = 1 + place % len(entries)
        chosen = entries[bad - 1]
        changed: dict[str, Any] = {
            "at": chosen["at"] + timedelta(microseconds=1), "actor": chosen["actor"] + "x", "action": "a.c",
            "subject": chosen["subject"] + "x",
            "facts": {**chosen["facts"], "extra_field": 1}, "hash": "f" * 64,
        }  # fmt: skip
        conn.execute(update(table).where(table.c.seq == bad).values({change: changed[change]}))
        report = trail.verify(conn)
        assert (report.ok, report.length, report.first_bad_seq) == (False, bad - 1, bad)
