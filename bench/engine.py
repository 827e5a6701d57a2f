"""What stands behind the reading: rules, benefit, adjudication, proof and snapshot for a claim of thirty lines; the line without reading.

The papers come as readings that are right in every field, so nothing here depends on pixels.
"""

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from anpei.assembly import Platform
from anpei.claims import benefit
from anpei.claims.decision import adjudication, proof, verification
from anpei.claims.decision import queries as proofs
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState
from anpei.entrypoints.cli import demo
from anpei.reading.model import FieldReading, FileReading, PageReading, Quality
from anpei.records.catalogues.compiling import source_of
from anpei.rules.model import CatalogueRow, RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.snapshot import open_snapshot
from anpei.rules.templates.library import load_templates
from anpei.samples.claims import write_policies
from anpei.samples.defects import Paper
from anpei.samples.layouts import LAYOUTS
from anpei.samples.scenarios import scenario
from anpei.samples.stories import Story, tell
from bench import homes
from bench.command import module
from bench.figures import Figure, Report, median_of

LINES = 30
MACHINE_MAY_SETTLE_FEN = 900_000
KILO = 1000
FROM = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Bench:
    """A referred view on one settled claim of many lines, and the platform it lives in."""

    platform: Platform
    referred: Any
    made: Mapping[str, Any]

    @property
    def inputs(self) -> adjudication.Inputs:
        """What the adjudication took in."""
        found: adjudication.Inputs = self.referred.inputs
        return found


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Walk claims without reading through the line, then time the pure functions on one of them, then a large snapshot."""
    with homes.temporary_folder() as folder:
        with homes.opened(folder / "home", read_file=_read_prepared) as platform:
            demo.load_once(platform, say=_silent)
            walked = [_walk(platform, folder, number) for number in range(4 if quick else 16)]
            _show_line(report, walked[1:])
            _show_pure(report, _bench(platform, walked[0].claim_id), repeats=20 if quick else 100)
        _show_large_snapshot(report, folder / "large", rows=2 * KILO if quick else 50 * KILO)


# --- the line without reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walk:
    """One claim without reading: seconds on the wall and of processor."""

    claim_id: str
    seconds: float
    cpu_seconds: float


def _walk(platform: Platform, folder: Path, number: int) -> Walk:
    """Report, upload, submit and run every step in this thread."""
    story = _story(number)
    write_policies(folder, {story.policy["policy_number"]: story.policy})
    demo.import_policies(platform, folder / "policies.csv", say=_silent)
    data = {key: value for key, value in story.claim.items() if key != "request_id"}
    report = json.loads(json.dumps(data, default=str))
    papers = [_prepared(paper) for paper in story.papers]
    started, cpu = time.perf_counter(), time.process_time()
    claim, _ = platform.claiming.report(actor=platform.console, data=report, request_id=story.claim["request_id"], channel="folder")
    for place, paper in enumerate(papers):
        platform.claiming.upload(actor=platform.console, claim_id=claim.id, data=paper, name=f"{place}.jpg")
    platform.claiming.submit(actor=platform.console, claim_id=claim.id)
    platform.worker.run_due()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    with platform.database.read() as conn:
        state = queries.get_claim(conn, vault=platform.vault, claim_id=claim.id).state
    if state is not ClaimState.PAID:
        raise SystemExit(f"the prepared claim came to {state.value}, not to its payment: nothing to measure")
    return Walk(claim.id, seconds, cpu)


def _story(number: int) -> Story:
    """A stay of about thirty lines that costs more than the deductible, and pays what the machine may settle."""
    chosen = scenario("inpatient_large")
    while True:
        key = f"engine/{random.SystemRandom().randrange(10**9)}/{number}"
        story = tell(replace(chosen, wish=replace(chosen.wish, count=LINES - 5)), which="known", key=key, label=f"engine-{number}")[0]
        lines = max(len(paper.document.rows) for paper in story.papers)
        if (
            0 < (story.truth["expected_total_fen"] or 0) < MACHINE_MAY_SETTLE_FEN and lines == LINES
        ):  # meals and the like are added to the wish
            return story


def _prepared(paper: Paper) -> bytes:
    """A paper as the bytes of its own reading; a list that is not daily prints no days."""
    document, hidden = paper.document, {"fee_category"}
    if not LAYOUTS[paper.layout].daily:
        hidden.add("charged_on")
    page = PageReading(
        file="", page=1, kind=document.kind, kind_confidence=0.99, layout=paper.layout, quality=Quality(True),
        fields={name: _field(value) for name, value in document.facts.items()},
        rows=tuple({name: _field(value) for name, value in row.items() if value and name not in hidden} for row in document.rows),
        width=1600, height=2200, rotation=0, fingerprint=f"{random.SystemRandom().getrandbits(128):032x}", image_hash="0" * 64,
        seconds=0.0, source="ocr", words=100,
    )  # fmt: skip
    return json.dumps(page.to_dict(), ensure_ascii=False).encode()


def _field(value: str) -> FieldReading:
    return FieldReading(value=value, text=value, confidence=0.99, box=(0, 0, 10, 10), source="ocr")


def _read_prepared(data: bytes, name: str) -> FileReading:
    return FileReading(name, (PageReading.from_dict(json.loads(data)),))


# --- pure functions ---------------------------------------------------------------------------------------------------


def _bench(platform: Platform, claim_id: str) -> Bench:
    with platform.database.read() as conn:
        claim = queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
        made = proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)
        return Bench(platform, platform.line.referred(conn, claim=claim), made)


def _show_line(report: Report, walks: list[Walk]) -> None:
    details = {"papers": 4, "threads": 1, "lines": LINES}
    report.show(median_of("engine.line_without_reading", [walk.seconds * KILO for walk in walks], "ms", details=details))
    report.show(median_of("engine.line_without_reading_cpu", [walk.cpu_seconds * KILO for walk in walks], "CPU-ms", details=details))


def _show_pure(report: Report, bench: Bench, *, repeats: int) -> None:
    snapshot, inputs = bench.platform.snapshots.get(), bench.inputs
    facts = adjudication.rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    bills = adjudication.bills_of(inputs)
    size = {
        "lines": len(facts.subjects), "rule_rows_in_snapshot": len(snapshot.rows), "catalogue_rows": len(snapshot.catalogue),
        "rows_considered": examine_snapshot(facts=facts, snapshot=snapshot, on=bench.referred.rules_on).considered,
    }  # fmt: skip

    def build() -> Any:
        body = bench.made["body"]
        return proof.build(
            signer=bench.platform.signer, claim=body["claim"], inputs=inputs, rules_on=bench.referred.rules_on, snapshot=snapshot,
            outputs=body["outputs"], decision=body["decision"], at=datetime(2026, 10, 10, tzinfo=UTC),
        )  # fmt: skip

    timed: dict[str, Callable[[], Any]] = {
        "engine.rules": lambda: examine_snapshot(facts=facts, snapshot=snapshot, on=bench.referred.rules_on),
        "engine.benefit": lambda: benefit.assess(terms=inputs.terms, bills=bills, accumulators=inputs.accumulators),
        "engine.adjudicate": lambda: adjudication.adjudicate(inputs=inputs, hits=bench.referred.hits),
        "engine.proof_build": build,
        "engine.proof_verify": lambda: verification.verify(bench.made, trusted_key=bench.platform.signer.public_key_b64),
        "engine.snapshot_open": lambda: open_snapshot(snapshot.folder),
    }
    for name, call in timed.items():
        report.show(median_of(name, _times(call, repeats), "ms", details=size))
    size_kb = round(len(json.dumps(bench.made, ensure_ascii=False).encode()) / 1024, 1)
    report.show(Figure("engine.proof_size", size_kb, "kB", details={"lines": size["lines"]}))


def _times(call: Callable[[], Any], repeats: int) -> list[float]:
    """Milliseconds of each call, the collector held back as timeit does; one call before does not count."""
    call()
    gc.collect()
    gc.disable()
    try:
        found = []
        for _ in range(repeats):
            started = time.perf_counter()
            call()
            found.append((time.perf_counter() - started) * KILO)
        return found
    finally:
        gc.enable()


# --- a large snapshot -------------------------------------------------------------------------------------------------


def _show_large_snapshot(report: Report, folder: Path, *, rows: int) -> None:
    """How the snapshot of this version grows: opening and looking up with many rows."""
    template = load_templates(homes.shipped())
    made = [_row(number) for number in range(rows)]
    started = time.perf_counter()
    snapshot = compile_snapshot(made, template, source_of([_item(number) for number in range(rows // 5)]), folder, as_of=date(2026, 10, 1))
    compiled = time.perf_counter() - started
    opened = _times(lambda: open_snapshot(snapshot.folder), 3)
    keys = [f"S{random.SystemRandom().randrange(rows):08d}" for _ in range(2000)]
    on, looked = date(2026, 10, 1), []
    for key in keys:
        begun = time.perf_counter()
        snapshot.rows_for(subject=key, template_id="sex", on=on)
        looked.append((time.perf_counter() - begun) * 1_000_000)
    details = {"rule_rows": rows, "catalogue_rows": rows // 5, "compile_s": round(compiled, 2)}
    report.show(median_of("engine.large_snapshot_open", opened, "ms", details=details))
    p99 = statistics.quantiles(looked, n=100)[98]
    report.show(median_of("engine.large_snapshot_lookup", looked, "µs", details={**details, "p99": round(p99, 1)}))


def _row(number: int) -> RuleRow:
    subject, parameters = f"S{number:08d}", {"sex": "F" if number % 2 else "M"}
    rule_id = rule_id_for(template_id="sex", subject=subject, parameters=parameters, valid_from=FROM, document="bench")
    return RuleRow(rule_id, "sex", subject, parameters, FROM, Source("bench"))


def _item(number: int) -> CatalogueRow:
    return CatalogueRow("CN", f"S{number:08d}", FROM, {"name": f"item {number}", "class": "A", "covered": True})


def _silent(_text: str) -> None:
    return None


if __name__ == "__main__":
    module(measure, seconds=60)
