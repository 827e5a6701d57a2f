"""Publishing snapshots: compile into a temporary folder, sync, verify, rename; then swap the pointer that names the current one.

Layout of the root folder: one folder per snapshot (its id), and the text file ``current`` that holds the id in use.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from anpei.kernel.canonical import MerkleTree, canonical
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.fitting import parameter_problem
from anpei.rules.model import CatalogueRow, RuleRow
from anpei.rules.snapshot import MANIFEST, SCHEMA, Snapshot, leaves_of, open_snapshot
from anpei.rules.templates import Template, by_id
from anpei.rules.verification import FILES, Kind, manifest_id

POINTER = "current"
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
        _sync_folder(working)
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
    _sync_folder(final.parent)
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


# --- the pointer ---------------------------------------------------------------------------------------------------


def publish_snapshot(*, root: Path, snapshot_id: str) -> Snapshot:
    """Verify a snapshot and make it the current one; a damaged one leaves the pointer as it is. Raises SnapshotDamaged or NotFound."""
    folder = root / snapshot_id
    if not _is_id(snapshot_id) or not folder.is_dir():
        raise NotFound(f"there is no snapshot {snapshot_id[:80]} to publish: compile it first", data={"snapshot": snapshot_id[:80]})
    snapshot = _open_named(folder)
    handle, name = tempfile.mkstemp(prefix=".current-", dir=root)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(snapshot_id.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(root / POINTER)
    finally:
        Path(name).unlink(missing_ok=True)
    _sync_folder(root)
    return snapshot


def current_id(root: Path) -> str:
    """The id the pointer names. Raises NotFound when nothing was published, SnapshotDamaged when the pointer holds no id."""
    try:
        text = (root / POINTER).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError as error:
        raise NotFound("no snapshot has been published yet: compile one and publish it") from error
    if not _is_id(text):
        raise SnapshotDamaged("the pointer to the current snapshot holds no id: publish a snapshot again", data={"file": POINTER})
    return text


def open_current(root: Path) -> Snapshot:
    """The current snapshot, verified. Raises NotFound or SnapshotDamaged."""
    return _open_named(root / current_id(root))


class CurrentSnapshot:
    """The current snapshot of a root folder for a long-lived process: follows the pointer, keeps the old one if the new is damaged.

    ``problem`` says why the pointer's snapshot is not in use, None when it is.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: Snapshot | None = None
        self._refused: str | None = None
        self.problem: str | None = None

    def get(self) -> Snapshot:
        """The snapshot to use now. Raises NotFound or SnapshotDamaged only when there has never been a sound one."""
        try:
            wanted = current_id(self._root)
            if self._held is not None and wanted in (self._held.id, self._refused):
                self.problem = self.problem if wanted == self._refused else None
                return self._held
            self._held, self._refused, self.problem = _open_named(self._root / wanted), None, None
        except (SnapshotDamaged, NotFound) as error:
            if self._held is None:
                raise
            self.problem = error.message
            self._refused = error.data.get("snapshot") if isinstance(error, SnapshotDamaged) else None
        return self._held


def _open_named(folder: Path) -> Snapshot:
    snapshot = open_snapshot(folder)
    if snapshot.id != folder.name:
        message = f"the folder {folder.name} holds the snapshot {snapshot.id}: put the folders back under their own names"
        raise SnapshotDamaged(message, data={"snapshot": folder.name, "file": MANIFEST})
    return snapshot


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
