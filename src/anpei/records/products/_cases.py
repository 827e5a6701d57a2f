"""The file format of a case: bills and facts of one claim, as worked examples and ``anpei product explain --facts`` give them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from anpei.records.products._forms import Name, Part, Words, Yuan

Used = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/.+)?$")]
"""The name of an accumulator, with ``/KEY`` where it counts for each drug or disease of its own."""
ZERO_CAUSES = Literal["", "deductible", "limit", "compensated", "out_of_scope", "unexplained"]


class ExampleLine(Part):
    """A fee line of a bill."""

    name: str
    amount: Yuan
    insurance_class: Literal["A", "B", "C"] | None = None
    covered: bool = True


class ExampleBill(Part):
    """A bill; amounts in yuan as quoted text."""

    id: str = "b1"
    visit: str = ""
    kind: str
    service_on: date
    total: Yuan
    pooled: Yuan = 0
    serious_illness: Yuan = 0
    other_payment: Yuan = 0
    self_paid: Yuan | None = None
    own_expense: Yuan | None = None
    settled_by_social: bool = True
    currency: str = "CNY"
    lines: list[ExampleLine] = Field(default_factory=list)


class CaseFacts(Part):
    """What goes into one calculation: plan, values that differ from the plan's, what is used already, bills, and declared facts."""

    plan: str
    parameters: dict[Name, str | int] = Field(default_factory=dict)
    social_insurance: bool = True
    policy_start_on: date
    used: dict[Used, Yuan] = Field(default_factory=dict)
    used_counts: dict[Used, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    bills: list[ExampleBill] = Field(default_factory=list)
    occurred_on: date | None = None
    event_id: str = ""
    currency: str = "CNY"
    facts: dict[Name, Any] = Field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of the event: as given, else the day of the first bill, else the first day of the policy."""
        return self.occurred_on or min((bill.service_on for bill in self.bills), default=self.policy_start_on)


class ExampleFile(CaseFacts):
    """A worked example that is run as a test: what goes in, what must come out to the fen.

    ``lines`` names lines of the result (``LINE`` or ``LINE:ROW``) with their amounts; ``values`` names outputs of the event's steps.
    """

    id: str
    title: Words
    payable: Yuan
    zero_cause: ZERO_CAUSES = ""
    lines: dict[str, Yuan] = Field(default_factory=dict)
    values: dict[Name, Any] = Field(default_factory=dict)
