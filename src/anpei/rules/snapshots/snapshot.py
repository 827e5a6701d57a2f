"""Snapshots (规则快照): immutable directories of rows, templates and catalogue, verified whenever they are opened.

``rows.jsonl``, ``templates.jsonl`` and ``catalogue.jsonl`` hold one canonical JSON document a line, sorted by key; the Merkle
leaf of a row is the hash of its line. ``manifest.json`` holds the SHA-256 and the number of rows of each file, one Merkle root
per kind, the as-of date, and its own digest as the id.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from anpei.kernel.canonical import MerkleTree
from anpei.kernel.errors import NotFound
from anpei.rules.damage import damaged
from anpei.rules.judging.evaluation import RowsOfKey, examine
from anpei.rules.model import CatalogueRow, Evaluation, RuleFacts, RuleRow, catalogue_row_from, rule_row_from
from anpei.rules.patterns import PatternIndex
from anpei.rules.snapshots.verification import FILES, Kind, Proof, manifest_holds
from anpei.rules.templates.template import Template, TemplateInvalid, template_from

SCHEMA = 1
MANIFEST = "manifest.json"

_NOTHING: RowsOfKey = {}


class Snapshot:
    """An opened, verified snapshot. Immutable; made by ``open_snapshot``. Rows take their form when they are first asked for."""

    def __init__(self, *, folder: Path, manifest: Mapping[str, Any], lines: Mapping[Kind, list[bytes]]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._lines = lines
        self._documents = {kind: _documents(folder, kind, found) for kind, found in lines.items()}
        self._formed: dict[str, RowsOfKey] = {}
        try:
            self.templates: Mapping[str, Template] = {data["id"]: template_from(data) for data in self._documents[Kind.TEMPLATES]}
        except (TemplateInvalid, AttributeError, TypeError, KeyError) as error:
            raise damaged(folder, FILES[Kind.TEMPLATES], f"has a template of another form ({error})") from error
        self._place: dict[str, int] = {}
        self._by_subject: dict[str, list[int]] = {}
        self._by_item: dict[tuple[str, str], list[int]] = {}
        try:
            for index, data in enumerate(self._documents[Kind.RULES]):
                self._place[data["rule_id"]] = index
                self._by_subject.setdefault(data["subject"], []).append(index)
        except (KeyError, TypeError) as error:
            raise damaged(folder, FILES[Kind.RULES], "has a row of another form") from error
        try:
            for index, data in enumerate(self._documents[Kind.CATALOGUE]):
                self._by_item.setdefault((data["region"], data["item"]), []).append(index)
        except (KeyError, TypeError) as error:
            raise damaged(folder, FILES[Kind.CATALOGUE], "has a row of another form") from error

    def _rule(self, index: int) -> RuleRow:
        try:
            return rule_row_from(self._documents[Kind.RULES][index])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(self.folder, FILES[Kind.RULES], f"has a row of another form (line {index + 1})") from error

    def _catalogued(self, index: int) -> CatalogueRow:
        try:
            return catalogue_row_from(self._documents[Kind.CATALOGUE][index])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(self.folder, FILES[Kind.CATALOGUE], f"has a row of another form (line {index + 1})") from error

    @property
    def id(self) -> str:
        """The id: the digest of the manifest's content."""
        return str(self.manifest["id"])

    @property
    def as_of(self) -> date:
        """The day whose knowledge the snapshot holds."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def rows(self) -> Sequence[RuleRow]:
        """All rows, sorted by subject, template and id. Formed anew at each call."""
        return tuple(self._rule(index) for index in range(len(self._documents[Kind.RULES])))

    @property
    def catalogue(self) -> Sequence[CatalogueRow]:
        """All catalogue rows, sorted by region, item and start. Formed anew at each call."""
        return tuple(self._catalogued(index) for index in range(len(self._documents[Kind.CATALOGUE])))

    @cached_property
    def patterns(self) -> PatternIndex:
        """The patterns among the subjects of its rows."""
        return PatternIndex(self._by_subject)

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject key by template id, whatever their dates and status."""
        if subject not in self._by_subject:
            return _NOTHING
        formed = self._formed.get(subject)
        if formed is None:
            found: dict[str, list[RuleRow]] = {}
            for index in self._by_subject[subject]:
                row = self._rule(index)
                found.setdefault(row.template_id, []).append(row)
            formed = self._formed[subject] = found
        return formed

    def rows_for(self, *, subject: str, template_id: str, on: date) -> tuple[RuleRow, ...]:
        """The rows of (subject, template) in force on a day."""
        return tuple(row for row in self.rows_of(subject).get(template_id, ()) if row.in_force(on))

    def row(self, rule_id: str) -> RuleRow:
        """One row by its stable id. Raises NotFound."""
        return self._rule(self._rule_place(rule_id))

    def _rule_place(self, rule_id: str) -> int:
        place = self._place.get(rule_id)
        if place is None:
            raise NotFound(f"the snapshot {self.id[:12]} has no rule {rule_id}", data={"snapshot": self.id, "rule": rule_id})
        return place

    def catalogue_row(self, *, region: str, item: str, on: date) -> CatalogueRow | None:
        """The catalogue row of (region, item) on a day: of those that have begun the latest, if it has not ended. None = absent."""
        place = self._catalogue_place(region, item, on)
        return None if place is None else self._catalogued(place)

    def _catalogue_place(self, region: str, item: str, on: date) -> int | None:
        for index in reversed(self._by_item.get((region, item), ())):
            row = self._catalogued(index)
            if row.valid_from <= on:
                return index if row.valid_to is None or on < row.valid_to else None
        return None

    # --- proofs ----------------------------------------------------------------------------------------------------

    @cached_property
    def _trees(self) -> Mapping[Kind, tuple[list[str], MerkleTree]]:
        found = {}
        for kind, lines in self._lines.items():
            leaves = leaves_of(lines)
            tree = MerkleTree(leaves)
            if tree.root != self.manifest[f"merkle_root_{kind.value}"]:
                raise damaged(self.folder, FILES[kind], "does not lead to the Merkle root of the manifest")
            found[kind] = (leaves, tree)
        return found

    def _proof(self, kind: Kind, index: int) -> Proof:
        leaves, tree = self._trees[kind]
        row = json.loads(self._lines[kind][index])
        return Proof(kind=kind, snapshot_id=self.id, row=row, leaf=leaves[index], path=tree.path(index))

    def rule_proof(self, rule_id: str) -> Proof:
        """The row, its leaf and its path. Raises NotFound."""
        return self._proof(Kind.RULES, self._rule_place(rule_id))

    def catalogue_proof(self, *, region: str, item: str, on: date) -> Proof:
        """The catalogue row that holds on a day, its leaf and its path. Raises NotFound."""
        place = self._catalogue_place(region, item, on)
        if place is None:
            message = f"the snapshot {self.id[:12]} has no catalogue row for {item} in {region} on {on}"
            raise NotFound(message, data={"snapshot": self.id, "region": region, "item": item})
        return self._proof(Kind.CATALOGUE, place)

    def template_proof(self, template_id: str) -> Proof:
        """The template's sealed form, its leaf and its path. Raises NotFound."""
        for index, name in enumerate(self.templates):
            if name == template_id:
                return self._proof(Kind.TEMPLATES, index)
        raise NotFound(f"the snapshot {self.id[:12]} has no template {template_id}", data={"snapshot": self.id, "template": template_id})


