"""Templates: those that are shipped do what their examples show; wrong ones are refused with file, line and what would be right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anpei.engines.knowledge import KnowledgeError, Rulebook, parse_text, shipped_rulebook
from anpei.rules.model import Action, Severity, Status
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.forms import Example
from anpei.rules.templates.library import evaluate_example, example_problems, explain, load_templates, quantity_text
from anpei.rules.templates.template import Template, TemplateFile, TemplateInvalid, template_from, template_of

SHIPPED = [template_of(file) for _, file in shipped_rulebook().load_all("checks", TemplateFile)]
EXAMPLES = [
    pytest.param(template, kind, example, id=f"{template.id}-{kind}-{example.title}")
    for template in SHIPPED
    for kind in ("bad", "good", "open")
    for example in getattr(template.file.examples, kind)
]

TEXT = """\
id: at-most
title: {zh: 最多, en: At most}
status: live
owner: rules
reference: test
effective_from: 2020-01-01
shape: scalar
subject: each
parameters:
  - {name: most, type: int}
facts:
  - {name: n, type: int}
predicate: fact.n > row.most
finding: rule.most
shows: {n: fact.n, most: row.most}
explanations:
  - {zh: "{n} 超过 {most}", en: "{n} exceeds {most}"}
examples:
  bad: [{title: above, rows: [{most: 3}], attributes: {n: 4}}]
  good: [{title: at the limit, rows: [{most: 3}], attributes: {n: 3}}]
  open: [{title: unknown, rows: [{most: 3}]}]
