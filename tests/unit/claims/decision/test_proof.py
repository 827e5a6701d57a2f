"""A proof recomputes offline; whatever is changed in it is named, even when the changer also re-seals it."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from anpei.claims.decision import proof
from anpei.claims.decision.adjudication import adjudicate, rule_facts_of
from anpei.claims.decision.verification import ProofUnreadable, verify
from anpei.kernel.canonical import canonical
from anpei.rules.model import RuleRow, Source, rule_id_for
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.trust.signing import Signer
from tests.factories import cases, readings

AT = datetime(2026, 10, 10, 8, 0, tzinfo=UTC)
ON = date(2026, 10, 3)
SIGNER = Signer.fresh()


def row(template: str, subject: str, **parameters: Any) -> RuleRow:
    """A rule row for the snapshot of a case."""
    since = date(2020, 1, 1)
    number = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=since, document="d")
    return RuleRow(number, template, subject, parameters, since, Source("d"), title=subject)


def made(folder: Path, *more: RuleRow, sex: str = "F", with_uterus: bool = False) -> dict[str, Any]:
    """The proof of the clean case, or of one with an item for women, or with more rules."""
    rows = [readings.item("普通门诊诊查费", "10.00", code=cases.VISIT), readings.item("血常规", "422.60", code=cases.BLOOD)]
    if with_uterus:
        rows[1] = readings.item("子宫附件超声", "422.60", code=cases.UTERUS, insurance_class="乙")
    inputs = cases.inputs(cases.pages(rows=rows), sex=sex)
    snapshot = cases.snapshot(folder, *more)
    result = examine_snapshot(
        facts=rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers), snapshot=snapshot, on=ON
    )
    hits = tuple(hit.as_data() for hit in result.hits)
    outputs = adjudicate(inputs=inputs, hits=hits)
    claim = {"id": "c1", "claim_no": "AP1", "round": 1, "insurer_id": "i1", "policy_id": "p1"}
    return proof.build(
        signer=SIGNER, claim=claim, inputs=inputs, rules_on=ON, snapshot=snapshot, outputs={**outputs.to_dict(), "hits": list(hits)},
        decision=outputs.decision.to_dict(), at=AT,
    )  # fmt: skip


def resealed(changed: dict[str, Any]) -> dict[str, Any]:
    """What a forger with the key would do: seal the changed body again."""
    digests = proof.part_digests(changed["body"])
    seal = changed["seal"] | {"signature": SIGNER.sign(canonical({"digests": digests})), "over": proof.digest({"digests": digests})}
    return {"body": changed["body"], "digests": digests, "seal": seal}


def test_a_proof_holds_after_a_journey_through_a_file(tmp_path: Path) -> None:
    read = json.loads(canonical(made(tmp_path)))
    assert verify(read, trusted_key=SIGNER.public_key_b64) == []


def test_no_name_number_or_account_is_in_a_proof(tmp_path: Path) -> None:
    text = canonical(made(tmp_path)).decode()
    for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT):
        assert secret not in text


def test_the_hits_are_evaluated_again(tmp_path: Path) -> None:
    forged = made(tmp_path, sex="M", with_uterus=True)
    assert [hit["finding"] for hit in forged["body"]["outputs"]["hits"]] == ["rule.sex"]
    assert verify(forged) == []
    forged["body"]["outputs"]["hits"] = []
    assert verify(resealed(forged))[0].place == "hits"


def test_a_row_that_cleared_another_line_comes_along(tmp_path: Path) -> None:
    """The visit has no row of its own that fits; the blood test has one. Judged by the hit's row alone, it would be hit as well."""
    probe = made(tmp_path / "probe")
    code = next(item["code"] for item in probe["body"]["inputs"]["facts"]["diagnoses"] if item["code"])
    common, own = row("indication", "00*", icd_prefixes=("Z99",)), row("indication", cases.BLOOD, icd_prefixes=(code[:3],))
    proven = made(tmp_path / "whole", common, own)
    assert [hit["rule_ids"] for hit in proven["body"]["outputs"]["hits"]] == [[common.rule_id]]
    assert {proof["row"]["rule_id"] for proof in proven["body"]["rows"]["rules"]} == {common.rule_id, own.rule_id}
    assert verify(proven) == []


