"""Synthetic rule rows by columns and cases that meet them: many rows for few common items, few for many rare ones. All invented."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.kernel.canonical import canonical
from anpei.rules.columns import Array
from anpei.rules.compiled.arrow import SUBJECT, facts_from
from anpei.rules.compiled.build import EPOCH, OPEN_END, Coded, RowColumns
from anpei.rules.model import RuleFacts, Value, plain
from anpei.rules.templates.template import Template

ON = date(2025, 6, 30)
ITEMS_PER_ROW = 0.1
LINES = 30
LABELS = 3
KINDS: Mapping[str, float] = {
    "mutual-exclusion": 0.55, "indication": 0.25, "age": 0.05, "sex": 0.03, "insurance-type": 0.02, "frequency-day": 0.05,
    "frequency-window": 0.03, "course": 0.02,
}  # fmt: skip
"""Shares of the templates among the rows."""
_CHOICES: Mapping[str, Sequence[Mapping[str, Value]]] = {
    "mutual-exclusion": [{"same_day": True}, {"same_day": False}],
    "age": [{"age_max_years": 110}] * 40 + [{"age_min_years": 0}] * 40 + [{"age_max_years": 14}, {"age_min_years": 60}],
    "sex": [{"sex": "F"}] * 60 + [{"sex": "M"}],
    "insurance-type": [{"insurance_type": "maternity"}] * 60 + [{"insurance_type": "work_injury"}],
    "frequency-day": [{"max_quantity": 24_000}] * 30 + [{"max_quantity": 1000}],
    "frequency-window": [{"max_quantity": 30_000, "window_days": 30}] * 20 + [{"max_quantity": 1000, "window_days": 7}],
    "course": [{"max_days": days} for days in (30, 90)],
}
"""Most limits are kept by most cases, as in life: what hits are the few strict ones."""


def code_of(number: int) -> str:
    """The code of an invented item: fifteen digits."""
    return f"00{number:013d}"


def diagnosis_of(number: int) -> str:
    """The code of an invented diagnosis, as ICD-10 writes them."""
    return f"{chr(65 + number // 100 % 26)}{number % 100:02d}.{number // 2600 % 10}00"


class World:
    """Rows and cases of one size and seed."""

    def __init__(self, rows: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._rows = rows
        self.items = max(int(rows * ITEMS_PER_ROW), 50)
        weight = self._random.lognormal(0.0, 1.6, self.items)
        self._common = weight / weight.sum()
        self._up_to = np.cumsum(self._common)

    def rows(self, templates: Mapping[str, Template]) -> RowColumns:
        """All rows by columns; every rule id differs."""
        draw, count = self._random, self._rows
        names = [name for name in KINDS if name in templates]
        template = draw.choice(len(names), size=count, p=[KINDS[name] / sum(KINDS[one] for one in names) for name in names]).astype(
            np.int32
        )
        subject = self._items(count).astype(np.int32)
        args, values = self._args(template, names)
        join = np.where(template == names.index("mutual-exclusion"), draw.integers(0, self.items, count) + 1, 0).astype(np.int32)
        codes = [code_of(number) for number in range(self.items)]
        old = draw.random(count) < 0.1
        return RowColumns(
            template=Coded(template, names),
            subject=Coded(subject, codes),
            args=Coded(args, values),
            join=Coded(join, ["", *codes]),
            source=Coded(np.zeros(count, np.int32), [canonical(["synthetic", "", ""]).decode()]),
            title=Coded(np.zeros(count, np.int32), ["synthetic"]),
            line=np.arange(count, dtype=np.uint32),
            id_high=draw.integers(0, 2**63, count).astype(np.uint64),
            id_low=np.arange(count, dtype=np.uint64),
            valid_from=np.full(count, date(2020, 1, 1).toordinal() - EPOCH, np.uint16),
            valid_to=np.where(old, date(2024, 1, 1).toordinal() - EPOCH, OPEN_END).astype(np.uint16),
            shadow=np.zeros(count, np.uint8),
        )

    def _args(self, template: Array, names: list[str]) -> tuple[Array, list[str]]:
        """Which of the argument texts each row has, and the texts."""
        values: list[str] = []
        args = np.zeros(len(template), np.int32)
        for place, name in enumerate(names):
            choices = self._indications() if name == "indication" else _CHOICES[name]
            chosen = template == place
            args[chosen] = len(values) + self._random.integers(0, len(choices), int(chosen.sum()))
            values += [canonical(plain(choice)).decode() for choice in choices]
        return args, values

    def _indications(self) -> Sequence[Mapping[str, Value]]:
        """Lists of diagnoses for which an item is meant: some chapters each, and single groups."""
        letters = ["".join(self._random.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 9, replace=False)) for _ in range(400)]
        return [{"icd_prefixes": (*sorted(chapters), *(f"{letter}2" for letter in "AC"))} for chapters in letters]

    def _items(self, count: int) -> Array:
        """Items as they are common."""
        return np.minimum(np.searchsorted(self._up_to, self._random.random(count)), self.items - 1)

    def case(self) -> RuleFacts:
        """One case: thirty lines of common items over some days, a few diagnoses, one person."""
        return facts_from(self.table(1))[0][0]

    def table(self, count: int) -> Any:
        """So many cases, each like ``case``, as a table (``rules.compiled.arrow``)."""
        draw, lines = self._random, count * LINES
        items, codes = np.unique(self._items(lines), return_inverse=True)
        keys = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([code_of(int(item)) for item in items])).cast(pa.string())
        subjects = pa.StructArray.from_arrays(
            [
                _each(keys, 1), pa.array((ON.toordinal() - EPOCH - draw.integers(0, 12, lines)).astype(np.int32)).cast(pa.date32()),
                pa.array(1000 * draw.integers(1, 3, lines)), pa.array(draw.integers(100, 90_000, lines)), pa.nulls(lines, pa.string()),
            ],
            fields=list(SUBJECT),
        )  # fmt: skip
        labels = pa.array([diagnosis_of(int(number)) for number in draw.integers(0, 2600, count * LABELS)])
        attributes = {
            "sex": pa.array(["F"] * count), "age_days": pa.array(draw.integers(30, 33_000, count)),
            "stay_days": pa.array(np.full(count, 12)), "insurance_type": pa.array(["maternity"] * count),
        }  # fmt: skip
        return pa.table(
            {
                "on": pa.array([ON] * count), "subjects": _each(subjects, LINES), "labels": _each(labels, LABELS),
                "label_names": pa.array([[]] * count, pa.list_(pa.string())),
                "attributes": pa.StructArray.from_arrays(list(attributes.values()), names=list(attributes)),
            }
        )  # fmt: skip


def _each(values: Any, count: int) -> Any:
    """Lists of so many values each."""
    return pa.ListArray.from_arrays(pa.array(np.arange(0, len(values) + 1, count, dtype=np.int32)), values)
