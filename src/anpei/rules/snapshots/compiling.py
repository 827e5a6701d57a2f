"""Compiling snapshots: write into a temporary folder, sync, verify, rename. What fails leaves nothing behind."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from anpei.kernel.canonical import MerkleTree, canonical
from anpei.kernel.errors import InvalidInput
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.model import CatalogueRow, RuleRow
from anpei.rules.snapshots.snapshot import MANIFEST, SCHEMA, Snapshot, leaves_of, open_snapshot
from anpei.rules.snapshots.verification import FILES, Kind, manifest_id
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template, by_id

_WORKING = ".compiling-"


class SnapshotInvalid(InvalidInput):
    """The rows cannot make a snapshot; the message names the first row that is wrong."""

    code = "rules.snapshot_invalid"


def compile_snapshot(
    rows: Iterable[RuleRow],
    templates: Mapping[str, Template] | Iterable[Template],
    catalogue_rows: Iterable[CatalogueRow],
    out_dir: Path,
    *,
    as_of: date,
) -> Snapshot:
    """Write the snapshot folder ``out_dir/<id>`` and open it. The same input gives the same id; an existing folder is verified and used.

    A rule stated twice (one id, other source) is kept once, in its first form by source. Raises SnapshotInvalid for a row whose
    template or parameters are wrong, or SnapshotDamaged when a folder of this id is there and damaged.
    """
    known = by_id(templates)
    documents = {
        Kind.RULES: [row.as_data() for row in _unique_rows(rows, known)],
        Kind.CATALOGUE: [row.as_data() for row in _unique_catalogue(catalogue_rows)],
        Kind.TEMPLATES: [dict(known[name].data) for name in sorted(known)],
    }
    lines = {kind: [_line(kind, document) for document in found] for kind, found in documents.items()}
    contents = {kind: b"".join(line + b"\n" for line in found) for kind, found in lines.items()}
    manifest = _manifest(lines, contents, as_of)
    out_dir.mkdir(parents=True, exist_ok=True)
    final = out_dir / str(manifest["id"])
    if final.exists():
        return open_snapshot(final)
    working = Path(tempfile.mkdtemp(prefix=_WORKING, dir=out_dir))
    try:
        for kind, content in contents.items():
            _write(working / FILES[kind], content)
        _write(working / MANIFEST, canonical(manifest))
        sync_folder(working)
        _read_back(open_snapshot(working), lines)
        return _settle(working, final)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _read_back(snapshot: Snapshot, lines: Mapping[Kind, Sequence[bytes]]) -> None:
    """Every row must come back as it went in; otherwise the folder is thrown away."""
    rules = [canonical(row.as_data()) for row in snapshot.rows]
    catalogue = [canonical(row.as_data()) for row in snapshot.catalogue]
    for kind, found in ((Kind.RULES, rules), (Kind.CATALOGUE, catalogue)):
        if found != lines[kind]:
            raise SnapshotDamaged(f"{FILES[kind]} did not come back as it was written: check the disk and compile again")


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


def _line(kind: Kind, document: Mapping[str, Any]) -> bytes:
    try:
        return canonical(document)
    except (TypeError, ValueError) as error:
        raise SnapshotInvalid(f"a row of {kind.value} is not plain data: {error}") from error


def _manifest(lines: Mapping[Kind, Sequence[bytes]], contents: Mapping[Kind, bytes], as_of: date) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "as_of": as_of.isoformat(),
        "files": {FILES[kind]: {"sha256": hashlib.sha256(contents[kind]).hexdigest(), "rows": len(lines[kind])} for kind in FILES},
    }
    for kind in FILES:
        manifest[f"merkle_root_{kind.value}"] = MerkleTree(leaves_of(lines[kind])).root
    return {**manifest, "id": manifest_id(manifest)}


def _unique_rows(rows: Iterable[RuleRow], templates: Mapping[str, Template]) -> list[RuleRow]:
    found: dict[str, RuleRow] = {}
    for row in rows:
        template = templates.get(row.template_id)
        problem = f"there is no template {row.template_id}" if template is None else parameter_problem(template, row.parameters)
        if problem is None and row.valid_to is not None and row.valid_to <= row.valid_from:
            problem = f"it ends on {row.valid_to}, not after its start on {row.valid_from}"
        if problem is not None:
            raise SnapshotInvalid(
                f"rule {row.rule_id} ({row.source.document}, line {row.source.line}): {problem}", data={"rule": row.rule_id}
            )
        other = found.get(row.rule_id)
        if other is not None and _statement(other) != _statement(row):
            raise SnapshotInvalid(f"rule {row.rule_id} stands twice with different content", data={"rule": row.rule_id})
        if other is None or _source_key(row) < _source_key(other):
            found[row.rule_id] = row
    return sorted(found.values(), key=lambda row: (row.subject, row.template_id, row.rule_id))


def _statement(row: RuleRow) -> dict[str, Any]:
    return {name: value for name, value in row.as_data().items() if name not in ("source", "title")}


def _source_key(row: RuleRow) -> tuple[str, str, str, int, str]:
    return (row.source.document, row.source.batch, row.source.file, row.source.line, row.title)


def _unique_catalogue(rows: Iterable[CatalogueRow]) -> list[CatalogueRow]:
    found: dict[tuple[str, str, date], CatalogueRow] = {}
    for row in rows:
        key = (row.region, row.item, row.valid_from)
        where = f"the catalogue row for {row.item} in {row.region} from {row.valid_from}"
        if row.valid_to is not None and row.valid_to <= row.valid_from:
            raise SnapshotInvalid(f"{where} ends on {row.valid_to}, not after its start")
        if key in found and found[key] != row:
            raise SnapshotInvalid(f"{where} stands twice with different content: one start, one payload")
        found[key] = row
    return [found[key] for key in sorted(found)]


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