def test_rules_are_told_amounts_names_and_the_hospital() -> None:
    inputs = cases.inputs()
    told = rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    assert [(subject.amount, subject.name) for subject in told.subjects[:2]] == [(1000, "普通门诊诊查费"), (42260, "血常规")]
    assert (told.attributes["visit_kind"], told.attributes["provider_grade"]) == ("outpatient", 3)
    assert told.attributes["provider"] == cases.PROVIDER["name"]
    assert rule_facts_of(facts=inputs.facts, items=inputs.items, providers={}).attributes["provider_grade"] is None
    assert told.label_names == tuple(sorted(item["name"] for item in inputs.facts["diagnoses"]))


def set_at(body: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at a dotted path."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = body
    for part in way:
        place = place[part]
    place[last] = value


FORGERIES: list[tuple[str, Any, str]] = [
    ("outputs/assessment/total_fen", 36608, "assessment.total_fen"),
    ("inputs/facts/bills/0/total_fen", 53260, "findings"),
    ("inputs/accumulators/used", [{"name": "annual_limit_used", "period_key": "year:2026-01-01", "used": 490000}], "assessment"),
    ("inputs/automation/on", False, "lane"),
    ("decision/total_fen", 36608, "decision.total_fen"),
    ("rows/catalogue/0/row/word", 1, "rows.catalogue[0]"),
]


@pytest.mark.parametrize(("path", "value", "named"), FORGERIES)
def test_a_forger_with_the_key_is_still_caught_at_the_step(tmp_path: Path, path: str, value: Any, named: str) -> None:
    forged = copy.deepcopy(made(tmp_path))
    set_at(forged["body"], path, value)
    places = [item.place for item in verify(resealed(forged))]
    assert any(place.startswith(named) for place in places), places


def test_one_changed_byte_anywhere_is_noticed_and_named(tmp_path: Path) -> None:
    raw = canonical(made(tmp_path))
    for position in range(0, len(raw), 997):
        changed = bytearray(raw)
        changed[position] ^= 1
        try:
            read = json.loads(changed.decode())
        except (ValueError, UnicodeDecodeError):
            continue
        try:
            found = verify(read, trusted_key=SIGNER.public_key_b64)
        except ProofUnreadable:
            continue
        assert found, f"byte {position} was changed and nothing was noticed"


@pytest.mark.parametrize(("part", "value"), [("key_id", "0000000000000000"), ("algorithm", "none"), ("over", "0" * 64)])
def test_a_seal_that_names_itself_wrongly_is_noticed(tmp_path: Path, part: str, value: str) -> None:
    forged = made(tmp_path)
    forged["seal"] = forged["seal"] | {part: value}
    assert [item.place for item in verify(forged, trusted_key=SIGNER.public_key_b64)] == [f"seal.{part}"]
    assert [item.place for item in verify(forged)] == [f"seal.{part}"]


def test_the_snapshot_shows_that_no_other_row_applied(tmp_path: Path) -> None:
    body = made(tmp_path / "a", sex="M", with_uterus=True)
    snapshot = cases.snapshot(tmp_path / "a")
    assert verify(body, snapshot=snapshot) == []
    hidden = copy.deepcopy(body)
    hidden["body"]["rows"]["rules"], hidden["body"]["outputs"]["hits"] = [], []
    outputs = adjudicate(inputs=cases.inputs(sex="M"), hits=()).to_dict()
    hidden["body"]["outputs"]["findings"] = outputs["findings"]
    assert any(item.place.startswith("snapshot.hits") for item in verify(resealed(hidden), snapshot=snapshot))


@pytest.mark.parametrize("damage", [lambda p: p.pop("seal"), lambda p: p.pop("body"), lambda p: p["body"].update(format="x")])
def test_what_cannot_be_recomputed_says_so(tmp_path: Path, damage: Callable[[dict[str, Any]], Any]) -> None:
    broken = made(tmp_path)
    damage(broken)
    with pytest.raises(ProofUnreadable):
        verify(broken)


def test_a_missing_part_is_named_even_though_nothing_can_be_recomputed(tmp_path: Path) -> None:
    broken = made(tmp_path)
    del broken["body"]["inputs"]
    places = [item.place for item in verify(broken)]
    assert "inputs.facts" in places
    assert places[-1] == "recomputation"


def test_another_key_is_named(tmp_path: Path) -> None:
    assert verify(made(tmp_path), trusted_key=Signer.fresh().public_key_b64)[0].place == "seal.public_key"
