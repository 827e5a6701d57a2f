"""Claims against truth: the share of sample claims that end in the expected lane, decision and to-the-cent amount.

Known layouts (seen in development) and held-back ones (never tuned to) apart. The folders are drawn anew from a seed, so the figure
is about kinds of paper, not about certain pictures.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from anpei.assembly import Platform
from anpei.claims.documents import queries as documents
from anpei.engines.knowledge import shipped_rulebook
from anpei.samples import claims as sample_claims
from anpei.samples.scenarios import PLAYED
from bench import homes, scoring
from bench.command import module
from bench.figures import Figure, Report
from bench.scoring import Score

SETS = ("known", "heldback")
SEED = 7
QUICK = ("outpatient_plus", "outpatient_list", "inpatient", "wrong_person", "rows_do_not_sum", "missing_page")
MONEY = (
    "total_amount", "pooled_fund", "serious_illness_fund", "other_payment", "personal_account", "personal_cash", "self_paid", "own_expense",
)  # fmt: skip
Matches = dict[str, list[bool]]


def measure(report: Report, *, quick: bool, seconds: float, seed: int = SEED) -> None:
    """Draw both sets side by side, then run the one after the other in a home of its own."""
    deadline = time.monotonic() + seconds
    with homes.temporary_folder() as folder:
        with ProcessPoolExecutor(max_workers=2) as drawing:
            drawn = dict(zip(SETS, drawing.map(_draw, SETS, [folder / which for which in SETS], [quick] * 2, [seed] * 2), strict=True))
        for which in ("heldback", "known"):
            _measure_set(
                report, which, drawn[which], seed=seed, home=folder / f"home-{which}", limit=max(20.0, deadline - time.monotonic())
            )


def _draw(which: str, out: Path, quick: bool, seed: int) -> list[Path]:
    if quick:
        return [sample_claims.make_one(out, seed, name, seed, which=which) for name in QUICK if name in PLAYED[which]]
    return sample_claims.make(out, seed, which)


def _measure_set(report: Report, which: str, folders: Sequence[Path], *, seed: int, home: Path, limit: float) -> None:
    ran, results = homes.run_claims(home, folders, limit=limit)
    scores = [scoring.score(result, scoring.truth_of(Path(result["folder"]))) for result in results]
    with homes.opened(home) as platform:
        matches = _field_matches(platform, results, _key_fields()), _field_matches(platform, results, dict.fromkeys(_key_fields(), MONEY))
    _show_claims(report, which, scores, drawn=len(folders), seed=seed)
    for name, fields in zip(("key", "money"), matches, strict=True):
        _show_fields(report, f"{which}.{name}_fields_exact", fields)
    pages = sum(len(scoring.truth_of(folder)["pages"]) for folder in folders)
    told = {"claims": len(results), "pages": pages, "cpu_seconds": round(ran.cpu_seconds, 1)}
    report.show(Figure(f"{which}.seconds_a_claim", round(ran.seconds / max(len(results), 1), 2), "s", details=told))


def _show_claims(report: Report, which: str, scores: Sequence[Score], *, drawn: int, seed: int) -> None:
    wrong = [f"{one.folder}: {one.wrong_payment}" for one in scores if one.wrong_payment]
    asked = {
        "lane": _share(one.lane_right for one in scores), "decision": _share(one.decision_right for one in scores),
        "amount_where_one_is_due": _share(bool(one.amount_right) for one in scores if one.amount_right is not None),
        "settle_expected_all_right": _share(one.right for one in scores if one.expected == scoring.SETTLE),
        "refer_expected_all_right": _share(one.right for one in scores if one.expected == scoring.REFER),
        "wanting_expected_all_right": _share(one.right for one in scores if one.expected == scoring.WANTING),
    }  # fmt: skip
    details = {
        "right": sum(one.right for one in scores), "claims": drawn, "seed": seed, "scenarios": _scenarios(scores),
        "faults": {one.folder: list(one.faults) for one in scores if not one.right},
    }  # fmt: skip
    right = _share([*(one.right for one in scores), *([False] * (drawn - len(scores)))])
    report.show(
        Figure(
            f"{which}.claims_right",
            right,
            "share",
            ratios={name: share for name, share in asked.items() if share is not None},
            details=details,
        )
    )
    report.show(Figure(f"{which}.wrong_payments", len(wrong), "claims", details={"which": wrong} if wrong else {}))


def _scenarios(scores: Sequence[Score]) -> dict[str, str]:
    """Right of all, per scenario."""
    right, whole = Counter(one.scenario for one in scores if one.right), Counter(one.scenario for one in scores)
    return {name: f"{right[name]}/{whole[name]}" for name in sorted(whole)}


def _show_fields(report: Report, name: str, fields: Matches) -> None:
    """Fields that were read exactly as printed, of all pages of the claims (blurred ones and blank ones left out), per kind."""
    hits = [hit for found in fields.values() for hit in found]
    ratios = {kind: share for kind, found in sorted(fields.items()) if (share := _share(found)) is not None}
    report.show(Figure(name, _share(hits), "share", ratios=ratios, details={"fields": len(hits)}))


def _field_matches(platform: Platform, results: Sequence[Mapping[str, Any]], names: Mapping[str, Sequence[str]]) -> Matches:
    """Per kind: for each of the named fields that a page shows, whether exactly its value was read."""
    found: Matches = defaultdict(list)
    for result in results:
        if "claim_id" not in result:
            continue
        read = _read_pages(platform, str(result["claim_id"]))
        for page in scoring.truth_of(Path(result["folder"]))["pages"]:
            if page["kind"] not in names or page["effect"].startswith("blur"):
                continue
            fields = read.get((page["file"], page["page"]), {})
            found[page["kind"]] += [fields.get(name) == page["fields"][name] for name in names[page["kind"]] if name in page["fields"]]
    return found


def _read_pages(platform: Platform, claim_id: str) -> dict[tuple[str, int], dict[str, str]]:
    with platform.database.read() as conn:
        names = {upload.id: upload.name for upload in documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)}
        pages = documents.list_pages(conn, vault=platform.vault, claim_id=claim_id)
    return {(names[page.upload_id], page.reading.page): {key: field.value for key, field in page.reading.fields.items()} for page in pages}


def _key_fields() -> dict[str, list[str]]:
    """The key fields of each kind, as the rulebook names them."""
    kinds = [yaml.safe_load(path.read_text(encoding="utf-8")) for root in shipped_rulebook().folders for path in root.glob("kinds/*.yaml")]
    return {kind["id"]: list(kind["key"]) for kind in kinds if kind.get("key")}


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


if __name__ == "__main__":
    module(measure, seconds=400, seed=SEED)
