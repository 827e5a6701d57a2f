"""Likeness and hints: how long a look-up among a million pages takes, whether a re-photographed paper meets its first photo and another
visit does not, and how often hints are wrong on honest pages and find changed amounts. Known layouts, freshly drawn; nothing is
tuned on what is drawn here.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random, SystemRandom

import cv2
import numpy as np

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading import PageReading, ReadingMachine
from anpei.reading.hints import Examiner, Hint
from anpei.reading.likeness import LikenessIndex, fingerprint_of, load_rules
from anpei.reading.model import Box
from anpei.samples import pages
from anpei.samples.drawing.sheet import Sheet
from anpei.samples.layouts import LAYOUTS, PROVINCES, Layout
from anpei.samples.world.dice import dice
from anpei.samples.world.people import make_person
from anpei.samples.world.visits import Wish, make_visit
from bench import homes
from bench.command import module
from bench.figures import Figure, Report, median_of
from bench.tampering import WAYS, saved_again, tamper

KILO = 1000
BITS = 256
CARE = {"outpatient_receipt": "outpatient", "inpatient_receipt": "inpatient", "fee_list": "inpatient", "settlement_sheet": "inpatient"}
SECOND = ("phone", "dark", "glare", "blur_2")
QUALITIES = (70, 92)
KEY = bytes(range(32))


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Look-ups first, then papers of known layouts until the time is up."""
    cv2.setNumThreads(1)
    deadline = time.monotonic() + 0.95 * seconds
    _show_lookups(report, rows=100 * KILO if quick else KILO * KILO, repeats=100 if quick else 400)
    found = Found()
    reader = Reader(ReadingMachine(shipped_rulebook()), Examiner(shipped_rulebook()))
    for shot in _papers(seed=SystemRandom().randrange(10**6), limit=3 if quick else 60):
        if time.monotonic() > deadline:
            break
        reader.measure(shot, found)
    found.show(report)


# --- look-ups ---------------------------------------------------------------------------------------------------------


def _show_lookups(report: Report, *, rows: int, repeats: int) -> None:
    """Random hashes (an even spread), and hashes of which many bits hang together, as those of similar forms do."""
    for name, hashes in (("even", _even(rows)), ("uneven", _uneven(rows))):
        with homes.temporary_folder() as folder:
            with LikenessIndex(folder / "index") as index:
                index.add_all([(f"page-{row:09d}", hashes[row].tobytes().hex()) for row in range(rows)])
            begun = time.perf_counter()
            with LikenessIndex(folder / "index", writable=False) as index:
                opened = time.perf_counter() - begun
                walls, cpus = _look_up(index, hashes, repeats)
        details = {"pages": rows, "spread": name, "within_bits": 45, "open_s": round(opened, 2), "p99": _p99(walls), "cpu_p99": _p99(cpus)}
        report.show(median_of(f"likeness.lookup_{name}", walls, "ms", details=details))
        report.show(median_of(f"likeness.lookup_{name}_cpu", cpus, "CPU-ms", details=details))


