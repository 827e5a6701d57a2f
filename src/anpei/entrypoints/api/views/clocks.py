"""The law's clocks of one claim as people see them: how much is left, the last day, pauses, and how that was counted."""

from collections.abc import Sequence
from datetime import date

from anpei.claims.dossier.model import TimelineEntry
from anpei.claims.dossier.progress import RunningClock
from anpei.claims.dossier.progress import clocks_of as clocks_on
from anpei.engines.deadlines import Deadline, Status, explain
from anpei.engines.deadlines.book import Confirmation
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views.sight import Sight


def clocks_of(sight: Sight, timeline: Sequence[TimelineEntry]) -> list[answers.Clock]:
    """The clocks that ran or run, as they stand today."""
    return [_clock(sight, running) for running in clocks_on(sight.door.platform.progress, timeline=timeline, on=sight.today)]


def pressing(clocks: Sequence[answers.Clock]) -> answers.Clock | None:
    """The clock that matters now: a paused one, otherwise the one that ends first among those that nothing has met."""
    left = [clock for clock in clocks if clock.met_on is None]
    return min(left, key=lambda clock: (clock.status != "paused", clock.last_day or date.max), default=None)


def _clock(sight: Sight, running: RunningClock) -> answers.Clock:
    rule, deadline = running.rule, running.deadline
    return answers.Clock(
        id=rule.id, title=rule.title.zh if sight.lang == "zh" else rule.title.en, basis=rule.basis,
        confirmed=rule.status is Confirmation.VERIFIED, status=deadline.status.value, text=_text(sight, deadline),
        starts_on=deadline.term.start_on, inner_target=deadline.inner_target, last_day=deadline.last_day, met_on=deadline.met_on,
        left=deadline.left, share_bp=_share_bp(deadline),
        pauses=[answers.Pause(begins_on=pause.begins_on, ends_on=pause.ends_on) for pause in deadline.term.pauses],
        explanation=explain(deadline, phrases=sight.door.platform.progress.phrases, language=sight.lang),
    )  # fmt: skip


def _share_bp(deadline: Deadline) -> int:
    """How much of the time is used, in basis points, for the thin bar."""
    start = deadline.term.start_on
    last = deadline.last_day or deadline.inner_target or deadline.raw_last_day
    until = deadline.met_on or deadline.on
    if last is None or last <= start:
        return 10_000 if until > start else 0
    return max(0, min(10_000, (until - start).days * 10_000 // (last - start).days))


def _text(sight: Sight, deadline: Deadline) -> str:
    left = deadline.left
    if deadline.status is Status.MET:
        return sight.say("clock.met")
    if left is None:
        return sight.say("clock.open")
    if deadline.status is Status.PAUSED:
        return sight.say("clock.paused", left=left)
    if deadline.status is Status.OVERRUN:
        return sight.say("clock.late" if deadline.met_on is not None else "clock.overrun", late=-left)
    return sight.say("clock.today") if left == 0 else sight.say("clock.running", left=left)