"""


def parsed(text: str = TEXT) -> Template:
    return template_of(parse_text(text, TemplateFile, name="at-most.yaml"))


@pytest.mark.parametrize(("template", "kind", "example"), EXAMPLES)
def test_an_example_does_what_it_shows(template: Template, kind: str, example: Example) -> None:
    found = evaluate_example(template, example)
    assert (len(found.hits), len(found.undecided)) == {"bad": (1, 0), "good": (0, 0), "open": (0, 1)}[kind]


SUSPICIONS = {
    "course-days": "rule.course",
    "department": "rule.department",
    "fictitious": "rule.fictitious",
    "frequency-period": "rule.frequency",
    "indication": "rule.indication",
    "indication-words": "rule.indication",
    "known-before": "rule.known_before",
    "linked": "rule.linked",
    "main-secondary": "rule.main_secondary",
    "quantity-once": "rule.quantity",
    "split": "rule.split",
    "surcharge-main": "rule.surcharge",
    "surcharge-times": "rule.surcharge",
    "swap": "rule.swap",
    "total-amount": "rule.total_amount",
}
VIOLATIONS = {
    "age": ("whole", "rule.age"),
    "combination": ("whole", "rule.combination"),
    "course": ("excess", "rule.course"),
    "excluded": ("whole", "rule.excluded"),
    "frequency-day": ("excess", "rule.frequency"),
    "frequency-day-by-age": ("excess", "rule.frequency"),
    "frequency-stay": ("excess", "rule.frequency"),
    "frequency-window": ("excess", "rule.frequency"),
    "insurance-type": ("whole", "rule.insurance_type"),
    "mutual-exclusion": ("whole", "rule.mutual_exclusion"),
    "provider-grade": ("whole", "rule.provider_grade"),
    "region": ("whole", "rule.region"),
    "sex": ("whole", "rule.sex"),
    "visit-kind": ("whole", "rule.visit_kind"),
    "waiting-days": ("whole", "rule.waiting"),
    "work-class": ("whole", "rule.work_class"),
}


def test_the_shipped_templates_are_these_and_a_suspicion_is_only_put_to_a_person() -> None:
    live = [template for template in load_templates(shipped_rulebook()).values() if template.status is Status.LIVE]
    stated = {template.id: (template.file.severity, template.file.action, template.file.finding) for template in live}
    wanted = {name: (Severity.SUSPICION, Action.ASK, finding) for name, finding in SUSPICIONS.items()}
    wanted |= {name: (Severity.VIOLATION, Action(action), finding) for name, (action, finding) in VIOLATIONS.items()}
    assert stated == wanted


def test_a_template_that_does_not_say_what_a_hit_means_is_a_suspicion() -> None:
    assert (parsed().severity, parsed().action) == (Severity.SUSPICION, Action.ASK)
    assert "severity" not in parsed().data


def test_explanations_are_rendered_in_both_languages() -> None:
    template = next(template for template in SHIPPED if template.id == "sex")
    assert template.file.examples is not None
    (hit,) = evaluate_example(template, template.file.examples.bad[0]).hits
    assert explain(template, hit) == "“A”限女性使用，就诊人为男性。"
    assert explain(template, hit, language="en") == "“A” is limited to women; the patient is recorded among men."


def test_the_sealed_form_gives_the_same_template_without_its_examples() -> None:
    for template in SHIPPED:
        again = template_from(template.data)
        assert again.digest == template.digest
        assert again.predicate.text == template.predicate.text
        assert "examples" not in template.data


def test_a_changed_predicate_changes_the_digest_and_a_changed_example_does_not() -> None:
    assert parsed(TEXT.replace("fact.n > row.most", "fact.n >= row.most")).digest != parsed().digest
    assert parsed(TEXT.replace("title: above", "title: far above")).digest == parsed().digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fact.n > row.most", "fact.n > row.mast", "predicate, line 1, column 10: row has no 'mast': it has most"),
        ("fact.n > row.most", "fact.n + row.most", "predicate, line 1, column 8: this is of type int; bool is needed"),
        ("{n: fact.n,", "{n: fact.m,", "shows.n, line 1, column 1: fact has no 'm': it has n"),
        ("{n} 超过", "{m} 超过", "the placeholder {m} is not known: use most, n, title, plain"),
        ("{n} 超过", "{n.real} 超过", "the placeholder {n.real} is not known"),
        ("{n} 超过", "{n!r} 超过", "the placeholder {n} is not known: use most, n, title, plain"),
        ("shape: scalar", "shape: member", "shape member needs join: the name of a parameter of type text"),
        ("subject: each", "subject: window", "subject window needs window: the name of a parameter of type int"),
        ("shape: scalar", "shape: scalar\njoin: most", "join is used with shape member only: remove it"),
        ("shape: scalar", "shape: group_any\nundated: fact.n > 1", "undated belongs to subject day or window: remove it"),
        ("shape: scalar", "shape: absent", "shape absent needs join: the name of a parameter of type text"),
        ("shape: scalar", "shape: shared", "shape shared takes the subjects day, whole: set subject to one of them"),
        ("shape: scalar", "shape: interval", "interval (value, low, high) belongs to shape interval: give both or neither"),
        ("shape: scalar", "shape: scalar\nlack: fact.n > 1", "lack is used with shape absent only: remove it"),
        ("shape: scalar", "shape: interval\ninterval: {value: fact.n, low: most, high: least}", "interval needs low and high"),
        (
            "shape: scalar",
            "shape: interval\ninterval: {value: fact.m, low: most, high: most}",
            "interval.value, line 1, column 1: fact has no 'm': it has n",
        ),
        ("shape: scalar", "shape: group_any", "predicate: shape group_any reads label.code or label.name, one of the two"),
        ("effective_from: 2020-01-01", "effective_from: 2020-01-01\nseverity: suspicion\naction: excess", "set action to ask"),
        ("{name: most, type: int}", "{name: most, type: int}\n  - {name: subject, type: int}", "no parameter may be called subject"),
        ("subject: each", "subject: each\nneeds_any: [least]", "needs_any names no parameter: least; there are most"),
        ("id: at-most", "id: At Most", "String should match pattern"),
        ("status: live", "status: alive", "Input should be 'draft', 'shadow', 'live' or 'retired'"),
        ("type: int}", "type: float}", "Input should be 'int', 'quantity', 'text', 'texts' or 'bool'"),
        ("owner: rules", "owner: rules\ncolour: red", "Extra inputs are not permitted"),
        ("finding: rule.most\n", "", "Field required"),
    ],
)
def test_a_wrong_template_is_refused(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(KnowledgeError) as caught:
        parsed(TEXT.replace(old, new, 1))
    assert message in caught.value.message
    assert caught.value.message.startswith("at-most.yaml, line ")


def test_examples_that_fail_keep_a_template_out(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "at-most.yaml").write_text(TEXT.replace("attributes: {n: 4}", "attributes: {n: 3}"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="bad example “above”: 0 hits, 1 wanted"):
        load_templates(Rulebook((tmp_path,)))


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "checks" / name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"b\.yaml: the template id at-most stands in another file too"):
        load_templates(Rulebook((tmp_path,)))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("bad: [{title: above, rows: [{most: 3}]", "bad: [{title: above, rows: [{most: many}]", "row 1: most must be of type int"),
        (
            "bad: [{title: above, rows: [{most: 3}]",
            "bad: [{title: above, rows: [{least: 3}]",
            "row 1: at-most has no parameter least: it has most",
        ),
        ("attributes: {n: 4}", "attributes: {n: four}", "the attribute n must be of type int (template at-most)"),
        ("attributes: {n: 3}", "attributes: {}", "left open, which the example does not want"),
        (
            "open: [{title: unknown, rows: [{most: 3}]}]",
            "open: [{title: unknown, rows: [{most: 3}], attributes: {n: 1}}]",
            "decided, which",
        ),
    ],
)
def test_example_problems_say_what_is_wrong(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    problems = example_problems(parsed(TEXT.replace(old, new, 1)))
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_template_without_examples_is_a_problem() -> None:
    assert example_problems(template_from(parsed().data)) == ["template at-most has no examples: add good and bad ones"]


def test_a_form_that_is_no_template_is_refused_by_name() -> None:
    with pytest.raises(TemplateInvalid, match="template at-most, predicate: Field required"):
        template_from({name: value for name, value in parsed().data.items() if name != "predicate"})


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"sex": "F"}, None),
        ({"sex": "X"}, "sex must be one of M, F"),
        ({"sex": 1}, "sex must be of type text"),
        ({}, "sex needs the parameter sex"),
        ({"sex": "F", "age": 3}, "sex has no parameter age: it has sex"),
    ],
)
def test_parameters_are_checked_against_their_template(parameters: dict[str, Any], problem: str | None) -> None:
    assert parameter_problem(next(template for template in SHIPPED if template.id == "sex"), parameters) == problem


@pytest.mark.parametrize(
    ("template_id", "parameters", "problem"),
    [
        ("age", {}, "age needs one of age_min_days, age_max_days, age_min_years, age_max_years"),
        ("age", {"age_min_years": -1}, "age_min_years must be at least 0"),
        ("frequency-window", {"max_quantity": 1000, "window_days": 0}, "window_days must be at least 1"),
        ("age", {"age_min_years": True}, "age_min_years must be of type int"),
        ("indication", {"icd_prefixes": ()}, "icd_prefixes must be a list of texts, none of them empty"),
        ("indication", {"icd_prefixes": ("",)}, "icd_prefixes must be a list of texts, none of them empty"),
        ("indication", {"icd_prefixes": ["K25"]}, "icd_prefixes must be of type texts"),
        ("mutual-exclusion", {"other": "B", "same_day": 1}, "same_day must be of type bool"),
    ],
)
def test_parameters_of_other_kinds(template_id: str, parameters: dict[str, Any], problem: str) -> None:
    assert parameter_problem(next(template for template in SHIPPED if template.id == template_id), parameters) == problem


def test_a_template_is_effective_in_its_period_only() -> None:
    template = parsed(TEXT.replace("effective_from: 2020-01-01", "effective_from: 2020-01-01\neffective_to: 2024-01-01"))
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2023, 12, 31), date(2024, 1, 1))
    assert [template.in_force(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(("thousandths", "text"), [(0, "0"), (1, "0.001"), (1000, "1"), (1500, "1.5"), (-2010, "-2.01"), (20000, "20")])
def test_quantities_as_text(thousandths: int, text: str) -> None:
    assert quantity_text(thousandths) == text
