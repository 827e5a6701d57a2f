"""The book of clocks: dated rows with their basis, read from ``clocks/clocks.yaml`` and chosen by the day of the event they govern."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.deadlines.calendar import OfficialCalendar, load_calendar
from anpei.engines.deadlines.model import Extension, InvalidTerm, Limit, Pause, Term, Unit
from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import NotFound

CLOCKS_FILE = "clocks/clocks.yaml"


class ClockUnknown(NotFound):
    """The book has no clock with this id."""

    code = "deadlines.clock_unknown"


class ClockNotInForce(NotFound):
    """The book has the clock, but no row of it that is in force on the day asked for."""

    code = "deadlines.clock_not_in_force"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Confirmation(StrEnum):
    """``TO_VERIFY`` is usable as a default, shown as "not confirmed", and can be switched off."""

    VERIFIED = "verified"
    TO_VERIFY = "to_verify"


class Span(_Strict):
    """A length of time in data."""

    value: int = Field(ge=0)
    unit: Unit

    def limit(self) -> Limit:
        """The same as a limit to count with."""
        return Limit(self.value, self.unit)


class PauseEvent(_Strict):
    """Which two stamped events begin and end a pause, and what makes it valid."""

    name: str
    begins_with: str
    ends_with: str
    needs: tuple[str, ...] = ()


class PauseExample(_Strict):
    """A pause in an example."""

    begins_on: date
    ends_on: date


class Example(_Strict):
    """A counted example, run as a test. ``unless``: the day a wrong reading would give."""

    start_on: date
    pauses: tuple[PauseExample, ...] = ()
    inner_target: date
    last_day: date
    unless: date | None = None


class PauseCounting(_Strict):
    """How pauses count. Each field states the one reading that the arithmetic knows, so that data cannot promise another."""

    length: Literal["end_minus_begin"]
    overlap: Literal["merged"]
    too_late: Literal["begins_after_unmoved_last_day"]
    open: Literal["no_last_day"]
    not_a_pause: tuple[str, ...]


class ExtensionCounting(_Strict):
    """How extensions count."""

    counts_from: Literal["same_start"]
    valid_if: Literal["approved_and_notified_by_current_last_day"]
    otherwise: Literal["no_effect"]


class Counting(_Strict):
    """The counting rule and its basis."""

    basis: str
    status: Confirmation
    first_day_counts: Literal[False]
    month_or_year_end: Literal["same_day_number_or_last_day_of_month"]
    last_day_on_rest_day: Literal["next_workday"]
    moved: tuple[Literal["at_most"], ...]
    workdays: Literal["counted_after_start_never_moved"]
    day_ends: Literal["24:00_or_close_of_business"]
    agreed_dates: Literal["prevail"]
    pauses: PauseCounting
    extension: ExtensionCounting


class ClockRule(_Strict):
    """One row: what must happen how long after which event, on which basis, from when to when.

    ``limit``: a span, ``promptly`` (then ``house_limit`` is worked towards), ``same_day``, or none (the row has an effect but no
    length). ``acts``: who must act. ``extends``: the clock this one prolongs, counted from the same start.
    """

    id: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")
    title: Bilingual
    status: Confirmation
    owner: str
    basis: str = Field(min_length=2)
    effective_from: date
    effective_to: date | None = None
    applies_to: str
    kind: Literal["at_most", "at_least"] = "at_most"
    acts: str
    starts_with: str | None = None
    limit: Span | Literal["promptly", "same_day"] | None
    house_limit: Span | None = None
    extension: Span | None = None
    extend_by: str | None = None
    extends: str | None = None
    pause_events: tuple[PauseEvent, ...] = ()
    contract_may_override: bool = False
    on_breach: str | None = None
    effect: str | None = None
    action: str | None = None
    needs: tuple[str, ...] = ()
    once: bool = False
    complete: bool = False
    condition: str | None = None
    enabled: bool = True
    note: str | None = None
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "ClockRule":
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            raise ValueError("effective_to lies not after effective_from")
        if self.limit is not None and self.starts_with is None:
            raise ValueError("a limit needs starts_with: the event it is counted from")
        if self.extension is not None and not (isinstance(self.limit, Span) and self.limit.unit is self.extension.unit):
            raise ValueError("an extension needs a limit in the same unit")
        return self

    def still_valid_on(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def counted_limit(self) -> Limit | None:
        """The limit to count with: the law's, the house's where the law says "promptly", or none."""
        if isinstance(self.limit, Span):
            return self.limit.limit()
        if self.limit == "same_day":
            return Limit(0)
        return self.house_limit.limit() if self.house_limit is not None else None

    def extended_limit(self) -> Limit:
        """Limit and extension together, counted from the same start. Raises InvalidTerm when the row knows no extension."""
        if self.extension is None or not isinstance(self.limit, Span):
            raise InvalidTerm(f"the clock {self.id} knows no extension: look for a clock that extends it", data={"clock": self.id})
        return Limit(self.limit.value + self.extension.value, self.limit.unit)

    def term(
        self,
        *,
        start_on: date,
        pauses: Sequence[Pause] = (),
        extensions: Sequence[Extension] = (),
        agreed_last_day: date | None = None,
        agreed_limit: Limit | None = None,
    ) -> Term:
        """The term of one case under this clock. ``agreed_limit``: what the contract says, where it may override.

        Raises InvalidTerm when the row has nothing to count, is never overridden, or knows no pauses but some were given.
        """
        limit = agreed_limit or self.counted_limit()
        if limit is None:
            raise InvalidTerm(f"the clock {self.id} has no length to count: give it a house_limit", data={"clock": self.id})
        if agreed_limit is not None and not self.contract_may_override:
            raise InvalidTerm(f"the clock {self.id} cannot be changed by contract: leave agreed_limit out", data={"clock": self.id})
        if pauses and not self.pause_events:
            raise InvalidTerm(f"nothing pauses the clock {self.id}: leave the pauses out", data={"clock": self.id})
        moves = self.kind == "at_most" and self.limit != "same_day"
        return Term(start_on, limit, moves, tuple(pauses), tuple(extensions), agreed_last_day)


class ClockBook(_Strict):
    """All rows, and the rule they are counted by."""

    id: str
    title: Bilingual
    owner: str
    as_of: date
    timezone: Literal["Asia/Shanghai"]
    counting: Counting
    clocks: tuple[ClockRule, ...]

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, data: Any) -> Any:
        """Fill each row with the file's ``defaults``."""
        if not isinstance(data, Mapping) or "defaults" not in data:
            return data
        rest = {key: value for key, value in data.items() if key != "defaults"}
        rows = data.get("clocks") or []
        rest["clocks"] = [{**data["defaults"], **row} if isinstance(row, Mapping) else row for row in rows]
        return rest

    @model_validator(mode="after")
    def _rows_fit_together(self) -> "ClockBook":
        known = {row.id for row in self.clocks}
        for index, row in enumerate(self.clocks):
            if row.extends is not None and row.extends not in known:
                raise ValueError(f"{row.id} extends {row.extends}, which is not in the book")
            for other in self.clocks[:index]:
                if other.id == row.id and _overlap(other, row):
                    raise ValueError(f"{row.id} has two rows in force on {max(other.effective_from, row.effective_from)}: end one of them")
        return self

    def get(self, clock_id: str, *, on: date) -> ClockRule:
        """The row of a clock that is in force on the day of the event it governs. Raises ClockUnknown, ClockNotInForce."""
        rows = [row for row in self.clocks if row.id == clock_id]
        if not rows:
            raise ClockUnknown(f"the book has no clock {clock_id}: look it up in {CLOCKS_FILE}", data={"clock": clock_id})
        valid = [row for row in rows if row.still_valid_on(on)]
        if not valid:
            since = min(row.effective_from for row in rows)
            raise ClockNotInForce(
                f"the clock {clock_id} is not in force on {on} (first row from {since}): add the row that was in force to {CLOCKS_FILE}",
                data={"clock": clock_id, "on": on.isoformat()},
            )
        return valid[0]

    def find(self, *, applies_to: Sequence[str], on: date) -> list[ClockRule]:
        """The rows in force and switched on for any of these lines, in the order of the file."""
        return [row for row in self.clocks if row.enabled and row.applies_to in applies_to and row.still_valid_on(on)]


def _overlap(first: ClockRule, second: ClockRule) -> bool:
    starts, ends = max(first.effective_from, second.effective_from), [d for d in (first.effective_to, second.effective_to) if d is not None]
    return not ends or starts < min(ends)


def load_clocks(rulebook: Rulebook, *, only_verified: bool = False) -> tuple[ClockBook, OfficialCalendar]:
    """The book of clocks and the calendar it is counted with. ``only_verified`` leaves rows out that are not confirmed."""
    book = rulebook.load(CLOCKS_FILE, ClockBook)
    if only_verified:
        rows = tuple(row for row in book.clocks if row.status is Confirmation.VERIFIED)
        kept = {row.id for row in rows}
        book = book.model_copy(update={"clocks": tuple(row for row in rows if row.extends is None or row.extends in kept)})
    return book, load_calendar(rulebook)
