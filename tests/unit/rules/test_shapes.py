"""The shapes beyond single rows: patterns as subjects, groups of rows, what is absent, rows that share their parameters, intervals."""

from collections.abc import Mapping
from datetime import date

import pytest

from anpei.rules.judging.evaluation import RowIndex, evaluate_rows, examine
from anpei.rules.model import Evaluation, RuleFacts, RuleRow, Source, Status, Subject, Value
from anpei.rules.templates.template import Template, template_from

Templates = Mapping[str, Template]
START, ON = date(2025, 1, 1), date(2025, 6, 30)
FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)


def row(rule_id: str, template_id: str, subject: str, *, status: Status = Status.LIVE, **values: Value) -> RuleRow:
    """A row with a short id."""
    return RuleRow(rule_id, template_id, subject, values, START, Source("test"), None, status, f"item {subject}")


def line(id: str, *keys: str, day: date | None = FIRST, quantity: int = 1000, name: str = "", amount: int | None = None) -> Subject:
    """A line."""
    return Subject(id, keys, day, quantity, amount, name)


def judged(templates: Templates, rows: list[RuleRow], *lines: Subject, names: tuple[str, ...] = (), **known: Value) -> Evaluation:
    """The evaluation; the same whatever the order of the rows, and each hit again from its own rows alone."""
    facts = RuleFacts(lines, known, (), names)
    result = examine(facts=facts, source=RowIndex(rows), templates=templates, on=ON, shadow=True)
    assert examine(facts=facts, source=RowIndex(rows[::-1]), templates=templates, on=ON, shadow=True) == result
    for hit in result.hits:
        own = [one for one in rows if one.rule_id in hit.rule_ids]
        assert hit in evaluate_rows(facts=facts, rows=own, templates=templates, on=ON, shadow=True)
    return result


