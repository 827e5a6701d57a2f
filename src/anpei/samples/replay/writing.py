"""Drawn past claims as a Parquet file, and where none is given a pair of snapshots to replay them by."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from anpei.claims.replay.parts import write_whole
from anpei.claims.replay.passes import OpenedPass, PassPlan, open_pass
from anpei.claims.replay.schema import PAST
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import InvalidInput
from anpei.rules.templates.library import load_templates
from anpei.samples.replay.drawing import PRODUCTS, SIMULATED, Drawn, history
from anpei.samples.replay.snapshots import drawn_pair

ROWS, CHANGED = 6_000, 20
"""Size of the snapshots that are drawn when none is given, and items that differ between them."""


def write_history(out: Path, *, claims: int, seed: int, plan: PassPlan | None, lines: int) -> dict[str, Any]:
    """Write past claims decided by a snapshot; what was written, and the folders of the snapshots. Raises InvalidInput, NoRoom."""
    out.parent.mkdir(parents=True, exist_ok=True)
    snapshots: dict[str, str] = {}
    if plan is None:
        templates = load_templates(shipped_rulebook())
        old, new = drawn_pair(out.parent / "snapshots", templates=templates, rows=ROWS, seed=seed, changed=CHANGED)
        plan, snapshots = PassPlan(old.folder), {"old": str(old.folder), "new": str(new.folder)}
    opened = open_pass(plan)
    drawn = Drawn(claims, seed, items_of(opened), plans_of(opened), lines=lines)
    write_whole(out, lambda path: write_tables(path, drawn, opened))
    return {"claims": claims, "seed": seed, "file": str(out), "snapshots": snapshots or {"old": str(plan.snapshot)}}


def write_tables(path: Path, drawn: Drawn, opened: OpenedPass) -> None:
    """The past claims as Parquet, a row group for each table."""
    with pq.ParquetWriter(path, PAST.with_metadata(SIMULATED), compression="zstd") as file:
        for table in history(drawn, opened):
            file.write_table(table, row_group_size=drawn.most)


def items_of(opened: OpenedPass, region: str = "CN") -> list[str]:
    """The codes of the items of a region. Raises InvalidInput when there are none."""
    catalogue = opened.snapshot.catalogue
    number = catalogue.regions.id_of(region)
    items = [catalogue.items.code(int(item)) for item in catalogue.items_of(number)] if number >= 0 else []
    if not items:
        raise InvalidInput(f"the snapshot {opened.snapshot.id[:12]} has no catalogue of {region}: compile one with a catalogue")
    return items


def plans_of(opened: OpenedPass) -> list[tuple[str, str]]:
    """The plans to draw claims of: the first plan of each product that samples know."""
    files = {file.id: file for file in opened.products.files()}
    return [(product, next(iter(files[product].plans))) for product, *_ in PRODUCTS if product in files]
