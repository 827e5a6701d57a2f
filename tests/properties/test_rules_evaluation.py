"""Evaluation for any rows and facts: independent of order, and the rows of the hits alone give the same hits."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.judging.evaluation import RowIndex, evaluate_rows, examine
from anpei.rules.model import Evaluation, RuleFacts, RuleRow, Source, Status, Subject, Value, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot, no_catalogue
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.templates.library import explain, load_templates
from anpei.rules.templates.template import template_from

TEMPLATES = load_templates(shipped_rulebook())
ON = date(2025, 6, 30)
KEYS = ("A", "B", "C", "D")
DAYS = st.integers(-20, 20).map(lambda days: ON + timedelta(days=days))
SMALL = st.integers(1, 20)
QUANTITIES = st.sampled_from([500, 1000, 2000, 24000])
PREFIXES = st.sampled_from(["K25", "K26", "J18", "J1", "I10.x"])

PARAMETERS: Mapping[str, st.SearchStrategy[dict[str, Value]]] = {
    "sex": st.fixed_dictionaries({"sex": st.sampled_from("MF")}),
    "age": st.one_of(
        st.fixed_dictionaries({"age_max_years": SMALL}),
        st.fixed_dictionaries({"age_min_years": SMALL, "age_max_years": SMALL}),
        st.fixed_dictionaries({"age_min_days": SMALL}),
    ),
    "insurance-type": st.fixed_dictionaries({"insurance_type": st.sampled_from(["work_injury", "maternity"])}),
    "indication": st.fixed_dictionaries({"icd_prefixes": st.lists(PREFIXES, min_size=1, max_size=3, unique=True).map(tuple)}),
    "mutual-exclusion": st.fixed_dictionaries({"other": st.sampled_from(KEYS), "same_day": st.booleans()}),
    "frequency-day": st.fixed_dictionaries({"max_quantity": QUANTITIES}),
    "frequency-stay": st.fixed_dictionaries({"max_quantity": QUANTITIES}),
    "frequency-window": st.fixed_dictionaries({"max_quantity": QUANTITIES, "window_days": SMALL}),
    "course": st.one_of(st.fixed_dictionaries({"max_days": SMALL}), st.fixed_dictionaries({"max_span_days": SMALL})),
}


@st.composite
def rule_rows(draw: st.DrawFn) -> RuleRow:
    name = draw(st.sampled_from(sorted(PARAMETERS)))
    subject, values, start = draw(st.sampled_from(KEYS)), draw(PARAMETERS[name]), draw(DAYS)
    end = draw(st.one_of(st.none(), SMALL.map(lambda days: start + timedelta(days=days))))
    status = draw(st.sampled_from([Status.LIVE, Status.LIVE, Status.SHADOW, Status.RETIRED]))
    rule_id = rule_id_for(template_id=name, subject=subject, parameters=values, valid_from=start, document="test")
    return RuleRow(rule_id, name, subject, values, start, Source("test"), end, status, f"item {subject}")


@st.composite
def rule_facts(draw: st.DrawFn) -> RuleFacts:
    subjects = [
        Subject(
            id=str(number),
            keys=tuple(draw(st.lists(st.sampled_from([*KEYS, "Z"]), min_size=1, max_size=2))),
            day=draw(st.one_of(st.none(), DAYS, DAYS)),
            quantity=draw(QUANTITIES),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    attributes: dict[str, Value] = {
        "sex": draw(st.sampled_from(["M", "F", None])),
        "age_days": draw(st.one_of(st.none(), st.integers(0, 9000))),
        "stay_days": draw(st.one_of(st.none(), SMALL)),
        "insurance_type": draw(st.sampled_from(["basic", "work_injury", None])),
    }
    labels = draw(st.lists(st.sampled_from(["K25.300", "J18.900", "J10.100", "I10.x00"]), max_size=3, unique=True))
    return RuleFacts(subjects=tuple(subjects), attributes=attributes, labels=tuple(labels))


ROWS = st.lists(rule_rows(), max_size=25, unique_by=lambda row: row.rule_id)


def judged(facts: RuleFacts, rows: list[RuleRow], *, shadow: bool = False) -> Evaluation:
    return examine(facts=facts, source=RowIndex(rows), templates=TEMPLATES, on=ON, shadow=shadow)


@given(facts=rule_facts(), rows=ROWS, shadow=st.booleans(), data=st.data())
def test_the_order_of_rows_does_not_matter(facts: RuleFacts, rows: list[RuleRow], shadow: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert judged(facts, shuffled, shadow=shadow) == judged(facts, rows, shadow=shadow)


@given(facts=rule_facts(), rows=ROWS, shadow=st.booleans())
def test_the_rows_of_the_hits_alone_give_the_same_hits(facts: RuleFacts, rows: list[RuleRow], shadow: bool) -> None:
    whole = judged(facts, rows, shadow=shadow)
    named = {rule_id for hit in whole.hits for rule_id in hit.rule_ids}
    handful = [row for row in rows if row.rule_id in named]
    assert evaluate_rows(facts=facts, rows=handful, templates=TEMPLATES, on=ON, shadow=shadow) == whole.hits


@given(facts=rule_facts(), rows=ROWS)
def test_the_rows_left_open_alone_are_left_open_alike(facts: RuleFacts, rows: list[RuleRow]) -> None:
    whole = judged(facts, rows)
    named = {rule_id for item in whole.undecided for rule_id in item.rule_ids}
    assert judged(facts, [row for row in rows if row.rule_id in named]).undecided == whole.undecided


@given(facts=rule_facts(), rows=ROWS)
def test_shadow_rows_change_nothing_that_counts(facts: RuleFacts, rows: list[RuleRow]) -> None:
    plain, with_shadow = judged(facts, rows), judged(facts, rows, shadow=True)
    assert tuple(hit for hit in with_shadow.hits if hit.status is Status.LIVE) == plain.hits
    assert all(hit.status is Status.LIVE for hit in plain.hits)


@given(facts=rule_facts(), rows=ROWS)
def test_every_hit_names_rows_in_force_subjects_that_are_there_and_can_be_explained(facts: RuleFacts, rows: list[RuleRow]) -> None:
    by_id, subjects = {row.rule_id: row for row in rows}, {subject.id: subject for subject in facts.subjects}
    result = judged(facts, rows)
    for hit in result.hits:
        for rule_id in hit.rule_ids:
            assert by_id[rule_id].in_force(ON)
            assert by_id[rule_id].status is Status.LIVE
        assert by_id[hit.rule_id].subject in subjects[hit.subject_ids[0]].keys
        assert set(hit.subject_ids) <= set(subjects)
        assert "{" not in explain(TEMPLATES[hit.template_id], hit) + explain(TEMPLATES[hit.template_id], hit, language="en")
    keys = {key for subject in facts.subjects for key in subject.keys}
    assert result.considered == sum(row.subject in keys and row.in_force(ON) and row.status is Status.LIVE for row in rows)


@given(facts=rule_facts(), rows=ROWS)
def test_what_is_unknown_never_makes_a_hit_that_knowing_would_not(facts: RuleFacts, rows: list[RuleRow]) -> None:
    """Without attributes, days and labels there are only hits that stand on quantities and on what meets what."""
    blind = RuleFacts(tuple(Subject(subject.id, subject.keys, None, subject.quantity) for subject in facts.subjects))
    hits = judged(blind, rows).hits
    assert {hit.template_id for hit in hits} <= {"frequency-stay", "mutual-exclusion"}
    assert all(hit.row_values.get("same_day") is not True for hit in hits)


@settings(max_examples=40)
@given(facts=rule_facts(), rows=ROWS)
def test_a_snapshot_and_its_proofs_give_the_same_hits_as_the_rows(facts: RuleFacts, rows: list[RuleRow]) -> None:
    with TemporaryDirectory() as folder:
        snapshot = compile_snapshot(rows, TEMPLATES, no_catalogue, Path(folder), as_of=ON)
        result = examine_snapshot(facts=facts, snapshot=snapshot, on=ON)
        assert result == judged(facts, rows)
        proven = [snapshot.row(rule_id) for hit in result.hits for rule_id in hit.rule_ids]
        templates = [template_from(snapshot.template_proof(name).row) for name in {hit.template_id for hit in result.hits}]
        unique = {row.rule_id: row for row in proven}.values()
        assert evaluate_rows(facts=facts, rows=unique, templates=templates, on=ON) == result.hits
