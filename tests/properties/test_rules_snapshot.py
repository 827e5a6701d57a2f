"""Snapshots for any rows: every proof verifies, and no changed byte of row, path or manifest does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.canonical import MerklePath
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.model import CatalogueRow, RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.snapshot import Snapshot, open_snapshot
from anpei.rules.snapshots.verification import Proof, proof_holds
from anpei.rules.templates.library import load_templates

TEMPLATES = load_templates(shipped_rulebook())
START = date(2025, 1, 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def rule_rows(draw: st.DrawFn) -> RuleRow:
    subject, values = draw(TEXTS), {"sex": draw(st.sampled_from("MF"))}
    rule_id = rule_id_for(template_id="sex", subject=subject, parameters=values, valid_from=START, document="test")
    return RuleRow(rule_id, "sex", subject, values, START, Source("test", line=draw(st.integers(1, 9))), title=draw(TEXTS))


ROWS = st.lists(rule_rows(), max_size=12, unique_by=lambda row: row.rule_id)
CATALOGUE = st.lists(
    st.builds(CatalogueRow, region=TEXTS, item=TEXTS, valid_from=st.just(START), payload=st.dictionaries(TEXTS, PLAIN, max_size=3)),
    max_size=8,
    unique_by=lambda row: (row.region, row.item),
)


def built(folder: str, rows: list[RuleRow], catalogue: list[CatalogueRow]) -> Snapshot:
    return compile_snapshot(rows, TEMPLATES, catalogue, Path(folder), as_of=START)


@settings(max_examples=40)
@given(rows=ROWS, catalogue=CATALOGUE, data=st.data())
def test_what_goes_in_comes_out_in_any_order(rows: list[RuleRow], catalogue: list[CatalogueRow], data: st.DataObject) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        snapshot = built(one, rows, catalogue)
        other = built(two, data.draw(st.permutations(rows)), data.draw(st.permutations(catalogue)))
        assert other.id == snapshot.id
        again = open_snapshot(snapshot.folder)
        assert {row.rule_id: row for row in again.rows} == {row.rule_id: row for row in rows}
        for row in catalogue:
            assert again.catalogue_row(region=row.region, item=row.item, on=START) == row


@settings(max_examples=40)
@given(rows=ROWS, catalogue=CATALOGUE)
def test_every_proof_holds(rows: list[RuleRow], catalogue: list[CatalogueRow]) -> None:
    with TemporaryDirectory() as folder:
        snapshot = built(folder, rows, catalogue)
        proofs = [snapshot.rule_proof(row.rule_id) for row in rows]
        proofs += [snapshot.catalogue_proof(region=row.region, item=row.item, on=START) for row in catalogue]
        assert all(proof_holds(proof=proof, manifest=snapshot.manifest) for proof in proofs)


def changed_text(text: str, at: int) -> str:
    """The text with one hexadecimal digit changed."""
    place = at % len(text)
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def changes(proof: Proof, manifest: Mapping[str, Any], at: int) -> list[tuple[Proof, Mapping[str, Any]]]:
    """Each part of a proof and its manifest changed by one digit, one side, one step."""
    found: list[tuple[Proof, Mapping[str, Any]]] = [
        (replace(proof, leaf=changed_text(proof.leaf, at)), manifest),
        (replace(proof, snapshot_id=changed_text(proof.snapshot_id, at)), manifest),
        (replace(proof, row={**proof.row, "subject": proof.row["subject"] + "x"}), manifest),
        (replace(proof, row={**proof.row, "valid_from": "2025-01-02"}), manifest),
        (proof, {**manifest, "merkle_root_rules": changed_text(manifest["merkle_root_rules"], at)}),
        (proof, {**manifest, "as_of": "2025-01-02"}),
    ]
    index, siblings = proof.path.index, proof.path.siblings
    paths = [MerklePath(index + 1, siblings), MerklePath(index - 1, siblings), MerklePath(index, (*siblings, ("L", proof.leaf)))]
    for step, (side, sibling) in enumerate(siblings):
        before, after = siblings[:step], siblings[step + 1 :]
        others = ((side, changed_text(sibling, at)), ("L" if side == "R" else "R", sibling), ("X", sibling), (side, sibling[:-1]))
        paths += [MerklePath(index, (*before, other, *after)) for other in others]
        paths.append(MerklePath(index, before + after))
    found += [(replace(proof, path=path), manifest) for path in paths]
    return found


@settings(max_examples=40)
@given(rows=ROWS.filter(bool), at=st.integers(0, 1000), data=st.data())
def test_no_changed_proof_holds(rows: list[RuleRow], at: int, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        snapshot = built(folder, rows, [])
        proof = snapshot.rule_proof(data.draw(st.sampled_from(rows)).rule_id)
        for number, (wrong, manifest) in enumerate(changes(proof, snapshot.manifest, at)):
            assert not proof_holds(proof=wrong, manifest=manifest), number


@settings(max_examples=40)
@given(rows=ROWS, catalogue=CATALOGUE, data=st.data())
def test_no_changed_byte_opens(rows: list[RuleRow], catalogue: list[CatalogueRow], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        snapshot = built(folder, rows, catalogue)
        files = sorted(path for path in snapshot.folder.iterdir() if path.stat().st_size)
        path = data.draw(st.sampled_from(files))
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(bytes(content))
        with pytest.raises(SnapshotDamaged) as caught:
            open_snapshot(snapshot.folder)
        assert caught.value.data["file"] == path.name
