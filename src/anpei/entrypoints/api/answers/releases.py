"""Answers about releases of rule snapshots: states, steps, figures. No claim is named."""

from datetime import datetime
from typing import Any

from anpei.entrypoints.api.answers.base import Answer, Coded


class ReleaseRow(Answer):
    """A release in a list; accounts by their ids."""

    release: str
    snapshot: str
    state: str
    proposer: str
    share_bp: int
    proposed_at: datetime
    since: datetime


class ReleaseStep(Answer):
    """A step that a release took: by whom, why, and what had been compared until then."""

    number: int
    from_state: str | None
    to_state: str
    by: str
    cause: str
    reason: str
    figures: dict[str, int | None]
    at: datetime


class ReleaseView(ReleaseRow):
    """A release with bounds, replay report, steps, and the figures of the stage it is in (docs/iteration.md).

    ``signature_problems`` names steps that are not what their person signed.
    """

    bounds: dict[str, int]
    report: dict[str, Any] | None
    replaces: str | None
    figures: dict[str, int | None] | None
    signature_problems: list[str]
    steps: list[ReleaseStep]


class ReleaseTold(Answer):
    """What a proposer or an approver was told: why a release was taken back, or which bound broke beside, with the figures."""

    release: str
    kind: str
    cause: Coded
    figures: dict[str, int | None]
    at: datetime
    seen_before: bool
