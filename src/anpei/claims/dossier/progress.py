"""Progress (进度): every node, who holds the claim, what happens next, and the law's clocks with their pauses. Pure over the timeline.

Looking at a claim never changes it; the clocks are computed from stamped events each time and can be replayed for any day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.dossier.model import Claim, ClaimState, TimelineEntry
from anpei.engines.deadlines import Calendar, ClockBook, ClockRule, Deadline, Pause, Phrases, compute_as_known
from anpei.engines.deadlines import explain as explain_deadline
from anpei.engines.knowledge import Rulebook
from anpei.kernel.clock import local_day

Lang = Literal["zh", "en"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A text in both languages."""

    zh: str
    en: str


class Holding(_Part):
    """Who holds a claim in a state and what happens next."""

    holder_zh: str
    holder_en: str
    next_zh: str
    next_en: str


class Mark(_Part):
    """An event, or a notice of one template."""

    event: str
    template: str | None = None

    def fits(self, entry: TimelineEntry) -> bool:
        """Whether a timeline entry is this mark."""
        return entry.event == self.event and (self.template is None or entry.data.get("template") == self.template)


class ClockUse(_Part):
    """Which events start, pause and meet one of the law's clocks."""

    clock: str
    starts: str
    met_by: tuple[Mark | str, ...]
    pause_begins: Mark | None = None
    pause_ends: str | None = None


class ProgressFile(_Part):
    """The file ``progress.yaml``."""

    schema_version: int
    events: Mapping[str, Words]
    states: Mapping[ClaimState, Holding]
    clocks: tuple[ClockUse, ...]
    limitation_clock: str


@dataclass(frozen=True)
class ProgressBook:
    """What progress is told with: words, clocks, calendar."""

    words: ProgressFile
    clocks: ClockBook
    calendar: Calendar
    phrases: Phrases


def load_progress(rulebook: Rulebook, *, clocks: ClockBook, calendar: Calendar, phrases: Phrases) -> ProgressBook:
    """Read ``progress.yaml``; each clock it names must be in the book."""
    words = rulebook.load("progress.yaml", ProgressFile)
    for use in words.clocks:
        clocks.get(use.clock, on=clocks.as_of)
    return ProgressBook(words, clocks, calendar, phrases)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One of the law's clocks on this claim."""

    rule: ClockRule
    deadline: Deadline

    def to_dict(self, *, phrases: Phrases, lang: Lang) -> dict[str, Any]:
        """Plain data for pages and the API."""
        deadline = self.deadline
        return {
            "clock": self.rule.id, "title": getattr(self.rule.title, lang), "basis": self.rule.basis,
            "confirmed": self.rule.status == "verified",
            "status": deadline.status.value, "started_on": deadline.term.start_on.isoformat(),
            "target": _iso(deadline.inner_target), "last_day": _iso(deadline.last_day),
            "left": deadline.left, "unit": deadline.limit.unit.value,
            "met_on": _iso(deadline.met_on), "paused_days": deadline.paused_days,
            "pauses": [
                {"from": pause.begins_on.isoformat(), "to": _iso(pause.ends_on), "why": pause.evidence} for pause in deadline.term.pauses
            ],
            "explanation": explain_deadline(deadline, phrases=phrases, language=lang),
        }  # fmt: skip


def clocks_of(book: ProgressBook, *, timeline: Sequence[TimelineEntry], on: date) -> list[RunningClock]:
    """The clocks that ran or run on a claim, as they stand on a day.

    The order of the timeline is the truth, not its stamps: where the machine's clock was set back, what came later counts as having
    happened on the same day, never before.
    """
    found: list[RunningClock] = []
    for use in book.words.clocks:
        starts = [entry for entry in timeline if entry.event == use.starts]
        if not starts:
            continue
        first = _start(starts, use, timeline)
        start_on = local_day(first.at)
        rule = book.clocks.get(use.clock, on=start_on)
        term = rule.term(start_on=start_on, pauses=_pauses(use, timeline) if rule.pause_events else ())
        met = next((entry for entry in timeline if entry.seq > first.seq and any(_mark(mark).fits(entry) for mark in use.met_by)), None)
        met_on = None if met is None else max(start_on, local_day(met.at))
        found.append(RunningClock(rule, compute_as_known(term=term, on=on, calendar=book.calendar, met_on=met_on)))
    return found


def limitation_day(book: ProgressBook, *, occurred_on: date) -> date:
    """Until when this event can be claimed (保险法 26): the unmoved day."""
    rule = book.clocks.get(book.words.limitation_clock, on=occurred_on)
    deadline = compute_as_known(term=rule.term(start_on=occurred_on), on=occurred_on, calendar=book.calendar)
    return deadline.inner_target or deadline.raw_last_day or occurred_on


def _start(starts: Sequence[TimelineEntry], use: ClockUse, timeline: Sequence[TimelineEntry]) -> TimelineEntry:
    """The first start; after a reopening the first one since (a new request begins a new period)."""
    reopened = [entry.seq for entry in timeline if entry.event == "claims.intake.reopened"]
    since = [entry for entry in starts if not reopened or entry.seq > reopened[-1]]
    return since[0] if since else starts[-1]


def _mark(mark: Mark | str) -> Mark:
    return Mark(event=mark) if isinstance(mark, str) else mark


def _pauses(use: ClockUse, timeline: Sequence[TimelineEntry]) -> list[Pause]:
    """From the notice's arrival to the supplement's arrival; only the first supplement notice pauses (law.md section 9)."""
    if use.pause_begins is None:
        return []
    begin = next((entry for entry in timeline if use.pause_begins.fits(entry)), None)
    if begin is None:
        return []
    end = next((entry for entry in timeline if entry.seq > begin.seq and entry.event == use.pause_ends), None)
    begins_on = local_day(begin.at)
    ends_on = None if end is None else max(begins_on, local_day(end.at))
    return [Pause(begins_on, ends_on, evidence=use.pause_begins.template or "")]


def describe(book: ProgressBook, *, claim: Claim, timeline: Sequence[TimelineEntry], on: date, lang: Lang = "zh") -> dict[str, Any]:
    """Progress as plain data: state, holder, next step, nodes (oldest first) and clocks."""
    holding = book.words.states[claim.state]
    return {
        "claim_no": claim.claim_no, "state": claim.state.value, "lane": None if claim.lane is None else claim.lane.value,
        "round": claim.round,
        "holder": getattr(holding, f"holder_{lang}"), "next": getattr(holding, f"next_{lang}"),
        "nodes": [
            {
                "at": entry.at.isoformat(), "event": entry.event, "round": entry.round, "data": entry.data,
                "title": getattr(book.words.events[entry.event], lang) if entry.event in book.words.events else entry.event,
            }
            for entry in timeline
        ],
        "clocks": [clock.to_dict(phrases=book.phrases, lang=lang) for clock in clocks_of(book, timeline=timeline, on=on)],
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
