"""Retelling: a subject that other rows cleared stays cleared when only the rows of the hits are carried along."""

from collections.abc import Mapping
from datetime import date

from anpei.rules.judging.evaluation import RowIndex, evaluate_rows, examine
from anpei.rules.judging.retelling import rows_to_retell
from anpei.rules.model import RuleFacts, RuleRow, Source, Subject, Value
from anpei.rules.templates.template import Template

ON = date(2025, 6, 30)


def row(rule_id: str, template_id: str, subject: str, *, end: date | None = None, **values: Value) -> RuleRow:
    """A row with a short id."""
    return RuleRow(rule_id, template_id, subject, values, date(2025, 1, 1), Source("test"), end)


def needed(templates: Mapping[str, Template], rows: list[RuleRow], facts: RuleFacts) -> list[str]:
    """The ids of the rows to retell; they tell the same again."""
    whole = examine(facts=facts, source=RowIndex(rows), templates=templates, on=ON)
    told = {rule_id for item in (*whole.hits, *whole.undecided) for rule_id in item.rule_ids}
    found = [one for one in rows if one.rule_id in told]
    again = rows_to_retell(found=found, facts=facts, source=RowIndex(rows), templates=templates, on=ON)
    assert evaluate_rows(facts=facts, rows=again, templates=templates, on=ON) == whole.hits
    return [one.rule_id for one in again]


def test_the_row_that_cleared_another_subject_goes_with_the_hit(templates: Mapping[str, Template]) -> None:
    rows = [
        row("r1", "linked", "C*导管*", other="X"), row("r2", "linked", "C*鼻导管*", other="Y"), row("r3", "linked", "D", other="X"),
        row("r4", "linked", "C*鼻导管*", other="Z", end=date(2025, 2, 1)), row("r5", "sex", "C*", sex="F"),
    ]  # fmt: skip
    lines = (Subject("1", ("C1",), name="导管"), Subject("2", ("C2",), name="鼻导管"), Subject("3", ("Y",)))
    assert needed(templates, rows, RuleFacts(lines)) == ["r1", "r2", "r5"]
    whole = examine(facts=RuleFacts(lines), source=RowIndex(rows), templates=templates, on=ON)
    assert [(hit.rule_ids, hit.subject_ids) for hit in whole.hits] == [(("r1",), ("1",))]


def test_all_rows_of_a_shared_group_that_name_a_subject_go_with_its_hit(templates: Mapping[str, Template]) -> None:
    rows = [row(f"r{number}", "main-secondary", f"A{number}", group="G", rate_bp=5000) for number in (1, 2, 3, 4)]
    second = date(2025, 3, 2)
    lines = (
        Subject("1", ("A1",), date(2025, 3, 1)), Subject("2", ("A2",), date(2025, 3, 1)),
        Subject("3", ("A1",), second), Subject("4", ("A2",), second), Subject("5", ("A3",), second, quantity=-1000),
    )  # fmt: skip
    assert needed(templates, rows, RuleFacts(lines)) == ["r1", "r2", "r3"]


def test_nothing_found_needs_no_rows(templates: Mapping[str, Template]) -> None:
    assert needed(templates, [row("r1", "linked", "A", other="B")], RuleFacts((Subject("1", ("A",)), Subject("2", ("B",))))) == []
