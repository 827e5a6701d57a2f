"""A whole platform in a temporary home: demo insurer, hospitals, catalogue, rules, one policy; papers come as prepared readings."""

import csv
import json
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from anpei.assembly import Platform, Settings, build
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim
from anpei.entrypoints.cli import demo
from anpei.journeys.looking import FindHints
from anpei.kernel.clock import FixedClock
from anpei.reading.model import FileReading, PageReading
from tests import economy
from tests.factories import cases

AT = datetime(2026, 10, 10, 4, 0, tzinfo=UTC)
POLICY = "P-TEST-1"
_DATABASE = "filled.sqlite"
COLUMNS = (
    "policy_number", "insurer", "product", "plan", "start_on", "end_on", "holder_name", "insured_name", "insured_id_type",
    "insured_id_number", "insured_phone", "insured_gender", "insured_birth_on", "social_insurance", "first_covered_on",
    "deductible_used", "limit_used",
)  # fmt: skip


def policy_row(**changes: str) -> dict[str, str]:
    """One row of a policies file: the insured of the clean case under small-outpatient standard."""
    row = {
        "policy_number": POLICY, "insurer": demo.INSURER, "product": "small-outpatient", "plan": "standard", "start_on": "2026-01-01",
        "end_on": "2026-12-31", "holder_name": cases.NAME, "insured_name": cases.NAME, "insured_id_type": "resident_id",
        "insured_id_number": cases.NUMBER, "insured_phone": "13900000000", "insured_gender": "F", "insured_birth_on": "1992-03-04",
        "social_insurance": "yes", "first_covered_on": "", "deductible_used": "", "limit_used": "",
    }  # fmt: skip
    return row | changes


def read_prepared(data: bytes, name: str) -> FileReading:
    """Read a prepared paper: the bytes are the readings themselves, as JSON."""
    return FileReading(file=name, pages=tuple(PageReading.from_dict(page) for page in json.loads(data)))


def paper(*pages: PageReading) -> bytes:
    """The bytes of a prepared paper."""
    return json.dumps([page.to_dict() for page in pages], ensure_ascii=False).encode()


def open_platform(home: Path, url: str, *, faults: Path | None = None, at: datetime = AT, hints: FindHints | None = None) -> Platform:
    """The platform of a home, without loading anything."""
    settings = Settings(home=home, database_url=url, bank_faults=faults, worker_threads=1)
    return build(settings, clock=FixedClock(at), read_file=read_prepared, hints=hints)


def make_platform(
    home: Path, url: str, *, faults: Path | None = None, policies: list[dict[str, str]] | None = None, hints: FindHints | None = None
) -> Platform:
    """The platform of a fresh home with the demo insurer and one policy. ``url`` names an empty database."""
    file = make_url(url).database
    if url.startswith("sqlite:") and file is not None and not home.exists():
        filled = _filled_home()
        shutil.copytree(filled, home, ignore=shutil.ignore_patterns(_DATABASE))
        shutil.copyfile(filled / _DATABASE, file)
        platform = open_platform(home, url, faults=faults, hints=hints)
    else:
        platform = open_platform(home, url, faults=faults, hints=hints)
        demo.load_once(platform, say=lambda _text: None)
    load_policies(platform, policies or [policy_row()])
    return platform


@cache
def _filled_home() -> Path:
    """A home on SQLite with the demo insurer and no policy, loaded once in this process, to be copied."""
    folder = economy.folder()
    platform = open_platform(folder / "home", f"sqlite:///{folder / 'home' / _DATABASE}")
    demo.load_once(platform, say=lambda _text: None)
    platform.close()
    return folder / "home"


def load_policies(platform: Platform, rows: list[dict[str, str]]) -> None:
    """Import policies."""
    file = platform.settings.home / "policies.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    report = demo.import_policies(platform, file, say=lambda _text: None)
    assert not report.errors, report.errors


def report_data(*, policy: str = POLICY, account: str = cases.ACCOUNT, **event: str) -> dict[str, Any]:
    """What a claimant reports."""
    return {
        "policy": {"number": policy},
        "insured": {"name": cases.NAME, "id_type": "resident_id", "id_number": cases.NUMBER, "phone": "13900000000"},
        "event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-10-03"} | event,
        "payee": {"name": cases.NAME, "bank": "演示银行", "account": account},
    }


def hand_in(
    platform: Platform, pages: list[PageReading] | None = None, *, data: dict[str, Any] | None = None, request: str | None = None
) -> str:
    """Report, upload and submit the clean case (or other pages); returns the claim's id."""
    doors, console = platform.claiming, platform.console
    claim, _ = doors.report(actor=console, data=data or report_data(), request_id=request, channel="test")
    for number, page in enumerate(cases.pages() if pages is None else pages):
        doors.upload(actor=console, claim_id=claim.id, data=paper(page), name=f"page{number}.jpg")
    doors.submit(actor=console, claim_id=claim.id)
    return claim.id


def get_claim(platform: Platform, claim_id: str) -> Claim:
    """The claim as it stands."""
    with platform.database.read() as conn:
        return queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
