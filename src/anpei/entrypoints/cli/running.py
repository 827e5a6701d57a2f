"""Walk claim folders through the line and say what became of each: the heart of ``anpei claim run`` and of the demo."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from anpei.assembly import Platform
from anpei.claims.decision import operations as decision
from anpei.claims.decision import queries as proofs
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.engines.db import Connection
from anpei.engines.jobs import pending
from anpei.entrypoints.cli.folder import ClaimFolder, read_folder
from anpei.kernel import ids
from anpei.kernel.canonical import canonical
from anpei.kernel.errors import AnpeiError
from anpei.payments import queries as payments

RESTING = frozenset(
    {
        ClaimState.WANTING, ClaimState.REFERRED, ClaimState.PAID, ClaimState.PAYMENT_FAILED, ClaimState.CLOSED_WITHOUT_PAYMENT,
        ClaimState.REFUSED, ClaimState.WITHDRAWN,
    }
)  # fmt: skip
POLL_SECONDS = 0.02
Progress = Callable[[Path, str], None]


@dataclass
class _Run:
    folder: Path
    started: float
    claim_id: str = ""
    error: AnpeiError | None = None
    state: str = ""
    result: dict[str, Any] | None = None


def run_folders(
    platform: Platform, folders: Sequence[Path], *, timeout: float, progress: Progress, export_to: Path, fresh: bool = False
) -> list[dict[str, Any]]:
    """Report, upload and submit every folder, then wait until each claim rests. One result a folder, in their order.

    ``fresh``: open new claims even for folders that were run before.
    """
    runs = [_Run(folder, time.monotonic()) for folder in folders]
    for run in runs:
        try:
            run.claim_id = _hand_in(platform, read_folder(run.folder), partial(progress, run.folder), fresh=fresh)
        except AnpeiError as error:
            run.error = error
            run.result = {"folder": str(run.folder), "error": {"code": error.code, "message": error.message}, "seconds": 0.0}
            progress(run.folder, f"refused: {error.code}")
    deadline = time.monotonic() + timeout
    while (open_runs := [run for run in runs if run.result is None]) and time.monotonic() < deadline:
        for run in open_runs:
            _look(platform, run, progress, export_to)
        time.sleep(POLL_SECONDS)
    return [run.result or _unfinished(platform, run) for run in runs]


def _hand_in(platform: Platform, folder: ClaimFolder, say: Callable[[str], None], *, fresh: bool) -> str:
    doors, console = platform.claiming, platform.console
    claim, is_new = doors.report(
        actor=console, data=folder.report, request_id=ids.new_id() if fresh else folder.request_id, channel="folder"
    )
    say("reported" if is_new else "known already: going on with the same claim")
    if claim.state in (ClaimState.REPORTED, ClaimState.WANTING, ClaimState.COLLECTING):
        for page in folder.pages:
            doors.upload(actor=console, claim_id=claim.id, data=page.read_bytes(), name=page.name)
        if claim.state is not ClaimState.WANTING:
            doors.submit(actor=console, claim_id=claim.id)
    platform.worker.wake()
    return claim.id


def _look(platform: Platform, run: _Run, progress: Progress, export_to: Path) -> None:
    with platform.database.read() as conn:
        claim = queries.get_claim(conn, vault=platform.vault, claim_id=run.claim_id)
        unread = documents.count_unread(conn, claim_id=claim.id)
        said = f"{claim.state.value}" + (f" ({unread} pages to read)" if unread else "")
        if said != run.state:
            run.state = said
            progress(run.folder, said)
        rests = claim.state in RESTING and not unread and not _moves(conn, claim)
        if rests:
            run.result = describe(platform, conn, claim, folder=run.folder, seconds=time.monotonic() - run.started)
    if rests and run.result is not None:
        run.result["proof"] = export_proof(platform, claim, export_to)


def _moves(conn: Connection, claim: Claim) -> bool:
    return any(job["kind"].startswith("claim.") for job in pending(conn, subject=claim.id))


def _unfinished(platform: Platform, run: _Run) -> dict[str, Any]:
    """The time is up: say where the claim stands; it goes on by itself when the platform runs again."""
    message = f"still {run.state or 'waiting'}; nothing is lost: run again or start the platform, and it goes on"
    return {
        "folder": str(run.folder), "claim_id": run.claim_id, "state": run.state, "error": {"code": "claim.unfinished", "message": message},
        "seconds": round(time.monotonic() - run.started, 3),
    }  # fmt: skip


def describe(platform: Platform, conn: Connection, claim: Claim, *, folder: Path, seconds: float) -> dict[str, Any]:
    """Everything a caller wants to know of a claim that rests, as plain data (docs/claim-folder.md)."""
    lane = _payload(platform, conn, claim, SectionName.LANE)
    findings = _payload(platform, conn, claim, SectionName.FINDINGS)
    evidence = _payload(platform, conn, claim, SectionName.EVIDENCE)
    decision = (_payload(platform, conn, claim, SectionName.DECISION).get("decision")) or {}
    referral = (_payload(platform, conn, claim, SectionName.REFERRAL).get("referral")) or {}
    assessment = _payload(platform, conn, claim, SectionName.ASSESSMENT).get("assessment") or {}
    wanting = evidence.get("wanting", [])
    word = decision.get("decision") or referral.get("decision") or ("wanting" if wanting else "")
    order = payments.find_order(conn, claim_id=claim.id, round=claim.round)
    return {
        "folder": str(folder), "claim_id": claim.id, "claim_no": claim.claim_no, "state": claim.state.value, "round": claim.round,
        "lane": lane.get("lane") or ("fast" if wanting else None),
        "lane_reasons": lane.get("reasons") or (["documents." + item["problem"] for item in wanting]),
        "missing": [{"kinds": item["kinds"], "problem": item["problem"], "advice": item["advice"]} for item in wanting],
        "findings": [item["code"] for item in findings.get("findings", [])],
        "decision": word, "reasons": referral.get("reasons", []),
        "total_fen": decision.get("total_fen"), "zero_cause": decision.get("zero_cause"),
        "lines": decision.get("lines", []), "assessed_fen": assessment.get("total_fen"),
        "payment": None
        if order is None
        else {"state": order.state.value, "amount_fen": order.amount.fen, "reference": order.bank_reference},
        "proof": None,
        "seconds": round(seconds, 3),
    }  # fmt: skip


def _payload(platform: Platform, conn: Connection, claim: Claim, name: SectionName) -> dict[str, Any]:
    section = queries.find_section(conn, vault=platform.vault, claim_id=claim.id, name=name, round=claim.round)
    return {} if section is None else section.payload


def export_proof(platform: Platform, claim: Claim, folder: Path) -> str | None:
    """Write the newest proof of a claim as a file, through the access gate, and return its path; None while there is none."""
    with platform.database.write() as conn:
        if not proofs.list_proofs(conn, claim_id=claim.id):
            return None
        made = decision.export_proof(conn, vault=platform.vault, actor=platform.console, claim=claim, at=platform.clock.now())
    return str(write_proof(made, folder / f"{claim.claim_no}-round{claim.round}.proof.json"))


def write_proof(made: dict[str, Any], path: Path) -> Path:
    """Write a proof file in its canonical form, readable by this user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(canonical(made) + b"\n")
    unfinished.replace(path)
    return path
