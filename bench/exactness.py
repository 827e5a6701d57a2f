"""How exactly pages are read: kinds, fields and rows on known layouts and on held-back ones (never tuned to), shown apart.

One process, one thread, warm; every page is drawn anew. A value counts as exact when it is the truth to the letter, signs folded to
one form (full and half width) and blanks left out.
"""

import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom

import cv2

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading import PageReading, ReadingMachine
from anpei.reading.kinds import Kind, load_kinds
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.pages import Page
from bench.command import module
from bench.figures import Figure, Report

SETS = ("known", "heldback")
CORE = ("name", "amount")
FIGURES = {
    "kinds_right": ("kind", "kind_of."),
    "key_fields_exact": ("key", "key_of."),
    "required_fields_exact": ("required", ""),
    "fields_exact": ("field", "field."),
    "rows_name_and_amount_exact": ("row_core", ""),
    "rows_all_cells_exact": ("row", "cell."),
}
"""Figure to the group it counts and the groups whose shares are shown with it."""


@dataclass(slots=True)
class Score:
    """What was right of what was there, by group."""

    pages: int = 0
    right: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)

    def count(self, *groups: str, right: bool) -> None:
        """One value that belongs to some groups."""
        for group in groups:
            self.there[group] += 1
            self.right[group] += right

    def figure(self, name: str, group: str, shown: str, details: Mapping[str, object]) -> Figure:
        """The share of right values of a group."""
        value = round(self.right[group] / self.there[group], 4) if self.there[group] else None
        told = {
            each.removeprefix(shown): self.right[each] / self.there[each] for each in sorted(self.there) if shown and each.startswith(shown)
        }
        return Figure(name=name, value=value, unit="share", ratios=told, details={**details, "values": self.there[group]})


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Read photographed pages of every layout of both sets, round by round, until the time is up."""
    cv2.setNumThreads(1)
    rulebook = shipped_rulebook()
    machine, kinds = ReadingMachine(rulebook), load_kinds(rulebook)
    machine.warm()
    deadline = time.monotonic() + 0.95 * seconds
    scores = {which: Score() for which in SETS}
    seed = SystemRandom().randrange(10**6)
    for round_number in range(1 if quick else 8):
        for which in SETS:
            for page in _pages(which, seed=seed + round_number):
                if time.monotonic() > deadline:
                    break
                _read(machine, page, kinds.get(page.kind), scores[which])
    for which, score in scores.items():
        for name, (group, shown) in FIGURES.items():
            report.show(score.figure(f"exactness.{which}.{name}", group, shown, {"pages": score.pages, "effect": "phone", "seed": seed}))


def _pages(which: str, *, seed: int) -> Iterator[Page]:
    """One document of every layout of a set, photographed with a phone."""
    for name in sorted(name for name, layout in LAYOUTS.items() if layout.set == which):
        key = f"exactness/{seed}/{name}"
        yield from pages.draw(name, pages.document_for(LAYOUTS[name], Random(key)), seed=key)


def _read(machine: ReadingMachine, page: Page, kind: Kind | None, score: Score) -> None:
    reading = machine.read_file(page.data, "photo.jpg").pages[0]
    score.pages += 1
    score.count("kind", f"kind_of.{page.kind}", right=reading.kind == ("unknown" if page.kind == "blank" else page.kind))
    for name, truth in page.fields.items():
        right = name in reading.fields and _folded(reading.fields[name].value) == _folded(truth)
        score.count("field", f"field.{name}", right=right)
        if kind is not None and name in kind.key:
            score.count("key", f"key_of.{page.kind}", right=right)
        if kind is not None and name in kind.required:
            score.count("required", right=right)
    _count_rows(page, reading, score)


def _count_rows(page: Page, reading: PageReading, score: Score) -> None:
    """Each true row against the read row that is most like it, each used once."""
    left = [{name: _folded(cell.value) for name, cell in row.items()} for row in reading.rows]
    for row in page.rows:
        truth = {name: _folded(value) for name, value in row.items()}
        best = max(left, key=lambda each: _alike(each, truth), default={})
        if _alike(best, truth):
            left.remove(best)
        score.count("row", right=_alike(best, truth) == len(truth))
        score.count("row_core", right=all(best.get(name) == truth[name] for name in CORE if name in truth))
        for name, value in truth.items():
            score.count(f"cell.{name}", right=best.get(name) == value)


def _alike(read: Mapping[str, str], truth: Mapping[str, str]) -> int:
    return sum(read.get(name) == value for name, value in truth.items())


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    module(measure, seconds=300.0)