def _look_up(index: LikenessIndex, hashes: np.ndarray, repeats: int) -> tuple[list[float], list[float]]:
    chance = np.random.default_rng(7)
    walls, cpus = [], []
    for _ in range(repeats):
        row = int(chance.integers(len(hashes)))
        bits = np.unpackbits(hashes[row])
        bits[chance.choice(BITS, 20, replace=False)] ^= 1
        asked = np.packbits(bits).tobytes().hex()
        begun, cpu = time.perf_counter(), time.thread_time()
        near = index.near(image_hash=asked, within=45)
        cpus.append((time.thread_time() - cpu) * KILO)
        walls.append((time.perf_counter() - begun) * KILO)
        if (f"page-{row:09d}", 20) not in {(each.page_id, each.distance) for each in near}:
            raise AssertionError("the index did not find a page that is near: its figures mean nothing")
    return walls[repeats // 10 :], cpus[repeats // 10 :]


def _even(rows: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (rows, BITS // 8), dtype=np.uint8)


def _uneven(rows: int) -> np.ndarray:
    """Signs of normal numbers that hang together: 256 bits made of 100 sources and some noise."""
    chance = np.random.default_rng(2)
    mixing = chance.standard_normal((100, BITS), dtype=np.float32)
    blocks = [
        np.packbits(
            chance.standard_normal((size, 100), dtype=np.float32) @ mixing + 3 * chance.standard_normal((size, BITS), dtype=np.float32) > 0,
            axis=1,
        )
        for size in (min(50_000, rows - start) for start in range(0, rows, 50_000))
    ]
    return np.concatenate(blocks)


def _p99(values: Sequence[float]) -> float:
    return round(float(np.percentile(values, 99)), 2)


# --- papers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shot:
    """A paper, and a paper of the same form about another visit of the same person to the same hospital."""

    layout: Layout
    key: str
    paper: Sheet
    other: Sheet
    second: str


def _papers(*, seed: int, limit: int) -> Iterator[Shot]:
    """Papers of known layouts that carry amounts, in turn."""
    layouts = [layout for _, layout in sorted(LAYOUTS.items()) if layout.set == "known" and layout.kind in CARE]
    Random(seed).shuffle(layouts)
    for number in range(limit):
        layout, key = layouts[number % len(layouts)], f"likeness/{seed}/{number}"
        rng = dice(key)
        person, day, care = (
            make_person(rng, provinces=PROVINCES["known"]),
            date(2026, 1, 8) + timedelta(days=rng.randrange(200)),
            CARE[layout.kind],
        )
        first = make_visit(rng, person=person, day=day, wish=Wish(care=care), provinces=PROVINCES["known"])
        again = make_visit(rng, person=person, day=day + timedelta(days=rng.randint(1, 40)), wish=Wish(care=care, hospital=first.hospital))
        paper, other = (layout.draw(pages.document_of(layout, visit), dice(key, name))[0] for name, visit in (("a", first), ("b", again)))
        yield Shot(layout, key, paper, other, SECOND[number % len(SECOND)])


@dataclass(slots=True)
class Found:
    """Counts over all papers."""

    papers: int = 0
    met: int = 0
    met_exactly: int = 0
    visits: int = 0
    mistaken: int = 0
    distances: list[int] = field(default_factory=list)
    honest: int = 0
    hinted: int = 0
    resaved: int = 0
    resaved_hinted: int = 0
    false_codes: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    cpu: list[float] = field(default_factory=list)

    def show(self, report: Report) -> None:
        """All shares with what they are made of."""
        details = {
            "second_photo": list(SECOND),
            "same": f"{self.met} of {self.papers}",
            "by_equal_fingerprint": self.met_exactly,
            "bits": self.distances,
        }
        report.show(Figure("likeness.same_paper_met", _share(self.met, self.papers), "share", details=details))
        told = {"mistaken": self.mistaken, "visits": self.visits}
        report.show(Figure("likeness.other_visit_mistaken", _share(self.mistaken, self.visits), "share", details=told))
        codes = {"pages": self.honest, "hinted": self.hinted, "codes": dict(self.false_codes)}
        report.show(Figure("hints.honest_pages_hinted", _share(self.hinted, self.honest), "share", details=codes))
        told = {"pages": self.resaved, "hinted": self.resaved_hinted, "without": "picture.saved_again"}
        report.show(Figure("hints.honest_saved_again_hinted", _share(self.resaved_hinted, self.resaved), "share", details=told))
        ways = {way: self.seen[way] / self.made[way] for way in self.made}
        told = {"pages": sum(self.made.values()), "found": sum(self.seen.values()), "made": dict(self.made)}
        report.show(Figure("hints.changed_amounts_found", _share(told["found"], told["pages"]), "share", ratios=ways, details=told))
        report.show(median_of("hints.page_cpu", self.cpu, "CPU-s"))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads and examines."""

    machine: ReadingMachine
    examiner: Examiner

    def measure(self, shot: Shot, found: Found) -> None:
        """Photograph a paper twice and another one once; change amounts in the first photo."""
        first, data = self._read(shot, shot.paper, "phone", 0, found)
        second, _ = self._read(shot, shot.paper, shot.second, 1, found)
        other, _ = self._read(shot, shot.other, "phone", 2, found)
        rules = load_rules(shipped_rulebook()).paper
        one, same, far = (fingerprint_of(reading=reading, key=KEY, rules=rules) for reading in (first, second, other))
        apart = _apart(one, same)
        found.papers += 1
        found.distances.append(apart)
        found.met += apart <= rules.near_bits
        found.met_exactly += first.fingerprint == second.fingerprint != ""
        found.visits += 2
        found.mistaken += sum(_apart(each, far) <= rules.near_bits for each in (one, same))
        self._change(shot, first, data, found)

    def _read(self, shot: Shot, sheet: Sheet, effect: str, number: int, found: Found) -> tuple[PageReading, bytes]:
        page = pages.shoot(sheet, shot.layout, effect, dice(shot.key, number))
        reading = self.machine.read_file(page.data, "photo.jpg").pages[0]
        begun = time.thread_time()
        hints = self.examiner.examine(data=page.data, reading=reading)
        found.cpu.append(time.thread_time() - begun)
        found.honest += 1
        found.hinted += bool(hints)
        found.false_codes.update(f"{hint.code} ({effect})" for hint in hints)
        return reading, page.data

    def _change(self, shot: Shot, reading: PageReading, data: bytes, found: Found) -> None:
        """The changed photo is examined with the values of the honest one: what is found is found in its pixels alone."""
        for quality in QUALITIES:
            hints = self.examiner.examine(data=saved_again(data, quality), reading=reading)
            found.resaved += 1
            found.resaved_hinted += any(hint.code != "picture.saved_again" for hint in hints)
        for way in WAYS:
            changed = tamper(data, reading, way, dice(shot.key, way.name))
            if changed is None:
                continue
            found.made[way.name] += 1
            found.seen[way.name] += _shown(self.examiner.examine(data=changed[0], reading=reading), changed[1])


def _apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else BITS


def _shown(hints: Sequence[Hint], place: Box) -> bool:
    """Whether a hint lies on the changed digit."""
    boxes = [hint.box for hint in hints if hint.box is not None]
    return any(b[0] < place[2] and place[0] < b[2] and b[1] < place[3] and place[1] < b[3] for b in boxes)


if __name__ == "__main__":
    module(measure, seconds=60)
