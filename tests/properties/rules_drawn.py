"""Rule rows and facts drawn for property tests: every template of the rulebook, subjects that meet them, unknown values, patterns."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from anpei.rules.model import RuleFacts, RuleRow, Source, Status, Subject, rule_id_for
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import FactNeed, Parameter, Template

TEXTS = ("A", "A", "AB", "ABC", "B", "B1", "A*", "AB*", "*", "A*支架*", "*支架*", "C*")
KEYS = ("A", "A", "AB", "ABC", "B", "B1", "C9")
NAMES = ("", "冠脉支架", "普通支架", "纱布")
WORDS = ("A", "K25", "K26.1", "K2", "支架", "纱布", "F", "胃溃疡", "骨折")
LABELS = ("K25.300", "K26.100", "J18.900", "F20.000")
LABEL_NAMES = ("胃溃疡", "左腿骨折", "肺炎")
DAYS = tuple(date(2025, 3, day) for day in (1, 2, 9, 15, 28))
PERIODS: tuple[tuple[date, date | None], ...] = (
    (date(2020, 1, 1), None), (date(2020, 1, 1), None), (date(2020, 1, 1), date(2025, 3, 10)), (date(2025, 3, 10), None),
    (date(2024, 2, 29), date(2024, 3, 1)),
)  # fmt: skip


def _parameter(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.values is not None:
        drawn: st.SearchStrategy[Any] = st.sampled_from(parameter.values)
        return drawn.map(lambda value: (value,)) if parameter.type == "texts" else drawn
    least = parameter.at_least if parameter.at_least is not None else 0
    match parameter.type:
        case "int":
            return st.integers(least, least + 40)
        case "quantity":
            return st.sampled_from([max(least, number) for number in (0, 1, 1000, 1500, 2000, 3000)])
        case "bool":
            return st.booleans()
        case "text":
            return st.sampled_from(TEXTS)
        case "texts":
            return st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def rows_of(draw: st.DrawFn, template: Template) -> RuleRow | None:
    """A row of a template, or None when what was drawn does not fit it."""
    given: dict[str, Any] = {}
    for parameter in template.file.parameters:
        if not parameter.optional or draw(st.booleans()):
            given[parameter.name] = draw(_parameter(parameter))
    if parameter_problem(template, given) is not None:
        return None
    subject, (start, end) = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(PERIODS))
    status = draw(st.sampled_from([Status.LIVE, Status.LIVE, Status.LIVE, Status.SHADOW]))
    number = rule_id_for(template_id=template.id, subject=subject, parameters=given, valid_from=start, document="d")
    return RuleRow(number, template.id, subject, given, start, Source("d", "b", "f", 7), valid_to=end, status=status, title=subject)


def _attribute(need: FactNeed) -> st.SearchStrategy[Any]:
    if need.values is not None:
        return st.sampled_from([None, *need.values, *need.values])
    match need.type:
        case "int":
            return st.sampled_from([None, 0, 1, 5, 20, 365, 6570, 6574, 20000, 800_000])
        case "quantity":
            return st.sampled_from([None, 0, 1000, 2500])
        case "bool":
            return st.sampled_from([None, True, False])
        case "text":
            return st.sampled_from([None, *WORDS, "M", "F"])
        case "date":
            return st.sampled_from([None, *DAYS])


@st.composite
def facts_of(draw: st.DrawFn, templates: Mapping[str, Template]) -> RuleFacts:
    """Facts that meet the rows: subjects of few keys and days, attributes that may be unknown."""
    subjects = [
        Subject(
            id=f"b{number}",
            keys=tuple(draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=2))),
            day=draw(st.sampled_from([None, *DAYS, *DAYS[:2]])),
            quantity=draw(st.sampled_from([0, 500, 1000, 2000])),
            amount=draw(st.sampled_from([None, 0, 100, 250_000, 250_000])),
            name=draw(st.sampled_from(NAMES)),
        )
        for number in range(draw(st.sampled_from([0, 1, 2, 3, 4, 5, 6])))
    ]
    needs = {need.name: need for template in templates.values() for need in template.file.facts}
    return RuleFacts(
        subjects=tuple(subjects),
        attributes={name: draw(_attribute(needs[name])) for name in sorted(needs)},
        labels=tuple(draw(st.lists(st.sampled_from(LABELS), max_size=2))),
        label_names=tuple(draw(st.lists(st.sampled_from(LABEL_NAMES), max_size=2))),
    )


@st.composite
def worlds(draw: st.DrawFn, templates: Sequence[Template]) -> tuple[list[RuleRow], RuleFacts, date]:
    """Rows (each statement once), facts and a day."""
    chosen = draw(st.lists(st.sampled_from(templates), min_size=1, max_size=3, unique_by=lambda template: template.id))
    drawn = [draw(rows_of(template)) for template in chosen for _ in range(draw(st.integers(1, 4)))]
    rows = list({row.rule_id: row for row in drawn if row is not None}.values())
    return rows, draw(facts_of({template.id: template for template in templates})), draw(st.sampled_from(DAYS))
