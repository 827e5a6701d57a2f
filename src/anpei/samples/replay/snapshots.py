"""Snapshots to replay drawn claims by: rule rows of ``samples.rules`` under true ids, a catalogue of the same items, changes of both."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from anpei.records.catalogues.compiling import source_of
from anpei.rules.compiled.build import EPOCH, OPEN_END
from anpei.rules.model import CatalogueRow, RuleRow, Source, Value, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.templates.template import Template
from anpei.samples.rules.drawing import World, code_of

START = date(2020, 1, 1)


def drawn_pair(
    folder: Path, *, templates: Mapping[str, Template], rows: int, seed: int, changed: int, strict: bool = False
) -> tuple[Snapshot, Snapshot]:
    """Two snapshots of drawn rows and one catalogue entry for each of their items. The new one says something else of ``changed`` items:
    another class of half of them, a further rule row of the others. ``strict`` rows are those of ``samples.rules``, by which every claim
    goes to a person; the others let most pass.
    """
    world = World(rows, seed)
    old_rows = list(_rows(world, templates) if strict else _mild_rows(world.items, seed))
    chosen = sorted(int(number) for number in np.random.default_rng([seed, 7]).choice(world.items, changed, replace=False))
    reclassed, ruled = set(chosen[::2]), chosen[1::2]
    more = [_row("sex", code_of(number), {"sex": "F"}, START, None, "synthetic-new") for number in ruled]
    catalogues = [[_entry(number, int(number in moved)) for number in range(world.items)] for moved in (set[int](), reclassed)]
    pair = [
        compile_snapshot(kept, templates, source_of(catalogue), folder, as_of=START)
        for kept, catalogue in ((old_rows, catalogues[0]), ([*old_rows, *more], catalogues[1]))
    ]
    return pair[0], pair[1]


def _entry(number: int, moved: int) -> CatalogueRow:
    payload = {
        "name": f"模拟项目{number}", "category": "", "fee_category": "", "class": "ABC"[(number * 7 + moved) % 3], "self_pay_bp": 0,
        "unit": "次",
        "price_cap_fen": None, "covered": True,
    }  # fmt: skip
    return CatalogueRow("CN", code_of(number), START, payload)


def _rows(world: World, templates: Mapping[str, Template]) -> Iterator[RuleRow]:
    columns = world.rows(templates)
    given = [
        [column.values[code] for code in column.codes.tolist()]
        for column in (columns.template, columns.subject, columns.args, columns.join)
    ]
    seen: set[str] = set()
    for template, subject, args, join, first, end in zip(*given, columns.valid_from.tolist(), columns.valid_to.tolist(), strict=True):
        parameters: dict[str, Value] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(args).items()
        }
        if join:
            parameters[templates[template].file.join or ""] = join
        until = None if end == OPEN_END else date.fromordinal(end + EPOCH)
        row = _row(template, subject, parameters, date.fromordinal(first + EPOCH), until, "synthetic")
        if row.rule_id not in seen:
            seen.add(row.rule_id)
            yield row


def _mild_rows(items: int, seed: int) -> Iterator[RuleRow]:
    """Rows that most claims keep: an age and a largest quantity for every item, sex, exclusion and indication for a few."""
    draw = np.random.default_rng([seed, 5])
    rare = draw.random((3, items)) < np.array([[0.004], [0.02], [0.003]])
    other = draw.integers(0, items, items).tolist()
    for number in range(items):
        code, further = code_of(number), code_of(other[number])
        yield _row("age", code, {"age_max_years": 110}, START, None, "synthetic")
        yield _row("frequency-day", code, {"max_quantity": 40_000}, START, None, "synthetic")
        if rare[0, number]:
            yield _row("sex", code, {"sex": "F"}, START, None, "synthetic")
        if rare[1, number] and further != code:
            yield _row("mutual-exclusion", code, {"other": further, "same_day": True}, START, None, "synthetic")
        if rare[2, number]:
            yield _row("indication", code, {"icd_prefixes": ("A", "B", "J", "K", "N")}, START, None, "synthetic")


def _row(  # noqa: PLR0917 - one row
    template: str, subject: str, parameters: Mapping[str, Value], first: date, until: date | None, document: str
) -> RuleRow:  # fmt: skip
    rule_id = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=first, document=document)
    return RuleRow(rule_id, template, subject, parameters, first, Source(document), valid_to=until, title="synthetic")
