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
from anpei.records.catalogues.compiling import row_of, source_of
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.model import CatalogueRow, RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.snapshot import Snapshot, open_snapshot
from anpei.rules.snapshots.verification import Kind, Proof, proof_holds
from anpei.rules.templates.library import load_templates

TEMPLATES = load_templates(shipped_rulebook())
START = date(2025, 1, 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def sex_row(subject: str, sex: str, *, line: int, title: str = "") -> RuleRow:
    """A row of the template ``sex``."""
    rule_id = rule_id_for(template_id="sex", subject=subject, parameters={"sex": sex}, valid_from=START, document="test")
    return RuleRow(rule_id, "sex", subject, {"sex": sex}, START, Source("test", line=line), title=title)


@st.composite
def rule_rows(draw: st.DrawFn) -> RuleRow:
    return sex_row(draw(TEXTS), draw(st.sampled_from("MF")), line=draw(st.integers(1, 9)), title=draw(TEXTS))


ROWS = st.lists(rule_rows(), max_size=12, unique_by=lambda row: row.rule_id)
CATALOGUE = st.lists(
    st.builds(CatalogueRow, region=TEXTS, item=TEXTS, valid_from=st.just(START), payload=st.dictionaries(TEXTS, PLAIN, max_size=3)),
    max_size=8,
    unique_by=lambda row: (row.region, row.item),
)


def built(folder: str, rows: list[RuleRow], catalogue: list[CatalogueRow]) -> Snapshot:
    return compile_snapshot(rows, TEMPLATES, source_of(catalogue), Path(folder), as_of=START)


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
            assert row_of(again.catalogue.entry(region=row.region, item=row.item, on=START)) == row


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


def changed_tree(manifest: Mapping[str, Any], kind: str, at: int) -> Mapping[str, Any]:
    """The manifest with another root of one tree."""
    trees = manifest["trees"]
    return {**manifest, "trees": {**trees, kind: {**trees[kind], "root": changed_text(trees[kind]["root"], at)}}}


def changes(proof: Proof, manifest: Mapping[str, Any], at: int) -> list[tuple[Proof, Mapping[str, Any]]]:
    """Each part of a proof and its manifest changed by one digit, one side, one step."""
    block = bytearray(proof.block)
    block[at % len(block)] ^= 1 << at % 8
    found: list[tuple[Proof, Mapping[str, Any]]] = [
        (replace(proof, block=bytes(block)), manifest),
        (replace(proof, place=proof.place + 1), manifest),
        (replace(proof, snapshot_id=changed_text(proof.snapshot_id, at)), manifest),
        (replace(proof, row={**proof.row, "extra": 1}), manifest),
        (replace(proof, row={**proof.row, "valid_from": "2025-01-02"}), manifest),
        (replace(proof, row={**proof.row, "valid_to": "2031-01-02"}), manifest),
        (proof, changed_tree(manifest, proof.kind.value, at)),
        (proof, {**manifest, "as_of": "2025-01-02"}),
    ]
    if proof.kind is Kind.RULES:
        found.append((replace(proof, row={**proof.row, "subject": proof.row["subject"] + "x"}), manifest))
        found.append((replace(proof, row={**proof.row, "title": proof.row["title"] + "x"}), manifest))
    else:
        found.append((replace(proof, row={**proof.row, "item": proof.row["item"] + "x"}), manifest))
        found.append((replace(proof, row={**proof.row, "region": proof.row["region"] + "x"}), manifest))
        found.append((replace(proof, row={**proof.row, "word": proof.row["word"] ^ 1}), manifest))
        found.append((replace(proof, row={**proof.row, "detail": proof.row["detail"] + " "}), manifest))
    index, siblings = proof.path.index, proof.path.siblings
    paths = [MerklePath(index + 1, siblings), MerklePath(index - 1, siblings), MerklePath(index, (*siblings, ("L", "0" * 64)))]
    for step, (side, sibling) in enumerate(siblings):
        before, after = siblings[:step], siblings[step + 1 :]
        others = ((side, changed_text(sibling, at)), ("L" if side == "R" else "R", sibling), ("X", sibling), (side, sibling[:-1]))
        paths += [MerklePath(index, (*before, other, *after)) for other in others]
        paths.append(MerklePath(index, before + after))
    found += [(replace(proof, path=path), manifest) for path in paths]
    return found


@settings(max_examples=40)
@given(rows=ROWS.filter(bool), catalogue=CATALOGUE.filter(bool), at=st.integers(0, 1000), data=st.data())
def test_no_changed_proof_holds(rows: list[RuleRow], catalogue: list[CatalogueRow], at: int, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        snapshot = built(folder, rows, catalogue)
        entry = data.draw(st.sampled_from(catalogue))
        proofs = [
            snapshot.rule_proof(data.draw(st.sampled_from(rows)).rule_id),
            snapshot.catalogue_proof(region=entry.region, item=entry.item, on=START),
        ]
        for proof in proofs:
            for number, (wrong, manifest) in enumerate(changes(proof, snapshot.manifest, at)):
                assert not proof_holds(proof=wrong, manifest=manifest), number


def test_no_changed_path_of_a_larger_snapshot_holds() -> None:
    """Hundreds of leaves, so that paths have steps; two layers of one region, and a small region."""
    with TemporaryDirectory() as folder:
        rows = [sex_row(f"A{number}", "F", line=number) for number in range(1, 1501)]
        catalogue = [CatalogueRow("CN", f"A{number:04d}", START, {"n": number}) for number in range(1500)]
        catalogue += [CatalogueRow("CN", f"A{number:04d}", date(2024, 1, 1), {"n": 0}, START) for number in range(0, 1500, 2)]
        catalogue += [CatalogueRow("31", "A0007", START, {"n": 7})]
        snapshot = built(folder, rows, catalogue)
        assert {kind: tree["leaves"] for kind, tree in snapshot.manifest["trees"].items() if kind != "templates"} == {
            "rules": 47,
            "catalogue": 1 + 47 + 24,
        }
        proofs = [snapshot.rule_proof(row.rule_id) for row in rows[::97]]
        for region, item, day in (("31", "A0007", START), ("CN", "A0000", START), ("CN", "A1499", START)):
            proofs.append(snapshot.catalogue_proof(region=region, item=item, on=day))
        proofs += [snapshot.catalogue_proof(region="CN", item=f"A{n:04d}", on=date(2024, 5, 1)) for n in range(0, 1500, 222)]
        assert all(proof_holds(proof=proof, manifest=snapshot.manifest) for proof in proofs)
        assert min(len(proof.path.siblings) for proof in proofs) >= 1
        for proof in proofs:
            for number, (wrong, manifest) in enumerate(changes(proof, snapshot.manifest, 7)):
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
