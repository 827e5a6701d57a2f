# ruff: noqa: E501  (files as they are written have long lines)
"""The step language of products by event: what does not fit is named with line, field and what would be right."""

from pathlib import Path

import pytest

from anpei.engines.knowledge import KnowledgeError
from anpei.engines.knowledge.files import parse_text
from anpei.records.products.cases import load_case
from anpei.records.products.schema import ProductFile

BASE = """\
id: test-product
version: "1"
title: {zh: 试, en: test}
status: draft
owner: x
reference: 试
valid_from: 2025-01-01
line: property
waiting_days: 0
event_kinds: [loss]
documents: {loss: [{any_of: [claim_form], why: {zh: 因, en: why}}]}
coverages: [{id: cover, title: {zh: 责, en: cover}, clause: 一}]
codes: {cause: {fire: {zh: 火, en: fire}, flood: {zh: 水, en: flood}}}
inputs:
  loss: {title: {zh: 损, en: loss}, type: money}
  value: {title: {zh: 值, en: value}, type: money}
  since: {title: {zh: 自, en: since}, type: date}
  grave: {title: {zh: 级, en: grave}, type: grade, given: 10}
  cause: {title: {zh: 因, en: cause}, type: "code:cause"}
lists:
  things:
    title: {zh: 物, en: thing}
    columns:
      thing_loss: {title: {zh: 物损, en: loss of the thing}, type: money}
      tag: {title: {zh: 签, en: tag}, type: text}
parameters:
  sum: {unit: yuan, title: {zh: 额, en: sum}}
  rate: {unit: bp, title: {zh: 率, en: rate}}
  heads: {unit: count, title: {zh: 头, en: heads}}
tables:
  by_cause: {title: {zh: 表, en: table}, keys: "code:cause", unit: bp, rows: {fire: 5000, flood: 12000}}
plans:
  standard: {title: {zh: 标, en: standard}, parameters: {sum: "100", rate: 5000, heads: 2}}
accumulators:
  tagged: {kind: limit, period: life, per: tag, total: sum, title: {zh: 限, en: limit}}
unit: event
steps:
  - {id: old, do: days, title: {zh: 天, en: days}, clause: 一, from: since, to: event_on, output: age}
  - {id: aged, do: compare, title: {zh: 久, en: aged}, clause: 一, left: age, is: more, right: heads, output: aged}
  - {id: grave, do: compare, title: {zh: 重, en: grave}, clause: 一, left: grave, is: less, right: grave, output: is_grave}
  - {id: burnt, do: is, title: {zh: 火, en: burnt}, clause: 一, of: cause, one_of: [fire], output: burnt}
  - {id: extra, do: table, title: {zh: 加, en: extra}, clause: 一, table: by_cause, key: cause, output: extra}
  - {id: part, do: proportion, title: {zh: 比, en: part}, clause: 一, amount: loss, part: sum, whole: value, rounding: half_up, when: burnt, unless: is_grave, output: part}
  - {id: rated, do: ratio, title: {zh: 率, en: rated}, clause: 一, amount: part, rate: [{when: aged, use: extra}, {use: rate}], rounding: down, output: rated}
  - {id: thing, each: things, do: cap, title: {zh: 物, en: thing}, clause: 一, amount: thing_loss, limit: tagged.left, consumes: tagged, output: thing_paid}
  - {id: things, do: gather, title: {zh: 诸物, en: things}, clause: 一, of: thing_paid, output: things_paid}
  - {id: most, do: smaller, title: {zh: 少, en: most}, clause: 一, of: [rated, loss], output: most}
  - {id: all, do: sum, title: {zh: 合, en: all}, clause: 一, of: [most, things_paid], output: all}
lines:
  - {id: rated, coverage: cover, title: {zh: 率, en: rated}, claimed: loss, payable: most, loss: loss}
  - {id: things, each: things, coverage: cover, title: {zh: 物, en: thing}, claimed: thing_loss, payable: thing_paid, loss: thing_loss}
payable: all
examples:
  - {id: one, title: {zh: 一, en: one}, plan: standard, policy_start_on: 2026-01-01, occurred_on: 2026-03-02, facts: {loss: "100", value: "200", since: 2026-01-01, cause: fire}, payable: "60"}
"""