def hits(result: Evaluation) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Rules and subjects of the hits."""
    return [(hit.rule_ids, hit.subject_ids) for hit in result.hits]


def left(result: Evaluation) -> list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """Rules, subjects and what is missing of the undecided rows."""
    return [(item.rule_ids, item.subject_ids, item.missing) for item in result.undecided]


# --- patterns as subjects ------------------------------------------------------------------------------------------


def test_every_row_whose_pattern_names_a_subject_applies_and_is_considered_once(templates: Templates) -> None:
    named = (("r1", "A1"), ("r2", "A1*"), ("r3", "A*管*"), ("r4", "B*"))
    rows = [row(rule_id, "sex", subject, sex="F") for rule_id, subject in named]
    result = judged(templates, rows, line("1", "A1"), line("2", "A12", name="导管"), sex="M")
    assert hits(result) == [(("r1",), ("1",)), (("r2",), ("1",)), (("r2",), ("2",)), (("r3",), ("2",))]
    assert result.considered == 3


def test_the_subjects_of_a_prefix_are_summed_together(templates: Templates) -> None:
    rows = [row("r1", "frequency-day", "A*", max_quantity=1000)]
    result = judged(templates, rows, line("1", "A1"), line("2", "A2"), line("3", "A3", day=SECOND), line("4", "B1"))
    assert hits(result) == [(("r1",), ("1", "2"))]


def test_the_other_may_be_a_pattern_and_never_is_the_subject_itself(templates: Templates) -> None:
    rows = [row("r1", "mutual-exclusion", "A1", other="A*", same_day=True)]
    assert hits(judged(templates, rows, line("1", "A1"))) == []
    assert hits(judged(templates, rows, line("1", "A1"), line("2", "A2"), line("3", "A3"))) == [(("r1",), ("1", "2", "3"))]


def test_rows_of_several_patterns_clear_one_subject_together(templates: Templates) -> None:
    rows = [row("r1", "indication-words", "A*", words=("癌",)), row("r2", "indication-words", "A1", words=("炎",))]
    assert hits(judged(templates, rows, line("1", "A1"), names=("肺炎",))) == []
    result = judged(templates, rows, line("1", "A1"), line("2", "A2"), names=("骨折", "高血压"))
    assert hits(result) == [(("r1", "r2"), ("1",)), (("r1",), ("2",))]
    assert result.hits[0].fact_values == {"label_names": ("骨折", "高血压")}
    assert left(judged(templates, rows, line("1", "A1"))) == [(("r1", "r2"), ("1",), ("label.name",))]


# --- absent --------------------------------------------------------------------------------------------------------


def test_what_is_absent_is_absent_for_all_rows_of_a_subject(templates: Templates) -> None:
    rows = [row("r1", "linked", "C*管*", other="X*"), row("r2", "linked", "C*鼻管*", other="Y"), row("r3", "linked", "D", other="Z")]
    tube = line("1", "C1", name="鼻管")
    assert hits(judged(templates, rows, tube)) == [(("r1", "r2"), ("1",))]
    assert hits(judged(templates, rows, tube, line("2", "Y"))) == []
    assert hits(judged(templates, rows, tube, line("2", "X9"))) == []
    assert hits(judged(templates, rows, line("1", "C1", name="导管"), line("2", "Y"))) == [(("r1",), ("1",))]


def test_each_subject_lacks_on_its_own_and_does_not_fulfil_itself(templates: Templates) -> None:
    rows = [row("r1", "linked", "A*", other="A*")]
    assert hits(judged(templates, rows, line("1", "A1"))) == [(("r1",), ("1",))]
    assert hits(judged(templates, rows, line("1", "A1"), line("2", "A2"))) == []


def test_live_and_shadow_rows_do_not_clear_each_other(templates: Templates) -> None:
    rows = [row("r1", "linked", "A", other="X"), row("r2", "linked", "A", other="Y", status=Status.SHADOW)]
    result = judged(templates, rows, line("1", "A"), line("2", "Y"))
    assert [(hit.rule_ids, hit.status) for hit in result.hits] == [(("r1",), Status.LIVE)]


def test_quantities_of_the_others_are_summed_over_all_rows_of_a_subject(templates: Templates) -> None:
    rows = [row("r1", "surcharge-times", "A", main="M", max_per_main=1), row("r2", "surcharge-times", "A", main="N*", max_per_main=1)]
    extras = (line("1", "A", quantity=2000), line("2", "A"))
    assert hits(judged(templates, rows, *extras, line("3", "M"), line("4", "N1"))) == [(("r1", "r2"), ("1", "2", "3", "4"))]
    result = judged(templates, rows, *extras, line("3", "M"), line("4", "N1", quantity=2000))
    assert hits(result) == []
    (hit,) = judged(templates, rows, line("1", "A", quantity=2000), line("2", "M")).hits
    assert hit.fact_values == {"others.lines": 1, "subject.quantity": 2000, "others.quantity": 1000}


def test_one_row_that_is_not_lacking_clears(templates: Templates) -> None:
    rows = [row("r1", "surcharge-times", "A", main="M", max_per_main=1), row("r2", "surcharge-times", "A", main="M", max_per_main=3)]
    assert hits(judged(templates, rows, line("1", "A", quantity=3000), line("2", "M"))) == []
    assert hits(judged(templates, rows, line("1", "A", quantity=3001), line("2", "M"))) == [(("r1", "r2"), ("1", "2"))]


@pytest.fixture
def same_day(templates: Templates) -> Templates:
    """The template ``linked`` whose other must be there on the same day."""
    changed = template_from(dict(templates["linked"].data) | {"predicate": "subject.day == other.day"})
    return {"linked": changed}


def test_an_other_that_perhaps_counts_leaves_it_open(same_day: Templates) -> None:
    rows = [row("r1", "linked", "A", other="X*")]
    assert hits(judged(same_day, rows, line("1", "A"), line("2", "X1", day=SECOND))) == [(("r1",), ("1",))]
    assert hits(judged(same_day, rows, line("1", "A"), line("2", "X1"))) == []
    result = judged(same_day, rows, line("1", "A"), line("2", "X1", day=SECOND), line("3", "X2", day=None))
    assert (hits(result), left(result)) == ([], [(("r1",), ("1", "3"), ("other.day",))])


def changed(template: Template, **values: object) -> Templates:
    """A template with other parts."""
    return {template.id: template_from(dict(template.data) | values)}


def test_a_lack_that_is_unknown_leaves_it_open_and_says_what_is_missing(templates: Templates) -> None:
    counted = changed(templates["linked"], lack="others.lines < fact.wanted", facts=[{"name": "wanted", "type": "int"}])
    rows = [row("r1", "linked", "A", other="X")]
    assert left(judged(counted, rows, line("1", "A"))) == [(("r1",), ("1",), ("fact.wanted",))]
    assert hits(judged(counted, rows, line("1", "A"), line("2", "X"), wanted=2)) == [(("r1",), ("1", "2"))]
    assert hits(judged(counted, rows, line("1", "A"), line("2", "X"), wanted=1)) == []


def test_an_other_that_one_row_meets_counts_once_though_another_row_is_unsure(templates: Templates) -> None:
    unsure = changed(templates["surcharge-times"], predicate="row.max_per_main == 1 or subject.day == other.day")
    rows = [row("r1", "surcharge-times", "A", main="M", max_per_main=1), row("r2", "surcharge-times", "A", main="M", max_per_main=2)]
    result = judged(unsure, rows, line("1", "A", quantity=3000), line("2", "M", day=None))
    assert (hits(result), left(result)) == ([(("r1", "r2"), ("1", "2"))], [])


def test_the_others_stand_in_the_order_of_the_facts(templates: Templates) -> None:
    rows = [row("r1", "surcharge-times", "A", main="N", max_per_main=0), row("r2", "surcharge-times", "A", main="M", max_per_main=0)]
    assert hits(judged(templates, rows, line("1", "M"), line("2", "A"), line("3", "N"))) == [(("r1", "r2"), ("2", "1", "3"))]


# --- shared --------------------------------------------------------------------------------------------------------


def test_rows_with_the_same_parameters_are_judged_together_day_by_day(templates: Templates) -> None:
    rows = [row(f"r{number}", "main-secondary", f"A{number}", group="G") for number in (1, 2, 3)]
    rows += [row("r9", "main-secondary", "A3", group="H")]
    lines = (line("1", "A1"), line("2", "A3"), line("3", "A1", day=SECOND), line("4", "A2", day=SECOND), line("5", "A3", day=ON))
    result = judged(templates, rows, *lines)
    assert hits(result) == [(("r1", "r3"), ("1", "2")), (("r1", "r2"), ("3", "4"))]
    assert result.hits[0].fact_values == {"subject.kinds": 2, "subject.quantity": 2000}
    assert result.hits[0].shown["group"] == "G"


def test_members_stand_in_the_order_of_the_facts_and_once(templates: Templates) -> None:
    rows = [
        row("r1", "main-secondary", "A2", group="G"),
        row("r2", "main-secondary", "A1", group="G"),
        row("r3", "main-secondary", "A*", group="G"),
    ]
    assert hits(judged(templates, rows, line("1", "A1"), line("2", "A2"))) == [(("r1", "r2", "r3"), ("1", "2"))]


def test_other_parameters_or_another_status_are_another_group(templates: Templates) -> None:
    rows = [row("r1", "main-secondary", "A1", group="G", rate_bp=5000), row("r2", "main-secondary", "A2", group="G")]
    assert hits(judged(templates, rows, line("1", "A1"), line("2", "A2"))) == []
    rows = [row("r1", "main-secondary", "A1", group="G"), row("r2", "main-secondary", "A2", group="G", status=Status.SHADOW)]
    assert hits(judged(templates, rows, line("1", "A1"), line("2", "A2"))) == []


@pytest.mark.parametrize(("quantities", "found"), [((1000, 500), 0), ((1000, 501), 1), ((1000, 500, 500), 0), ((1000, 1000, 500), 1)])
def test_a_rate_is_kept_when_the_quantities_show_it(templates: Templates, quantities: tuple[int, ...], found: int) -> None:
    rows = [row(f"r{number}", "main-secondary", f"A{number}", group="G", rate_bp=5000) for number in range(3)]
    lines = [line(str(place), f"A{place}", quantity=quantity) for place, quantity in enumerate(quantities)]
    assert len(hits(judged(templates, rows, *lines))) == found


def test_without_days_a_group_stays_open_only_if_it_would_hit_on_one_day(templates: Templates) -> None:
    rows = [row(f"r{number}", "main-secondary", f"A{number}", group="G") for number in (1, 2)]
    assert left(judged(templates, rows, line("1", "A1"), line("2", "A2", day=None))) == [(("r1", "r2"), ("1", "2"), ("subject.day",))]
    assert left(judged(templates, rows, line("1", "A1", day=None), line("2", "A1", day=None))) == []


# --- interval ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age_days", "quantity", "found"),
    [
        (2000, 2000, []),
        (2000, 2001, ["r1"]),
        (2192, 4001, ["r2"]),
        (2191, 4000, ["r1"]),
        (3000, 3001, []),
        (8000, 9000, ["r3"]),
        (36500, 5001, ["r3"]),
    ],
)
def test_only_the_row_whose_interval_holds_the_value_applies(templates: Templates, age_days: int, quantity: int, found: list[str]) -> None:
    rows = [
        row("r1", "frequency-day-by-age", "A", to_years=5, max_quantity=2000),
        row("r2", "frequency-day-by-age", "A", from_years=6, to_years=17, max_quantity=4000),
        row("r3", "frequency-day-by-age", "A", from_years=18, max_quantity=5000),
    ]
    result = judged(templates, rows, line("1", "A", quantity=quantity), age_days=age_days)
    assert [hit.rule_id for hit in result.hits] == found
    assert result.undecided == ()


def test_an_unknown_value_leaves_only_rows_open_that_could_hit(templates: Templates) -> None:
    rows = [
        row("r1", "frequency-day-by-age", "A", to_years=5, max_quantity=2000),
        row("r2", "frequency-day-by-age", "A", from_years=6, max_quantity=4000),
    ]
    result = judged(templates, rows, line("1", "A", quantity=3000))
    assert (hits(result), left(result)) == ([], [(("r1",), ("1",), ("fact.age_days",))])


# --- amounts and names ---------------------------------------------------------------------------------------------


def test_an_amount_is_unknown_as_soon_as_one_line_has_none(templates: Templates) -> None:
    rows = [row("r1", "total-amount", "A", max_fen=100)]
    assert hits(judged(templates, rows, line("1", "A", amount=60), line("2", "A", amount=41))) == [(("r1",), ("1", "2"))]
    assert left(judged(templates, rows, line("1", "A", amount=500), line("2", "A"))) == [(("r1",), ("1", "2"), ("subject.amount",))]


def test_a_name_that_is_not_known_is_unknown(templates: Templates) -> None:
    named = changed(templates["total-amount"], predicate='contains(subject.name, "管")')
    rows = [row("r1", "total-amount", "A", max_fen=100)]
    assert hits(judged(named, rows, line("1", "A", name="导管"))) == [(("r1",), ("1",))]
    assert hits(judged(named, rows, line("1", "A", name="支架"))) == []
    assert left(judged(named, rows, line("1", "A"))) == [(("r1",), ("1",), ("subject.name",))]


def test_a_dated_hit_is_enough_and_the_undated_question_is_not_put(templates: Templates) -> None:
    rows = [row("r1", "frequency-day", "A", max_quantity=1000)]
    result = judged(templates, rows, line("1", "A", quantity=2000), line("2", "A", day=None, quantity=9000), stay_days=1)
    assert hits(result) == [(("r1",), ("1",))]
