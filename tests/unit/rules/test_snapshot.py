"""Snapshots: what goes in comes out, by subject and by day; anything else than what the manifest says is refused."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import NotFound
from anpei.records.catalogues.compiling import row_of, source_of
from anpei.records.catalogues.words import WordInvalid
from anpei.rules.catalogue.model import CatalogueInvalid
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.compiled.records import Records
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.judging.evaluation import evaluate, evaluate_rows
from anpei.rules.model import CatalogueRow, RuleFacts, RuleRow, Source, Status, Subject, Value, rule_id_for
from anpei.rules.snapshots import compiling, execution, soundness
from anpei.rules.snapshots.compiling import SnapshotInvalid, compile_snapshot
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.publication import CurrentSnapshot, current_id, open_current, publish_snapshot
from anpei.rules.snapshots.snapshot import Snapshot, open_snapshot
from anpei.rules.snapshots.verification import Kind, manifest_id, proof_from, proof_holds
from anpei.rules.templates.template import Template

Templates = Mapping[str, Template]
Compile = Callable[..., Snapshot]
START = date(2025, 1, 1)
FILES = ("manifest.json", "templates.jsonl", "row_from.npy", "title_bytes.npy", "catalogue_slots.npy", "tree_rules.npy")
"""Some of the files of a snapshot, of each sort."""


def row(template_id: str, subject: str, *, start: date = START, end: date | None = None, line: int = 1, **values: Value) -> RuleRow:
    rule_id = rule_id_for(template_id=template_id, subject=subject, parameters=values, valid_from=start, document="test")
    return RuleRow(rule_id, template_id, subject, values, start, Source("test", line=line), end, Status.LIVE, f"item {subject}")


def listed(region: str, item: str, start: date, end: date | None = None, **payload: Any) -> CatalogueRow:
    return CatalogueRow(region=region, item=item, valid_from=start, valid_to=end, payload=payload)


ROWS = [
    row("sex", "A", sex="F"),
    row("age", "A", age_max_years=14),
    row("age", "A", start=date(2026, 1, 1), age_max_years=12),
    row("sex", "B", sex="M"),
    row("indication", "药品", icd_prefixes=("K25", "K26")),
]
CATALOGUE = [
    listed("310000", "A", date(2024, 1, 1), date(2025, 1, 1), cls="B", ratio=1000),
    listed("310000", "A", date(2025, 1, 1), cls="A", ratio=0),
    listed("310000", "B", date(2025, 1, 1), date(2025, 7, 1), cls="C", nested={"列": [1, None, True]}),
    listed("110000", "A", date(2025, 1, 1), cls="B"),
]


def catalogued(snapshot: Snapshot, region: str, item: str, day: date) -> CatalogueRow | None:
    """The catalogue row that holds on a day."""
    entry = snapshot.catalogue.entry(region=region, item=item, on=day)
    return None if entry is None else row_of(entry)


@pytest.fixture
def build(tmp_path: Path, templates: Templates) -> Compile:
    """Compile into ``tmp_path/snapshots``."""

    def call(rows: Any = ROWS, catalogue: Any = CATALOGUE, *, as_of: date = START, templates: Any = templates) -> Snapshot:
        return compile_snapshot(rows, templates, source_of(catalogue), tmp_path / "snapshots", as_of=as_of)

    return call


def test_what_goes_in_comes_out(build: Compile, templates: Templates) -> None:
    snapshot = build()
    assert sorted(row.rule_id for row in snapshot.rows) == sorted(row.rule_id for row in ROWS)
    assert {row.rule_id: row for row in snapshot.rows} == {row.rule_id: row for row in ROWS}
    assert all(catalogued(snapshot, row.region, row.item, row.valid_from) == row for row in CATALOGUE)
    assert len(snapshot.catalogue) == len(CATALOGUE)
    assert {name: template.digest for name, template in snapshot.templates.items()} == {
        name: template.digest for name, template in templates.items()
    }
    assert (snapshot.as_of, snapshot.folder.name) == (START, snapshot.id)


def test_the_manifest_says_what_is_there(build: Compile, templates: Templates) -> None:
    snapshot = build()
    manifest = json.loads((snapshot.folder / "manifest.json").read_bytes())
    assert manifest == snapshot.manifest
    assert manifest["id"] == manifest_id(manifest) == snapshot.id
    assert (manifest["schema"], manifest["as_of"]) == (2, "2025-01-01")
    assert (manifest["rules"]["rows"], manifest["catalogue"]) == (5, {"regions": 2, "items": 2, "entries": 4})
    assert {kind: tree["leaves"] for kind, tree in manifest["trees"].items()} == {"rules": 1, "catalogue": 3, "templates": len(templates)}
    assert manifest["files"]["templates.jsonl"]["rows"] == len(templates)
    columns = {f"{name}.npy" for name in manifest["columns"]}
    assert {path.name for path in snapshot.folder.iterdir()} == columns | {"manifest.json", "templates.jsonl"} >= set(FILES)


def test_the_same_content_has_the_same_id_whatever_its_order(build: Compile, tmp_path: Path, templates: Templates) -> None:
    first = build()
    second = compile_snapshot(ROWS[::-1], list(templates.values())[::-1], source_of(CATALOGUE[::-1]), tmp_path / "other", as_of=START)
    assert second.id == first.id
    assert all((second.folder / path.name).read_bytes() == path.read_bytes() for path in first.folder.iterdir())
    assert build().id == first.id
    assert [path.name for path in first.folder.parent.iterdir()] == [first.id]


def test_other_content_has_another_id(build: Compile, templates: Templates) -> None:
    ids = {
        build().id,
        build(as_of=date(2025, 1, 2)).id,
        build(ROWS[1:]).id,
        build([replace(ROWS[0], title="x"), *ROWS[1:]]).id,
        build(ROWS, CATALOGUE[1:]).id,
        build(templates=[template for template in templates.values() if template.id != "course"]).id,
    }
    assert len(ids) == 6


def test_an_empty_snapshot_is_a_snapshot(build: Compile) -> None:
    snapshot = build([], [], templates=[])
    assert (snapshot.rows, len(snapshot.catalogue), dict(snapshot.templates)) == ((), 0, {})
    assert evaluate(facts=RuleFacts((Subject("1", ("A",)),)), snapshot=snapshot, on=START) == ()


def test_rows_are_found_by_subject_template_and_day(build: Compile) -> None:
    snapshot = build()
    assert {name: len(rows) for name, rows in snapshot.rows_of("A").items()} == {"age": 2, "sex": 1}
    assert sorted(row.rule_id for row in snapshot.rows_of("A")["age"]) == sorted(row.rule_id for row in ROWS[1:3])
    assert snapshot.rows_of("nothing") == {}
    assert snapshot.row(ROWS[4].rule_id) == ROWS[4]
    with pytest.raises(NotFound, match="has no rule r0"):
        snapshot.row("r0")
    for name in ("", "r", "r" + "0" * 32, ROWS[4].rule_id.upper(), ROWS[4].rule_id + "0"):
        with pytest.raises(NotFound):
            snapshot.row(name)


@pytest.mark.parametrize(
    ("region", "item", "day", "wanted"),
    [
        ("310000", "A", date(2023, 12, 31), None),
        ("310000", "A", date(2024, 1, 1), 0),
        ("310000", "A", date(2024, 12, 31), 0),
        ("310000", "A", date(2025, 1, 1), 1),
        ("310000", "A", date(2099, 1, 1), 1),
        ("310000", "B", date(2025, 6, 30), 2),
        ("310000", "B", date(2025, 7, 1), None),
        ("110000", "A", date(2025, 1, 1), 3),
        ("110000", "B", date(2025, 1, 1), None),
        ("", "A", date(2025, 1, 1), None),
    ],
)
def test_the_catalogue_is_found_by_region_item_and_day(build: Compile, region: str, item: str, day: date, wanted: int | None) -> None:
    snapshot = build()
    assert catalogued(snapshot, region, item, day) == (None if wanted is None else CATALOGUE[wanted])
    if wanted is None:
        with pytest.raises(NotFound):
            snapshot.catalogue_proof(region=region, item=item, on=day)
    else:
        assert snapshot.catalogue_proof(region=region, item=item, on=day).row["valid_from"] == CATALOGUE[wanted].valid_from.isoformat()


def test_a_later_start_replaces_an_open_earlier_one(build: Compile) -> None:
    catalogue = [listed("r", "A", date(2024, 1, 1), n=1), listed("r", "A", date(2025, 1, 1), date(2025, 2, 1), n=2)]
    snapshot = build([], catalogue)
    found = [catalogued(snapshot, "r", "A", day) for day in (date(2024, 6, 1), date(2025, 1, 15), date(2025, 2, 1))]
    assert found == [replace(catalogue[0], valid_to=date(2025, 1, 1)), catalogue[1], None]


def test_a_whole_snapshot_judges_like_its_rows(build: Compile, templates: Templates) -> None:
    snapshot = build()
    facts = RuleFacts((Subject("1", ("A",)), Subject("2", ("药品",))), {"sex": "M", "age_days": 9000}, ("J18.900",))
    result = examine_snapshot(facts=facts, snapshot=snapshot, on=date(2025, 6, 1))
    assert [(hit.template_id, hit.subject_ids) for hit in result.hits] == [("age", ("1",)), ("sex", ("1",)), ("indication", ("2",))]
    assert result.considered == 3
    assert result.hits == evaluate(facts=facts, snapshot=snapshot, on=date(2025, 6, 1))
    assert result.hits == evaluate_rows(facts=facts, rows=ROWS, templates=templates, on=date(2025, 6, 1))


# --- what cannot be compiled ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "catalogue", "message"),
    [
        ([row("colour", "A", sex="F")], [], "there is no template colour"),
        ([row("sex", "A", sex="X")], [], "sex must be one of M, F"),
        ([replace(row("sex", "A", sex="F"), rule_id="r" + "0" * 32)], [], "its id is not that of what it says"),
        ([row("sex", "A", end=START, sex="F")], [], "it ends on 2025-01-01, not after its start on 2025-01-01"),
        ([row("sex", "A", sex="F"), row("sex", "A", end=date(2026, 1, 1), sex="F")], [], "stands twice with different content"),
        ([], [listed("r", "A", START, n=1), listed("r", "A", START, n=2)], "stands twice with the same first day"),
        ([], [listed("r", "A", START, START)], "ends before it begins"),
        ([], [listed("r", "A", START, rate=0.5)], "a float has no canonical form"),
    ],
)
def test_wrong_rows_are_refused_and_leave_nothing_behind(build: Compile, tmp_path: Path, rows: Any, catalogue: Any, message: str) -> None:
    with pytest.raises((SnapshotInvalid, CatalogueInvalid, WordInvalid)) as caught:
        build(rows, catalogue)
    assert message in caught.value.message
    assert list(tmp_path.rglob("*.*")) == []


def test_a_rule_stated_twice_is_kept_once_in_its_first_form(build: Compile) -> None:
    snapshot = build([row("sex", "A", line=9, sex="F"), row("sex", "A", line=3, sex="F")], [])
    assert [found.source.line for found in snapshot.rows] == [3]


def test_a_failed_write_leaves_nothing_behind(build: Compile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[: len(content) // 2])

    monkeypatch.setattr(compiling, "_write", full)
    with pytest.raises(SnapshotDamaged):
        build()
    assert list((tmp_path / "snapshots").iterdir()) == []


# --- damage --------------------------------------------------------------------------------------------------------


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "first byte": lambda data: flip(data, 0),
    "middle byte": lambda data: flip(data, len(data) // 2),
    "last byte": lambda data: flip(data, len(data) - 1),
    "cut off": lambda data: data[: len(data) // 2],
    "line cut off": lambda data: data[: data.rstrip(b"\n").rfind(b"\n") + 1],
    "longer": lambda data: data + b"\n",
    "empty": lambda _: b"",
    "missing": lambda _: None,
}


@pytest.mark.parametrize(("file", "how"), [(file, how) for file in FILES for how in DAMAGES if (file, how) != ("manifest.json", "longer")])
def test_damage_is_refused_with_the_file_named(build: Compile, file: str, how: str) -> None:
    snapshot = build()
    path = snapshot.folder / file
    after = DAMAGES[how](path.read_bytes())
    assert after != path.read_bytes()
    path.unlink()
    if after is not None:
        path.write_bytes(after)
    with pytest.raises(SnapshotDamaged) as caught:
        open_snapshot(snapshot.folder)
    assert caught.value.data == {"snapshot": snapshot.id, "file": file}
    assert file in caught.value.message


def test_a_manifest_that_was_made_to_fit_other_rows_has_another_id(build: Compile) -> None:
    snapshot = build()
    lines = snapshot.folder / "row_line.npy"
    lines.write_bytes(lines.read_bytes()[:-20] + bytes(20))
    manifest = dict(snapshot.manifest)
    entry = {**manifest["columns"]["row_line"], "sha256": hashlib.sha256(bytes(20)).hexdigest()}
    manifest["columns"] = {**manifest["columns"], "row_line": entry}
    (snapshot.folder / "manifest.json").write_bytes(canonical(manifest))
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json does not carry the id of its own content"):
        open_snapshot(snapshot.folder)
    forged = {**manifest, "id": manifest_id(manifest)}
    (snapshot.folder / "manifest.json").write_bytes(canonical(forged))
    with pytest.raises(SnapshotDamaged, match=r"tree_rules\.npy does not lead to the Merkle root of the manifest"):
        open_snapshot(snapshot.folder).rule_proof(ROWS[0].rule_id)
    with pytest.raises(NotFound):
        publish_snapshot(root=snapshot.folder.parent, snapshot_id=str(forged["id"]))
    with pytest.raises(SnapshotDamaged, match="holds the snapshot"):
        publish_snapshot(root=snapshot.folder.parent, snapshot_id=snapshot.id)


@pytest.mark.parametrize("content", [b"[]", b"null", b"{", b'{"id": 1}', b"[" * 100_000, b'{"schema":3}'])
def test_a_manifest_of_another_form_is_refused(build: Compile, content: bytes) -> None:
    snapshot = build()
    (snapshot.folder / "manifest.json").write_bytes(content)
    with pytest.raises(SnapshotDamaged) as caught:
        open_snapshot(snapshot.folder)
    assert caught.value.data["file"] == "manifest.json"


def test_a_newer_schema_is_refused(build: Compile) -> None:
    snapshot = build()
    manifest = {**snapshot.manifest, "schema": 3}
    (snapshot.folder / "manifest.json").write_bytes(canonical({**manifest, "id": manifest_id(manifest)}))
    with pytest.raises(SnapshotDamaged, match="has schema 3, this version reads 2"):
        open_snapshot(snapshot.folder)


# --- the pointer ---------------------------------------------------------------------------------------------------


def test_the_pointer_names_the_current_snapshot(build: Compile, tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    first, second = build(), build(ROWS[1:])
    with pytest.raises(NotFound, match="no snapshot has been published yet"):
        open_current(root)
    publish_snapshot(root=root, snapshot_id=first.id)
    assert (current_id(root), open_current(root).id) == (first.id, first.id)
    publish_snapshot(root=root, snapshot_id=second.id)
    assert open_current(root).id == second.id
    publish_snapshot(root=root, snapshot_id=first.id)
    assert open_current(root).id == first.id
    assert sorted(path.name for path in root.iterdir()) == sorted([first.id, second.id, "current"])


def test_a_damaged_new_snapshot_keeps_the_old(build: Compile, tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    first, second = build(), build(ROWS[1:])
    publish_snapshot(root=root, snapshot_id=first.id)
    (second.folder / "row_from.npy").write_bytes(b"")
    with pytest.raises(SnapshotDamaged):
        publish_snapshot(root=root, snapshot_id=second.id)
    assert current_id(root) == first.id


@pytest.mark.parametrize("name", ["", "../snapshots", "0" * 64, "current"])
def test_only_a_snapshot_can_be_published(build: Compile, tmp_path: Path, name: str) -> None:
    build()
    with pytest.raises(NotFound):
        publish_snapshot(root=tmp_path / "snapshots", snapshot_id=name)
    assert not (tmp_path / "snapshots" / "current").exists()


def test_a_long_lived_reader_follows_the_pointer_and_keeps_the_old_when_the_new_is_damaged(build: Compile, tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    first, second, third = build(), build(ROWS[1:]), build(ROWS[2:])
    reader = CurrentSnapshot(root)
    with pytest.raises(NotFound):
        reader.get()
    publish_snapshot(root=root, snapshot_id=first.id)
    held = reader.get()
    assert held.id == first.id
    assert reader.get() is held
    (root / "current").write_text(second.id)
    (second.folder / "row_from.npy").write_bytes(b"")
    assert reader.get() is held
    assert reader.problem is not None
    assert "row_from.npy" in reader.problem
    assert reader.get() is held
    (root / "current").write_text("rubbish")
    assert reader.get() is held
    assert reader.problem == "the pointer to the current snapshot holds no id: publish a snapshot again"
    (root / "current").unlink()
    assert reader.get() is held
    publish_snapshot(root=root, snapshot_id=third.id)
    assert (reader.get().id, reader.problem) == (third.id, None)


def test_a_reader_that_returns_to_the_old_has_no_problem(build: Compile, tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    first = build()
    publish_snapshot(root=root, snapshot_id=first.id)
    reader = CurrentSnapshot(root)
    reader.get()
    (root / "current").write_text("0" * 64)
    reader.get()
    assert reader.problem is not None
    publish_snapshot(root=root, snapshot_id=first.id)
    assert (reader.get().id, reader.problem) == (first.id, None)


# --- large ones, and both executions ---------------------------------------------------------------------------------


def test_a_large_snapshot_is_read_whole_once_until_somebody_touches_it(build: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = build().folder
    read: list[Path] = []
    verify = soundness.verify_columns
    monkeypatch.setattr(soundness, "SMALL", 0)
    monkeypatch.setattr(soundness, "verify_columns", lambda folder, entries: (read.append(folder), verify(folder, entries)))
    assert [open_snapshot(folder).id for _ in range(3)] == [folder.name] * 3
    assert len(read) == 1
    open_snapshot(folder, wholly=True)
    assert len(read) == 2
    path = folder / "title_bytes.npy"
    path.write_bytes(flip(path.read_bytes(), -1 + path.stat().st_size))
    with pytest.raises(SnapshotDamaged, match=r"title_bytes\.npy has another content"):
        open_snapshot(folder)
    path.write_bytes(flip(path.read_bytes(), -1 + path.stat().st_size))
    (folder / soundness.STAMP).write_bytes(b"{")
    assert open_snapshot(folder).id == folder.name
    assert len(read) == 4


def test_machine_code_judges_like_the_reference(build: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = build()
    facts = RuleFacts((Subject("1", ("A",)), Subject("2", ("药品",))), {"sex": "M", "age_days": 9000}, ("J18.900",))
    monkeypatch.setattr(execution, "_ready", [])
    by_reference = examine_snapshot(facts=facts, snapshot=snapshot, on=date(2025, 6, 1))
    execution.warm()
    assert len(by_reference.hits) == 3
    assert examine_snapshot(facts=facts, snapshot=snapshot, on=date(2025, 6, 1)) == by_reference


def test_when_executions_differ_the_reference_decides_and_the_log_says_so(
    build: Compile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def blind(rules: CompiledRules, cases: Cases, *_: bool) -> Records:
        nothing = np.zeros(0, dtype=np.int64)
        return Records(np.zeros((0, 8), dtype=np.int64), nothing, nothing, np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.uint8))

    snapshot = build()
    monkeypatch.setattr(execution, "_ready", [blind])
    facts = RuleFacts((Subject("1", ("A",)),), {"sex": "M", "age_days": 9000}, ())
    found = examine_snapshot(facts=facts, snapshot=snapshot, on=date(2025, 6, 1))
    assert [hit.template_id for hit in found.hits] == ["age", "sex"]
    assert [record.message for record in caplog.records] == ["rules.disagree"]


# --- proofs --------------------------------------------------------------------------------------------------------


def test_every_row_has_a_proof_that_survives_its_plain_form(build: Compile, templates: Templates) -> None:
    snapshot = build()
    proofs = [snapshot.rule_proof(found.rule_id) for found in ROWS]
    proofs += [snapshot.template_proof(name) for name in snapshot.templates]
    proofs += [snapshot.catalogue_proof(region=found.region, item=found.item, on=found.valid_from) for found in CATALOGUE]
    assert [proof.kind for proof in proofs] == [Kind.RULES] * 5 + [Kind.TEMPLATES] * len(templates) + [Kind.CATALOGUE] * 4
    for proof in proofs:
        again = proof_from(json.loads(canonical(proof.as_data())))
        assert again == proof
        assert proof_holds(proof=again, manifest=snapshot.manifest)


def test_a_proof_holds_for_its_own_row_kind_and_snapshot_only(build: Compile) -> None:
    snapshot, other = build(), build(ROWS[1:])
    proof = snapshot.rule_proof(ROWS[0].rule_id)
    assert proof_holds(proof=proof, manifest=snapshot.manifest)
    foreign = snapshot.rule_proof(ROWS[1].rule_id)
    wrong: list[Any] = [
        replace(proof, row=foreign.row),
        replace(proof, place=foreign.place),
        replace(proof, place=-1),
        replace(proof, block=proof.block[:-1]),
        replace(proof, block=proof.block + b"0"),
        replace(proof, block=b""),
        replace(proof, path=replace(proof.path, index=1)),
        replace(proof, kind=Kind.CATALOGUE),
        replace(proof, kind=Kind.TEMPLATES),
        replace(proof, row={**proof.row, "title": "other"}),
        replace(proof, row={**proof.row, "parameters": {"sex": "M"}}),
        replace(proof, row={**proof.row, "source": {**proof.row["source"], "line": 2}}),
        replace(proof, row={**proof.row, "source": {**proof.row["source"], "batch": "2"}}),
        replace(proof, row={**proof.row, "valid_to": "2027-01-01"}),
        replace(proof, snapshot_id=other.id),
        replace(proof, row={**proof.row, "status": "retired"}),
        replace(proof, row={**proof.row, "extra": 1}),
        replace(proof, row={**proof.row, "rate": 0.5}),
    ]
    assert [proof_holds(proof=one, manifest=snapshot.manifest) for one in wrong] == [False] * len(wrong)
    for manifest in (other.manifest, {}, {**snapshot.manifest, "as_of": "2025-01-02"}, {**snapshot.manifest, "id": other.id}):
        assert not proof_holds(proof=proof, manifest=manifest)


def test_proofs_of_what_is_not_there_are_refused(build: Compile) -> None:
    snapshot = build()
    with pytest.raises(NotFound):
        snapshot.rule_proof("r0")
    with pytest.raises(NotFound):
        snapshot.template_proof("colour")
