"""The compiled catalogue: room, building, opening, and look-ups one by one and in batches, every answer checked against a dict.

``python -m bench.catalogue [--scale small|medium|full] [--folder FOLDER] [--seed N]``: 4.5, 45 or 450 million entries, drawn and
streamed region by region; ``full`` writes about 4 GB into the folder (a temporary one unless it is named) and takes it away again.
"""

import argparse
import ctypes
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numba
import numpy as np

from anpei.rules.catalogue import kernels
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.comparing import changes
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import OPEN, WORD_BITS, WORD_MASK, Chunk
from anpei.rules.catalogue.opening import Catalogue, open_catalogue
from anpei.rules.columns import ColumnWriter, Entries, open_columns
from bench.figures import Figure, Report, median_of

SCALES = {"small": (450, 12_500), "medium": (450, 125_000), "full": (450, 1_250_000)}
"""Regions and items; a region has four fifths of the items."""
PRESENT, SPARSE, OLDER = 0.8, 0.02, 0.025
"""Share of the items in a region, in every fiftieth region (the first is empty), and of entries that have an older period as well."""
QUESTIONS = 20_000
BATCH = 1_000_000


@dataclass(slots=True)
class Drawn:
    """Synthetic rows, the same for a seed, and the answers to questions about some of them."""

    regions: int
    items: int
    seed: int
    cpu_seconds: float = 0.0
    known: dict[tuple[int, int], list[tuple[int, int, int]]] = field(default_factory=dict)

    def item_codes(self) -> list[str]:
        """Codes of 15 and 23 signs, sorted."""
        services = self.items // 5
        drugs = (f"X{number % 26 + 65:c}02BBA{number:06d}A0010101{number % 97_003:05d}" for number in range(self.items - services))
        return sorted([*(f"00{number:06d}{number % 10_007:07d}" for number in range(services)), *drugs])

    def details(self) -> Iterator[bytes]:
        """A detail for each item, as long as real ones are."""
        for number in range(self.items):
            yield f'["药品名称{number}口服溶液","drug","西药费","盒"]'.encode()

    def chunks(self) -> Iterator[Chunk]:
        """One chunk a region; what drawing costs is counted apart."""
        for region in range(self.regions):
            begun = time.process_time()
            made = self._region(region)
            self.cpu_seconds += time.process_time() - begun
            if made is not None:
                yield made

    def _region(self, region: int) -> Chunk | None:
        chance = np.random.default_rng([self.seed, region])
        wanted = max(1, QUESTIONS // self.regions)
        asked = chance.integers(0, self.items, wanted)
        self.known |= {(region, int(item)): [] for item in asked}
        if region == 0:
            return None
        share = SPARSE if region % 50 == 7 else PRESENT
        item = np.flatnonzero(chance.random(self.items, dtype=np.float32) < share)
        older = chance.random(len(item), dtype=np.float32) < OLDER
        first = 18_000 + 30 * chance.integers(0, 80, len(item), dtype=np.int64)
        rows = np.repeat(np.arange(len(item)), older + 1)
        early = np.append(rows[1:] == rows[:-1], False)
        end = np.where(early, first[rows], OPEN)
        first = np.where(early, first[rows] - 900, first[rows])
        word = chance.integers(0, WORD_MASK, len(rows), dtype=np.int64, endpoint=True)
        item = item[rows]
        self._remember(region, asked, item, first, end, word)
        return Chunk(np.full(len(item), region, dtype=np.uint16), item.astype(np.uint32), first, end, word.astype(np.uint64))

    def _remember(self, region: int, asked: Any, *columns: Any) -> None:
        item = columns[0]
        for wanted in set(asked.tolist()):
            low, high = np.searchsorted(item, [wanted, wanted + 1]).tolist()
            self.known[region, wanted] = [tuple(int(column[place]) for column in columns[1:]) for place in range(low, high)]  # type: ignore[misc]

    def questions(self) -> list[tuple[int, int, int]]:
        """Each remembered pair on the edges of its periods and on a day between."""
        found = []
        for (region, item), periods in self.known.items():
            days = {20_500, *(edge + step for first, end, _ in periods for edge in (first, end) for step in (-1, 0) if edge != OPEN)}
            found += [(region, item, day) for day in sorted(days)]
        return found

    def answer(self, region: int, item: int, day: int) -> int | None:
        """The word that holds on a day."""
        return next((word for first, end, word in self.known[region, item] if first <= day < end), None)


def measure(report: Report, *, scale: str, folder: Path | None, seed: int) -> None:
    """Build, open, ask."""
    drawn = Drawn(*SCALES[scale], seed)
    place = Path(tempfile.mkdtemp(prefix="catalogue-", dir=folder))
    try:
        entries = _show_building(report, drawn, place)
        catalogue = _show_opening(report, drawn, place, entries)
        _show_right(report, drawn, catalogue)
        _show_single(report, drawn, catalogue)
        _show_batches(report, drawn, catalogue)
        _show_changes(report, catalogue, open_columns(place, entries))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _show_building(report: Report, drawn: Drawn, place: Path) -> Entries:
    codes = encoded(drawn.item_codes())
    regions = encoded([f"{110_000 + number}" for number in range(drawn.regions)])
    wall, cpu = time.perf_counter(), time.process_time()
    with ColumnWriter(place) as writer:
        extent = compile_catalogue(writer, regions=regions, items=codes, chunks=drawn.chunks(), details=drawn.details())
        entries = writer.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu - drawn.cpu_seconds
    details = {
        "entries": extent.entries, "regions": extent.regions, "items": extent.items, "layers": extent.layers,
        "dense_parts": extent.dense_parts, "sparse_parts": extent.sparse_parts, "wall_s_with_drawing": round(wall, 2), "seed": drawn.seed,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    report.show(Figure("catalogue.build_cpu", round(cpu, 2), "CPU-s", details=details))
    sizes = {name: np.dtype(entry["dtype"]).itemsize * entry["length"] for name, entry in entries.items()}
    shares = {name.removeprefix("catalogue_"): size / extent.entries for name, size in sizes.items() if size / extent.entries >= 0.005}
    told = {"entries": extent.entries, "bytes_by_column": {name: round(size, 3) for name, size in shares.items()}}
    report.show(Figure("catalogue.bytes_an_entry", round(sum(sizes.values()) / extent.entries, 3), "B", details=told))
    return entries


def _show_opening(report: Report, drawn: Drawn, place: Path, entries: Entries) -> Catalogue:
    before, times = _own_memory_kb(), []
    catalogue = open_catalogue(open_columns(place, entries))
    grown = _own_memory_kb() - before
    for _ in range(5):
        begun = time.perf_counter()
        open_catalogue(open_columns(place, entries))
        times.append((time.perf_counter() - begun) * 1000)
    report.show(median_of("catalogue.open", times, "ms", details={"entries": len(catalogue), "own_memory_kb": grown}))
    begun = time.perf_counter()
    _warm(catalogue)
    report.show(Figure("catalogue.first_compiled_answer", round(time.perf_counter() - begun, 3), "s", details={"cached_code": "if kept"}))
    return catalogue


def _warm(catalogue: Catalogue) -> None:
    zero = np.zeros(1, dtype=np.int64)
    kernels.slots_on(catalogue.mapped, zero, zero, zero, np.zeros(1, dtype=np.uint64))
    kernels.slot_on(catalogue.mapped, 0, 0, 0)


def _show_right(report: Report, drawn: Drawn, catalogue: Catalogue) -> None:
    """How many answers differ from the dict, of all four ways."""
    questions = drawn.questions()
    wanted = [drawn.answer(*question) for question in questions]
    region, item, day = np.array(questions, dtype=np.int64).T.copy()
    batch = np.zeros(len(region), dtype=np.uint64)
    kernels.slots_on(catalogue.mapped, region, item, day, batch)
    ways = {
        "python": [catalogue.slot_on(*question) for question in questions],
        "numpy": catalogue.slots_on(region=region, item=item, day=day).tolist(),
        "compiled_batch": batch.tolist(),
        "compiled_single": [int(kernels.slot_on(catalogue.mapped, *question)) for question in questions],
    }
    wrong = {
        name: sum((slot & WORD_MASK if slot >> WORD_BITS else None) != right for slot, right in zip(way, wanted, strict=True))
        for name, way in ways.items()
    }
    told = {"questions": len(questions), "present": sum(right is not None for right in wanted), "wrong": wrong}
    report.show(Figure("catalogue.wrong_answers", sum(wrong.values()), "answers", details=told))


def _asked(drawn: Drawn, count: int) -> tuple[Any, Any, Any]:
    chance = np.random.default_rng(drawn.seed)
    return (
        chance.integers(1, drawn.regions, count), chance.integers(0, drawn.items, count), chance.integers(20_400, 20_600, count),
    )  # fmt: skip


def _show_single(report: Report, drawn: Drawn, catalogue: Catalogue) -> None:
    """Look-ups one by one, spread over the whole catalogue, its pages read before."""
    region, item, day = _asked(drawn, 100_000)
    kernels.slots_on(catalogue.mapped, region, item, day, np.zeros(len(region), dtype=np.uint64))
    codes = [(catalogue.regions.code(one), catalogue.items.code(other)) for one, other in zip(region, item, strict=True)]
    questions = list(zip(region.tolist(), item.tolist(), day.tolist(), strict=True))

    def by_codes(place: int) -> None:
        where, what = codes[place]
        catalogue.slot_on(catalogue.regions.id_of(where), catalogue.items.id_of(what), questions[place][2])

    _show_times(report, "catalogue.lookup_in_kernel", _kernel_times(catalogue, region, item, day), "a pair of clock readings included")
    ways: Mapping[str, tuple[Callable[[int], Any], str]] = {
        "catalogue.lookup_python": (lambda place: catalogue.slot_on(*questions[place]), "ids given"),
        "catalogue.lookup_python_by_codes": (by_codes, "codes given"),
        "catalogue.lookup_compiled_from_python": (lambda place: kernels.slot_on(catalogue.mapped, *questions[place]), "ids given"),
        "catalogue.item_id_python": (lambda place: catalogue.items.id_of(codes[place][1]), "the id of an item's code"),
    }
    for name, (call, how) in ways.items():
        _show_times(report, name, _times(call, 20_000), how)


def _times(call: Callable[[int], Any], count: int) -> Sequence[int]:
    clock, found = time.perf_counter_ns, []
    for place in range(count):
        begun = clock()
        call(place)
        found.append(clock() - begun)
    return found


def _kernel_times(catalogue: Catalogue, region: Any, item: Any, day: Any) -> Sequence[int]:
    """Nanoseconds of each look-up inside one compiled loop, by the system's clock."""
    read = ctypes.CDLL(None).clock_gettime
    read.argtypes, read.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_int
    look = kernels.slot_on

    @numba.njit
    def timed(mapped: Any, asked: Any, spent: Any, now: Any) -> Any:
        region, item, day = asked
        total = np.uint64(0)
        for place in range(len(region)):
            read(1, now.ctypes)
            begun = now[0] * 1_000_000_000 + now[1]
            total ^= look(mapped, region[place], item[place], day[place])
            read(1, now.ctypes)
            spent[place] = now[0] * 1_000_000_000 + now[1] - begun
        return total

    spent, now = np.zeros(len(region), dtype=np.int64), np.zeros(2, dtype=np.int64)
    timed(catalogue.mapped, (region[:10], item[:10], day[:10]), spent, now)
    timed(catalogue.mapped, (region, item, day), spent, now)
    return spent.tolist()


def _show_times(report: Report, name: str, spent: Sequence[int], how: str) -> None:
    cuts = statistics.quantiles(spent, n=100)
    details = {"p99": round(cuts[98] / 1000, 3), "look_ups": len(spent), "how": how}
    report.show(Figure(name, round(cuts[49] / 1000, 3), "µs", details=details))


def _show_batches(report: Report, drawn: Drawn, catalogue: Catalogue) -> None:
    """Answers a second of processor: of questions in any order, and sorted by region as a replay asks."""
    region, item, day = _asked(drawn, BATCH)
    order = np.argsort(region, kind="stable")
    found = np.zeros(BATCH, dtype=np.uint64)
    codes = catalogue.items.codes[item]
    ids = np.zeros(BATCH, dtype=np.int64)
    width = np.int64(catalogue.items.width // 8)
    work: Mapping[str, Callable[[], Any]] = {
        "catalogue.batch_compiled": lambda: kernels.slots_on(catalogue.mapped, region, item, day, found),
        "catalogue.lines_of_claims_in_kernel": lambda: _claims(catalogue.mapped, region[order], item[order], day[order], found),
        "catalogue.batch_compiled_by_region": lambda: kernels.slots_on(catalogue.mapped, region[order], item[order], day[order], found),
        "catalogue.batch_numpy": lambda: catalogue.slots_on(region=region, item=item, day=day),
        "catalogue.codes_compiled": lambda: kernels.code_ids(catalogue.items.words, catalogue.items.places, width, codes.view("<u8"), ids),
    }
    for name, call in work.items():
        call()
        rates = []
        for _ in range(3):
            begun = time.process_time()
            call()
            rates.append(BATCH / (time.process_time() - begun))
        report.show(median_of(name, rates, "a CPU-second", details={"batch": BATCH}))


def _show_changes(report: Report, catalogue: Catalogue, columns: dict[str, Any]) -> None:
    """Comparing with a catalogue in which one word differs; its slots are copied into memory."""
    slots = columns["catalogue_slots"].copy()
    slots[len(slots) // 2] ^= np.uint64(1)
    other = open_catalogue({**columns, "catalogue_slots": slots})
    begun = time.process_time()
    found = list(changes(catalogue, other))
    spent = time.process_time() - begun
    told = {"entries": len(catalogue), "changed_items_found": sum(len(change.items) for change in found), "changed_items": 1}
    report.show(Figure("catalogue.compare_cpu", round(spent, 2), "CPU-s", details=told))


@numba.njit
def _claims(mapped: Any, region: Any, item: Any, day: Any, found: Any) -> None:
    """Thirty look-ups at a time, as a claim asks."""
    for low in range(0, len(found), 30):
        kernels.slots_on(mapped, region[low : low + 30], item[low : low + 30], day[low : low + 30], found[low : low + 30])


def _own_memory_kb() -> int:
    """Private memory of this process, mapped files not counted."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=list(SCALES), default="small", help="4.5, 45 or 450 million entries")
    parser.add_argument("--folder", type=Path, help="where the columns are written for the while (full: 4 GB)")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn")
    parser.add_argument("--quick", action="store_true", help="taken for small")
    parser.add_argument("--seconds", type=float, default=60.0, help="taken and not needed: small is done in a few")
    given = parser.parse_args()
    measure(Report(quick=given.quick), scale="small" if given.quick else given.scale, folder=given.folder, seed=given.seed)


if __name__ == "__main__":
    main()
