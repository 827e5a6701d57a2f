"""Pure checks of a manifest and of Merkle paths: what anyone needs to verify, offline, that a row stood in a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anpei.kernel.canonical import MerklePath, digest, leaf_hash


class Kind(StrEnum):
    """What a path leads from: each kind has its own root in the manifest."""

    RULES = "rules"
    CATALOGUE = "catalogue"
    TEMPLATES = "templates"


FILES: Mapping[Kind, str] = {Kind.RULES: "rows.jsonl", Kind.CATALOGUE: "catalogue.jsonl", Kind.TEMPLATES: "templates.jsonl"}
"""The file of each kind in a snapshot, as the manifest names it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One row as plain data with its leaf hash and the path to the root of its kind in the manifest ``snapshot_id``."""

    kind: Kind
    snapshot_id: str
    row: Mapping[str, Any]
    leaf: str
    path: MerklePath

    def as_data(self) -> dict[str, Any]:
        """The plain form."""
        siblings = [[side, sibling] for side, sibling in self.path.siblings]
        return {
            "kind": self.kind.value,
            "snapshot": self.snapshot_id,
            "row": dict(self.row),
            "leaf": self.leaf,
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
        leaf=data["leaf"],
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
    """Whether the row of a proof stood in the snapshot of this manifest: id, leaf hash and path all agree."""
    try:
        root = manifest[f"merkle_root_{proof.kind.value}"]
        leaves = manifest["files"][FILES[proof.kind]]["rows"]
        leaf = leaf_hash(dict(proof.row))
    except (KeyError, TypeError, ValueError):
        return False
    if not manifest_holds(manifest) or manifest["id"] != proof.snapshot_id or leaf != proof.leaf:
        return False
    return path_holds(leaf=leaf, path=proof.path, root=root, leaves=leaves)


def _is_hash(text: str) -> bool:
    return isinstance(text, str) and len(text) == 64 and all(character in "0123456789abcdef" for character in text)
