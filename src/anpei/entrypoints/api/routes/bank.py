"""The bank's call-back: signed with a shared secret, fresh, and harmless when it comes again."""

import hashlib
import hmac
import re
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError

from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.requests import CallBack
from anpei.kernel.errors import Forbidden, InvalidInput, Unavailable
from anpei.payments.jobs import take_call_back
from anpei.payments.ports import Outcome, Result

router = APIRouter(prefix="/v1/bank", tags=["bank"])
HEADER = "x-bank-signature"
FRESH = timedelta(minutes=5)
_FORM = re.compile(r"^t=(\d{1,12}),v1=([0-9a-f]{64})$")


class SignatureWrong(Forbidden):
    """A call-back is not signed with the shared secret over exactly this body, or it is old."""

    code = "bank.signature_wrong"


class CallBackTaken(BaseModel):
    """Whether the call-back changed anything; a repeated one does not."""

    changed: bool


@router.post("/call-back")
async def call_back(request: Request, door: DoorIn) -> CallBackTaken:
    """What the bank reports by itself. Header ``X-Bank-Signature: t=<unix seconds>,v1=<hex>``, HMAC-SHA256 over ``t.body``."""
    body = await request.body()
    _check(door, body, request.headers.get(HEADER, ""))
    try:
        told = CallBack.model_validate_json(body)
    except ValidationError as error:
        raise InvalidInput("the call-back is not of the agreed form: key, result, reference, reason") from error
    outcome = Outcome(result=Result(told.result), reference=told.reference, reason=told.reason)
    changed = await run_in_threadpool(_take, door, told.key, outcome)
    return CallBackTaken(changed=changed)


def _take(door: Door, key: str, outcome: Outcome) -> bool:
    platform = door.platform
    changed = take_call_back(platform.database, idempotency_key=key, outcome=outcome, at=platform.clock.now(), emit=platform.bus.emit)
    platform.worker.wake()
    return changed


def signature(*, secret: bytes, at: int, body: bytes) -> str:
    """The header's value for a body sent at this second."""
    made = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


def _check(door: Door, body: bytes, header: str) -> None:
    secret = door.settings.bank_secret
    if secret is None:
        raise Unavailable("call-backs are not set up: give ANPEI_BANK_CALL_BACK_SECRET", code="bank.call_back_off")
    form = _FORM.match(header)
    if form is None:
        raise SignatureWrong(f"the header {HEADER} is missing or malformed: send t=<seconds>,v1=<hex>")
    at = int(form[1])
    if not hmac.compare_digest(header, signature(secret=secret, at=at, body=body)):
        raise SignatureWrong("the signature does not belong to this body: check the shared secret")
    if abs(door.platform.clock.now().timestamp() - at) > FRESH.total_seconds():
        raise SignatureWrong("the call-back is older than five minutes: send it again with the time of now")
