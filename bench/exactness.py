"""How exactly pages are read: kinds, fields and rows on known layouts and on held-back ones (never tuned to), shown apart.

One process, one thread, warm; every page is drawn anew as a phone photo. What is right is told by ``samples.exactness``; other
photo conditions, calibration and costs are measured by ``anpei bench reading``.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import SystemRandom

from anpei.engines.knowledge import shipped_rulebook
from anpei.samples.exactness.measure import Bench, Plan
from anpei.samples.exactness.score import PageScore
from bench.command import module
from bench.figures import Figure, Report

SETS = ("known", "heldback")
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

    def add(self, page: PageScore) -> None:
        """One page."""
        self.pages += 1
        for group, right in _groups(page):
            self.there[group] += 1
            self.right[group] += right

    def figure(self, name: str, group: str, shown: str, details: Mapping[str, object]) -> Figure:
        """The share of right values of a group."""
        value = round(self.right[group] / self.there[group], 4) if self.there[group] else None
        told = {
            each.removeprefix(shown): self.right[each] / self.there[each] for each in sorted(self.there) if shown and each.startswith(shown)
        }
        return Figure(name=name, value=value, unit="share", ratios=told, details={**details, "values": self.there[group]})


def _groups(page: PageScore) -> Iterator[tuple[str, bool]]:
    """Each thing on a page by the groups it belongs to, and whether it is right."""
    yield from (("kind", page.kind_right), (f"kind_of.{page.kind}", page.kind_right))
    for value in page.values:
        yield from (("field", value.right), (f"field.{value.name}", value.right))
        if value.key:
            yield from (("key", value.right), (f"key_of.{page.kind}", value.right))
        if value.required:
            yield ("required", value.right)
    for row in page.rows:
        yield from (("row", row.whole), ("row_core", row.core))
        yield from ((f"cell.{name}", right) for name, right in row.cells.items())


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """Read photographed pages of every layout of both sets, round by round, until the time is up."""
    bench = Bench(shipped_rulebook())
    deadline = time.monotonic() + 0.95 * seconds
    scores = {which: Score() for which in SETS}
    seed = SystemRandom().randrange(10**6)
    for round_number in range(1 if quick else 8):
        for which in SETS:
            for task in Plan(which, seed + round_number, ("phone",)).tasks():
                if time.monotonic() > deadline:
                    break
                for page in bench.read(task):
                    scores[which].add(page)
    for which, score in scores.items():
        for name, (group, shown) in FIGURES.items():
            report.show(score.figure(f"exactness.{which}.{name}", group, shown, {"pages": score.pages, "effect": "phone", "seed": seed}))


if __name__ == "__main__":
    module(measure, seconds=300.0)
