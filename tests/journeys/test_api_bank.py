"""The bank's call-back at the API: signed and fresh, harmless when it comes twice, a contradiction kept for people."""

import json
from typing import Any

from anpei.entrypoints.api import create_app
from anpei.entrypoints.api.door import DoorSettings
from anpei.entrypoints.api.routes.bank import HEADER, signature
from anpei.payments import queries as payments
from anpei.payments.model import Order
from tests.factories import doors, platforms
from tests.factories.doors import SECRET, Doors


def waiting_order(at_door: Doors) -> Order:
    """A payment order that the bank has, before it said anything: the worker stops short of the last job."""
    claim_id = platforms.hand_in(at_door.platform)
    handlers = dict(at_door.platform.worker.handlers)
    at_door.platform.worker.handlers = {kind: handler for kind, handler in handlers.items() if kind != "payments.submit"}
    at_door.platform.worker.run_due()
    at_door.platform.worker.handlers = handlers
    with at_door.platform.database.read() as conn:
        return payments.list_orders(conn, claim_id=claim_id)[0]


def tell(at_door: Doors, body: dict[str, Any] | bytes, *, secret: bytes = SECRET, late: int = 0, header: str | None = None) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = int(at_door.platform.clock.now().timestamp()) - late
    return at_door.anybody().post(
        "/v1/bank/call-back", content=content, headers={HEADER: header or signature(secret=secret, at=at, body=content)}
    )


def state(at_door: Doors, order: Order) -> str:
    with at_door.platform.database.read() as conn:
        assert payments.ledger_faults(conn) == []
        return payments.get_order(conn, order_id=order.id).state.value


def test_a_signed_call_back_counts_once(at_door: Doors) -> None:
    order = waiting_order(at_door)
    with at_door.platform.database.write() as conn:
        from anpei.payments import operations

        operations.begin_submission(conn, order_id=order.id, at=at_door.platform.clock.now())
    told = {"key": order.idempotency_key, "result": "confirmed", "reference": "B1"}
    first, again = tell(at_door, told), tell(at_door, told)
    assert (first.status_code, first.json()) == (200, {"changed": True})
    assert (again.status_code, again.json()) == (200, {"changed": False})
    assert state(at_door, order) == "confirmed"
    assert platforms.get_claim(at_door.platform, order.claim_id).state.value == "paid"
    other = tell(at_door, told | {"result": "rejected", "reason": "x"})
    assert (other.status_code, other.json()["code"]) == (409, "payments.contradictory_outcome")
    assert state(at_door, order) == "confirmed"
    with at_door.platform.database.read() as conn:
        assert [case.kind.value for case in payments.list_open_cases(conn)] == ["contradiction"]


def test_what_is_not_signed_changes_nothing(at_sqlite_door: Doors) -> None:
    order = waiting_order(at_sqlite_door)
    told = {"key": order.idempotency_key, "result": "confirmed", "reference": "B1"}
    signed = signature(secret=SECRET, at=int(at_sqlite_door.platform.clock.now().timestamp()), body=b"{}")
    for answer in (
        tell(at_sqlite_door, told, secret=b"another secret that nobody agreed on"),
        tell(at_sqlite_door, told, late=301),
        tell(at_sqlite_door, told, late=-301),
        tell(at_sqlite_door, told, header=signed),
        tell(at_sqlite_door, told, header="nonsense"),
        at_sqlite_door.anybody().post("/v1/bank/call-back", json=told),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "bank.signature_wrong")
    assert tell(at_sqlite_door, {"key": "k"}).status_code == 422
    assert tell(at_sqlite_door, told | {"key": "unknown"}).status_code == 404
    assert state(at_sqlite_door, order) == "created"


def test_without_a_secret_no_call_back_is_taken(at_sqlite_door: Doors) -> None:
    order = waiting_order(at_sqlite_door)
    shut = doors.Doors(at_sqlite_door.platform, create_app(at_sqlite_door.platform, settings=DoorSettings()))
    answer = tell(shut, {"key": order.idempotency_key, "result": "confirmed", "reference": "B1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "bank.call_back_off")
    assert state(at_sqlite_door, order) == "created"
