"""Twenty claims at once: whether all come to rest, each paid at most once, how long it takes and what memory the whole needs."""

import random
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from anpei.claims.dossier import queries
from anpei.payments import queries as payments
from anpei.samples import claims as sample_claims
from anpei.trust.trail import verify as verify_trail
from bench import homes
from bench.command import module
from bench.figures import Figure, Report
from bench.processes import Ran

SCENARIOS = ("outpatient_list", "outpatient_certificate", "outpatient_unsettled", "inpatient", "missing_page")
MB = 1024 * 1024


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Draw the folders, hand all of them in with one command in a fresh home, and count what came of them."""
    count = 5 if quick else 20
    with homes.temporary_folder() as folder:
        drawn = _draw(folder / "claims", count)
        pages = sum(len([page for page in one.iterdir() if page.suffix in {".jpg", ".pdf"}]) for one in drawn)
        ran, results = homes.run_claims(folder / "home", drawn, limit=seconds, watch_memory=True)
        _show(report, ran, results, count=count, pages=pages, checks=_checks(folder / "home", results))


def _draw(out: Path, count: int) -> list[Path]:
    seed = random.SystemRandom().randrange(10**9)
    return [sample_claims.make_one(out, seed, SCENARIOS[number % len(SCENARIOS)], number) for number in range(count)]


def _checks(home: Path, results: list[dict[str, Any]]) -> dict[str, Any]:
    """What the database says afterwards: claims, orders that are one too many, faults of the ledger, whether the trail holds."""
    with homes.opened(home) as platform, platform.database.read() as conn:
        claims = queries.list_claims(conn, vault=platform.vault, insurers=None, limit=1000)
        orders = Counter(len(payments.list_orders(conn, claim_id=claim.id)) for claim in claims)
        confirmed = {result["claim_id"] for result in results if (result.get("payment") or {}).get("state") == "confirmed"}
        return {
            "claims": len(claims), "claims_with_two_orders": sum(times for number, times in orders.items() if number > 1),
            "confirmed_payments": len(confirmed), "ledger_faults": len(payments.ledger_faults(conn)), "trail_holds": verify_trail(conn).ok,
        }  # fmt: skip


def _show(report: Report, ran: Ran, results: list[dict[str, Any]], *, count: int, pages: int, checks: dict[str, Any]) -> None:
    resting = [result for result in results if "error" not in result]
    states = Counter(str(result.get("state", result.get("error", {}).get("code"))) for result in results)
    details = {"claims": count, "pages": pages, "scenarios": list(SCENARIOS), "states": dict(states), **checks, "exit_code": ran.code}
    report.show(Figure("load.claims_lost", count - len(resting), "claims", details=details))
    report.show(
        Figure(
            "load.all_at_rest",
            round(ran.seconds, 2),
            "s",
            details={"cpu_seconds": round(ran.cpu_seconds, 1), "pages": pages, "claims": count},
        )
    )
    if resting:
        waits = [result["seconds"] for result in resting]
        report.show(Figure("load.seconds_until_a_claim_rests", round(statistics.median(waits), 2), "s", runs=tuple(waits)))
    sizes = {"claims": count, "rss_sum_mb": round(ran.peak.rss / MB), "processes": ran.peak.processes, "sampled_every_s": 0.2}
    report.show(Figure("load.peak_memory", round(ran.peak.pss / MB), "MB", details=sizes))


if __name__ == "__main__":
    module(measure, seconds=150)
