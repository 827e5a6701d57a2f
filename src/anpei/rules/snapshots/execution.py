"""Judging a case by a snapshot: by machine code once a process has it ready, until then by the reference over the same rows."""

import logging
import threading
from datetime import date

from anpei.rules.compiled.machine import Kernel, RulesDisagree
from anpei.rules.judging.evaluation import examine
from anpei.rules.model import Evaluation, RuleFacts
from anpei.rules.snapshots.snapshot import Snapshot

_logger = logging.getLogger(__name__)
_ready: list[Kernel] = []


def examine_snapshot(*, facts: RuleFacts, snapshot: Snapshot, on: date, shadow: bool = False, strict: bool = False) -> Evaluation:
    """Judge facts by a whole snapshot with its own templates: hits, undecided rows and the count of rows considered.

    All executions give the same. Should they ever differ, the reference decides, because it is the specification, and the log says so;
    ``strict``, for a snapshot on trial, raises RulesDisagree instead. Raises FactsInvalid.
    """
    if _ready:
        try:
            return snapshot.rules.examine(facts=facts, on=on, kernel=_ready[0], shadow=shadow)
        except RulesDisagree as error:
            _logger.error("rules.disagree", extra={"snapshot": snapshot.id, "why": error.message})
            if strict:
                raise
    return examine(facts=facts, source=snapshot, templates=snapshot.templates, on=on, shadow=shadow)


def warm() -> None:
    """Make the machine code ready: a moment when it is on disk, about half a minute of one core when it must be made."""
    from anpei.rules.compiled import machine_code

    _ready[:] = [machine_code.judge]


def warm_beside() -> threading.Thread:
    """Make the machine code ready while the process works."""
    thread = threading.Thread(target=warm, name="machine-code", daemon=True)
    thread.start()
    return thread
