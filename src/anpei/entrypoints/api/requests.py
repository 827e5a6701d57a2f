"""What the API takes: forms checked at the door before anything else looks at them."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=500)]
Id = Annotated[str, Field(min_length=1, max_length=120)]


class Form(BaseModel):
    """The base of every form: what is not known is refused; values never appear in ``repr``."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SignIn(Form):
    """Login and password of a member of staff."""

    login: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=1000, repr=False)]


class GuideFor(Form):
    """Which policy a report is about; with the day of loss the terms of that day are shown."""

    policy_number: Annotated[str, Field(min_length=1, max_length=60, repr=False)]
    occurred_on: date | None = None


class PolicyPart(Form):
    """The policy of a report."""

    number: Annotated[str, Field(min_length=1, max_length=60, repr=False)]


class InsuredPart(Form):
    """Who was treated. What the policy holds already may be left out or confirmed in its masked form."""

    name: Annotated[Text, Field(repr=False)] = ""
    id_type: Text = ""
    id_number: Annotated[Text, Field(repr=False)] = ""
    phone: Annotated[Text, Field(repr=False)] = ""
    email: Annotated[Text, Field(repr=False)] = ""
    work_class: Text = ""


class EventPart(Form):
    """What happened."""

    kind: Text
    cause: Text
    occurred_on: Text
    hospital: Text = ""
    what_happened: Annotated[Text, Field(repr=False)] = ""
    id: Text = ""
    currency: Text = ""
    region: Text = ""


class PayeePart(Form):
    """Where the money goes; without a name to the insured."""

    name: Annotated[Text, Field(repr=False)] = ""
    bank: Text = ""
    account: Annotated[Text, Field(repr=False)] = ""


class PayeeShare(Form):
    """One of several payees: its parts of the amount within its order (the first order takes all)."""

    name: Annotated[Text, Field(repr=False)]
    parts: Annotated[int, Field(ge=1, le=10_000)] = 1
    order: Annotated[int, Field(ge=1, le=10)] = 1


class Report(Form):
    """A report (报案)."""

    policy: PolicyPart
    insured: InsuredPart = InsuredPart()
    event: EventPart
    payee: PayeePart = PayeePart()
    payees: Annotated[list[PayeeShare], Field(max_length=20)] = Field(default_factory=list)
    declared: Annotated[dict[Id, Any], Field(max_length=100, repr=False)] = Field(default_factory=dict)
    request_id: Annotated[str, Field(min_length=8, max_length=120, pattern=r"^[A-Za-z0-9._:-]+$")] | None = None


class Reopen(Form):
    """Why a claim is opened again."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class GroundsPart(Form):
    """Why a person refuses or reduces: finding codes, the clause in its words, the fact it met, the reason in plain words."""

    codes: tuple[Id, ...] = ()
    clause: Annotated[str, Field(max_length=2000)]
    fact: Annotated[str, Field(max_length=2000)]
    reason: Annotated[str, Field(max_length=2000)]


class Refuse(Form):
    """A refusal by a person."""

    grounds: GroundsPart


class Reduce(Form):
    """A reduction by a person: new amounts (fen) of some lines, never above what arithmetic gives."""

    payable: dict[Id, Annotated[int, Field(ge=0)]]
    grounds: GroundsPart


class OpenPersonal(Form):
    """Which personal fields are needed, for which purpose."""

    purpose: Id
    fields: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]


class SwitchTo(Form):
    """Turn the automation of one product on or off."""

    insurer: Id
    product: Id
    on: bool
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CallBack(Form):
    """What the bank reports about an instruction."""

    key: Id
    result: Annotated[str, Field(pattern="^(confirmed|rejected|pending)$")]
    reference: Annotated[str, Field(min_length=1, max_length=120)]
    reason: Annotated[str, Field(max_length=200)] | None = None
