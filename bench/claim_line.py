"""One claim of three photographed pages, from handing in to the payment: seconds, processor seconds, and what each step took of it.

A warm platform on SQLite with two reading processes; each run is a new claim of another person with papers never seen before.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anpei.assembly import Platform
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState
from anpei.engines.jobs import Handler
from anpei.entrypoints.cli import demo
from anpei.entrypoints.cli.folder import ClaimFolder, read_folder
from anpei.kernel import ids
from anpei.samples import claims as sample_claims
from bench import homes, processes
from bench.command import module
from bench.figures import Figure, Report, median_of

SCENARIO = "outpatient_list"
"""Receipt with fee categories, out-patient record, fee list: three photos."""
STEPS = {
    "reading": ("claim.read_upload work",), "store_reading": ("claim.read_upload finish",), "collect": ("claim.collect finish",),
    "audit": ("claim.audit finish",), "adjudicate": ("claim.adjudicate finish",), "settle": ("claim.settle finish",),
    "payment": ("payments.submit work", "payments.submit finish"),
}  # fmt: skip
MOVING = frozenset(
    {ClaimState.REPORTED, ClaimState.COLLECTING, ClaimState.IN_AUDIT, ClaimState.ASSESSED, ClaimState.DECIDED, ClaimState.PAYING}
)
CLAIM_SECONDS = 60.0
Span = tuple[float, float]


@dataclass(slots=True)
class Stopwatch:
    """The spans in which the handler of each kind of job worked (outside of a transaction) or finished (inside)."""

    spans: dict[str, list[Span]] = field(default_factory=dict)
    moved: threading.Event = field(default_factory=threading.Event)

    def around(self, handlers: Mapping[str, Handler]) -> dict[str, Handler]:
        """The same handlers, timed."""
        return {
            kind: replace(handler, work=self._timed(f"{kind} work", handler.work), finish=self._timed(f"{kind} finish", handler.finish))
            for kind, handler in handlers.items()
        }

    def of(self, step: str) -> tuple[Span, ...]:
        """The spans of a step, in the order they ended."""
        return tuple(span for name in STEPS[step] for span in self.spans.get(name, ()))

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return call(*arguments)
            finally:
                self.spans.setdefault(name, []).append((started, time.perf_counter()))
                self.moved.set()

        return run


@dataclass(frozen=True, slots=True)
class Walk:
    """One claim: seconds to the order and to the booked payment, processor seconds of reading and of all else, and seconds a step."""

    state: str
    seconds: float
    to_order: float
    reading: float
    rest: float
    reading_cpu: float
    rest_cpu: float
    steps: Mapping[str, float]


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Draw the claims, warm up with one of them, then walk the others one after another."""
    count, deadline = (3 if quick else 9), time.monotonic() + seconds
    with homes.temporary_folder() as folder, homes.opened(folder / "home") as platform:
        demo.load_once(platform, say=_silent)
        drawn = [_draw(folder, number) for number in range(count + 1)]
        demo.import_policies(platform, folder / "claims" / "policies.csv", say=_silent)
        stopwatch = Stopwatch()
        platform.worker.handlers = stopwatch.around(platform.worker.handlers)
        platform.reading.start()
        platform.start()
        walks: list[Walk] = []
        for number, claim in enumerate(drawn):
            if time.monotonic() < deadline or not walks:
                walk = _walk(platform, claim, stopwatch)
                walks += [walk] if number else []
        _show(report, walks)


def _draw(folder: Path, number: int) -> ClaimFolder:
    seed = random.SystemRandom().randrange(10**9)
    return read_folder(sample_claims.make_one(folder / "claims", seed, SCENARIO, number))


def _walk(platform: Platform, folder: ClaimFolder, stopwatch: Stopwatch) -> Walk:
    """Hand in as the upload page does (each page is worked on as soon as it is there) and wait until the claim rests."""
    pages = [(page.name, page.read_bytes()) for page in folder.pages]
    doors, console = platform.claiming, platform.console
    stopwatch.spans.clear()
    readers_before, own_before = _readers_cpu(), time.process_time()
    started = time.perf_counter()
    claim, _ = doors.report(actor=console, data=folder.report, request_id=ids.new_id(), channel="folder")
    for name, data in pages:
        doors.upload(actor=console, claim_id=claim.id, data=data, name=name)
        platform.worker.wake()
    doors.submit(actor=console, claim_id=claim.id)
    platform.worker.wake()
    ended = _rest(platform, claim.id, stopwatch)
    spans = {step: stopwatch.of(step) for step in STEPS}
    finished = max(end for found in spans.values() for _, end in found)
    order = max((end for _, end in spans["settle"]), default=finished)
    reading = _covered(spans["reading"])
    return Walk(
        state=ended.state.value, seconds=finished - started, to_order=order - started, reading=reading,
        rest=finished - started - reading, reading_cpu=_readers_cpu() - readers_before, rest_cpu=time.process_time() - own_before,
        steps={name: _covered(found) for name, found in spans.items()},
    )  # fmt: skip


def _rest(platform: Platform, claim_id: str, stopwatch: Stopwatch) -> Claim:
    """Wait until nothing moves any more; looks only when a step has ended, so that looking costs next to nothing."""
    deadline = time.monotonic() + CLAIM_SECONDS
    while True:
        stopwatch.moved.wait(timeout=0.1)
        stopwatch.moved.clear()
        with platform.database.read() as conn:
            claim = queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
        if claim.state not in MOVING or time.monotonic() > deadline:
            return claim


def _readers_cpu() -> float:
    """Processor seconds of the reading processes: everything below this one."""
    return processes.cpu_seconds(os.getpid()) - time.process_time()


def _covered(spans: Iterable[Span]) -> float:
    """Seconds that lie in at least one of the spans."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def _show(report: Report, walks: list[Walk]) -> None:
    paid = [walk for walk in walks if walk.state == ClaimState.PAID.value]
    ended = {state: sum(walk.state == state for walk in walks) for state in sorted({walk.state for walk in walks})}
    if not paid:
        report.show(Figure("claim_line.photos_to_order", None, "s", details={"ended": ended, "note": "no claim came to a payment order"}))
        return
    shares = _shares(paid)
    details = {"scenario": SCENARIO, "pages": 3, "ended": ended}
    report.show(median_of("claim_line.photos_to_order", [walk.to_order for walk in paid], "s", ratios=shares, details=details))
    report.show(median_of("claim_line.photos_to_paid", [walk.seconds for walk in paid], "s", details=details))
    report.show(median_of("claim_line.everything_but_reading", [walk.rest * 1000 for walk in paid], "ms", details=_steps(paid)))
    report.show(median_of("claim_line.everything_but_reading_cpu", [walk.rest_cpu * 1000 for walk in paid], "CPU-ms"))
    report.show(median_of("claim_line.reading_cpu", [walk.reading_cpu for walk in paid], "CPU-s", details={"pages": 3}))


def _shares(walks: list[Walk]) -> dict[str, float]:
    """What each step takes of the time to the booked payment (medians); the rest is handing in, sealing pages, picking up jobs, commits."""
    total = statistics.median(walk.seconds for walk in walks)
    shares = {name: statistics.median(walk.steps[name] for walk in walks) / total for name in STEPS}
    return shares | {"hand_in_and_between": max(0.0, 1 - sum(shares.values()))}


def _steps(walks: list[Walk]) -> dict[str, float]:
    return {f"{name}_ms": round(statistics.median(walk.steps[name] for walk in walks) * 1000, 2) for name in STEPS}


def _silent(_text: str) -> None:
    return None


if __name__ == "__main__":
    module(measure, seconds=120)
