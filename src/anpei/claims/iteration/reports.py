"""A replay report (回溯报告) as a proposal carries it: the digest of the file and its headline, no claim. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from anpei.claims.iteration.model import ReleaseInvalid
from anpei.kernel.canonical import canonical
from anpei.rules.snapshots.standing import is_id

LARGEST_HEADLINE = 4_000
"""Bytes of the headline: figures and words for whoever approves, not the report itself."""


def report_of_file(data: bytes) -> dict[str, Any]:
    """The part of a report (JSON) that a proposal carries: ``digest``, ``headline``, and ``new``: the snapshot it is about, if it says so.

    Raises ReleaseInvalid when the file is no report.
    """
    try:
        report = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReleaseInvalid("the report is no JSON: hand in the JSON that `anpei replay` wrote", data={"field": "report"}) from error
    if not isinstance(report, Mapping) or "headline" not in report:
        raise ReleaseInvalid("the report has no `headline`: hand in the JSON that `anpei replay` wrote", data={"field": "report"})
    found: dict[str, Any] = {"digest": hashlib.sha256(data).hexdigest(), "headline": report["headline"]}
    new = report.get("new")
    new = new.get("snapshot") if isinstance(new, Mapping) else new
    return found if new is None else {**found, "new": new}


def checked_report(report: Mapping[str, Any], *, snapshot_id: str) -> dict[str, Any]:
    """The report of a proposal. Raises ReleaseInvalid when it is about another snapshot, or is none."""
    if not is_id(str(report.get("digest", ""))) or set(report) - {"digest", "headline", "new"} or "headline" not in report:
        raise ReleaseInvalid("report: give digest (SHA-256 in hexadecimal) and headline", data={"field": "report"})
    if report.get("new", snapshot_id) != snapshot_id:
        raise ReleaseInvalid(
            f"the report is about the snapshot {str(report['new'])[:12]}, not about {snapshot_id[:12]}: replay the one that you propose",
            data={"field": "report"},
        )
    try:
        size = len(canonical(report["headline"]))
    except (TypeError, ValueError) as error:
        raise ReleaseInvalid(f"the report's headline is not plain data: {error}", data={"field": "report"}) from error
    if size > LARGEST_HEADLINE:
        raise ReleaseInvalid(f"the report's headline has {size} bytes: at most {LARGEST_HEADLINE}", data={"field": "report"})
    return dict(report)
