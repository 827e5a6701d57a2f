"""What a report says, checked before a claim exists."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anpei.claims.intake.declared import parse_declared
from anpei.kernel.errors import InvalidInput
from anpei.payments.model import InvalidPayee, Payee, checked_payee
from anpei.records.products.model import Terms

EVENT_CAUSES = ("illness", "accident", "other")
CURRENCY_FORM = re.compile(r"[A-Z]{3}")
REGION_FORM = re.compile(r"[1-9][0-9]{5}")
WORK_CLASSES = ("1", "2", "3", "4", "5", "6")
MAX_TEXT = 500
MAX_EVENT_ID = 60
MAX_PAYEES, MAX_PARTS, MAX_DIGITS = 20, 10_000, 6
BANK_BY_CARD = "按卡号识别"


class ReportInvalid(InvalidInput):
    """The report lacks something or something in it is wrong; ``data["field"]`` names it."""

    code = "intake.report_invalid"


@dataclass(frozen=True, slots=True)
class Report:
    """A checked report. Texts are as typed; the account holds digits only. ``declared``: the facts that the product asks for, plain;
    ``payees``: who shares the amount (heirs, beneficiaries), with parts and order, empty where one is paid.
    """

    policy_number: str
    insured: Mapping[str, str]
    event: Mapping[str, str]
    payee: Mapping[str, str]
    declared: Mapping[str, Any] = field(default_factory=dict)
    payees: tuple[Mapping[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the report section; what was not said is left out."""
        told = {
            "policy_number": self.policy_number, "insured": dict(self.insured), "event": dict(self.event), "payee": dict(self.payee),
        }  # fmt: skip
        shared = {"payees": [dict(payee) for payee in self.payees]} if self.payees else {}
        return told | ({"declared": dict(self.declared)} if self.declared else {}) | shared


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


def parse_report(data: Mapping[str, Any], *, today: date, event_kinds: tuple[str, ...], terms: Terms | None = None) -> Report:
    """Check a report (the parts ``policy``, ``insured``, ``event``, ``payee``, ``declared``). Raises ReportInvalid that names the field.

    ``terms``: what the product asks for beside bills; without them nothing may be declared.
    """
    number = _text(data, "policy", "number", needed=True)
    event = _event(data, today=today, event_kinds=event_kinds)
    insured = {name: _text(data, "insured", name, needed=name == "name") for name in ("name", "id_type", "id_number", "phone", "email")}
    insured |= _extra(data, "insured", "work_class", lambda text: text in WORK_CLASSES, "is a class from 1 to 6")
    declared = data.get("declared")
    if declared and terms is None:
        raise _wrong("declared", "this product asks for no facts beside bills")
    facts = parse_declared(declared, terms=terms) if terms is not None else {}
    payee, payees = _payee(data, insured["name"]), _payees(data)
    return Report(policy_number=number, insured=insured, event=event, payee=payee, declared=facts, payees=payees)


def _event(data: Mapping[str, Any], *, today: date, event_kinds: tuple[str, ...]) -> dict[str, str]:
    kind = _text(data, "event", "kind", needed=True)
    if kind not in event_kinds:
        raise _wrong("event.kind", f"{kind!r} is not one of {', '.join(event_kinds)}")
    cause = _text(data, "event", "cause", needed=True)
    if cause not in EVENT_CAUSES:
        raise _wrong("event.cause", f"{cause!r} is not one of {', '.join(EVENT_CAUSES)}")
    event = {"kind": kind, "cause": cause, "occurred_on": _day_of(data, today=today).isoformat()}
    event |= {name: _text(data, "event", name, needed=False) for name in ("hospital", "what_happened")}
    event |= _extra(
        data, "event", "id", lambda text: len(text) <= MAX_EVENT_ID, f"is the number of an earlier claim ({MAX_EVENT_ID} characters)"
    )
    event |= _extra(data, "event", "currency", lambda text: bool(CURRENCY_FORM.fullmatch(text)), "is a code of three letters such as CNY")
    return event | _extra(data, "event", "region", lambda text: bool(REGION_FORM.fullmatch(text)), "is a division code of six digits")


def _extra(data: Mapping[str, Any], group: str, name: str, right: Callable[[str], bool], what: str) -> dict[str, str]:
    """A value that is kept only where it was given."""
    text = _text(data, group, name, needed=False)
    if text and not right(text):
        raise _wrong(f"{group}.{name}", what)
    return {name: text} if text else {}


def _day_of(data: Mapping[str, Any], *, today: date) -> date:
    occurred = _text(data, "event", "occurred_on", needed=True)
    try:
        occurred_on = date.fromisoformat(occurred)
    except ValueError as error:
        raise _wrong("event.occurred_on", f"{occurred!r} is no day: write it like 2026-10-03") from error
    if occurred_on > today:
        raise _wrong("event.occurred_on", f"{occurred} lies in the future: give the day on which it happened")
    return occurred_on


def _payees(data: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Several payees: name, parts (1 unless given) and order (1 unless given; the first order takes all)."""
    given = data.get("payees") or ()
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MAX_PAYEES:
        raise _wrong("payees", f"give a list of at most {MAX_PAYEES} payees")
    found = []
    for index, row in enumerate(given):
        at = f"payees.{index}"
        if not isinstance(row, Mapping):
            raise _wrong(at, "give a mapping of names to values")
        name = _text({at: row}, at, "name", needed=True)
        numbers = {key: _whole(row.get(key), f"{at}.{key}") for key in ("parts", "order")}
        found.append({"name": name, **numbers})
    return tuple(found)


def _whole(given: Any, field_: str) -> int:
    value = 1 if given in (None, "") else given
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < MAX_DIGITS:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_PARTS:
        raise _wrong(field_, f"is a whole number from 1 to {MAX_PARTS}")
    return value


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