def test_the_base_is_right() -> None:
    file = parse_text(BASE, ProductFile, name="base.yaml")
    assert [step.id for step in file.steps][:2] == ["old", "aged"]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("amount: loss, part: sum", "amount: rated, part: sum", "steps.5.amount", "step 'part': needs 'rated', and the steps go round in a circle (part → rated → part)"),
        ("left: age, is: more", "left: most, is: more", "steps.1.left", "needs 'most', and the steps go round in a circle (aged → most → rated → aged)"),
        ("left: age, is: more", "left: things_paid, is: more", "steps.1.left", "needs 'things_paid', which step 'things' further down makes: move 'things' above this step"),
        ("left: age, is: more", "left: aged, is: more", "steps.1.left", "(aged → aged)"),
        ("whole: value", "whole: nothing", "steps.5.whole", "step 'part': it divides by nothing: name what the whole is"),
        ('whole: value, rounding: half_up, when: burnt, unless: is_grave, output: part}', 'whole: sum, rounding: half_up, when: burnt, unless: is_grave, output: part}', "inputs.value", "the input 'value' is used by no step"),
        ("left: age, is: more, right: heads", "left: age, is: more, right: rate", "steps.1.right", "'rate' is in bp, but count is needed here"),
        ("from: since, to: event_on", "from: loss, to: event_on", "steps.0.from", "'loss' is in fen, but date is needed here"),
        ("when: burnt", "when: age", "steps.5.when", "'age' is in count, but flag is needed here"),
        ("when: burnt", "when: wet", "steps.5.when", "unknown input 'wet'"),
        ("one_of: [fire]", "one_of: [storm]", "steps.3.one_of", "'storm' is no word of cause; there are fire, flood"),
        ("table: by_cause", "table: by_mood", "steps.4.table", "unknown table 'by_mood'; declared are by_cause"),
        ("key: cause", "key: age", "steps.4.key", "'age' is in count, but code:cause is needed here"),
        ("rows: {fire: 5000, flood: 12000}", "rows: {fire: 5000, rain: 1}", "tables.by_cause.rows.rain", "'rain' is no word of cause"),
        ("rows: {fire: 5000, flood: 12000}", "rows: {fire: -1}", "tables.by_cause.rows.fire", "-1 is no bp: write a whole number from 0"),
        ('sum: "100"', 'sum: "-100"', "plans.standard.parameters.sum", "'-100' must not be negative: an amount, a deductible or a limit is at least 0"),
        ("heads: 2", "heads: -2", "plans.standard.parameters.heads", "-2 must be a whole number from 0"),
        ("per: tag", "per: thing_loss", "accumulators.tagged.per", "'thing_loss' is no declared text or word; there are cause, tag"),
        ("of: [most, things_paid]", "of: [most, thing_paid]", "steps.10.of", "'thing_paid' is a value of one row of things: bring it together over the rows with a gather step first"),
        ("- {id: things, do: gather", "- {id: things, each: things, do: gather", "steps.8.each", "gather brings the rows together: it is a step of the event"),
        ("- {id: things, do: gather, title: {zh: 诸物, en: things}, clause: 一, of: thing_paid, output: things_paid}", "- {id: things, each: things, do: carried, title: {zh: 前, en: before}, clause: 一, of: thing_paid, from: event_on, to: event_on, within: heads, same: thing_loss, output: things_paid}", "steps.8.same", "'thing_loss' is no text or word of the rows of things"),
        ("each: things, do: cap", "each: stuff, do: cap", "steps.7.each", "'stuff' is no level of this product"),
        ("of: [rated, loss]", "of: [rated, grave]", "steps.9.of", "'grave' is in grade, but fen is needed here"),
        ("- {id: all, do: sum, title: {zh: 合, en: all}, clause: 一, of: [most, things_paid]", "- {id: all, do: sum, title: {zh: 合, en: all}, clause: 一, of: [since]", "steps.10.of", "'since' is a date, but sum takes amounts, rates, counts or measures"),
        ("payable: most, loss: loss}", "payable: most}", "lines.0", "line 'rated' pays expenses: name the loss that it may never pass (or say basis: fixed)"),
        ("unit: event", "unit: bill", "unit", "declared inputs and lists belong to unit: event"),
        ("type: grade, given: 10", "type: grade, given: 11", "inputs.grave.given", "11 is no grade: write a whole number from 1 to 10"),
        ('type: "code:cause"}', 'type: "code:mood"}', "inputs.cause.type", "unknown list of words 'code:mood'; declared under codes are cause"),
        ('loss: "100"', "loss: 100.5", "examples.0.facts.loss", "100.5: write an amount in yuan as quoted text"),
        ('loss: "100"', 'lost: "100"', "examples.0.facts.lost", "unknown fact 'lost'; declared are loss, value, since, grave, cause, things"),
        ("since: 2026-01-01, cause: fire", "since: soon, cause: fire", "examples.0.facts.since", "'soon' is no day: write it like 2026-03-02"),
        ("since: 2026-01-01, cause: fire", "since: 2026-01-01, cause: ice", "examples.0.facts.cause", "'ice' is no word of cause; there are fire, flood"),
        ("cause: fire}", "cause: fire, things: [3]}", "examples.0.facts.things.0", "3 is no row: write the columns with their values"),
        ("line: property", "line: property\ncurrency: USD", "currency", "Input should be 'CNY'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(old: str, new: str, field: str, says: str) -> None:
    assert old in BASE
    text = BASE.replace(old, new, 1)
    with pytest.raises(KnowledgeError) as caught:
        parse_text(text, ProductFile, name="wrong.yaml")
    problems = caught.value.data["problems"]
    found = [problem for problem in problems if says in problem["message"]]
    assert found, problems
    assert found[0]["field"] == field
    changed = next(n for n, (a, b) in enumerate(zip(BASE.splitlines(), text.splitlines(), strict=False), start=1) if a != b)
    if not field.startswith(("unit", "inputs.value", "steps.10.of", "currency")):
        assert found[0]["line"] == changed


def test_a_divisor_that_is_zero_in_a_plan_is_named() -> None:
    text = BASE.replace("whole: value", "whole: sum").replace('sum: "100"', 'sum: "0"')
    with pytest.raises(KnowledgeError) as caught:
        parse_text(text, ProductFile, name="wrong.yaml")
    found = [p for p in caught.value.data["problems"] if p["field"] == "plans.standard.parameters.sum"]
    assert [p["message"] for p in found] == ["step 'part' divides by 'sum', which is zero here: give a value above zero"]


def test_all_problems_are_told_at_once() -> None:
    text = BASE.replace("when: burnt", "when: wet").replace('sum: "100"', 'sum: "-100"')
    with pytest.raises(KnowledgeError) as caught:
        parse_text(text, ProductFile, name="wrong.yaml")
    assert [p["field"] for p in caught.value.data["problems"]] == ["plans.standard.parameters.sum", "steps.5.when"]
    assert caught.value.message.endswith("(and 1 more)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plan: gold\npolicy_start_on: 2026-01-01\n", "unknown plan 'gold'; declared are standard"),
        ("plan: standard\npolicy_start_on: 2026-01-01\nused: {limits: 1}\n", "unknown accumulator 'limits'"),
        ("plan: standard\npolicy_start_on: 2026-01-01\nfacts: {losses: '3'}\n", "unknown fact 'losses'"),
        ("plan: standard\n", "Field required"),
    ],
)
def test_a_case_is_checked_against_the_product(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_case(path, file=parse_text(BASE, ProductFile, name="base.yaml"))
    assert says in caught.value.message
    assert caught.value.data["file"] == str(path)
