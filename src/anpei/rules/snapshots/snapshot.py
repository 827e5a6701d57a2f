"""Snapshots (规则快照): immutable folders of mapped columns with templates and a manifest, verified when they are opened.

``manifest.json`` holds type, length and SHA-256 of each column, the SHA-256 of ``templates.jsonl``, the root of one Merkle tree per kind,
the as-of date, and its own digest as the id. Every process that opens a snapshot maps the same pages.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from anpei.kernel.canonical import MerklePath, MerkleTree, leaf_hash
from anpei.kernel.errors import NotFound
from anpei.rules.catalogue.model import CatalogueInvalid
from anpei.rules.catalogue.opening import open_catalogue
from anpei.rules.columns import Entries, open_columns
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.damage import damaged
from anpei.rules.judging.evaluation import RowsOfKey
from anpei.rules.model import RuleRow
from anpei.rules.patterns import PatternIndex
from anpei.rules.snapshots.leaves import BLOCK, CatalogueLeaves, RuleLeaves, entry_data
from anpei.rules.snapshots.merkle import StoredTree
from anpei.rules.snapshots.soundness import check_columns
from anpei.rules.snapshots.verification import Kind, Proof, manifest_holds, path_holds

SCHEMA = 2
MANIFEST = "manifest.json"
TEMPLATES = "templates.jsonl"
CATALOGUE_COLUMNS = "catalogue_"
TREE_COLUMNS = "tree_"
ROWS_BY_ID = "row_by_id"


class Snapshot:
    """An opened, verified snapshot. Immutable; made by ``open_snapshot``."""

    def __init__(self, *, folder: Path, manifest: Mapping[str, Any], templates: Sequence[Mapping[str, Any]]) -> None:
        self.folder = folder
        self.manifest = manifest
        entries: Entries = manifest["columns"]
        catalogue, trees = _named(entries, CATALOGUE_COLUMNS), _named(entries, TREE_COLUMNS)
        rules = {name: entry for name, entry in entries.items() if name not in catalogue and name not in trees}
        self.rules = CompiledRules(folder, rules, {**manifest["rules"], "templates": list(templates)})
        """The rule rows as columns, with what runs over them."""
        try:
            self.catalogue = open_catalogue(open_columns(folder, catalogue))
            """The catalogue: opaque words and details by region, item and day."""
        except CatalogueInvalid as error:
            raise damaged(folder, MANIFEST, f"names columns that do not fit: {error.message}") from error
        self._trees = open_columns(folder, trees)
        self._template_data = templates

    @property
    def id(self) -> str:
        """The id: the digest of the manifest's content."""
        return str(self.manifest["id"])

    @property
    def as_of(self) -> date:
        """The day whose knowledge the snapshot holds."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def templates(self) -> Mapping[str, Any]:
        """The templates by id."""
        return self.rules.templates

    @property
    def patterns(self) -> PatternIndex:
        """The patterns among the subjects of its rows."""
        return self.rules.vocabulary.patterns

    @property
    def rows(self) -> Sequence[RuleRow]:
        """All rows in the order in which they are stored. Formed anew at each call: for small snapshots and tests."""
        return tuple(self.rules.row(place) for place in range(len(self.rules)))

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject key by template id, whatever their dates and status."""
        found: dict[str, list[RuleRow]] = {}
        for place in self.rules.places_of(subject):
            row = self.rules.row(place)
            found.setdefault(row.template_id, []).append(row)
        return found

    def row(self, rule_id: str) -> RuleRow:
        """One row by its stable id. Raises NotFound."""
        return self.rules.row(self._place(rule_id))

    def _place(self, rule_id: str) -> int:
        columns = self.rules.columns
        order, high, low = columns[ROWS_BY_ID], columns["row_id_high"], columns["row_id_low"]
        try:
            wanted = divmod(int(rule_id[1:], 16), 1 << 64)
        except ValueError:
            wanted = (-1, -1)
        start, end = 0, len(order)
        while start < end:
            middle = (start + end) // 2
            place = int(order[middle])
            if (int(high[place]), int(low[place])) < wanted:
                start = middle + 1
            else:
                end = middle
        if start < len(order):
            place = int(order[start])
            if (int(high[place]), int(low[place])) == wanted and self.rules.row(place).rule_id == rule_id:
                return place
        raise NotFound(f"the snapshot {self.id[:12]} has no rule {rule_id}", data={"snapshot": self.id, "rule": rule_id})

    # --- proofs ----------------------------------------------------------------------------------------------------

    @cached_property
    def _rule_leaves(self) -> RuleLeaves:
        return RuleLeaves(self.rules.columns)

    @cached_property
    def _catalogue_leaves(self) -> CatalogueLeaves:
        return CatalogueLeaves(self.catalogue)

    @cached_property
    def _template_tree(self) -> MerkleTree:
        return MerkleTree([leaf_hash(dict(data)) for data in self._template_data])

    def rule_proof(self, rule_id: str) -> Proof:
        """The row, the block in which it stands and the path from there. Raises NotFound, SnapshotDamaged."""
        place = self._place(rule_id)
        leaves = self._rule_leaves
        number, inner = divmod(place, BLOCK)
        row, block = self.rules.row(place).as_data(), leaves.block(number)
        return Proof(Kind.RULES, self.id, row, block, inner, self._path(Kind.RULES, number, leaves))

    def catalogue_proof(self, *, region: str, item: str, on: date) -> Proof:
        """The catalogue row that holds on a day, its block and its path. Raises NotFound, SnapshotDamaged."""
        entry = self.catalogue.entry(region=region, item=item, on=on)
        if entry is None:
            message = f"the snapshot {self.id[:12]} has no catalogue row for {item} in {region} on {on}"
            raise NotFound(message, data={"snapshot": self.id, "region": region, "item": item})
        leaves = self._catalogue_leaves
        number, inner = leaves.place_of(entry)
        _, block = leaves.block(number)
        return Proof(Kind.CATALOGUE, self.id, entry_data(entry), block, inner, self._path(Kind.CATALOGUE, number, leaves))

    def template_proof(self, template_id: str) -> Proof:
        """The template's sealed form and its path. Raises NotFound."""
        for index, data in enumerate(self._template_data):
            if data["id"] == template_id:
                return Proof(Kind.TEMPLATES, self.id, data, b"", 0, self._template_tree.path(index))
        raise NotFound(f"the snapshot {self.id[:12]} has no template {template_id}", data={"snapshot": self.id, "template": template_id})

    def _path(self, kind: Kind, number: int, leaves: RuleLeaves | CatalogueLeaves) -> MerklePath:
        tree = self.manifest["trees"][kind.value]
        path = StoredTree(self._trees[TREE_COLUMNS + kind.value], leaves.count, leaves.hash).path(number)
        if not path_holds(leaf=leaves.hash(number).hex(), path=path, root=tree["root"], leaves=tree["leaves"]):
            raise damaged(self.folder, f"{TREE_COLUMNS}{kind.value}.npy", "does not lead to the Merkle root of the manifest")
        return path


