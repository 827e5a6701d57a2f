"""The closed list of changes: ranked by fen, only what is possible, of each kind the best; the data names nothing unknown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anpei.claims.decision.adjudication import adjudicate
from anpei.claims.what_if.changes import Around, Difference, Instead, load_changes, most_important
from anpei.claims.what_if.forecast import Case, Forecast, Verdict, forecast
from anpei.engines.knowledge import shipped_rulebook
from tests.factories import cases

CHANGES = load_changes(shipped_rulebook())
TODAY = date(2026, 10, 10)


def evaluate(case: Case) -> Forecast:
    """A case by audit, benefit and decision; catalogue and register as in the clean case."""
    clean = cases.inputs()
    inputs = replace(clean, facts=case.facts, terms=case.terms, accumulators=case.accumulators)
    outputs = adjudicate(inputs=inputs, hits=())
    return forecast(case=case, inputs=inputs, outputs=outputs, in_question=CHANGES.in_question)


def case_of(*, terms: Any = None, accumulators: Any = None, event: Any = None, **bill: Any) -> Case:
    """The clean case with a changed bill."""
    clean = cases.inputs()
    facts = {**clean.facts, "product": {"id": "small-outpatient", "plan": "standard"}, "declared_by": {}}
    facts |= {"bills": [{**clean.facts["bills"][0], **bill}], "event": {**clean.facts["event"], **(event or {})}}
    return Case(facts, terms or clean.terms, accumulators or clean.accumulators)


def found(case: Case, **around: Any) -> tuple[Difference, ...]:
    """The changes that matter most."""
    near = {"today": TODAY, "hospital": None, "instead": (), "plans": ()} | around
    return most_important(now=evaluate(case), around=Around(**near), file=CHANGES, evaluate=evaluate)


def test_a_better_plan_is_offered_and_a_worse_one_is_not() -> None:
    [plan] = found(case_of(), plans=(cases.terms(plan="plus"),))
    assert (plan.change.id, plan.gain_fen, plan.forecast.sure_fen) == ("plan", 8_000, 34_608)
    worse = case_of(terms=cases.terms(plan="plus"))
    assert found(worse, plans=(cases.terms(),)) == ()


def test_both_sentences_say_the_amounts() -> None:
    [plan] = found(case_of(), plans=(cases.terms(plan="plus"),))
    assert plan.text("zh").startswith("同样的费用在“升级款”下赔付346.08元，比现在多80.00元")
    assert plan.text("en").startswith("Under “Plus” the same cost pays ¥346.08, ¥80.00 more")


def test_what_lies_in_the_past_is_not_offered_to_be_changed() -> None:
    case = case_of(event={"occurred_on": "2026-10-03"}, self_paid_fen=42_260, own_expense_fen=1_000)
    key = f"{case.facts['bills'][0]['bill_id']}/1.1"
    swap = Instead(line=key, name="血常规", code=cases.BLOOD, item="普通门诊诊查费")
    assert found(case, instead=(swap,)) == ()
    ahead = replace(case, facts={**case.facts, "event": {**case.facts["event"], "occurred_on": "2026-10-10"}})
    [item] = found(ahead, instead=(swap,))
    assert (item.change.id, item.gain_fen) == ("item", 800)


def test_nothing_counts_as_sure_while_the_cover_is_in_question() -> None:
    now = evaluate(case_of(hospital="无名诊所"))
    assert (now.verdict, now.total_fen, now.sure_fen) == (Verdict.PERSON, 26_608, 0)


def test_an_accident_that_nothing_shows_puts_the_cover_in_question() -> None:
    case = case_of(event={"cause": "accident", "cause_shown": False})
    young = {**case.facts, "policy": {**case.facts["policy"], "start_on": "2026-09-20"}}
    now = evaluate(replace(case, facts=young))
    assert (now.verdict, now.sure_fen, now.reasons) == (Verdict.PERSON, 0, ("declared.cause_unconfirmed",))


def test_a_hospital_is_offered_only_where_the_hospital_is_the_matter() -> None:
    hospital = (cases.PROVIDER["name"], cases.PROVIDER["grade"])
    assert found(case_of(event={"occurred_on": "2026-10-10"}), hospital=hospital) == ()


def pet(day: str, *, start: str = "2026-01-01") -> Case:
    """A visit with the pet outside of the network."""
    clean = cases.inputs()
    terms = cases.terms("pet-medical", "premium")
    event = {**clean.facts["event"], "kind": "pet_treatment", "occurred_on": day}
    visits = [{"id": "001", "treated_on": day, "bill": 100_000, "network": False}]
    facts = {
        **clean.facts, "bills": [], "event": event, "declared_by": {}, "declared": {"effective_on": start, "visits": visits},
        "policy": {**clean.facts["policy"], "start_on": start, "end_on": "2027-09-30"},
    }  # fmt: skip
    return Case(facts, terms, replace(clean.accumulators, policy_start_on=date.fromisoformat(start)))


def test_a_column_that_a_person_can_choose() -> None:
    [network] = found(pet("2026-10-10"))
    assert (network.change.id, network.forecast.sure_fen, network.gain_fen) == ("network", 75_000, 25_000)
    assert found(pet("2026-10-03")) == ()


def test_waiting_moves_the_days_of_the_event_and_not_those_of_the_policy() -> None:
    changes = {one.change.id: one for one in found(pet("2026-10-20", start="2026-10-01"))}
    declared = changes["wait"].forecast.case.facts["declared"]
    assert (declared["visits"][0]["treated_on"], declared["effective_on"]) == ("2026-10-31", "2026-10-01")
    assert changes["wait"].forecast.sure_fen == 50_000


@pytest.mark.parametrize("name", sorted({change.do for change in CHANGES.changes}))
def test_every_kind_of_change_stands_in_the_shipped_list_once(name: str) -> None:
    assert [change.do for change in CHANGES.changes].count(name) == 1


def test_at_most_three_largest_first() -> None:
    plans = tuple(_cheaper(cases.terms(), fen) for fen in (9_000, 5_000, 1_000))
    [best] = found(case_of(), plans=plans)
    assert (best.gain_fen, best.forecast.sure_fen) == (7_200, 33_808)


def _cheaper(terms: Any, deductible_fen: int) -> Any:
    """The terms with another deductible."""
    change: Callable[[Any], Any] = lambda p: replace(p, value=deductible_fen) if p.name == "visit_deductible" else p  # noqa: E731
    return replace(terms, parameters=tuple(change(one) for one in terms.parameters))
