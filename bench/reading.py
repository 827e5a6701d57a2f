"""What a page costs: photographs through optical reading, PDFs with text of their own. One process, one thread, warm."""

import time
from collections.abc import Callable
from random import Random, SystemRandom

import cv2

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading import ReadingMachine
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.pages import Page
from bench.command import module
from bench.figures import Report, median_of

A4 = ("fee_list/known-a", "fee_list/known-b", "fee_list/known-d", "discharge_summary/known-a", "discharge_summary/known-b")
"""Full pages of paper in the size that people photograph most."""
RECEIPTS = ("outpatient_receipt/known-a", "outpatient_receipt/known-b", "inpatient_receipt/known-a", "inpatient_receipt/known-c")


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Freshly drawn pages in turn until the time is up: A4 papers and receipts as phone photos, then A4 papers as PDF."""
    cv2.setNumThreads(1)
    machine = ReadingMachine(shipped_rulebook())
    machine.warm()
    rounds, seed = 1 if quick else 4, SystemRandom().randrange(10**6)
    for name, layouts, effect, clock, unit, share in (
        ("reading.ocr_page_cpu", A4, "phone", time.process_time, "CPU-s", 0.5),
        ("reading.ocr_receipt_cpu", RECEIPTS, "phone", time.process_time, "CPU-s", 0.3),
        ("reading.text_page", A4, "pdf", time.perf_counter, "s", 0.15),
    ):
        values = _times(
            machine, [(layout, seed + number) for number in range(rounds) for layout in layouts], effect, clock, share * seconds
        )
        report.show(median_of(name, values, unit, details={"layouts": len(layouts), "seed": seed, "effect": effect}))


def _times(machine: ReadingMachine, drawn: list[tuple[str, int]], effect: str, clock: Callable[[], float], seconds: float) -> list[float]:
    """What each document took by the clock, divided by its pages."""
    deadline = time.monotonic() + seconds
    values: list[float] = []
    for layout, seed in drawn:
        if values and time.monotonic() > deadline:
            break
        files = _files(layout, seed, effect)
        begun = clock()
        read = sum(len(machine.read_file(data, name).pages) for data, name in files)
        values.append((clock() - begun) / read)
    return values


def _files(layout: str, seed: int, effect: str) -> list[tuple[bytes, str]]:
    """A document's files: one photograph a page, or one PDF of all pages."""
    key = f"reading/{seed}/{layout}"
    drawn: list[Page] = pages.draw(layout, pages.document_for(LAYOUTS[layout], Random(key)), seed=key, effect=effect)
    return [(page.data, f"page{page.suffix}") for page in (drawn[:1] if effect == "pdf" else drawn)]


if __name__ == "__main__":
    module(measure, seconds=120.0)
