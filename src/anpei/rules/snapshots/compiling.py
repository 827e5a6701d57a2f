"""Compiling snapshots: write into a temporary folder, sync, read back, rename. What fails leaves nothing behind."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from anpei.kernel.canonical import MerkleTree, canonical, leaf_hash
from anpei.kernel.errors import AnpeiError, InvalidInput
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import Extent
from anpei.rules.catalogue.opening import open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns
from anpei.rules.compiled.build import RowColumns, columns_of, write_rules
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.model import RuleRow, rule_id_for
from anpei.rules.snapshots.leaves import CatalogueLeaves, RuleLeaves
from anpei.rules.snapshots.merkle import TreeWriter
from anpei.rules.snapshots.snapshot import (
    CATALOGUE_COLUMNS,
    MANIFEST,
    ROWS_BY_ID,
    SCHEMA,
    TEMPLATES,
    TREE_COLUMNS,
    Snapshot,
    ids_in_order,
    open_snapshot,
)
from anpei.rules.snapshots.verification import Kind, manifest_id
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template, by_id

CatalogueSource = Callable[[ColumnWriter], Extent]
"""Writes the columns of a catalogue."""
READ_BACK = 2_000
"""Rows that are formed again from the written columns before a snapshot is used, spread over all of them."""
_WORKING = ".compiling-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SnapshotInvalid(InvalidInput):
    """The rows cannot make a snapshot; the message names the first row that is wrong."""

    code = "rules.snapshot_invalid"


class NoRoom(AnpeiError):
    """The disk is full: nothing was kept."""

    code = "rules.no_room"


def no_catalogue(writer: ColumnWriter) -> Extent:
    """A catalogue without entries."""
    none = np.zeros(0, dtype="S8")
    return compile_catalogue(writer, regions=none, items=none, chunks=())


def compile_snapshot(
    rows: Iterable[RuleRow] | RowColumns,
    templates: Mapping[str, Template] | Iterable[Template],
    catalogue: CatalogueSource,
    out_dir: Path,
    *,
    as_of: date,
) -> Snapshot:
    """Write the snapshot folder ``out_dir/<id>`` and open it. The same input gives the same id; an existing folder is verified and used.

    Rows come as they are (a rule stated twice is kept once, in its first form by source) or as columns that are ready, sorted by id.
    Raises SnapshotInvalid, NotCompiled or CatalogueInvalid for rows that are wrong, NoRoom when the disk is full, SnapshotDamaged when
    what was written does not come back or a folder of this id is there and damaged.
    """
    known = by_id(templates)
    columns = rows if isinstance(rows, RowColumns) else columns_of(_unique_rows(rows, known), known)
    out_dir.mkdir(parents=True, exist_ok=True)
    with _working_folder(out_dir) as working:
        manifest = _write_all(working, columns, known, catalogue, as_of)
        final = out_dir / str(manifest["id"])
        if final.exists():
            return open_snapshot(final, wholly=True)
        _read_back(open_snapshot(working, wholly=True))
        return _settle(working, final)


@contextmanager
def _working_folder(out_dir: Path) -> Iterator[Path]:
    """A folder beside the snapshots that is taken away again. A full disk is told as such."""
    working = Path(tempfile.mkdtemp(prefix=_WORKING, dir=out_dir))
    try:
        yield working
    except OSError as error:
        if error.errno not in _FULL:
            raise
        message = f"the disk of {out_dir} is full: nothing was kept; make room and compile again"
        raise NoRoom(message, data={"folder": str(out_dir)}) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _write_all(
    working: Path, rows: RowColumns, templates: Mapping[str, Template], catalogue: CatalogueSource, as_of: date
) -> dict[str, Any]:
    """Columns, trees, templates, manifest; the manifest."""
    with ColumnWriter(working) as writer:
        info = write_rules(writer, rows, templates)
        extent = catalogue(writer)
        entries = writer.close()
    template_data = info.pop("templates")
    trees, more = _write_trees(working, entries, template_data)
    lines = b"".join(canonical(data) + b"\n" for data in template_data)
    _write(working / TEMPLATES, lines)
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "as_of": as_of.isoformat(),
        "files": {TEMPLATES: {"sha256": sha256(lines).hexdigest(), "rows": len(template_data)}},
        "columns": {**entries, **more},
        "rules": info,
        "catalogue": {"regions": extent.regions, "items": extent.items, "entries": extent.entries},
        "trees": trees,
    }
    manifest["id"] = manifest_id(manifest)
    _write(working / MANIFEST, canonical(manifest))
    sync_folder(working)
    return manifest


def _write_trees(
    working: Path, entries: Mapping[str, Any], templates: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Merkle trees of all kinds and the column by which a row is found by its id; what the manifest says of both."""
    columns = open_columns(working, entries)
    rules = RuleLeaves(columns)
    catalogue = CatalogueLeaves(open_catalogue({name: column for name, column in columns.items() if name.startswith(CATALOGUE_COLUMNS)}))
    leaves = [leaf_hash(dict(data)) for data in templates]
    trees: dict[str, Any] = {Kind.TEMPLATES.value: {"root": MerkleTree(leaves).root, "leaves": len(leaves)}}
    with ColumnWriter(working) as writer:
        writer.append(ROWS_BY_ID, ids_in_order(columns))
        for kind, hashes in ((Kind.RULES, rules.hashes()), (Kind.CATALOGUE, catalogue.hashes())):
            tree = TreeWriter()
            for leaf in hashes:
                tree.add(leaf)
            trees[kind.value] = {"root": tree.finish(writer, TREE_COLUMNS + kind.value), "leaves": tree.leaves}
        more = writer.close()
    trees[Kind.CATALOGUE.value]["entry_bytes"] = catalogue.entry_bytes
    return trees, more


