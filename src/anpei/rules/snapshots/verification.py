"""Pure checks of a manifest and of Merkle paths: what anyone needs to verify, offline, that a row stood in a snapshot."""

import base64
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anpei.kernel.canonical import MerklePath, digest, leaf_hash
from anpei.kernel.errors import AnpeiError
from anpei.rules.model import rule_id_for, rule_row_from
from anpei.rules.snapshots.leaves import ROW_BYTES, catalogue_block, catalogue_entry, row_entry


class Kind(StrEnum):
    """What a path leads from: each kind has a tree of its own in the manifest."""

    RULES = "rules"
    CATALOGUE = "catalogue"
    TEMPLATES = "templates"


CATALOGUE_FORM = frozenset({"region", "item", "valid_from", "valid_to", "word", "detail"})


@dataclass(frozen=True, slots=True)
class Proof:
    """One row as plain data, the block of entries that is its leaf (empty for templates) with the row's place in it, and the path from
    there to the root of its kind in the manifest ``snapshot_id``."""

    kind: Kind
    snapshot_id: str
    row: Mapping[str, Any]
    block: bytes
    place: int
    path: MerklePath

    def as_data(self) -> dict[str, Any]:
        """The plain form."""
        siblings = [[side, sibling] for side, sibling in self.path.siblings]
        return {
            "kind": self.kind.value,
            "snapshot": self.snapshot_id,
            "row": dict(self.row),
            "block": base64.b64encode(self.block).decode(),
            "place": self.place,
            "path": {"index": self.path.index, "siblings": siblings},
        }


def proof_from(data: Mapping[str, Any]) -> Proof:
    """A proof from its plain form. Raises KeyError, TypeError or ValueError on another form."""
    path = data["path"]
    siblings = tuple((str(side), str(sibling)) for side, sibling in path["siblings"])
    return Proof(
        kind=Kind(data["kind"]),
        snapshot_id=data["snapshot"],
        row=data["row"],
        block=base64.b64decode(data["block"], validate=True),
        place=data["place"],
        path=MerklePath(index=path["index"], siblings=siblings),
    )


def manifest_id(manifest: Mapping[str, Any]) -> str:
    """The id that a manifest's content has: the digest of everything but ``id``."""
    return digest({name: value for name, value in manifest.items() if name != "id"})


def manifest_holds(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest carries the id of its own content."""
    try:
        return bool(manifest["id"] == manifest_id(manifest))
    except (KeyError, TypeError, ValueError):
        return False


def path_holds(*, leaf: str, path: MerklePath, root: str, leaves: int) -> bool:
    """Whether a path leads from a leaf hash at its index to the root of a tree of ``leaves`` leaves. A malformed path leads nowhere."""
    if tuple(side for side, _ in path.siblings) != _sides(index=path.index, leaves=leaves):
        return False
    if not _is_hash(leaf) or not all(_is_hash(sibling) for _, sibling in path.siblings):
        return False
    return path.root(leaf) == root


def _sides(*, index: int, leaves: int) -> tuple[str, ...] | None:
    """On which side the siblings of a leaf stand, from below; None when there is no such leaf."""
    if type(index) is not int or type(leaves) is not int or not 0 <= index < leaves:
        return None
    found: list[str] = []
    while leaves > 1:
        if index ^ 1 < leaves:
            found.append("L" if index % 2 else "R")
        index, leaves = index // 2, (leaves + 1) // 2
    return tuple(found)


def proof_holds(*, proof: Proof, manifest: Mapping[str, Any]) -> bool:
    """Whether the row of a proof stood in the snapshot of this manifest: id, entry, leaf and path all agree."""
    try:
        tree = manifest["trees"][proof.kind.value]
        root, leaves = tree["root"], tree["leaves"]
        leaf = _leaf_of(proof, tree)
    except (KeyError, TypeError, ValueError, AttributeError, struct.error, AnpeiError):
        return False
    if leaf is None or not manifest_holds(manifest) or manifest["id"] != proof.snapshot_id:
        return False
    return path_holds(leaf=leaf, path=proof.path, root=root, leaves=leaves)


def _leaf_of(proof: Proof, tree: Mapping[str, Any]) -> str | None:
    """The leaf hash that the row leads to; None when the row is not the entry at its place of the block."""
    row = proof.row
    if proof.kind is Kind.TEMPLATES:
        return leaf_hash(dict(row)) if not proof.block and proof.place == 0 else None
    if proof.kind is Kind.RULES:
        size, entry, content = ROW_BYTES, row_entry(row), proof.block
        known = _is_its_own(row)
    else:
        size = tree["entry_bytes"]
        entry, content = catalogue_entry(row, width=size - 28), catalogue_block(row["region"], proof.block)
        known = frozenset(row) == CATALOGUE_FORM
    start = proof.place * size
    if not known or type(proof.place) is not int or proof.place < 0 or proof.block[start : start + size] != entry:
        return None
    return hashlib.sha256(b"\x00" + content).hexdigest()


def _is_its_own(data: Mapping[str, Any]) -> bool:
    """Whether a rule row has exactly the plain form, a status that is judged, and the id of its own statement."""
    row = rule_row_from(data)
    wanted = rule_id_for(
        template_id=row.template_id, subject=row.subject, parameters=row.parameters, valid_from=row.valid_from, document=row.source.document
    )
    return row.as_data() == dict(data) and data["status"] in ("live", "shadow") and row.rule_id == wanted


def _is_hash(text: str) -> bool:
    return isinstance(text, str) and len(text) == 64 and all(character in "0123456789abcdef" for character in text)
