"""Draw pages of a set in photo conditions and read each: one process and one thread for each reading machine, warm before it counts."""

import io
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
from PIL import Image

from anpei.engines.knowledge import Rulebook
from anpei.kernel import errors
from anpei.reading import ReadingMachine
from anpei.reading.kinds import Kind, load_kinds
from anpei.samples import pages
from anpei.samples.drawing.effects import EFFECTS
from anpei.samples.exactness.score import Cost, PageScore, score
from anpei.samples.layouts import LAYOUTS
from anpei.samples.pages import Page

CONDITIONS = tuple(name for name, effect in EFFECTS.items() if effect.usable is not None)
"""What is measured unless other conditions are named: all on which people agree."""

READ_SIDE = 2000
WRITTEN_BY_HAND = frozenset(
    {
        "claim_form",
        "death_certificate",
        "diagnosis_certificate",
        "household_register",
        "livestock_loss_sheet",
        "outpatient_record",
        "power_of_attorney",
        "prescription",
        "repair_estimate",
        "traffic_accident_certificate",
    }
)
"""Kinds that people still fill in by hand; the others are not measured in that condition."""


class NothingToMeasure(errors.InvalidInput):
    """No layout belongs to the set, or to the kinds that were named."""

    code = "samples.nothing_to_measure"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn: a set (known, heldback, unseen, fresh), conditions, documents of each layout in each, kinds (empty: all), a seed."""

    which: str
    seed: int
    conditions: tuple[str, ...] = CONDITIONS
    count: int = 1
    kinds: tuple[str, ...] = ()

    def layouts(self) -> list[str]:
        """The layouts by name. Raises UnknownSet, NothingToMeasure, UnknownEffect."""
        pages.check_set(self.which)
        unknown = [name for name in self.conditions if name not in EFFECTS]
        if unknown:
            raise errors.InvalidInput(
                f"no condition named {', '.join(unknown)}: take some of {', '.join(EFFECTS)}", code="samples.unknown_effect"
            )
        found = sorted(
            name for name, layout in LAYOUTS.items() if layout.set == self.which and (not self.kinds or layout.kind in self.kinds)
        )
        if not found:
            raise NothingToMeasure(f"the set {self.which} has no layout" + (f" of the kinds {', '.join(self.kinds)}" if self.kinds else ""))
        return found

    def tasks(self) -> list["Task"]:
        """One for each layout, condition and count, mixed so that a measurement broken off is still of everything."""
        return [Task(name, effect, f"exactness/{self.seed}/{name}/{number}")
                for number in range(self.count) for effect in self.conditions for name in self.layouts()
                if not EFFECTS[effect].by_hand or LAYOUTS[name].kind in WRITTEN_BY_HAND]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One document to be drawn and read."""

    layout: str
    effect: str
    key: str

    def draw(self) -> list[Page]:
        """The document's pages; the same key draws the same."""
        return pages.draw(self.layout, pages.document_for(LAYOUTS[self.layout], Random(self.key)), seed=self.key, effect=self.effect)


Progress = Callable[[int, int], None]


class Bench:
    """A warm reading machine with its costs; the machine's own thread only."""

    def __init__(self, rulebook: Rulebook) -> None:
        cv2.setNumThreads(1)
        self.machine = ReadingMachine(rulebook)
        self.kinds: dict[str, Kind] = load_kinds(rulebook)
        self.machine.warm()

    def read(self, task: Task) -> list[PageScore]:
        """Draw and read one document."""
        return [self._page(page) for page in task.draw()]

    def _page(self, page: Page) -> PageScore:
        begun = time.process_time()
        _decode(page.data)
        decoded = time.process_time()
        early = self.machine.verdict(page.data, "photo.jpg", 1)
        glanced = time.process_time()
        reading = self.machine.read_page(page.data, "photo.jpg", 1)
        read = time.process_time()
        decode = decoded - begun
        cost = Cost(read=read - glanced, early=max(0.0, glanced - decoded - decode), decode=decode, memory=resident())
        return score(page, reading, early=early, kind=self.kinds.get(page.kind), cost=cost)


def _decode(data: bytes) -> None:
    """What decoding a photo for the early verdict takes."""
    with Image.open(io.BytesIO(data)) as image:
        if max(image.size) > READ_SIDE:
            image.draft("RGB", (image.width * READ_SIDE // max(image.size), image.height * READ_SIDE // max(image.size)))
        image.convert("RGB").load()


def resident() -> int:
    """Resident memory of this process in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def measure(plan: Plan, rulebook: Rulebook, *, processes: int = 1, progress: Progress | None = None) -> Iterator[PageScore]:
    """Read all that the plan names, in no certain order. Raises UnknownSet, NothingToMeasure, UnknownEffect."""
    tasks = plan.tasks()
    for done, scores in enumerate(_run(tasks, rulebook, processes), start=1):
        yield from scores
        if progress is not None:
            progress(done, len(tasks))


def _run(tasks: Sequence[Task], rulebook: Rulebook, processes: int) -> Iterator[list[PageScore]]:
    if processes <= 1:
        bench = Bench(rulebook)
        yield from (bench.read(task) for task in tasks)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(rulebook.folders,)) as workers:
        yield from workers.map(_read, tasks)


_benches: list[Bench] = []
"""The machine of a worker process."""


def _start(folders: tuple[Path, ...]) -> None:
    _benches.append(Bench(Rulebook(folders)))


def _read(task: Task) -> list[PageScore]:
    return _benches[0].read(task)


def early_at_twelve_megapixels(bench: Bench, *, seed: int, runs: int = 5) -> dict[str, float]:
    """CPU milliseconds of the early verdict on a phone photo of 4,032 x 3,024: decoding (for itself) and all of it, best of some runs."""
    page = Task("fee_list/known-a", "phone", f"exactness/{seed}/large").draw()[0]
    with Image.open(io.BytesIO(page.data)) as image:
        large = image.resize((3024, 4032) if image.height > image.width else (4032, 3024), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    large.save(out, "JPEG", quality=88)
    data = out.getvalue()
    decoding, whole = [], []
    for _ in range(runs):
        begun = time.process_time()
        _decode(data)
        decoded = time.process_time()
        bench.machine.verdict(data, "photo.jpg", 1)
        decoding.append(decoded - begun)
        whole.append(time.process_time() - decoded)
    return {"decode_ms": round(min(decoding) * 1000, 1), "verdict_with_decode_ms": round(min(whole) * 1000, 1)}