def _read_back(snapshot: Snapshot) -> None:
    """Rows from everywhere must have the id of what they say; otherwise the folder is thrown away."""
    for place in np.unique(np.linspace(0, len(snapshot.rules) - 1, READ_BACK, dtype=np.int64)).tolist() if len(snapshot.rules) else ():
        row = snapshot.rules.row(place)
        if row.rule_id != _id_of(row):
            raise SnapshotDamaged(f"rule {row.rule_id} does not carry the id of what it says: import its table again, then compile")


def _id_of(row: RuleRow) -> str:
    return rule_id_for(
        template_id=row.template_id, subject=row.subject, parameters=row.parameters, valid_from=row.valid_from, document=row.source.document
    )


def _settle(working: Path, final: Path) -> Snapshot:
    """The atomic rename; when another process was first, its folder is the one."""
    try:
        working.chmod(0o755)
        working.rename(final)
    except OSError:
        if not final.exists():
            raise
    sync_folder(final.parent)
    return open_snapshot(final)


def _unique_rows(rows: Iterable[RuleRow], templates: Mapping[str, Template]) -> list[RuleRow]:
    found: dict[str, RuleRow] = {}
    for row in rows:
        problem = _problem(row, templates.get(row.template_id))
        if problem is not None:
            raise SnapshotInvalid(
                f"rule {row.rule_id} ({row.source.document}, line {row.source.line}): {problem}", data={"rule": row.rule_id}
            )
        other = found.get(row.rule_id)
        if other is not None and _statement(other) != _statement(row):
            raise SnapshotInvalid(f"rule {row.rule_id} stands twice with different content", data={"rule": row.rule_id})
        if other is None or _source_key(row) < _source_key(other):
            found[row.rule_id] = row
    return sorted(found.values(), key=lambda row: row.rule_id)


def _problem(row: RuleRow, template: Template | None) -> str | None:
    if template is None:
        return f"there is no template {row.template_id}"
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        return f"it ends on {row.valid_to}, not after its start on {row.valid_from}"
    problem = parameter_problem(template, row.parameters)
    if problem is None and row.rule_id != _id_of(row):
        return "its id is not that of what it says: import its table again"
    return problem


def _statement(row: RuleRow) -> dict[str, Any]:
    return {name: value for name, value in row.as_data().items() if name not in ("source", "title")}


def _source_key(row: RuleRow) -> tuple[str, str, str, int, str]:
    return (row.source.document, row.source.batch, row.source.file, row.source.line, row.title)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names of a folder on disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
