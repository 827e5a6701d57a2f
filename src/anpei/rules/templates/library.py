"""The library of templates: out of the rulebook, examples run before anything is used; explanations rendered on demand."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.kernel.errors import InvalidInput
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.model import Evaluation, Hit, RuleFacts, RuleRow, Source, Status, Subject, plain
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.forms import Example
from anpei.rules.templates.template import Template, TemplateFile, template_of

FOLDER = "checks"


def load_templates(rulebook: Rulebook) -> Mapping[str, Template]:
    """All templates of ``checks/`` by id, each after running its own examples. Raises KnowledgeError that names the file."""
    found: dict[str, Template] = {}
    for path, file in rulebook.load_all(FOLDER, TemplateFile):
        template = template_of(file)
        if template.id in found:
            raise KnowledgeError(
                f"{path}: the template id {template.id} stands in another file too: ids are unique", data={"file": str(path)}
            )
        problems = example_problems(template)
        if problems:
            raise KnowledgeError(f"{path}: {problems[0]} ({len(problems)} in all)", data={"file": str(path)})
        found[template.id] = template
    return found


def example_problems(template: Template) -> list[str]:
    """What the template's own examples say against it; empty when it does what they show."""
    examples = template.file.examples
    if examples is None:
        return [f"template {template.id} has no examples: add good and bad ones"]
    problems: list[str] = []
    wanted: list[tuple[str, Example, int, bool]] = [("bad", example, 1, False) for example in examples.bad]
    wanted += [("good", example, 0, False) for example in examples.good]
    wanted += [("open", example, 0, True) for example in examples.open]
    for kind, example, hits, is_open in wanted:
        problem = _example_problem(template, example, hits=hits, is_open=is_open)
        if problem is not None:
            problems.append(f"template {template.id}, {kind} example “{example.title}”: {problem}")
    return problems


def _example_problem(template: Template, example: Example, *, hits: int, is_open: bool) -> str | None:
    try:
        found = evaluate_example(template, example)
    except InvalidInput as error:
        return error.message
    if len(found.hits) != hits:
        return f"{len(found.hits)} hits, {hits} wanted"
    if bool(found.undecided) != is_open:
        return f"{'left open' if found.undecided else 'decided'}, which the example does not want"
    for hit in found.hits:
        explain(template, hit, language="zh")
        explain(template, hit, language="en")
    return None


def evaluate_example(template: Template, example: Example) -> Evaluation:
    """One example through the same evaluation as everything else. Raises InvalidInput when its values do not fit."""
    types = {parameter.name: parameter.type for parameter in template.file.parameters}
    rows = []
    for number, given in enumerate(example.rows):
        named = str(given.get("subject", "A"))
        parameters = {name: _native(value, types.get(name, "")) for name, value in given.items() if name != "subject"}
        problem = parameter_problem(template, parameters)
        if problem is not None:
            raise InvalidInput(f"row {number + 1}: {problem}")
        source = Source(document="example", line=number + 1)
        rows.append(RuleRow(f"r{number}", template.id, named, parameters, date.min, source, status=template.status, title="A"))
    subjects = tuple(
        Subject(str(number), (one.key,), one.day, one.quantity, one.amount, one.name)
        for number, one in enumerate(example.subjects, start=1)
    )
    facts = RuleFacts(subjects, example.attributes, tuple(example.labels), tuple(example.label_names))
    return examine(facts=facts, source=RowIndex(rows), templates=[template], on=example.judged_on, shadow=template.status is Status.SHADOW)


def _native(value: Any, kind: str) -> Any:
    return tuple(value) if kind == "texts" and isinstance(value, list) else value


Language = Literal["zh", "en"]


def explain(template: Template, hit: Hit, *, language: Language = "zh") -> str:
    """The sentence that explains a hit, in Chinese or English. The template must be the one of the hit (same digest)."""
    return sentence(template, variant=hit.variant, shown=plain(hit.shown), language=language)


def sentence(template: Template, *, variant: int, shown: Mapping[str, Any], language: Language) -> str:
    """One of the template's explanations with the values that a hit shows, in their plain form (``Hit.as_data``)."""
    kinds = {name: expression.type for name, expression in template.shows}
    words = {name: word(template, value, kind=kinds.get(name, "text"), language=language) for name, value in shown.items()}
    chosen = template.explanations[variant]
    return (chosen.zh if language == "zh" else chosen.en).format_map(words)


def word(template: Template, value: Any, *, kind: str, language: Language) -> str:
    """A plain value as people read it; ``kind``: the type it has in the language of predicates."""
    if value is None:
        return "未知" if language == "zh" else "unknown"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(value)
    if isinstance(value, str) and value in template.file.words:
        return getattr(template.file.words[value], language)  # type: ignore[no-any-return]
    if kind == "quantity" and isinstance(value, int):
        return quantity_text(value)
    return str(value)


def quantity_text(thousandths: int) -> str:
    """A quantity in thousandths as decimal text: 1500 -> ``1.5``."""
    sign, size = ("-" if thousandths < 0 else ""), abs(thousandths)
    return f"{sign}{size // 1000}.{size % 1000:03d}".rstrip("0").rstrip(".")
