"""What a report says, checked before a claim exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.kernel.errors import InvalidInput
from anpei.payments.model import InvalidPayee, Payee, checked_payee

EVENT_CAUSES = ("illness", "accident")
MAX_TEXT = 500
BANK_BY_CARD = "按卡号识别"


class ReportInvalid(InvalidInput):
    """The report lacks something or something in it is wrong; ``data["field"]`` names it."""

    code = "intake.report_invalid"


@dataclass(frozen=True, slots=True)
class Report:
    """A checked report. Texts are as typed; the account holds digits only."""

    policy_number: str
    insured: Mapping[str, str]
    event: Mapping[str, str]
    payee: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the report section."""
        return {
            "policy_number": self.policy_number, "insured": dict(self.insured), "event": dict(self.event), "payee": dict(self.payee),
        }  # fmt: skip


def _wrong(field: str, what: str) -> ReportInvalid:
    return ReportInvalid(f"{field}: {what}", data={"field": field})


def _text(data: Mapping[str, Any], group: str, name: str, *, needed: bool) -> str:
    part = data.get(group)
    if part is not None and not isinstance(part, Mapping):
        raise _wrong(group, "give a mapping of names to values")
    value = (part or {}).get(name)
    text = "" if value is None else str(value).strip()
    if needed and not text:
        raise _wrong(f"{group}.{name}", "is missing: fill it in")
    if len(text) > MAX_TEXT:
        raise _wrong(f"{group}.{name}", f"has {len(text)} characters; at most {MAX_TEXT} are taken")
    return text


def parse_report(data: Mapping[str, Any], *, today: date, event_kinds: tuple[str, ...]) -> Report:
    """Check a report (the parts ``policy``, ``insured``, ``event``, ``payee``). Raises ReportInvalid that names the field."""
    number = _text(data, "policy", "number", needed=True)
    kind = _text(data, "event", "kind", needed=True)
    if kind not in event_kinds:
        raise _wrong("event.kind", f"{kind!r} is not one of {', '.join(event_kinds)}")
    cause = _text(data, "event", "cause", needed=True)
    if cause not in EVENT_CAUSES:
        raise _wrong("event.cause", f"{cause!r} is not one of {', '.join(EVENT_CAUSES)}")
    occurred = _text(data, "event", "occurred_on", needed=True)
    try:
        occurred_on = date.fromisoformat(occurred)
    except ValueError as error:
        raise _wrong("event.occurred_on", f"{occurred!r} is no day: write it like 2026-10-03") from error
    if occurred_on > today:
        raise _wrong("event.occurred_on", f"{occurred} lies in the future: give the day on which it happened")
    insured = {name: _text(data, "insured", name, needed=name == "name") for name in ("name", "id_type", "id_number", "phone", "email")}
    event = {"kind": kind, "cause": cause, "occurred_on": occurred_on.isoformat()}
    event |= {name: _text(data, "event", name, needed=False) for name in ("hospital", "what_happened")}
    payee = _payee(data, insured["name"])
    return Report(policy_number=number, insured=insured, event=event, payee=payee)


def _payee(data: Mapping[str, Any], insured_name: str) -> dict[str, str]:
    """The payee: the insured unless another name is given; an account that cannot be right is refused at once, none may be given later."""
    name = _text(data, "payee", "name", needed=False) or insured_name
    bank = _text(data, "payee", "bank", needed=False) or BANK_BY_CARD
    account = _text(data, "payee", "account", needed=False)
    if account:
        try:
            account = checked_payee(Payee(name=name, bank=bank, account=account)).account
        except InvalidPayee as error:
            raise _wrong(f"payee.{error.data['field']}", error.message.split(" ", 1)[1]) from error
    return {"name": name, "bank": bank, "account": account}