def _named(entries: Entries, beginning: str) -> Entries:
    """The columns whose names begin so."""
    return {name: entry for name, entry in entries.items() if name.startswith(beginning)}


def ids_in_order(columns: Mapping[str, Any]) -> Any:
    """The column by which a row is found by its id: places sorted by id."""
    return np.lexsort((columns["row_id_low"], columns["row_id_high"])).astype(np.uint32)


# --- opening -------------------------------------------------------------------------------------------------------


def open_snapshot(folder: Path, *, wholly: bool = False) -> Snapshot:
    """Open a snapshot after checking manifest, templates and columns. Raises SnapshotDamaged that names the file.

    Large columns that were read whole once on this machine are not read whole again while nobody has touched their files; ``wholly``
    reads everything.
    """
    manifest = _read_manifest(folder)
    templates = _read_templates(folder, manifest)
    check_columns(folder, manifest, wholly=wholly)
    return Snapshot(folder=folder, manifest=manifest, templates=templates)


def _read_manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise damaged(folder, MANIFEST, "is missing") from error
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(folder, MANIFEST, "cannot be read") from error
    if not isinstance(manifest, dict) or not manifest_holds(manifest):
        raise damaged(folder, MANIFEST, "does not carry the id of its own content")
    if manifest.get("schema") != SCHEMA:
        raise damaged(folder, MANIFEST, f"has schema {manifest.get('schema')!r}, this version reads {SCHEMA}: compile it again")
    return manifest


def _read_templates(folder: Path, manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        said = manifest["files"][TEMPLATES]
        data = (folder / TEMPLATES).read_bytes()
    except FileNotFoundError as error:
        raise damaged(folder, TEMPLATES, "is missing") from error
    except (KeyError, TypeError, OSError) as error:
        raise damaged(folder, TEMPLATES, "is not in the manifest or cannot be read") from error
    if hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise damaged(folder, TEMPLATES, f"has another content than the manifest says ({len(data)} bytes)")
    try:
        return [json.loads(line) for line in data.splitlines()]
    except (ValueError, RecursionError) as error:
        raise damaged(folder, TEMPLATES, "is not one JSON document a line") from error
