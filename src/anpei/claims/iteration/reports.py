"""A replay report (回溯报告) as a proposal carries it: the digest of the file and its headline, no claim. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from anpei.claims.iteration.model import ReleaseInvalid
from anpei.kernel.canonical import canonical
from anpei.rules.snapshots.standing import is_id

_FIELD = {"field": "report"}
FORM = "anpei.replay/"
HEADLINE = ("simulated", "old", "changes", "counts", "automation")
"""The parts of a replay's summary that a proposal carries: what was compared, how much changed, and the rate of automation."""
LARGEST_HEADLINE = 4_000
"""Bytes of the headline: figures for whoever approves, not the report itself."""


def report_of_file(data: bytes) -> dict[str, Any]:
    """What a proposal carries of a replay's ``summary.json``: ``digest`` of the file, ``headline``, ``new``: the snapshot it is about.

    Raises ReleaseInvalid when the file is no such summary.
    """
    try:
        report = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReleaseInvalid("the report is no JSON: hand in the summary.json that `anpei replay --out` wrote", data=_FIELD) from error
    if not isinstance(report, Mapping) or not str(report.get("report", "")).startswith(FORM) or not isinstance(report.get("new"), Mapping):
        raise ReleaseInvalid("this is no report of a replay: hand in the summary.json that `anpei replay --out` wrote", data=_FIELD)
    headline = {name: report[name] for name in HEADLINE if name in report}
    return {"digest": hashlib.sha256(data).hexdigest(), "headline": headline, "new": str(report["new"].get("snapshot", ""))}


def checked_report(report: Mapping[str, Any], *, snapshot_id: str) -> dict[str, Any]:
    """The report of a proposal. Raises ReleaseInvalid when it is about another snapshot, or is none."""
    if not is_id(str(report.get("digest", ""))) or set(report) - {"digest", "headline", "new"} or "headline" not in report:
        raise ReleaseInvalid("report: give digest (SHA-256 in hexadecimal) and headline", data=_FIELD)
    if report.get("new", snapshot_id) != snapshot_id:
        raise ReleaseInvalid(
            f"the report is about the snapshot {str(report['new'])[:12]}, not about {snapshot_id[:12]}: replay the one that you propose",
            data=_FIELD,
        )
    try:
        size = len(canonical(report["headline"]))
    except (TypeError, ValueError) as error:
        raise ReleaseInvalid(f"the report's headline is not plain data: {error}", data=_FIELD) from error
    if size > LARGEST_HEADLINE:
        raise ReleaseInvalid(f"the report's headline has {size} bytes: at most {LARGEST_HEADLINE}", data=_FIELD)
    return dict(report)