def examine_snapshot(*, facts: RuleFacts, snapshot: Snapshot, on: date, shadow: bool = False) -> Evaluation:
    """Judge facts by a whole snapshot with its own templates: hits, undecided rows and the count of rows considered."""
    return examine(facts=facts, source=snapshot, templates=snapshot.templates, on=on, shadow=shadow)


def leaves_of(lines: Sequence[bytes]) -> list[str]:
    """Leaf hashes of canonical lines: equal to ``kernel.canonical.leaf_hash`` of their documents."""
    return [hashlib.sha256(b"\x00" + line).hexdigest() for line in lines]


# --- opening -------------------------------------------------------------------------------------------------------


def open_snapshot(folder: Path) -> Snapshot:
    """Open a snapshot after checking the manifest and every file against it. Raises SnapshotDamaged that names the file."""
    manifest = _read_manifest(folder)
    lines = {kind: _read_lines(folder, kind, manifest) for kind in FILES}
    return Snapshot(folder=folder, manifest=manifest, lines=lines)


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
        raise damaged(folder, MANIFEST, f"has schema {manifest.get('schema')!r}, this version reads {SCHEMA}")
    return manifest


def _read_lines(folder: Path, kind: Kind, manifest: Mapping[str, Any]) -> list[bytes]:
    name = FILES[kind]
    try:
        said = manifest["files"][name]
        data = (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise damaged(folder, name, "is missing") from error
    except (KeyError, TypeError, OSError) as error:
        raise damaged(folder, name, "is not in the manifest or cannot be read") from error
    if hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise damaged(folder, name, f"has another content than the manifest says ({len(data)} bytes)")
    lines = data.split(b"\n")
    if lines.pop() != b"" or len(lines) != said["rows"]:
        raise damaged(folder, name, f"has {len(lines)} lines, the manifest says {said['rows']}")
    return lines


def _documents(folder: Path, kind: Kind, lines: list[bytes]) -> list[Any]:
    try:
        documents: list[Any] = json.loads(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError) as error:
        raise damaged(folder, FILES[kind], "is not JSON") from error
    if len(documents) != len(lines):
        raise damaged(folder, FILES[kind], "does not hold one document a line")
    return documents
