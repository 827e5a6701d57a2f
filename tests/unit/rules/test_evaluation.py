"""Evaluation: which rows speak about which subjects, what a hit says, and what stays open."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anpei.engines.knowledge import parse_text
from anpei.rules.judging.evaluation import FactsInvalid, RowIndex, evaluate, evaluate_rows, examine
from anpei.rules.model import RuleFacts, RuleRow, Source, Status, Subject, Value, normalise_code, normalise_name, rule_id_for
from anpei.rules.templates.library import explain
from anpei.rules.templates.template import Template, TemplateFile, template_of

Templates = Mapping[str, Template]
START = date(2025, 1, 1)
MARCH = date(2025, 3, 1)


def row(
    template_id: str, subject: str = "A", *, start: date = START, end: date | None = None, status: Status = Status.LIVE, **values: Value
) -> RuleRow:
    """A rule row with its true id."""
    rule_id = rule_id_for(template_id=template_id, subject=subject, parameters=values, valid_from=start, document="test")
    return RuleRow(rule_id, template_id, subject, values, start, Source("test", line=1), end, status, f"item {subject}")


def subject(id: str, *keys: str, day: date | None = MARCH, quantity: int = 1000) -> Subject:
    """A subject; without keys its own id is the key."""
    return Subject(id=id, keys=keys or (id,), day=day, quantity=quantity)


def facts(*subjects: Subject, labels: tuple[str, ...] = (), **attributes: Value) -> RuleFacts:
    """Facts."""
    return RuleFacts(subjects=subjects, attributes=attributes, labels=labels)


def test_a_hit_says_everything_about_itself(templates: Templates, on: date) -> None:
    rule = row("sex", sex="F")
    (hit,) = evaluate_rows(facts=facts(subject("1", "A"), sex="M"), rows=[rule], templates=templates, on=on)
    assert hit.as_data() == {
        "template": "sex",
        "template_digest": templates["sex"].digest,
        "rule_id": rule.rule_id,
        "rule_ids": [rule.rule_id],
        "status": "live",
        "finding": "rule.sex",
        "subjects": ["1"],
        "row": {"sex": "F"},
        "facts": {"fact.sex": "M"},
        "shown": {"allowed": "F", "actual": "M", "title": "item A"},
        "variant": 0,
    }


def test_rows_of_other_subjects_say_nothing(templates: Templates, on: date) -> None:
    result = examine(facts=facts(subject("1", "B"), sex="M"), source=RowIndex([row("sex", sex="F")]), templates=templates, on=on)
    assert (result.hits, result.undecided, result.considered) == ((), (), 0)


@pytest.mark.parametrize(
    ("day", "hits"), [(date(2024, 12, 31), 0), (date(2025, 1, 1), 1), (date(2025, 6, 29), 1), (date(2025, 6, 30), 0), (date(2025, 7, 1), 0)]
)
def test_a_row_is_in_force_from_its_first_day_to_the_day_before_its_end(templates: Templates, day: date, hits: int) -> None:
    rule = row("sex", sex="F", end=date(2025, 6, 30))
    result = examine(facts=facts(subject("1", "A"), sex="M"), source=RowIndex([rule]), templates=templates, on=day)
    assert (len(result.hits), result.considered) == (hits, hits)


@pytest.mark.parametrize(
    ("status", "plain", "with_shadow"), [(Status.LIVE, 1, 1), (Status.SHADOW, 0, 1), (Status.DRAFT, 0, 0), (Status.RETIRED, 0, 0)]
)
def test_the_status_of_a_row_decides(templates: Templates, on: date, status: Status, plain: int, with_shadow: int) -> None:
    given: dict[str, Any] = {
        "facts": facts(subject("1", "A"), sex="M"),
        "rows": [row("sex", sex="F", status=status)],
        "templates": templates,
    }
    assert len(evaluate_rows(**given, on=on)) == plain
    hits = evaluate_rows(**given, on=on, shadow=True)
    assert [hit.status for hit in hits] == [status] * with_shadow


def test_the_status_of_a_template_decides_too(templates: Templates, on: date) -> None:
    for status, wanted in ((Status.SHADOW, [Status.SHADOW]), (Status.RETIRED, []), (Status.DRAFT, [])):
        changed = replace(templates["sex"], file=templates["sex"].file.model_copy(update={"status": status}))
        given: dict[str, Any] = {"facts": facts(subject("1", "A"), sex="M"), "rows": [row("sex", sex="F")], "templates": [changed]}
        assert evaluate_rows(**given, on=on) == ()
        assert [hit.status for hit in evaluate_rows(**given, on=on, shadow=True)] == wanted


def test_a_template_out_of_its_period_is_not_used(templates: Templates) -> None:
    rule = row("sex", sex="F", start=date(2010, 1, 1))
    given: dict[str, Any] = {"facts": facts(subject("1", "A"), sex="M"), "rows": [rule], "templates": templates}
    assert evaluate_rows(**given, on=date(2019, 12, 31)) == ()
    assert len(evaluate_rows(**given, on=date(2020, 1, 1))) == 1


def test_a_row_of_an_unknown_template_is_passed_over(templates: Templates, on: date) -> None:
    result = examine(facts=facts(subject("1", "A")), source=RowIndex([row("colour", colour="red")]), templates=templates, on=on)
    assert (result.hits, result.considered) == ((), 0)


def test_code_and_name_are_both_looked_up_and_one_key_given_twice_counts_once(templates: Templates, on: date) -> None:
    rows = [row("sex", "A", sex="F"), row("sex", "name", sex="F")]
    hits = evaluate_rows(facts=facts(subject("1", "A", "name", "A"), sex="M"), rows=rows, templates=templates, on=on)
    assert sorted(hit.rule_id for hit in hits) == sorted(rule.rule_id for rule in rows)


def test_the_unknown_is_left_open_and_names_what_is_missing(templates: Templates, on: date) -> None:
    rule = row("sex", sex="F")
    result = examine(facts=facts(subject("1", "A"), sex=None), source=RowIndex([rule]), templates=templates, on=on)
    assert (result.hits, result.considered) == ((), 1)
    (left,) = result.undecided
    assert (left.template_id, left.rule_ids, left.subject_ids, left.missing) == ("sex", (rule.rule_id,), ("1",), ("fact.sex",))


def test_order_is_that_of_the_subjects_then_template_then_rule(templates: Templates, on: date) -> None:
    rows = [row("sex", "B", sex="F"), row("sex", "A", sex="F"), row("age", "A", age_max_years=14), row("age", "A", age_max_years=10)]
    given = facts(subject("2", "B"), subject("1", "A"), sex="M", age_days=9000)
    hits = evaluate_rows(facts=given, rows=rows, templates=templates, on=on)
    assert hits == evaluate_rows(facts=given, rows=rows[::-1], templates=dict(reversed(templates.items())), on=on)
    ages = sorted(rule.rule_id for rule in rows[2:])
    assert [(hit.subject_ids[0], hit.rule_id) for hit in hits] == [
        ("2", rows[0].rule_id), ("1", ages[0]), ("1", ages[1]), ("1", rows[1].rule_id),
    ]  # fmt: skip


def test_the_age_is_that_on_the_day_of_evaluation(templates: Templates) -> None:
    rule = row("age", age_max_years=14)
    born, birthday = date(2010, 6, 30), date(2025, 6, 30)
    for day, hits in ((date(2025, 6, 29), 0), (birthday, 1)):
        given = facts(subject("1", "A"), age_days=(day - born).days)
        assert len(evaluate_rows(facts=given, rows=[rule], templates=templates, on=day)) == hits


# --- member --------------------------------------------------------------------------------------------------------


def test_exclusion_names_the_subject_and_all_it_met(templates: Templates, on: date) -> None:
    given = facts(subject("1", "A"), subject("2", "B"), subject("3", "B", day=date(2025, 3, 2)), subject("4", "B"))
    (hit,) = evaluate_rows(facts=given, rows=[row("mutual-exclusion", other="B", same_day=True)], templates=templates, on=on)
    assert hit.subject_ids == ("1", "2", "4")
    assert hit.fact_values == {"subject.day": MARCH, "other.day": MARCH}


def test_exclusion_hits_each_day_on_its_own(templates: Templates, on: date) -> None:
    second = date(2025, 3, 2)
    given = facts(
        subject("1", "A"), subject("2", "B"), subject("3", "A", day=second), subject("4", "B", day=second), subject("5", "A", day=on)
    )
    hits = evaluate_rows(facts=given, rows=[row("mutual-exclusion", other="B", same_day=True)], templates=templates, on=on)
    assert [hit.subject_ids for hit in hits] == [("1", "2"), ("3", "4")]


def test_exclusion_finds_the_other_by_any_of_its_keys(templates: Templates, on: date) -> None:
    given = facts(subject("1", "A"), subject("2", "B", "name"))
    (hit,) = evaluate_rows(facts=given, rows=[row("mutual-exclusion", other="name", same_day=False)], templates=templates, on=on)
    assert hit.subject_ids == ("1", "2")


def test_a_subject_does_not_exclude_itself(templates: Templates, on: date) -> None:
    rule = row("mutual-exclusion", other="A", same_day=False)
    assert evaluate_rows(facts=facts(subject("1", "A")), rows=[rule], templates=templates, on=on) == ()
    hits = evaluate_rows(facts=facts(subject("1", "A"), subject("2", "A")), rows=[rule], templates=templates, on=on)
    assert [hit.subject_ids for hit in hits] == [("1", "2"), ("2", "1")]


# --- group_any -----------------------------------------------------------------------------------------------------


def test_an_indication_hit_rests_on_all_rows_of_the_item(templates: Templates, on: date) -> None:
    rows = [row("indication", icd_prefixes=("K25",)), row("indication", icd_prefixes=("K26",))]
    (hit,) = evaluate_rows(facts=facts(subject("1", "A"), labels=("J18.900",)), rows=rows, templates=templates, on=on)
    assert hit.rule_ids == tuple(sorted(rule.rule_id for rule in rows))
    assert hit.rule_id == hit.rule_ids[0]
    assert hit.fact_values == {"labels": ("J18.900",)}


@pytest.mark.parametrize(
    ("end", "status", "hits"),
    [(None, Status.LIVE, 0), (date(2025, 6, 1), Status.LIVE, 1), (None, Status.SHADOW, 1), (None, Status.RETIRED, 1)],
)
def test_only_live_rows_in_force_clear_an_indication(templates: Templates, on: date, end: date | None, status: Status, hits: int) -> None:
    rows = [row("indication", icd_prefixes=("K25",)), row("indication", icd_prefixes=("J18",), end=end, status=status)]
    found = evaluate_rows(facts=facts(subject("1", "A"), labels=("J18.900",)), rows=rows, templates=templates, on=on)
    assert len(found) == hits


def test_shadow_indications_are_judged_apart_from_the_live_ones(templates: Templates, on: date) -> None:
    live, shadow = row("indication", icd_prefixes=("J18",)), row("indication", icd_prefixes=("K25",), status=Status.SHADOW)
    given = facts(subject("1", "A"), labels=("J18.900",))
    assert evaluate_rows(facts=given, rows=[live, shadow], templates=templates, on=on) == ()
    (hit,) = evaluate_rows(facts=given, rows=[live, shadow], templates=templates, on=on, shadow=True)
    assert (hit.rule_ids, hit.status) == ((shadow.rule_id,), Status.SHADOW)


def test_an_indication_hits_each_subject_of_the_item(templates: Templates, on: date) -> None:
    given = facts(subject("1", "A"), subject("2", "A"), subject("3", "B"), labels=("J18.900",))
    hits = evaluate_rows(facts=given, rows=[row("indication", icd_prefixes=("K25",))], templates=templates, on=on)
    assert [hit.subject_ids for hit in hits] == [("1",), ("2",)]


# --- days, windows, wholes -----------------------------------------------------------------------------------------


def test_a_day_is_judged_by_its_own_sum(templates: Templates, on: date) -> None:
    second = date(2025, 3, 2)
    given = facts(
        subject("1", "A"), subject("2", "A", day=second), subject("3", "A", day=second, quantity=1), subject("4", "B", day=second)
    )
    (hit,) = evaluate_rows(facts=given, rows=[row("frequency-day", max_quantity=1000)], templates=templates, on=on)
    assert hit.subject_ids == ("2", "3")
    assert (hit.shown["found"], hit.shown["most"], hit.shown["day"]) == (1001, 1000, second)


def test_a_returned_quantity_counts_against(templates: Templates, on: date) -> None:
    given = facts(subject("1", "A", quantity=2000), subject("2", "A", quantity=-1000))
    assert evaluate_rows(facts=given, rows=[row("frequency-day", max_quantity=1000)], templates=templates, on=on) == ()


@pytest.mark.parametrize(
    ("stay", "quantity", "hits", "left"), [(7, 7000, 0, 0), (7, 7001, 1, 0), (None, 7000, 0, 1), (None, 1000, 0, 0), (1, 1001, 1, 0)]
)
def test_without_days_the_length_of_the_stay_decides(
    templates: Templates, on: date, stay: int | None, quantity: int, hits: int, left: int
) -> None:
    given = facts(subject("1", "A", day=None, quantity=quantity), stay_days=stay)
    result = examine(facts=given, source=RowIndex([row("frequency-day", max_quantity=1000)]), templates=templates, on=on)
    assert (len(result.hits), len(result.undecided)) == (hits, left)
    assert [item.missing for item in result.undecided] == [("fact.stay_days",)] * left


def test_days_that_are_only_partly_known_are_no_day(templates: Templates, on: date) -> None:
    given = facts(subject("1", "A"), subject("2", "A", day=None, quantity=9000), stay_days=7)
    (hit,) = evaluate_rows(facts=given, rows=[row("frequency-day", max_quantity=1000)], templates=templates, on=on)
    assert (hit.subject_ids, hit.shown["day"], hit.shown["found"]) == (("1", "2"), None, 10_000)
    assert explain(templates["frequency-day"], hit) == "“item A”每日最多 1，就诊 7 天共收 10。"


def test_windows_that_share_a_subject_hit_once_and_distant_ones_again(templates: Templates, on: date) -> None:
    days = [1, 5, 9, 60, 62]
    given = facts(*(subject(str(day), "A", day=date.fromordinal(START.toordinal() + day)) for day in days))
    rule = row("frequency-window", max_quantity=1000, window_days=14)
    hits = evaluate_rows(facts=given, rows=[rule], templates=templates, on=on)
    assert [hit.subject_ids for hit in hits] == [("1", "5", "9"), ("60", "62")]


@pytest.mark.parametrize("length", [0, -1, 10**18])
def test_an_absurd_window_harms_nothing(templates: Templates, on: date, length: int) -> None:
    given = facts(subject("1", "A", day=date.max), subject("2", "A", day=date.min))
    rule = row("frequency-window", max_quantity=1000, window_days=length)
    assert len(evaluate_rows(facts=given, rows=[rule], templates=templates, on=on)) == int(length > 1)


# --- facts that cannot be used -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (facts(subject("1", "A"), subject("1", "B")), "the subject id 1 stands twice: ids must be unique"),
        (facts(subject("1", "A"), sex="男"), "the attribute sex must be one of M, F (template sex)"),
        (facts(subject("1", "A"), age_days="32"), "the attribute age_days must be of type int (template age)"),
        (facts(subject("1", "A"), age_days=True), "the attribute age_days must be of type int (template age)"),
    ],
)
def test_facts_of_another_form_are_refused(templates: Templates, on: date, given: RuleFacts, message: str) -> None:
    with pytest.raises(FactsInvalid) as caught:
        evaluate_rows(facts=given, rows=[], templates=templates, on=on)
    assert caught.value.message == message


def test_another_document_makes_another_rule() -> None:
    given: dict[str, Any] = {"template_id": "sex", "subject": "A", "parameters": {"sex": "F"}, "valid_from": START}
    assert rule_id_for(**given, document="one") == rule_id_for(**given, document="one")
    assert rule_id_for(**given, document="one") != rule_id_for(**given, document="two")


def test_an_undated_sum_that_cannot_be_judged_is_left_open(on: date) -> None:
    text = """{id: at-most, title: {zh: 一, en: one}, status: live, owner: o, reference: r, effective_from: 2020-01-01, shape: scalar,
      subject: day, parameters: [{name: most, type: quantity}], facts: [{name: extra, type: quantity}],
      predicate: subject.quantity > row.most + fact.extra, finding: rule.most, explanations: [{zh: 一, en: one}]}"""
    template = template_of(parse_text(text, TemplateFile, name="t"))
    rules = RowIndex([row("at-most", most=1000)])
    for extra, left in ((None, 1), (0, 1), (1000, 0)):
        given = facts(subject("1", "A", day=None, quantity=2000), extra=extra)
        result = examine(facts=given, source=rules, templates=[template], on=on)
        assert (result.hits, [item.missing for item in result.undecided]) == ((), [("subject.day",)] * left)


def test_what_if_templates_stand_in_for_the_snapshots_own(templates: Templates, on: date) -> None:
    text = """{id: sex, title: {zh: 一, en: one}, status: live, owner: o, reference: r, effective_from: 2020-01-01, shape: scalar,
      subject: each, parameters: [{name: sex, type: text}], predicate: row.sex == "F", finding: rule.other,
      explanations: [{zh: 一, en: one}]}"""
    other = template_of(parse_text(text, TemplateFile, name="t"))

    class Base(RowIndex):
        @property
        def templates(self) -> Templates:
            return {"sex": other}

    base = Base([row("sex", sex="F")])
    assert [hit.finding for hit in evaluate(facts=facts(subject("1", "A"), sex="F"), snapshot=base, on=on)] == ["rule.other"]
    assert evaluate(facts=facts(subject("1", "A"), sex="F"), snapshot=base, templates=templates, on=on) == ()


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        (" ｘａ04cae 0023 ", "XA04CAE0023", "xa04cae0023"),
        ("食管再造术（肠代食管）", "食管再造术(肠代食管)", "食管再造术(肠代食管)"),
        ("Ⅱ级护理", "II级护理", "ii级护理"),
        ("CT\u3000平扫", "CT平扫", "ct平扫"),
    ],
)
def test_codes_and_names_are_compared_in_one_form(text: str, code: str, name: str) -> None:
    assert (normalise_code(text), normalise_name(text)) == (code, name)
